//! Fetches the server's bytes over local ones, which are displaced, never lost.
//!
//! What a cut between two primitives leaves, and what `sweep` makes of it
//! (`T` is the file's place; amendments 8, 9, 10):
//!
//! | after | staging holds | at `T` | sweep |
//! |---|---|---|---|
//! | writing | `<id>.new`: the server's bytes | old bytes | purges `.new` |
//! | renaming to swap | `<id>.<hash>.swap`: bytes of that hash | old bytes | purges it: the server has them |
//! | the exchange | `<id>.<hash>.swap`: bytes of *another* hash | new bytes | puts old bytes aside if base or remote knows them, else a conflict copy |
//! | moving the old bytes on | nothing | new bytes | registers what was put aside; a conflict copy is a new file |
//!
//! Without exchange:
//!
//! | after | staging holds | at `T` | sweep |
//! |---|---|---|---|
//! | displacing | `<id>.new`, `<id>.old`: old bytes | nothing | purges `.new`, `.old` goes back |
//! | placing | `<id>.old` | new bytes | as after the exchange |
//!
//! The new file takes after the old one before it is shown (amendment 38).

use crate::disk::{Disk as _, DiskErrorKind, FileType, Stat};
use crate::event::{Cause, Outcome};
use crate::model::{
    Body, Change, Content, LocalRow, LocalSeen, Name, NodeId, Place, RelPath, Rows, Stand, layout,
};
use crate::mutant::{Mutant, broken};
use crate::world::World;

use super::aside::{self, Origin};
use super::conflict;
use super::fetch;
use super::guard::{Expect, folder_of, put_back};
use super::outcome::{Performed, Refusal};
use super::stage::{Source, Staged, is_racy};
use super::twins::Twins;

/// New bytes of the server for a file that is here.
#[derive(Debug)]
pub(super) struct Replace {
    source: Source,
    expect: Expect,
    row: LocalRow,
    origin: Origin,
    keep: Option<(NodeId, Name)>,
}

/// The old bytes, out of the way.
struct Displaced {
    /// Where in staging.
    at: RelPath,
    /// They are the ones that were observed.
    expected: bool,
    /// What the new bytes show at the place; none if a user's new file is there.
    placed: Option<LocalSeen>,
}

impl Replace {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(
        rows: &Rows,
        node: NodeId,
        keep: Option<&(NodeId, Name)>,
        number: u64,
        twins: &Twins,
    ) -> Option<Self> {
        Some(Self {
            source: Source::with_twin(rows, node, twins)?,
            expect: Expect::of(rows, node)?,
            row: rows.local.get(&node).filter(|row| !row.entry.body.is_dir())?.clone(),
            origin: Origin::of(rows, node, number)?,
            keep: keep.cloned(),
        })
    }

