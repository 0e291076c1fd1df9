//! Function words of languages that have no stop list of their own but would be taken for a neighbour that has one.

/// Language code and its commonest function words.
pub(crate) const NEIGHBOURS: [(&str, &str); 15] = [
    ("af", AFRIKAANS),
    ("be", BELARUSIAN),
    ("bg", BULGARIAN),
    ("et", ESTONIAN),
    ("gl", GALICIAN),
    ("hr", CROATIAN),
    ("id", INDONESIAN),
    ("mk", MACEDONIAN),
    ("mr", MARATHI),
    ("ms", MALAY),
    ("ne", NEPALI),
    ("sk", SLOVAK),
    ("sl", SLOVENE),
    ("sr", SERBIAN),
    ("ur", URDU),
];

const AFRIKAANS: &str = "die en van in het is dat nie vir met op te wat om aan was hy sy ek ons hulle as deur by word \
    kan uit ook maar sal na so nog haar jy my tot oor daar of een baie meer moet toe hom hierdie daardie sou wees \
    waar onder tussen tydens omdat terwyl volgens asook reeds slegs gesê had julle hul";

const BELARUSIAN: &str = "і у ў не на што я ён з як гэта па але яны мы яна за то ўсё так яго ад жа да ты вы для пра \
    быў ужо яе толькі або ні было калі была яшчэ іх пры няма каб можа былі без пад дзе нават чым сябе хто яму там \
    гэтага той які якія таксама пасля над праз больш трэба ці гэтым гэтай ён";

const BULGARIAN: &str = "на и да в за се от е не с по са че това как като до ще си но ли към след при или има до което \
    който които която беше бе бъде само още той тя те ние аз ти вие му го я им ги тук там така също може трябва \
    през между когато където без под над преди защото според много няма нито обаче този тази тези във със";

const ESTONIAN: &str = "ja on ei et ka oli ma kui see ta mis aga oma seda siis nii või kes ning selle nad sest juba ole \
    tema mida veel me sa te neid nende välja üle pärast kuid kõik ainult nagu enne poolt vastu kus kuidas väga \
    olid olnud olema peab saab võib aasta aastal järgi kohta ilma läbi";

const GALICIAN: &str = "o a os as de e que en do da dos das no na nos nas un unha para por con non se ao á como máis \
    pero foi é ser son súa seu seus súas isto iso este esta estes estas esa ese eles elas el ela tamén xa moi sen \
    sobre entre ata dende desde cando onde porque segundo todo todos toda outro outros outra outras ten teñen había \
    foron está están hai polo pola polos polas pode tras nun nunha dun dunha ou nin só lle lles";

const CROATIAN: &str = "i u je na se da su za od s koji a kao o što ne bi ili iz to će do te po nije koja koje sam ali \
    bio bila bilo bili biti ga ih mu im jer kako kad kada gdje samo već još sve svi svoje između prije nakon kroz \
    pri bez protiv prema ovaj ova ovo taj ta nego ako tko nisu smo ste mi vi oni ona ono on godine također tijekom \
    zbog može mogu trebao uvijek";

const INDONESIAN: &str = "yang dan di dari untuk pada dengan ini dalam itu tidak adalah ke akan juga oleh karena ada \
    mereka bisa sebagai telah atau dapat saya lebih kami kita dia ia para seperti tersebut bahwa sudah saat harus \
    menjadi anda hanya namun setelah tahun antara masih secara belum sangat ketika hingga maka sehingga tetapi bila \
    yaitu beberapa kepada lalu";

const MACEDONIAN: &str = "на и во да се од за што со не е ќе по како го ги тоа но или до кој која кои кое беше биде само \
    уште тој таа тие ние јас ти вие му ја им овде таму така исто може треба низ меѓу кога каде без под над пред \
    бидејќи според многу нема ниту овој оваа овие сите има дека";

const MARATHI: &str = "आणि आहे या च्या त्या हे ते की व तो ती मध्ये नाही होते होता होती करून झाले झाली झाला आहेत असे \
    असा अशी एक पण साठी वर केली केला केले त्यांनी त्यांच्या त्याने त्याच्या मी आम्ही तुम्ही आपल्या आपण सर्व काही \
    म्हणून म्हणजे किंवा जे जो जी तर मात्र याचा यांनी येथे अनेक नंतर पूर्वी खूप होत असून";

const MALAY: &str = "yang dan di dari untuk pada dengan ini dalam itu tidak adalah ke akan juga oleh kerana ada mereka \
    boleh sebagai telah atau dapat saya lebih kami kita dia ia para seperti tersebut bahawa sudah ketika perlu menjadi \
    anda hanya namun selepas tahun antara masih secara belum sangat apabila sehingga maka tetapi iaitu beberapa kepada \
    daripada bagi turut turutnya beliau berkata lalu";

const NEPALI: &str = "र को छ मा का ले हो पनि यो त्यो छन् थियो भने गर्न गरेको भएको लागि यस एक नै हुन् तर गर्ने हुने \
    उनले उनको उनी हामी म तपाईं यी ती सबै केही धेरै अनि तथा वा बाट सँग अहिले पछि अघि भन्ने गरे गरी भयो भए थिए \
    छैन होइन हुन्छ गर्छ उनीहरू आफ्नो त्यस जुन कुनै";

const SLOVAK: &str = "a v sa na je že s z do o aj to vo pre k po by ale za ako sú si od ktorý pri jeho len už alebo bude \
    bol som tak až čo podľa ešte než má bola bolo však tiež nie môže ich medzi pred cez ktorí ktorá ktoré jej ho mu \
    im nás vás nám sme ste byť boli keď kde kto preto pretože tento táto toto tejto tohto týchto tým tom ani aby zo \
    ku svoje svojich svojho všetky všetkých roku rokov viac veľmi teda práve iba ďalšie bez nad proti počas mnoho";

const SLOVENE: &str = "in v je na se da so za od s ki pa kot o ne bi ali iz to bo do po ni ter tudi sem bil bila bilo bili \
    biti ga jih mu jim ker kako ko kdaj kje samo že še vse vsi svoje med pred skozi pri brez proti ta ti tega tem \
    te če kdo niso smo ste mi vi oni ona on leta leto zaradi lahko mora vedno kar kjer kateri katera katere zelo";

const SERBIAN: &str = "и у је на се да су за од с који а као о што не би или из то ће до те по није која које сам али \
    био била било били бити га их му им јер како кад када где само већ још све сви своје између пре након кроз при \
    без против према овај ова ово тај та него ако ко нису смо сте ми ви они она оно он године такође током због може \
    могу i u je na se da su za od s koji a kao o što ne bi ili iz to će do nije koja koje sam ali bio bila bilo gde \
    pre posle ko uvek takođe tokom";

const URDU: &str = "کے کی کا میں ہے اور سے کو پر یہ نے کہ بھی ایک ہیں اس لیے نہیں تو ہی تھا یا کر ہو وہ گیا جو ساتھ ان \
    اپنے کیا کچھ تھے تھی جا دیا بعد تک اسکے کہا رہے رہا رہی گئی اب سکتا سکتے جب کرنے ہونے والے والی والا ہوئے ہوئی \
    ہوا انہوں انہیں اسے کسی کوئی سب ہم آپ پھر لیکن مگر اگر بہت جیسے ایسے یہاں وہاں درمیان دوران";
