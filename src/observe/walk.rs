//! Reads folders on this computer, from given ones down.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::disk::{Dirent, Disk as _, DiskError, DiskErrorKind, FileType, Stat};
use crate::event::Cause;
use crate::model::{Kind, LocalSeen, Name, NodeId, RelPath, Rows, Side, Stand, layout};
use crate::report::{EngineError, Gate};
use crate::world::World;

use super::local::{Epoch, Listed, Look};

/// Folders read at the same time.
const WIDTH: usize = 4;

/// Reads the folders at and around `todo`, and all below that the epoch does
/// not know, and looks at each of them again at the end (amendment 6: without
/// that, something moved during the walk could be seen twice or not at all).
pub(super) async fn walk<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &mut Epoch,
    todo: BTreeSet<RelPath>,
) -> Result<(), EngineError> {
    let disk = world.disk();
    let mut open = beginnings(world, rows, epoch, todo).await?;
    let mut read = BTreeSet::new();
    let mut running = FuturesUnordered::new();
    let mut torn = false;
    loop {
        while running.len() < WIDTH
            && let Some((path, seen)) = open.pop()
        {
            if read.insert(path.clone()) {
                running.push(async move { (disk.list(&path).await, path, seen) });
            }
        }
        let Some((listed, path, seen)) = running.next().await else { break };
        let look = match listed {
            Ok(entries) => {
                let (listed, whole) = listed_of(rows, &path, entries);
                torn |= !whole;
                open.extend(follow(epoch, &path, &listed));
                Look::Listed(listed)
            }
            Err(error) if path.is_root() => return Err(error.into()),
            Err(error) => unread_look(&error),
        };
        torn |= matches!(look, Look::Vanished);
        put(epoch, path, Some(seen), look);
    }
    if torn || !unchanged(world, epoch, &read).await? {
        epoch.tear(read);
    }
    Ok(())
}

fn unread_look(error: &DiskError) -> Look {
    tracing::debug!(path = %error.path, %error, "folder cannot be read");
    match error.kind {
        DiskErrorKind::NotFound | DiskErrorKind::WrongType => Look::Vanished,
        _ => Look::Unknown,
    }
}

/// Where the walk begins: at the folders that may have changed, at those that
/// hold them, at those that could not be read before, and at whatever stands
/// parked in staging.
async fn beginnings<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &mut Epoch,
    todo: BTreeSet<RelPath>,
) -> Result<Vec<(RelPath, LocalSeen)>, EngineError> {
    let unread = epoch.folders.iter().filter(|(_, (_, look))| !matches!(look, Look::Listed(_)));
    let mut wanted: BTreeSet<RelPath> = unread.map(|(path, _)| path.clone()).collect();
    // Whatever stands in our own folder is looked at below.
    wanted.extend(todo.into_iter().filter(|path| !path.starts_with(&layout::own_dir())));
    let around: Vec<RelPath> = wanted.iter().filter_map(RelPath::parent).collect();
    wanted.extend(around);
    epoch.forget(&layout::staging());
    let mut open = Vec::new();
    // The folders above come first, and have been forgotten by then if they are gone.
    for path in wanted {
        if !path.is_root() && !epoch.folders.contains_key(&path) {
            continue;
        }
        match world.disk().stat(&path).await {
            Ok(Some(Stat { file_type: FileType::Dir, seen })) => open.push((path, seen)),
            Ok(_) if path.is_root() => return Err(EngineError::Gate(Gate::FolderMissing)),
            // What it is now is told by the folder that holds it.
            Ok(_) => epoch.forget(&path),
            Err(error) if path.is_root() => return Err(error.into()),
            Err(error) => put(epoch, path, None, unread_look(&error)),
        }
    }
    open.extend(parked(world, rows, epoch).await?);
    Ok(open)
}

/// Whatever stands parked in staging; files at once, folders to be read.
async fn parked<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &mut Epoch,
) -> Result<Vec<(RelPath, LocalSeen)>, EngineError> {
    epoch.parked_files.clear();
    let mut folders = Vec::new();
    let known = rows.local.iter().filter(|(_, row)| row.stand == Stand::Parked);
    let mut nodes: BTreeSet<NodeId> = known.map(|(&node, _)| node).collect();
    if epoch.rows_may_lag {
        nodes.extend(left_in_staging(world, rows).await?);
    }
    for node in nodes {
        let path = layout::staged(node, layout::Role::Park);
        match world.disk().stat(&path).await? {
            Some(Stat { file_type: FileType::Dir, seen }) => folders.push((path, seen)),
            Some(Stat { file_type: FileType::File, seen }) => {
                epoch.parked_files.insert(path, seen);
            }
            _ => {}
        }
    }
    Ok(folders)
}

/// Nodes that stand parked by the names in staging, whatever their rows say.
async fn left_in_staging<W: World>(world: &W, rows: &Rows) -> Result<Vec<NodeId>, EngineError> {
    let entries = world.disk().list(&layout::staging()).await?;
    let names = entries.into_iter().filter_map(|entry| entry.name.ok());
    let parked = names.filter_map(|name| match layout::read_staged(name.as_str()) {
        Some((node, layout::Role::Park)) if rows.local.contains_key(&node) => Some(node),
        _ => None,
    });
    Ok(parked.collect())
}

