//! The real file system.
//!
//! One folder per system holds the primitives as blocking calls on a `Root`
//! (`unix.rs` with `linux.rs` or `macos.rs`, and `windows.rs`); this file moves
//! them off the engine's thread. `probe.rs` tries what a volume can do,
//! `fault.rs` sorts what it says when it fails.
//!
//! A primitive that was begun is carried through even if its future is
//! dropped: the system call is already on its way in another thread.

mod blocks;
mod digest;
mod fault;
mod new_file;
mod probe;
mod unlocked;
mod watch;

#[cfg(unix)]
mod attributes;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix::Root;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows::Root;

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use thiserror::Error;
use tokio::task::spawn_blocking;

use super::{
    Changed, Dirent, Disk, DiskError, DiskErrorKind, FileType, OpenFile, Result, Space, Stat,
    Volume, WatchError,
};
use crate::model::{Digest, Name, RelPath, Sums, layout};
use watch::Watch;

pub use new_file::NativeFile;
use unlocked::opened;
pub use unlocked::{glance, make_alike};

/// The longest small file of the engine that is read, in bytes.
const SMALL: u64 = 1024 * 1024;

/// Why a folder could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Nothing stands there.
    #[error("there is no such folder")]
    Missing,
    /// Something stands there, but it is not a folder.
    #[error("this is not a folder")]
    NotAFolder,
    /// Another process works on this folder.
    #[error("another Navette is at work on this folder")]
    InUse,
    /// The file system refused something.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Who may look into a new folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Whoever the user's settings say.
    Usual,
    /// Only this user: unfinished and put-aside files are nobody else's business.
    Private,
}

/// A folder of this computer.
///
/// Needs a tokio runtime: every call runs on its threads for blocking work.
#[derive(Debug)]
pub struct Native {
    root: Arc<Held>,
    volume: Volume,
    /// Hears where something changes, if it was asked to.
    watch: Option<std::result::Result<Watch, WatchError>>,
}

/// A root that nobody else works on. Whatever is under way holds it too: a
/// system call that outlives its future must have ended before the folder is
/// opened anew, or it would have its effect behind the back of the next sweep.
#[derive(Debug)]
struct Held {
    root: Root,
    /// None of somebody who only looks.
    _lock: Option<File>,
}

impl Deref for Held {
    type Target = Root;

    fn deref(&self) -> &Root {
        &self.root
    }
}

impl Native {
    /// Opens the folder, makes `.navette/` in it, locks it against other
    /// processes, and tries what its volume can do.
    pub fn open(root: &Path) -> std::result::Result<Self, OpenError> {
        let root = opened(root)?;
        let own = [layout::own_dir(), layout::staging(), layout::aside()];
        for dir in &own {
            make_own_dir(&root, dir).map_err(|source| fault::at(dir, source))?;
        }
        let lock = layout::lock();
        let lock = lock_file(&root, &lock).map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::InUse,
            TryLockError::Error(source) => OpenError::Disk(fault::at(&lock, source)),
        })?;
        let volume = probe::volume(&root, "probe").map_err(|source| fault::at(&own[0], source))?;
        Ok(Self { root: Arc::new(Held { root, _lock: Some(lock) }), volume, watch: None })
    }

    /// Begins to hear where something changes below the root, which was opened
    /// at `path`. It may take a while: on Linux the system is told of every
    /// folder. If the system does not tell, everything is looked at every time.
    pub async fn watch(&mut self, path: &Path) {
        let path = path.to_owned();
        let begun = spawn_blocking(move || Watch::begin(&path)).await;
        let begun = begun.unwrap_or_else(|stop| Err(WatchError::Unsupported(stop.to_string())));
        self.watch = Some(begun);
    }

    /// From now on, `wish` says whether links within the root are followed, to
    /// look and to read (see [`Disk::changeable`]). On Windows, where people
    /// need special rights to make one, none ever is.
    pub fn heed_links(&self, wish: Arc<AtomicBool>) {
        self.root.heed(wish);
    }

    /// Carries out blocking `work` on one path.
    async fn on<T, W>(&self, path: &RelPath, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Root, &RelPath) -> io::Result<T> + Send + 'static,
    {
        let (root, subject) = (Arc::clone(&self.root), path.clone());
        apart(move || work(&root, &subject)).await.map_err(|source| fault::at(path, source))
    }
}

/// Runs blocking work on a thread that may block.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|stopped| Err(stopped.into()))
}

fn make_own_dir(root: &Root, dir: &RelPath) -> io::Result<()> {
    match root.make_dir(dir, Access::Private) {
        Ok(()) => root.sync_dir(&dir.parent().unwrap_or_default()),
        Err(taken) if fault::kind(&taken) == DiskErrorKind::Exists => match root.stat(dir)? {
            Some(Stat { file_type: FileType::Dir, .. }) => Ok(()),
            // A link or a mount in our place would lead our files elsewhere.
            _ => Err(io::ErrorKind::NotADirectory.into()),
        },
        Err(other) => Err(other),
    }
}

