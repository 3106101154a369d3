//! What only macOS has: birth times in every look, no mount ids, no leases.

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{self, AtFlags, OFlags};

use super::unix::{Look, nanos};

/// Opens a folder to pass through it.
pub(super) const PASS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// With an empty path: the handle itself.
pub(super) const SELF: AtFlags = AtFlags::empty();

/// Looks at a name in a folder, or, if the path is empty, at the handle itself.
pub(super) fn look<P: rustix::path::Arg>(
    dir: BorrowedFd<'_>,
    path: P,
    flags: AtFlags,
) -> rustix::io::Result<Look> {
    let path = path.into_c_str()?;
    let found = if path.is_empty() { fs::fstat(dir)? } else { fs::statat(dir, &*path, flags)? };
    Ok(Look {
        file_type: fs::FileType::from_raw_mode(found.st_mode),
        device: found.st_dev.unsigned_abs().into(),
        // Every mount has a device of its own here; see `Root::on_our_mount`.
        mount: found.st_dev.unsigned_abs().into(),
        inode: found.st_ino,
        born: Some(nanos(found.st_birthtime, found.st_birthtime_nsec)),
        size: u64::try_from(found.st_size).unwrap_or(0),
        mtime: nanos(found.st_mtime, found.st_mtime_nsec),
        ctime: nanos(found.st_ctime, found.st_ctime_nsec),
        links: found.st_nlink.into(),
    })
}

/// Folders are opened name by name.
pub(super) fn open_beneath(
    _root: BorrowedFd<'_>,
    _path: &str,
    _flags: OFlags,
) -> Option<io::Result<OwnedFd>> {
    None
}

/// Whether file ids on this file system survive its next mount: on the local
/// ones that keep them, by name.
pub(super) fn keeps_ids(dir: BorrowedFd<'_>) -> io::Result<bool> {
    let name = fs::fstatfs(dir)?.f_fstypename.map(|byte| byte.cast_unsigned());
    Ok([&b"apfs\0"[..], b"hfs\0", b"nfs\0"].iter().any(|known| name.starts_with(known)))
}

/// The system does not tell, so: no.
pub(super) fn has_writer(_file: &File) -> io::Result<bool> {
    Ok(false)
}
