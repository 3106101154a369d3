//! Contents that are already on the side that they are to go to.
//!
//! A copied file goes to the server by a copy that the server makes, and a
//! file that the server shows twice is copied here: no bytes travel. The index
//! is made once a plan, only of the contents that the plan moves.

use std::collections::{BTreeMap, BTreeSet};

use crate::disk::{Disk as _, NewFile as _};
use crate::event::Outcome;
use crate::model::{Hash, NodeId, RelPath, RemoteRow, Rows, Sha1Sum, Side, layout};
use crate::plan::Op;
use crate::server::{Effect, Server as _, ServerError};
use crate::world::World;

use super::guard::{Expect, Shown};
use super::outcome::Refusal;
use super::stage::{self, Staged};

/// Smaller files travel as fast as a copy takes to be asked for and proved.
const WORTH: u64 = 64 << 10;

/// Which nodes hold the contents that a plan moves.
#[derive(Debug, Default)]
pub(super) struct Twins {
    /// On the server.
    there: BTreeMap<Hash, NodeId>,
    /// On this computer.
    here: BTreeMap<Sha1Sum, NodeId>,
}

impl Twins {
    /// Looks for the contents that `ops` move.
    pub(super) fn of<'a>(rows: &Rows, ops: impl Iterator<Item = &'a Op>) -> Self {
        let (mut up, mut down) = (BTreeSet::new(), BTreeSet::new());
        for op in ops {
            match op {
                Op::Send { node, .. } => {
                    let row = rows.local.get(node).filter(|row| row.seen.size >= WORTH);
                    up.extend(row.filter(|row| !row.racy).and_then(|row| row.entry.body.hash()));
                }
                Op::Fetch { node, .. } | Op::Replace { node, .. } => {
                    down.extend(rows.remote.get(node).and_then(vouched));
                }
                _ => {}
            }
        }
        let mut twins = Self::default();
        if !up.is_empty() {
            for (&node, row) in rows.remote.iter().filter(|(_, row)| !row.racy) {
                let known = row.entry.body.hash().filter(|hash| up.contains(hash));
                // Only what both sides have agreed on is proved to be there.
                let agreed =
                    rows.base.get(&node).is_some_and(|base| base.entry.body == row.entry.body);
                if let Some(hash) = known.filter(|_| agreed && row.seen.etag.is_some()) {
                    twins.there.entry(hash).or_insert(node);
                }
            }
        }
        if !down.is_empty() {
            for (&node, row) in rows.local.iter().filter(|(_, row)| !row.racy) {
                if let Some(sha1) = row.sha1.filter(|sha1| down.contains(sha1)) {
                    twins.here.entry(sha1).or_insert(node);
                }
            }
        }
        twins
    }

    /// Where on the server the content of the new file `node` is already.
    pub(super) fn there(&self, rows: &Rows, node: NodeId) -> Option<Shown> {
        let hash = rows.local.get(&node)?.entry.body.hash()?;
        let twin = *self.there.get(&hash)?;
        Shown::of(rows, twin).filter(|_| twin != node)
    }

    /// Where here the content of the server's file `node` is already.
    pub(super) fn here(&self, rows: &Rows, node: NodeId) -> Option<Expect> {
        let twin = *self.here.get(&vouched(rows.remote.get(&node)?)?)?;
        let expect = Expect::of(rows, twin)?;
        // What is on its way elsewhere lies in staging, where it is somebody else's.
        let parked = rows.stand(Side::Local, twin) == Some(&crate::model::Stand::Parked);
        (twin != node && !parked).then_some(expect)
    }
}

/// The checksum that the server vouches for, of a file that is worth it.
fn vouched(row: &RemoteRow) -> Option<Sha1Sum> {
    row.seen.sha1.filter(|_| row.seen.size.is_some_and(|size| size >= WORTH))
}

/// Lets the server copy `twin` to `to`. Returns what stands there then; none
/// if it has to be sent after all, for the server refuses or the copy is not
/// the one that was asked for.
pub(super) async fn copy_there<W: World>(
    world: &W,
    twin: &Shown,
    to: &RelPath,
    mtime: Option<i64>,
) -> Result<Copied, Refusal> {
    let server = world.server();
    match server.copy(&twin.at, to, &twin.guard(), mtime).await {
        Ok(_) => {}
        Err(error) if stops(&error) => return Err(error.into()),
        Err(error) => {
            tracing::debug!(%error, "not copied on the server");
            return Ok(Copied::Not);
        }
    }
    // RACE: oCIS and plain servers copy whatever stands at the source. If it
    // still is the version that it was, it was that version in between.
    let same = match twin.look(server).await {
        Ok(_) => true,
        Err(refusal) if refusal.is(&Outcome::Stale) => false,
        Err(refusal) => return Err(refusal),
    };
    match server.stat(to).await {
        Ok(Some(now)) if same => Ok(Copied::Proved(now.seen)),
        Ok(Some(now)) => Ok(Copied::Unproved(now.seen)),
        Ok(None) => Err(Refusal::STALE),
        Err(error) => Err(error.into()),
    }
}

/// What came of a copy on the server.
pub(super) enum Copied {
    /// Nothing was copied.
    Not,
    /// The version that was asked for.
    Proved(crate::model::RemoteSeen),
    /// Something: it has to be read before anything is decided.
    Unproved(crate::model::RemoteSeen),
}

/// After these nothing else is to be tried for the file.
fn stops(error: &ServerError) -> bool {
    error.effect == Effect::Unknown || error.kind.stops_all()
}

/// Copies `twin` into staging, and proves that the copy has these bytes. None:
/// they have to be fetched.
pub(super) async fn copy_here<W: World>(
    world: &W,
    node: NodeId,
    twin: &Expect,
    (sha1, size): (Sha1Sum, u64),
    mtime: Option<i64>,
) -> Option<Staged> {
    let disk = world.disk();
    twin.check(disk).await.ok()?;
    let at = layout::staged(node, layout::Role::New);
    // Left by a failed attempt: worthless by its name.
    let _ = disk.purge(&at).await;
    let copied = async {
        let seen = disk.clone_file(&twin.at, &at).await.ok()?.finish(mtime).await.ok()?.seen;
        let digest = stage::digest(disk, &at).await.ok()?;
        let right = digest.sha1 == Some(sha1) && digest.size == size;
        right.then(|| Staged { at: at.clone(), digest, seen, fetched: 0 })
    };
    let staged = copied.await;
    if staged.is_none() {
        let _ = disk.purge(&at).await;
    }
    staged
}
