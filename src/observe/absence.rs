//! Says which nodes are gone from the server, as far as that is certain (I7).
//!
//! Never from an error, a torn epoch, or one look at a server that cannot
//! vouch for it; and never without asking once more at the old path.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;

use crate::clock::Clock as _;
use crate::event::Cause;
use crate::model::{
    Change, Hold, HoldReason, Kind, NodeId, Perms, RelPath, RemoteRow, Side, Stand, WaitReason,
    layout,
};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::{Server as _, ServerErrorKind};
use crate::world::World;

use super::remote::{Look, is_synced};
use super::remote_identity::Pairing;
use super::{Memory, Observation, doubt};

/// Questions asked at the same time.
const WIDTH: usize = 8;

/// A share that vanished counts as unavailable for this long (amendment 23),
/// in seconds.
const MOUNT_PATIENCE: i64 = 7 * 24 * 3600;

/// Where the rows of a node that was not seen lead.
enum Missing {
    /// Its folder is as the journal knows it, and so is the node.
    Present,
    /// A folder above it could not be looked at.
    Doubtful(WaitReason),
    /// The topmost folder or file that is missing, with all that hangs below.
    Below { top: NodeId, path: RelPath },
    /// A folder above it was confirmed gone earlier, when this row had to stay,
    /// for its node was asked to go itself.
    Orphan,
}

/// Writes down which known nodes are gone.
pub(super) async fn write_absent<W: World>(
    world: &W,
    pairing: &Pairing<'_>,
    memory: &mut Memory,
    observation: &mut Observation,
) -> Result<(), EngineError> {
    let paths: BTreeMap<NodeId, &RelPath> =
        pairing.folder.iter().map(|(path, &node)| (node, path)).collect();
    let mut tops: BTreeMap<NodeId, (RelPath, Vec<NodeId>)> = BTreeMap::new();
    let above_frozen = above_frozen(pairing);
    for &node in pairing.rows.remote.keys() {
        if pairing.claimed.contains(&node)
            || pairing.frozen.contains(&node)
            || pairing.renamed.contains(&node)
            || above_frozen.contains(&node)
        {
            continue;
        }
        match missing(pairing, &paths, node) {
            Missing::Present => {}
            Missing::Doubtful(reason) => doubt(&mut observation.doubts, node, reason),
            Missing::Orphan => observation.changes.push(Change::Remote(node, None)),
            Missing::Below { top, path } => {
                tops.entry(top).or_insert_with(|| (path, Vec::new())).1.push(node);
            }
        }
    }
    let tops = match broken(Mutant::IgnoredIsGoneThere) {
        true => tops,
        false => without_hidden(pairing, tops, observation),
    };
    memory.missing.retain(|node, _| tops.contains_key(node));
    release_mounts(pairing, observation);
    let tops = with_patience(world, pairing, memory, tops, observation);
    let questions = tops.into_iter().map(|(top, (path, nodes))| async move {
        let gone = is_gone(world, pairing, top, &path).await;
        (gone, nodes)
    });
    let mut answers = futures::stream::iter(questions).buffered(WIDTH);
    while let Some((gone, nodes)) = answers.next().await {
        match gone? {
            Ok(()) => {
                observation.changes.extend(nodes.iter().map(|&node| Change::Remote(node, None)))
            }
            Err(reason) => {
                nodes.iter().for_each(|&node| doubt(&mut observation.doubts, node, reason))
            }
        }
    }
    Ok(())
}

/// Takes out what is missing only because it is ignored now: by a rule, or by
/// the name that it was given. That is no deletion (amendment 30): nothing is
/// agreed of it any more. What is still here under a name that is none of
/// those comes back there.
fn without_hidden(pairing: &Pairing<'_>, tops: Tops, observation: &mut Observation) -> Tops {
    let rows = pairing.rows;
    let is_hidden = |top: &NodeId| {
        let row = &rows.remote[top];
        let kind = if row.entry.body.is_dir() { Kind::Dir } else { Kind::File };
        let home = rows.home(Side::Remote, *top);
        let by_rule = home.is_some_and(|at| rows.pair.chosen.rules.of_path(&at, kind).is_some());
        let id = row.seen.file_id.as_deref();
        by_rule || id.is_some_and(|id| pairing.out_of_sight.contains(id))
    };
    let (hidden, gone): (Tops, Tops) = tops.into_iter().partition(|(top, _)| is_hidden(top));
    for node in hidden.into_values().flat_map(|(_, nodes)| nodes) {
        observation.changes.extend([Change::Base(node, None), Change::Remote(node, None)]);
    }
    gone
}

