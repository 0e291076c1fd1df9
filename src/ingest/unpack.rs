//! A file to the parts that readers take: decompressed, its containers opened, recognised, and cut when it is large.
//!
//! Everything is read as a stream and held in memory a part at a time; nothing is ever unpacked to disk. Names of
//! members are labels, never paths. What can grow without bounds is under the limits at the head of this file.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::diagnostic::{LeftOut, Reason};
use crate::reader::recognise::{is_named_as_packed, may_contain, recognise};
use crate::reader::{Fault, MAX_RECORD, Reader, Recognised, package};

mod blocks;
mod compression;
mod container;
mod gzip;

pub use blocks::LARGEST_HEAD;
use compression::{Compression, Meter};
use container::Container;

/// A file that must be read as a whole is refused beyond this size, in bytes.
pub const LARGEST_WHOLE: usize = 64 << 20;
/// A record is refused beyond this size, in bytes.
pub const LARGEST_RECORD: usize = MAX_RECORD;
/// What is compressed may grow by this factor …
pub const MOST_GROWTH: u64 = package::MAX_GROWTH;
/// … once this many bytes have come out of it.
pub const GROWTH_GRACE: u64 = package::GROWTH_GRACE;
/// Memory for the window of a decompressor, as a power of two, in bytes: what `zstd --long=27` needs.
pub const LARGEST_WINDOW_LOG: u32 = 27;
/// Layers of compression and containers within each other.
pub const MOST_LAYERS: usize = 6;
/// Members of one container.
pub const MOST_MEMBERS: usize = 1_000_000;
/// A ZIP file inside of another container is held in memory up to this size, in bytes.
pub const LARGEST_NESTED_ZIP: usize = 256 << 20;
/// Size of the blocks that a file of records is cut into, in bytes.
const BLOCK: usize = 1 << 20;
/// How much of a file is looked at to recognise it, in bytes.
const HEAD: usize = 4_096;

/// A piece of a file for a reader.
pub(super) struct Part {
    /// The name in the container; containers in containers are joined by `!`.
    pub member: Option<String>,
    /// What it is.
    pub content: Content,
}

/// What a part is.
pub(super) enum Content {
    /// A file, a member, or whole records of one.
    Bytes(Bytes),
    /// What cannot be read: a record by its number, or the rest of the file or member.
    Fault(Option<u64>, Fault),
    /// A record that is no article.
    LeftOut(u64, LeftOut),
}

/// Bytes for a reader.
pub(super) struct Bytes {
    /// What reads them.
    pub reader: &'static dyn Reader,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What stands before the first record, if `bytes` does not begin with it.
    pub head: Arc<[u8]>,
    /// The number of the first record, from 1.
    pub first_record: u64,
    /// Where they begin in the unpacked file or member.
    pub offset: u64,
}

/// What became of a file.
pub(super) struct Unpacked {
    /// XXH3 of the bytes on disk; 0 when it was not read to its end, or nothing of it is for a reader.
    pub hash: u128,
    /// Whether anything in it is for a reader.
    pub recognised: bool,
}

/// Takes the parts, until it breaks off.
pub(super) type Sink<'a> = &'a mut dyn FnMut(Part) -> ControlFlow<()>;

