//! Walks the folder on this computer.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::disk::{Dirent, Disk as _, DiskErrorKind, FileType, Stat};
use crate::event::Cause;
use crate::model::{Ignore, Kind, LocalSeen, Name, RelPath, Rows, Timing, WaitReason, layout};
use crate::report::EngineError;
use crate::world::World;

use super::Mention;
use super::in_use::{InUse, in_use};

/// Folders read at the same time.
const WIDTH: usize = 4;

/// What one folder showed.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// It was read.
    Listed {
        /// Its files and folders.
        children: BTreeMap<Name, (Kind, LocalSeen)>,
        /// It holds ignored names too.
        ignored: bool,
    },
    /// It could not be read: nothing below it is absent (amendment 24).
    Unknown,
}

/// One complete look at this computer.
#[derive(Debug)]
pub(super) struct Epoch {
    /// Every folder by path: the root, those below it, and those that stand
    /// parked in staging. A parent comes before its children.
    pub folders: BTreeMap<RelPath, (LocalSeen, Look)>,
    /// Files parked in staging.
    pub parked_files: BTreeMap<RelPath, LocalSeen>,
    /// Places at which something is that we cannot look into: a mount, an
    /// unreadable entry, a link where a file was. Not absent.
    pub unknown: BTreeSet<RelPath>,
    /// What stands under ignored names, by volume and file id.
    pub ignored: BTreeSet<(u64, u128)>,
    /// Files that a program works on (amendment 35).
    pub in_use: BTreeMap<RelPath, WaitReason>,
    /// Databases that a program has open (amendment 35).
    pub open: BTreeSet<RelPath>,
    /// Nothing changed during the look.
    pub consistent: bool,
    /// The volume's clock before the look, nanoseconds since 1970.
    pub time: i64,
    /// What a user should know of.
    pub mentions: Vec<Mention>,
}

impl Epoch {
    fn mention(&mut self, path: String, cause: Cause, blocks: bool) {
        self.mentions.push(Mention { path, cause, blocks });
    }

    /// Notes which entries of `dir` a program works on. Returns the databases
    /// among them that are quiet, which may be open all the same.
    fn note_use(
        &mut self,
        dir: &RelPath,
        entries: &[Dirent],
        timing: &Timing,
    ) -> Vec<Vec<RelPath>> {
        let names = entries.iter().filter_map(|entry| {
            let (name, stat) = (entry.name.as_ref().ok()?, entry.stat.as_ref().ok()?);
            (stat.file_type == FileType::File).then(|| (name.clone(), stat.seen))
        });
        let InUse { busy, quiet } = in_use(&names.collect(), self.time, timing);
        self.in_use.extend(busy.into_iter().map(|(name, reason)| (dir.join(&name), reason)));
        let paths = |group: Vec<Name>| group.iter().map(|name| dir.join(name)).collect();
        quiet.into_iter().map(paths).collect()
    }

    /// Notes which of these databases a program has open for writing, as far
    /// as the system tells.
    async fn note_open<W: World>(&mut self, world: &W, groups: Vec<Vec<RelPath>>) {
        for group in groups {
            let mut open = false;
            for path in &group {
                // What has gone since is open to nobody.
                open |= world.disk().is_being_written(path).await.unwrap_or(false);
            }
            if open {
                self.open.extend(group);
            }
        }
    }

