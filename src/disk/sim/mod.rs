//! A disk in memory, for the deterministic simulation.
//!
//! It has what makes real disks hard: contents and directory entries that a
//! power cut may take back (`power.rs`), inode numbers that are used again at
//! once, coarse time stamps, names that fold, volumes that cannot exchange,
//! programs that go on writing to a file wherever it has been moved, faults, a
//! quota, an unmounted volume. `user.rs` is what people and their programs do.
//!
//! Every primitive yields once *before* it has its effect, and has it at once
//! after: whoever polls the engine can stop it, or act, between any two of
//! them. A listing and a reading yield in their midst as well and show what
//! stands there at that moment, so that both can tear.

mod change;
mod config;
mod contents;
mod drive;
mod look;
mod power;
mod user;
mod watch;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};

use super::{
    Changed, Dirent, Disk, DiskError, DiskErrorKind, NewFile, OpenFile, Result, Space, Stat, Volume,
};
use crate::entropy::Entropy;
use crate::model::{Folding, Name, RelPath, layout};
pub use config::SimConfig;
use drive::Drive;
pub use user::{User, UserHandle};

/// What is seen where a volume used to be mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmounted {
    /// The root cannot be reached: every primitive fails as broken.
    Gone,
    /// The mount point: another, empty folder on another volume.
    Empty,
}

/// A disk in memory. Clones are handles of the same disk.
#[derive(Clone, Debug)]
pub struct SimDisk {
    volume: Arc<Volume>,
    drive: Arc<Mutex<Drive>>,
    /// What is about to be renamed or exchanged.
    aim: Arc<Mutex<Option<RelPath>>>,
}

/// A backup of a simulated disk.
#[derive(Debug)]
pub struct DiskImage(Drive);

type Attempt<T> = std::result::Result<T, DiskErrorKind>;

fn fail(path: &RelPath, kind: DiskErrorKind) -> DiskError {
    DiskError { kind, path: path.clone(), source: io::Error::other(format!("{kind:?}")) }
}

/// Lets whoever polls do something else first.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn lock(drive: &Mutex<Drive>) -> MutexGuard<'_, Drive> {
    drive.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SimDisk {
    /// Makes an empty disk with `.navette/` on it, all of it on stable storage.
    pub fn new(config: SimConfig) -> Self {
        let volume = Volume {
            exchange: config.exchange,
            stable_ids: config.stable_ids,
            folding: config.folding,
            granularity: config.granularity,
            max_name: config.max_name,
            windows_names: config.windows_names,
        };
        let drive = Arc::new(Mutex::new(Drive::new(config)));
        Self { volume: Arc::new(volume), drive, aim: Arc::default() }
    }

    fn drive(&self) -> MutexGuard<'_, Drive> {
        lock(&self.drive)
    }

    /// Yields, then has one effect.
    async fn on<T>(
        &self,
        path: &RelPath,
        effect: impl FnOnce(&mut Drive) -> Attempt<T>,
    ) -> Result<T> {
        yield_now().await;
        effect(&mut self.drive()).map_err(|kind| fail(path, kind))
    }

    /// What a primitive is about to rename or to exchange, once.
    pub fn take_aim(&self) -> Option<RelPath> {
        self.aim.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn aim_at(&self, path: &RelPath) {
        *self.aim.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.clone());
    }

    /// Lets the next so many attempts to make a folder durable fail.
    pub fn fail_syncs(&self, count: u32) {
        self.drive().failing_syncs = count;
    }

    /// Loses, without a word, all events that nobody has taken yet.
    pub fn lose_events(&self) {
        self.drive().lose_events();
    }

    /// Too much happens at once: where, nobody can tell.
    pub fn overflow_events(&self) {
        self.drive().overflow();
    }

    /// Sets the volume's clock, nanoseconds since 1970.
    pub fn set_time(&self, now: i64) {
        self.drive().now = now;
    }

    /// Changes the room on the volume, in bytes; it may be less than is used.
    pub fn set_capacity(&self, capacity: u64) {
        self.drive().config.capacity = capacity;
    }

    /// Makes every primitive at `path`, and below it, fail with `kind` until it
    /// is healed. What stands at `path` itself can still be looked at, unless
    /// it is [`DiskErrorKind::Broken`].
    pub fn fault(&self, path: &RelPath, kind: DiskErrorKind) {
        self.drive().faults.insert(path.clone(), kind);
    }

    /// Ends the fault at `path`.
    pub fn heal(&self, path: &RelPath) {
        self.drive().faults.remove(path);
    }

    /// Takes the volume away. Open handles of the engine break.
    pub fn unmount(&self, leaving: Unmounted) {
        self.drive().unmount(leaving);
    }

    /// Brings the volume back.
    pub fn mount(&self) {
        self.drive().mount();
    }

    /// Brings everything to stable storage, as a minute without a power cut does.
    pub fn settle(&self) {
        self.drive().settle();
    }

    /// Cuts the power: of everything that is not on stable storage a random
    /// part that a file system may lose is lost, and all handles are closed.
    /// The engine's futures must be dropped by the caller.
    ///
    /// - Contents that were never synced may be old, empty, cut short or zeros.
    /// - In each folder a suffix of its changes may be undone; a rename between
    ///   two folders is undone in both or in neither; what was done inside a
    ///   folder whose own making is undone goes with it.
    pub fn crash(&self, chance: &impl Entropy) {
        self.drive().crash(chance);
    }

    /// All that is on the disk now, as a backup keeps it.
    pub fn image(&self) -> DiskImage {
        DiskImage(self.drive().copied())
    }

    /// Puts back what an image holds, on stable storage, as a restored backup
    /// or a copy on another computer: dates are kept, ids and birth times are
    /// new. Programs that held files open hold nothing any more.
    pub fn restore(&self, image: &DiskImage) {
        let mut drive = self.drive();
        let kept = (drive.config, drive.now, drive.next_id, drive.next_handle);
        *drive = image.0.copied();
        (drive.config, drive.now, drive.next_id, drive.next_handle) = kept;
        drive.become_new();
    }

    /// Every folder (`None`) and file (its bytes) by path, without `.navette`.
    pub fn snapshot(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut all = self.snapshot_all();
        let own = layout::own_dir();
        all.retain(|path, _| RelPath::parse(path).is_ok_and(|path| !path.starts_with(&own)));
        all
    }

    /// As [`Self::snapshot`], with `.navette`.
    pub fn snapshot_all(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        self.drive().snapshot()
    }
}

