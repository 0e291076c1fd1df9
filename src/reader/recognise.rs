//! Which reader a file belongs to, by its name and its first kilobyte.

use crate::diagnostic::Reason;
use crate::reader::{Fault, READERS, Reader, Recognised};

/// How much of a file is looked at.
const HEAD: usize = 1024;

/// Endings of compressed files; what they hold is named by the ending before.
pub const COMPRESSION: &[&str] = &["gz", "zst", "bz2", "xz"];

/// Endings of containers, whose members are read like files.
pub const CONTAINERS: &[&str] = &["zip", "tar", "tgz", "tbz2", "txz", "tzst", "wacz"];

/// Endings of files that hold no article, or none that is read.
const NO_ARTICLE: &[&str] = &[
    // images
    "png", "jpg", "jpeg", "jpe", "gif", "webp", "svg", "svgz", "ico", "cur", "bmp", "tif", "tiff", "avif",
    "heic", "heif", "psd", "eps", "ai", "xcf", "raw", // fonts
    "woff", "woff2", "ttf", "otf", "eot", "pfb", // sound and film
    "mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wav", "aif", "aiff", "mid", "wma", "mp4", "m4v",
    "webm", "ogv", "mov", "avi", "mkv", "mpg", "mpeg", "wmv", "flv", "swf", "vtt", "srt",
    // style and program text
    "css", "scss", "sass", "less", "js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "map", "wasm", "py", "pyc",
    "rb", "rs", "go", "c", "h", "cc", "cpp", "hpp", "cs", "java", "class", "kt", "swift", "pl", "pm", "lua",
    "r", "sh", "bash", "zsh", "bat", "cmd", "ps1", "sql", "toml", "ini", "cfg", "conf", "lock", "diff",
    "patch", // programs, packages and disk images
    "jar", "war", "apk", "iso", "dmg", "deb", "rpm", "cab", "exe", "dll", "so", "dylib", "bin", "o", "a",
    "arc", "br", // documents
    "ps", "djvu", "doc", "dot", "rtf", "mobi", "azw", "azw3", "xls", "xlsx", "ods", "ppt", "pptx", "odp",
    "pages", "numbers", "key", "msg", "pst", // data
    "sqlite", "sqlite3", "db", "mdb", "parquet", "feather", "npy", "npz", "pkl", "h5",
];

/// First bytes of formats that hold no article, or none that is read.
const MAGIC: &[(usize, &[u8])] = &[
    (0, b"\x89PNG\r\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF87a"),
    (0, b"GIF89a"),
    (0, b"RIFF"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (0, b"8BPS"),
    (0, b"\0\0\x01\0"),
    (4, b"ftyp"),
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"\x1a\x45\xdf\xa3"),
    (0, b"wOFF"),
    (0, b"wOF2"),
    (0, b"OTTO\0"),
    (0, b"\0\x01\0\0"),
    (0, b"%PDF-"),
    (0, b"%!PS-"),
    (0, b"{\\rtf"),
    (0, b"\xd0\xcf\x11\xe0"),
    (0, b"PK\x03\x04"),
    (0, b"PK\x05\x06"),
    (0, b"\x1f\x8b"),
    (0, b"\x28\xb5\x2f\xfd"),
    (0, b"\xfd7zXZ\0"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"Rar!\x1a\x07"),
    (0, b"BZh9"),
    (257, b"ustar"),
    (0, b"WARC/"),
    (0, b"\x7fELF"),
    (0, b"\xca\xfe\xba\xbe"),
    (0, b"\xcf\xfa\xed\xfe"),
    (0, b"!<arch>\n"),
    (0, b"SQLite format 3\0"),
    (0, b"PAR1"),
];

/// Byte order marks of encodings whose text holds zero bytes.
const WIDE_MARKS: &[&[u8]] = &[b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"];

/// Formats that are kept in files named as text, such as the archives of mailing lists (`2003-March.txt`), and are
/// known for sure by their beginning.
const IN_TEXT: &[&str] = &["mbox", "eml", "html"];

/// Of so many bytes one may be a control character that no text has.
const BYTES_PER_CONTROL: usize = 20;

/// Of so many bytes one may be NUL: a sign of binary data, but also of a slip in a text.
const BYTES_PER_NUL: usize = 100;

/// The reader of that name.
pub fn by_name(name: &str) -> Option<&'static dyn Reader> {
    READERS.iter().copied().find(|reader| reader.name() == name)
}

/// The reader that takes a container with these members as a whole; without one each member is a file of its own.
pub fn owner_of(members: &[&str]) -> Option<&'static dyn Reader> {
    READERS.iter().copied().find(|reader| reader.owns(members))
}

