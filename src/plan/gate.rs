//! What may not be done now is taken out of the work (I7).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Body, Hash, NodeId, Side};

use super::clash::Frozen;
use super::draft::Draft;
use super::hide::Hidden;
use super::merge::{Target, UNREAD};
use super::task::{Task, Tasks};
use super::{AllowDeletes, Brake, BrakeRule, Record, WaitReason, Why};
use crate::mutant::{Mutant, broken};

/// Takes out of the work what has to wait; each becomes a [`super::Wait`].
pub(super) fn gate(
    draft: &mut Draft<'_>,
    target: &Target<'_>,
    hidden: &Hidden,
    frozen: &Frozen,
    tasks: &mut [Tasks; 2],
) -> Vec<Brake> {
    for tasks in tasks.iter_mut() {
        let side = tasks.side;
        for (node, task) in tasks.list() {
            // What must be read first, or is not one node yet, waits for the
            // reading, which is a step: it is no wait.
            let silent = draft.undecided.contains(&node)
                || hidden.forked.contains(&node) && side == Side::Remote
                || draft.to_read.contains(&node) && task == Task::Remove;
            let reason = frozen
                .get(&node)
                .copied()
                .or_else(|| torn(draft, task))
                .or_else(|| obstacle(draft, target, side, node, task));
            if silent || reason.is_some() {
                tasks.drop(node, task);
            }
            if let Some(reason) = reason.filter(|_| !silent) {
                draft.wait(node, Some(side.other()), reason);
            }
        }
    }
    keep_missed_moves(draft, target, tasks);
    brake(draft, tasks)
}

/// In an inconsistent epoch only creates and edits run (amendment 6).
fn torn(draft: &Draft<'_>, task: Task) -> Option<WaitReason> {
    let risky = matches!(task, Task::Move | Task::Remove);
    (risky && !draft.seen.consistent).then_some(WaitReason::TornEpoch)
}

/// Why the task has to wait for `node` itself or a folder above it.
fn obstacle(
    draft: &Draft<'_>,
    target: &Target<'_>,
    side: Side,
    node: NodeId,
    task: Task,
) -> Option<WaitReason> {
    if let Some(reason) = draft.waiting(node, side) {
        return Some(reason);
    }
    let other = side.other();
    let from_other = match task {
        // A racy version may be read and fetched (amendment 4).
        Task::Make | Task::Content => {
            draft.waiting(node, other).filter(|_| draft.is_uncertain(node, other))
        }
        Task::Remove => draft.waiting(node, other),
        Task::Move => None,
    };
    from_other.or_else(|| {
        let above = draft.tree(side).ancestors(node).chain(target.tree.ancestors(node));
        above.into_iter().find_map(|above| unreachable_below(draft, above, side)).or_else(|| {
            let moves_bytes = matches!(task, Task::Make | Task::Content);
            let source = moves_bytes.then(|| draft.tree(other).ancestors(node));
            source.into_iter().flatten().find_map(|above| unreachable_below(draft, above, other))
        })
    })
}

/// A folder that is out of reach takes all below it along.
fn unreachable_below(draft: &Draft<'_>, folder: NodeId, side: Side) -> Option<WaitReason> {
    draft.waiting(folder, side).filter(|reason| {
        matches!(
            reason,
            // It may be gone: what was sent into it would come back as refused
            // until the second look, which would never come.
            WaitReason::MountGone
                | WaitReason::SecondLook
                | WaitReason::Quarantined
                | WaitReason::Unreadable
                | WaitReason::TornEpoch
        )
    })
}

/// If equal bytes would be deleted on both sides and are nowhere else, that is
/// a move that nobody recognised (amendment 6): neither is deleted. Base
/// forgets both, so that each side gets what the other has.
fn keep_missed_moves(draft: &mut Draft<'_>, target: &Target<'_>, tasks: &mut [Tasks; 2]) {
    let hashes = |tasks: &Tasks| -> BTreeMap<Hash, Vec<NodeId>> {
        let mut hashes: BTreeMap<Hash, Vec<NodeId>> = BTreeMap::new();
        for node in tasks.removed_files() {
            let body = draft.tree(tasks.side).get(node).map(|entry| entry.body);
            if let Some(hash) = body.and_then(Body::hash) {
                hashes.entry(hash).or_default().push(node);
            }
        }
        hashes
    };
    let [here, there] = [hashes(&tasks[0]), hashes(&tasks[1])];
    let mut doubtful: BTreeSet<Hash> =
        here.keys().filter(|hash| there.contains_key(hash)).copied().collect();
    // Nothing is lost with an empty file, nor with bytes that live on elsewhere.
    doubtful.remove(&crate::model::Digest::of(b"").hash);
    if doubtful.is_empty() || broken(Mutant::MissedMovesGo) {
        return;
    }
    for (_, entry) in target.tree.iter() {
        if let Some(hash) = entry.body.hash() {
            doubtful.remove(&hash);
        }
    }
    for hash in doubtful {
        for (tasks, nodes) in tasks.iter_mut().zip([&here, &there]) {
            for &node in nodes.get(&hash).into_iter().flatten() {
                tasks.drop(node, Task::Remove);
                draft.records.push(Record::Forget { node });
            }
        }
    }
}