/// Refuses what is not the engine's own.
fn own_only(path: &RelPath) -> Attempt<()> {
    let own = layout::own_dir();
    if path.starts_with(&own) && *path != own { Ok(()) } else { Err(DiskErrorKind::Denied) }
}

impl Disk for SimDisk {
    type NewFile = SimFile;

    fn volume(&self) -> &Volume {
        &self.volume
    }

    async fn list(&self, dir: &RelPath) -> Result<Vec<Dirent>> {
        // In two halves: what is renamed in between may be seen twice or never,
        // as with a real folder that is larger than one system call.
        let middle: Option<Name> = self.on(dir, |drive| drive.middle(dir)).await?;
        let first = self.on(dir, |drive| drive.list(dir, |key| Some(key) < middle.as_ref()));
        let mut entries = first.await?;
        let second = self.on(dir, |drive| drive.list(dir, |key| Some(key) >= middle.as_ref()));
        entries.extend(second.await?);
        Ok(entries)
    }

    async fn stat(&self, path: &RelPath) -> Result<Option<Stat>> {
        self.on(path, |drive| drive.stat(path)).await
    }

    async fn open(&self, path: &RelPath) -> Result<OpenFile> {
        let (stat, handle, block) = self
            .on(path, |drive| {
                let (stat, handle) = drive.open(path)?;
                Ok((stat, handle, drive.config.block))
            })
            .await?;
        let open = OpenHandle { drive: Arc::clone(&self.drive), handle };
        let bytes = stream::try_unfold((open, 0), move |(open, offset)| async move {
            yield_now().await;
            let read = lock(&open.drive).read(open.handle, offset, block);
            let bytes = read.map_err(|kind| io::Error::other(format!("{kind:?}")))?;
            let next = offset + bytes.len();
            Ok((!bytes.is_empty()).then(|| (Bytes::from(bytes), (open, next))))
        });
        Ok(OpenFile { stat, bytes: bytes.boxed() })
    }

    async fn create(&self, path: &RelPath) -> Result<SimFile> {
        let handle = self.on(path, |drive| drive.create_open(path)).await?;
        let open = OpenHandle { drive: Arc::clone(&self.drive), handle };
        Ok(SimFile { path: path.clone(), open })
    }

    async fn write_on(&self, path: &RelPath, length: u64) -> Result<SimFile> {
        let handle = self
            .on(path, |drive| {
                own_only(path)?;
                drive.write_on(path, length)
            })
            .await?;
        let open = OpenHandle { drive: Arc::clone(&self.drive), handle };
        Ok(SimFile { path: path.clone(), open })
    }

