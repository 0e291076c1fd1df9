//! How the files of an index are opened. Somebody else may have put other things in their places: a pipe would be
//! waited for, a device never ends, and what a link points to is not ours to write.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The bytes of what must be a file, or a link to one.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a device can already do something.
    only_file(&std::fs::metadata(path)?)?;
    let mut bytes = Vec::new();
    open(OpenOptions::new().read(true), path, Links::Followed)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

enum Links {
    Followed,
    Refused,
}

/// Opens a file. What may have been put in its place since it was looked at is not waited for, and refused.
fn open(options: &mut OpenOptions, path: &Path, links: Links) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = match links {
            Links::Followed => OFlags::NONBLOCK,
            Links::Refused => OFlags::NONBLOCK | OFlags::NOFOLLOW,
        };
        options.custom_flags(flags.bits() as i32);
    }
    #[cfg(not(unix))]
    let _ = links;
    let file = options.open(path)?;
    only_file(&file.metadata()?)?;
    Ok(file)
}

fn only_file(found: &Metadata) -> io::Result<()> {
    if found.is_file() { Ok(()) } else { Err(io::Error::other("it is no file")) }
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
    let mut options = OpenOptions::new();
    open(options.read(true).write(true).create(true).truncate(false), path, Links::Refused)
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

    /// As if it had been put there after somebody looked.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_opened_is_looked_at() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let [pipe, file, link] = ["pipe", "file", "link"].map(|name| folder.path().join(name));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        fs::write(&file, "").unwrap();
        symlink("file", &link).unwrap();
        let read = |path: &Path, links| super::open(OpenOptions::new().read(true), path, links);
        assert!(read(&pipe, Links::Followed).is_err(), "nor was it waited for");
        assert!(read(&link, Links::Followed).is_ok() && read(&link, Links::Refused).is_err());
        assert!(read(&file, Links::Refused).is_ok());
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
