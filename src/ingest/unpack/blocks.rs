//! A file of records, block by block, so that it may be of any size and be read by all threads.

use std::io::Read;
use std::sync::Arc;

use crate::diagnostic::{LeftOut, Reason};
use crate::reader::{Cutter, Fault, Reader};

use super::{BLOCK, Bytes, Content, End, LARGEST_RECORD, Layer, Unpacker, compression, fill};

/// What stands before the first record is looked for in so many bytes; it is read again with every block.
pub const LARGEST_HEAD: usize = 16 << 20;
/// The beginning of a record is told by fewer bytes than these.
const LONGEST_MARK: usize = 128;

impl Unpacker<'_> {
    /// Cuts a stream of records into blocks and hands them on; a small one goes whole. `buffer` holds its beginning.
    pub(super) fn records(
        &mut self,
        reader: &'static dyn Reader,
        cutter: Box<dyn Cutter>,
        stream: &mut dyn Read,
        mut buffer: Vec<u8>,
        layer: &Layer<'_>,
    ) -> Result<(), End> {
        let (ended, fault) = fill_some(stream, &mut buffer, BLOCK);
        if ended {
            let whole = Bytes { reader, bytes: buffer, head: Arc::default(), first_record: 1, offset: 0 };
            self.emit(layer, Content::Bytes(whole))?;
            return fault.map_or(Ok(()), |fault| Err(End::Fault(fault)));
        }
        let mut blocks = Blocks {
            reader,
            cutter,
            stream,
            buffer,
            head: None,
            next_record: 1,
            offset: 0,
            ended,
            fault: None,
        };
        while let Some(content) = blocks.next() {
            self.emit(layer, content)?;
        }
        blocks.fault.take().map_or(Ok(()), |fault| Err(End::Fault(fault)))
    }
}

/// Fills the buffer; a stream that breaks off has ended, with a fault, and what came before it counts.
fn fill_some(stream: &mut dyn Read, buffer: &mut Vec<u8>, wanted: usize) -> (bool, Option<Fault>) {
    match fill(stream, buffer, wanted) {
        Ok(ended) => (ended, None),
        Err(error) => (true, Some(compression::fault(&error))),
    }
}

struct Blocks<'a> {
    reader: &'static dyn Reader,
    cutter: Box<dyn Cutter>,
    stream: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// What stands before the first record, once it is known.
    head: Option<Arc<[u8]>>,
    next_record: u64,
    /// Where the buffer begins in the file.
    offset: u64,
    ended: bool,
    /// Why the stream broke off.
    fault: Option<Fault>,
}

impl Blocks<'_> {
    /// The next records, or a record that is too long, behind which reading goes on.
    fn next(&mut self) -> Option<Content> {
        let mut wanted = BLOCK;
        while !(self.ended && self.buffer.is_empty()) {
            self.fill(wanted);
            self.find_head();
            let (length, records) = self.cutter.cut(&self.buffer, self.ended);
            if length > 0 {
                return Some(self.take(length, records));
            }
            let record = self.next_record;
            let passed_over = if self.ended { None } else { self.pass_over() };
            if let Some(left_out) = passed_over {
                match left_out {
                    Some(what) => return Some(Content::LeftOut(record, what)),
                    None => continue,
                }
            }
            if self.ended {
                // The cutter had its chance to take what is left.
                self.buffer.clear();
            } else if self.buffer.len() >= LARGEST_RECORD {
                return Some(self.skip_record());
            } else {
                wanted = (self.buffer.len() * 2).min(LARGEST_RECORD);
            }
        }
        None
    }

    fn fill(&mut self, wanted: usize) {
        if !self.ended {
            (self.ended, self.fault) = fill_some(self.stream, &mut self.buffer, wanted);
        }
    }

    fn find_head(&mut self) {
        if self.head.is_some() {
            return;
        }
        let mut length = self.look_for_head();
        if length.is_none() && !self.ended {
            self.fill(LARGEST_HEAD);
            length = self.look_for_head();
        }
        self.head = Some(Arc::from(&self.buffer[..length.unwrap_or(0)]));
    }

    fn look_for_head(&mut self) -> Option<usize> {
        let start = &self.buffer[..self.buffer.len().min(LARGEST_HEAD)];
        self.cutter.head(start, self.ended)
    }

    fn take(&mut self, length: usize, records: u64) -> Content {
        let rest = self.buffer.split_off(length);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        // The first block begins with the head itself.
        let head = self.head.get_or_insert_default();
        let head = if self.offset > 0 { Arc::clone(head) } else { Arc::default() };
        let block =
            Bytes { reader: self.reader, bytes, head, first_record: self.next_record, offset: self.offset };
        self.next_record += records;
        self.offset += length as u64;
        Content::Bytes(block)
    }

    /// Drops a long record that is nothing to be read, without holding it in memory.
    fn pass_over(&mut self) -> Option<Option<LeftOut>> {
        // The length that it states may lie: the next record is where one begins.
        let (_, left_out) = self.cutter.pass_over(&self.buffer)?;
        self.next_record += 1;
        self.drop_record();
        Some(left_out)
    }

    /// Drops everything before the next record.
    fn drop_record(&mut self) {
        loop {
            if let Some(next) = self.cutter.resync(&self.buffer) {
                self.drop_bytes(next);
                return;
            }
            // The mark of a record may lie across the border.
            self.drop_bytes(self.buffer.len().saturating_sub(LONGEST_MARK));
            let held = self.buffer.len();
            self.fill(BLOCK);
            if self.buffer.len() == held {
                self.ended = true;
                self.buffer.clear();
                return;
            }
        }
    }

    fn skip_record(&mut self) -> Content {
        let record = self.next_record;
        self.next_record += 1;
        self.drop_record();
        let fault = Fault {
            reason: Reason::TooLarge,
            message: format!("a record of more than {} MB", LARGEST_RECORD >> 20),
            hint: (!self.ended).then(|| "the records behind it were read".to_owned()),
        };
        Content::Fault(Some(record), fault)
    }

    fn drop_bytes(&mut self, length: usize) {
        self.buffer.drain(..length);
        self.offset += length as u64;
    }
}
