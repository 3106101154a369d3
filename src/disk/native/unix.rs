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

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::{Access, attributes, fault};
use crate::disk::{Dirent, FileType, Space, Stat};
use crate::model::{Folding, LocalSeen, Name, RelPath};

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
        Ok(Self { dir, path, device, mount, inode, volume })
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
        let file_type = match look.file_type {
            fs::FileType::RegularFile if self.on_our_mount(look) => FileType::File,
            fs::FileType::Directory if self.on_our_mount(look) => FileType::Dir,
            fs::FileType::Directory => FileType::Mount,
            fs::FileType::Symlink => FileType::Symlink,
            _ => FileType::Special,
        };
        let seen = LocalSeen {
            volume: self.volume,
            file_id: look.inode.into(),
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
        Ok((self.open_dir(&parent, os::PASS)?, name))
    }

    pub(super) fn list(&self, dir: &RelPath) -> io::Result<Vec<Dirent>> {
        if dir.is_root() {
            self.in_place()?;
        }
        let handle = self.open_dir(dir, READ_DIR)?;
        let mut entries = Vec::new();
        for entry in fs::Dir::read_from(&handle)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            let stat = match os::look(handle.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(look) => Ok(self.stat_of(&look)),
                // Gone since it was read: as if it had never been there.
                Err(Errno::NOENT) => continue,
                Err(error) => Err(fault::kind(&error.into())),
            };
            entries.push(Dirent { name: readable(name), stat });
        }
        Ok(entries)
    }

    pub(super) fn stat(&self, path: &RelPath) -> io::Result<Option<Stat>> {
        if path.is_root() {
            self.in_place()?;
            return Ok(Some(self.stat_of(&os::look(self.dir.as_fd(), "", os::SELF)?)));
        }
        let looked = self
            .at(path)
            .and_then(|(dir, name)| Ok(os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?));
        match looked {
            Ok(look) => Ok(Some(self.stat_of(&look))),
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
        let (dir, name) = self.at(path)?;
        self.only_file(&os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?)?;
        // Should a pipe have taken its place since, do not wait for its other end.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(fs::openat(&dir, name, flags, Mode::empty())?);
        let look = os::look(file.as_fd(), "", os::SELF)?;
        self.only_file(&look)?;
        Ok((file, self.stat_of(&look)))
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

    pub(super) fn rename(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        let (from_dir, from_name) = self.at(from)?;
        let (to_dir, to_name) = self.at(to)?;
        let flags = RenameFlags::NOREPLACE;
        match fs::renameat_with(&from_dir, from_name, &to_dir, to_name, flags) {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) if self.is_other_spelling(from, to)? => {
                self.respell(&from_dir, from_name, to_name)
            }
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                plain_rename(from, (&from_dir, from_name), to, (&to_dir, to_name))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether `to` is taken only because this volume takes it for `from`. The
    /// ids do not tell: FUSE shows one file under two spellings with two of them.
    fn is_other_spelling(&self, from: &RelPath, to: &RelPath) -> io::Result<bool> {
        let (Some(dir), Some(from_name), Some(to_name)) = (from.parent(), from.name(), to.name())
        else {
            return Ok(false);
        };
        if to.parent().as_ref() != Some(&dir) {
            return Ok(false);
        }
        // However the volume folds, of all names that could be `to` only `from` is written.
        let widest = Folding { case: true, normalization: true };
        let wanted = Name::new(to_name).map(|name| widest.key(&name)).map_err(io::Error::other)?;
        let written = self.list(&dir)?.into_iter().filter_map(|entry| entry.name.ok());
        let alike: Vec<Name> = written.filter(|name| widest.key(name) == wanted).collect();
        Ok(matches!(&alike[..], [only] if only.as_str() == from_name && from_name != to_name))
    }

    /// Changes only the spelling of a name.
    fn respell(&self, dir: &OwnedFd, from: &str, to: &str) -> io::Result<()> {
        // Both names are one object here, so this replaces nothing.
        fs::renameat(dir, from, dir, to)?;
        let mut names = fs::Dir::read_from(dir_of(dir)?)?.filter_map(Result::ok);
        if names.any(|entry| entry.file_name().to_bytes() == to.as_bytes()) {
            return Ok(());
        }
        // The volume took it for a rename to itself and did nothing (FAT).
        // RACE: a cut between the two steps leaves the file under the middle
        // name, beside its old place; it is seen as renamed by the user.
        let middle = format!("{to}.renaming");
        fs::renameat_with(dir, from, dir, &middle, RenameFlags::NOREPLACE)?;
        Ok(fs::renameat_with(dir, &middle, dir, to, RenameFlags::NOREPLACE)?)
    }

    /// Renames over whatever has the name. Only for small files of our own.
    pub(super) fn replace(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        let (from_dir, from_name) = self.at(from)?;
        let (to_dir, to_name) = self.at(to)?;
        Ok(fs::renameat(&from_dir, from_name, &to_dir, to_name)?)
    }

    pub(super) fn exchange(&self, one: &RelPath, other: &RelPath) -> io::Result<()> {
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

/// A handle that can be listed, of a folder whose handle may be good only for passing through.
fn dir_of(dir: &OwnedFd) -> io::Result<OwnedFd> {
    Ok(fs::openat(dir, ".", READ_DIR, Mode::empty())?)
}

fn readable(name: &CStr) -> std::result::Result<Name, String> {
    let lossy = || name.to_string_lossy().into_owned();
    name.to_str().ok().and_then(|text| Name::new(text).ok()).ok_or_else(lossy)
}

/// Renames on a file system that cannot refuse to replace (amendment 9).
fn plain_rename(
    from: &RelPath,
    (from_dir, from_name): (&OwnedFd, &str),
    to: &RelPath,
    (to_dir, to_name): (&OwnedFd, &str),
) -> io::Result<()> {
    let look = os::look(from_dir.as_fd(), from_name, AtFlags::SYMLINK_NOFOLLOW)?;
    let ours = super::own_only(from).is_ok() && super::own_only(to).is_err();
    if ours && look.file_type == fs::FileType::RegularFile {
        // From staging to its place: a second name never replaces, and the
        // first one is ours alone, so taking it away removes nothing else.
        match fs::linkat(from_dir, from_name, to_dir, to_name, AtFlags::empty()) {
            Ok(()) => return Ok(fs::unlinkat(from_dir, from_name, AtFlags::empty())?),
            Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::MLINK) => {}
            Err(error) => return Err(error.into()),
        }
    }
    match os::look(to_dir.as_fd(), to_name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => {}
        Ok(_) => return Err(Errno::EXIST.into()),
        Err(error) => return Err(error.into()),
    }
    // RACE: a file that somebody makes under the new name within these few
    // microseconds is replaced. Into `.navette/` nobody does; elsewhere this
    // file system offers nothing better.
    Ok(fs::renameat(from_dir, from_name, to_dir, to_name)?)
}
