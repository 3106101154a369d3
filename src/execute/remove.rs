//! Takes nodes away from a side. Local files are put aside, never unlinked.

use std::collections::BTreeMap;

use crate::model::{Change, Etag, NodeId, RelPath, Rows, layout};
use crate::server::{Guard, Server};
use crate::world::World;

use super::aside::{self, Origin, stored_name};
use super::guard::{Expect, Shown, folder_of};
use super::leftovers;
use super::outcome::{Performed, Refusal};

/// A local file or empty folder that goes.
#[derive(Debug)]
pub(super) struct Remove {
    node: NodeId,
    expect: Expect,
    /// A file's way into the store; none for a folder.
    origin: Option<Origin>,
}

impl Remove {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(rows: &Rows, node: NodeId, number: u64) -> Option<Self> {
        let is_dir = rows.local.get(&node)?.entry.body.is_dir();
        let origin = if is_dir { None } else { Some(Origin::of(rows, node, number)?) };
        Some(Self { node, expect: Expect::of(rows, node)?, origin })
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
                let stat = self.expect.rename(world, &layout::aside().join(&stored)).await?;
                changes.push(aside::row(world, origin, stored, &stat));
                sync.push(layout::aside());
            }
            None => {
                self.expect.check(world.disk()).await?;
                leftovers::remove_folder(world.disk(), self.node, &self.expect.at).await?;
            }
        }
        Ok(Performed::done(changes, sync))
    }
}

/// A file, or a whole dead folder, that goes from the server.
///
/// Where the server has no trash, moving to a hidden folder instead of
/// deleting (amendment 14) is not done yet.
#[derive(Debug)]
pub(super) struct RemoveThere {
    shown: Shown,
    /// The etag under which all that goes was listed, if all of it was.
    listed: Option<Etag>,
    /// All that goes, by path.
    below: BTreeMap<RelPath, (NodeId, Shown)>,
}

impl RemoveThere {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(rows: &Rows, node: NodeId, with: &[NodeId]) -> Option<Self> {
        let shown = Shown::of(rows, node)?;
        let mut below = BTreeMap::new();
        let mut current = true;
        for &node in with.iter().chain([&node]) {
            // What is gone already needs no evidence.
            let Some(shown) = Shown::of(rows, node) else { continue };
            let row = rows.remote.get(&node)?;
            current &= !shown.is_dir() || (row.listed.is_some() && row.listed == row.seen.etag);
            below.insert(shown.at.clone(), (node, shown));
        }
        let listed = rows.remote.get(&node)?.listed.clone().filter(|_| current);
        Some(Self { shown, listed, below })
    }

    /// Deletes what is still as it was observed.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let server = world.server();
        if self.shown.is_dir() {
            self.prove_folder(server).await?;
            // RACE: servers cannot make the deletion of a folder conditional;
            // what is put into it within this round trip goes with it, into
            // the server's trash.
            server.delete(&self.shown.at, &Guard::Present).await?;
        } else {
            self.shown.check(server).await?;
            server.delete(&self.shown.at, &self.shown.guard()).await?;
        }
        let gone = self.below.values().map(|(node, _)| Change::Remote(*node, None));
        Ok(Performed::done(gone.collect(), Vec::new()))
    }

    /// One look at the etag of the whole, or, where that says nothing, at everything.
    async fn prove_folder<S: Server>(&self, server: &S) -> Result<(), Refusal> {
        let now = self.shown.look(server).await?;
        let whole = server.profile().tree_etags && self.listed.is_some();
        if whole && now.seen.etag == self.listed {
            return Ok(());
        }
        let mut dirs = vec![self.shown.at.clone()];
        while let Some(dir) = dirs.pop() {
            let listing = server.list(&dir).await?;
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
                    _ => return Err(Refusal::STALE),
                }
            }
        }
        Ok(())
    }
}
