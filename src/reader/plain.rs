//! (to be written)

use crate::reader::{Emit, Fault, Input, Reader};

/// The plain format.
pub struct Plain;

impl Reader for Plain {
    fn name(&self) -> &'static str {
        "plain"
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
