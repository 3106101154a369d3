//! The put-aside store: what Navette takes away here is kept for a while.
//!
//! A file called `notes.txt` of node 7 that is put aside as number 12 lies in
//! `.navette/aside/12~7~notes.txt`: enough to find it by hand, and enough for
//! `sweep` to register it if the journal never heard of it.

use std::time::Duration;

use crate::clock::Clock as _;
use crate::disk::{Disk, DiskErrorKind};
use crate::journal::Journal;
use crate::model::{Aside, Change, Hash, LocalSeen, Name, NodeId, RelPath, Rows, Side, layout};
use crate::report::EngineError;
use crate::world::World;

use super::conflict;
use super::guard::{Expect, folder_of};
use super::outcome::Refusal;
use super::stage::{self, is_racy};

/// Longest stored name in bytes.
const LONGEST: usize = 200;
/// The store never takes more than this many bytes, or a tenth of the volume (amendment 37).
const MOST: u64 = 10 << 30;

/// Whose bytes are put aside, and what is known of them.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// The node.
    pub(super) node: NodeId,
    /// The number in the store.
    pub(super) number: u64,
    /// Where they stood.
    pub(super) path: RelPath,
    /// Their content.
    pub(super) hash: Option<Hash>,
    /// The server once held them: they are the agreed ones.
    pub(super) on_server: bool,
}

impl Origin {
    /// What the rows say of the local file `node`.
    pub(super) fn of(rows: &Rows, node: NodeId, number: u64) -> Option<Self> {
        let row = rows.local.get(&node)?;
        let hash = row.entry.body.hash();
        let path = rows.home(Side::Local, node)?;
        // A racy hash may be that of the bytes before a user's last ones.
        let on_server = !row.racy && is_known(rows, node, hash);
        Some(Self { node, number, path, hash, on_server })
    }
}

/// Whether base or the server has these bytes as those of `node`; what is only
/// presumed (amendment 32) proves nothing.
pub(super) fn is_known(rows: &Rows, node: NodeId, hash: Option<Hash>) -> bool {
    let base = rows.base.get(&node).filter(|row| !row.presumed);
    let base = base.and_then(|row| row.entry.body.hash());
    let remote = rows.remote.get(&node).and_then(|row| row.entry.body.hash());
    hash.is_some() && (hash == base || hash == remote)
}

/// The name under which `origin` is stored.
pub(super) fn stored_name(origin: &Origin) -> Name {
    let name = origin.path.name().unwrap_or("file");
    let mut text = format!("{}~{}~{name}", origin.number, origin.node.0);
    while text.len() > LONGEST {
        text.pop();
    }
    Name::new(&text).unwrap_or_else(|_| layout_name(origin.number))
}

#[allow(clippy::expect_used, reason = "a number is always a name")]
fn layout_name(number: u64) -> Name {
    Name::new(&number.to_string()).expect("a number is a name")
}

/// Reads a stored name: number, node, and the original name.
pub(super) fn read_stored(name: &str) -> Option<(u64, NodeId, &str)> {
    let (number, rest) = name.split_once('~')?;
    let (node, original) = rest.split_once('~')?;
    Some((number.parse().ok()?, NodeId(node.parse().ok()?), original))
}

/// Brings the file at `from`, which is `origin`'s and was proved to be the one
/// that was expected, into the store, and returns the row.
///
/// RACE: a program may write to it since that proof: the row says what it
/// showed before.
pub(super) async fn put<W: World>(
    world: &W,
    origin: &Origin,
    expect: &Expect,
    from: &RelPath,
) -> Result<Change, Refusal> {
    let stored = stored_name(origin);
    let to = layout::aside().join(&stored);
    world.disk().rename(from, &to).await?;
    let stat = world.disk().stat(&to).await?.ok_or(Refusal::STALE)?;
    Ok(row(world, origin, stored, expect.evidence(&stat)))
}

/// The row of a file that is in the store.
pub(super) fn row<W: World>(world: &W, origin: &Origin, stored: Name, seen: LocalSeen) -> Change {
    let row = Aside {
        path: origin.path.clone(),
        stored,
        seen,
        hash: origin.hash,
        at: world.clock().wall(),
        on_server: origin.on_server,
    };
    Change::Aside(origin.number, Some(row))
}

/// What is put aside, with its number, oldest first.
pub fn list(rows: &Rows) -> Vec<(u64, Aside)> {
    rows.asides.iter().map(|(&number, row)| (number, row.clone())).collect()
}

/// Where a file comes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereto {
    /// Where it stood, or beside it if that place is taken.
    Place,
    /// Beside where it stood.
    Beside,
}