    /// Takes the entries of `dir`, and returns the folders among them.
    fn take(&mut self, dir: &RelPath, entries: Vec<Dirent>) -> (Look, Vec<(RelPath, LocalSeen)>) {
        let mut children = BTreeMap::new();
        let mut folders = Vec::new();
        let mut ignored = false;
        for entry in entries {
            let name = match entry.name {
                Ok(name) => name,
                Err(lossy) => {
                    // A folder that holds a name we cannot say is still known
                    // for all its other names.
                    let path = if dir.is_root() { lossy } else { format!("{dir}/{lossy}") };
                    self.mention(path, Cause::NameNotText, true);
                    continue;
                }
            };
            let path = dir.join(&name);
            if layout::is_kept_apart(&name) || Ignore::built_in().matches(&name).is_some() {
                ignored |= !(dir.is_root() && layout::is_own(&name));
                if let Ok(stat) = entry.stat {
                    self.ignored.insert((stat.seen.volume, stat.seen.file_id));
                }
                continue;
            }
            match entry.stat {
                Ok(Stat { file_type: FileType::File, seen }) => {
                    children.insert(name, (Kind::File, seen));
                }
                Ok(Stat { file_type: FileType::Dir, seen }) => {
                    children.insert(name, (Kind::Dir, seen));
                    folders.push((path, seen));
                }
                Ok(Stat { file_type: FileType::Symlink | FileType::Special, .. }) => {
                    self.mention(path.to_string(), Cause::NotAFile, false);
                    self.unknown.insert(path);
                }
                Ok(Stat { file_type: FileType::Mount, .. }) => {
                    self.mention(path.to_string(), Cause::OtherVolume, false);
                    self.unknown.insert(path);
                }
                // Gone between reading the folder and looking at the entry:
                // the folder's times tell, see `unchanged`.
                Err(DiskErrorKind::NotFound) => self.consistent = false,
                Err(_) => {
                    self.mention(path.to_string(), Cause::Unreadable, true);
                    self.unknown.insert(path);
                }
            }
        }
        (Look::Listed { children, ignored }, folders)
    }
}

/// Walks everything once, and looks at every folder again at the end
/// (amendment 6: without that, something moved during the walk could be seen
/// twice or not at all).
pub(super) async fn look<W: World>(world: &W, rows: &Rows) -> Result<Epoch, EngineError> {
    let disk = world.disk();
    let time = disk.volume_time().await?;
    let mut epoch = Epoch {
        folders: BTreeMap::new(),
        parked_files: BTreeMap::new(),
        unknown: BTreeSet::new(),
        ignored: BTreeSet::new(),
        in_use: BTreeMap::new(),
        open: BTreeSet::new(),
        consistent: true,
        time,
        mentions: Vec::new(),
    };
    let mut todo = roots(world, rows, &mut epoch).await?;
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < WIDTH
            && let Some((path, seen)) = todo.pop()
        {
            running.push(async move { (disk.list(&path).await, path, seen) });
        }
        let Some((listed, path, seen)) = running.next().await else { break };
        let look = match listed {
            Ok(entries) => {
                let databases = epoch.note_use(&path, &entries, world.timing());
                epoch.note_open(world, databases).await;
                let (look, folders) = epoch.take(&path, entries);
                todo.extend(folders);
                look
            }
            Err(error) if path.is_root() => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%path, %error, "folder cannot be read");
                match error.kind {
                    DiskErrorKind::NotFound | DiskErrorKind::WrongType => epoch.consistent = false,
                    _ => epoch.mention(path.to_string(), Cause::Unreadable, true),
                }
                Look::Unknown
            }
        };
        epoch.folders.insert(path, (seen, look));
    }
    epoch.consistent &= unchanged(world, &epoch).await?;
    epoch.mentions.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(epoch)
}

/// Where the walk begins: the root, and whatever stands parked in staging.
async fn roots<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &mut Epoch,
) -> Result<Vec<(RelPath, LocalSeen)>, EngineError> {
    let root = RelPath::root();
    let Some(stat) = world.disk().stat(&root).await? else {
        return Err(EngineError::Gate(crate::report::Gate::FolderMissing));
    };
    let mut roots = vec![(root, stat.seen)];
    for &node in rows.local.keys() {
        if rows.local[&node].stand != crate::model::Stand::Parked {
            continue;
        }
        let path = layout::staged(node, layout::Role::Park);
        match world.disk().stat(&path).await? {
            Some(Stat { file_type: FileType::Dir, seen }) => roots.push((path, seen)),
            Some(Stat { file_type: FileType::File, seen }) => {
                epoch.parked_files.insert(path, seen);
            }
            _ => {}
        }
    }
    Ok(roots)
}

/// Whether every folder still shows the times that it showed before it was read.
async fn unchanged<W: World>(world: &W, epoch: &Epoch) -> Result<bool, EngineError> {
    let disk = world.disk();
    let looks = epoch.folders.iter().map(|(path, (seen, _))| async move {
        let now = disk.stat(path).await;
        Ok::<bool, EngineError>(now?.is_some_and(|stat| stat.seen.unchanged(seen)))
    });
    let mut looks = futures::stream::iter(looks).buffer_unordered(WIDTH);
    let mut all = true;
    while let Some(same) = looks.next().await {
        all &= same?;
    }
    Ok(all)
}