fn lock_file(root: &Root, path: &RelPath) -> std::result::Result<File, TryLockError> {
    let file = root.open_or_create(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

/// Refuses what is not the engine's own.
fn own_only(path: &RelPath) -> io::Result<()> {
    let own = layout::own_dir();
    if path.starts_with(&own) && *path != own {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "this is not the engine's own file"))
}

/// Replaces a small file by a synced new one, so that a crash leaves one of the two.
fn write_small(root: &Root, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
    own_only(path)?;
    let (Some(dir), Some(name)) = (path.parent(), path.name()) else {
        return Err(io::ErrorKind::InvalidFilename.into());
    };
    let fresh = Name::new(&format!("{name}.fresh")).map_err(io::Error::other)?;
    let fresh = dir.join(&fresh);
    // What a crash left of an earlier attempt.
    match root.remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = root.create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    root.replace(&fresh, path)?;
    root.sync_dir(&dir)
}

fn write_on(root: &Root, path: &RelPath, length: u64) -> io::Result<File> {
    own_only(path)?;
    // As a file that is there: a link, a pipe or a folder is no file of ours.
    if root.open_file(path)?.1.seen.size < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut file = root.open_or_create(path)?;
    file.set_len(length)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

fn clone_file(root: &Root, from: &RelPath, to: &RelPath) -> io::Result<File> {
    let (source, stat) = root.open_file(from)?;
    let mut file = root.create(to)?;
    if os_clone(&source, &file).is_err() {
        copy_data(&source, &file, stat.seen.size)?;
    }
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// Lets `new`, which is empty, share the bytes of `source`, where the volume can.
#[cfg(target_os = "linux")]
fn os_clone(source: &File, new: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(new, source)?)
}

/// Elsewhere the bytes are copied, by the system's own call where there is one.
#[cfg(not(target_os = "linux"))]
fn os_clone(_: &File, _: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Copies the first `size` bytes, and leaves holes where `source` has some
/// (amendment 36).
#[cfg(unix)]
fn copy_data(mut source: &File, mut file: &File, size: u64) -> io::Result<()> {
    use rustix::fs::{SeekFrom as Edge, seek};
    use rustix::io::Errno;

    let mut at = 0;
    while at < size {
        let data = match seek(source, Edge::Data(at)) {
            Ok(data) => data.min(size),
            // Nothing but a hole up to the end.
            Err(Errno::NXIO) => size,
            // A file system that knows of no holes.
            Err(_) => at,
        };
        let hole = match seek(source, Edge::Hole(data)) {
            Ok(hole) if hole > data => hole.min(size),
            _ => size,
        };
        source.seek(SeekFrom::Start(data))?;
        file.seek(SeekFrom::Start(data))?;
        let copied = io::copy(&mut source.take(hole - data), &mut file)?;
        if copied < hole - data {
            // It is shorter by now: the caller's proof fails.
            return Ok(());
        }
        at = hole;
    }
    // A hole at the end is no write.
    file.set_len(size)
}

/// Copies the first `size` bytes. NTFS keeps holes only in files that are
/// marked as having some, which a copy is not.
#[cfg(not(unix))]
fn copy_data(source: &File, mut file: &File, size: u64) -> io::Result<()> {
    io::copy(&mut source.take(size), &mut file).map(drop)
}

fn read_small(root: &Root, path: &RelPath) -> io::Result<Option<Vec<u8>>> {
    let file = match root.open_file(path) {
        Ok((file, _)) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    let read = file.take(SMALL + 1).read_to_end(&mut bytes)?;
    if read as u64 > SMALL { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(Some(bytes)) }
}

impl Disk for Native {
    type NewFile = NativeFile;

    fn volume(&self) -> &Volume {
        &self.volume
    }

    async fn list(&self, dir: &RelPath) -> Result<Vec<Dirent>> {
        self.on(dir, |root, dir| root.list(dir)).await
    }

    async fn stat(&self, path: &RelPath) -> Result<Option<Stat>> {
        self.on(path, |root, path| root.stat(path)).await
    }

    async fn changeable(&self, path: &RelPath) -> Result<()> {
        self.on(path, |root, path| root.changeable(path)).await
    }

    async fn open(&self, path: &RelPath) -> Result<OpenFile> {
        let (file, stat) = self.on(path, |root, path| root.open_file(path)).await?;
        Ok(OpenFile { stat, bytes: blocks::blocks(file) })
    }

    async fn digest(&self, path: &RelPath, sums: Sums) -> Result<(Stat, Digest)> {
        let (file, stat) = self.on(path, |root, path| root.open_file(path)).await?;
        let digest = digest::of(file, stat.seen.size, sums).await;
        Ok((stat, digest.map_err(|source| fault::at(path, source))?))
    }

    async fn create(&self, path: &RelPath) -> Result<NativeFile> {
        let file = self.on(path, |root, path| root.create(path)).await?;
        Ok(NativeFile { root: Arc::clone(&self.root), path: path.clone(), file: Arc::new(file) })
    }

    async fn write_on(&self, path: &RelPath, length: u64) -> Result<NativeFile> {
        let file = self.on(path, move |root, path| write_on(root, path, length)).await?;
        Ok(NativeFile { root: Arc::clone(&self.root), path: path.clone(), file: Arc::new(file) })
    }

    async fn clone_file(&self, from: &RelPath, to: &RelPath) -> Result<NativeFile> {
        let target = to.clone();
        let file = self.on(from, move |root, from| clone_file(root, from, &target)).await?;
        Ok(NativeFile { root: Arc::clone(&self.root), path: to.clone(), file: Arc::new(file) })
    }

    async fn make_dir(&self, path: &RelPath) -> Result<Stat> {
        self.on(path, |root, path| {
            root.make_dir(path, Access::Usual)?;
            root.stat(path)?.ok_or_else(|| io::ErrorKind::NotFound.into())
        })
        .await
    }

    async fn rename(&self, from: &RelPath, to: &RelPath) -> Result<()> {
        let to = to.clone();
        self.on(from, move |root, from| root.rename(from, &to)).await
    }

    async fn exchange(&self, one: &RelPath, other: &RelPath) -> Result<()> {
        if !self.volume.exchange {
            return Err(fault::at(one, io::ErrorKind::Unsupported.into()));
        }
        let other = other.clone();
        self.on(one, move |root, one| root.exchange(one, &other)).await
    }

    async fn take_after(&self, new: &RelPath, old: &RelPath) -> Result<()> {
        let old = old.clone();
        self.on(new, move |root, new| root.take_after(new, &old)).await
    }

    async fn purge(&self, path: &RelPath) -> Result<()> {
        self.on(path, |root, path| own_only(path).and_then(|()| root.remove_file(path))).await
    }

    async fn remove_dir(&self, path: &RelPath) -> Result<()> {
        self.on(path, |root, path| root.remove_dir(path)).await
    }

    async fn sync_dir(&self, dir: &RelPath) -> Result<()> {
        self.on(dir, |root, dir| root.sync_dir(dir)).await
    }

    async fn settle(&self) -> Result<()> {
        self.on(&RelPath::root(), |root, _| root.settle()).await
    }

    async fn space(&self) -> Result<Space> {
        self.on(&RelPath::root(), |root, _| root.space()).await
    }

    async fn volume_time(&self) -> Result<i64> {
        let clock = Name::new("clock").map(|name| layout::own_dir().join(&name));
        self.on(&clock.unwrap_or_default(), |root, path| root.touch(path)).await
    }

    async fn read_small(&self, path: &RelPath) -> Result<Option<Vec<u8>>> {
        self.on(path, read_small).await
    }

    async fn write_small(&self, path: &RelPath, bytes: &[u8]) -> Result<()> {
        let bytes = bytes.to_vec();
        self.on(path, move |root, path| write_small(root, path, &bytes)).await
    }

    async fn is_being_written(&self, path: &RelPath) -> Result<bool> {
        self.on(path, |root, path| root.is_being_written(path)).await
    }

    async fn changed(&self) -> Result<Changed> {
        match &self.watch {
            Some(Ok(watch)) => Ok(self.root.seen_to_change(watch.changed(&self.root).await)),
            Some(Err(_)) | None => Ok(Changed::Anywhere),
        }
    }

    fn unwatched(&self) -> Option<WatchError> {
        match self.watch.as_ref()? {
            Ok(watch) => watch.failed(),
            Err(error) => Some(error.clone()),
        }
    }

    async fn stirred(&self) {
        match &self.watch {
            Some(Ok(watch)) => watch.stirred().await,
            Some(Err(_)) | None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn a_folder_is_not_opened_anew_while_a_call_of_before_is_under_way() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Native::open(dir.path()).unwrap();
        let (go_on, goes_on) = channel::<()>();
        let (ended, end) = channel::<()>();
        let path = RelPath::root();
        let work = disk.on(&path, move |_, _| {
            goes_on.recv().map_err(io::Error::other)?;
            // With all that this closure holds.
            drop(ended);
            Ok(())
        });
        let mut work = Box::pin(work);
        assert!(futures::poll!(&mut work).is_pending());
        drop(work);
        drop(disk);
        assert!(matches!(Native::open(dir.path()), Err(OpenError::InUse)));
        go_on.send(()).unwrap();
        assert!(end.recv().is_err(), "it has come to its end");
        // The thread lets go of the rest in a moment of its own.
        let opened = async {
            while let Err(OpenError::InUse) = Native::open(dir.path()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), opened).await.unwrap();
    }
}
