//! Puts together what the planner decides from.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Clock as _;
use crate::disk::{Disk as _, Volume};
use crate::model::{
    Body, Folding, NodeId, Perms, Place, Rows, Side, Stamp, Stand, Tree, WaitReason,
};
use crate::mutant::{Mutant, broken};
use crate::plan::{
    AllowDeletes, Answered, BrakeState, Op, Plan, Showable, Shown, Situation, Step, Why,
};
use crate::report::SyncOptions;
use crate::world::World;

use super::ledger::Ledger;
use super::{Look, presumed};

/// The brake counts what was removed in this many seconds (amendment 21).
pub(super) const BRAKE_WINDOW: i64 = 24 * 3600;

/// The situation that a look has left the journal in.
pub(super) fn of<W: World>(
    world: &W,
    rows: &Rows,
    look: &Look,
    ledger: &Ledger,
    options: &SyncOptions,
) -> Situation {
    let disk = world.disk().volume();
    Situation {
        waiting: waiting(rows, look, ledger),
        consistent: look.local.consistent && look.remote.consistent,
        folding: disk.folding,
        showable: showable(disk),
        brake: brake(rows, options.allow, world.clock().wall()),
        ..remembered(rows, options.verify, world.clock().wall(), &world.called())
    }
}

/// The situation that the rows tell of by themselves, as if nothing else stood
/// in the way of anything.
pub(super) fn remembered(rows: &Rows, verify: bool, now: i64, device: &str) -> Situation {
    let (base, remote) = presumed::trees(rows, verify);
    Situation {
        base,
        local: shown(wanted(rows), rows.local.iter().map(|(&node, row)| (node, &row.stand))),
        remote: shown(remote, rows.remote.iter().map(|(&node, row)| (node, &row.stand))),
        perms: restricted(rows),
        deselected: rows.pair.deselected.clone(),
        kept: kept(rows),
        given: given(rows),
        waiting: racy(rows),
        consistent: true,
        trusted_deletes: (rows.pair.merging && !broken(Mutant::OldJournalTrusted))
            .then(|| unchanged_since_agreement(rows)),
        looks: presumed::looks(rows, verify),
        holding: holding(rows),
        rules: rows.pair.chosen.rules.clone(),
        folding: Folding::default(),
        showable: Showable::default(),
        brake: brake(rows, AllowDeletes::AsUsual, now),
        answered: Answered::default(),
        stamp: Stamp::at(now, device),
        next_node: rows.pair.next_node.max(1),
    }
}

/// This computer, but for copies that stay though they are not selected: no
/// side of a plan sees them (amendment 30).
fn wanted(rows: &Rows) -> Tree {
    let mut tree = rows.local_tree();
    rows.pair.chosen.kept.iter().for_each(|node| drop(tree.0.remove(node)));
    tree
}

fn kept(rows: &Rows) -> BTreeMap<NodeId, Place> {
    let kept = rows.pair.chosen.kept.iter();
    kept.filter_map(|node| Some((*node, rows.local.get(node)?.entry.place.clone()))).collect()
}

fn shown<'a>(tree: Tree, stands: impl Iterator<Item = (NodeId, &'a Stand)>) -> Shown {
    let stands = stands.filter(|(_, stand)| **stand != Stand::Home);
    Shown { tree, stands: stands.map(|(node, stand)| (node, stand.clone())).collect() }
}

fn restricted(rows: &Rows) -> BTreeMap<NodeId, Perms> {
    let perms = rows.remote.iter().map(|(&node, row)| {
        // A folder has no W of its own, a file no C and K (protocol.md 3.3).
        let of_kind = match row.entry.body.is_dir() {
            true => Perms::OWN.difference(Perms::WRITE),
            false => Perms::OWN.difference(Perms::ADD_FILE | Perms::ADD_DIR),
        };
        (node, row.seen.perms, of_kind)
    });
    perms
        .filter(|(_, perms, of_kind)| !perms.contains(*of_kind))
        .map(|(node, perms, _)| (node, perms))
        .collect()
}

fn holding(rows: &Rows) -> BTreeSet<NodeId> {
    if broken(Mutant::IgnoredGoesToo) {
        return BTreeSet::new();
    }
    let holding = rows.remote.iter().filter(|(_, row)| row.holds_ignored);
    holding.map(|(&node, _)| node).collect()
}

fn given(rows: &Rows) -> BTreeSet<NodeId> {
    let given =
        rows.local.iter().filter(|(_, row)| row.given.as_ref() == Some(&row.entry.place.name));
    given.map(|(&node, _)| node).collect()
}

/// Folders have lengths of their own on some disks.
fn is_dir(rows: &Rows, node: NodeId) -> bool {
    let here = rows.local.get(&node).map(|row| row.entry.body);
    let there = rows.remote.get(&node).map(|row| row.entry.body);
    here.or(there).is_some_and(Body::is_dir)
}

