//! (to be written)

use crate::reader::{Emit, Fault, Input, Reader};

/// The markdown format.
pub struct Markdown;

impl Reader for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }
    fn about(&self) -> &'static str {
        ""
    }
    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }
    fn sniff(&self, _head: &[u8]) -> bool {
        false
    }
    fn read(&self, _input: &Input<'_>, _emit: Emit<'_>) -> Result<(), Fault> {
        Ok(())
    }
}
