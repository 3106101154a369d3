//! Which nodes a running step needs to stand still.
//!
//! Paths are resolved when a step starts. Until its rows are committed nobody
//! else may change the same node, or move a folder above it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{NodeId, Rows, Side};
use crate::plan::Op;

/// What one step claims.
#[derive(Clone, Debug, Default)]
pub(super) struct Claim {
    /// Nodes that it changes.
    own: BTreeSet<NodeId>,
    /// Folders that its paths go through.
    through: BTreeSet<NodeId>,
}

impl Claim {
    /// The claim of `op`.
    pub(super) fn of(rows: &Rows, op: &Op) -> Self {
        let mut claim = Self { own: [op.node()].into(), ..Self::default() };
        match op {
            Op::MakeDir { to, .. }
            | Op::Move { to, .. }
            | Op::Fetch { to, .. }
            | Op::Send { to, .. } => claim.pass(rows, to.parent),
            Op::Replace { keep: Some((node, _)), .. } => drop(claim.own.insert(*node)),
            Op::Remove { with, .. } => claim.own.extend(with),
            Op::Replace { keep: None, .. }
            | Op::Park { .. }
            | Op::Update { .. }
            | Op::Read { .. } => {}
        }
        for side in [Side::Local, Side::Remote] {
            if let Some(entry) = rows.entry(side, op.node()) {
                claim.pass(rows, entry.place.parent);
            }
        }
        claim
    }

    /// Claims `folder` and all above it, on both sides.
    fn pass(&mut self, rows: &Rows, folder: NodeId) {
        for side in [Side::Local, Side::Remote] {
            let mut at = folder;
            while !at.is_root() {
                self.through.insert(at);
                let Some(entry) = rows.entry(side, at) else { break };
                at = entry.place.parent;
            }
        }
    }
}

/// All claims of steps that are not settled yet.
#[derive(Debug, Default)]
pub(super) struct Claims {
    own: BTreeSet<NodeId>,
    through: BTreeMap<NodeId, usize>,
}

impl Claims {
    /// Whether `claim` can be held beside the others.
    pub(super) fn allow(&self, claim: &Claim) -> bool {
        let taken = |node: &NodeId| self.own.contains(node);
        !claim.own.iter().any(|node| taken(node) || self.through.contains_key(node))
            && !claim.through.iter().any(taken)
    }

    /// Holds an allowed claim.
    pub(super) fn hold(&mut self, claim: &Claim) {
        self.own.extend(&claim.own);
        for &node in &claim.through {
            *self.through.entry(node).or_default() += 1;
        }
    }

    /// Lets go of a held claim.
    pub(super) fn release(&mut self, claim: &Claim) {
        for node in &claim.own {
            self.own.remove(node);
        }
        for node in &claim.through {
            if let Some(count) = self.through.get_mut(node) {
                *count -= 1;
                if *count == 0 {
                    self.through.remove(node);
                }
            }
        }
    }
}
