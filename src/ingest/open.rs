//! One file to blocks of bytes that a reader takes: opened, decompressed, recognised, and cut when it is large.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use xxhash_rust::xxh3::Xxh3;

use crate::diagnostic::Reason;
use crate::reader::recognise::recognise;
use crate::reader::{Cutter, Fault, Reader, Recognised};

/// A file that must be read as a whole is refused beyond this size, in bytes.
pub const LARGEST_WHOLE: usize = 64 << 20;
/// A record is refused beyond this size, in bytes.
pub const LARGEST_RECORD: usize = 64 << 20;
/// Size of the blocks that a file of records is cut into, in bytes.
const BLOCK: usize = 4 << 20;
/// How much of a file is looked at to recognise it, in bytes.
const HEAD: usize = 4_096;
/// A compressed file may grow by this factor …
pub const MOST_GROWTH: u64 = 200;
/// … once this many bytes have come out of it.
pub const GROWTH_GRACE: u64 = 64 << 20;

/// What a file turned out to be.
pub(super) enum Opened {
    /// No article.
    Ignored,
    /// An article, or a small file of records.
    Whole {
        /// What reads it.
        reader: &'static dyn Reader,
        /// All of it, decompressed.
        bytes: Vec<u8>,
        /// XXH3 of the bytes on disk.
        hash: u128,
    },
    /// A large file of records.
    Blocks(Box<Blocks>),
}

/// Opens a regular file. Nothing else is ever opened: a pipe would wait for ever.
pub(super) fn open(path: &Path, name: &str, format: Option<&str>) -> Result<Opened, Fault> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let data = file.metadata().map_err(|error| unreadable(&error))?;
    if !data.is_file() {
        return Ok(Opened::Ignored);
    }
    let stream: Box<dyn Read + Send> = Box::new(file);
    open_stream(stream, data.len(), name, format)
}

/// Opens a stream of bytes, `size` long as far as is known.
pub(super) fn open_stream(
    stream: Box<dyn Read + Send>,
    size: u64,
    name: &str,
    format: Option<&str>,
) -> Result<Opened, Fault> {
    let mut input = Decompressed::new(stream)?;
    let mut buffer = Vec::new();
    input.fill(&mut buffer, HEAD)?;
    let reader = match recognise(name, &buffer, format) {
        Recognised::Read(reader) => reader,
        Recognised::Ignore => return Ok(Opened::Ignored),
        Recognised::Refuse(fault) => return Err(fault),
    };
    match reader.cutter() {
        Some(cutter) if size > BLOCK as u64 || input.compressed => Ok(Opened::Blocks(Box::new(Blocks {
            reader,
            cutter,
            input,
            buffer,
            next_record: 1,
            ended: false,
        }))),
        _ => whole(reader, input, buffer),
    }
}

fn whole(reader: &'static dyn Reader, mut input: Decompressed, mut bytes: Vec<u8>) -> Result<Opened, Fault> {
    input.fill(&mut bytes, LARGEST_WHOLE + 1)?;
    if bytes.len() > LARGEST_WHOLE {
        return Err(Fault {
            reason: Reason::TooLarge,
            message: format!("more than {} MB in one piece", LARGEST_WHOLE >> 20),
            hint: Some("split it, or convert it to JSON lines, which may be of any size".to_owned()),
        });
    }
    let hash = input.hash()?;
    Ok(Opened::Whole { reader, bytes, hash })
}