/// Unpacks a regular file; `name` is its path in the archive. Nothing else is ever opened: a pipe would wait for ever.
///
/// An error means that the file cannot be opened or read again; what is wrong with its bytes is handed on as a part.
pub(super) fn unpack(
    path: &Path,
    name: &str,
    format: Option<&str>,
    sink: Sink<'_>,
) -> Result<Unpacked, Fault> {
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let data = file.metadata().map_err(|error| unreadable(&error))?;
    if !data.is_file() {
        return Ok(Unpacked { hash: 0, recognised: false });
    }
    let mut unpacker = Unpacker { format, sink, meter: Meter::new(data.len()), recognised: false };
    let mut head = Vec::new();
    fill(&mut file, &mut head, HEAD).map_err(|error| unreadable(&error))?;
    file.rewind().map_err(|error| unreadable(&error))?;
    let (done, hash) = if unpacker.opens_as_zip(name, &head) {
        let done = unpacker.zip(file, &Layer::of_file(name));
        // A ZIP file is read from its end: a pass of its own for the hash.
        let hash = if unpacker.needs_hash(&done) { hash_file(path) } else { Ok(0) };
        (done, hash.map_err(|error| unreadable(&error))?)
    } else {
        let mut hashed = Hashed { file, hasher: Box::new(Xxh3::new()) };
        let done = unpacker.stream(&mut hashed, &Layer::of_file(name));
        let hash = if unpacker.needs_hash(&done) { hashed.finish() } else { Ok(0) };
        (done, hash.map_err(|error| unreadable(&error))?)
    };
    if let Err(End::Fault(fault)) = done {
        unpacker.recognised = true;
        // Whether it breaks off makes no difference here.
        let _ = unpacker.emit(&Layer::of_file(name), Content::Fault(None, fault));
    }
    Ok(Unpacked { hash, recognised: unpacker.recognised })
}

/// Why a stream is not read to its end.
enum End {
    Fault(Fault),
    Stopped,
}

impl From<Fault> for End {
    fn from(fault: Fault) -> End {
        End::Fault(fault)
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        End::Fault(compression::fault(&error))
    }
}

/// What a stream is called, and how deep it lies.
struct Layer<'a> {
    name: &'a str,
    member: Option<&'a str>,
    depth: usize,
    /// Whether it came out of something packed under the same name.
    is_unpacked: bool,
}

impl<'a> Layer<'a> {
    fn of_file(name: &'a str) -> Layer<'a> {
        Layer { name, member: None, depth: 0, is_unpacked: false }
    }

    /// What lies in this layer under the same name.
    fn below(&self) -> Result<Layer<'a>, Fault> {
        let depth = self.depth + 1;
        if depth > MOST_LAYERS {
            return Err(Fault {
                reason: Reason::TooLarge,
                message: format!("more than {MOST_LAYERS} containers in each other"),
                hint: Some("if it is not a bomb, unpack it first".to_owned()),
            });
        }
        Ok(Layer { depth, is_unpacked: true, ..*self })
    }
}

struct Unpacker<'a> {
    format: Option<&'a str>,
    sink: Sink<'a>,
    meter: Meter,
    recognised: bool,
}

