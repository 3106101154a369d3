//! Recognises what the engine itself did to the server when the reply was lost
//! (amendments 11, 12, 20a).

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Moment;
use crate::model::{
    BaseRow, Body, Change, Content, Digest, Entry, Intent, NodeId, Place, RemoteRow, Rows,
    WaitReason,
};

use super::{Memory, Observation, doubt};
use crate::mutant::{Mutant, broken};

/// Compares what the server shows with what was asked of it. `begun` is the
/// moment at which the look began: it accounts for a request only if that was
/// after the request's quarantine.
pub(super) fn recognise(rows: &Rows, seen: &mut Observation, memory: &mut Memory, begun: Moment) {
    memory.left_open.retain(|_, until| *until > begun);
    let gone = memory
        .left_open
        .iter()
        .filter(|(node, _)| rows.intents.contains_key(node) && !rows.local.contains_key(node));
    let gone: Vec<(NodeId, Moment)> = gone.map(|(&node, &until)| (node, until)).collect();
    memory.quarantined.extend(gone);
    for (&node, &until) in &memory.quarantined {
        if until > begun {
            seen.doubts.insert(node, WaitReason::Quarantined);
        }
    }
    memory.quarantined.retain(|_, until| *until > begun);
    if rows.intents.is_empty() {
        return;
    }
    let mut shown = Shown::of(rows, &seen.changes);
    for (&node, intent) in &rows.intents {
        // Whose it is that stands there shows only when the request is
        // accounted for: nothing is made of it before. What is deleted here
        // would come back (amendment 11), and what was asked for under no
        // condition may be ours over somebody else's.
        let unaccounted = !seen.consistent || seen.doubts.contains_key(&node);
        if intent.creating || (unaccounted && shown.is_gone(node)) {
            for twin in std::iter::once(node).chain(shown.twins(intent)) {
                doubt(&mut seen.doubts, twin, WaitReason::Quarantined);
            }
        }
        // What is to stand at its place there would be overwritten by it.
        if intent.creating && unaccounted {
            for other in shown.bound_for(node, intent) {
                doubt(&mut seen.doubts, other, WaitReason::Quarantined);
            }
        }
        if !seen.consistent || seen.doubts.contains_key(&node) {
            continue;
        }
        let changes = account_for(&shown, node, intent);
        shown.take(&changes);
        seen.changes.extend(changes);
        // Deleted here meanwhile: whose it is shows when it is read, and until
        // then it does not come back (amendment 11).
        if shown.is_gone(node) {
            // What is in doubt may not even be there.
            let twins = shown.unread_twins(intent).into_iter();
            let sure = twins.filter(|twin| !seen.doubts.contains_key(twin));
            for twin in sure.collect::<Vec<_>>() {
                doubt(&mut seen.doubts, twin, WaitReason::Quarantined);
                seen.to_read.insert(twin);
            }
        }
    }
    for node in shown.unknown {
        doubt(&mut seen.doubts, node, WaitReason::Quarantined);
    }
}

/// What the rows will show once a look is written down, as far as open
/// requests are concerned. Nothing else of the rows is copied.
struct Shown<'a> {
    rows: &'a Rows,
    /// What becomes of rows that differ from those.
    remote: BTreeMap<NodeId, Option<RemoteRow>>,
    base: BTreeMap<NodeId, Option<BaseRow>>,
    /// What stands at the places that were asked for.
    at: BTreeMap<Place, BTreeSet<NodeId>>,
    /// Nodes with a request that nobody knows the end of.
    unknown: BTreeSet<NodeId>,
}

impl<'a> Shown<'a> {
    fn of(rows: &'a Rows, changes: &[Change]) -> Self {
        let asked = rows.intents.values().flat_map(|intent| intent.asked.iter().cloned());
        let mut at: BTreeMap<Place, BTreeSet<NodeId>> =
            asked.map(|place| (place, BTreeSet::new())).collect();
        if !at.is_empty() {
            for (&node, row) in &rows.remote {
                if let Some(nodes) = at.get_mut(&row.entry.place) {
                    nodes.insert(node);
                }
            }
        }
        let unknown = rows.intents.iter().filter(|(_, intent)| intent.unknown);
        let unknown = unknown.map(|(&node, _)| node).collect();
        let (remote, base) = (BTreeMap::new(), BTreeMap::new());
        let mut shown = Self { rows, remote, base, at, unknown };
        shown.take(changes);
        shown
    }