/// What to do with a file called `name` that begins with `head`.
///
/// A `forced` format, a name of [`Reader::name`], is only checked for being text, if it is one of text. Else the ending of the name
/// decides, and for files without a known one the first kilobyte. `head` is decompressed; endings of compression in
/// `name` do not count.
pub fn recognise(name: &str, head: &[u8], forced: Option<&str>) -> Recognised {
    let head = &head[..head.len().min(HEAD)];
    if let Some(forced) = forced {
        return by_name(forced).map_or_else(|| unknown_format(forced), |reader| unless_binary(reader, head));
    }
    let Some(extension) = extension(name) else { return by_content(head, Unnamed::Plain) };
    if let Some(reader) = by_extension(&extension, head) {
        return unless_binary(reader, head);
    }
    if NO_ARTICLE.contains(&extension.as_str()) {
        return Recognised::Ignore;
    }
    by_content(head, Unnamed::Ignored)
}

/// Whether a file is named as a container or as compressed.
pub fn is_named_as_packed(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = split_extension(file).map(|(_, extension)| extension);
    ending
        .is_some_and(|ending| [COMPRESSION, CONTAINERS].iter().any(|known| known.contains(&ending.as_str())))
}

/// Whether a file of that name may be a container of articles: no program, no spreadsheet that is a ZIP file inside.
pub fn may_contain(name: &str) -> bool {
    extension(name).is_none_or(|extension| !NO_ARTICLE.contains(&extension.as_str()))
}

/// What becomes of text that no reader recognises.
#[derive(Clone, Copy)]
enum Unnamed {
    Plain,
    Ignored,
}

fn by_content(head: &[u8], unnamed: Unnamed) -> Recognised {
    if let Some(reader) = READERS.iter().copied().find(|reader| reader.is_binary() && reader.sniff(head)) {
        return Recognised::Read(reader);
    }
    // A file that no name calls a text is none as soon as it holds one NUL.
    let has_nul = head.contains(&0) && !WIDE_MARKS.iter().any(|mark| head.starts_with(mark));
    if head.is_empty() || has_nul || is_binary(head) {
        return Recognised::Ignore;
    }
    let sniffed = READERS.iter().copied().find(|reader| reader.sniff(head));
    let reader = sniffed.or_else(|| match unnamed {
        Unnamed::Plain => by_name("plain"),
        Unnamed::Ignored => None,
    });
    reader.map_or(Recognised::Ignore, Recognised::Read)
}

/// The reader of an ending; of several the first that recognises the head, else the last, which is the most general.
fn by_extension(extension: &str, head: &[u8]) -> Option<&'static dyn Reader> {
    let readers = || READERS.iter().copied().filter(|reader| reader.extensions().contains(&extension));
    let most_general = readers().next_back()?;
    let reader = readers().find(|reader| reader.sniff(head)).unwrap_or(most_general);
    if reader.name() != "plain" {
        return Some(reader);
    }
    let mut in_text = IN_TEXT.iter().filter_map(|name| by_name(name));
    Some(in_text.find(|reader| reader.sniff(head)).unwrap_or(reader))
}

fn unless_binary(reader: &'static dyn Reader, head: &[u8]) -> Recognised {
    let refused = !reader.is_binary() && is_binary(head);
    if refused { Recognised::Refuse(binary(reader)) } else { Recognised::Read(reader) }
}

/// The ending of a file's name in lower case, without endings of compression.
///
/// Short, of letters and digits, and not digits alone: "Vol. 3" and "letter.12" have none.
fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (mut stem, mut extension) = split_extension(file)?;
    while COMPRESSION.contains(&extension.as_str()) {
        (stem, extension) = split_extension(stem)?;
    }
    Some(extension)
}

fn split_extension(file: &str) -> Option<(&str, String)> {
    const LONGEST: usize = 10;
    let (stem, extension) = file.rsplit_once('.')?;
    let valid = (1..=LONGEST).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    (valid && !stem.is_empty()).then(|| (stem, extension.to_ascii_lowercase()))
}

/// Whether `head` begins a known binary format or holds bytes that text does not.
fn is_binary(head: &[u8]) -> bool {
    if WIDE_MARKS.iter().any(|mark| head.starts_with(mark)) {
        return false;
    }
    let has_magic =
        |&(at, magic): &(usize, &[u8])| head.get(at..).is_some_and(|bytes| bytes.starts_with(magic));
    // Escape is part of ISO-2022 encodings, form feed of old text files.
    let is_control = |byte: &&u8| matches!(**byte, 0x01..=0x08 | 0x0b | 0x0e..=0x19 | 0x1c..=0x1f | 0x7f);
    memchr::memchr_iter(0, head).count() * BYTES_PER_NUL > head.len()
        || MAGIC.iter().any(has_magic)
        || head.iter().filter(is_control).count() * BYTES_PER_CONTROL > head.len()
}

fn binary(reader: &dyn Reader) -> Fault {
    Fault {
        reason: Reason::Binary,
        message: format!(
            "named as {}, but it holds binary data",
            if reader.name() == "plain" { "text" } else { reader.name() }
        ),
        hint: Some(
            "give it the ending of its true format; text in UTF-16 needs a byte order mark".to_owned(),
        ),
    }
}