/// Versions that are too young to be sure of.
fn racy(rows: &Rows) -> BTreeMap<(NodeId, Side), WaitReason> {
    let racy = rows.remote.iter().filter(|(_, row)| row.racy);
    racy.map(|(&node, _)| ((node, Side::Remote), WaitReason::Racy)).collect()
}

fn waiting(rows: &Rows, look: &Look, ledger: &Ledger) -> BTreeMap<(NodeId, Side), WaitReason> {
    let mut waiting = racy(rows);
    for node in ledger.given_up(rows) {
        waiting.insert((node, Side::Local), WaitReason::Failed);
        waiting.insert((node, Side::Remote), WaitReason::Failed);
    }
    // Larger than the user lets files be: held on both sides, whatever happens.
    let here = rows.local.iter().map(|(&node, row)| (node, Some(row.seen.size)));
    let there = rows.remote.iter().map(|(&node, row)| (node, row.seen.size));
    let rules = &rows.pair.chosen.rules;
    if rules.texts().largest.is_some() {
        for (node, _) in here.chain(there).filter(|(node, size)| {
            size.is_some_and(|size| rules.holds(size)) && !is_dir(rows, *node)
        }) {
            waiting.insert((node, Side::Local), WaitReason::OverSize);
            waiting.insert((node, Side::Remote), WaitReason::OverSize);
        }
    }
    for &node in &look.local.open {
        waiting.insert((node, Side::Local), WaitReason::Open);
    }
    for (&node, &reason) in &look.local.in_use {
        waiting.insert((node, Side::Local), reason);
        waiting.insert((node, Side::Remote), reason);
    }
    for (&node, &reason) in &look.local.doubts {
        waiting.insert((node, Side::Local), reason);
        // What is in doubt here may not be carried over to the server either.
        waiting.insert((node, Side::Remote), reason);
    }
    for (&node, &reason) in &look.remote.doubts {
        waiting.insert((node, Side::Remote), reason);
        waiting.insert((node, Side::Local), reason);
    }
    waiting
}

/// Nodes of which the server still shows the version of the agreement: only
/// there is a delete trusted after the journal was lost (amendment 27).
fn unchanged_since_agreement(rows: &Rows) -> BTreeSet<NodeId> {
    let unchanged = rows.base.iter().filter(|(node, base)| {
        base.entry.body.is_dir()
            || rows
                .remote
                .get(node)
                .is_some_and(|row| row.seen.etag.is_some() && row.seen.etag == base.etag)
    });
    unchanged.map(|(&node, _)| node).collect()
}

fn showable(volume: &Volume) -> Showable {
    Showable { windows: volume.windows_names, longest: volume.max_name }
}

fn brake(rows: &Rows, allow: AllowDeletes, now: i64) -> BrakeState {
    let since = now - BRAKE_WINDOW;
    let removed = |side| {
        let lately = rows.pair.removals.iter().filter(|(at, on, _)| *at >= since && *on == side);
        let files: u64 = lately.map(|(_, _, files)| files).sum();
        if broken(Mutant::BrakeForgets) { 0 } else { files }
    };
    BrakeState { removed_local: removed(Side::Local), removed_remote: removed(Side::Remote), allow }
}

/// Adds a reading of every racy version that an operation waits for, once it
/// is old enough that no further change can share its etag (amendment 4).
pub(super) fn read_what_is_old_enough<W: World>(
    world: &W,
    rows: &Rows,
    look: &Look,
    plan: &mut Plan,
) {
    let racy =
        plan.waits.iter().filter(|wait| wait.reason == WaitReason::Racy).map(|wait| wait.node);
    let racy: BTreeSet<NodeId> =
        racy.filter(|node| is_old_enough(world, rows, look, *node)).collect();
    let planned: BTreeSet<NodeId> = plan.steps.iter().map(|step| step.op.node()).collect();
    for node in racy.difference(&planned) {
        plan.steps.push(Step {
            op: Op::Read { node: *node },
            why: Why::Unknown,
            after: Vec::new(),
        });
    }
}

/// Adds a reading of every new file that may be one that is missing on a
/// server without ids (amendment 28), but for those that could not be read.
pub(super) fn read_what_may_have_moved(rows: &Rows, look: &Look, plan: &mut Plan) {
    let planned: BTreeSet<NodeId> = plan.steps.iter().map(|step| step.op.node()).collect();
    let known = look.remote.to_read.iter().filter(|node| rows.remote.contains_key(node));
    for &node in known.filter(|node| !planned.contains(node)) {
        plan.steps.push(Step { op: Op::Read { node }, why: Why::Unknown, after: Vec::new() });
    }
}

/// Whether the date of a version lies far enough before the server's clock.
pub(super) fn is_old_enough<W: World>(world: &W, rows: &Rows, look: &Look, node: NodeId) -> bool {
    let now = look.remote.server_time.unwrap_or_else(|| world.clock().wall());
    let racy = i64::try_from(world.timing().racy.as_secs()).unwrap_or(i64::MAX).max(1);
    let mtime = rows.remote.get(&node).and_then(|row| row.seen.mtime);
    mtime.is_none_or(|mtime| mtime <= now - racy || mtime > now + racy)
}
