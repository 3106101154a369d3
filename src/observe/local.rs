//! One look at the folder on this computer.
//!
//! The first look walks everything. Where a disk tells what may have changed
//! since, the next ones only read those folders again and take the rest from
//! the look before: events say where to look, never what is there. They can be
//! lost, so a whole look follows once in a while, and whenever something seems
//! to be missing (I7).

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::{Clock as _, Moment};
use crate::disk::{Changed, Disk as _, FileType, Stat};
use crate::event::Cause;
use crate::model::{Kind, LocalSeen, Name, RelPath, Rows, Timing, WaitReason, layout};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::world::World;

use super::Mention;
use super::in_use::{InUse, in_use, tells_of_use};
use super::walk::walk;

/// What one folder showed.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// It was read.
    Listed(Listed),
    /// It could not be read: nothing below it is absent (amendment 24).
    Unknown,
    /// It went while it was to be read: this look is torn.
    Vanished,
}

/// What stood in a folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    /// Its files and folders.
    pub children: BTreeMap<Name, (Kind, LocalSeen)>,
    /// What stands under ignored names, our own folder left out.
    pub ignored: BTreeMap<Name, Stat>,
    /// It holds ignored names, perhaps some that could not be looked at.
    pub holds_ignored: bool,
    /// Names under which something is that we cannot look into: a mount, an
    /// unreadable entry, a link where a file was. Not absent.
    pub unknown: BTreeSet<Name>,
    /// What a user should know of.
    pub mentions: Vec<Mention>,
}

impl Listed {
    pub(super) fn mention(&mut self, path: String, cause: Cause, blocks: bool) {
        self.mentions.push(Mention { path, cause, blocks });
    }
}

/// One look at this computer.
#[derive(Clone, Debug)]
pub(super) struct Epoch {
    /// Every folder by path: the root, those below it, and those that stand
    /// parked in staging. A parent comes before its children.
    pub folders: BTreeMap<RelPath, (LocalSeen, Look)>,
    /// Files parked in staging.
    pub parked_files: BTreeMap<RelPath, LocalSeen>,
    /// Files that a program works on (amendment 35).
    pub in_use: BTreeMap<RelPath, WaitReason>,
    /// Databases that a program has open (amendment 35).
    pub open: BTreeSet<RelPath>,
    /// Nothing changed during the look.
    pub consistent: bool,
    /// The volume's clock before the look, nanoseconds since 1970.
    pub time: i64,
    /// The moment of `time`.
    begun: Moment,
    /// Something may stand in staging though its row says otherwise.
    pub rows_may_lag: bool,
    /// All folders were read for it.
    pub whole: bool,
    /// When all folders were read last.
    whole_at: Moment,
    /// Folders that changed while they were read: to be read again, whether
    /// the disk says so or not.
    owed: BTreeSet<RelPath>,
}

impl Epoch {
    /// What a user should know of, in order of path.
    pub(super) fn mentions(&self) -> Vec<Mention> {
        let unread = self.folders.iter().filter(|(_, (_, look))| matches!(look, Look::Unknown));
        let unreadable = unread.map(|(path, _)| Mention {
            path: path.to_string(),
            cause: Cause::Unreadable,
            blocks: true,
        });
        let told = self.listed().flat_map(|(_, listed)| listed.mentions.iter().cloned());
        let mut all: Vec<Mention> = unreadable.chain(told).collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// Every folder that was read.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&RelPath, &Listed)> {
        self.folders.iter().filter_map(|(path, (_, look))| match look {
            Look::Listed(listed) => Some((path, listed)),
            Look::Unknown | Look::Vanished => None,
        })
    }

    /// Places at which something is that we cannot look into.
    pub(super) fn unknown(&self) -> impl Iterator<Item = RelPath> {
        self.listed().flat_map(|(path, listed)| listed.unknown.iter().map(|name| path.join(name)))
    }

    /// What stands under ignored names, by volume and file id.
    pub(super) fn ignored(&self) -> BTreeSet<(u64, u128)> {
        let stats = self.listed().flat_map(|(_, listed)| listed.ignored.values());
        stats.map(|stat| (stat.seen.volume, stat.seen.file_id)).collect()
    }

    /// All that stands in a folder, by volume and file id.
    pub(super) fn objects_in(&self, path: &RelPath) -> impl Iterator<Item = (u64, u128)> {
        let below = self.listed().filter(|(dir, _)| dir.starts_with(path));
        let seen = below.flat_map(|(_, listed)| listed.children.values().map(|(_, seen)| seen));
        seen.map(|seen| (seen.volume, seen.file_id))
    }

