//! Zip packages: the documents and exports that are a zip of several files, read from memory within limits.
//!
//! Owns the zip side — opening, the limits against bombs, encryption; what the members mean belongs to the readers.
//! Archives of articles, whose members are files of any format, are opened by `ingest`.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::diagnostic::Reason;
use crate::reader::Fault;

/// A document with more entries is refused.
pub const MAX_ENTRIES: usize = 10_000;
/// A member is refused beyond this size, in bytes.
pub const MAX_MEMBER: u64 = 64 << 20;
/// All members that are read are together no longer than this, in bytes.
pub const MAX_TOTAL: u64 = 256 << 20;
/// A member may grow by this factor …
pub const MAX_GROWTH: u64 = 200;
/// … once this many bytes have come out of it.
pub const GROWTH_GRACE: u64 = 4 << 20;

/// The first bytes of every zip with at least one entry (APPNOTE 4.3.7).
pub const MAGIC: &[u8] = b"PK\x03\x04";
/// The first bytes of a compound file (MS-CFB 2.2): an encrypted or an old document of an office program.
const COMPOUND_MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The stream of a compound file that holds an encrypted document (MS-OFFCRYPTO 2.3.4.4), as it is named there.
const ENCRYPTED_STREAM: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// A zip in memory.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The members by name, as [`key`] writes it.
    members: HashMap<String, usize>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Package<'a> {
    /// Opens a package with at most `most_entries` entries.
    pub fn open(bytes: &'a [u8], most_entries: usize) -> Result<Package<'a>, Fault> {
        if bytes.starts_with(COMPOUND_MAGIC) {
            return Err(compound(bytes));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| not_zip(bytes, &error))?;
        if archive.len() > most_entries {
            return Err(too_large(format!("{} entries, the limit is {most_entries}", archive.len())));
        }
        // A damaged entry is found again when it is read, and costs only itself.
        if archive.has_overlapping_files().unwrap_or(false) {
            return Err(too_large("entries share their data, as in a zip bomb".to_owned()));
        }
        let mut members = HashMap::with_capacity(archive.len());
        for index in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(index) {
                members.entry(key(&name)).or_insert(index);
            }
        }
        Ok(Package { archive, members, left: MAX_TOTAL })
    }

    /// The names of all entries, in the order of the zip's directory.
    pub fn names(&self) -> impl Iterator<Item = String> {
        (0..self.archive.len())
            .filter_map(|index| self.archive.name_for_index(index)?.ok().map(|name| name.into_owned()))
    }

    /// Whether there is a member of that name.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(&key(name))
    }

    /// The bytes of a member, `None` if there is none of that name. The case of letters in names does not count
    /// (ECMA-376-2, 6.2.2.3), nor which slash was written.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(&index) = self.members.get(&key(name)) else { return Ok(None) };
        let entry = self.archive.by_index(index).map_err(|error| unreadable(name, &error))?;
        let grown = entry.compressed_size().saturating_mul(MAX_GROWTH).max(GROWTH_GRACE);
        let limit = grown.min(MAX_MEMBER).min(self.left);
        let mut bytes = Vec::with_capacity(entry.size().min(limit) as usize);
        entry.take(limit + 1).read_to_end(&mut bytes).map_err(|error| broken_member(name, &error))?;
        let length = bytes.len() as u64;
        self.left = self.left.saturating_sub(length);
        if length > limit {
            let message = format!("{name} unpacks to more than {limit} bytes, more than a document needs");
            return Err(too_large(message));
        }
        Ok(Some(bytes))
    }

    /// The bytes of a member without which the document means nothing.
    pub fn need(&mut self, name: &str) -> Result<Vec<u8>, Fault> {
        self.read(name)?.ok_or_else(|| broken(format!("there is no {name} in it")))
    }
}

/// The name by which a member is found.
fn key(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_ascii_lowercase()
}

/// What the zip begins with, as far as a sniff can tell: its first entry is `mimetype`, stored, with this content
/// (OCF 3.3, section 4.3; ODF 1.3 part 2, section 3.3).
pub fn states_type(head: &[u8], media_type: &str) -> bool {
    const AT: usize = 30;
    let stated = head.get(AT..).and_then(|rest| rest.strip_prefix(b"mimetype"));
    head.starts_with(MAGIC) && stated.is_some_and(|stated| stated.starts_with(media_type.as_bytes()))
}

