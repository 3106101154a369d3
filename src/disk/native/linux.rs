//! What only Linux has: mount ids, birth times, resolving in one call, leases.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};

use rustix::fs::{self, AtFlags, Mode, OFlags, ResolveFlags, StatxFlags};
use rustix::io::Errno;

use super::unix::{Look, nanos};

/// Opens a folder only to pass through it: needs no right to list it.
pub(super) const PASS: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// With an empty path: the handle itself.
pub(super) const SELF: AtFlags = AtFlags::EMPTY_PATH;

/// Looks at a name in a folder, or at the handle itself.
pub(super) fn look<P: rustix::path::Arg>(
    dir: BorrowedFd<'_>,
    path: P,
    flags: AtFlags,
) -> rustix::io::Result<Look> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME | StatxFlags::MNT_ID;
    let found = fs::statx(dir, path, flags | AtFlags::NO_AUTOMOUNT, wanted)?;
    let has = |field: StatxFlags| found.stx_mask & field.bits() != 0;
    let time = |time: fs::StatxTimestamp| nanos(time.tv_sec, time.tv_nsec.into());
    Ok(Look {
        file_type: fs::FileType::from_raw_mode(found.stx_mode.into()),
        device: fs::makedev(found.stx_dev_major, found.stx_dev_minor),
        mount: if has(StatxFlags::MNT_ID) { found.stx_mnt_id } else { 0 },
        inode: found.stx_ino,
        born: has(StatxFlags::BTIME).then(|| time(found.stx_btime)),
        size: found.stx_size,
        mtime: time(found.stx_mtime),
        ctime: time(found.stx_ctime),
        links: found.stx_nlink.into(),
    })
}

/// Opens a folder below `root` in one call; `None` where it has to be done name by name.
pub(super) fn open_beneath(
    root: BorrowedFd<'_>,
    path: &str,
    flags: OFlags,
) -> Option<io::Result<std::os::fd::OwnedFd>> {
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    match fs::openat2(root, path, flags, Mode::empty(), resolve) {
        // Before Linux 5.6, forbidden by a sandbox, or longer than one call takes.
        Err(Errno::NOSYS | Errno::PERM | Errno::NAMETOOLONG) => None,
        opened => Some(opened.map_err(Into::into)),
    }
}

/// File systems that make up ids as they go.
const WITHOUT_IDS: [u32; 6] = [
    0x4d44,      // FAT
    0x2011_bab0, // exFAT
    0x6573_5546, // FUSE
    0x517b,      // SMB
    0xff53_4d42, // CIFS
    0xfe53_4d42, // SMB 2
];

/// Whether file ids on this file system survive its next mount.
pub(super) fn keeps_ids(dir: BorrowedFd<'_>) -> io::Result<bool> {
    // The magic numbers have 32 bits, whatever the type of the field.
    let magic = fs::fstatfs(dir)?.f_type as u32;
    Ok(!WITHOUT_IDS.contains(&magic))
}

/// Whether any process has the file open for writing, or mapped so: then the
/// kernel refuses a read lease (amendment 20).
///
/// Where there are no leases (network file systems), or the file is somebody
/// else's, the answer is no.
#[allow(unsafe_code, reason = "no crate offers leases")]
pub(super) fn has_writer(file: &File) -> io::Result<bool> {
    /// `F_SETSIG`, which the libc crate lacks on most targets.
    const F_SETSIG: libc::c_int = 10;
    let fd = file.as_fd().as_raw_fd();
    // A writer who comes while the lease is held makes the kernel send a
    // signal; the usual one would end this process, this one is ignored unless
    // somebody asks for it. The writer itself waits these few microseconds.
    // SAFETY: `fcntl` with these commands takes an integer and touches no memory
    // of ours; `file` keeps the handle open.
    let lease = unsafe {
        if libc::fcntl(fd, F_SETSIG, libc::SIGURG) == -1 {
            return Ok(false);
        }
        libc::fcntl(fd, libc::F_SETLEASE, libc::F_RDLCK)
    };
    if lease == -1 {
        return Ok(io::Error::last_os_error().kind() == io::ErrorKind::WouldBlock);
    }
    // SAFETY: as above. Should it fail, closing the handle ends the lease as well.
    unsafe { libc::fcntl(fd, libc::F_SETLEASE, libc::F_UNLCK) };
    Ok(false)
}
