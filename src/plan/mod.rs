//! Decides what to do: rows in, operations out.
//!
//! Pure: no clock, no random source, no I/O, no journal. It imports `model`
//! and nothing else of ours (but the switch of `mutant`). Same situation in, same plan out (I10).
//!
//! The stages, in order, each in its file:
//!
//! 1. `unify`: new nodes of both sides at one place are one node.
//! 2. `agree`: what both sides show becomes base (I4).
//! 3. `permit`: what this account may not do is taken out of the local side (amendment 16).
//! 4. `merge`: a three-way merge of each register gives the target tree (docs/SPEC.md).
//! 5. `repair`: the target becomes a tree without orphans and loops.
//! 6. `hide`: what is not kept here (amendments 1 to 3).
//! 7. `ignored`: what would come to a place that is never synced (amendment 30).
//! 8. `clash` and `want`: no two nodes of one name, on the server and on this disk.
//! 9. `gate`: what may not be done now is taken out (I7, the brake).
//! 10. `schedule`: the differences between each side and the target become ordered steps.

mod agree;
mod answered;
mod clash;
mod difference;
mod draft;
mod gate;
mod hide;
mod ignored;
mod merge;
mod op;
mod order;
mod overlay;
mod permit;
mod repair;
mod schedule;
mod task;
mod unify;
mod want;
mod yard;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

pub use crate::model::WaitReason;
use crate::model::{Folding, Name, NodeId, Perms, Place, Rules, Sha1Sum, Side, Stamp, Stand, Tree};

use draft::Draft;
use schedule::Steps;
use task::Tasks;

pub use agree::{agree, agreement};
pub use answered::{Answered, Verdict};
pub use difference::{Differences, Divergence, Repair};
pub use op::{Brake, BrakeRule, Op, Record, Step, Wait, Why};

/// One side as the planner sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The registers, with the places that the users mean.
    pub tree: Tree,
    /// Nodes that really stand elsewhere: in staging or under an alias.
    pub stands: BTreeMap<NodeId, Stand>,
}

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Length in bytes.
    pub size: u64,
    /// Checksum, if the file was read here or if the server vouches for it.
    pub sum: Option<Sha1Sum>,
    /// Date, seconds since 1970; none if it says nothing, because another
    /// version may follow that has the same.
    pub date: Option<i64>,
}

/// Everything that a plan is made from.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    /// The last agreement.
    pub base: Tree,
    /// This computer.
    pub local: Shown,
    /// The server. An absence in it is confirmed (I7): what is merely not seen
    /// keeps its row.
    pub remote: Shown,
    /// What this account may do with remote nodes, where that is less than
    /// [`Perms::OWN`].
    pub perms: BTreeMap<NodeId, Perms>,
    /// Remote folders that the user does not keep here. Their descendants are
    /// hidden too, if they are neither in base nor local.
    pub deselected: BTreeSet<NodeId>,
    /// Copies that stay here though their folders are not kept (amendment 30):
    /// no side shows them, but their places are taken.
    pub kept: BTreeMap<NodeId, Place>,
    /// Local names that the engine made and that the user has not changed
    /// (amendment 17): they count as the base's or the remote's own name.
    pub given: BTreeSet<NodeId>,
    /// Nodes that may not be touched now on a side, and why: racy (amendment 4),
    /// quarantined, in a torn epoch, below an unreadable folder.
    pub waiting: BTreeMap<(NodeId, Side), WaitReason>,
    /// Both sides were looked at in a consistent epoch. If not, no name clash
    /// is resolved by a rename and nothing is removed or moved (amendment 6).
    pub consistent: bool,
    /// After the journal was lost (amendment 27): for these nodes the server's
    /// version is still the one of the agreement, so a delete is trusted.
    /// None: every delete is trusted.
    pub trusted_deletes: Option<BTreeSet<NodeId>>,
    /// What new files of this computer and new, unread ones of the server look
    /// like: some can be told to be equal or not without being read.
    pub looks: BTreeMap<(NodeId, Side), Look>,
    /// Folders of the server that hold what is never synced and stays where it
    /// is, and they with it (amendment 30).
    pub holding: BTreeSet<NodeId>,
    /// What is never synced.
    pub rules: Arc<Rules>,
    /// Which names the local disk takes for one.
    pub folding: Folding,
    /// Which names the local disk can show at all; others get an alias
    /// (amendment 15).
    pub showable: Showable,
    /// The brake's state.
    pub brake: BrakeState,
    /// What a person has answered to it.
    pub answered: Answered,
    /// For conflict names.
    pub stamp: Stamp,
    /// The first id that is free for new nodes.
    pub next_node: u64,
}

