//! Recognises what the engine itself did to the server when the reply was lost
//! (amendments 11, 12, 20a).

use crate::clock::Moment;
use crate::model::{
    BaseRow, Body, Change, Content, Digest, Entry, Intent, NodeId, RemoteRow, Rows, WaitReason,
};

use super::{Memory, Observation, doubt};

/// Compares what the server shows with what was asked of it. `begun` is the
/// moment at which the look began: it accounts for a request only if that was
/// after the request's quarantine.
pub(super) fn recognise(rows: &Rows, seen: &mut Observation, memory: &mut Memory, begun: Moment) {
    for (&node, &until) in &memory.quarantined {
        if until > begun {
            seen.doubts.insert(node, WaitReason::Quarantined);
        }
    }
    memory.quarantined.retain(|_, until| *until > begun);
    if rows.intents.is_empty() || !seen.consistent {
        return;
    }
    let mut shown = rows.clone();
    shown.apply(seen.changes.iter().cloned());
    for (&node, intent) in &rows.intents {
        if intent.creating {
            // What stands there may be ours over somebody else's: nothing is
            // made of it before that was looked after.
            for twin in std::iter::once(node).chain(twins(&shown, intent)) {
                doubt(&mut seen.doubts, twin, WaitReason::Quarantined);
            }
        }
        if seen.doubts.contains_key(&node) {
            continue;
        }
        let changes = account_for(&shown, node, intent);
        shown.apply(changes.iter().cloned());
        seen.changes.extend(changes);
        // Deleted here meanwhile: whose it is shows when it is read, and until
        // then it does not come back (amendment 11).
        if !shown.local.contains_key(&node) && !shown.remote.contains_key(&node) {
            // What is in doubt may not even be there.
            let twins = unread_twins(&shown, intent).into_iter();
            let sure = twins.filter(|twin| !seen.doubts.contains_key(twin));
            for twin in sure.collect::<Vec<_>>() {
                doubt(&mut seen.doubts, twin, WaitReason::Quarantined);
                seen.to_read.insert(twin);
            }
        }
    }
    let unread = shown.intents.iter().filter(|(_, intent)| intent.unknown).map(|(&node, _)| node);
    for node in unread.collect::<Vec<_>>() {
        doubt(&mut seen.doubts, node, WaitReason::Quarantined);
    }
}

fn account_for(shown: &Rows, node: NodeId, intent: &Intent) -> Vec<Change> {
    let Some(row) = shown.remote.get(&node) else { return account_for_new(shown, node, intent) };
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
    if let Some(base) = shown.base.get(&node) {
        changes.extend(agreed_by_us(base, row, intent).map(|base| Change::Base(node, Some(base))));
    }
    changes
}

/// What base becomes because the server shows what we sent, or where we put it.
fn agreed_by_us(base: &BaseRow, row: &RemoteRow, intent: &Intent) -> Option<BaseRow> {
    let mut agreed = base.clone();
    if let Some(digest) = sent(intent, row.entry.body) {
        agreed.entry.body = row.entry.body;
        agreed.sha1 = Some(digest.sha1);
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

/// What nobody has read at the places that were asked for.
fn unread_twins(shown: &Rows, intent: &Intent) -> Vec<NodeId> {
    let unread = |twin: &NodeId| shown.remote[twin].entry.body == Body::File(Content::Unread);
    twins(shown, intent).filter(unread).collect()
}

/// What stands at the places that were asked for, and was never agreed on.
fn twins(shown: &Rows, intent: &Intent) -> impl Iterator<Item = NodeId> {
    let twins = shown.remote.iter().filter(|(twin, row)| {
        intent.asked.contains(&row.entry.place) && !shown.base.contains_key(twin)
    });
    twins.map(|(&twin, _)| twin)
}

/// A file that we may have created: the unknown remote node at a place we
/// asked for, with bytes we sent, is ours.
fn account_for_new(shown: &Rows, node: NodeId, intent: &Intent) -> Vec<Change> {
    let ours = shown.remote.iter().find(|(twin, row)| {
        intent.asked.contains(&row.entry.place)
            && sent(intent, row.entry.body).is_some()
            && !shown.base.contains_key(twin)
            && !shown.local.contains_key(twin)
    });
    let Some((&twin, row)) = ours else {
        // While what stands there is unread, the intent is still needed.
        return if !unread_twins(shown, intent).is_empty() {
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
        && (parent.is_root() || shown.base.contains_key(&parent))
    {
        let entry = Entry { place: row.entry.place.clone(), body: row.entry.body };
        let base = BaseRow {
            entry,
            sha1: Some(digest.sha1),
            size: digest.size,
            etag: row.seen.etag.clone(),
            presumed: false,
        };
        changes.push(Change::Base(node, Some(base)));
    }
    changes
}
