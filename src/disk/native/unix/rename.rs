//! Renames: never over an existing name, and also where only the spelling changes.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::fs::{self, AtFlags, Mode, RenameFlags};
use rustix::io::Errno;

use super::{READ_DIR, Root, os};
use crate::disk::native::own_only;
use crate::model::{Folding, Name, RelPath};

impl Root {
    pub(in crate::disk::native) fn rename(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        self.changeable(from)?;
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
    pub(super) fn is_other_spelling(&self, from: &RelPath, to: &RelPath) -> io::Result<bool> {
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
}

/// A handle that can be listed, of a folder whose handle may be good only for passing through.
fn dir_of(dir: &OwnedFd) -> io::Result<OwnedFd> {
    Ok(fs::openat(dir, ".", READ_DIR, Mode::empty())?)
}

/// Renames on a file system that cannot refuse to replace (amendment 9).
pub(super) fn plain_rename(
    from: &RelPath,
    (from_dir, from_name): (&OwnedFd, &str),
    to: &RelPath,
    (to_dir, to_name): (&OwnedFd, &str),
) -> io::Result<()> {
    let look = os::look(from_dir.as_fd(), from_name, AtFlags::SYMLINK_NOFOLLOW)?;
    let ours = own_only(from).is_ok() && own_only(to).is_err();
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