impl Unpacker<'_> {
    /// Whether the hash says anything: of a film that is not read, or a file left half-way, nobody asks for it.
    fn needs_hash(&self, done: &Result<(), End>) -> bool {
        match done {
            Ok(()) => self.recognised,
            Err(End::Fault(_)) => true,
            Err(End::Stopped) => false,
        }
    }

    /// One stream: a file, or a member of a container.
    fn stream(&mut self, stream: &mut dyn Read, layer: &Layer<'_>) -> Result<(), End> {
        let mut head = Vec::new();
        let broken = fill(stream, &mut head, HEAD).err();
        if let (Some(error), true) = (&broken, head.is_empty()) {
            return Err(compression::fault(error).into());
        }
        let stream = &mut Rest { stream, broken };
        if let Some(compression) = Compression::of(&head) {
            let below = layer.below()?;
            let mut unpacked = compression.reader(Cursor::new(head).chain(stream), &self.meter)?;
            let done = self.stream(&mut unpacked, &below);
            if let Some(damage) = self.meter.take_damage() {
                self.emit(layer, Content::Fault(None, damage))?;
            }
            return done;
        }
        if self.opens_as_zip(layer.name, &head) {
            let mut bytes = head;
            fill(stream, &mut bytes, LARGEST_NESTED_ZIP + 1)?;
            if bytes.len() > LARGEST_NESTED_ZIP {
                return Err(too_large(LARGEST_NESTED_ZIP, "unpack the container around it").into());
            }
            return self.zip(Cursor::new(bytes), layer);
        }
        match Container::of(&head).filter(|_| may_contain(layer.name)) {
            Some(Container::Tar) => self.tar(&mut Cursor::new(head).chain(stream), layer),
            Some(Container::Unknown(name)) => Err(container::unknown(name).into()),
            Some(Container::Zip) | None => self.contents(stream, head, layer),
        }
    }

    /// Whether it is a ZIP file that no reader takes as a document.
    fn opens_as_zip(&self, name: &str, head: &[u8]) -> bool {
        let is_document = || matches!(recognise(name, head, self.format), Recognised::Read(_));
        Container::of(head) == Some(Container::Zip) && may_contain(name) && !is_document()
    }

    /// What is not packed any more.
    fn contents(&mut self, stream: &mut dyn Read, head: Vec<u8>, layer: &Layer<'_>) -> Result<(), End> {
        let reader = match recognise(layer.name, &head, self.format) {
            Recognised::Read(reader) => reader,
            Recognised::Ignore if is_named_as_packed(layer.name) && !layer.is_unpacked => {
                return Err(container::is_none(&head).into());
            }
            Recognised::Ignore => return Ok(()),
            Recognised::Refuse(fault) => return Err(fault.into()),
        };
        self.recognised = true;
        match reader.cutter() {
            Some(cutter) => self.records(reader, cutter, stream, head, layer),
            None => self.whole(reader, stream, head, layer),
        }
    }

    fn whole(
        &mut self,
        reader: &'static dyn Reader,
        stream: &mut dyn Read,
        mut bytes: Vec<u8>,
        layer: &Layer<'_>,
    ) -> Result<(), End> {
        fill(stream, &mut bytes, LARGEST_WHOLE + 1)?;
        if bytes.len() > LARGEST_WHOLE {
            let hint = "split it, or convert it to JSON lines, which may be of any size";
            return Err(too_large(LARGEST_WHOLE, hint).into());
        }
        let whole = Bytes { reader, bytes, head: Arc::default(), first_record: 1, offset: 0 };
        self.emit(layer, Content::Bytes(whole))
    }

    fn emit(&mut self, layer: &Layer<'_>, content: Content) -> Result<(), End> {
        match (self.sink)(Part { member: layer.member.map(str::to_owned), content }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(End::Stopped),
        }
    }
}

/// What follows the beginning of a stream; when that broke off, the same error again.
struct Rest<'a> {
    stream: &'a mut dyn Read,
    broken: Option<io::Error>,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.broken.take() {
            Some(error) => Err(error),
            None => self.stream.read(buffer),
        }
    }
}

/// Reads until the buffer holds `wanted` bytes or the stream ends; tells whether it ended.
fn fill(stream: &mut dyn Read, buffer: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    let missing = wanted.saturating_sub(buffer.len()) as u64;
    Ok((stream.take(missing).read_to_end(buffer)? as u64) < missing)
}

/// XXH3 of the bytes of a file.
pub(super) fn hash_file(path: &Path) -> io::Result<u128> {
    Hashed { file: File::open(path)?, hasher: Box::new(Xxh3::new()) }.finish()
}

/// A file that is hashed as it is read.
struct Hashed {
    file: File,
    hasher: Box<Xxh3>,
}

impl Hashed {
    /// The hash of all of it.
    fn finish(&mut self) -> io::Result<u128> {
        let mut buffer = vec![0; 1 << 17];
        while self.read(&mut buffer)? > 0 {}
        Ok(self.hasher.digest128())
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer).map_err(compression::on_disk)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

fn too_large(limit: usize, hint: &str) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: format!("more than {} MB in one piece", limit >> 20),
        hint: Some(hint.to_owned()),
    }
}

fn unreadable(error: &io::Error) -> Fault {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => Some("give yourself the right to read it".to_owned()),
        _ => None,
    };
    Fault { reason: Reason::Unreadable, message: format!("cannot be read: {error}"), hint }
}

#[cfg(test)]
mod tests;
