//! Compressed streams: gzip (RFC 1952), Zstandard (RFC 8878), bzip2 and xz, told by their first bytes, and the limit on
//! what may come out of them.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use bzip2::bufread::MultiBzDecoder;
use lzma_rust2::XzReader;

use crate::diagnostic::Reason;
use crate::reader::Fault;

use super::gzip::Members;
use super::{GROWTH_GRACE, LARGEST_WHOLE, LARGEST_WINDOW_LOG, MOST_GROWTH, unreadable};

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Compression {
    pub(super) fn of(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Compression::Gzip),
            // A frame, or one to be skipped before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => Some(Compression::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Compression::Xz),
            _ => None,
        }
    }

    /// The unpacked stream, under the limits. Concatenated members are read as one stream.
    pub(super) fn reader<'a>(self, packed: impl Read + 'a, meter: &Meter) -> io::Result<Box<dyn Read + 'a>> {
        let taken = Rc::new(Cell::new(0));
        let counted = Counted { inner: packed, taken: Rc::clone(&taken) };
        let packed = BufReader::new(counted);
        Ok(match self {
            Compression::Gzip => {
                let members = Members::new(packed, Rc::clone(&meter.damaged));
                Box::new(meter.limit(members, taken))
            }
            Compression::Bzip2 => Box::new(meter.limit(MultiBzDecoder::new(packed), taken)),
            Compression::Xz => {
                let most_kib = 1 << (LARGEST_WINDOW_LOG - 10);
                // Its dictionary stands beside the decoder's own state.
                let reader = XzReader::new_mem_limit(packed, true, most_kib + (most_kib >> 3));
                Box::new(meter.limit(reader, taken))
            }
            Compression::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(packed)?;
                decoder.window_log_max(LARGEST_WINDOW_LOG)?;
                Box::new(meter.limit(decoder, taken))
            }
        })
    }
}

/// Holds against what comes out of the packed streams of a file how much went into them.
#[derive(Debug)]
pub(super) struct Meter {
    /// What came out of all of them.
    given: Rc<Cell<u64>>,
    most: u64,
    /// Pieces of compressed streams that were passed over because they are damaged.
    damaged: Rc<Cell<u64>>,
}

impl Meter {
    /// For a file of that size on disk, in bytes.
    pub(super) fn new(size: u64) -> Meter {
        // One bomb among the members of a small container leaves room for the others.
        let most = size.saturating_mul(MOST_GROWTH).max(LARGEST_WHOLE as u64);
        Meter { given: Rc::default(), most, damaged: Rc::default() }
    }

    /// What to say of the damaged pieces that were passed over since it was last asked.
    pub(super) fn take_damage(&self) -> Option<Fault> {
        let damaged = self.damaged.take();
        let pieces =
            if damaged == 1 { "1 damaged piece".to_owned() } else { format!("{damaged} damaged pieces") };
        (damaged > 0).then(|| Fault {
            reason: Reason::Compressed,
            message: format!("{pieces} could not be unpacked"),
            hint: Some("what lies before and behind was read; fetch the file again".to_owned()),
        })
    }

    /// `unpacked` under the limit on growth; `taken` tells how many packed bytes it is made of so far.
    pub(super) fn limit<R: Read>(&self, unpacked: R, taken: Rc<Cell<u64>>) -> Limited<R> {
        Limited { inner: unpacked, taken, given: 0, all_given: Rc::clone(&self.given), most: self.most }
    }
}

/// A stream that counts what is taken from it.
struct Counted<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

/// An unpacked stream that must not be out of all proportion to the packed one.
pub(super) struct Limited<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
    given: u64,
    all_given: Rc<Cell<u64>>,
    most: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.given += read as u64;
        self.all_given.set(self.all_given.get() + read as u64);
        let has_grown = self.given > GROWTH_GRACE && self.given / self.taken.get().max(1) > MOST_GROWTH;
        if has_grown || self.all_given.get() > self.most {
            return Err(io::Error::other(Cause::Growth));
        }
        Ok(read)
    }
}

/// Why reading failed, where that is not the packed data itself.
#[derive(Debug)]
enum Cause {
    Growth,
    Disk(io::Error),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Growth => write!(f, "it unpacks to more than {MOST_GROWTH} times its size"),
            Cause::Disk(error) => error.fmt(f),
        }
    }
}

impl Error for Cause {}

/// Marks an error as one of the disk, so that it is not taken for damaged data further up.
pub(super) fn on_disk(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Interrupted => error,
        kind => io::Error::new(kind, Cause::Disk(error)),
    }
}

/// What to say of a stream that broke off.
pub(super) fn fault(error: &io::Error) -> Fault {
    match error.get_ref().and_then(|cause| cause.downcast_ref::<Cause>()) {
        Some(Cause::Disk(error)) => unreadable(error),
        Some(Cause::Growth) => Fault {
            reason: Reason::TooLarge,
            message: Cause::Growth.to_string(),
            hint: Some("if it is not a bomb, unpack it first".to_owned()),
        },
        None => Fault {
            reason: Reason::Compressed,
            message: format!("cannot be unpacked: {error}"),
            hint: Some("it is cut short or damaged; fetch it again".to_owned()),
        },
    }
}