/// XXH3 of the bytes of a file.
pub(super) fn hash_file(path: &Path) -> io::Result<u128> {
    let mut file = File::open(path)?;
    let mut hasher = Xxh3::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.digest128()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// A large file of records, block by block.
pub(super) struct Blocks {
    /// What reads the blocks.
    pub reader: &'static dyn Reader,
    cutter: Box<dyn Cutter>,
    input: Decompressed,
    buffer: Vec<u8>,
    next_record: u64,
    ended: bool,
}

/// Whole records of a large file.
pub(super) struct Block {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The number of the first one, from 1.
    pub first_record: u64,
}

impl Blocks {
    /// The next records. `None` at the end; an error ends the file too, except for one record that is too long,
    /// behind which reading goes on.
    pub(super) fn next(&mut self) -> Option<Result<Block, (Option<u64>, Fault)>> {
        let mut wanted = BLOCK;
        while !(self.ended && self.buffer.is_empty()) {
            if let Err(fault) = self.input.fill(&mut self.buffer, wanted) {
                self.ended = true;
                self.buffer.clear();
                return Some(Err((None, fault)));
            }
            self.ended |= self.input.ended;
            let (length, records) = self.cutter.cut(&self.buffer, self.ended);
            if length > 0 {
                let rest = self.buffer.split_off(length);
                let bytes = std::mem::replace(&mut self.buffer, rest);
                let first_record = self.next_record;
                self.next_record += records;
                return Some(Ok(Block { bytes, first_record }));
            }
            if self.ended {
                // The cutter had its chance to take what is left.
                self.buffer.clear();
            } else if self.buffer.len() >= LARGEST_RECORD {
                return Some(Err(self.skip_record()));
            } else {
                wanted = (self.buffer.len() * 2).min(LARGEST_RECORD);
            }
        }
        None
    }

    fn skip_record(&mut self) -> (Option<u64>, Fault) {
        let record = self.next_record;
        self.next_record += 1;
        loop {
            if let Some(next) = self.cutter.resync(&self.buffer) {
                self.buffer.drain(..next);
                break;
            }
            self.buffer.clear();
            let filled = self.input.fill(&mut self.buffer, BLOCK);
            if filled.is_err() || self.buffer.is_empty() {
                self.ended = true;
                break;
            }
        }
        let fault = Fault {
            reason: Reason::TooLarge,
            message: format!("a record of more than {} MB", LARGEST_RECORD >> 20),
            hint: Some("is a line break missing? The records behind it were read".to_owned()),
        };
        (Some(record), fault)
    }

    /// XXH3 of the bytes on disk; what was not yet read is read now.
    pub(super) fn hash(&mut self) -> Result<u128, Fault> {
        self.input.hash()
    }
}

/// A stream that is hashed as it lies on disk and decompressed if it is gzip (RFC 1952) or Zstandard (RFC 8878).
struct Decompressed {
    stream: Stream,
    compressed: bool,
    given: u64,
    ended: bool,
}

enum Stream {
    Plain(Hashed),
    Gzip(Box<MultiGzDecoder<BufReader<Hashed>>>),
    Zstd(Box<zstd::Decoder<'static, BufReader<Hashed>>>),
}

impl Decompressed {
    fn new(stream: Box<dyn Read + Send>) -> Result<Decompressed, Fault> {
        let mut hashed =
            Hashed { stream, hasher: Box::new(Xxh3::new()), head: Vec::new(), taken: 0, count: 0 };
        hashed.peek(4).map_err(|error| unreadable(&error))?;
        let (compressed, stream) = match hashed.head.as_slice() {
            [0x1f, 0x8b, ..] => (true, Stream::Gzip(Box::new(MultiGzDecoder::new(BufReader::new(hashed))))),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                let mut decoder = zstd::Decoder::new(hashed).map_err(|error| broken(&error))?;
                // 128 MB: what `zstd --long=27` needs.
                decoder.window_log_max(27).map_err(|error| broken(&error))?;
                (true, Stream::Zstd(Box::new(decoder)))
            }
            _ => (false, Stream::Plain(hashed)),
        };
        Ok(Decompressed { stream, compressed, given: 0, ended: false })
    }

    fn hashed(&mut self) -> &mut Hashed {
        match &mut self.stream {
            Stream::Plain(hashed) => hashed,
            Stream::Gzip(decoder) => decoder.get_mut().get_mut(),
            Stream::Zstd(decoder) => decoder.get_mut().get_mut(),
        }
    }

    /// Reads until the buffer holds `wanted` bytes or the stream ends.
    fn fill(&mut self, buffer: &mut Vec<u8>, wanted: usize) -> Result<(), Fault> {
        let missing = wanted.saturating_sub(buffer.len()) as u64;
        let read = match &mut self.stream {
            Stream::Plain(stream) => stream.take(missing).read_to_end(buffer),
            Stream::Gzip(stream) => stream.take(missing).read_to_end(buffer),
            Stream::Zstd(stream) => stream.take(missing).read_to_end(buffer),
        };
        let read =
            read.map_err(|error| if self.compressed { broken(&error) } else { unreadable(&error) })? as u64;
        self.given += read;
        self.ended |= read < missing;
        let taken = self.hashed().count.max(1);
        if self.compressed && self.given > GROWTH_GRACE && self.given / taken > MOST_GROWTH {
            return Err(Fault {
                reason: Reason::Compressed,
                message: format!("it unpacks to more than {MOST_GROWTH} times its size"),
                hint: Some("if it is not a bomb, unpack it first".to_owned()),
            });
        }
        Ok(())
    }

    fn hash(&mut self) -> Result<u128, Fault> {
        let hashed = self.hashed();
        io::copy(hashed, &mut io::sink()).map_err(|error| unreadable(&error))?;
        Ok(hashed.hasher.digest128())
    }
}

/// Hashes what passes through; can look at the first bytes beforehand.
struct Hashed {
    stream: Box<dyn Read + Send>,
    hasher: Box<Xxh3>,
    head: Vec<u8>,
    taken: usize,
    count: u64,
}

impl Hashed {
    fn peek(&mut self, bytes: u64) -> io::Result<()> {
        (&mut self.stream).take(bytes).read_to_end(&mut self.head).map(|_| ())
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.taken < self.head.len() {
            let mut rest = &self.head[self.taken..];
            let read = rest.read(buffer)?;
            self.taken += read;
            read
        } else {
            self.stream.read(buffer)?
        };
        self.hasher.update(&buffer[..read]);
        self.count += read as u64;
        Ok(read)
    }
}

fn unreadable(error: &io::Error) -> Fault {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => Some("give yourself the right to read it".to_owned()),
        _ => None,
    };
    Fault { reason: Reason::Unreadable, message: format!("cannot be read: {error}"), hint }
}

fn broken(error: &io::Error) -> Fault {
    Fault {
        reason: Reason::Compressed,
        message: format!("cannot be unpacked: {error}"),
        hint: Some("it is cut short or damaged; fetch it again".to_owned()),
    }
}