/// The folders above what is asked to go: only they tell where it was, until it
/// has been looked at.
fn above_frozen(pairing: &Pairing<'_>) -> BTreeSet<NodeId> {
    let above = |node: &NodeId| Some(pairing.rows.remote.get(node)?.entry.place.parent);
    let frozen = pairing.frozen.iter();
    frozen.flat_map(|&node| std::iter::successors(above(&node), above)).collect()
}

/// Known nodes that are missing, as far as this look shows; not yet confirmed.
pub(super) fn all_missing(pairing: &Pairing<'_>) -> BTreeSet<NodeId> {
    let paths: BTreeMap<NodeId, &RelPath> =
        pairing.folder.iter().map(|(path, &node)| (node, path)).collect();
    let unseen = pairing.rows.remote.keys().copied();
    let unseen = unseen.filter(|node| {
        !pairing.claimed.contains(node)
            && !pairing.frozen.contains(node)
            && matches!(missing(pairing, &paths, *node), Missing::Below { .. })
    });
    unseen.collect()
}

/// Goes up the rows from a node that was not seen to the first folder that was.
fn missing(pairing: &Pairing<'_>, paths: &BTreeMap<NodeId, &RelPath>, node: NodeId) -> Missing {
    let mut top = node;
    loop {
        let RemoteRow { entry, stand, .. } = &pairing.rows.remote[&top];
        let parent = entry.place.parent;
        // Neither where it was parked nor where it counts as standing; the
        // folder there may be gone too, and says nothing.
        if *stand == Stand::Parked {
            let path = pairing.rows.path(Side::Remote, top);
            return match path.filter(|_| pairing.epoch.consistent) {
                Some(path) => Missing::Below { top, path },
                None => Missing::Doubtful(WaitReason::TornEpoch),
            };
        }
        if !parent.is_root() && !pairing.claimed.contains(&parent) {
            if !pairing.rows.remote.contains_key(&parent) {
                return match pairing.epoch.consistent {
                    true => Missing::Orphan,
                    false => Missing::Doubtful(WaitReason::TornEpoch),
                };
            }
            top = parent;
            continue;
        }
        let Some(path) = paths.get(&parent) else {
            return Missing::Doubtful(WaitReason::TornEpoch);
        };
        return match pairing.epoch.folders.get(*path) {
            Some(Look::AsKnown) => Missing::Present,
            Some(Look::Listed(_)) if pairing.epoch.consistent => {
                Missing::Below { top, path: path.join(&entry.place.name) }
            }
            Some(Look::Unknown(Cause::MountGone)) => Missing::Doubtful(WaitReason::MountGone),
            Some(Look::Unknown(_)) => Missing::Doubtful(WaitReason::Unreadable),
            Some(Look::Listed(_)) | None => Missing::Doubtful(WaitReason::TornEpoch),
        };
    }
}

type Tops = BTreeMap<NodeId, (RelPath, Vec<NodeId>)>;

/// Holds back what one look cannot prove: everything on a server without tree
/// etags, everything if the root is suddenly empty, and vanished shares.
fn with_patience<W: World>(
    world: &W,
    pairing: &Pairing<'_>,
    memory: &mut Memory,
    tops: Tops,
    observation: &mut Observation,
) -> Tops {
    let now = world.clock().now();
    let emptied = pairing.epoch.folders.get(&RelPath::root()).is_some_and(|look| {
        let root = RelPath::root();
        let is_synced =
            |name, kind| is_synced(pairing.rows, &root, name, kind);
        matches!(look, Look::Listed(listing) if !listing.children.iter().any(|(name, child)| is_synced(name, child.kind)))
    });
    let emptied = emptied && !broken(Mutant::EmptyServerBelieved);
    let vouches = world.server().profile().tree_etags || broken(Mutant::OneLookOnPlain);
    let twice = emptied || !vouches;
    let mut proved = Tops::new();
    for (top, (path, nodes)) in tops {
        let since = *memory.missing.entry(top).or_insert(now);
        let reason = if is_vanished_mount(world, pairing, top, observation) {
            Some(WaitReason::MountGone)
        } else if twice && now < since + world.timing().second_look {
            Some(WaitReason::SecondLook)
        } else {
            None
        };
        match reason {
            Some(reason) => {
                nodes.iter().for_each(|&node| doubt(&mut observation.doubts, node, reason))
            }
            None => {
                proved.insert(top, (path, nodes));
            }
        }
    }
    proved
}

