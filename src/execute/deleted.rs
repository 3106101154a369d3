//! Looks at what was deleted on the server under no condition, in its trash,
//! and takes it back if it was not what was meant (amendment 14).
//!
//! A DELETE of a folder cannot name a version anywhere, and oCIS ignores the
//! one that a file's names: what is changed between our look and the request
//! goes along. The rows of what was to go stay, frozen, until this look; a
//! restoration leaves them, and the next look at the server sees what is new.

mod found;

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Clock as _;
use crate::journal::Journal;
use crate::model::{Change, Intent, Kind, Name, NodeId, RelPath, Rows, Stamp, layout};
use crate::report::EngineError;
use crate::server::{Discarded, Effect, Guard, Result, Server, ServerError, ServerErrorKind};
use crate::world::World;

use super::agree;
use super::guard::{Shown, folder_of};
use found::{find, goes_along, is_as_meant};

/// Names tried for something whose place is taken, and looks at a trash that fails.
const TRIES: usize = 8;

/// Looks in the trash at what these nodes' deletions, which the server has
/// confirmed, took away. Returns the nodes that came back.
pub(super) async fn look_after<W: World>(
    world: &W,
    journal: &mut Journal,
    nodes: impl IntoIterator<Item = NodeId>,
) -> std::result::Result<BTreeSet<NodeId>, EngineError> {
    let nodes: BTreeSet<NodeId> = nodes.into_iter().collect();
    let open = |(node, intent): (&NodeId, &Intent)| {
        (nodes.contains(node) && intent.deleting && !intent.unknown).then_some(*node)
    };
    let sure: Vec<NodeId> = journal.rows().intents.iter().filter_map(open).collect();
    settle(world, journal, sure).await
}

/// Looks after the deletions of which an earlier look, or the run itself, was
/// cut off, but for those whose request may still land. To be called before
/// the server is looked at.
pub async fn look_after_deletions<W: World>(
    world: &W,
    journal: &mut Journal,
    waiting: impl Fn(NodeId) -> bool,
) -> std::result::Result<(), EngineError> {
    let open = journal.rows().intents.iter().filter(|(_, intent)| intent.deleting);
    let open: Vec<NodeId> = open.map(|(&node, _)| node).filter(|&node| !waiting(node)).collect();
    let mut gone = Vec::new();
    tracing::debug!(?open, "deletions that were not looked at");
    for node in open {
        let there = match Shown::of(journal.rows(), node) {
            Some(_) if has_successor(journal.rows(), node) => false,
            Some(shown) => is_there(world.server(), &shown).await?,
            // The journal has lost what was to go: there is nothing to compare.
            None => true,
        };
        if there {
            let closed = close(journal.rows(), node);
            journal.commit(vec![closed])?;
        } else {
            gone.push(node);
        }
    }
    settle(world, journal, gone).await.map(drop)
}

/// Whether something else was put at its place since: that is what is there, even
/// where the server calls both by one id.
fn has_successor(rows: &Rows, node: NodeId) -> bool {
    let place = rows.remote.get(&node).map(|row| &row.entry.place);
    rows.remote.iter().any(|(other, row)| *other != node && Some(&row.entry.place) == place)
}

