//! What a person has answered to the brake: some files may go, others come
//! back from the side that lost them. It holds for these files alone; what
//! looks like an accident besides is asked anew.

use std::collections::BTreeSet;

use crate::model::{Body, Entry, NodeId, Side};

use super::draft::Draft;
use super::{Brake, BrakeRule, Record};

/// What a person can answer to the brake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The side that would lose the files keeps them, and the other one gets
    /// them back.
    Restore,
    /// They go, as they were about to.
    Delete,
}

/// What was answered, each with the side that would lose it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// May go, or be overwritten.
    pub go: BTreeSet<(NodeId, Side)>,
    /// Come back to the other side.
    pub back: BTreeSet<(NodeId, Side)>,
}

impl Answered {
    /// Takes an answer to that brake; the last one holds.
    pub fn take(&mut self, brake: &Brake, verdict: Verdict) {
        for &node in &brake.held {
            let asked = (node, brake.side);
            let (to, from) = match verdict {
                Verdict::Delete => (&mut self.go, &mut self.back),
                Verdict::Restore => (&mut self.back, &mut self.go),
            };
            from.remove(&asked);
            to.insert(asked);
        }
    }

    /// Whether the side may lose it, or what it holds, without being asked about:
    /// it was said so, or it gets back what the other side keeps.
    pub(super) fn frees(&self, node: NodeId, side: Side) -> bool {
        self.go.contains(&(node, side)) || self.back.contains(&(node, side.other()))
    }
}

impl Brake {
    /// Whether the files would be overwritten rather than deleted.
    pub fn is_about_content(&self) -> bool {
        self.rule == BrakeRule::Overwritten
    }
}

/// Takes what comes back out of what was agreed: what only one side has is new
/// there, and what the other side made of a file is as if it had always been so.
pub(super) fn bring_back(draft: &mut Draft<'_>) {
    for &(node, side) in &draft.seen.answered.back {
        let (keeps, lost) = (draft.tree(side).get(node), draft.tree(side.other()).get(node));
        let Some(base) = draft.base.get(node) else { continue };
        match (keeps, lost) {
            (Some(_), None) => {
                draft.base.remove(node);
                draft.records.push(Record::Forget { node });
            }
            (Some(_), Some(lost)) if matches!(lost.body, Body::File(_)) => {
                let agreed = Entry { body: lost.body, ..base.clone() };
                draft.base.insert(node, agreed);
            }
            _ => {}
        }
    }
}
