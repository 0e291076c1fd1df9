//! Hostile files, made by a generator: each is read or refused within its time and memory, and a good file beside it is
//! indexed. `cargo test --test integration hostile_files` runs them; every failure names the file's recipe.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Output, Sandbox};

/// The least number of files, so that a generator that makes fewer is noticed.
const LEAST_FILES: usize = 400;
/// Longest time of the processor for one file, in a build that is not optimised: what else the machine does is not the
/// file's fault.
const MOST_TIME: Duration = Duration::from_secs(20);
/// Longest time by the clock, for what hangs without working.
const MOST_WAITING: Duration = Duration::from_secs(120);
/// Most memory for one file and the good one beside it, in KiB.
const MOST_KIB: u64 = 1 << 20;

/// A hostile file and what must become of it.
struct Hostile {
    /// What it is, and a name for its folder.
    recipe: String,
    /// File name, with the ending that decides its format.
    name: String,
    bytes: Vec<u8>,
    fate: Fate,
}

/// What must become of a file.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// Skipped, and nothing of it is indexed.
    Refused,
    /// Something of it is indexed.
    Read,
    /// Either, but within the limits.
    Survived,
}

#[test]
fn hostile_files() {
    let files = all();
    assert!(files.len() >= LEAST_FILES, "only {} hostile files", files.len());
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(why) = check(file) {
                failures.lock().unwrap().push(format!("{} ({}): {why}", file.recipe, file.name));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), files.len(), failures.join("\n"));
}