    async fn clone_file(&self, from: &RelPath, to: &RelPath) -> Result<SimFile> {
        // In two steps, as a copy is made: the new name is there before its bytes.
        let bytes = self.on(from, |drive| drive.contents(from)).await?;
        let mut file = self.create(to).await?;
        file.write(bytes.into()).await?;
        Ok(file)
    }

    async fn make_dir(&self, path: &RelPath) -> Result<Stat> {
        self.on(path, |drive| {
            drive.make_dir(path)?;
            drive.stat(path)?.ok_or(DiskErrorKind::NotFound)
        })
        .await
    }

    async fn rename(&self, from: &RelPath, to: &RelPath) -> Result<()> {
        self.aim_at(from);
        self.on(from, |drive| {
            drive.unlocked(from)?;
            drive.rename(from, to)
        })
        .await
    }

    async fn exchange(&self, one: &RelPath, other: &RelPath) -> Result<()> {
        self.aim_at(other);
        self.on(one, |drive| {
            if !drive.config.exchange {
                return Err(DiskErrorKind::Unsupported);
            }
            drive.unlocked(one)?;
            drive.unlocked(other)?;
            drive.exchange(one, other)
        })
        .await
    }

    async fn take_after(&self, new: &RelPath, old: &RelPath) -> Result<()> {
        self.on(new, |drive| {
            let mode = drive.mode(old)?;
            drive.set_mode(new, mode)
        })
        .await
    }

    async fn purge(&self, path: &RelPath) -> Result<()> {
        self.on(path, |drive| {
            own_only(path)?;
            drive.unlocked(path)?;
            drive.remove_file(path)
        })
        .await
    }

    async fn remove_dir(&self, path: &RelPath) -> Result<()> {
        self.on(path, |drive| drive.remove_dir(path)).await
    }

    async fn sync_dir(&self, dir: &RelPath) -> Result<()> {
        self.on(dir, |drive| {
            if let Some(left) = drive.failing_syncs.checked_sub(1) {
                drive.failing_syncs = left;
                return Err(DiskErrorKind::Broken);
            }
            drive.sync_dir(dir)
        })
        .await
    }

    async fn settle(&self) -> Result<()> {
        self.on(&RelPath::root(), |drive| {
            drive.reachable()?;
            drive.settle();
            Ok(())
        })
        .await
    }

    async fn space(&self) -> Result<Space> {
        self.on(&RelPath::root(), |drive| {
            Ok(Space { free: drive.free(), total: drive.config.capacity })
        })
        .await
    }

    async fn volume_time(&self) -> Result<i64> {
        self.on(&layout::own_dir(), |drive| drive.reachable().map(|()| drive.stamp())).await
    }

    async fn read_small(&self, path: &RelPath) -> Result<Option<Vec<u8>>> {
        self.on(path, |drive| match drive.contents(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(DiskErrorKind::NotFound) => Ok(None),
            Err(kind) => Err(kind),
        })
        .await
    }

    async fn write_small(&self, path: &RelPath, bytes: &[u8]) -> Result<()> {
        self.on(path, |drive| {
            own_only(path)?;
            drive.replace_durably(path, bytes)
        })
        .await
    }

    async fn is_being_written(&self, path: &RelPath) -> Result<bool> {
        self.on(path, |drive| drive.is_being_written(path)).await
    }

    async fn changed(&self) -> Result<Changed> {
        let watched = self.drive().config.watched;
        if !watched {
            return Ok(Changed::Anywhere);
        }
        self.on(&layout::own_dir(), |drive| Ok(drive.take_events())).await
    }

    async fn stirred(&self) {
        poll_fn(|context| self.drive().poll_stirred(context.waker())).await;
    }
}

/// An open handle of the engine, closed when it is dropped.
#[derive(Debug)]
struct OpenHandle {
    drive: Arc<Mutex<Drive>>,
    handle: u64,
}

impl Drop for OpenHandle {
    fn drop(&mut self) {
        lock(&self.drive).close(self.handle);
    }
}

/// A new file of a simulated disk, being written.
#[derive(Debug)]
pub struct SimFile {
    path: RelPath,
    open: OpenHandle,
}

impl NewFile for SimFile {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        yield_now().await;
        let appended = lock(&self.open.drive).append(self.open.handle, &bytes);
        appended.map_err(|kind| fail(&self.path, kind))
    }

    async fn sync(&mut self) -> Result<()> {
        yield_now().await;
        let synced = lock(&self.open.drive).sync_held(self.open.handle);
        synced.map_err(|kind| fail(&self.path, kind))
    }

    async fn finish(self, mtime: Option<i64>) -> Result<Stat> {
        yield_now().await;
        let finished = lock(&self.open.drive).finish(self.open.handle, mtime);
        finished.map_err(|kind| fail(&self.path, kind))
    }
}