/// A fault of a document that needs a password.
pub fn encrypted(what: &str) -> Fault {
    Fault {
        reason: Reason::Unreadable,
        message: what.to_owned(),
        hint: Some("save a copy without protection".to_owned()),
    }
}

fn compound(bytes: &[u8]) -> Fault {
    if memchr::memmem::find(bytes, ENCRYPTED_STREAM).is_some() {
        return encrypted("it is encrypted with a password");
    }
    Fault {
        reason: Reason::Broken,
        message: "it is a document of an older office program".to_owned(),
        hint: Some("open it in an office program and save it as .docx or .odt".to_owned()),
    }
}

fn not_zip(bytes: &[u8], error: &ZipError) -> Fault {
    if bytes.starts_with(MAGIC) {
        return broken(format!("the zip is damaged or cut off: {error}"));
    }
    broken("it is no zip package, as its ending says".to_owned())
}

fn unreadable(name: &str, error: &ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => {
            encrypted(&format!("{name} in it is encrypted with a password"))
        }
        other => broken(format!("{name} in it cannot be read: {other}")),
    }
}

fn broken_member(name: &str, error: &std::io::Error) -> Fault {
    broken(format!("{name} in it is damaged: {error}"))
}

fn broken(message: String) -> Fault {
    Fault { reason: Reason::Broken, message, hint: None }
}

fn too_large(message: String) -> Fault {
    Fault { reason: Reason::TooLarge, message, hint: None }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// A zip of these members.
    pub(crate) fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn open(bytes: &[u8]) -> Package<'_> {
        Package::open(bytes, MAX_ENTRIES).unwrap_or_else(|fault| panic!("{}", fault.message))
    }

    fn refusal(bytes: &[u8], most_entries: usize) -> String {
        Package::open(bytes, most_entries).err().map(|fault| fault.message).unwrap_or_default()
    }

    #[test]
    fn members_are_found_by_name() {
        let bytes = zipped(&[("Word/Document.xml", b"one"), ("a\\b.txt", b"two")]);
        let mut package = open(&bytes);
        for (name, expected) in [
            ("word/document.xml", Some("one")),
            ("/Word/Document.xml", Some("one")),
            ("a/b.txt", Some("two")),
            ("absent", None),
        ] {
            let found = package.read(name).unwrap().map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(found.as_deref(), expected, "{name}");
            assert_eq!(package.has(name), expected.is_some(), "{name}");
        }
        assert_eq!(package.need("absent").unwrap_err().reason, Reason::Broken);
    }

    #[test]
    fn bombs_are_refused() {
        let bytes = zipped(&[("zeros", &vec![0; (GROWTH_GRACE + 1) as usize]), ("small", b"text")]);
        let mut package = open(&bytes);
        assert_eq!(package.read("zeros").unwrap_err().reason, Reason::TooLarge);
        assert!(package.read("small").unwrap().is_some(), "a member beside it is still read");
        let many = zipped(&[("a", b""), ("b", b""), ("c", b"")]);
        assert_eq!(refusal(&many, 2), "3 entries, the limit is 2");
    }

    #[test]
    fn what_is_no_zip_is_told() {
        let whole = zipped(&[("a", &[b'x'; 1000])]);
        for (bytes, expected) in [
            (&b"<html>not found</html>"[..], "it is no zip package, as its ending says"),
            (&[COMPOUND_MAGIC, ENCRYPTED_STREAM].concat(), "it is encrypted with a password"),
            (COMPOUND_MAGIC, "it is a document of an older office program"),
        ] {
            assert_eq!(refusal(bytes, 10), expected);
        }
        assert!(refusal(&whole[..20], 10).starts_with("the zip is damaged or cut off"));
    }

    proptest::proptest! {
        #[test]
        fn damage_never_panics(at in 0usize..200, with: u8, cut in 0usize..200) {
            let mut bytes = zipped(&[("mimetype", b"x"), ("b/c.xml", b"<a>text</a>")]);
            let at = at % bytes.len();
            bytes[at] = with;
            bytes.truncate(bytes.len() - cut % bytes.len());
            if let Ok(mut package) = Package::open(&bytes, MAX_ENTRIES) {
                let names: Vec<String> = package.names().collect();
                for name in names {
                    let _ = package.read(&name);
                }
            }
        }
    }
}
