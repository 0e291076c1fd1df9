//! stub
use crate::reader::{READERS, Reader, Recognised};
pub fn recognise(name: &str, head: &[u8], forced: Option<&str>) -> Recognised {
    let _ = (head, forced);
    READERS
        .iter()
        .find(|r| r.extensions().iter().any(|e| name.ends_with(e)))
        .map_or(Recognised::Ignore, |r| Recognised::Read(*r))
}
pub fn by_name(name: &str) -> Option<&'static dyn Reader> {
    READERS.iter().copied().find(|r| r.name() == name)
}
