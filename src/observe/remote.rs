//! Walks the folder on the server.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::clock::Clock as _;
use crate::event::Cause;
use crate::model::{Etag, Kind, Name, Perms, RelPath, Rows, Side, layout};
use crate::mutant::{Mutant, broken};
use crate::report::{EngineError, Gate};
use crate::server::{Effect, Listing, Resource, Server, ServerError, ServerErrorKind};
use crate::world::World;

use super::Mention;

/// Folders listed at the same time.
const WIDTH: usize = 8;

/// How often a walk is repeated when the server changes meanwhile.
const TRIES: u32 = 4;

/// Folders in folders that are looked into, and the length of such a path in
/// bytes. Nobody has more; a server that shows one folder in another without
/// end would be followed until no memory is left, for every path holds all
/// names above it.
const DEEPEST: usize = 500;
const LONGEST: usize = 16 << 10;
/// Files and folders of one look. No more of them would fit into memory either.
const MOST: usize = 2_000_000;
/// Names of such a path that are said.
const SAID: usize = 5;

/// After so many seconds every folder is listed once more, whatever its etag
/// says. Servers have left out to change one, and listed less than they had:
/// what was missed so is missed for a week, not for ever.
const BELIEVED: i64 = 7 * 24 * 3600;

/// What one folder showed.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// It was listed.
    Listed(Box<Listing>),
    /// Its etag is the one under which the journal knows its children.
    AsKnown,
    /// It could not be listed, and why: nothing below it is absent.
    Unknown(Cause),
}

/// One complete look at the server.
#[derive(Debug)]
pub(super) struct Epoch {
    /// The root.
    pub root: Resource,
    /// Every folder that was looked at, by path. A parent comes before its
    /// children. Below one that is as known there is nothing.
    pub folders: BTreeMap<RelPath, Look>,
    /// Nothing changed during the look, as far as this server lets one know.
    pub consistent: bool,
    /// Every folder was listed, and none was believed to be as known.
    pub whole: bool,
    /// The server's clock, seconds since 1970.
    pub time: Option<i64>,
    /// What a user should know of.
    pub mentions: Vec<Mention>,
}

/// Looks at everything that may have changed: with tree etags only down the
/// branches whose etag is not the journal's, otherwise everywhere, and so once
/// a week.
///
/// The epoch is consistent if the root's etag at the end is the one that its
/// listing showed; if not, only what changed meanwhile is listed again.
pub(super) async fn look<W: World>(world: &W, rows: &Rows) -> Result<Epoch, EngineError> {
    let tree_etags = world.server().profile().tree_etags;
    let etags = tree_etags && !is_old(world, rows.pair.walked_at);
    let mut known = BTreeMap::new();
    let mut tries = 0;
    loop {
        tries += 1;
        let root = root(world).await?;
        let mut walk = Walk { world, rows, etags, known: &mut known, folders: BTreeMap::new() };
        walk.run(root.seen.etag.clone()).await?;
        let folders = walk.folders;
        let consistent = match folders.get(&RelPath::root()) {
            Some(Look::Listed(listing)) if tree_etags => {
                self::root(world).await?.seen.etag == listing.dir.seen.etag
            }
            _ => true,
        };
        let consistent = consistent || broken(Mutant::TornListingBelieved);
        if consistent || tries == TRIES {
            return Ok(Epoch { whole: tree_etags && !etags, ..finish(root, folders, consistent) });
        }
    }
}

/// Whether a look may show anything that the journal does not know.
pub(super) async fn stirs<W: World>(world: &W, rows: &Rows) -> Result<bool, EngineError> {
    if !world.server().profile().tree_etags || is_old(world, rows.pair.walked_at) {
        return Ok(true);
    }
    let etag = root(world).await?.seen.etag;
    Ok(etag.is_none() || etag != rows.pair.root_listed)
}

/// Whether a whole look of that time is too old, or of a time to come.
fn is_old<W: World>(world: &W, walked_at: Option<i64>) -> bool {
    let age = walked_at.map(|at| world.clock().wall().saturating_sub(at));
    age.is_none_or(|age| !(0..BELIEVED).contains(&age))
}

