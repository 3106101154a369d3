//! The seam to this computer's file system.
//!
//! [`Disk`] is a set of *primitive* effects on one folder tree. The protocols
//! that make them safe (stage, sync, exchange, verify, put aside) live in
//! `execute`, so that the simulation can cut them between any two primitives.
//! Every path is relative to the root of the pair; nothing here can reach
//! outside it, enters another mount, or follows a symbolic link; only to look
//! and to read a real disk may, within the root and where its user wishes it
//! ([`Native::heed_links`]).

mod native;
pub mod sim;

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use thiserror::Error;

use crate::model::{Digest, DigestBuilder, Folding, LocalSeen, Name, RelPath, Sums};

pub use native::{Native, NativeFile, OpenError, glance, make_alike};
pub use sim::SimDisk;

/// What a directory entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A regular file.
    File,
    /// A folder.
    Dir,
    /// A folder on which another file system (or a bind mount) is mounted: not entered.
    Mount,
    /// A symbolic link, junction or other reparse point that is not followed.
    Symlink,
    /// A socket, pipe or device.
    Special,
}

/// What the file system shows of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub file_type: FileType,
    /// The proof for later.
    pub seen: LocalSeen,
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirent {
    /// Its name as the file system spells it, or, if that is not a name that
    /// we can use (not UTF-8), what it looks like.
    pub name: std::result::Result<Name, String>,
    /// What it is. An error (permission, I/O) means *unknown*, never absent (amendment 24).
    pub stat: std::result::Result<Stat, DiskErrorKind>,
}

/// What the volume below the root can do, found by trying it when the folder
/// was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Two names can be exchanged in one step (amendment 9).
    pub exchange: bool,
    /// File ids survive a rename.
    pub stable_ids: bool,
    /// Which names it takes for one.
    pub folding: Folding,
    /// The step of its time stamps; a change within one step may not show.
    pub granularity: Duration,
    /// The longest name, in bytes of UTF-8.
    pub max_name: usize,
    /// Names that Windows cannot show cannot be here: on Windows itself, and on
    /// volumes made for it (FAT, exFAT, NTFS).
    pub windows_names: bool,
}

/// Room on the volume, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What this user can still write.
    pub free: u64,
    /// All there is.
    pub total: u64,
}

/// Where something may have changed since a disk was asked last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Anywhere: nobody watches, it is the first time, or too much happened.
    Anywhere,
    /// There, and nowhere else as far as the system tells: what was written
    /// to, and names that came or went. Some of them may be nothing any more.
    At(BTreeSet<RelPath>),
}

/// Why nobody tells of changes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WatchError {
    /// The system watches no more folders for this user
    /// (Linux: `fs.inotify.max_user_watches`).
    #[error("too many watched folders")]
    TooManyFolders,
    /// The system lets this user have no more watchers
    /// (Linux: `fs.inotify.max_user_instances`).
    #[error("too many watchers")]
    TooManyWatchers,
    /// This system or volume does not tell.
    #[error("not told of changes: {0}")]
    Unsupported(String),
}

/// What went wrong on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskErrorKind {
    /// The path, or a folder above it, is not there.
    NotFound,
    /// The new name is taken.
    Exists,
    /// The permissions forbid it.
    Denied,
    /// No room left, or over quota.
    Full,
    /// Another program holds it open (Windows) or the volume is busy.
    Busy,
    /// The folder to remove is not empty.
    NotEmpty,
    /// A folder stands where a file is wanted, or the other way round.
    WrongType,
    /// This volume cannot do it.
    Unsupported,
    /// This volume refuses the name.
    BadName,
    /// The volume is read-only.
    ReadOnly,
    /// It is a link that is followed, or seen through one: not changed.
    Linked,
    /// Anything else: I/O error, stale handle, disconnected share.
    Broken,
}

/// A primitive that failed. Nothing has changed, unless its docs say otherwise.
#[derive(Debug, Error)]
#[error("{path}: {source}")]
pub struct DiskError {
    /// What went wrong.
    pub kind: DiskErrorKind,
    /// Where.
    pub path: RelPath,
    /// What the system said.
    pub source: io::Error,
}

/// The result of a primitive.
pub type Result<T> = std::result::Result<T, DiskError>;

/// Bytes as they come.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// A file opened for reading. The handle keeps reading the same object when
/// the name is given to another one.
pub struct OpenFile {
    /// What the *handle* showed when it was opened.
    pub stat: Stat,
    /// Its bytes from the start, in blocks of at most 256 KiB.
    pub bytes: ByteStream,
}

/// A new file in staging, being written. Dropped before `finish`, it stays
/// behind as an incomplete file, which the next sweep of staging removes.
#[allow(async_fn_in_trait, reason = "the engine is one future on one thread")]
pub trait NewFile {
    /// Appends.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;
    /// Brings the bytes written so far to stable storage.
    async fn sync(&mut self) -> Result<()>;
    /// Sets the modification time if one is given (nanoseconds since 1970),
    /// syncs the file's data and metadata to stable storage, and closes it.
    /// Its directory entry is durable only after [`Disk::sync_dir`].
    async fn finish(self, mtime: Option<i64>) -> Result<Stat>;
}

/// Primitive effects on the tree below one root.
///
/// Every method that changes something does exactly one thing, or nothing.
/// Implementations MUST NOT replace an existing name in any of them.
#[allow(async_fn_in_trait, reason = "the engine is one future on one thread")]
pub trait Disk {
    /// See [`NewFile`].
    type NewFile: NewFile;

    /// What the volume can do.
    fn volume(&self) -> &Volume;