/// Whether a share or storage that vanished is still to be waited for.
fn is_vanished_mount<W: World>(
    world: &W,
    pairing: &Pairing<'_>,
    node: NodeId,
    observation: &mut Observation,
) -> bool {
    if !is_mount(pairing, node) || broken(Mutant::VanishedShareIsGone) {
        return false;
    }
    let now = world.clock().wall();
    match pairing.rows.holds.get(&node).filter(|hold| hold.reason == HoldReason::MountGone) {
        Some(hold) => now - hold.since < MOUNT_PATIENCE,
        None => {
            let hold = Hold { side: Side::Remote, reason: HoldReason::MountGone, since: now };
            observation.changes.push(Change::Hold(node, Some(hold)));
            true
        }
    }
}

/// Whether a node is where a share or storage begins. Nextcloud says `M` of
/// storages only; a received share is `S`, and all in it too.
fn is_mount(pairing: &Pairing<'_>, node: NodeId) -> bool {
    let row = &pairing.rows.remote[&node];
    let above = pairing.rows.remote.get(&row.entry.place.parent);
    let begins = !above.is_some_and(|above| above.seen.perms.contains(Perms::SHARED));
    row.seen.perms.contains(Perms::MOUNT) || (row.seen.perms.contains(Perms::SHARED) && begins)
}

/// Ends the waiting for shares that are back.
fn release_mounts(pairing: &Pairing<'_>, observation: &mut Observation) {
    let back: BTreeSet<NodeId> = pairing
        .rows
        .holds
        .iter()
        .filter(|(node, hold)| {
            hold.reason == HoldReason::MountGone && pairing.claimed.contains(node)
        })
        .map(|(&node, _)| node)
        .collect();
    observation.changes.extend(back.into_iter().map(|node| Change::Hold(node, None)));
}

/// Asks once more at the old path: gone if nothing is there in a folder that
/// is, or if something else is there (amendment 5).
async fn is_gone<W: World>(
    world: &W,
    pairing: &Pairing<'_>,
    node: NodeId,
    path: &RelPath,
) -> Result<Result<(), WaitReason>, EngineError> {
    let row = &pairing.rows.remote[&node];
    match world.server().stat(path).await {
        _ if broken(Mutant::AbsenceUnasked) => Ok(Ok(())),
        Ok(None) => Ok(Ok(())),
        Ok(Some(there)) => {
            // Two rows of one id: what stands there is the other node if that
            // was seen there. Else two things have this id, and the listing
            // has left out one of them.
            let id = row.seen.file_id.as_deref();
            let other_id = there.seen.file_id.is_some()
                && (there.seen.file_id != row.seen.file_id && !pairing.is_elsewhere(node)
                    || id.is_some_and(|id| pairing.is_anothers(node, id))
                        && pairing.is_replaced(node));
            let other_kind = (there.kind == crate::model::Kind::Dir) != row.entry.body.is_dir();
            // Without ids two nodes may have come to claim one place.
            let other = there.seen.file_id.is_none() && pairing.is_replaced(node);
            Ok(if other_id || other_kind || other { Ok(()) } else { Err(WaitReason::TornEpoch) })
        }
        Err(error) => match error.kind {
            // Our folder is gone with all that was parked in it.
            ServerErrorKind::NotFound if path.starts_with(&layout::own_dir()) => Ok(Ok(())),
            ServerErrorKind::Forbidden | ServerErrorKind::Locked | ServerErrorKind::NotFound => {
                Ok(Err(WaitReason::Unreadable))
            }
            ServerErrorKind::StorageGone => Ok(Err(WaitReason::MountGone)),
            _ => Err(error.into()),
        },
    }
}