/// Brings a file back: to where it stood, or beside it under a conflict name.
/// The next pass finds it as a new file. Returns where it is; none if there is
/// no such number or the file is gone.
pub async fn restore<W: World>(
    world: &W,
    journal: &mut Journal,
    number: u64,
    to: Whereto,
) -> Result<Option<RelPath>, EngineError> {
    let Some(row) = journal.rows().asides.get(&number).cloned() else { return Ok(None) };
    let from = layout::aside().join(&row.stored);
    let brought = match to {
        Whereto::Place => bring_back(world, &from, &row.path).await,
        Whereto::Beside => conflict::beside(world, &from, &row.path).await,
    };
    let to = match brought {
        Ok(to) => Some(to),
        Err(error) if error.kind == DiskErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(to) = &to {
        world.disk().sync_dir(&folder_of(to)).await?;
        world.disk().sync_dir(&layout::aside()).await?;
    }
    journal.commit(vec![Change::Aside(number, None)])?;
    Ok(to)
}

async fn bring_back<W: World>(
    world: &W,
    from: &RelPath,
    home: &RelPath,
) -> crate::disk::Result<RelPath> {
    let disk = world.disk();
    make_folders(disk, &folder_of(home)).await?;
    match disk.rename(from, home).await {
        Ok(()) => Ok(home.clone()),
        // The place is taken, or a folder above it is a file by now.
        Err(error) if matches!(error.kind, DiskErrorKind::Exists | DiskErrorKind::WrongType) => {
            conflict::beside(world, from, home).await
        }
        Err(error) => Err(error),
    }
}

/// Makes the folders down to `dir`, where they are missing.
async fn make_folders<D: Disk>(disk: &D, dir: &RelPath) -> crate::disk::Result<()> {
    let mut at = RelPath::root();
    for name in dir.names().filter_map(|name| Name::new(name).ok()) {
        let above = at.clone();
        at = at.join(&name);
        match disk.make_dir(&at).await {
            Ok(_) => disk.sync_dir(&above).await?,
            Err(error) if error.kind == DiskErrorKind::Exists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What a purge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Numbers of files that are gone for good.
    pub gone: Vec<u64>,
    /// Files that somebody had written to since: they are back, as conflict copies.
    pub returned: Vec<RelPath>,
}

/// Removes for good what is old enough, and, where the store has grown too
/// large, the oldest of what the server holds. Bytes that the server never had
/// are not purged to make room (amendment 37). A file that was written to
/// after it was put aside comes back as a conflict copy; one that is open for
/// writing stays (amendment 20).
pub async fn purge<W: World>(world: &W, journal: &mut Journal) -> Result<Purged, EngineError> {
    purge_older(world, journal, world.timing().keep_aside).await
}

/// As [`purge`], with another age that is old enough.
pub async fn purge_older<W: World>(
    world: &W,
    journal: &mut Journal,
    keep: Duration,
) -> Result<Purged, EngineError> {
    let space = world.disk().space().await?;
    let keep = i64::try_from(keep.as_secs()).unwrap_or(i64::MAX);
    let due = due(journal.rows(), world.clock().wall(), keep, MOST.min(space.total / 10));
    let mut purged = Purged::default();
    let mut changes = Vec::new();
    let mut sync = std::collections::BTreeSet::from([layout::aside()]);
    for (number, row) in due {
        match purge_one(world, &row).await? {
            Purge::Gone => purged.gone.push(number),
            Purge::Returned(path) => {
                sync.insert(folder_of(&path));
                purged.returned.push(path);
            }
            Purge::Kept => continue,
        }
        changes.push(Change::Aside(number, None));
    }
    if !changes.is_empty() {
        for dir in &sync {
            world.disk().sync_dir(dir).await?;
        }
        journal.commit(changes)?;
    }
    Ok(purged)
}

/// What may go: all that is older than `keep` seconds, then, oldest first,
/// what the server holds, until at most `most` bytes are left.
fn due(rows: &Rows, now: i64, keep: i64, most: u64) -> Vec<(u64, Aside)> {
    let old = |row: &Aside| now.saturating_sub(row.at) >= keep;
    let mut left: u64 = rows.asides.values().filter(|row| !old(row)).map(|row| row.seen.size).sum();
    let mut due = Vec::new();
    for (&number, row) in &rows.asides {
        let for_room = !old(row) && row.on_server && left > most;
        if for_room {
            left -= row.seen.size;
        }
        if for_room || old(row) {
            due.push((number, row.clone()));
        }
    }
    due
}

enum Purge {
    Gone,
    Returned(RelPath),
    Kept,
}

async fn purge_one<W: World>(world: &W, row: &Aside) -> Result<Purge, EngineError> {
    let disk = world.disk();
    let at = layout::aside().join(&row.stored);
    let Some(stat) = disk.stat(&at).await? else { return Ok(Purge::Gone) };
    if disk.is_being_written(&at).await? {
        return Ok(Purge::Kept);
    }
    // Only the attributes may have changed, or a write so soon after the last
    // one that the times do not show it: then the bytes decide.
    let sure = row.seen.unchanged(&stat.seen) && !is_racy(disk, &row.seen);
    let same = sure
        || (row.seen.same_but_moved(&stat.seen)
            && row.hash.is_some()
            && row.hash == Some(stage::digest(disk, &at).await?.hash));
    if same {
        disk.purge(&at).await?;
        return Ok(Purge::Gone);
    }
    Ok(Purge::Returned(conflict::beside(world, &at, &row.path).await?))
}
