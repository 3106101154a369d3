//! Takes nodes away from a side. Local files are put aside, never unlinked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::disk::Disk as _;
use crate::event::Outcome;
use crate::model::{
    Body, Change, Content, Etag, NodeId, RelPath, RemoteRow, Rows, Rules, Side, Stand, layout,
};
use crate::mutant::{Mutant, broken};
use crate::server::{Effect, Guard, Profile, Server, ServerError, ServerErrorKind};
use crate::world::World;

use super::aside::{self, Origin, stored_name};
use super::guard::{Expect, Shown, folder_of, put_back};
use super::leftovers::{self, Stays};
use super::outcome::{Performed, Refusal};

/// A local file or empty folder that goes.
#[derive(Debug)]
pub(super) struct Remove {
    node: NodeId,
    expect: Expect,
    /// A file's way into the store; none for a folder.
    origin: Option<Origin>,
    /// What may be left in a folder.
    stays: Stays,
}

impl Remove {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(rows: &Rows, node: NodeId, number: u64) -> Option<Self> {
        let is_dir = rows.local.get(&node)?.entry.body.is_dir();
        let origin = if is_dir { None } else { Some(Origin::of(rows, node, number)?) };
        Some(Self { node, expect: Expect::of(rows, node)?, origin, stays: Stays::of(rows) })
    }

    /// Puts a file aside, or removes an empty folder (amendment 42: file by
    /// file, bottom-up).
    ///
    /// A cut leaves the file in the store without a row; `sweep` registers it,
    /// or brings it back if it is not the one that was observed.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let mut changes = vec![Change::Local(self.node, None)];
        let mut sync = vec![folder_of(&self.expect.at)];
        match &self.origin {
            Some(origin) => {
                let stored = stored_name(origin);
                let aside = layout::aside().join(&stored);
                let stat = self.expect.rename(world, &aside).await?;
                if !self.expect.has_bytes(world.disk(), &aside).await {
                    put_back(world, &aside, &self.expect.at).await?;
                    return Err(Refusal::STALE);
                }
                if broken(Mutant::NotPutAside) {
                    world.disk().purge(&aside).await?;
                }
                changes.push(aside::row(world, origin, stored, stat.seen));
                sync.push(layout::aside());
            }
            None => {
                self.expect.check(world.disk()).await?;
                leftovers::remove_folder(world.disk(), self.node, &self.expect.at, &self.stays)
                    .await?;
            }
        }
        Ok(Performed::done(changes, sync))
    }
}

/// Whether the deletion of `node` on the server can carry no condition, so that
/// what went is looked at in the trash (amendment 14).
pub(super) fn is_blind(rows: &Rows, profile: &Profile, node: NodeId) -> bool {
    let versioned = rows
        .remote
        .get(&node)
        .is_some_and(|row| !row.entry.body.is_dir() && row.seen.etag.is_some());
    profile.trash && !(versioned && profile.guards_deletes)
}

/// A file, or a whole dead folder, that goes from the server.
///
/// A file goes under the condition that it is the version that was observed,
/// where the server honours that. Everything else goes blindly, and is looked
/// at afterwards: in the trash (`deleted`), or, where there is none, in our
/// folder on the server, into which it is moved first (amendment 14).
#[derive(Debug)]
pub(super) struct RemoveThere {
    node: NodeId,
    shown: Shown,
    row: RemoteRow,
    /// Where it waits to be looked at, on a server without a trash.
    parked: RelPath,
    /// The etag under which all that goes was listed, if all of it was.
    listed: Option<Etag>,
    /// All that goes, by its path below the topmost.
    below: BTreeMap<RelPath, (NodeId, Shown)>,
    /// Where people see it, and what they leave out: some of that goes along.
    meant: RelPath,
    rules: Arc<Rules>,
}

impl RemoveThere {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(rows: &Rows, node: NodeId, with: &[NodeId]) -> Option<Self> {
        let shown = Shown::of(rows, node)?;
        let mut below = BTreeMap::new();
        let mut current = true;
        for &node in with.iter().chain([&node]) {
            // What is gone already needs no evidence.
            let Some(each) = Shown::of(rows, node) else { continue };
            let row = rows.remote.get(&node)?;
            current &= !each.is_dir() || (row.listed.is_some() && row.listed == row.seen.etag);
            if let Some(at) = each.at.below(&shown.at) {
                below.insert(at, (node, each));
            }
        }
        let row = rows.remote.get(&node)?.clone();
        let listed = row.listed.clone().filter(|_| current);
        let parked = layout::parked_remote(&rows.pair.tag, node, &row.entry.place.name);
        // The folder around what stands parked may have gone.
        let meant = rows.home(Side::Remote, node).unwrap_or_else(|| shown.at.clone());
        let rules = rows.pair.chosen.rules.clone();
        Some(Self { node, shown, row, parked, listed, below, meant, rules })
    }

