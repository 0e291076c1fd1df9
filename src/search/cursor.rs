//! The text form of a [`Cursor`], as it travels in answers and on command lines.

use crate::search::Cursor;

/// Two keys and an id as hexadecimal digits, so that no bit of the order is lost.
impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}-{:x}-{}", self.primary.to_bits(), self.timestamp, self.id)
    }
}
