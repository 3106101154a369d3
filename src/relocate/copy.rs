//! Copies a folder to another disk, while people may go on working in it.
//!
//! Every file is read back and compared before it counts as copied, and rounds
//! go on until one of them finds nothing to do: then the copy shows what the
//! folder showed during that whole round. Nothing is ever written in the folder
//! that is copied, and nothing but what was copied is replaced in the copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{RelocateError, Result, at};
use crate::disk;
use crate::model::{Hash, HashBuilder, layout};

/// How many rounds are made before somebody is said to write all the time.
const ROUNDS: usize = 10;

/// The file in which the next one is written before it gets its place.
const UNFINISHED: &str = "moving.part";

const BLOCK: usize = 256 * 1024;

/// What a file showed. A change of its content changes one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<std::time::SystemTime>,
    /// Device, id and the time of the last change, where the system tells.
    object: (u64, u64, i64, i64),
}

impl Stamp {
    fn of(seen: &Metadata) -> Self {
        #[cfg(unix)]
        let object = {
            use std::os::unix::fs::MetadataExt as _;
            (seen.dev(), seen.ino(), seen.ctime(), seen.ctime_nsec())
        };
        #[cfg(not(unix))]
        let object = (0, 0, 0, 0);
        Self { size: seen.len(), modified: seen.modified().ok(), object }
    }
}

/// Something that stands in the copy.
enum Done {
    Dir,
    Link(PathBuf),
    /// What the original showed, and what the copy shows.
    File {
        was: Stamp,
        is: Stamp,
    },
}

/// A copy that is being made.
pub(super) struct Copy {
    from: PathBuf,
    to: PathBuf,
    done: BTreeMap<PathBuf, Done>,
    /// What is no file, folder or link, or lies on yet another disk.
    left: BTreeSet<PathBuf>,
}

impl Copy {
    /// A copy of `from` in the empty folder `to`, or one that was cut.
    pub(super) fn new(from: &Path, to: &Path) -> Self {
        // By the form in which Windows takes every name literally: `a.` is not `a` there.
        let real = |dir: &Path| dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        Self { from: real(from), to: real(to), done: BTreeMap::new(), left: BTreeSet::new() }
    }

    /// How much there is to copy: files and bytes.
    pub(super) fn measure(&self) -> Result<(u64, u64)> {
        let (mut files, mut bytes) = (0, 0);
        for found in self.walk() {
            let (_, seen) = found?;
            if seen.is_file() {
                files += 1;
                bytes += seen.len();
            }
        }
        Ok((files, bytes))
    }

    /// Makes rounds until one finds nothing to do.
    pub(super) fn settle(&mut self) -> Result<()> {
        let mut last = PathBuf::new();
        for _ in 0..ROUNDS {
            match self.round()? {
                None => return self.finish(),
                Some(path) => last = path,
            }
        }
        Err(RelocateError::Restless(self.from.join(last)))
    }

    /// What was copied: files and bytes.
    pub(super) fn copied(&self) -> (u64, u64) {
        self.done.values().fold((0, 0), |(files, bytes), done| match done {
            Done::File { is, .. } => (files + 1, bytes + is.size),
            Done::Dir | Done::Link(_) => (files, bytes),
        })
    }