/// Which names a disk can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Showable {
    /// None that Windows refuses, e.g. `con`.
    pub windows: bool,
    /// The longest, in bytes of UTF-8.
    pub longest: usize,
}

impl Default for Showable {
    fn default() -> Self {
        Self { windows: false, longest: usize::MAX }
    }
}

impl Showable {
    /// Whether a file or folder can be called so.
    pub fn takes(&self, name: &Name) -> bool {
        name.as_str().len() <= self.longest && !(self.windows && name.is_refused_by_windows())
    }
}

/// What the brake has seen and been told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BrakeState {
    /// Files removed from this computer in the last 24 hours.
    pub removed_local: u64,
    /// Files removed from the server in the last 24 hours.
    pub removed_remote: u64,
    /// What the user allows.
    pub allow: AllowDeletes,
}

/// How many deletions the user allows without being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum AllowDeletes {
    /// As the brake's rules say.
    #[default]
    AsUsual,
    /// At most this many files a side.
    AtMost(u64),
    /// All.
    All,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// First, changes of the journal alone, in one transaction.
    pub records: Vec<Record>,
    /// Then effects.
    pub steps: Vec<Step>,
    /// What is left, and why.
    pub waits: Vec<Wait>,
    /// Deletions that wait for a decision; one entry a side at most.
    pub brakes: Vec<Brake>,
    /// The first id that is free after this plan.
    pub next_node: u64,
    /// What the plan is about, in numbers.
    #[serde(skip)]
    pub differences: Differences,
}

/// Returns what brings both sides of `situation` to one state, or as near to it
/// as is allowed now. A pair at rest gives a plan without records and steps,
/// whose waits name all that differs (I2).
pub fn plan(situation: &Situation) -> Plan {
    let mut draft = Draft::new(situation);
    unify::unify(&mut draft);
    let mut differences = Differences::of(&draft);
    agree::record(&mut draft);
    distrust_deletes(&mut draft);
    answered::bring_back(&mut draft);
    hide::set_hidden_aside(&mut draft);
    let mut permit = permit::filter(&mut draft);
    let mut target = merge::merge(&mut draft, &permit);
    repair::repair(&draft, &mut target, &mut differences);
    let hidden = hide::hide(&mut draft, &target);
    ignored::set_aside(&mut draft, &target);
    let frozen = clash::resolve(&draft, &mut target);
    differences.repaired(Repair::Clash, target.named.len());
    permit::settle_holds(&mut draft, &mut permit, &target);

    let local = want::local(&draft, &mut target, &permit, &hidden);
    let remote = want::remote(&draft, &target);
    differences.repaired(Repair::Alias, want::aliases(&local));
    let mut tasks = [(Side::Local, local), (Side::Remote, remote)]
        .map(|(side, wants)| Tasks::compare(&draft, &target, &hidden, side, wants));
    let brakes = gate::gate(&mut draft, &target, &hidden, &frozen, &mut tasks);
    permit.report(&mut draft);

    let mut steps = Steps::default();
    read_unknown(&mut draft, &mut steps);
    for tasks in &tasks {
        schedule::schedule(&mut draft, &target, tasks, &mut steps);
    }
    let steps = order::sort(order::gather_removals(&mut draft, steps.list));
    hide::forget_what_leaves(&mut draft, &steps);
    let next_node = draft.next_node();
    let waits = draft.waits.into_iter().collect();
    Plan { records: draft.records, steps, waits, brakes, next_node, differences }
}

/// After the journal was lost, a node that only one side has is new there,
/// unless its delete is known to be one (amendment 27).
fn distrust_deletes(draft: &mut Draft<'_>) {
    let Some(trusted) = &draft.seen.trusted_deletes else { return };
    let doubtful: Vec<NodeId> = draft
        .open
        .iter()
        .copied()
        .filter(|node| draft.base.contains(*node) && !trusted.contains(node))
        .filter(|&node| draft.here.contains(node) != draft.there.contains(node))
        .collect();
    for node in doubtful {
        draft.base.remove(node);
        draft.records.push(Record::Forget { node });
    }
}

fn read_unknown(draft: &mut Draft<'_>, steps: &mut Steps) {
    for (node, reason) in task::readings(draft) {
        match reason {
            None => drop(steps.push(Op::Read { node }, Why::Unknown, BTreeSet::new())),
            Some(reason) => draft.wait(node, Some(Side::Remote), reason),
        }
    }
}
