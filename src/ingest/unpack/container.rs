//! Containers: ZIP (APPNOTE 6.3) and tar (POSIX.1-2001 ustar and pax, GNU), member by member.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read, Seek};
use std::rc::Rc;
use std::sync::Arc;

use tar::EntryType;
use xxhash_rust::xxh3::xxh3_64;
use zip::ZipArchive;
use zip::read::{ZipFile, read_zipfile_from_stream};
use zip::result::ZipError;

use crate::diagnostic::Reason;
use crate::reader::recognise::owner_of;
use crate::reader::{Fault, Reader};

use super::{Bytes, Content, End, LARGEST_NESTED_ZIP, Layer, MOST_MEMBERS, Unpacker, fill, too_large};

/// What holds other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Zip,
    Tar,
    /// One that is not read, by its name.
    Unknown(&'static str),
}

/// Containers and compressions that are not read: they would be passed over without a word otherwise.
const UNKNOWN: &[(&[u8], &str)] = &[
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"LZIP\x01", "lzip"),
    (b"\x1f\x9d", "compress (.Z)"),
];

impl Container {
    pub(super) fn of(head: &[u8]) -> Option<Container> {
        let is_zip = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
        let unknown = || UNKNOWN.iter().find(|(magic, _)| head.starts_with(magic));
        match () {
            () if is_zip => Some(Container::Zip),
            () if is_tar(head) => Some(Container::Tar),
            () => unknown().map(|(_, name)| Container::Unknown(name)),
        }
    }
}

/// Whether it begins with a header whose checksum is right; old files have no other mark.
fn is_tar(head: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..512) else { return false };
    let stated = std::str::from_utf8(&header[SUM])
        .ok()
        .and_then(|digits| u64::from_str_radix(digits.trim_matches([' ', '\0']), 8).ok());
    let blanks = b' ' as u64 * SUM.len() as u64;
    let others = header[..SUM.start].iter().chain(&header[SUM.end..]);
    stated == Some(others.map(|byte| u64::from(*byte)).sum::<u64>() + blanks)
}

/// What to say of a container that is not read.
pub(super) fn unknown(name: &str) -> Fault {
    Fault {
        reason: Reason::Compressed,
        message: format!("{name} files are not read"),
        hint: Some("unpack it, or pack it anew as .zip or .tar.gz".to_owned()),
    }
}

/// What to say of a file that is only named as a container or as compressed.
pub(super) fn is_none(head: &[u8]) -> Fault {
    let (reason, message) = match head.is_empty() {
        true => (Reason::Empty, "the file is empty"),
        false => (Reason::Compressed, "it is named as packed, but it is neither a container nor compressed"),
    };
    let hint = Some("it is damaged or has the wrong name; fetch it again".to_owned());
    Fault { reason, message: message.to_owned(), hint }
}

