use std::io::Write as _;

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use xxhash_rust::xxh3::xxh3_128;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarred(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // Names that climb out of the archive are refused by the usual way of setting them.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// `member offset+length` of each part of bytes, `member !reason` of each fault.
fn parts(name: &str, bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    let mut parts = Vec::new();
    let unpacked = unpack(&path, name, None, &mut |part| {
        let member = part.member.unwrap_or_else(|| "-".to_owned());
        parts.push(match part.content {
            Content::Bytes(bytes) => format!("{member} {}+{}", bytes.offset, bytes.bytes.len()),
            Content::Fault(_, fault) => format!("{member} !{}", fault.reason.as_str()),
            Content::LeftOut(_, what) => format!("{member} {}", what.as_str()),
        });
        ControlFlow::Continue(())
    });
    let unpacked = unpacked.unwrap();
    assert_eq!(unpacked.hash, if parts.is_empty() { 0 } else { xxh3_128(bytes) });
    assert_eq!(hash_file(&path).unwrap(), xxh3_128(bytes));
    assert_eq!(unpacked.recognised, !parts.is_empty());
    parts
}

#[test]
fn members_of_one_name_are_told_apart() {
    let tar = tarred(&[("a.md", b"# A"), ("b/a.md", b"# B"), ("a.md", b"# Again"), ("a.md", b"# And more")]);
    assert_eq!(parts("x.tar", &tar), ["a.md 0+3", "b/a.md 0+3", "a.md (2) 0+7", "a.md (3) 0+10"]);
}

#[test]
fn containers_in_containers() {
    let pages = zipped(&[("2019/a.md", b"# A"), ("__MACOSX/a.md", b"# No"), ("b.png", b"\x89PNG\r\n\x1a\n")]);
    let outer = tarred(&[
        ("./c.md", b"# C"),
        ("pages.zip", &pages),
        ("d.md.gz", &gzip(b"# Dd")),
        (".git/e.md", b"# E"),
    ]);
    let expected = ["c.md 0+3", "pages.zip!2019/a.md 0+3", "d.md.gz 0+4"];
    for (name, bytes) in [("x.tar", outer.clone()), ("x.tar.gz", gzip(&outer)), ("x", gzip(&gzip(&outer)))] {
        assert_eq!(parts(name, &bytes), expected, "{name}");
    }
    assert_eq!(parts("x.zip", &pages), ["2019/a.md 0+3"]);
    assert_eq!(parts("x.md.gz", &[gzip(b"# One "), gzip(b"member")].concat()), ["- 0+12"]);
}

#[test]
fn a_spreadsheet_is_no_container() {
    let sheet = zipped(&[("readme.md", b"# A")]);
    assert_eq!(parts("x.xlsx", &sheet), [""; 0]);
}

#[test]
fn a_crawl_is_read_for_its_records_only() {
    let crawl = zipped(&[
        ("datapackage.json", br#"{"title":"not an article"}"#),
        ("pages/pages.jsonl", br#"{"title":"nor this"}"#),
        ("archive/data.warc", b"WARC/1.0\r\n"),
        ("archive/readme.md", b"# R"),
    ]);
    let members: Vec<String> = parts("x.wacz", &crawl);
    assert!(members.iter().all(|member| member.starts_with("archive/")), "{members:?}");
    assert!(members.contains(&"archive/readme.md 0+3".to_owned()));
}

#[test]
fn what_breaks_off_gives_what_came_before() {
    let text = "some words that do not repeat 0123456789 ".repeat(30);
    let random: String = (0u32..9_000).map(|n| n.wrapping_mul(2_654_435_761).to_string()).collect();
    let outer = tarred(&[("a.md", text.as_bytes()), ("b.md", random.as_bytes()), ("c.md", b"# C")]);
    let packed = gzip(&outer);
    let found = parts("x.tar.gz", &packed[..packed.len() / 2]);
    assert_eq!(found[0], format!("a.md 0+{}", text.len()));
    assert_eq!(found[1..], ["b.md !compressed", "- !compressed"]);

    let whole = zipped(&[("a.md", b"# A"), ("b.md", b"# Bb")]);
    let without_directory = &whole[..whole.len() - 60];
    let found = parts("x.zip", without_directory);
    assert_eq!(found, ["a.md 0+3", "b.md 0+4", "- !compressed"]);
}

#[test]
fn a_damaged_member_of_a_gzip_file_costs_only_itself() {
    let lines = |from: u32| -> String {
        (from..from + 2_000)
            .map(|n| format!("{{\"title\":\"{}\"}}\n", n.wrapping_mul(2_654_435_761)))
            .collect()
    };
    let mut damaged = gzip(lines(0).as_bytes());
    let half = damaged.len() / 2;
    damaged[half..half + 40].fill(0xff);
    let file = [gzip(b"{\"title\":\"a\"}\n"), damaged, gzip(b"{\"title\":\"b\"}\n")].concat();
    let found = parts("x.jsonl.gz", &file);
    assert!(found.len() == 2 && found[1] == "- !compressed", "{found:?}");
    let padded = [gzip(b"# One"), vec![0; 512]].concat();
    assert_eq!(parts("x.md.gz", &padded), ["- 0+5"]);
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 20 << 20];
    assert_eq!(parts("x.md.gz", &gzip(&zeros)), ["- !too-large"]);
    assert_eq!(
        parts("x.zip", &zipped(&[("a.md", &zeros), ("b.md", b"# B")])),
        ["a.md !too-large", "b.md 0+3"]
    );
    let mut nested = zipped(&[("a.md", b"# A")]);
    for _ in 0..=MOST_LAYERS {
        nested = zipped(&[("x.zip", &nested)]);
    }
    let found = parts("x.zip", &nested);
    assert!(found.len() == 1 && found[0].ends_with(" !too-large"), "{found:?}");
}

#[test]
fn names_of_members_are_labels() {
    let outer = tarred(&[("../../etc/passwd.md", b"# A"), ("/root/b.md", b"# B"), ("c:\\d.md", b"# D")]);
    assert_eq!(parts("x.tar", &outer), ["../../etc/passwd.md 0+3", "/root/b.md 0+3", "c:\\d.md 0+3"]);
}

#[test]
fn what_is_not_read_is_named() {
    for magic in [&b"7z\xbc\xaf\x27\x1c rest"[..], b"Rar!\x1a\x07 rest", b"LZIP\x01 rest"] {
        assert_eq!(parts("x", magic), ["- !compressed"]);
    }
}

#[test]
fn a_large_file_of_records_comes_in_blocks() {
    let line = format!("{{\"body\":\"{}\"}}\n", "w".repeat(988));
    let all = line.repeat(3_000);
    let found = parts("x.jsonl", all.as_bytes());
    assert_eq!(found, ["- 0+1048000", "- 1048000+1048000", "- 2096000+904000"]);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, magic in 0usize..6) {
        let starts: [&[u8]; 6] = [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh91AY&SY", b"\xfd7zXZ\0"];
        parts("x", &[starts[magic], &bytes].concat());
    }
}
