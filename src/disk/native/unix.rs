//! The primitives on Linux and macOS.
//!
//! Every path is resolved from an open handle of the root and never by its
//! text: first the folder that holds the name, without following a link or
//! entering a mount, then the one system call at that folder's handle. A folder
//! that is swapped for a link in between changes nothing: the handle stays at
//! the folder. So no moment exists in which a call could reach outside.

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

mod links;
mod rename;

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use links::{Found, Links, Via};

use super::{Access, attributes, fault};
use crate::disk::{Dirent, FileType, Space, Stat};
use crate::model::{LocalSeen, Name, RelPath};

#[cfg(target_os = "linux")]
use super::linux as os;
#[cfg(target_os = "macos")]
use super::macos as os;

/// What the system shows of one path or handle.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) file_type: fs::FileType,
    pub(super) device: u64,
    /// The id of the mount, where the system tells; else always the same.
    pub(super) mount: u64,
    pub(super) inode: u64,
    pub(super) born: Option<i64>,
    pub(super) size: u64,
    pub(super) mtime: i64,
    pub(super) ctime: i64,
    pub(super) links: u64,
}

/// A moment as nanoseconds since 1970.
pub(super) fn nanos(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// The root of the pair, held open.
#[derive(Debug)]
pub(super) struct Root {
    dir: OwnedFd,
    /// Where it was opened, with no link in it: to notice that it has gone from there.
    path: PathBuf,
    device: u64,
    mount: u64,
    inode: u64,
    volume: u64,
    links: Links,
}

const READ_DIR: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Root {
    /// Opens the folder. Links on the way to it are the user's choice and followed.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let dir = fs::openat(CWD, &path, READ_DIR, Mode::empty())?;
        let look = os::look(dir.as_fd(), "", os::SELF)?;
        // The id that the file system gives itself stays over restarts where it
        // can; the device number counts the order in which disks were found.
        let volume = match fs::fstatvfs(&dir)?.f_fsid {
            0 => look.device,
            id => id,
        };
        let Look { device, mount, inode, .. } = look;
        Ok(Self { dir, path, device, mount, inode, volume, links: Links::default() })
    }

    /// Fails unless the root still stands where it was opened: a folder that
    /// was moved away, replaced or mounted over is not the one to look at.
    fn in_place(&self) -> io::Result<()> {
        match os::look(CWD, self.path.as_path(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(now) if now.inode == self.inode && self.on_our_mount(&now) => Ok(()),
            Ok(_) | Err(Errno::NOENT | Errno::NOTDIR) => Err(Errno::STALE.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether this is on the root's own mount. A nested volume of btrfs has no
    /// mount of its own, but its folders show another device; files on overlays
    /// show any device, so it says nothing about them.
    fn on_our_mount(&self, look: &Look) -> bool {
        let is_dir = look.file_type == fs::FileType::Directory;
        look.mount == self.mount && (!is_dir || look.device == self.device)
    }

    fn stat_of(&self, look: &Look) -> Stat {
        self.seen(look, Via::NONE)
    }

    /// What something shows that is seen through a link, or through none.
    fn seen(&self, look: &Look, via: Via) -> Stat {
        let file_type = match look.file_type {
            fs::FileType::RegularFile if self.on_our_mount(look) => FileType::File,
            fs::FileType::Directory if self.on_our_mount(look) => FileType::Dir,
            fs::FileType::Directory => FileType::Mount,
            fs::FileType::Symlink => FileType::Symlink,
            _ => FileType::Special,
        };
        let seen = LocalSeen {
            volume: self.volume,
            file_id: via.id(look.inode),
            born: look.born,
            size: if file_type == FileType::File { look.size } else { 0 },
            mtime: look.mtime,
            ctime: look.ctime,
            links: look.links,
        };
        Stat { file_type, seen }
    }

    /// Opens a folder below the root, without following links or entering mounts.
    fn open_dir(&self, path: &RelPath, flags: OFlags) -> io::Result<OwnedFd> {
        if path.is_root() {
            return Ok(fs::openat(&self.dir, ".", flags, Mode::empty())?);
        }
        let dir = match os::open_beneath(self.dir.as_fd(), path.as_str(), flags) {
            Some(opened) => opened?,
            None => self.walk(path, flags)?,
        };
        let look = os::look(dir.as_fd(), "", os::SELF)?;
        if self.on_our_mount(&look) { Ok(dir) } else { Err(Errno::XDEV.into()) }
    }

    /// Opens a folder name by name.
    fn walk(&self, path: &RelPath, flags: OFlags) -> io::Result<OwnedFd> {
        let mut dir = fs::openat(&self.dir, ".", flags, Mode::empty())?;
        for name in path.names() {
            let flags = flags | OFlags::NOFOLLOW;
            dir = match fs::openat(&dir, name, flags, Mode::empty()) {
                Ok(next) => next,
                // The system does not tell a link from a file here, but a file
                // means that nothing is below, and a link that we do not know.
                Err(Errno::NOTDIR) => {
                    let look = os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?;
                    let link = look.file_type == fs::FileType::Symlink;
                    return Err(if link { Errno::LOOP } else { Errno::NOTDIR }.into());
                }
                Err(error) => return Err(error.into()),
            };
        }
        Ok(dir)
    }

    /// The folder that holds `path`, and its name there.
    fn at<'p>(&self, path: &'p RelPath) -> io::Result<(OwnedFd, &'p str)> {
        // The root has no name that one could change.
        let (Some(parent), Some(name)) = (path.parent(), path.name()) else {
            return Err(Errno::BUSY.into());
        };
        let opened = self.open_dir(&parent, os::PASS);
        Ok((opened.map_err(|error| self.told(error))?, name))
    }

    /// Where links are followed, one in the way is no surprise.
    fn told(&self, error: io::Error) -> io::Error {
        if links::is_link(&error) && self.follows() { fault::Linked.into() } else { error }
    }

    pub(super) fn list(&self, dir: &RelPath) -> io::Result<Vec<Dirent>> {
        if dir.is_root() {
            self.in_place()?;
        }
        let (handle, via) = self.open_seen(dir, READ_DIR)?;
        let (mut entries, mut followed) = (Vec::new(), BTreeMap::new());
        for entry in fs::Dir::read_from(&handle)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            let look = os::look(handle.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW);
            let name = readable(name);
            let stat = match look {
                Ok(look) => Ok(match self.followed(dir, &name, &look, via) {
                    Some((name, target, stat)) => {
                        followed.insert(name, target);
                        stat
                    }
                    None => self.seen(&look, via),
                }),
                // Gone since it was read: as if it had never been there.
                Err(Errno::NOENT) => continue,
                Err(error) => Err(fault::kind(&error.into())),
            };
            entries.push(Dirent { name, stat });
        }
        self.links.note(dir, followed);
        Ok(entries)
    }

    pub(super) fn stat(&self, path: &RelPath) -> io::Result<Option<Stat>> {
        if path.is_root() {
            self.in_place()?;
            return Ok(Some(self.stat_of(&os::look(self.dir.as_fd(), "", os::SELF)?)));
        }
        match self.find(path) {
            Ok(found) => Ok(Some(found.stat(self))),
            // `NotADirectory`: a file stands where a folder was, so nothing is below it.
            // Nothing is missing where the root itself is (amendment 24).
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                self.in_place().map(|()| None)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn stat_file(&self, file: &File) -> io::Result<Stat> {
        Ok(self.stat_of(&os::look(file.as_fd(), "", os::SELF)?))
    }

    pub(super) fn open_file(&self, path: &RelPath) -> io::Result<(File, Stat)> {
        let Found { dir, name, look, via } = self.find(path)?;
        self.only_file(&look)?;
        // Should a pipe have taken its place since, do not wait for its other end.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(fs::openat(&dir, name.as_str(), flags, Mode::empty())?);
        let look = os::look(file.as_fd(), "", os::SELF)?;
        self.only_file(&look)?;
        Ok((file, self.seen(&look, via)))
    }

    fn only_file(&self, look: &Look) -> io::Result<()> {
        match self.stat_of(look).file_type {
            FileType::File => Ok(()),
            FileType::Dir | FileType::Mount => Err(ErrorKind::IsADirectory.into()),
            FileType::Symlink | FileType::Special => Err(Errno::LOOP.into()),
        }
    }

    pub(super) fn create(&self, path: &RelPath) -> io::Result<File> {
        let (dir, name) = self.at(path)?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        Ok(fs::openat(&dir, name, flags, Mode::from_raw_mode(0o666))?.into())
    }

    /// Opens a file of our own, and makes it if it is not there.
    pub(super) fn open_or_create(&self, path: &RelPath) -> io::Result<File> {
        let (dir, name) = self.at(path)?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(&dir, name, flags, Mode::from_raw_mode(0o600))?.into())
    }

    pub(super) fn make_dir(&self, path: &RelPath, access: Access) -> io::Result<()> {
        let (dir, name) = self.at(path)?;
        let mode = match access {
            Access::Usual => 0o777,
            Access::Private => 0o700,
        };
        Ok(fs::mkdirat(&dir, name, Mode::from_raw_mode(mode))?)
    }

    /// Renames over whatever has the name. Only for small files of our own.
    pub(super) fn replace(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        let (from_dir, from_name) = self.at(from)?;
        let (to_dir, to_name) = self.at(to)?;
        Ok(fs::renameat(&from_dir, from_name, &to_dir, to_name)?)
    }

    pub(super) fn exchange(&self, one: &RelPath, other: &RelPath) -> io::Result<()> {
        self.changeable(one)?;
        self.changeable(other)?;
        let (one_dir, one_name) = self.at(one)?;
        let (other_dir, other_name) = self.at(other)?;
        let flags = RenameFlags::EXCHANGE;
        Ok(fs::renameat_with(&one_dir, one_name, &other_dir, other_name, flags)?)
    }

    pub(super) fn take_after(&self, new: &RelPath, old: &RelPath) -> io::Result<()> {
        attributes::take_after(&self.open_file(new)?.0, &self.open_file(old)?.0)
    }

    pub(super) fn remove_file(&self, path: &RelPath) -> io::Result<()> {
        let (dir, name) = self.at(path)?;
        match fs::unlinkat(&dir, name, AtFlags::empty()) {
            // What POSIX wants to hear of a folder; Linux calls it by its name.
            Err(Errno::PERM)
                if matches!(
                    self.stat(path)?,
                    Some(Stat { file_type: FileType::Dir | FileType::Mount, .. })
                ) =>
            {
                Err(Errno::ISDIR.into())
            }
            other => Ok(other?),
        }
    }

    pub(super) fn remove_dir(&self, path: &RelPath) -> io::Result<()> {
        self.changeable(path)?;
        let (dir, name) = self.at(path)?;
        match fs::unlinkat(&dir, name, AtFlags::REMOVEDIR) {
            // POSIX leaves the choice between the two to the file system.
            Err(Errno::EXIST) => Err(Errno::NOTEMPTY.into()),
            other => Ok(other?),
        }
    }

    pub(super) fn sync_dir(&self, dir: &RelPath) -> io::Result<()> {
        match File::from(self.open_dir(dir, READ_DIR)?).sync_all() {
            // A network file system that has no such call does it on the server.
            Err(error)
                if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// Brings all of the volume to the disk.
    pub(super) fn settle(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        fs::syncfs(&self.dir)?;
        #[cfg(not(target_os = "linux"))]
        fs::sync();
        Ok(())
    }

    pub(super) fn space(&self) -> io::Result<Space> {
        let volume = fs::fstatvfs(&self.dir)?;
        let bytes = |blocks: u64| blocks.saturating_mul(volume.f_frsize);
        Ok(Space { free: bytes(volume.f_bavail), total: bytes(volume.f_blocks) })
    }

    /// The longest name in bytes. FAT and others count UTF-16 units and then
    /// tell the bytes of the worst case; 255 is what all of them take.
    pub(super) fn max_name(&self) -> io::Result<usize> {
        let told = fs::fstatvfs(&self.dir)?.f_namemax;
        Ok(usize::try_from(told).map_or(255, |told| if told == 0 { 255 } else { told.min(255) }))
    }

    /// Whether file ids on this kind of file system mean anything after a while.
    pub(super) fn keeps_ids(&self) -> io::Result<bool> {
        os::keeps_ids(self.dir.as_fd())
    }

    /// Sets the times of a file of our own to the volume's now, and returns it.
    pub(super) fn touch(&self, path: &RelPath) -> io::Result<i64> {
        let file = self.open_or_create(path)?;
        let now = fs::Timespec { tv_sec: 0, tv_nsec: fs::UTIME_NOW };
        fs::futimens(&file, &fs::Timestamps { last_access: now, last_modification: now })?;
        Ok(os::look(file.as_fd(), "", os::SELF)?.mtime)
    }

    pub(super) fn is_being_written(&self, path: &RelPath) -> io::Result<bool> {
        os::has_writer(&self.open_file(path)?.0)
    }
}

fn readable(name: &CStr) -> std::result::Result<Name, String> {
    let lossy = || name.to_string_lossy().into_owned();
    name.to_str().ok().and_then(|text| Name::new(text).ok()).ok_or_else(lossy)
}
