//! The last touch: whole dead folders go in one request, and steps stand in
//! the order in which they are best done.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{NodeId, Perms, Side, Stand};

use super::draft::Draft;
use super::{Op, Record, Step, WaitReason};

/// Makes one step of the removal of a remote folder and of all that goes with
/// it: deletes are judged at the topmost node and are all or nothing
/// (amendment 16).
pub(super) fn gather_removals(draft: &mut Draft<'_>, steps: Vec<Step>) -> Vec<Step> {
    let mut removals: BTreeMap<NodeId, usize> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        if let Op::Remove { side: Side::Remote, node, .. } = &step.op {
            removals.insert(*node, index);
        }
    }
    if removals.is_empty() {
        return steps;
    }
    let staying = leave_behind(draft, &removals);
    // Each removed node, with the topmost removed folder that it really is in;
    // what is parked is in none.
    let top_of = |node: NodeId| {
        let mut top = node;
        while let Some(above) = draft.there.parent(top).filter(|above| {
            removals.contains_key(above)
                && !staying.contains(above)
                && *draft.stand(Side::Remote, top) != Stand::Parked
        }) {
            top = above;
        }
        top
    };
    let tops: BTreeMap<NodeId, NodeId> =
        removals.keys().map(|&node| (node, top_of(node))).collect();
    let merged: BTreeMap<usize, usize> =
        tops.iter().map(|(node, top)| (removals[node], removals[top])).collect();
    let mut gone: BTreeMap<usize, (Vec<NodeId>, BTreeSet<usize>)> = BTreeMap::new();
    for (node, top) in &tops {
        let (with, after) = gone.entry(removals[top]).or_default();
        with.push(*node);
        after.extend(&steps[removals[node]].after);
    }
    let mut kept = Vec::new();
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    // What needs the place of a folder that stays has to wait for the next plan.
    let mut dropped = BTreeSet::new();
    for (index, mut step) in steps.into_iter().enumerate() {
        let mut after: BTreeSet<usize> = step.after.iter().copied().collect();
        if !after.is_disjoint(&dropped) {
            dropped.insert(index);
            continue;
        }
        if let Op::Remove { side: Side::Remote, node, with } = &mut step.op {
            let Some((all, before)) = gone.remove(&index) else { continue };
            if staying.contains(node) {
                dropped.insert(index);
                continue;
            }
            if !draft.may(*node, Perms::DELETE) {
                let node = *node;
                draft.wait(node, Some(Side::Local), WaitReason::Forbidden);
                continue;
            }
            *with = all;
            after = before;
        }
        let after = after.iter().map(|at| merged.get(at).unwrap_or(at)).filter(|at| **at != index);
        let after: BTreeSet<usize> = after.filter_map(|at| places.get(at).copied()).collect();
        step.after = after.into_iter().collect();
        places.insert(index, kept.len());
        kept.push(step);
    }
    kept
}

/// Dead folders that stay, for something that is never synced in them or in a
/// folder below. Those that are empty but for that are no nodes any more; what
/// is in the others goes first, elsewhere or for good, and is looked at there.
fn leave_behind(draft: &mut Draft<'_>, removals: &BTreeMap<NodeId, usize>) -> BTreeSet<NodeId> {
    let parent = |node: NodeId| draft.there.parent(node).filter(|at| removals.contains_key(at));
    let mut staying = BTreeSet::new();
    for &node in draft.seen.holding.iter().filter(|node| removals.contains_key(node)) {
        let mut at = Some(node);
        while let Some(folder) = at.filter(|&folder| staying.insert(folder)) {
            at = parent(folder);
        }
    }
    let inside = draft.there.children_of(&staying);
    let inside = inside.filter(|(node, _)| *draft.stand(Side::Remote, *node) != Stand::Parked);
    let full: BTreeSet<NodeId> = inside.map(|(_, entry)| entry.place.parent).collect();
    let left = staying.difference(&full).map(|&node| Record::Leave { node });
    draft.records.extend(left);
    staying
}

/// Sorts the steps: what is quick and frees places first, bytes next, removals
/// last, and nothing before what it comes after.
pub(super) fn sort(steps: Vec<Step>) -> Vec<Step> {
    let mut missing: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (index, step) in steps.iter().enumerate() {
        for &before in &step.after {
            next[before].push(index);
        }
    }
    let mut ready: BTreeSet<(u8, usize)> = (0..steps.len())
        .filter(|&index| missing[index] == 0)
        .map(|index| (rank(&steps[index].op), index))
        .collect();
    let mut places = vec![0; steps.len()];
    let mut order = Vec::with_capacity(steps.len());
    while let Some((_, index)) = ready.pop_first() {
        places[index] = order.len();
        order.push(index);
        for &following in &next[index] {
            missing[following] -= 1;
            if missing[following] == 0 {
                ready.insert((rank(&steps[following].op), following));
            }
        }
    }
    let mut slots: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let moved = order.into_iter().filter_map(|index| slots[index].take());
    let renumbered = moved.map(|mut step| {
        step.after.iter_mut().for_each(|at| *at = places[*at]);
        step.after.sort_unstable();
        step
    });
    renumbered.collect()
}

fn rank(op: &Op) -> u8 {
    match op {
        Op::Read { .. } => 0,
        Op::Move { .. } | Op::Park { .. } | Op::MakeDir { .. } => 1,
        Op::Fetch { .. } | Op::Replace { .. } | Op::Send { .. } | Op::Update { .. } => 2,
        Op::Remove { .. } => 3,
    }
}
