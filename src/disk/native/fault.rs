//! What the system says when something fails, in the words of the engine.

use std::io;

use super::super::{DiskError, DiskErrorKind};
use crate::model::RelPath;

/// Something is a link that is followed, or is seen through one: it is not changed.
#[cfg(unix)]
#[derive(Debug, thiserror::Error)]
#[error("seen through a link")]
pub(super) struct Linked;

#[cfg(unix)]
impl Linked {
    pub(super) fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

#[cfg(unix)]
impl From<Linked> for io::Error {
    fn from(linked: Linked) -> Self {
        Self::other(linked)
    }
}

/// The error of a primitive on `path`.
pub(super) fn at(path: &RelPath, source: io::Error) -> DiskError {
    DiskError { kind: kind(&source), path: path.clone(), source }
}

/// Sorts an error of the system.
pub(super) fn kind(error: &io::Error) -> DiskErrorKind {
    if let Some(kind) = error.raw_os_error().and_then(by_number) {
        return kind;
    }
    #[cfg(unix)]
    if Linked::is(error) {
        return DiskErrorKind::Linked;
    }
    match error.kind() {
        io::ErrorKind::NotFound => DiskErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => DiskErrorKind::Exists,
        io::ErrorKind::PermissionDenied => DiskErrorKind::Denied,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DiskErrorKind::Full,
        io::ErrorKind::ResourceBusy
        | io::ErrorKind::ExecutableFileBusy
        | io::ErrorKind::WouldBlock => DiskErrorKind::Busy,
        io::ErrorKind::DirectoryNotEmpty => DiskErrorKind::NotEmpty,
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => DiskErrorKind::WrongType,
        // `CrossesDevices`: below a mount, which we do not enter. `FileTooLarge`:
        // 4 GiB on FAT, where another attempt would fail as well.
        io::ErrorKind::Unsupported
        | io::ErrorKind::CrossesDevices
        | io::ErrorKind::FileTooLarge
        | io::ErrorKind::TooManyLinks => DiskErrorKind::Unsupported,
        io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => DiskErrorKind::BadName,
        io::ErrorKind::ReadOnlyFilesystem => DiskErrorKind::ReadOnly,
        _ => DiskErrorKind::Broken,
    }
}

/// What the standard library gives no kind of its own.
#[cfg(unix)]
fn by_number(number: i32) -> Option<DiskErrorKind> {
    use rustix::io::Errno;
    match Errno::from_raw_os_error(number) {
        // A link stands where a folder or a file is wanted.
        Errno::LOOP => Some(DiskErrorKind::WrongType),
        // A special file without anybody at its other end.
        Errno::NXIO | Errno::NODEV => Some(DiskErrorKind::WrongType),
        // The volume's character set does not know the name.
        Errno::ILSEQ => Some(DiskErrorKind::BadName),
        Errno::NOTSUP => Some(DiskErrorKind::Unsupported),
        _ => None,
    }
}

/// What the standard library gives no kind of its own.
#[cfg(windows)]
fn by_number(number: i32) -> Option<DiskErrorKind> {
    use windows_sys::Win32::Foundation as win;
    match u32::try_from(number).ok()? {
        win::ERROR_SHARING_VIOLATION | win::ERROR_LOCK_VIOLATION | win::ERROR_USER_MAPPED_FILE => {
            Some(DiskErrorKind::Busy)
        }
        win::ERROR_STOPPED_ON_SYMLINK => Some(DiskErrorKind::WrongType),
        win::ERROR_INVALID_NAME | win::ERROR_BAD_PATHNAME => Some(DiskErrorKind::BadName),
        win::ERROR_NOT_SUPPORTED | win::ERROR_INVALID_FUNCTION => Some(DiskErrorKind::Unsupported),
        // A share or a drive that is away, which the standard library calls "not found".
        win::ERROR_BAD_NETPATH | win::ERROR_BAD_NET_NAME | win::ERROR_INVALID_DRIVE => {
            Some(DiskErrorKind::Broken)
        }
        _ => None,
    }
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;
    use windows_sys::Win32::Foundation as win;

    #[test]
    fn every_error_of_the_system_has_its_word() {
        let words = [
            (win::ERROR_FILE_NOT_FOUND, DiskErrorKind::NotFound),
            (win::ERROR_PATH_NOT_FOUND, DiskErrorKind::NotFound),
            (win::ERROR_ALREADY_EXISTS, DiskErrorKind::Exists),
            (win::ERROR_FILE_EXISTS, DiskErrorKind::Exists),
            (win::ERROR_ACCESS_DENIED, DiskErrorKind::Denied),
            (win::ERROR_DISK_FULL, DiskErrorKind::Full),
            (win::ERROR_HANDLE_DISK_FULL, DiskErrorKind::Full),
            (win::ERROR_DISK_QUOTA_EXCEEDED, DiskErrorKind::Full),
            (win::ERROR_SHARING_VIOLATION, DiskErrorKind::Busy),
            (win::ERROR_LOCK_VIOLATION, DiskErrorKind::Busy),
            (win::ERROR_USER_MAPPED_FILE, DiskErrorKind::Busy),
            (win::ERROR_BUSY, DiskErrorKind::Busy),
            (win::ERROR_DIR_NOT_EMPTY, DiskErrorKind::NotEmpty),
            (win::ERROR_DIRECTORY, DiskErrorKind::WrongType),
            (win::ERROR_STOPPED_ON_SYMLINK, DiskErrorKind::WrongType),
            (win::ERROR_NOT_SAME_DEVICE, DiskErrorKind::Unsupported),
            (win::ERROR_FILE_TOO_LARGE, DiskErrorKind::Unsupported),
            (win::ERROR_INVALID_FUNCTION, DiskErrorKind::Unsupported),
            (win::ERROR_NOT_SUPPORTED, DiskErrorKind::Unsupported),
            (win::ERROR_INVALID_NAME, DiskErrorKind::BadName),
            (win::ERROR_FILENAME_EXCED_RANGE, DiskErrorKind::BadName),
            (win::ERROR_WRITE_PROTECT, DiskErrorKind::ReadOnly),
            (win::ERROR_BAD_NETPATH, DiskErrorKind::Broken),
            (win::ERROR_BAD_NET_NAME, DiskErrorKind::Broken),
            (win::ERROR_INVALID_DRIVE, DiskErrorKind::Broken),
            (win::ERROR_NETNAME_DELETED, DiskErrorKind::Broken),
            (win::ERROR_NOT_READY, DiskErrorKind::Broken),
            (win::ERROR_CRC, DiskErrorKind::Broken),
        ];
        for (number, word) in words {
            let error = io::Error::from_raw_os_error(number.cast_signed());
            assert_eq!(kind(&error), word, "{error}");
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn every_error_of_the_system_has_its_word() {
        let words = [
            (Errno::NOENT, DiskErrorKind::NotFound),
            (Errno::EXIST, DiskErrorKind::Exists),
            (Errno::ACCESS, DiskErrorKind::Denied),
            (Errno::PERM, DiskErrorKind::Denied),
            (Errno::NOSPC, DiskErrorKind::Full),
            (Errno::DQUOT, DiskErrorKind::Full),
            (Errno::BUSY, DiskErrorKind::Busy),
            (Errno::TXTBSY, DiskErrorKind::Busy),
            (Errno::AGAIN, DiskErrorKind::Busy),
            (Errno::NOTEMPTY, DiskErrorKind::NotEmpty),
            (Errno::ISDIR, DiskErrorKind::WrongType),
            (Errno::NOTDIR, DiskErrorKind::WrongType),
            (Errno::LOOP, DiskErrorKind::WrongType),
            (Errno::NXIO, DiskErrorKind::WrongType),
            (Errno::XDEV, DiskErrorKind::Unsupported),
            (Errno::FBIG, DiskErrorKind::Unsupported),
            (Errno::NOSYS, DiskErrorKind::Unsupported),
            (Errno::OPNOTSUPP, DiskErrorKind::Unsupported),
            (Errno::NAMETOOLONG, DiskErrorKind::BadName),
            (Errno::INVAL, DiskErrorKind::BadName),
            (Errno::ILSEQ, DiskErrorKind::BadName),
            (Errno::ROFS, DiskErrorKind::ReadOnly),
            (Errno::IO, DiskErrorKind::Broken),
            (Errno::STALE, DiskErrorKind::Broken),
            (Errno::NOTCONN, DiskErrorKind::Broken),
        ];
        for (errno, word) in words {
            assert_eq!(kind(&errno.into()), word, "{errno:?}");
        }
    }
}