    /// What stands in the copy.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.done.keys().map(PathBuf::as_path)
    }

    /// What was not: neither files nor folders nor links, or on yet another disk.
    pub(super) fn left(&self) -> Vec<PathBuf> {
        self.left.iter().cloned().collect()
    }

    /// What has changed in the original, which now stands at `from`, since it
    /// was copied.
    pub(super) fn changed(&self, from: &Path) -> Result<Vec<PathBuf>> {
        let original = Self::new(from, &self.to);
        let mut changed = BTreeSet::new();
        let mut seen_paths = BTreeSet::new();
        for found in original.walk() {
            let (path, seen) = found?;
            let same = match self.done.get(&path) {
                Some(Done::Dir) => seen.is_dir(),
                Some(Done::Link(target)) => {
                    fs::read_link(from.join(&path)).is_ok_and(|now| now == *target)
                }
                Some(Done::File { was, .. }) => seen.is_file() && Stamp::of(&seen) == *was,
                None => self.left.contains(&path),
            };
            if !same {
                changed.insert(path.clone());
            }
            seen_paths.insert(path);
        }
        changed.extend(self.done.keys().filter(|path| !seen_paths.contains(*path)).cloned());
        Ok(changed.into_iter().collect())
    }

    /// The entries of the original, folders before what is in them.
    fn walk(&self) -> impl Iterator<Item = Result<(PathBuf, Metadata)>> {
        let walk = WalkDir::new(&self.from).min_depth(1).same_file_system(true).sort_by_file_name();
        let walk = walk.into_iter().filter_entry(|entry| is_copied(entry.path(), &self.from));
        walk.map(|entry| {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(&self.from).to_owned();
                at(&path)(
                    error.into_io_error().unwrap_or_else(|| io::Error::other("a ring of links")),
                )
            })?;
            let path = entry.path().strip_prefix(&self.from).unwrap_or(entry.path()).to_owned();
            let seen = fs::symlink_metadata(entry.path()).map_err(at(entry.path()))?;
            Ok((path, seen))
        })
    }

    /// One look at everything. Returns something that was done, if anything was.
    fn round(&mut self) -> Result<Option<PathBuf>> {
        let entries: Vec<_> = self.walk().collect::<Result<_>>()?;
        let mut busy = None;
        let mut there = BTreeSet::new();
        for (path, seen) in entries {
            if self.keep_up(&path, &seen)? {
                busy = Some(path.clone());
            }
            there.insert(path);
        }
        let gone: Vec<PathBuf> =
            self.done.keys().filter(|path| !there.contains(*path)).cloned().collect();
        for path in gone.into_iter().rev() {
            self.forget(&path)?;
            busy = Some(path);
        }
        Ok(busy)
    }

    /// Makes the copy of one entry what its original is. Returns whether
    /// anything had to be done.
    fn keep_up(&mut self, path: &Path, seen: &Metadata) -> Result<bool> {
        let kind = seen.file_type();
        let is_done = match self.done.get(path) {
            Some(Done::Dir) => kind.is_dir(),
            Some(Done::Link(target)) => {
                kind.is_symlink()
                    && fs::read_link(self.from.join(path)).is_ok_and(|now| now == *target)
            }
            Some(Done::File { was, .. }) => kind.is_file() && *was == Stamp::of(seen),
            None => self.left.contains(path),
        };
        if is_done {
            return Ok(false);
        }
        let is_other_kind = match self.done.get(path) {
            Some(Done::File { .. }) => !kind.is_file(),
            Some(_) => true,
            None => false,
        };
        if is_other_kind {
            self.forget(path)?;
        }
        if kind.is_dir() && !self.is_mounted(seen) {
            self.dir(path)?;
        } else if kind.is_symlink() {
            self.link(path)?;
        } else if kind.is_file() {
            self.file(path)?;
        } else {
            self.left.insert(path.to_owned());
        }
        Ok(true)
    }

    #[cfg(unix)]
    fn is_mounted(&self, seen: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        fs::symlink_metadata(&self.from).is_ok_and(|root| root.dev() != seen.dev())
    }

    #[cfg(not(unix))]
    fn is_mounted(&self, _seen: &Metadata) -> bool {
        false
    }

    fn dir(&mut self, path: &Path) -> Result<()> {
        let place = self.to.join(path);
        match private().create(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => {}
            made => made.map_err(at(&place))?,
        }
        self.done.insert(path.to_owned(), Done::Dir);
        Ok(())
    }

    fn link(&mut self, path: &Path) -> Result<()> {
        let (original, place) = (self.from.join(path), self.to.join(path));
        let target = fs::read_link(&original).map_err(at(&original))?;
        if fs::read_link(&place).is_ok_and(|known| known == target) {
            self.done.insert(path.to_owned(), Done::Link(target));
            return Ok(());
        }
        match link_to(&target, &place, &original) {
            Ok(()) => drop(self.done.insert(path.to_owned(), Done::Link(target))),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(RelocateError::InTheWay(place));
            }
            // A disk without links, or a user who may make none.
            Err(error) => {
                tracing::warn!(path = %place.display(), %error, "a link is left behind");
                self.left.insert(path.to_owned());
            }
        }
        Ok(())
    }

    /// Copies a file, unless it changes meanwhile: then the next round does.
    fn file(&mut self, path: &Path) -> Result<()> {
        let (original, place) = (self.from.join(path), self.to.join(path));
        let unfinished = self.to.join(layout::OWN_DIR).join(UNFINISHED);
        let Some((was, hash)) = written(&original, &unfinished)? else { return Ok(()) };
        match fs::symlink_metadata(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&place)(error)),
            Ok(there) => {
                let ours = matches!(self.done.get(path), Some(Done::File { is, .. }) if *is == Stamp::of(&there));
                // What an earlier try has copied is as good as ours.
                let ours = ours || (there.is_file() && read(&place)? == hash);
                if !ours {
                    return Err(RelocateError::InTheWay(place));
                }
            }
        }
        fs::rename(&unfinished, &place).map_err(at(&place))?;
        let is = Stamp::of(&fs::symlink_metadata(&place).map_err(at(&place))?);
        self.done.insert(path.to_owned(), Done::File { was, is });
        Ok(())
    }

    /// Takes out of the copy what is no longer in the original, if it is as it
    /// was copied.
    fn forget(&mut self, path: &Path) -> Result<()> {
        let place = self.to.join(path);
        let removed = match self.done.remove(path) {
            Some(Done::Dir) => fs::remove_dir(&place),
            Some(Done::File { is, .. }) => {
                let there = fs::symlink_metadata(&place).map_err(at(&place))?;
                if Stamp::of(&there) != is {
                    return Err(RelocateError::InTheWay(place));
                }
                fs::remove_file(&place)
            }
            Some(Done::Link(_)) => fs::remove_file(&place),
            None => Ok(()),
        };
        removed.map_err(at(&place))
    }

    /// Gives the folders the rights of their originals, from the inside out:
    /// until now only their owner could enter them.
    fn finish(&self) -> Result<()> {
        for path in self
            .done
            .iter()
            .rev()
            .filter(|(_, done)| matches!(done, Done::Dir))
            .map(|(path, _)| path)
        {
            self.alike(path)?;
        }
        let _ = fs::remove_file(self.to.join(layout::OWN_DIR).join(UNFINISHED));
        Ok(())
    }

    #[cfg(unix)]
    fn alike(&self, path: &Path) -> Result<()> {
        let (original, place) = (self.from.join(path), self.to.join(path));
        let open = |path: &Path| File::open(path).map_err(at(path));
        disk::make_alike(&open(&place)?, &open(&original)?).map_err(at(&place))
    }

    /// Folders take over the rights of the one they are in.
    #[cfg(not(unix))]
    fn alike(&self, _path: &Path) -> Result<()> {
        Ok(())
    }
}