/// Writes down what a folder showed. What cannot be read shows nothing below it.
fn put(epoch: &mut Epoch, path: RelPath, seen: Option<LocalSeen>, look: Look) {
    let before = epoch.folders.get(&path).map(|(seen, _)| *seen);
    let Some(seen) = seen.or(before) else { return };
    if !matches!(look, Look::Listed(_)) {
        epoch.forget(&path);
    }
    epoch.folders.insert(path, (seen, look));
}

/// Forgets the folders that `listed` does not show any more, and returns those
/// that are to be read: new ones, and such as show another time.
fn follow(epoch: &mut Epoch, dir: &RelPath, listed: &Listed) -> Vec<(RelPath, LocalSeen)> {
    let folders = |listed: &Listed| -> BTreeMap<Name, LocalSeen> {
        let folders = listed.children.iter().filter(|(_, (kind, _))| *kind == Kind::Dir);
        folders.map(|(name, (_, seen))| (name.clone(), *seen)).collect()
    };
    let now = folders(listed);
    let before = match epoch.folders.get(dir) {
        Some((_, Look::Listed(before))) => folders(before),
        _ => BTreeMap::new(),
    };
    for name in before.into_keys().filter(|name| !now.contains_key(name)) {
        epoch.forget(&dir.join(&name));
    }
    let mut open = Vec::new();
    for (name, seen) in now {
        let path = dir.join(&name);
        match epoch.folders.get(&path) {
            Some((known, _)) if known.unchanged(&seen) => continue,
            Some((known, _)) if known.same_object(&seen) => {}
            _ => epoch.forget(&path),
        }
        open.push((path, seen));
    }
    open
}

/// Sorts the entries of a folder. Returns what it holds, and whether all of
/// them could be looked at before they went.
fn listed_of(rows: &Rows, dir: &RelPath, entries: Vec<Dirent>) -> (Listed, bool) {
    let (rules, meant) = (&rows.pair.chosen.rules, rows.meant(Side::Local, dir));
    let mut listed = Listed::default();
    let mut whole = true;
    for entry in entries {
        let name = match entry.name {
            Ok(name) => name,
            Err(lossy) => {
                // A folder that holds a name we cannot say is still known for
                // all its other names.
                let path = if dir.is_root() { lossy } else { format!("{dir}/{lossy}") };
                listed.mention(path, Cause::NameNotText, true);
                continue;
            }
        };
        let is_dir = entry.stat.as_ref().is_ok_and(|stat| stat.file_type == FileType::Dir);
        let kind = if is_dir { Kind::Dir } else { Kind::File };
        if layout::is_kept_apart(&name) || rules.of(&meant, &name, kind).is_some() {
            if !(dir.is_root() && layout::is_own(&name)) {
                // What systems put into folders that people make says nothing.
                listed.holds_ignored |= !rules.goes_along(&meant, &name, kind);
                listed.ignored.extend(entry.stat.ok().map(|stat| (name, stat)));
            }
            continue;
        }
        let path = dir.join(&name).to_string();
        match entry.stat {
            Ok(Stat { file_type: FileType::File, seen }) => {
                listed.children.insert(name, (Kind::File, seen));
            }
            Ok(Stat { file_type: FileType::Dir, seen }) => {
                listed.children.insert(name, (Kind::Dir, seen));
            }
            Ok(Stat { file_type: FileType::Symlink | FileType::Special, .. }) => {
                listed.mention(path, Cause::NotAFile, false);
                listed.unknown.insert(name);
            }
            Ok(Stat { file_type: FileType::Mount, .. }) => {
                listed.mention(path, Cause::OtherVolume, false);
                listed.unknown.insert(name);
            }
            // Gone between reading the folder and looking at the entry: the
            // folder's times tell, see `unchanged`.
            Err(DiskErrorKind::NotFound) => whole = false,
            Err(_) => {
                listed.mention(path, Cause::Unreadable, true);
                listed.unknown.insert(name);
            }
        }
    }
    (listed, whole)
}

/// Whether every folder that was read still shows the times that it showed before.
async fn unchanged<W: World>(
    world: &W,
    epoch: &Epoch,
    read: &BTreeSet<RelPath>,
) -> Result<bool, EngineError> {
    let disk = world.disk();
    let looks = read.iter().filter_map(|path| Some((path, epoch.folders.get(path)?.0)));
    let looks = looks.map(|(path, seen)| async move {
        let now = disk.stat(path).await;
        Ok::<bool, EngineError>(now?.is_some_and(|stat| stat.seen.unchanged(&seen)))
    });
    let mut looks = futures::stream::iter(looks).buffer_unordered(WIDTH);
    let mut all = true;
    while let Some(same) = looks.next().await {
        all &= same?;
    }
    Ok(all)
}