/// Ingests a file with a good one beside it.
fn check(file: &Hostile) -> Result<(), String> {
    let sandbox = Sandbox::new();
    sandbox.file("archive/good.md", "# Lighthouse\n\nThe lamp was lit at dusk.\n");
    sandbox.file(Path::new("archive").join(&file.name), &file.bytes);
    let begin = Instant::now();
    let mut command = sandbox.command(["ingest", "archive", "--json", "--threads", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut memory = 0;
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(peak_kib(child.id()));
        let worked = processor_time(child.id()).unwrap_or_else(|| begin.elapsed());
        if worked > MOST_TIME || begin.elapsed() > MOST_WAITING {
            child.kill().unwrap();
            return Err(format!("not done after {worked:?} of work, {:?} by the clock", begin.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = Output::wait(child);
    if ![0, 3].contains(&output.code) {
        return Err(format!("exit code {}\n{}", output.code, output.stderr));
    }
    if output.stderr.contains("panicked") || output.stdout.contains("reader-failed") {
        return Err(format!("a reader broke down\n{output}"));
    }
    if memory > MOST_KIB {
        return Err(format!("{} MiB", memory >> 10));
    }
    let articles = output.json()["articles"].as_u64().unwrap_or_default();
    let good = sandbox.run("count lighthouse path:good.md");
    if good.stdout != "1\n" {
        return Err(format!("the good file beside it is not found\n{output}"));
    }
    match (file.fate, articles, output.code) {
        (Fate::Refused, 1, 3) | (Fate::Read, 2.., _) | (Fate::Survived, _, _) => Ok(()),
        (Fate::Refused | Fate::Read, _, _) => Err(format!("not the fate expected of it\n{output}")),
    }
}

/// How long a process and those that it waited for have worked; `None` where the system does not tell (`proc(5)`).
fn processor_time(process: u32) -> Option<Duration> {
    /// `sysconf(_SC_CLK_TCK)` is 100 on every Linux that has a C library.
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything. Behind it utime is the 12th field.
    let fields = stat[stat.rfind(')')? + 1..].split_whitespace();
    let ticks: Vec<u32> = fields.skip(11).take(4).filter_map(|field| field.parse().ok()).collect();
    (ticks.len() == 4).then(|| TICK * ticks.iter().sum::<u32>())
}

/// The most memory a process has had so far, in KiB; 0 where the system does not say.
fn peak_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}

fn all() -> Vec<Hostile> {
    let groups = [bombs(), containers(), ladders(), entities(), long(), charsets(), mutants()];
    groups.into_iter().flatten().collect()
}

fn hostile(recipe: impl Into<String>, name: &str, bytes: impl Into<Vec<u8>>, fate: Fate) -> Hostile {
    Hostile { recipe: recipe.into(), name: name.to_owned(), bytes: bytes.into(), fate }
}

// Compression.

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 19).unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

fn bombs() -> Vec<Hostile> {
    let spaces = vec![b' '; 70 << 20];
    let mut words = b"{\"title\":\"a\",\"body\":\"".to_vec();
    words.extend(b"word ".iter().cycle().take(70 << 20));
    let packers: [(&str, Pack); 3] = [("gz", gzip), ("bz2", bzip2), ("zst", zstandard)];
    let mut files = Vec::new();
    for (ending, pack) in packers {
        files.push(hostile("70 MB of blanks", &format!("a.txt.{ending}"), pack(&spaces), Fate::Refused));
        let twice = pack(&pack(&spaces));
        files.push(hostile("packed twice", &format!("a.txt.{ending}.{ending}"), twice, Fate::Refused));
        files.push(hostile("one long record", &format!("a.jsonl.{ending}"), pack(&words), Fate::Refused));
        let whole = pack(b"# Some words\n\nand others, that are not many.");
        for part in 1..6 {
            let cut = whole[..whole.len() * part / 6].to_vec();
            files.push(hostile(format!("cut at {part}/6"), &format!("a.md.{ending}"), cut, Fate::Survived));
        }
        for at in 0..6 {
            let mut damaged = whole.clone();
            let byte = 4 + at * (whole.len() - 5) / 6;
            damaged[byte] ^= 0x55;
            files.push(hostile(
                format!("byte {byte} flipped"),
                &format!("a.md.{ending}"),
                damaged,
                Fate::Survived,
            ));
        }
    }
    let mut layers = b"# In many layers".to_vec();
    for _ in 0..30 {
        layers = gzip(&layers);
    }
    files.push(hostile("30 layers of gzip", "a.md.gz", layers, Fate::Refused));
    // RFC 8878, 3.1.1.1.2: a window descriptor of 0xF8 asks for 2 TiB.
    let window = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00];
    files.push(hostile("a window of 2 TiB", "a.md.zst", window, Fate::Refused));
    files.push(hostile("a dictionary of 4 GiB", "a.md.xz", xz_with_large_dictionary(), Fate::Refused));
    files
}

/// The head of an xz file (xz file format 1.2, 2 and 3.1) that asks for a dictionary of 4 GiB - 1.
fn xz_with_large_dictionary() -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let flags = [0x00, 0x01];
    let block = [0x02, 0x00, 0x21, 0x01, 40, 0x00, 0x00, 0x00];
    let parts: [&[u8]; 6] =
        [b"\xfd7zXZ\0", &flags, &crc(&flags), &block, &crc(&block), &[0xe0, 0xff, 0xff, 0x00, 0x10, 0x5d]];
    parts.concat()
}

// Containers.

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarred(members: &[(&[u8], tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn containers() -> Vec<Hostile> {
    const NAMES: &[&str] = &[
        "../../escape.md",
        "/root/absolute.md",
        "C:\\drive.md",
        "..\\..\\back.md",
        "a/../../b.md",
        "nul\0l.md",
        "line\nbreak.md",
        "esc\x1b[2J.md",
        "\u{202e}dm.txt",
        "con.md",
        "aux.md",
        "~/.ssh/authorized_keys.md",
        "%2e%2e/x.md",
        "-rf.md",
        "$(reboot).md",
    ];
    let page = b"# A member\n\nWith words.";
    let mut files = Vec::new();
    for name in NAMES {
        let zip = zipped(&[(name, page)]);
        files.push(hostile(format!("member {name:?}"), "a.zip", zip, Fate::Survived));
        let tar = tarred(&[(name.as_bytes(), tar::EntryType::Regular, page)]);
        files.push(hostile(format!("member {name:?}"), "a.tar", tar, Fate::Survived));
    }
    files.push(hostile("a name of 8 GB", "a.tar", tar_with_long_name(), Fate::Survived));
    let kinds = [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Char,
        tar::EntryType::Block,
        tar::EntryType::Fifo,
        tar::EntryType::Directory,
        tar::EntryType::GNUSparse,
        tar::EntryType::XHeader,
        tar::EntryType::GNULongName,
    ];
    for kind in kinds {
        let members: [(&[u8], _, &[u8]); 2] =
            [(b"odd.md", kind, b""), (b"b.md", tar::EntryType::Regular, page)];
        files.push(hostile(format!("an entry {kind:?}"), "a.tar", tarred(&members), Fate::Survived));
    }
    let mut nested = zipped(&[("a.md", page)]);
    for depth in 1..=12 {
        nested = zipped(&[("inner.zip", &nested)]);
        let fate = if depth < 5 { Fate::Read } else { Fate::Survived };
        files.push(hostile(format!("{depth} ZIP files in each other"), "a.zip", nested.clone(), fate));
    }
    files.push(hostile("overlapping members", "a.zip", overlapping(1_000), Fate::Refused));
    let many: Vec<(String, Vec<u8>)> = (0..3_000).map(|n| (format!("{n}.md"), b"# N".to_vec())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    files.push(hostile("3,000 members", "a.zip", zipped(&many), Fate::Read));
    let spaces = vec![b' '; 40 << 20];
    let bomb: Vec<(String, &[u8])> = (0..20).map(|n| (format!("{n}.md"), &spaces[..])).collect();
    let bomb: Vec<(&str, &[u8])> = bomb.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    files.push(hostile("20 bombs", "a.zip", zipped(&bomb), Fate::Refused));
    let whole = zipped(&[("a.md", page), ("b.md", page), ("c.md", page)]);
    for at in 0..24 {
        let mut damaged = whole.clone();
        let byte = at * whole.len() / 24;
        damaged[byte] ^= 0xff;
        files.push(hostile(format!("byte {byte} flipped"), "a.zip", damaged, Fate::Survived));
    }
    files
}

/// A header (GNU tar) that says a name of 8 GB follows.
fn tar_with_long_name() -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(8 << 30);
    header.set_cksum();
    let mut file = header.as_bytes().to_vec();
    file.resize(8 << 20, b'a');
    file
}

/// A ZIP file whose directory names the same member many times (after D. Fifield, WOOT 2019).
fn overlapping(times: u16) -> Vec<u8> {
    let one = zipped(&[("a.md", &vec![b' '; 1 << 20])]);
    let end = one.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
    let start = one.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let mut bomb = one[..start].to_vec();
    for number in 0..times {
        let mut entry = one[start..end].to_vec();
        entry[46] = b'a' + (number % 26) as u8;
        bomb.extend(entry);
    }
    let size = (bomb.len() - start) as u32;
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&times.to_le_bytes());
    tail[10..12].copy_from_slice(&times.to_le_bytes());
    tail[12..16].copy_from_slice(&size.to_le_bytes());
    bomb.extend(tail);
    bomb
}

// Depth.

fn ladders() -> Vec<Hostile> {
    const STEPS: &[usize] = &[100, 3_000, 100_000];
    /// Name, before, one step down, inside, one step up, after.
    const LADDERS: &[(&str, &str, &str, &str, &str, &str)] = &[
        ("a.html", "<html><body>", "<div>", "<p>words</p>", "</div>", "</body></html>"),
        ("a.html", "<html><body>", "<ul><li>", "words", "", ""),
        ("a.html", "<html><body>", "<b>", "words", "", ""),
        ("a.html", "<html><body>", "<table><tr><td>", "words", "", ""),
        ("a.html", "<html><body>", "<svg><g>", "words", "", ""),
        ("a.html", "<html><body>", "<blockquote>", "words", "</blockquote>", ""),
        ("a.json", "", "[", "1", "]", ""),
        ("a.json", "", "{\"body\":", "1", "}", ""),
        ("a.jsonl", "{\"title\":\"t\",\"body\":\"b\",\"x\":", "[", "1", "]", "}\n"),
        ("a.md", "---\ntitle: t\nx: ", "[", "1", "]", "\n---\n\nwords"),
        ("a.md", "---\ntitle: t\nx:\n", "- ", "1", "", "\n---\n\nwords"),
        ("a.md", "---\ntitle: t\nx: ", "{a: ", "1", "}", "\n---\n\nwords"),
        ("a.md", "+++\ntitle = \"t\"\nx = ", "[", "1", "]", "\n+++\n\nwords"),
        ("a.md", "# t\n\n", "> ", "words", "", ""),
        ("a.md", "# t\n\n", "- ", "words", "", ""),
        ("a.md", "# t\n\n", "*", "words", "*", ""),
        ("a.md", "# t\n\n", "[", "words", "](x)", ""),
        ("a.md", "# t\n\n", "{{< a >}}", "words", "", ""),
        (
            "a.rss",
            "<rss><channel><item><title>t</title><description>",
            "<b>",
            "words",
            "</b>",
            "</description></item></channel></rss>",
        ),
        ("a.xml", "<rss><channel>", "<item>", "words", "</item>", "</channel></rss>"),
        ("a.xml", "<TEI><text><body>", "<div>", "<p>words</p>", "</div>", "</body></text></TEI>"),
        (
            "a.xml",
            "<nitf><body><body.content>",
            "<block>",
            "<p>words</p>",
            "</block>",
            "</body.content></body></nitf>",
        ),
        (
            "a.xml",
            "<mediawiki><page><title>t</title><revision><text>",
            "{{a|",
            "words",
            "}}",
            "</text></revision></page></mediawiki>",
        ),
        (
            "a.xml",
            "<mediawiki><page><title>t</title><revision><text>",
            "[[a|",
            "words",
            "]]",
            "</text></revision></page></mediawiki>",
        ),
        ("a.rst", "t\n=\n\n", "*", "words", "*", ""),
        ("a.adoc", "= t\n\n", "* ", "words", "", ""),
        (
            "a.eml",
            "Subject: t\nContent-Type: multipart/mixed; boundary=a\n\n",
            "--a\nContent-Type: multipart/mixed; boundary=a\n\n",
            "words",
            "",
            "",
        ),
        ("a.eml", "Subject: t\nContent-Type: text/plain\nX: ", "(", "x", ")", "\n\nwords"),
    ];
    let mut files = Vec::new();
    for (name, before, down, inside, up, after) in LADDERS {
        for steps in STEPS {
            let text = format!("{before}{}{inside}{}{after}", down.repeat(*steps), up.repeat(*steps));
            files.push(hostile(format!("{steps} x {down:?}"), name, text, Fate::Survived));
        }
    }
    files
}

// Entities, attributes, names.

fn entities() -> Vec<Hostile> {
    let mut laughs = "<!DOCTYPE x [<!ENTITY a0 \"ha\">".to_owned();
    for level in 1..30 {
        write!(laughs, "<!ENTITY a{level} \"&a{0};&a{0};&a{0};&a{0};\">", level - 1).unwrap();
    }
    laughs.push_str("]>");
    let long = format!("<!DOCTYPE x [<!ENTITY a29 \"{}\">]>", "a".repeat(100_000));
    let outside = "<!DOCTYPE x [<!ENTITY a29 SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM \"http://localhost:9/x\"> %p;]>";
    const DOCUMENTS: &[(&str, &str, &str)] = &[
        (
            "a.rss",
            "<rss><channel><item><title>t</title><description>",
            "</description></item></channel></rss>",
        ),
        (
            "a.xml",
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>t</title><content>",
            "</content></entry></feed>",
        ),
        ("a.xml", "<TEI><text><body><p>", "</p></body></text></TEI>"),
        ("a.xml", "<nitf><body><body.content><p>", "</p></body.content></body></nitf>"),
        (
            "a.xml",
            "<mediawiki><page><title>t</title><revision><text>",
            "</text></revision></page></mediawiki>",
        ),
        ("a.xml", "<newsItem><contentSet><inlineXML><p>", "</p></inlineXML></contentSet></newsItem>"),
        ("a.html", "<html><body><p>", "</p></body></html>"),
    ];
    let mut files = Vec::new();
    for (name, before, after) in DOCUMENTS {
        for (what, dtd) in [("billion laughs", &laughs[..]), ("one long entity", &long), ("outside", outside)]
        {
            let text = format!("<?xml version=\"1.0\"?>{dtd}{before}{}{after}", "words &a29; ".repeat(1_000));
            files.push(hostile(format!("{what} in {before:?}"), name, text, Fate::Survived));
        }
        let entities = format!("{before}{}{after}", "&amp;".repeat(1_000_000));
        files.push(hostile(format!("a million entities in {before:?}"), name, entities, Fate::Survived));
        let attributes: String = (0..100_000).map(|n| format!(" a{n}=\"{n}\"")).collect();
        let text = format!("{}<i{attributes}>words</i>{after}", before);
        files.push(hostile(format!("100,000 attributes in {before:?}"), name, text, Fate::Survived));
        let unclosed = format!("{before}{}", "<![CDATA[<!-- <?".repeat(20_000));
        files.push(hostile(format!("unclosed sections in {before:?}"), name, unclosed, Fate::Survived));
    }
    let mut anchors = "---\ntitle: t\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        writeln!(anchors, "a{level}: &a{level} [{}]", [before.as_str(); 9].join(", ")).unwrap();
    }
    anchors.push_str("---\n\nwords");
    files.push(hostile("aliases of aliases", "a.md", anchors, Fate::Read));
    files
}

// Length.

fn long() -> Vec<Hostile> {
    let tags = |count: usize| (0..count).map(|n| format!("\"tag {n}\"")).collect::<Vec<_>>().join(",");
    let breaks = format!("<html><body><p>words{}</p></body></html>", "<br>".repeat(300_000));
    let spans = format!("<html><body>{}</body></html>", "<table border=1 colspan=99999999><p>".repeat(300));
    vec![
        hostile("a line of 20 MB", "a.txt", "word ".repeat(4 << 20), Fate::Read),
        hostile("a word of 20 MB", "a.txt", "x".repeat(20 << 20), Fate::Survived),
        hostile("a million lines", "a.txt", "a\n".repeat(1 << 20), Fate::Read),
        hostile("70 MB of text", "a.txt", "word ".repeat(14 << 20), Fate::Refused),
        hostile(
            "a record of 70 MB",
            "a.jsonl",
            format!("{{\"body\":\"{}\"}}", "word ".repeat(14 << 20)),
            Fate::Refused,
        ),
        hostile(
            "a million tags",
            "a.json",
            format!("{{\"title\":\"t\",\"body\":\"b\",\"tags\":[{}]}}", tags(1_000_000)),
            Fate::Read,
        ),
        hostile(
            "a tag of 1 MB",
            "a.json",
            format!("{{\"title\":\"t\",\"body\":\"b\",\"tags\":[\"{}\"]}}", "x".repeat(1 << 20)),
            Fate::Read,
        ),
        hostile(
            "a title of 1 MB",
            "a.json",
            format!("{{\"title\":\"{}\",\"body\":\"b\"}}", "t ".repeat(1 << 19)),
            Fate::Read,
        ),
        hostile(
            "a URL of 1 MB",
            "a.json",
            format!(
                "{{\"title\":\"t\",\"body\":\"b\",\"url\":\"https://a.example/{}\"}}",
                "u".repeat(1 << 20)
            ),
            Fate::Read,
        ),
        hostile(
            "100,000 values",
            "a.json",
            format!(
                "{{\"title\":\"t\",{}}}",
                (0..100_000).map(|n| format!("\"v{n}\":{n}")).collect::<Vec<_>>().join(",")
            ),
            Fate::Read,
        ),
        hostile("300,000 breaks", "a.html", breaks, Fate::Read),
        hostile("wide cells", "a.html", spans, Fate::Survived),
        hostile(
            "100,000 links",
            "a.html",
            format!("<html><body>{}</body></html>", "<a href=x>word</a> ".repeat(100_000)),
            Fate::Survived,
        ),
        hostile(
            "100,000 scripts",
            "a.html",
            format!(
                "<html><body><p>words</p>{}</body></html>",
                "<script type=application/ld+json>{\"@type\":\"Article\"}</script>".repeat(100_000)
            ),
            Fate::Survived,
        ),
        hostile(
            "a column for each letter",
            "a.csv",
            format!("title,body,{}\nt,b,{}\n", "c,".repeat(100_000), "1,".repeat(100_000)),
            Fate::Survived,
        ),
        hostile(
            "an open quotation mark",
            "a.csv",
            format!("title,body\n\"t,{}", "words\n".repeat(100_000)),
            Fate::Survived,
        ),
        hostile("a million empty records", "a.jsonl", "{}\n".repeat(200_000), Fate::Survived),
        hostile(
            "headers without end",
            "a.eml",
            format!("Subject: t\n{}", "X-A: b\n".repeat(100_000)),
            Fate::Survived,
        ),
        hostile(
            "100,000 mails",
            "a.mbox",
            "From a@b Sat Jan  3 01:05:34 1996\nSubject: t\n\nwords\n\n".repeat(20_000),
            Fate::Read,
        ),
        hostile(
            "lengths that lie",
            "a.warc",
            "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999999999\r\n\r\nx\r\n\r\n"
                .repeat(100),
            Fate::Survived,
        ),
        hostile("a request that claims 9 GB", "a.warc", lying_request(), Fate::Read),
        hostile(
            "a million delimiters",
            "a.csv",
            format!("title,body\nt,b{}\n", ",".repeat(8 << 20)),
            Fate::Survived,
        ),
        hostile(
            "blanks before templates",
            "a.xml",
            format!(
                "<mediawiki><page><title>t</title><ns>0</ns><revision><text>{}{}</text></revision></page></mediawiki>",
                "\n".repeat(1 << 20),
                "{{a}}".repeat(1 << 17)
            ),
            Fate::Survived,
        ),
        hostile(
            "end tags without end",
            "a.rss",
            format!("<rss><channel><item><title>t</title><description>{}", "</item ".repeat(1 << 20)),
            Fate::Survived,
        ),
        hostile(
            "attributes that expand",
            "a.adoc",
            format!("= t\n:a: {}\n\n{}", "x".repeat(200), "{a} ".repeat(1 << 21)),
            Fate::Survived,
        ),
        hostile(
            "parts of parts",
            "a.eml",
            format!(
                "Subject: t\nContent-Type: multipart/alternative; boundary=b\n\n{}",
                "--b\n".repeat(4 << 20)
            ),
            Fate::Survived,
        ),
        hostile(
            "negative lengths",
            "a.warc",
            "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: -1\r\n\r\nx\r\n\r\n".repeat(100),
            Fate::Survived,
        ),
    ]
}

/// A crawl whose first record says that it is longer than the file, with 500 pages behind it.
fn lying_request() -> String {
    let page = |n: usize| {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Page {n}</title><p>{}</p></html>",
            "words of the page and nothing else ".repeat(300)
        );
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/{n}\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
            answer.len()
        )
    };
    let lie =
        "WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 9000000000\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n\r\n";
    let pages: String = (0..500).map(page).collect();
    format!("{lie}{pages}")
}