    /// Deletes what is still as it was observed.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let server = world.server();
        let profile = server.profile();
        if !profile.trash {
            return self.by_way_of_our_folder(server).await;
        }
        if self.shown.is_dir() {
            self.prove(server).await?;
            // RACE: servers cannot make the deletion of a folder conditional;
            // what is put into it within this round trip goes with it.
            server.delete(&self.shown.at, &Guard::Present).await?;
        } else {
            self.shown.check(server).await?;
            server.delete(&self.shown.at, &self.shown.guard()).await?;
            if profile.guards_deletes && self.shown.has_version() {
                return Ok(self.gone());
            }
        }
        // The rows go once the trash has been looked into.
        Ok(Performed::done(Vec::new(), Vec::new()))
    }

    fn gone(&self) -> Performed {
        let gone = self.below.values().map(|(node, _)| Change::Remote(*node, None));
        Performed::done(gone.collect(), Vec::new())
    }

    /// Moves it where nobody else writes, looks at it there, and only then
    /// deletes it for good. A cut in between leaves a parked node, which its
    /// name tells (amendment 8); so does what turns out to be something else.
    async fn by_way_of_our_folder<S: Server>(mut self, server: &S) -> Result<Performed, Refusal> {
        if self.shown.at != self.parked {
            self.prove(server).await?;
            match park(server, &self.shown, &self.parked).await {
                Ok(()) => self.shown.at = self.parked.clone(),
                Err(error) if is_no_way(&error) => {
                    tracing::debug!(%error, "deleted without a look");
                    server.delete(&self.shown.at, &self.shown.guard()).await?;
                    return Ok(self.gone());
                }
                Err(error) => return Err(error.into()),
            }
        }
        if self.prove(server).await.is_err() {
            self.row.stand = Stand::Parked;
            self.row.listed = None;
            if !self.shown.is_dir() {
                self.row.entry.body = Body::File(Content::Unread);
                // Perhaps so young that the next one shares its etag (amendment 4).
                self.row.racy = true;
            }
            let seen = server.stat(&self.shown.at).await.ok().flatten();
            self.row.seen = seen.map_or(self.row.seen, |resource| resource.seen);
            let changes = vec![Change::Remote(self.node, Some(self.row))];
            return Ok(Performed { changes, ..Performed::ended(Outcome::Stale) });
        }
        server.delete(&self.shown.at, &Guard::Present).await?;
        Ok(self.gone())
    }

    /// One look at the etag of the whole, or, where that says nothing, at everything.
    async fn prove<S: Server>(&self, server: &S) -> Result<(), Refusal> {
        let now = self.shown.look(server).await?;
        if !self.shown.is_dir() || broken(Mutant::FolderGoesUnlooked) {
            return Ok(());
        }
        let whole = server.profile().tree_etags && self.listed.is_some();
        if whole && now.seen.etag == self.listed {
            return Ok(());
        }
        let mut dirs = vec![RelPath::root()];
        while let Some(dir) = dirs.pop() {
            let listing = server.list(&self.shown.at.then(&dir)).await?;
            if !listing.unusable.is_empty() {
                return Err(Refusal::STALE);
            }
            for (name, resource) in listing.children {
                let path = dir.join(&name);
                match self.below.get(&path) {
                    Some((_, shown)) if shown.holds(&resource) => {
                        if shown.is_dir() {
                            dirs.push(path);
                        }
                    }
                    None if self.rules.goes_along(&self.meant.then(&dir), &name, resource.kind) => {
                    }
                    _ => return Err(Refusal::STALE),
                }
            }
        }
        Ok(())
    }
}

/// Moves something into our folder, which is made if it is missing.
async fn park<S: Server>(server: &S, shown: &Shown, to: &RelPath) -> crate::server::Result<()> {
    match server.rename(&shown.at, to, &Guard::Present).await {
        Err(error) if error.kind == ServerErrorKind::NotFound && error.effect == Effect::None => {}
        moved => return moved.map(drop),
    }
    match server.make_dir(&layout::own_dir()).await {
        Err(error) if error.kind != ServerErrorKind::Exists => return Err(error),
        _ => {}
    }
    server.rename(&shown.at, to, &Guard::Present).await.map(drop)
}

/// Whether this server, or this account on it, cannot move things away first.
fn is_no_way(error: &ServerError) -> bool {
    error.effect == Effect::None
        && matches!(error.kind, ServerErrorKind::Forbidden | ServerErrorKind::Status(405 | 501))
}