/// What the remote root shows now.
pub(super) async fn root<W: World>(world: &W) -> Result<Resource, EngineError> {
    let root = world.server().stat(&RelPath::root()).await?;
    root.filter(|root| root.kind == Kind::Dir).ok_or(EngineError::Gate(Gate::RemoteRootChanged))
}

fn finish(root: Resource, folders: BTreeMap<RelPath, Look>, consistent: bool) -> Epoch {
    let mut mentions = Vec::new();
    let mut time = None;
    for (path, look) in &folders {
        match look {
            Look::Listed(listing) => {
                // The earliest clock is the careful one for "too young".
                time = match (time, listing.server_time) {
                    (Some(one), Some(other)) => Some(i64::min(one, other)),
                    (one, other) => one.or(other),
                };
                let unusable = listing.unusable.iter().map(|name| match path.is_root() {
                    true => name.clone(),
                    false => format!("{path}/{name}"),
                });
                mentions.extend(unusable.map(|path| Mention {
                    path,
                    cause: Cause::NameImpossible,
                    blocks: true,
                }));
            }
            Look::Unknown(Cause::TooDeep) => {
                let path = path.names().take(SAID).collect::<Vec<_>>().join("/");
                let path = format!("{path}/…");
                mentions.push(Mention { path, cause: Cause::TooDeep, blocks: true });
            }
            Look::Unknown(cause) => {
                let (path, cause) = (path.to_string(), cause.clone());
                mentions.push(Mention { path, cause, blocks: true });
            }
            Look::AsKnown => {}
        }
    }
    Epoch { root, folders, consistent, whole: false, time, mentions }
}

struct Walk<'a, W: World> {
    world: &'a W,
    rows: &'a Rows,
    /// What the journal says of folders' etags counts.
    etags: bool,
    /// Listings of this epoch, by path, good while the etag is the same.
    known: &'a mut BTreeMap<RelPath, Listing>,
    folders: BTreeMap<RelPath, Look>,
}

impl<W: World> Walk<'_, W> {
    async fn run(&mut self, root_etag: Option<Etag>) -> Result<(), EngineError> {
        let server = self.world.server();
        let tree_etags = server.profile().tree_etags;
        let listed = listed(self.rows);
        let mut todo = vec![(RelPath::root(), root_etag, self.rows.pair.root_listed.clone())];
        let mut running = FuturesUnordered::new();
        let mut room = MOST;
        loop {
            while running.len() < WIDTH
                && let Some((path, etag, journal)) = todo.pop()
            {
                if self.etags && etag.is_some() && etag == journal {
                    self.folders.insert(path, Look::AsKnown);
                    continue;
                }
                if path.as_str().len() > LONGEST || path.names().count() > DEEPEST {
                    self.folders.insert(path, Look::Unknown(Cause::TooDeep));
                    continue;
                }
                let cached = self.known.get(&path).filter(|listing| {
                    tree_etags && etag.is_some() && listing.dir.seen.etag == etag
                });
                if let Some(listing) = cached.cloned() {
                    todo.extend(below(self.rows, &path, &listing, &listed));
                    self.folders.insert(path, Look::Listed(Box::new(listing)));
                    continue;
                }
                running.push(async move { (server.list(&path).await, path) });
            }
            let Some((result, path)) = running.next().await else { return Ok(()) };
            let look = match result {
                Ok(listing) => {
                    room = room_after(room, &path, &listing)?;
                    todo.extend(below(self.rows, &path, &listing, &listed));
                    self.known.insert(path.clone(), listing.clone());
                    Look::Listed(Box::new(listing))
                }
                Err(error) => not_listed(&path, error)?,
            };
            self.folders.insert(path, look);
        }
    }
}

/// How folders were last listed, by file id: a folder keeps its etag when it is
/// moved (protocol.md 6). An id that is not unique says nothing.
fn listed(rows: &Rows) -> Listed<'_> {
    let mut listed = Listed::new();
    for row in rows.remote.values().filter(|row| row.entry.body.is_dir()) {
        if let Some(id) = &row.seen.file_id {
            let etag = row.listed.as_ref().filter(|_| !listed.contains_key(id.as_str()));
            listed.insert(id, (etag, row.seen.perms));
        }
    }
    listed
}

