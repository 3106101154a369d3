//! The differences between a side and what it is to show, before they have an order.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Body, NodeId, Side, Stand};

use super::draft::Draft;
use super::hide::Hidden;
use super::merge::Target;
use super::want::{Want, Wants};
use super::{WaitReason, Why};

/// One thing to do with a node on a side; in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// It stands elsewhere.
    Move,
    /// It is not there.
    Make,
    /// Its bytes are others.
    Content,
    /// It is not wanted.
    Remove,
}

/// All that is to be done on one side.
pub(super) struct Tasks {
    pub(super) side: Side,
    pub(super) wants: Wants,
    pending: BTreeMap<(Task, NodeId), Why>,
    files: BTreeSet<NodeId>,
}

impl Tasks {
    /// Compares a side with what it is to show.
    pub(super) fn compare(
        draft: &Draft<'_>,
        target: &Target<'_>,
        hidden: &Hidden,
        side: Side,
        wants: Wants,
    ) -> Self {
        let mut tasks = Self { side, wants, pending: BTreeMap::new(), files: BTreeSet::new() };
        for (&node, want) in &tasks.wants {
            let now = draft.tree(side).get(node);
            let why = Reasons { draft, target, side, node };
            match (now, want) {
                (None, None) => {}
                (None, Some(_)) => drop(tasks.pending.insert((Task::Make, node), why.made())),
                (Some(now), None) => {
                    let why =
                        if hidden.nodes.contains(&node) { Why::Deselected } else { Why::Deleted };
                    tasks.pending.insert((Task::Remove, node), why);
                    if !now.body.is_dir() {
                        tasks.files.insert(node);
                    }
                }
                (Some(now), Some(want)) => {
                    let stand = draft.stand(side, node);
                    if now.place != want.place || *stand != want.stand() {
                        tasks.pending.insert((Task::Move, node), why.moved());
                    }
                    let is_file = !now.body.is_dir() && !want.body.is_dir();
                    let stays = target.content_stays.contains(&node);
                    if is_file && now.body != want.body && !stays {
                        let split = target.split.contains(&node);
                        let why = if split { Why::Conflict } else { Why::Edited };
                        tasks.pending.insert((Task::Content, node), why);
                    }
                }
            }
        }
        tasks
    }

    pub(super) fn list(&self) -> Vec<(NodeId, Task)> {
        self.pending.keys().map(|&(task, node)| (node, task)).collect()
    }

    pub(super) fn has(&self, node: NodeId, task: Task) -> bool {
        self.pending.contains_key(&(task, node))
    }

    /// Why the task is to be done. Only asked of pending tasks.
    pub(super) fn why(&self, node: NodeId, task: Task) -> Why {
        self.pending.get(&(task, node)).copied().unwrap_or(Why::Edited)
    }

    pub(super) fn drop(&mut self, node: NodeId, task: Task) {
        self.pending.remove(&(task, node));
    }

    pub(super) fn want(&self, node: NodeId) -> Option<&Want> {
        self.wants.get(&node)?.as_ref()
    }

    /// Files that would go.
    pub(super) fn removed_files(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.files.iter().copied().filter(|&node| self.has(node, Task::Remove))
    }

    /// Files whose bytes would be replaced.
    pub(super) fn overwritten(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.pending.keys().filter(|(task, _)| *task == Task::Content).map(|&(_, node)| node)
    }

    pub(super) fn makes_nothing(&self) -> bool {
        !self.pending.keys().any(|(task, _)| *task == Task::Make)
    }
}

impl Want {
    /// How a node stands that stands as wanted.
    fn stand(&self) -> Stand {
        self.alias.clone().map_or(Stand::Home, Stand::Alias)
    }
}

/// Finds out what to tell the user.
struct Reasons<'d, 'a> {
    draft: &'d Draft<'a>,
    target: &'d Target<'a>,
    side: Side,
    node: NodeId,
}

impl Reasons<'_, '_> {
    fn made(&self) -> Why {
        if self.draft.base.contains(self.node) { Why::Restored } else { Why::New }
    }

    fn moved(&self) -> Why {
        let now = self.draft.tree(self.side).place(self.node);
        let other = self.draft.tree(self.side.other()).place(self.node);
        let base = self.draft.base.place(self.node);
        let wanted = self.target.tree.place(self.node);
        if self.target.named.contains(&self.node) {
            Why::Clash
        } else if *self.draft.stand(self.side, self.node) == Stand::Parked {
            Why::InTheWay
        } else if now == wanted {
            // Only the alias changes.
            Why::Clash
        } else if other == base && wanted == base {
            Why::Restored
        } else {
            Why::Moved
        }
    }
}

/// What reading is needed, as tasks of no side: (node, why it cannot be done now).
pub(super) fn readings(draft: &Draft<'_>) -> Vec<(NodeId, Option<WaitReason>)> {
    let is_unread = |node: &&NodeId| {
        draft.there.get(**node).is_some_and(|entry| matches!(entry.body, Body::File(_)))
    };
    let nodes = draft.to_read.iter().filter(is_unread);
    let reason =
        |node| draft.waiting(node, Side::Remote).filter(|_| draft.is_uncertain(node, Side::Remote));
    nodes.map(|&node| (node, reason(node))).collect()
}
