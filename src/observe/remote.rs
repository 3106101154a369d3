//! Walks the folder on the server.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::event::Cause;
use crate::model::{Etag, Ignore, Kind, Name, RelPath, Rows, layout};
use crate::mutant::{Mutant, broken};
use crate::report::{EngineError, Gate};
use crate::server::{Listing, Resource, Server, ServerError, ServerErrorKind};
use crate::world::World;

use super::Mention;

/// Folders listed at the same time.
const WIDTH: usize = 8;

/// How often a walk is repeated when the server changes meanwhile.
const TRIES: u32 = 4;

/// What one folder showed.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// It was listed.
    Listed(Box<Listing>),
    /// Its etag is the one under which the journal knows its children.
    AsKnown,
    /// It could not be listed: nothing below it is absent.
    Unknown(ServerErrorKind),
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
    /// The server's clock, seconds since 1970.
    pub time: Option<i64>,
    /// What a user should know of.
    pub mentions: Vec<Mention>,
}

/// Looks at everything that may have changed: with tree etags only down the
/// branches whose etag is not the journal's, otherwise everywhere.
///
/// The epoch is consistent if the root's etag at the end is the one that its
/// listing showed; if not, only what changed meanwhile is listed again.
pub(super) async fn look<W: World>(world: &W, rows: &Rows) -> Result<Epoch, EngineError> {
    let mut known = BTreeMap::new();
    let mut tries = 0;
    loop {
        tries += 1;
        let root = root(world).await?;
        let mut walk = Walk { world, rows, known: &mut known, folders: BTreeMap::new() };
        walk.run(root.seen.etag.clone()).await?;
        let folders = walk.folders;
        let consistent = match folders.get(&RelPath::root()) {
            Some(Look::Listed(listing)) if world.server().profile().tree_etags => {
                self::root(world).await?.seen.etag == listing.dir.seen.etag
            }
            _ => true,
        };
        let consistent = consistent || broken(Mutant::TornListingBelieved);
        if consistent || tries == TRIES {
            return Ok(finish(root, folders, consistent));
        }
    }
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
                let unusable = listing.unusable.iter().map(|name| format!("{path}/{name}"));
                mentions.extend(unusable.map(|path| Mention {
                    path,
                    cause: Cause::NameImpossible,
                    blocks: true,
                }));
            }
            Look::Unknown(kind) => {
                let cause = match kind {
                    ServerErrorKind::StorageGone => Cause::MountGone,
                    ServerErrorKind::Forbidden => Cause::Forbidden,
                    _ => Cause::ServerTrouble,
                };
                mentions.push(Mention { path: path.to_string(), cause, blocks: true });
            }
            Look::AsKnown => {}
        }
    }
    Epoch { root, folders, consistent, time, mentions }
}

struct Walk<'a, W: World> {
    world: &'a W,
    rows: &'a Rows,
    /// Listings of this epoch, by path, good while the etag is the same.
    known: &'a mut BTreeMap<RelPath, Listing>,
    folders: BTreeMap<RelPath, Look>,
}

impl<W: World> Walk<'_, W> {
    async fn run(&mut self, root_etag: Option<Etag>) -> Result<(), EngineError> {
        let server = self.world.server();
        let tree_etags = server.profile().tree_etags;
        let listed = self.listed_etags();
        let mut todo = vec![(RelPath::root(), root_etag, self.rows.pair.root_listed.clone())];
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < WIDTH
                && let Some((path, etag, journal)) = todo.pop()
            {
                if tree_etags && etag.is_some() && etag == journal {
                    self.folders.insert(path, Look::AsKnown);
                    continue;
                }
                let cached = self.known.get(&path).filter(|listing| {
                    tree_etags && etag.is_some() && listing.dir.seen.etag == etag
                });
                if let Some(listing) = cached.cloned() {
                    todo.extend(below(&path, &listing, &listed));
                    self.folders.insert(path, Look::Listed(Box::new(listing)));
                    continue;
                }
                running.push(async move { (server.list(&path).await, path) });
            }
            let Some((result, path)) = running.next().await else { return Ok(()) };
            let look = match result {
                Ok(listing) => {
                    todo.extend(below(&path, &listing, &listed));
                    self.known.insert(path.clone(), listing.clone());
                    Look::Listed(Box::new(listing))
                }
                Err(error) => not_listed(&path, error)?,
            };
            self.folders.insert(path, look);
        }
    }

    /// The etags under which folders were last listed, by file id: a folder
    /// keeps its etag when it is moved (protocol.md 6). An id that is not
    /// unique says nothing.
    fn listed_etags(&self) -> BTreeMap<String, Option<Etag>> {
        let mut listed = BTreeMap::new();
        for row in self.rows.remote.values() {
            if let Some(id) = &row.seen.file_id {
                let twice = listed.contains_key(id);
                listed.insert(id.clone(), row.listed.clone().filter(|_| !twice));
            }
        }
        listed
    }
}

type Todo = (RelPath, Option<Etag>, Option<Etag>);

/// The folders below a listed one that are part of the pair.
fn below(path: &RelPath, listing: &Listing, listed: &BTreeMap<String, Option<Etag>>) -> Vec<Todo> {
    let folders = listing.children.iter().filter(|(name, child)| {
        child.kind == Kind::Dir && (is_synced(name) || is_parking(path, name))
    });
    let folders = folders.map(|(name, child)| {
        let journal = child.seen.file_id.as_ref().and_then(|id| listed.get(id).cloned().flatten());
        // What is parked is always looked at: it is about to move again.
        let journal = journal.filter(|_| !is_parking(path, name));
        (path.join(name), child.seen.etag.clone(), journal)
    });
    folders.collect()
}

/// Whether a name on the server is part of the pair.
pub(super) fn is_synced(name: &Name) -> bool {
    !layout::is_own(name) && Ignore::built_in().matches(name).is_none()
}

fn is_parking(path: &RelPath, name: &Name) -> bool {
    path.is_root() && layout::is_own(name)
}

/// What a folder that cannot be listed means: a trouble of its own, or of the
/// whole account.
fn not_listed(path: &RelPath, error: ServerError) -> Result<Look, EngineError> {
    tracing::debug!(%error, "folder cannot be listed");
    let own = matches!(
        error.kind,
        ServerErrorKind::NotFound
            | ServerErrorKind::Forbidden
            | ServerErrorKind::StorageGone
            | ServerErrorKind::Locked
            | ServerErrorKind::Status(_)
    );
    if own && !path.is_root() { Ok(Look::Unknown(error.kind)) } else { Err(error.into()) }
}