/// The etag under which the children of each folder are known, and what the
/// account could do in it then.
type Listed<'a> = BTreeMap<&'a str, (Option<&'a Etag>, Perms)>;

/// How many more things may be shown. A tree without end ends here: it branches
/// faster than it becomes deep.
fn room_after(room: usize, path: &RelPath, listing: &Listing) -> Result<usize, EngineError> {
    let shown = listing.children.len() + listing.unusable.len();
    room.checked_sub(shown).ok_or_else(|| {
        let (kind, effect) = (ServerErrorKind::Nonsense, Effect::None);
        let detail = format!("more than {MOST} files and folders");
        ServerError { kind, effect, method: "PROPFIND", path: path.clone(), detail }.into()
    })
}

type Todo = (RelPath, Option<Etag>, Option<Etag>);

/// The folders below a listed one that are part of the pair.
fn below(rows: &Rows, path: &RelPath, listing: &Listing, listed: &Listed<'_>) -> Vec<Todo> {
    let meant = rows.meant(Side::Remote, path);
    let folders = listing.children.iter().filter(|(name, child)| {
        child.kind == Kind::Dir
            && (is_synced(rows, &meant, name, child.kind) || is_parking(path, name))
    });
    let folders = folders.map(|(name, child)| {
        let known = child.seen.file_id.as_ref().and_then(|id| listed.get(id.as_str()));
        // Rights change without a trace in etags, and with them those of all
        // that is below. What is parked is always looked at: it is about to
        // move again.
        let known = known.filter(|(_, perms)| *perms == child.seen.perms);
        let known = known.and_then(|(etag, _)| *etag).filter(|_| !is_parking(path, name));
        (path.join(name), child.seen.etag.clone(), known.cloned())
    });
    folders.collect()
}

/// Whether something in a folder of the server, by the path that people mean,
/// is part of the pair. What stands parked is, whatever it is called there.
pub(super) fn is_synced(rows: &Rows, dir: &RelPath, name: &Name, kind: Kind) -> bool {
    let is_out = || rows.pair.chosen.rules.of(dir, name, kind).is_some();
    !layout::is_kept_apart(name) && (*dir == layout::own_dir() || !is_out())
}

fn is_parking(path: &RelPath, name: &Name) -> bool {
    path.is_root() && layout::is_own(name)
}

/// What a folder that cannot be listed means: a trouble of its own, or of the
/// whole account.
fn not_listed(path: &RelPath, error: ServerError) -> Result<Look, EngineError> {
    tracing::debug!(%error, "folder cannot be listed");
    let own = match error.kind {
        ServerErrorKind::StorageGone => Some(Cause::MountGone),
        ServerErrorKind::Forbidden => Some(Cause::Forbidden),
        ServerErrorKind::NotFound | ServerErrorKind::Locked | ServerErrorKind::Status(_) => {
            Some(Cause::ServerTrouble)
        }
        _ => None,
    };
    own.filter(|_| !path.is_root()).map(Look::Unknown).ok_or_else(|| error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Perms, RemoteSeen};

    fn listing(names: usize) -> Listing {
        let seen = RemoteSeen {
            file_id: None,
            etag: None,
            sha1: None,
            perms: Perms::OWN,
            size: None,
            mtime: None,
        };
        let dir = Resource {
            kind: Kind::Dir,
            seen,
            id: None,
            fingerprint: None,
            quota_free: None,
            uploaded: false,
        };
        let unusable = (0..names).map(|name| name.to_string()).collect();
        Listing { dir, children: Vec::new(), unusable, server_time: None }
    }

    #[test]
    fn a_tree_that_branches_without_end_ends() {
        let root = RelPath::root();
        let mut room = 25;
        for left in [15, 5] {
            room = room_after(room, &root, &listing(10)).unwrap();
            assert_eq!(room, left);
        }
        let error = room_after(room, &root, &listing(10)).unwrap_err();
        let EngineError::Server(error) = error else { panic!("{error}") };
        assert_eq!(error.kind, ServerErrorKind::Nonsense);
    }
}
