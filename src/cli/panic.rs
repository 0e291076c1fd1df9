//! What becomes of a panic: of a reader, a skip of its file; of anything else, a look at the index, whose damage is the
//! likeliest cause.
//!
//! The files of an index are checked before they are used, so this is for what the disk does to a file that was found to
//! be sound before ([`crate::engine::local`]).

use std::any::Any;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::engine::local::Folder;
use crate::ingest::READER_THREAD;

use super::error::Error;
use super::index;
use super::status::Status;

/// The first panic, as it would have been printed.
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// From now on panics print nothing by themselves.
pub(super) fn keep_quiet() {
    set_hook(Box::new(|panic| {
        let is_reader = std::thread::current().name() == Some(READER_THREAD);
        if !is_reader {
            FIRST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| described(panic));
        }
    }));
}

fn described(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    format!("{} ({place})", message(panic.payload()))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Does something with the index that is named or found. If it panics, the error is the damage of the index, or else
/// the fault of the program.
pub(super) fn as_error<T>(named: Option<&Path>, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let damage = index::find(named).and_then(|index| Folder::damage(&index));
        Err(damage.map_or_else(|| fault(&*panic), Error::from))
    })
}

fn fault(panic: &(dyn Any + Send)) -> Error {
    let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take();
    let first = first.unwrap_or_else(|| message(panic).to_owned());
    Error {
        status: Status::Broken,
        message: format!("this is a fault of the program, which panicked: {first}"),
        hint: Some("please report it, with the command".to_owned()),
        caret: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let nowhere = Some(Path::new("/nowhere/at/all"));
        assert_eq!(as_error(nowhere, || Ok(7)).unwrap(), 7);
        let usual = as_error::<()>(nowhere, || Err(Error::usage("no", None))).unwrap_err();
        assert_eq!((usual.status, usual.message.as_str()), (Status::Usage, "no"));
        let broken = as_error::<()>(nowhere, || panic!("of its own")).unwrap_err();
        assert_eq!((broken.status, broken.message.contains("of its own")), (Status::Broken, true));
    }
}