fn unknown_format(name: &str) -> Recognised {
    let known: Vec<&str> = READERS.iter().map(|reader| reader.name()).collect();
    Recognised::Refuse(Fault {
        reason: Reason::Unreadable,
        message: format!("there is no format {name:?}"),
        hint: Some(format!("the formats are: {}", known.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict(name: &str, head: &[u8], forced: Option<&str>) -> String {
        match recognise(name, head, forced) {
            Recognised::Read(reader) => reader.name().to_owned(),
            Recognised::Ignore => "ignore".to_owned(),
            Recognised::Refuse(fault) => format!("refuse {}", fault.reason.as_str()),
        }
    }

    #[test]
    fn files() {
        let page = b"<!DOCTYPE html><title>T</title>";
        let message = b"Return-Path: <a@h.example>\nFrom: Ann\nSubject: x\n\ntext";
        let mailbox = b"From a@h.example Mon Mar  3 10:00:00 2003\nSubject: x\n\ntext";
        let saved = b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n";
        let few_nuls = &[&[b'a'; 150][..], b"\0", &[b'b'; 100]].concat()[..];
        let cases: &[(&str, &[u8], Option<&str>, &str)] = &[
            ("a/b.html", b"text", None, "html"),
            ("a/b.HTM.gz", b"text", None, "html"),
            ("b.html.zst", b"text", None, "html"),
            ("b.html.xz.gz", b"text", None, "html"),
            ("b.php", page, None, "html"),
            ("b", page, None, "html"),
            ("index.php?id=3", page, None, "html"),
            ("cur/1041588000.M1P2.host:2,S", message, None, "eml"),
            ("1041588000.M1P2.mailhost", message, None, "eml"),
            ("Inbox", mailbox, None, "mbox"),
            ("2003-March.txt.gz", mailbox, None, "mbox"),
            ("letter.txt", b"From: Ann\nDate: 2003\n\ntext", None, "plain"),
            ("page", saved, None, "mhtml"),
            ("b.dat", b"some text", None, "ignore"),
            ("b", b"some text", None, "plain"),
            ("letter.12", b"some text", None, "plain"),
            ("Vol. 3", b"some text", None, "plain"),
            ("folder.html/b", b"some text", None, "plain"),
            ("b", b"", None, "ignore"),
            ("b", b"a\0b", None, "ignore"),
            ("b", b"%PDF-1.4", None, if cfg!(feature = "pdf") { "pdf" } else { "ignore" }),
            ("b.PNG", b"text", None, "ignore"),
            ("b.warc.gz", b"WARC/1.0", None, "warc"),
            ("b.dat", b"WARC/1.1\r\n\0\0", None, "warc"),
            ("b.tar.zst", b"x", None, "ignore"),
            ("b.gz", b"some text", None, "plain"),
            ("b.html", b"\x89PNG\r\n\x1a\n", None, "refuse binary"),
            ("b.html", b"a\0b", None, "refuse binary"),
            ("b.html", b"\x01\x02\x03\x04text", None, "refuse binary"),
            ("b.html", few_nuls, None, "html"),
            ("b", few_nuls, None, "ignore"),
            ("b.html", &[few_nuls, b"\0\0"].concat(), None, "refuse binary"),
            ("b.html", b"\xff\xfe<\0h\0", None, "html"),
            ("b.html", b"caf\xe9 \x93quoted\x94", None, "html"),
            ("b.html", b"\x1b$B%F%9%H\x1b(B", None, "html"),
            ("b.png", page, Some("html"), "html"),
            ("b.html", page, Some("plain"), "plain"),
            ("b.html", page, Some("doc"), "refuse unreadable"),
            (".html", b"some text", None, "plain"),
            ("b.json", b"{\"title\": \"T\"}", None, "json"),
            ("b.json", b"{\"version\": \"https://jsonfeed.org/version/1.1\"}", None, "feed"),
            ("b.xml", b"<rss version='2.0'>", None, "feed"),
            ("b.rss", b"some text", None, "feed"),
            ("b.xml", b"<rss xmlns:wp='http://wordpress.org/export/1.2/'>", None, "wxr"),
            ("b.rss", b"<rss xmlns:wp='http://wordpress.org/export/1.2/'>", None, "wxr"),
            ("b.xml", b"<other/>", None, "ignore"),
        ];
        for (name, head, forced, expected) in cases {
            assert_eq!(verdict(name, head, *forced), *expected, "{name} {}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn every_declared_ending_leads_to_its_reader() {
        for reader in READERS {
            assert_eq!(by_name(reader.name()).map(|found| found.name()), Some(reader.name()));
            for extension in reader.extensions() {
                let most_general = READERS.iter().rfind(|other| other.extensions().contains(extension));
                let found = verdict(&format!("a.{extension}"), b"some text", None);
                assert_eq!(Some(found.as_str()), most_general.map(|reader| reader.name()));
                assert!(!NO_ARTICLE.contains(extension), "{extension}");
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(name: String, head: Vec<u8>) {
            verdict(&name, &head, None);
        }
    }
}