    /// The volume's clock now: a look may take longer than an edit has to rest.
    pub(super) fn time_now<W: World>(&self, world: &W) -> i64 {
        if broken(Mutant::LookLastsNoTime) {
            return self.time;
        }
        let since = world.clock().now().saturating_sub(self.begun);
        self.time.saturating_add(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }

    /// An epoch that has seen nothing yet.
    fn new(time: i64, now: Moment) -> Self {
        Self {
            folders: BTreeMap::new(),
            parked_files: BTreeMap::new(),
            in_use: BTreeMap::new(),
            open: BTreeSet::new(),
            consistent: true,
            time,
            begun: now,
            rows_may_lag: false,
            whole: true,
            whole_at: now,
            owed: BTreeSet::new(),
        }
    }

    /// Whether the next look may show something else, of which `paths` were
    /// told since this one: it will look at them.
    pub(super) fn stirs<W: World>(&mut self, world: &W, paths: BTreeSet<RelPath>) -> bool {
        self.owed.extend(paths);
        let told = self.owed.iter().any(|path| !path.starts_with(&layout::own_dir()));
        told || self.is_old(world)
    }

    fn is_old<W: World>(&self, world: &W) -> bool {
        world.clock().now() >= self.whole_at + world.timing().whole_look
    }

    /// Something changed while it was looked at: what was read is read again
    /// in the next look.
    pub(super) fn tear(&mut self, read: impl IntoIterator<Item = RelPath>) {
        self.consistent = false;
        self.owed.extend(read);
    }

    /// Forgets a folder and all below it.
    pub(super) fn forget(&mut self, path: &RelPath) {
        let below = self.folders.range(path.clone()..).map(|(path, _)| path);
        // `a-b` stands between `a` and `a/b`.
        let end = format!("{path}0");
        let below = below.take_while(|below| below.as_str() < end.as_str());
        let gone: Vec<RelPath> = below.filter(|below| below.starts_with(path)).cloned().collect();
        gone.iter().for_each(|path| drop(self.folders.remove(path)));
    }

    /// Notes which files a program works on, as it is now.
    async fn note_use<W: World>(&mut self, world: &W) {
        let timing = world.timing();
        let mut quiet_groups = Vec::new();
        let mut busy_files = BTreeMap::new();
        for (dir, listed) in self.listed() {
            let InUse { busy, quiet } = used(listed, self.time, timing);
            busy_files.extend(busy.into_iter().map(|(name, reason)| (dir.join(&name), reason)));
            let paths = |group: Vec<Name>| group.iter().map(|name| dir.join(name)).collect();
            quiet_groups.extend(quiet.into_iter().map(paths));
        }
        self.in_use = busy_files;
        self.open = open_for_writing(world, quiet_groups).await;
    }
}

/// What of a folder is in use. Most folders hold nothing that could tell.
fn used(listed: &Listed, now: i64, timing: &Timing) -> InUse {
    if !listed.children.keys().chain(listed.ignored.keys()).any(tells_of_use) {
        return InUse::default();
    }
    let children = listed.children.iter().filter(|(_, (kind, _))| *kind == Kind::File);
    let children = children.map(|(name, (_, seen))| (name.clone(), *seen));
    let ignored = listed.ignored.iter().filter(|(_, stat)| stat.file_type == FileType::File);
    let ignored = ignored.map(|(name, stat)| (name.clone(), stat.seen));
    in_use(&children.chain(ignored).collect(), now, timing)
}

/// Which of these databases a program has open for writing, as far as the
/// system tells.
async fn open_for_writing<W: World>(world: &W, groups: Vec<Vec<RelPath>>) -> BTreeSet<RelPath> {
    let mut all = BTreeSet::new();
    for group in groups {
        let mut open = false;
        for path in &group {
            // What has gone since is open to nobody.
            open |= world.disk().is_being_written(path).await.unwrap_or(false);
        }
        if open {
            all.extend(group);
        }
    }
    all
}

/// Looks at everything, or, if `before` is the look before this one, only where
/// something may have changed since.
pub(super) async fn look<W: World>(
    world: &W,
    rows: &Rows,
    before: Option<Epoch>,
    rows_may_lag: bool,
) -> Result<Epoch, EngineError> {
    let (time, now) = (world.disk().volume_time().await?, world.clock().now());
    // Asked in any case: what it tells of was before this look.
    let changed = world.disk().changed().await?;
    let before = before.filter(|before| !before.is_old(world));
    let (mut epoch, todo) = match (before, changed) {
        (Some(before), Changed::At(paths)) => {
            let todo = &paths | &before.owed;
            let (whole, consistent, owed) = (false, true, BTreeSet::new());
            (Epoch { time, begun: now, whole, consistent, owed, ..before }, todo)
        }
        _ => (Epoch::new(time, now), BTreeSet::from([RelPath::root()])),
    };
    epoch.rows_may_lag = rows_may_lag;
    walk(world, rows, &mut epoch, todo).await?;
    epoch.note_use(world).await;
    Ok(epoch)
}
