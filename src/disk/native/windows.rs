//! The primitives on Windows.
//!
//! Windows has no call that works at the handle of a folder, so every path is
//! checked name by name before it is used: none may be a link, junction or
//! other reparse point, and none a name that Windows reads as something else.
//! RACE: a folder that is swapped for a link between check and use leads
//! outside. Making links needs a right that ordinary users do not have.
//!
//! There is no exchange. Mounted volumes are reparse points, hence not entered.

mod calls;
mod names;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use windows_sys::Win32::Storage::FileSystem as win;

use super::{Access, DiskErrorKind, fault};
use crate::disk::{Changed, Dirent, FileType, Space, Stat};
use crate::model::{LocalSeen, Name, RelPath};
use calls::{Born, file_type, identity, look_at, move_file, nanos, query, removed_writable, room};
use names::{is_absent, is_taken, link, usable};

/// The root of the pair.
#[derive(Debug)]
pub(super) struct Root {
    /// In the form that takes names literally and of any length (`\\?\`).
    path: PathBuf,
    volume: u64,
    id: u128,
}

impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if !fs::metadata(&path)?.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        let (volume, id) = identity(&look_at(&path)?).unwrap_or_default();
        Ok(Self { path, volume, id })
    }

    /// No link is followed here, whatever anybody wishes.
    pub(super) fn heed(&self, _wish: Arc<AtomicBool>) {}

    /// Nothing is seen through a link, so nothing is kept from being changed.
    pub(super) fn changeable(&self, _path: &RelPath) -> io::Result<()> {
        Ok(())
    }

    /// What is seen to change is what does.
    pub(super) fn seen_to_change(&self, changed: Changed) -> Changed {
        changed
    }

    /// Fails unless the root still stands where it was opened.
    fn in_place(&self) -> io::Result<()> {
        let now = look_at(&self.path).map(|root| identity(&root).unwrap_or_default());
        match now {
            Ok(now) if now == (self.volume, self.id) => Ok(()),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Err(ErrorKind::StaleNetworkFileHandle.into()),
        }
    }

    /// The full path, of which every folder is a folder of this volume.
    fn at(&self, path: &RelPath) -> io::Result<PathBuf> {
        let mut full = self.path.clone();
        let mut names = path.names().peekable();
        while let Some(name) = names.next() {
            usable(name)?;
            full.push(name);
            if names.peek().is_none() {
                break;
            }
            match file_type(&look_at(&full)?)? {
                FileType::Dir => {}
                FileType::File => return Err(ErrorKind::NotADirectory.into()),
                FileType::Mount | FileType::Symlink | FileType::Special => return Err(link()),
            }
        }
        Ok(full)
    }

    /// As [`Self::at`], of something that can be renamed or removed.
    fn below(&self, path: &RelPath) -> io::Result<PathBuf> {
        if path.is_root() { Err(ErrorKind::ResourceBusy.into()) } else { self.at(path) }
    }

    pub(super) fn list(&self, dir: &RelPath) -> io::Result<Vec<Dirent>> {
        if dir.is_root() {
            self.in_place()?;
        }
        let full = self.at(dir)?;
        match file_type(&look_at(&full)?)? {
            FileType::Dir => {}
            FileType::File => return Err(ErrorKind::NotADirectory.into()),
            FileType::Mount | FileType::Symlink | FileType::Special => return Err(link()),
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(&full)? {
            let entry = entry?;
            let stat = match look_at(&entry.path()).and_then(|file| self.stat_file(&file)) {
                Ok(stat) => Ok(stat),
                // Gone since it was read: as if it had never been there.
                Err(error) if is_absent(&error) => continue,
                Err(error) => Err(fault::kind(&error)),
            };
            let name = entry.file_name();
            let lossy = || name.to_string_lossy().into_owned();
            let readable = name.to_str().and_then(|name| Name::new(name).ok());
            entries.push(Dirent { name: readable.ok_or_else(lossy), stat });
        }
        Ok(entries)
    }

    pub(super) fn stat(&self, path: &RelPath) -> io::Result<Option<Stat>> {
        if path.is_root() {
            self.in_place()?;
        }
        match self.at(path).and_then(|full| self.stat_file(&look_at(&full)?)) {
            Ok(stat) => Ok(Some(stat)),
            // Nothing is missing where the root itself is (amendment 24).
            Err(error) if is_absent(&error) => self.in_place().map(|()| None),
            Err(error) => self.in_place().and(Err(error)),
        }
    }

    pub(super) fn stat_file(&self, file: &File) -> io::Result<Stat> {
        let times: win::FILE_BASIC_INFO = query(file, win::FileBasicInfo)?;
        let sizes: win::FILE_STANDARD_INFO = query(file, win::FileStandardInfo)?;
        let file_type = file_type(file)?;
        let is_file = file_type == FileType::File;
        let seen = LocalSeen {
            volume: self.volume,
            file_id: identity(file).map_or(0, |(_, id)| id),
            born: (times.CreationTime != 0).then(|| nanos(times.CreationTime)),
            size: if is_file { u64::try_from(sizes.EndOfFile).unwrap_or(0) } else { 0 },
            mtime: nanos(times.LastWriteTime),
            ctime: nanos(times.ChangeTime),
            links: sizes.NumberOfLinks.into(),
        };
        Ok(Stat { file_type, seen })
    }

    pub(super) fn open_file(&self, path: &RelPath) -> io::Result<(File, Stat)> {
        let flags = win::FILE_FLAG_OPEN_REPARSE_POINT | win::FILE_FLAG_BACKUP_SEMANTICS;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(self.at(path)?)?;
        let stat = self.stat_file(&file)?;
        match stat.file_type {
            FileType::File => Ok((file, stat)),
            FileType::Dir => Err(ErrorKind::IsADirectory.into()),
            FileType::Mount | FileType::Symlink | FileType::Special => Err(link()),
        }
    }

    pub(super) fn create(&self, path: &RelPath) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(self.below(path)?)
    }

    /// Opens a file of our own, and makes it if it is not there.
    pub(super) fn open_or_create(&self, path: &RelPath) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.custom_flags(win::FILE_FLAG_OPEN_REPARSE_POINT).open(self.below(path)?)
    }

    /// Folders take over the rights of the folder that they are made in.
    pub(super) fn make_dir(&self, path: &RelPath, _access: Access) -> io::Result<()> {
        fs::create_dir(self.below(path)?)
    }

    /// Windows gives a file that gets a name the time of birth of the last one
    /// that had it, for 15 seconds ("tunnelling"). The object would not be known
    /// again by what was seen of it, so it keeps its own.
    pub(super) fn rename(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        let (from, to) = (self.below(from)?, self.below(to)?);
        if is_taken(&from, &to) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let born = Born::of(&from);
        move_file(&from, &to, win::MOVEFILE_WRITE_THROUGH)?;
        // The rename is done, whatever comes of this.
        let _ = born.and_then(|born| born.stay());
        Ok(())
    }

    /// Renames over whatever has the name. Only for small files of our own.
    pub(super) fn replace(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        let flags = win::MOVEFILE_WRITE_THROUGH | win::MOVEFILE_REPLACE_EXISTING;
        move_file(&self.below(from)?, &self.below(to)?, flags)
    }

    pub(super) fn exchange(&self, _one: &RelPath, _other: &RelPath) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }

    /// A new file has taken over the rights of our folder, which has taken over
    /// those of the root: what most files have. Rights that the user gave to one
    /// file alone are not handed on.
    pub(super) fn take_after(&self, new: &RelPath, old: &RelPath) -> io::Result<()> {
        self.open_file(new).and_then(|_| self.open_file(old)).map(drop)
    }

    pub(super) fn remove_file(&self, path: &RelPath) -> io::Result<()> {
        let full = self.below(path)?;
        match fs::remove_file(&full) {
            Err(error) if fault::kind(&error) == DiskErrorKind::Denied => {
                if file_type(&look_at(&full)?)? == FileType::Dir {
                    return Err(ErrorKind::IsADirectory.into());
                }
                removed_writable(&full, error, |path| fs::remove_file(path))
            }
            other => other,
        }
    }

    pub(super) fn remove_dir(&self, path: &RelPath) -> io::Result<()> {
        let full = self.below(path)?;
        match fs::remove_dir(&full) {
            Err(error) if fault::kind(&error) == DiskErrorKind::Denied => {
                removed_writable(&full, error, |path| fs::remove_dir(path))
            }
            other => other,
        }
    }

    /// Brings a folder's entries to the disk. NTFS writes them into its log in
    /// order and our renames wait for it, so a folder that we may not flush, or
    /// a disk that flushes none, is not a failure.
    pub(super) fn sync_dir(&self, dir: &RelPath) -> io::Result<()> {
        let flags = win::FILE_FLAG_BACKUP_SEMANTICS | win::FILE_FLAG_OPEN_REPARSE_POINT;
        let opened = OpenOptions::new().write(true).custom_flags(flags).open(self.at(dir)?);
        match opened.and_then(|dir| dir.sync_all()) {
            Err(error) => match fault::kind(&error) {
                DiskErrorKind::Denied | DiskErrorKind::Unsupported => Ok(()),
                _ => Err(error),
            },
            Ok(()) => Ok(()),
        }
    }

    /// Brings to the disk what a program without special rights can: the names
    /// in the root, and with them, in the order of the log, those made before.
    pub(super) fn settle(&self) -> io::Result<()> {
        self.sync_dir(&RelPath::root())
    }

    pub(super) fn space(&self) -> io::Result<Space> {
        room(&self.path)
    }

    /// 255 UTF-16 units are at least 255 bytes of UTF-8.
    pub(super) fn max_name(&self) -> io::Result<usize> {
        Ok(255)
    }

    /// FAT has no ids at all.
    pub(super) fn keeps_ids(&self) -> io::Result<bool> {
        Ok(self.id != 0)
    }

    /// Writes to a file of our own, and returns the volume's time of that.
    pub(super) fn touch(&self, path: &RelPath) -> io::Result<i64> {
        let mut file = self.open_or_create(path)?;
        file.write_all(b"0")?;
        file.sync_all()?;
        Ok(self.stat_file(&file)?.seen.mtime)
    }

    /// Tries to keep writers out, which fails if one is in (amendment 20).
    pub(super) fn is_being_written(&self, path: &RelPath) -> io::Result<bool> {
        let share = win::FILE_SHARE_READ | win::FILE_SHARE_DELETE;
        let flags = win::FILE_FLAG_OPEN_REPARSE_POINT;
        let mut options = OpenOptions::new();
        match options.read(true).share_mode(share).custom_flags(flags).open(self.at(path)?) {
            Ok(_) => Ok(false),
            Err(error) if fault::kind(&error) == DiskErrorKind::Busy => Ok(true),
            Err(error) => Err(error),
        }
    }
}