    /// Stages, displaces, proves, and moves the old bytes on. See the table above.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        self.expect.check(world.disk()).await?;
        if let Err(error) = world.disk().changeable(&self.expect.at).await {
            return self.only_read(world, error.into()).await;
        }
        let without_copy = self.is_too_large_to_keep_both(world).await?;
        let staged = self.source.stage(world).await?;
        if self.row.entry.body == Body::known(staged.digest.hash) {
            // The version was new to us, its bytes are the ones that are here:
            // both sides are equal, and nothing is written (amendment 18).
            world.disk().purge(&staged.at).await?;
            let known = Change::Remote(self.source.node, Some(self.source.known(&staged.digest)));
            return Ok(Performed {
                down: staged.fetched,
                ..Performed::done(vec![known], Vec::new())
            });
        }
        if let Err(error) = world.disk().take_after(&staged.at, &self.expect.at).await {
            world.disk().purge(&staged.at).await?;
            return Err(error.into());
        }
        let displaced = if world.disk().volume().exchange {
            self.exchange(world, &staged).await?
        } else {
            self.step_aside(world, &staged).await?
        };
        let mut sync = vec![folder_of(&self.expect.at), layout::staging()];
        let mut changes = Vec::new();
        let moved_on = match (displaced.expected, &self.keep) {
            (true, None) if without_copy && self.is_left_alone(world, &displaced.at).await => {
                // Not before nothing can undo the exchange (I8).
                for dir in &sync {
                    world.disk().sync_dir(dir).await?;
                }
                world.disk().purge(&displaced.at).await?;
                Some(Vec::new())
            }
            (true, None) => {
                let put = aside::put(world, &self.origin, &self.expect, &displaced.at).await;
                put.ok().map(|change| vec![change])
            }
            (true, Some(keep)) => {
                let kept = self.keep(world, &displaced.at, keep).await.ok();
                kept.map(|(change, to)| {
                    sync.push(folder_of(&to));
                    vec![change]
                })
            }
            (false, _) => None,
        };
        match moved_on {
            Some(moved_on) => changes.extend(moved_on),
            // A user's bytes that nobody has seen, or that found no other way
            // out: the next scan finds a new file. If even this fails, they
            // stay in staging for the next sweep.
            None => {
                let to = conflict::beside(world, &displaced.at, &self.origin.path).await?;
                sync.push(folder_of(&to));
            }
        }
        sync.push(layout::aside());
        let Some(seen) = displaced.placed else {
            return Ok(Performed { sync, ..Performed::from(Refusal::STALE) });
        };
        let node = self.source.node;
        let racy = is_racy(world.disk(), &seen);
        let entry = crate::model::Entry { body: Body::known(staged.digest.hash), ..self.row.entry };
        let row = LocalRow { entry, sha1: staged.digest.sha1, seen, racy, ..self.row };
        changes.push(Change::Local(node, Some(row)));
        changes.push(Change::Remote(node, Some(self.source.known(&staged.digest))));
        Ok(Performed { down: staged.fetched, ..Performed::done(changes, sync) })
    }

    /// What may not be changed here may be equal all the same: the server's bytes
    /// are read once, and not fetched again in vain.
    async fn only_read<W: World>(self, world: &W, why: Refusal) -> Result<Performed, Refusal> {
        if self.source.row.entry.body != Body::File(Content::Unread) {
            return Err(why);
        }
        let staged = self.source.stage(world).await?;
        world.disk().purge(&staged.at).await?;
        let known = Change::Remote(self.source.node, Some(self.source.known(&staged.digest)));
        let (changes, down) = (vec![known], staged.fetched);
        Ok(Performed { changes, down, ..Performed::ended(Outcome::Stale) })
    }

    /// Whether the new bytes take more than half of what is free: then the old
    /// ones are not kept beside them, and must be known to the server before
    /// they go (amendment 36).
    async fn is_too_large_to_keep_both<W: World>(&self, world: &W) -> Result<bool, Refusal> {
        let free = world.disk().space().await?.free;
        let large = self.source.row.seen.size.is_some_and(|size| size > free / 2);
        if large && self.keep.is_none() && !self.origin.on_server {
            return Err(Refusal::failed(Cause::DiskFull));
        }
        Ok(large)
    }

    /// Whether no program still writes to what was displaced (amendment 20).
    async fn is_left_alone<W: World>(&self, world: &W, at: &RelPath) -> bool {
        matches!(world.disk().is_being_written(at).await, Ok(false))
    }

    /// Exchanges new and old bytes in one step, then looks at what came out.
    async fn exchange<W: World>(&self, world: &W, staged: &Staged) -> Result<Displaced, Refusal> {
        let disk = world.disk();
        let swap = layout::swapped(self.source.node, staged.digest.hash);
        // Left by a failed attempt of this run: a user's bytes, or the server's.
        if let Some(stat) = disk.stat(&swap).await? {
            self.clear(world, &swap, &stat, staged).await?;
        }
        disk.rename(&staged.at, &swap).await?;
        if self.expect.check(disk).await.is_err() {
            disk.purge(&swap).await?;
            return Err(Refusal::STALE);
        }
        if let Err(error) = disk.exchange(&swap, &self.expect.at).await {
            disk.purge(&swap).await?;
            return Err(error.into());
        }
        let old = disk.stat(&swap).await?;
        if old.is_some_and(|old| old.file_type != FileType::File) {
            // RACE: a folder took the place between our look and the exchange.
            disk.exchange(&swap, &self.expect.at).await?;
            disk.purge(&swap).await?;
            return Err(Refusal::STALE);
        }
        let same = old.is_some_and(|old| self.expect.holds_moved(&old))
            && self.expect.has_bytes(disk, &swap).await;
        let expected = same || broken(Mutant::ExchangeUnproved);
        let placed = Some(fetch::proved(world, staged, &self.expect.at).await);
        Ok(Displaced { at: swap, expected, placed })
    }

    async fn clear<W: World>(
        &self,
        world: &W,
        swap: &RelPath,
        stat: &Stat,
        staged: &Staged,
    ) -> Result<(), Refusal> {
        let digest = match stat.file_type {
            FileType::File => Some(super::stage::digest(world.disk(), swap).await?),
            _ => None,
        };
        if digest.is_some_and(|digest| digest.hash == staged.digest.hash) {
            world.disk().purge(swap).await?;
        } else {
            conflict::beside(world, swap, &self.origin.path).await?;
        }
        Ok(())
    }

    /// Amendment 9: the old bytes go first, the new ones take the free place.
    async fn step_aside<W: World>(&self, world: &W, staged: &Staged) -> Result<Displaced, Refusal> {
        let disk = world.disk();
        let old = layout::staged(self.source.node, layout::Role::Old);
        let displaced = self.expect.rename(world, &old).await;
        if let Err(refusal) = displaced {
            disk.purge(&staged.at).await?;
            return Err(refusal);
        }
        let placed = match fetch::place(world, staged, &self.expect.at).await {
            Ok(seen) => Some(seen),
            Err(refusal) => {
                disk.purge(&staged.at).await?;
                if disk.stat(&self.expect.at).await?.is_none() {
                    put_back(world, &old, &self.expect.at).await?;
                    return Err(refusal);
                }
                // A user's new file is there: it stays, and what it replaced
                // is kept beside it, as if the user had saved under another name.
                None
            }
        };
        let expected = placed.is_some() && self.expect.has_bytes(disk, &old).await;
        Ok(Displaced { at: old, expected, placed })
    }

    /// The old bytes leave staging as a node of their own (amendment 10). Also
    /// says where they are now.
    async fn keep<W: World>(
        &self,
        world: &W,
        from: &RelPath,
        (node, name): &(NodeId, Name),
    ) -> Result<(Change, RelPath), Refusal> {
        let disk = world.disk();
        let to = folder_of(&self.origin.path).join(name);
        let to = match disk.rename(from, &to).await {
            Ok(()) => to,
            Err(error) if error.kind == DiskErrorKind::Exists => {
                conflict::beside(world, from, &to).await?
            }
            Err(error) => return Err(error.into()),
        };
        let name = to.name().and_then(|name| Name::new(name).ok()).unwrap_or_else(|| name.clone());
        let seen = match disk.stat(&to).await? {
            Some(stat) => self.expect.evidence(&stat),
            None => self.row.seen,
        };
        let mut row = self.row.clone();
        row.entry.place = Place::new(row.entry.place.parent, name.clone());
        row.given = Some(name);
        row.stand = Stand::Home;
        row.seen = seen;
        Ok((Change::Local(*node, Some(row)), to))
    }
}