    /// The entries of a folder, in no particular order; `.` and `..` left out.
    async fn list(&self, dir: &RelPath) -> Result<Vec<Dirent>>;

    /// What stands at `path` itself (links are not followed); `None` if nothing does.
    /// A name that differs only by folding is found on a folding volume; the
    /// caller compares spellings by listing. Where it cannot be known (below a
    /// link, a mount or an unreadable folder, or when the root itself has gone)
    /// this is an error, never `None` (amendment 24).
    async fn stat(&self, path: &RelPath) -> Result<Option<Stat>>;

    /// Fails with [`DiskErrorKind::Linked`] if what stands at `path` is only
    /// seen there, through a link: every primitive that would change it does so, too,
    /// but this one before anything else was done in vain.
    async fn changeable(&self, _path: &RelPath) -> Result<()> {
        Ok(())
    }

    /// Opens a regular file for reading.
    async fn open(&self, path: &RelPath) -> Result<OpenFile>;

    /// Reads a regular file to its end, for these sums. Returns what the *handle*
    /// showed when it was opened, and what the file holds. One that grows meanwhile, perhaps
    /// as fast as it is read, is left as soon as it is longer than it was: then
    /// the digest is that of more bytes than the handle showed.
    async fn digest(&self, path: &RelPath, sums: Sums) -> Result<(Stat, Digest)> {
        let mut file = self.open(path).await?;
        let mut digest = DigestBuilder::new(sums);
        while let Some(block) = file.bytes.next().await {
            digest.update(&block.map_err(|source| DiskError {
                kind: DiskErrorKind::Broken,
                path: path.clone(),
                source,
            })?);
            if digest.size() > file.stat.seen.size {
                break;
            }
        }
        Ok((file.stat, digest.finish()))
    }

    /// Creates a regular file; [`DiskErrorKind::Exists`] if the name is taken.
    async fn create(&self, path: &RelPath) -> Result<Self::NewFile>;

    /// Opens a file to write on behind its first `length` bytes; what is behind
    /// them goes. [`DiskErrorKind::Broken`] if it is shorter. Only below
    /// `.navette/`, as [`Self::purge`].
    async fn write_on(&self, path: &RelPath, length: u64) -> Result<Self::NewFile>;

    /// Creates `to` with the bytes of the regular file `from`, shared with it
    /// where the volume can do that (a reflink), and copied elsewhere, up to its
    /// present length and with its holes (amendment 36). As with
    /// [`Self::create`] the new file is still to be finished. What a program
    /// writes to `from` meanwhile may be in it or not: the caller proves it.
    async fn clone_file(&self, from: &RelPath, to: &RelPath) -> Result<Self::NewFile>;

    /// Makes a folder; [`DiskErrorKind::Exists`] if the name is taken.
    async fn make_dir(&self, path: &RelPath) -> Result<Stat>;

    /// Renames, never over an existing name ([`DiskErrorKind::Exists`]).
    /// A rename that changes only the spelling on a folding volume works.
    async fn rename(&self, from: &RelPath, to: &RelPath) -> Result<()>;

    /// Exchanges two existing names in one step;
    /// [`DiskErrorKind::Unsupported`] where [`Volume::exchange`] is false.
    async fn exchange(&self, one: &RelPath, other: &RelPath) -> Result<()>;

    /// Gives the file `new` the owner, the permissions and the extended
    /// attributes of `old`, as far as the system lets us (amendment 38): before
    /// an exchange, so that a new version opens no file to more eyes and stays
    /// a program if it was one. Contents and modification times stay.
    async fn take_after(&self, new: &RelPath, old: &RelPath) -> Result<()>;

    /// Removes a file for good. Only below `.navette/`, which holds nothing
    /// that is not the engine's: implementations refuse any other path.
    async fn purge(&self, path: &RelPath) -> Result<()>;

    /// Removes an empty folder; [`DiskErrorKind::NotEmpty`] otherwise.
    async fn remove_dir(&self, path: &RelPath) -> Result<()>;

    /// Makes the entries of a folder durable: after it no power cut undoes
    /// creations, renames and removals in that folder.
    async fn sync_dir(&self, dir: &RelPath) -> Result<()>;

    /// Makes everything below the root durable, whoever wrote it: contents,
    /// names and all. Costs what the whole volume has not written yet.
    async fn settle(&self) -> Result<()>;

    /// Room on the volume.
    async fn space(&self) -> Result<Space>;

    /// The volume's own clock, nanoseconds since 1970, read from the times of
    /// a probe file in `.navette/` (amendment 34: network volumes have their own).
    async fn volume_time(&self) -> Result<i64>;

    /// Reads a whole small file of the engine (marker).
    async fn read_small(&self, path: &RelPath) -> Result<Option<Vec<u8>>>;

    /// Replaces a whole small file of the engine below `.navette/` atomically
    /// and durably: afterwards, and after any crash, either the old or the new content.
    async fn write_small(&self, path: &RelPath, bytes: &[u8]) -> Result<()>;

    /// Whether some process has the file open for writing, where the system
    /// can tell (amendment 20); `false` where it cannot.
    async fn is_being_written(&self, path: &RelPath) -> Result<bool>;

    /// Where something may have changed since this was asked last, whoever did
    /// it, of all that was done before this call. Without a watcher: anywhere.
    async fn changed(&self) -> Result<Changed> {
        Ok(Changed::Anywhere)
    }

    /// Why nobody tells of changes although somebody was to.
    fn unwatched(&self) -> Option<WatchError> {
        None
    }

    /// Waits until [`Self::changed`] has something to tell. Without a watcher
    /// that is never.
    async fn stirred(&self) {
        std::future::pending().await
    }
}
