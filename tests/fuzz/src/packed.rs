//! Documents that are packages, and everything that unpacks: the readers of ZIP documents, compression, containers.

use std::fs;
use std::io::{Cursor, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::OnceLock;

use backfile::article::{Article, Place};
use backfile::ingest::extract::{Extracted, extract};
use backfile::ingest::{Options, Root};
use backfile::text::calendar::Day;

use crate::properties::{read, sound_date};
use crate::readers::choose;
use crate::words::schema;

/// What stands between the members of a package in an input; each is its name, a newline and its bytes.
const BETWEEN: &[u8] = b"\n%%%%\n";

/// Makes a ZIP file of the members in an input, so that their bytes can change and its checksums are still right, and
/// reads it as a document.
pub(crate) fn package(bytes: &[u8]) {
    let zip = zipped(&members(bytes));
    let reader = choose(&["epub", "odt", "docx", "substack"], &zip);
    let ending = reader.extensions().first().copied().unwrap_or("zip");
    read(reader, &format!("some-words.{ending}"), &zip);
}

/// The members in an input.
fn members(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut members = Vec::new();
    let mut rest = Some(bytes);
    while let Some(bytes) = rest {
        let end = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        let member = &bytes[..end.unwrap_or(bytes.len())];
        rest = end.map(|end| &bytes[end + BETWEEN.len()..]);
        let line = member.iter().position(|&byte| byte == b'\n').unwrap_or(member.len());
        let name = String::from_utf8_lossy(&member[..line]).into_owned();
        members.push((name, member.get(line + 1..).unwrap_or_default()));
    }
    members
}

/// The input of [`package`] that stands for these members.
pub(crate) fn input_of(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let of = |(name, bytes): &(String, Vec<u8>)| [name.as_bytes(), b"\n", bytes].concat();
    members.iter().map(of).collect::<Vec<_>>().join(BETWEEN)
}

/// The members stored; one of a name that is there already is left out.
fn zipped(members: &[(String, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        if writer.start_file(name.as_str(), stored).is_ok() {
            writer.write_all(bytes).expect("memory takes every write");
        }
    }
    writer.finish().expect("memory takes every write").into_inner()
}

/// A way to pack a file: what is put behind its name, and how.
struct Packing {
    ending: &'static str,
    pack: fn(&str, &[u8]) -> Vec<u8>,
}

const PACKINGS: &[Packing] = &[
    Packing { ending: "", pack: |_, bytes| bytes.to_vec() },
    Packing { ending: ".gz", pack: |_, bytes| gzip(bytes) },
    Packing {
        ending: ".zst",
        pack: |_, bytes| zstd::encode_all(bytes, 1).expect("memory takes every write"),
    },
    Packing { ending: ".bz2", pack: |_, bytes| bzip2(bytes) },
    Packing { ending: ".zip", pack: |name, bytes| zipped(&[(name.to_owned(), bytes)]) },
    Packing { ending: ".tar", pack: tarred },
    Packing { ending: ".tar.gz", pack: |name, bytes| gzip(&tarred(name, bytes)) },
    Packing { ending: ".gz.zip", pack: |name, bytes| zipped(&[(format!("{name}.gz"), &gzip(bytes))]) },
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes every write");
    encoder.finish().expect("memory takes every write")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes every write");
    encoder.finish().expect("memory takes every write")
}

fn tarred(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, name, bytes).expect("memory takes every write");
    builder.into_inner().expect("memory takes every write")
}

/// `# Some words`, and some words, as XZ.
const XZ: &[u8] = &[
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16,
    0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x36, 0x23, 0x20, 0x53, 0x6f, 0x6d, 0x65, 0x20,
    0x77, 0x6f, 0x72, 0x64, 0x73, 0x0a, 0x0a, 0x61, 0x6e, 0x64, 0x20, 0x6f, 0x74, 0x68, 0x65, 0x72, 0x73,
    0x2c, 0x20, 0x74, 0x68, 0x61, 0x74, 0x20, 0x61, 0x72, 0x65, 0x20, 0x6e, 0x6f, 0x74, 0x20, 0x6d, 0x61,
    0x6e, 0x79, 0x2c, 0x20, 0x62, 0x75, 0x74, 0x20, 0x77, 0x6f, 0x72, 0x64, 0x73, 0x2e, 0x00, 0x00, 0x60,
    0x42, 0x73, 0x12, 0x81, 0x52, 0x92, 0x7c, 0x00, 0x01, 0x4f, 0x37, 0xee, 0x43, 0xda, 0xef, 0x1f, 0xb6,
    0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
];

/// The input of [`unpack`] that a file gives, packed in one of the ways.
pub(crate) fn packed(number: usize, name: &str, bytes: &[u8]) -> Vec<u8> {
    let packing = &PACKINGS[number % PACKINGS.len()];
    [b"\0", &(packing.pack)(name, bytes)[..]].concat()
}

/// The input of [`unpack`] that no packing here makes.
pub(crate) fn xz() -> Vec<u8> {
    [b"\0", XZ].concat()
}

/// The input of [`layers`] that a file gives: the number of one of the packings before it.
pub(crate) fn to_pack(number: usize, bytes: &[u8]) -> Vec<u8> {
    [&[(number % PACKINGS.len()) as u8], bytes].concat()
}

/// Names for an input of [`unpack`], chosen by its first byte.
const NAMES: &[&str] = &[
    "some-words",
    "a.txt.gz",
    "a.jsonl.zst",
    "a.md.bz2",
    "a.zip",
    "a.tar",
    "a.csv.xz",
    "a.tgz",
    "a.json",
    "a.mbox",
];

/// Unpacks a file as an ingest does and reads what is in it.
pub(crate) fn unpack(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    extracted(&[(NAMES[usize::from(first) % NAMES.len()], bytes)]);
}

/// A file of records gives the same articles however it is packed.
pub(crate) fn layers(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    let packing = &PACKINGS[usize::from(first) % PACKINGS.len()];
    let name = format!("packed.jsonl{}", packing.ending);
    let packed = (packing.pack)("words.jsonl", bytes);
    let articles = extracted(&[("plain.jsonl", bytes), (&name, &packed)]);
    let [plain, packed] = &articles[..] else { unreachable!("there are two files") };
    assert_eq!(plain, packed, "plain (left), {name} (right)");
}

/// The articles of files as an ingest completes them, without what their names show in.
fn extracted(files: &[(&str, &[u8])]) -> Vec<Vec<String>> {
    let path = |name: &str| folder().join(name);
    for (name, bytes) in files {
        fs::write(path(name), bytes).expect("there is room for a file");
    }
    let mut articles = vec![Vec::new(); files.len()];
    let number = |place: &Place| {
        let file = files.iter().position(|(name, _)| *name == place.path);
        file.unwrap_or_else(|| panic!("{place} is in no file"))
    };
    // One archive of all of them: most of the time goes into getting ready for one.
    extract(&options(folder().clone()), schema(), &mut |extracted| {
        match extracted {
            Extracted::Article(article) => articles[number(&article.place)].push(essence(&article)),
            Extracted::Remark(remark) => {
                number(&remark.place);
                assert!(!remark.message.is_empty(), "{remark:?}");
            }
        }
        ControlFlow::Continue(())
    })
    .expect("the files are there");
    for (name, _) in files {
        fs::remove_file(path(name)).expect("the file is there");
    }
    articles
}

fn essence(article: &Article) -> String {
    assert!(!article.title.trim().is_empty(), "{article:?}");
    article.published.iter().for_each(|published| sound_date(published.date));
    let Article { title, description, body, authors, tags, sections, published, language, url, .. } = article;
    format!(
        "{title:?} {description:?} {body:?} {authors:?} {tags:?} {sections:?} {published:?} {language:?} {url:?}"
    )
}

/// A folder of this process.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("backfile-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made");
        folder
    })
}

fn options(path: PathBuf) -> Options {
    let now = "2026-01-15T00:00:00Z".to_owned();
    Options {
        threads: NonZeroUsize::MIN,
        dry_run: true,
        ..Options::usual(vec![Root { path, name: None }], Day(20_468), now)
    }
}
