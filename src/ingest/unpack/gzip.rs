//! gzip (RFC 1952) member by member, so that a damaged one does not cost those behind it: crawls have a member for each
//! record.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;

/// The first bytes of a member: the magic number and the only method there is.
const HEADER: &[u8] = b"\x1f\x8b\x08";

/// What stands in the unpacked stream for the rest of a damaged member, so that records do not run into each other.
const GAP: &[u8] = b"\r\n\r\n";

/// The members of a gzip file as one stream.
pub(super) struct Members<R> {
    /// `None` at the end.
    member: Option<GzDecoder<R>>,
    /// What of the gap was not yet given.
    gap: &'static [u8],
    /// Counts the members that broke off while others follow.
    damaged: Rc<Cell<u64>>,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(packed: R, damaged: Rc<Cell<u64>>) -> Members<R> {
        Members { member: Some(GzDecoder::new(packed)), gap: &[], damaged }
    }

    /// Goes on behind a member that ended. What follows the last one and is no member is padding.
    fn advance(&mut self) -> io::Result<()> {
        let Some(mut packed) = self.member.take().map(GzDecoder::into_inner) else { return Ok(()) };
        if packed.fill_buf()?.starts_with(&HEADER[..1]) {
            self.member = Some(GzDecoder::new(packed));
        }
        Ok(())
    }

    /// Goes on at the next member behind a damaged one; without one the error stands.
    fn recover(&mut self, error: io::Error) -> io::Result<()> {
        let Some(mut packed) = self.member.take().map(GzDecoder::into_inner) else { return Err(error) };
        if !find_header(&mut packed)? {
            return Err(error);
        }
        self.member = Some(GzDecoder::new(packed));
        self.gap = GAP;
        self.damaged.set(self.damaged.get() + 1);
        Ok(())
    }
}

/// Moves to the next header of a member; one that lies across the end of a buffer is not found.
fn find_header(packed: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffer = packed.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let (at, length) = (memchr::memmem::find(buffer, HEADER), buffer.len());
        packed.consume(at.unwrap_or(length));
        if at.is_some() {
            return Ok(true);
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.gap.is_empty() {
            return self.gap.read(buffer);
        }
        while let Some(member) = &mut self.member {
            match member.read(buffer) {
                Ok(0) if buffer.is_empty() => return Ok(0),
                Ok(0) => self.advance()?,
                Ok(read) => return Ok(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => {
                    self.recover(error)?;
                    return self.gap.read(buffer);
                }
            }
        }
        Ok(0)
    }
}
