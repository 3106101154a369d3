//! What people and their programs do to a simulated disk.
//!
//! All of it happens at once and asks nobody: it does not yield, and neither
//! faults of the engine's account nor its locks hinder it.

use super::drive::{Body, Drive, Entries, Holder, Inode};
use super::{Attempt, SimDisk};
use crate::disk::{DiskErrorKind, FileType};
use crate::model::RelPath;

/// A file that some program holds open for writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserHandle(u64);

/// A user of a simulated disk, and all programs that work for them.
#[derive(Clone, Copy, Debug)]
pub struct User<'d> {
    disk: &'d SimDisk,
}

impl SimDisk {
    /// Somebody at this computer.
    pub fn user(&self) -> User<'_> {
        User { disk: self }
    }
}

impl User<'_> {
    /// Has one effect for a user, and, where users sync, brings it to stable storage.
    fn at_once<T>(self, act: impl FnOnce(&mut Drive) -> Attempt<T>) -> Attempt<T> {
        let mut drive = self.disk.drive();
        let faults = std::mem::take(&mut drive.faults);
        let before = drive.pending.len();
        let done = act(&mut drive);
        drive.faults = faults;
        if drive.config.users_sync {
            let dirs: Vec<Inode> = drive.pending[before..]
                .iter()
                .flat_map(|change| change.edits.iter().map(|edit| edit.dir))
                .collect();
            dirs.into_iter().for_each(|dir| drive.sync_entries(dir));
        }
        done
    }

    /// Makes a new file.
    pub fn create(self, path: &RelPath, bytes: &[u8]) -> Attempt<()> {
        self.at_once(|drive| {
            let file = drive.make_file(path)?;
            write(drive, file, bytes)
        })
    }

    /// Overwrites a file in place.
    pub fn write(self, path: &RelPath, bytes: &[u8]) -> Attempt<()> {
        let disk = self.disk;
        let file = self.at_once(|drive| {
            let file = drive.find_file(path)?;
            write(drive, file, bytes)?;
            Ok(file)
        })?;
        let mut drive = disk.drive();
        if drive.config.users_sync {
            drive.sync_names_of(file);
        }
        Ok(())
    }

    /// Saves as most editors do: a new file takes the name of the old one.
    pub fn save_by_rename(self, path: &RelPath, bytes: &[u8]) -> Attempt<()> {
        self.at_once(|drive| {
            drive.find_file(path)?;
            let file = drive.add(Body::File { bytes: Vec::new(), durable: Vec::new() });
            write(drive, file, bytes)?;
            drive.replace(path, file)
        })
    }

    /// Makes a folder.
    pub fn mkdir(self, path: &RelPath) -> Attempt<()> {
        self.at_once(|drive| drive.make_dir(path))
    }

    /// Renames or moves, not over anything.
    pub fn rename(self, from: &RelPath, to: &RelPath) -> Attempt<()> {
        self.at_once(|drive| drive.rename(from, to))
    }

    /// Moves a file over another one, which is gone then.
    pub fn rename_over(self, from: &RelPath, to: &RelPath) -> Attempt<()> {
        self.at_once(|drive| {
            let (from_file, to_file) = (drive.find_file(from)?, drive.find_file(to)?);
            if from_file == to_file {
                return Ok(());
            }
            drive.remove_file(to)?;
            drive.rename(from, to)
        })
    }

    /// Gives each of two things the other's name.
    pub fn swap(self, one: &RelPath, other: &RelPath) -> Attempt<()> {
        self.at_once(|drive| drive.exchange(one, other))
    }

    /// Removes a file, a link or an empty folder.
    pub fn remove(self, path: &RelPath) -> Attempt<()> {
        self.at_once(|drive| match drive.remove_file(path) {
            Err(DiskErrorKind::WrongType) => drive.remove_dir(path),
            other => other,
        })
    }

    /// Removes a folder with all that is in it.
    pub fn remove_tree(self, path: &RelPath) -> Attempt<()> {
        self.at_once(|drive| remove_tree(drive, path))
    }

    /// Gives a file a second name (a hard link).
    pub fn link(self, path: &RelPath, second: &RelPath) -> Attempt<()> {
        self.at_once(|drive| {
            let file = drive.find_file(path)?;
            drive.link(second, file)
        })
    }

    /// Makes something that is never looked into: a link, a mount, a pipe.
    pub fn make_closed(self, path: &RelPath, what: FileType) -> Attempt<()> {
        self.at_once(|drive| match what {
            FileType::File => drive.make_file(path).map(drop),
            FileType::Dir => drive.make_dir(path),
            FileType::Mount | FileType::Symlink | FileType::Special => {
                drive.make(path, Body::Closed(what)).map(drop)
            }
        })
    }

    /// Mounts another volume over a folder, which hides what is in it.
    pub fn mount_over(self, path: &RelPath) -> Attempt<()> {
        self.at_once(|drive| {
            let dir = drive.find(path)?;
            drive.entries(dir)?;
            drive.covered.insert(dir);
            drive.overflow();
            Ok(())
        })
    }

    /// Takes the volume over a folder away again.
    pub fn unmount_over(self, path: &RelPath) -> Attempt<()> {
        self.at_once(|drive| {
            let dir = drive.find(path)?;
            drive.overflow();
            if drive.covered.remove(&dir) { Ok(()) } else { Err(DiskErrorKind::WrongType) }
        })
    }

    /// Changes only the modification time, nanoseconds since 1970.
    pub fn touch(self, path: &RelPath, mtime: i64) -> Attempt<()> {
        self.at_once(|drive| {
            let inode = drive.find(path)?;
            drive.set_mtime(inode, mtime)
        })
    }

    /// Changes only a file's permissions.
    pub fn chmod(self, path: &RelPath, mode: u32) -> Attempt<()> {
        self.at_once(|drive| drive.set_mode(path, mode))
    }

    /// A file's permissions.
    pub fn mode(self, path: &RelPath) -> Attempt<u32> {
        self.at_once(|drive| drive.mode(path))
    }

    /// Opens a file for writing and keeps it open.
    pub fn hold_open(self, path: &RelPath) -> Attempt<UserHandle> {
        self.at_once(|drive| {
            let file = drive.find_file(path)?;
            Ok(UserHandle(drive.hold(file, Holder::User)))
        })
    }

    /// Overwrites the file behind a handle, wherever it stands now.
    pub fn late_write(self, handle: UserHandle, bytes: &[u8]) -> Attempt<()> {
        self.at_once(|drive| {
            let file = drive.held(handle.0)?;
            write(drive, file, bytes)
        })
    }

    /// Where the file behind a handle stands now; none if it has no name any more.
    pub fn path_of(self, handle: UserHandle) -> Option<RelPath> {
        let drive = self.disk.drive();
        let file = drive.held(handle.0).ok()?;
        let mut todo = vec![(RelPath::root(), drive.root)];
        while let Some((path, inode)) = todo.pop() {
            if inode == file {
                return Some(path);
            }
            let empty = Entries::new();
            let entries = drive.entries(inode).unwrap_or(&empty);
            todo.extend(entries.values().map(|entry| (path.join(&entry.name), entry.inode)));
        }
        None
    }

    /// Closes a handle.
    pub fn close(self, handle: UserHandle) {
        self.disk.drive().close(handle.0);
    }
}

fn write(drive: &mut Drive, file: Inode, bytes: &[u8]) -> Attempt<()> {
    drive.set_bytes(file, bytes.to_vec())?;
    if drive.config.users_sync {
        drive.sync_file(file);
    }
    Ok(())
}

fn remove_tree(drive: &mut Drive, path: &RelPath) -> Attempt<()> {
    if let Ok(entries) = drive.entries(drive.find(path)?) {
        let below: Vec<RelPath> = entries.values().map(|entry| path.join(&entry.name)).collect();
        for path in below {
            remove_tree(drive, &path)?;
        }
        return drive.remove_dir(path);
    }
    drive.remove_file(path)
}