// Character sets.

fn charsets() -> Vec<Hostile> {
    const LABELS: &[&str] = &[
        "utf-7",
        "utf-16",
        "utf-16be",
        "utf-32",
        "ucs-2",
        "iso-2022-jp",
        "iso-2022-kr",
        "hz-gb-2312",
        "gb18030",
        "big5",
        "euc-jp",
        "euc-kr",
        "shift_jis",
        "koi8-r",
        "windows-1251",
        "ibm866",
        "x-user-defined",
        "replacement",
        "ebcdic-cp-us",
        "none",
        "",
        "\0",
        "utf-8\u{202e}",
        "../../etc/passwd",
    ];
    let all_bytes: Vec<u8> = (0..=255).collect();
    let wide: Vec<u8> = "# A title\n\nand words".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut files = Vec::new();
    for label in LABELS {
        let mut page = format!("<html><head><meta charset=\"{label}\"></head><body><p>words ").into_bytes();
        page.extend(&all_bytes);
        page.extend(b" and words</p></body></html>");
        files.push(hostile(format!("page in {label:?}"), "a.html", page, Fate::Survived));
        let mut feed =
            format!("<?xml version=\"1.0\" encoding=\"{label}\"?><rss><channel><item><title>").into_bytes();
        feed.extend(&all_bytes[0x80..]);
        feed.extend(b"</title><description>words</description></item></channel></rss>");
        files.push(hostile(format!("feed in {label:?}"), "a.rss", feed, Fate::Survived));
    }
    let odd: &[(&str, &[u8])] = &[
        ("lone surrogates", b"# A title\n\nwords \xed\xa0\x80 \xed\xbf\xbf words"),
        ("overlong sequences", b"# A title\n\nwords \xc0\xaf \xe0\x80\xaf \xf0\x80\x80\xaf words"),
        ("beyond Unicode", b"# A title\n\nwords \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80 words"),
        ("cut sequences", b"# A title\n\nwords \xe2\x82 words \xf0\x9f\x98"),
        ("UTF-16 without a mark", &wide),
        ("UTF-16 of odd length", b"\xff\xfea\0b\0c"),
        ("a mark alone", b"\xef\xbb\xbf"),
        ("three marks", b"\xef\xbb\xbf\xef\xbb\xbf\xff\xfe# A"),
        ("controls", b"# A \x01\x02 title\n\n\x0b words \x1b[31m \x7f \xc2\x9b31m"),
        ("bidirectional marks", "# A title\n\n\u{202e}sdrow\u{202c} \u{2066}words\u{2069}".as_bytes()),
        ("carriage returns", b"# A title\r\rwords\rwords"),
        ("combining marks", "# A\n\na\u{301}\u{301}\u{301}".as_bytes()),
    ];
    files.extend(odd.iter().map(|(what, bytes)| hostile(*what, "a.md", *bytes, Fate::Survived)));
    let marks = format!("# A\n\na{} words", "\u{301}".repeat(1_000_000));
    files.push(hostile("a million combining marks", "a.md", marks, Fate::Survived));
    files
}

