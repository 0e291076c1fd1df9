//! (to be written)

use crate::reader::{Emit, Fault, Input, Reader};

/// The json format.
pub struct Json;

impl Reader for Json {
    fn name(&self) -> &'static str {
        "json"
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