/// Of our own things only what holds bytes of users is copied.
fn is_copied(path: &Path, root: &Path) -> bool {
    let own = root.join(layout::OWN_DIR);
    let kept = ["staging", "aside"].map(|name| own.join(name));
    !path.starts_with(&own) || path == own || kept.iter().any(|kept| path.starts_with(kept))
}

/// Writes the bytes of `original` to a new file, with its date and rights, and
/// proves that they arrived. None if the original changed meanwhile.
fn written(original: &Path, new: &Path) -> Result<Option<(Stamp, Hash)>> {
    let mut source = File::open(original).map_err(at(original))?;
    let seen = source.metadata().map_err(at(original))?;
    let was = Stamp::of(&seen);
    // What an earlier try has left may be a file that can only be read.
    match fs::remove_file(new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(new)(error)),
        _ => {}
    }
    let mut file = private_file().open(new).map_err(at(new))?;
    let mut hash = HashBuilder::default();
    let mut block = vec![0; BLOCK];
    loop {
        let length = source.read(&mut block).map_err(at(original))?;
        if length == 0 {
            break;
        }
        hash.update(&block[..length]);
        file.write_all(&block[..length]).map_err(at(new))?;
    }
    let (hash, size) = hash.finish();
    disk::make_alike(&file, &source).map_err(at(new))?;
    let times =
        seen.modified().map(|date| fs::FileTimes::new().set_modified(date).set_accessed(date));
    // A disk that keeps no such date: the bytes matter more.
    let _ = times.and_then(|times| file.set_times(times));
    file.sync_all().map_err(at(new))?;
    let now = Stamp::of(&source.metadata().map_err(at(original))?);
    if now != was || size != was.size {
        return Ok(None);
    }
    forget_cached(&file);
    file.rewind().map_err(at(new))?;
    if hash_of(&mut file).map_err(at(new))? != hash {
        return Err(RelocateError::Damaged(new.to_owned()));
    }
    Ok(Some((was, hash)))
}

/// Asks the system to read from the disk what it has just written there,
/// where it can be asked.
#[cfg(target_os = "linux")]
fn forget_cached(file: &File) {
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn forget_cached(_file: &File) {}

fn read(path: &Path) -> Result<Hash> {
    let mut file = File::open(path).map_err(at(path))?;
    hash_of(&mut file).map_err(at(path))
}

fn hash_of(file: &mut File) -> io::Result<Hash> {
    let mut hash = HashBuilder::default();
    let mut block = vec![0; BLOCK];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hash.finish().0),
            length => hash.update(&block[..length]),
        }
    }
}

#[cfg(unix)]
fn link_to(target: &Path, place: &Path, _original: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(windows)]
fn link_to(target: &Path, place: &Path, original: &Path) -> io::Result<()> {
    match original.is_dir() {
        true => std::os::windows::fs::symlink_dir(target, place),
        false => std::os::windows::fs::symlink_file(target, place),
    }
}

/// Makes folders that only their owner may enter.
pub(super) fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    #[cfg(not(unix))]
    let _ = &mut builder;
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
#[cfg(unix)]
mod tests;

#[cfg(test)]
mod leftover_tests;
