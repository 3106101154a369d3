//! Decides what to do: rows in, operations out.
//!
//! Pure: no clock, no random source, no I/O, no journal. It imports `model`
//! and nothing else of ours. Same situation in, same plan out (I10).
//!
//! The stages, in order, each in its file:
//!
//! 1. `unify`: new nodes of both sides at one place are one node.
//! 2. `permit`: what this account may not do is taken out of the local side (amendment 16).
//! 3. `merge`: a three-way merge of each register gives the target tree (docs/SPEC.md).
//! 4. `repair`: the target becomes a tree without orphans, loops and clashes.
//! 5. `gate`: what may not be done now is taken out (I7, the brake).
//! 6. `schedule`: the differences between each side and the target become ordered steps.

mod op;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::{Folding, NodeId, Perms, Side, Stamp, Stand, Tree, WaitReason};

pub use op::{Brake, BrakeRule, Op, Record, Step, Wait, Why};

/// One side as the planner sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The registers, with the places that the users mean.
    pub tree: Tree,
    /// Nodes that really stand elsewhere: in staging or under an alias.
    pub stands: BTreeMap<NodeId, Stand>,
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
    /// Which names the local disk takes for one.
    pub folding: Folding,
    /// Names that the local disk cannot show at all, with what is to be shown
    /// instead (amendment 15): filled by `disk` rules, e.g. `con` on Windows.
    pub unshowable: BTreeSet<NodeId>,
    /// The brake's state.
    pub brake: BrakeState,
    /// For conflict names.
    pub stamp: Stamp,
    /// The first id that is free for new nodes.
    pub next_node: u64,
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
}
