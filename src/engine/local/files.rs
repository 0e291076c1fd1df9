//! How the files of an index are opened. Somebody else may have put other things in their places: a pipe would be
//! waited for, a device never ends, and what a link points to is not ours to write.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The bytes of what must be a file, or a link to one.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    std::fs::read(path)
}

/// A new file. What has its name already, left over from a run that was killed or a link, is removed.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::remove_file(path)?;
            create()
        }
        created => created,
    }
}

/// A file to be locked, made if there is none, and as it is if there is one.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    if std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(format!("{} is no file", path.display())));
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "a").unwrap();
        symlink("file", folder.path().join("link")).unwrap();
        assert_eq!(read(&folder.path().join("link")).unwrap(), b"a");
        assert!(read(Path::new("/dev/zero")).is_err() && read(folder.path()).is_err());
        assert_eq!(read(&folder.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "precious").unwrap();
        symlink("file", &link).unwrap();
        assert!(open_lock(&link).is_err());
        assert!(create(&link).is_ok() && fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(fs::read(&file).unwrap(), b"precious");
        // Not so what is ours.
        assert!(open_lock(&file).is_ok());
        assert_eq!(fs::read(&file).unwrap(), b"precious");
        assert!(create(&file).is_ok());
        assert_eq!(fs::read(&file).unwrap(), b"");
    }
}