impl Unpacker<'_> {
    /// The members of a ZIP file.
    pub(super) fn zip<R: Read + Seek>(&mut self, mut file: R, layer: &Layer<'_>) -> Result<(), End> {
        let below = layer.below()?;
        let mut zip = match ZipArchive::new(&mut file) {
            Ok(zip) => zip,
            Err(error) => return self.headless_zip(file, error, &below),
        };
        if let Some(reader) = owner(&zip) {
            file.rewind()?;
            return self.package(reader, &mut file, layer);
        }
        if zip.has_overlapping_files().unwrap_or(false) {
            return Err(bomb("its members overlap").into());
        }
        check_count(zip.len())?;
        let crawl = is_crawl(&zip);
        for number in 0..zip.len() {
            let error = match zip.by_index(number) {
                Ok(member) => {
                    self.zip_member(member, crawl, &below)?;
                    continue;
                }
                Err(error) => error,
            };
            let name = zip.name_for_index(number).and_then(Result::ok);
            let name = name.map_or_else(|| format!("member {number}"), |name| name.into_owned());
            self.fault(&Member::new(&below, name), broken_zip(&error))?;
        }
        Ok(())
    }

    /// The members of a ZIP file whose directory, at its end, is lost: each has a header of its own.
    fn headless_zip<R: Read + Seek>(
        &mut self,
        mut file: R,
        error: ZipError,
        layer: &Layer<'_>,
    ) -> Result<(), End> {
        file.rewind()?;
        let mut number = 0;
        while let Ok(Some(member)) = read_zipfile_from_stream(&mut file) {
            check_count(number)?;
            number += 1;
            self.zip_member(member, false, layer)?;
        }
        Err(broken_zip(&error).into())
    }

    /// A container that is one document or export.
    fn package(
        &mut self,
        reader: &'static dyn Reader,
        stream: &mut dyn Read,
        layer: &Layer<'_>,
    ) -> Result<(), End> {
        let mut bytes = Vec::new();
        fill(stream, &mut bytes, LARGEST_NESTED_ZIP + 1)?;
        if bytes.len() > LARGEST_NESTED_ZIP {
            return Err(too_large(LARGEST_NESTED_ZIP, "unpack it first").into());
        }
        self.recognised = true;
        let whole = Bytes { reader, bytes, head: Arc::default(), first_record: 1, offset: 0 };
        self.emit(layer, Content::Bytes(whole))
    }

    fn zip_member<R: Read>(
        &mut self,
        file: ZipFile<'_, R>,
        crawl: bool,
        layer: &Layer<'_>,
    ) -> Result<(), End> {
        let Ok(name) = file.name().map(|name| name.into_owned()) else { return Ok(()) };
        let is_wanted = !crawl || name.starts_with("archive/");
        if !file.is_file() || is_hidden(&name) || !is_wanted {
            return Ok(());
        }
        let taken = Rc::new(Cell::new(file.compressed_size()));
        let mut stream = self.meter.limit(file, taken);
        self.member(&mut stream, &Member::new(layer, name))
    }

    /// The members of a tar file.
    pub(super) fn tar(&mut self, stream: &mut dyn Read, layer: &Layer<'_>) -> Result<(), End> {
        let below = layer.below()?;
        let mut tar = tar::Archive::new(stream);
        let mut long_name = None;
        let mut copies = Copies::default();
        // Raw, because the crate holds names of any length in memory.
        for (number, entry) in tar.entries()?.raw(true).enumerate() {
            check_count(number)?;
            let mut entry = entry?;
            match entry.header().entry_type() {
                EntryType::GNULongName => long_name = Some(trimmed(short(&mut entry)?)),
                EntryType::XHeader => long_name = pax_path(&short(&mut entry)?).or(long_name),
                kind => {
                    let stated = || String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                    let name = long_name.take().unwrap_or_else(stated);
                    if kind.is_file() && !is_hidden(&name) {
                        let copy = copies.number(&name);
                        self.member(&mut entry, &Member::new(&below, name).numbered(copy))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads a member; a fault in it is its own.
    fn member(&mut self, stream: &mut dyn Read, member: &Member) -> Result<(), End> {
        match self.stream(stream, &member.layer()) {
            Err(End::Fault(fault)) => self.fault(member, fault),
            Ok(()) => Ok(()),
            Err(End::Stopped) => Err(End::Stopped),
        }
    }

    fn fault(&mut self, member: &Member, fault: Fault) -> Result<(), End> {
        self.recognised = true;
        self.emit(&member.layer(), Content::Fault(None, fault))
    }
}

/// A member by its name, and by its name with those of the containers around it.
struct Member {
    name: String,
    full_name: String,
    depth: usize,
}

impl Member {
    fn new(container: &Layer<'_>, name: String) -> Member {
        let name = name.trim_start_matches("./").to_owned();
        let full_name = match container.member {
            Some(outer) => format!("{outer}!{name}"),
            None => name.clone(),
        };
        Member { name, full_name, depth: container.depth }
    }

    /// Told apart from earlier members of its name: the second `a.md` of a tar file is `a.md (2)`.
    fn numbered(mut self, copy: u32) -> Member {
        if copy > 1 {
            self.full_name.push_str(&format!(" ({copy})"));
        }
        self
    }

    fn layer(&self) -> Layer<'_> {
        Layer { name: &self.name, member: Some(&self.full_name), depth: self.depth, is_unpacked: false }
    }
}

/// How often each name occurred, by its hash: `tar -r` adds a file again without removing what it was.
#[derive(Default)]
struct Copies(HashMap<u64, u32>);

impl Copies {
    /// Which member of its name it is, from 1.
    fn number(&mut self, name: &str) -> u32 {
        let count = self.0.entry(xxh3_64(name.as_bytes())).or_default();
        *count += 1;
        *count
    }
}

/// The reader that takes the container as a whole.
fn owner<R: Read + Seek>(zip: &ZipArchive<R>) -> Option<&'static dyn Reader> {
    let names: Vec<_> = zip.file_names().flatten().collect();
    owner_of(&names.iter().map(|name| name.as_ref()).collect::<Vec<&str>>())
}

/// The beginning of what stands for a name; a path is not longer.
fn short(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    const LONGEST: u64 = 1 << 16;
    let mut bytes = Vec::new();
    entry.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn trimmed(name: Vec<u8>) -> String {
    String::from_utf8_lossy(&name).trim_end_matches('\0').to_owned()
}

/// The path in an extended header (POSIX.1-2001, pax).
fn pax_path(header: &[u8]) -> Option<String> {
    let mut records = tar::PaxExtensions::new(header).flatten();
    let path = records.find(|record| record.key_bytes() == b"path")?;
    Some(String::from_utf8_lossy(path.value_bytes()).into_owned())
}

/// WACZ (specs.webrecorder.net): only the records of the crawl are articles, not its page lists and indexes.
fn is_crawl<R: Read + Seek>(zip: &ZipArchive<R>) -> bool {
    let mut names = zip.file_names().flatten();
    let has = |wanted: &str| zip.file_names().flatten().any(|name| name == wanted);
    has("datapackage.json") && names.any(|name| name.starts_with("archive/") && name.contains(".warc"))
}

/// Files that programs put beside those that people do.
fn is_hidden(name: &str) -> bool {
    let mut parts = name.trim_start_matches("./").split(['/', '\\']);
    parts.any(|part| part == "__MACOSX" || (part.starts_with('.') && part != ".."))
}

fn check_count(members: usize) -> Result<(), Fault> {
    if members > MOST_MEMBERS { Err(bomb(&format!("more than {MOST_MEMBERS} members"))) } else { Ok(()) }
}

fn bomb(what: &str) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: what.to_owned(),
        hint: Some("if it is not a bomb, unpack it first".to_owned()),
    }
}

fn broken_zip(error: &ZipError) -> Fault {
    let hint = match error {
        ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword => "unpack it first",
        _ => "it is cut short or damaged; fetch it again",
    };
    Fault {
        reason: Reason::Compressed,
        message: format!("cannot be unpacked: {error}"),
        hint: Some(hint.to_owned()),
    }
}