/// Holds deletions that look like an accident (amendment 21).
fn brake(draft: &mut Draft<'_>, tasks: &mut [Tasks; 2]) -> Vec<Brake> {
    let mut brakes = Vec::new();
    for tasks in tasks.iter_mut() {
        if let Some(mut brake) = judge(draft, tasks) {
            let held =
                if brake.rule == BrakeRule::Overwritten { Task::Content } else { Task::Remove };
            let doubtful = may_be_touched(draft, &brake);
            for (node, task) in tasks.list() {
                let asked = tasks.why(node, task) != Why::Deselected
                    && !draft.seen.answered.frees(node, tasks.side);
                if task == held && asked {
                    tasks.drop(node, task);
                    brake.held.push(node);
                    if !doubtful {
                        draft.wait(node, Some(tasks.side.other()), WaitReason::Brake);
                    }
                }
            }
            if doubtful {
                // If so many are as they were, not everything is overwritten.
                let enough = usize::try_from(brake.of / 100 + 1).unwrap_or(usize::MAX);
                draft.to_read.extend(brake.files.iter().take(enough));
            } else {
                brakes.push(brake);
            }
        }
    }
    brakes
}

/// Whether all that is known of these files is that the server has other
/// versions of them. Perhaps only their dates were changed: before the brake
/// holds them, some are read.
fn may_be_touched(draft: &Draft<'_>, brake: &Brake) -> bool {
    let is_unread =
        |node: &NodeId| draft.there.get(*node).is_some_and(|entry| entry.body == UNREAD);
    brake.rule == BrakeRule::Overwritten && brake.files.iter().all(is_unread)
}

fn judge(draft: &Draft<'_>, tasks: &Tasks) -> Option<Brake> {
    let side = tasks.side;
    let removed: Vec<NodeId> = tasks
        .removed_files()
        .filter(|&node| tasks.why(node, Task::Remove) != Why::Deselected)
        .filter(|&node| !draft.seen.answered.frees(node, side))
        .collect();
    let overwritten = tasks.overwritten().filter(|&node| !draft.seen.answered.frees(node, side));
    let overwritten: Vec<NodeId> = overwritten.collect();
    let brake = &draft.seen.brake;
    let allowed = match brake.allow {
        AllowDeletes::All => return None,
        _ if broken(Mutant::NoBrake) => return None,
        AllowDeletes::AtMost(most) => Some(most),
        AllowDeletes::AsUsual => None,
    };
    if removed.is_empty() && overwritten.len() < MANY {
        return None;
    }
    let of = draft.tree(side).iter().filter(|(_, entry)| !entry.body.is_dir()).count();
    let stop = |files: Vec<NodeId>, rule| {
        Some(Brake { side, files, held: Vec::new(), of: of as u64, rule })
    };
    if let Some(most) = allowed {
        let over = removed.len() as u64 > most;
        return if over { stop(removed, BrakeRule::NotAllowed) } else { None };
    }
    let before = match side {
        Side::Local => brake.removed_local,
        Side::Remote => brake.removed_remote,
    };
    if !removed.is_empty() {
        if is_many(removed.len() as u64 + before, of as u64 + before) {
            return stop(removed, BrakeRule::Many);
        }
        if removed.len() == of && of >= 2 && tasks.makes_nothing() {
            return stop(removed, BrakeRule::RootEmptied);
        }
        if loses_top_folder(draft, tasks, &removed) {
            return stop(removed, BrakeRule::TopFolder);
        }
    }
    let unchanged = of.saturating_sub(removed.len() + overwritten.len());
    if is_many(overwritten.len() as u64, of as u64) && unchanged * 100 <= of {
        return stop(overwritten, BrakeRule::Overwritten);
    }
    None
}

/// The fewest files that the brake cares for.
const MANY: usize = 20;

fn is_many(removed: u64, of: u64) -> bool {
    removed >= 20 && removed * 2 >= of || removed >= 100 && removed * 10 >= of || removed >= 1000
}

/// Whether a folder at the top goes whole, with many files in it.
fn loses_top_folder(draft: &Draft<'_>, tasks: &Tasks, removed: &[NodeId]) -> bool {
    let tree = draft.tree(tasks.side);
    let mut lost: BTreeMap<NodeId, usize> = BTreeMap::new();
    for &node in removed {
        if let Some(top) = tree.ancestors(node).last() {
            *lost.entry(top).or_default() += 1;
        }
    }
    lost.into_iter().any(|(top, files)| files >= MANY && tasks.has(top, Task::Remove))
}