/// Whether what was to go is still there, whatever version of it.
async fn is_there<S: Server>(server: &S, shown: &Shown) -> Result<bool> {
    match server.stat(&shown.at).await {
        Ok(there) => Ok(there.is_some_and(|there| shown.is_that(&there))),
        // Its folder is gone too.
        Err(error) if error.kind == ServerErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// One look at the trash for all of these, and what follows from it.
async fn settle<W: World>(
    world: &W,
    journal: &mut Journal,
    gone: Vec<NodeId>,
) -> std::result::Result<BTreeSet<NodeId>, EngineError> {
    let mut back = BTreeSet::new();
    if gone.is_empty() {
        return Ok(back);
    }
    let trash = look_into(world.server(), None).await?;
    let rows = journal.rows();
    let children = Children::of(rows);
    let (mut intents, mut forgotten) = (Vec::new(), Vec::new());
    for node in gone {
        // None: not kept. It was too large for the trash, or a share that was only left.
        let found = find(rows, node, &trash);
        let end = look_at(world, rows, &children, node, &found).await?;
        if end != End::Gone {
            back.insert(node);
        }
        match end {
            End::Gone => forgotten.extend(children.with_all_below(node)),
            End::Back => {}
            End::Unknown => {
                let mut intent = rows.intents.get(&node).cloned().unwrap_or_default();
                intent.unknown = true;
                intents.push(Change::Intent(node, Some(intent)));
                continue;
            }
        }
        intents.push(close(rows, node));
    }
    // The base follows once no intent keeps it.
    journal.commit(intents)?;
    let mut changes: Vec<Change> =
        forgotten.into_iter().map(|node| Change::Remote(node, None)).collect();
    changes.extend(agree::agree(journal.rows(), &changes));
    journal.commit(changes)?;
    Ok(back)
}

/// Takes our own folder back that was deleted because it was empty, if somebody
/// has parked something in it at that very moment.
pub(super) async fn look_after_own_dir<W: World>(world: &W) -> Result<()> {
    let dir = layout::own_dir();
    let trash = look_into(world.server(), None).await?;
    let last = trash.iter().filter(|item| item.location == dir).max_by_key(|item| item.at);
    match last {
        Some(item) if !look_into(world.server(), Some(item)).await?.is_empty() => {
            bring_back(world, item, &dir).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// What lies in the trash, or in one deleted folder. Nothing where it is closed
/// to this account, or where the server fails on it again and again: what was
/// deleted is still in it for its users.
async fn look_into<S: Server>(server: &S, inside: Option<&Discarded>) -> Result<Vec<Discarded>> {
    let mut tries = 0;
    loop {
        tries += 1;
        match server.trash(inside).await {
            Err(error) if is_closed(&error) => {
                tracing::debug!(%error, "the trash cannot be looked into");
                return Ok(Vec::new());
            }
            Err(error) if matches!(error.kind, ServerErrorKind::Status(_)) => {
                tracing::debug!(%error, "the server fails on its trash");
                if tries == TRIES {
                    return Ok(Vec::new());
                }
            }
            looked => return looked,
        }
    }
}

/// Whether there is no such thing for this account.
fn is_closed(error: &ServerError) -> bool {
    matches!(
        error.kind,
        ServerErrorKind::NotFound | ServerErrorKind::Forbidden | ServerErrorKind::Status(405 | 501)
    )
}

/// What became of something that was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It was what was meant, and is gone.
    Gone,
    /// It was not, and is back.
    Back,
    /// It was not, and the answer to its restoration was lost.
    Unknown,
}

async fn look_at<W: World>(
    world: &W,
    rows: &Rows,
    children: &Children<'_>,
    node: NodeId,
    found: &[&Discarded],
) -> std::result::Result<End, EngineError> {
    let mut another = None;
    for item in found {
        if another.is_none() && !is_as_meant(world, rows, children, node, item).await? {
            another = Some(*item);
        }
    }
    let Some(item) = another else { return Ok(End::Gone) };
    let Some(shown) = Shown::of(rows, node) else { return Ok(End::Gone) };
    tracing::info!(path = %shown.at, "what was deleted was not what was meant: taking it back");
    let before = contents(world.server(), item).await?;
    match bring_back(world, item, &shown.at).await {
        Ok(to) if to == shown.at => {}
        // Something else stands at its place by now.
        Ok(_) => return Ok(End::Back),
        Err(error) if error.effect == Effect::Unknown => return Ok(End::Unknown),
        // It stays where its user finds it.
        Err(error)
            if is_closed(&error)
                || matches!(error.kind, ServerErrorKind::Changed | ServerErrorKind::Quota) =>
        {
            tracing::warn!(%error, "it stays in the server's trash");
            return Ok(End::Gone);
        }
        Err(error) => return Err(error.into()),
    }
    // Some servers may show other values in the trash: what comes back as the
    // very versions that were to go was meant after all.
    let there = match world.server().stat(&shown.at).await {
        // Its folder has gone since.
        Err(error) if error.kind == ServerErrorKind::NotFound => None,
        there => there?,
    };
    let meant = match there {
        Some(there) if there.kind == Kind::File => shown.has_version() && shown.holds(&there),
        Some(_) => is_as_known(world.server(), rows, children, node, &shown.at).await?,
        None => false,
    };
    if !meant {
        return Ok(End::Back);
    }
    match world.server().delete(&shown.at, &Guard::Present).await {
        Ok(()) => {}
        Err(error) if error.effect == Effect::Unknown => return Ok(End::Unknown),
        Err(error) => return Err(error.into()),
    }
    // Somebody may have written into it again in that very moment.
    let trash = look_into(world.server(), None).await?;
    for item in find(rows, node, &trash) {
        if contents(world.server(), item).await? == before {
            continue;
        }
        return match bring_back(world, item, &shown.at).await {
            Ok(_) => Ok(End::Back),
            Err(error) if error.effect == Effect::Unknown => Ok(End::Unknown),
            Err(error) => Err(error.into()),
        };
    }
    Ok(End::Gone)
}

/// All that the trash shows of a deleted thing and of what is in it.
async fn contents<S: Server>(server: &S, item: &Discarded) -> Result<BTreeSet<Trashed>> {
    let (mut all, mut todo) = (BTreeSet::new(), vec![item.clone()]);
    while let Some(item) = todo.pop() {
        if item.kind == Kind::Dir {
            todo.extend(look_into(server, Some(&item)).await?);
        }
        all.insert((item.location, item.file_id, item.size));
    }
    Ok(all)
}

/// Where a thing in the trash was, its id and its length.
type Trashed = (RelPath, Option<String>, Option<u64>);

/// Whether everything in a folder is as the rows say. All of it is listed: the
/// folder's etag says nothing of a storage in it that tells late (amendment 29).
async fn is_as_known<S: Server>(
    server: &S,
    rows: &Rows,
    children: &Children<'_>,
    node: NodeId,
    at: &RelPath,
) -> Result<bool> {
    let mut todo = vec![(node, at.clone())];
    while let Some((node, at)) = todo.pop() {
        let listing = server.list(&at).await?;
        if !listing.unusable.is_empty() {
            return Ok(false);
        }
        for (name, there) in &listing.children {
            let child = children.named(node, name.as_str());
            let row = child.and_then(|child| Some((child, rows.remote.get(&child)?)));
            match row {
                Some((child, row)) if row.entry.body.is_dir() && there.kind == Kind::Dir => {
                    todo.push((child, at.join(name)));
                }
                Some((_, row)) if there.seen.etag.is_some() && row.seen.etag == there.seen.etag => {
                }
                None if goes_along(rows, &at.join(name), there.kind) => {}
                _ => return Ok(false),
            }
        }
    }
    Ok(true)
}

/// What stands in each remote folder.
struct Children<'a>(BTreeMap<NodeId, BTreeMap<&'a str, NodeId>>);

impl<'a> Children<'a> {
    fn of(rows: &'a Rows) -> Self {
        let mut children: BTreeMap<NodeId, BTreeMap<&str, NodeId>> = BTreeMap::new();
        for (&node, row) in &rows.remote {
            let place = &row.entry.place;
            children.entry(place.parent).or_default().insert(place.name.as_str(), node);
        }
        Self(children)
    }

    fn named(&self, folder: NodeId, name: &str) -> Option<NodeId> {
        self.0.get(&folder)?.get(name).copied()
    }

    /// A node and all below it, parents first.
    fn with_all_below(&self, node: NodeId) -> Vec<NodeId> {
        let mut all = vec![node];
        let mut looked = 0;
        while let Some(folder) = all.get(looked).copied() {
            all.extend(self.0.get(&folder).into_iter().flat_map(BTreeMap::values));
            looked += 1;
        }
        all
    }
}

/// Takes something back: to its place, or beside it if that is taken, or to
/// the root if its folder is gone.
async fn bring_back<W: World>(world: &W, item: &Discarded, at: &RelPath) -> Result<RelPath> {
    let stamp = Stamp::at(world.clock().wall(), &world.called());
    let own = at.name().and_then(|name| Name::new(name).ok());
    let mut dir = folder_of(at);
    let mut taken = BTreeSet::new();
    let mut to = at.clone();
    loop {
        let error = match world.server().restore(item, &to).await {
            Ok(()) => return Ok(to),
            Err(error) => error,
        };
        match (&error.kind, &own) {
            (ServerErrorKind::Changed, Some(name)) if taken.len() < TRIES => {
                let free = name.conflict(item.kind, &stamp, |name| taken.contains(name));
                to = dir.join(&free);
                taken.insert(free);
            }
            (ServerErrorKind::NotFound, Some(name)) if !dir.is_root() => {
                dir = RelPath::root();
                to = dir.join(name);
            }
            _ => return Err(error),
        }
    }
}

/// The intent of `node` without its deletion.
fn close(rows: &Rows, node: NodeId) -> Change {
    let mut intent = rows.intents.get(&node).cloned().unwrap_or_default();
    (intent.deleting, intent.gone_from) = (false, None);
    intent.unknown = false;
    let left = (intent != Intent::default()).then_some(intent);
    Change::Intent(node, left)
}
