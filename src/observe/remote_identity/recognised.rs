//! Moves on servers that have no ids.

use std::collections::BTreeMap;

use crate::model::{Change, NodeId, RemoteRow, Stand, WaitReason};

use super::super::{Observation, absence, doubt, moved};
use super::Pairing;

impl Pairing<'_> {
    /// On a server without ids: what is new and what is missing may be one.
    pub(super) fn recognise_moved(&mut self, observation: &mut Observation) {
        let known =
            |node: &NodeId| self.rows.base.contains_key(node) || self.rows.local.contains_key(node);
        let fresh = self.rows_out.iter().filter(|(node, row)| {
            !known(node) && row.stand == Stand::Home && !self.frozen.contains(node)
        });
        let fresh: BTreeMap<NodeId, &RemoteRow> = fresh.map(|(node, row)| (*node, row)).collect();
        if fresh.is_empty() {
            return;
        }
        let moves = moved::find(self.rows, &absence::all_missing(self), &fresh);
        for (node, row) in &mut self.rows_out {
            let parent = &mut row.entry.place.parent;
            *parent = moves.same.get(parent).copied().unwrap_or(*parent);
            *node = moves.same.get(node).copied().unwrap_or(*node);
        }
        for folder in self.folder.values_mut() {
            *folder = moves.same.get(folder).copied().unwrap_or(*folder);
        }
        // What was seen in such a folder before, and is not there now, is
        // missing from the known one.
        for (&node, row) in &self.rows.remote {
            if let Some(&known) = moves.same.get(&row.entry.place.parent)
                && !self.claimed.contains(&node)
            {
                let mut row = row.clone();
                row.entry.place.parent = known;
                observation.changes.push(Change::Remote(node, Some(row)));
            }
        }
        for (fresh, known) in moves.same {
            self.claimed.remove(&fresh);
            self.claimed.insert(known);
            if self.rows.remote.contains_key(&fresh) {
                observation.changes.push(Change::Remote(fresh, None));
                self.renamed.insert(fresh);
            }
        }
        for node in moves.held {
            doubt(&mut observation.doubts, node, WaitReason::SecondLook);
        }
        observation.to_read = moves.to_read;
    }
}