// Every input of the readers' cases, damaged.

fn mutants() -> Vec<Hostile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers");
    let inputs = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().flatten();
    let inputs = inputs.filter(|entry| entry.path().file_stem().is_some_and(|stem| stem == "input"));
    let mut files = Vec::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for entry in inputs {
        let bytes = fs::read(entry.path()).unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let case = entry.path().parent().and_then(|case| case.strip_prefix(&root).ok()).unwrap().display();
        if bytes.is_empty() {
            continue;
        }
        let mut damaged = bytes.clone();
        for _ in 0..(bytes.len() / 50).clamp(1, 200) {
            random = xorshift(random);
            let at = (random % bytes.len() as u64) as usize;
            damaged[at] = (random >> 32) as u8;
        }
        random = xorshift(random);
        let cut = (random % bytes.len() as u64) as usize;
        files.push(hostile(format!("{case} with damaged bytes"), &name, damaged, Fate::Survived));
        files.push(hostile(format!("{case} cut at {cut}"), &name, &bytes[..cut], Fate::Survived));
        files.push(hostile(format!("{case} from {cut} on"), &name, &bytes[cut..], Fate::Survived));
    }
    files
}

/// G. Marsaglia, Xorshift RNGs, 2003.
fn xorshift(mut state: u64) -> u64 {
    state ^= state << 13;
    state ^= state >> 7;
    state ^ (state << 17)
}