    /// What will be written down too.
    fn take(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Remote(node, row) => self.take_remote(*node, row.as_ref()),
                Change::Base(node, row) => drop(self.base.insert(*node, row.clone())),
                Change::Intent(node, intent) => {
                    match intent.as_ref().is_some_and(|intent| intent.unknown) {
                        true => self.unknown.insert(*node),
                        false => self.unknown.remove(node),
                    };
                }
                Change::Local(..)
                | Change::Upload(..)
                | Change::Hold(..)
                | Change::Aside(..)
                | Change::Pair(_) => {}
            }
        }
    }

    fn take_remote(&mut self, node: NodeId, row: Option<&RemoteRow>) {
        let place = |row: &RemoteRow| row.entry.place.clone();
        let (before, after) = (self.remote(node).map(place), row.map(place));
        if let Some(nodes) = before.and_then(|place| self.at.get_mut(&place)) {
            nodes.remove(&node);
        }
        if let Some(nodes) = after.and_then(|place| self.at.get_mut(&place)) {
            nodes.insert(node);
        }
        self.remote.insert(node, row.cloned());
    }

    fn remote(&self, node: NodeId) -> Option<&RemoteRow> {
        match self.remote.get(&node) {
            Some(news) => news.as_ref(),
            None => self.rows.remote.get(&node),
        }
    }

    fn base(&self, node: NodeId) -> Option<&BaseRow> {
        match self.base.get(&node) {
            Some(news) => news.as_ref(),
            None => self.rows.base.get(&node),
        }
    }

    /// Whether neither side shows the node any more.
    fn is_gone(&self, node: NodeId) -> bool {
        let gone = !self.rows.local.contains_key(&node) && self.remote(node).is_none();
        gone && !broken(Mutant::LateLandingIgnored)
    }

    /// Others that stand on this computer where the server was asked to put
    /// `node`: they are on their way there.
    fn bound_for(&self, node: NodeId, intent: &Intent) -> Vec<NodeId> {
        let bound = self
            .rows
            .local
            .iter()
            .filter(|(other, row)| **other != node && intent.asked.contains(&row.entry.place));
        bound.map(|(&other, _)| other).collect()
    }

    /// What stands at the places that were asked for, and was never agreed on.
    fn twins(&self, intent: &Intent) -> Vec<NodeId> {
        let there = intent.asked.iter().filter_map(|place| self.at.get(place)).flatten();
        let there: BTreeSet<NodeId> = there.copied().collect();
        there.into_iter().filter(|&twin| self.base(twin).is_none()).collect()
    }

    /// What nobody has read of them.
    fn unread_twins(&self, intent: &Intent) -> Vec<NodeId> {
        let unread = |twin: &NodeId| {
            self.remote(*twin).is_some_and(|row| row.entry.body == Body::File(Content::Unread))
        };
        self.twins(intent).into_iter().filter(unread).collect()
    }
}

fn account_for(shown: &Shown<'_>, node: NodeId, intent: &Intent) -> Vec<Change> {
    let Some(row) = shown.remote(node) else { return account_for_new(shown, node, intent) };
    if intent.unknown
        && !intent.sent.is_empty()
        && !row.entry.body.is_dir()
        && row.seen.sha1.is_none()
    {
        // A cut upload may have left a piece of ours under the old etag
        // (protocol.md 0.17): what the row says of the content proves nothing.
        let mut row = row.clone();
        row.entry.body = Body::File(Content::Unread);
        let known = Intent { unknown: false, ..intent.clone() };
        return vec![Change::Remote(node, Some(row)), Change::Intent(node, Some(known))];
    }
    if row.entry.body == Body::File(Content::Unread) {
        // The request is over, but whose bytes these are shows only when they
        // are read: what was sent is remembered until then.
        let over = Intent { unknown: false, ..intent.clone() };
        return if over == *intent { Vec::new() } else { vec![Change::Intent(node, Some(over))] };
    }
    let mut changes = vec![Change::Intent(node, None)];
    if let Some(base) = shown.base(node) {
        changes.extend(agreed_by_us(base, row, intent).map(|base| Change::Base(node, Some(base))));
    }
    changes
}

/// What base becomes because the server shows what we sent, or where we put it.
fn agreed_by_us(base: &BaseRow, row: &RemoteRow, intent: &Intent) -> Option<BaseRow> {
    let mut agreed = base.clone();
    if let Some(digest) = sent(intent, row.entry.body) {
        agreed.entry.body = row.entry.body;
        agreed.sha1 = digest.sha1;
        agreed.size = digest.size;
        agreed.etag = row.seen.etag.clone();
        agreed.presumed = false;
    }
    if intent.asked.contains(&row.entry.place) {
        agreed.entry.place = row.entry.place.clone();
    }
    (agreed != *base).then_some(agreed)
}

fn sent(intent: &Intent, body: Body) -> Option<&Digest> {
    intent.sent.iter().find(|digest| body == Body::known(digest.hash))
}

/// A file that we may have created: the unknown remote node at a place we
/// asked for, with bytes we sent, is ours.
fn account_for_new(shown: &Shown<'_>, node: NodeId, intent: &Intent) -> Vec<Change> {
    let ours = shown.twins(intent).into_iter().find_map(|twin| {
        let row = shown.remote(twin)?;
        let ours = sent(intent, row.entry.body).is_some() && !shown.rows.local.contains_key(&twin);
        ours.then_some((twin, row))
    });
    let Some((twin, row)) = ours else {
        // While what stands there is unread, the intent is still needed.
        return if !shown.unread_twins(intent).is_empty() {
            vec![Change::Intent(node, Some(Intent { unknown: false, ..intent.clone() }))]
        } else {
            vec![Change::Intent(node, None)]
        };
    };
    let mut changes = vec![
        Change::Remote(twin, None),
        Change::Remote(node, Some(row.clone())),
        Change::Intent(node, None),
    ];
    let parent = row.entry.place.parent;
    if let Some(digest) = sent(intent, row.entry.body)
        && (parent.is_root() || shown.base(parent).is_some())
    {
        let entry = Entry { place: row.entry.place.clone(), body: row.entry.body };
        let base = BaseRow {
            entry,
            sha1: digest.sha1,
            size: digest.size,
            etag: row.seen.etag.clone(),
            presumed: false,
        };
        changes.push(Change::Base(node, Some(base)));
    }
    changes
}
