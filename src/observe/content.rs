//! Says what a version on the server holds, as far as that is known without
//! fetching it.

use crate::model::{Body, Kind, NodeId, RemoteRow, RemoteSeen, Rows, Timing};
use crate::mutant::{Mutant, broken};
use crate::server::Resource;

/// What a listed version is known to hold, and whether another version may
/// hide behind the same etag.
pub(super) fn body(
    rows: &Rows,
    node: NodeId,
    resource: &Resource,
    server_time: Option<i64>,
    timing: &Timing,
) -> (Body, bool) {
    if resource.kind == Kind::Dir {
        return (Body::Dir, false);
    }
    let known = rows.remote.get(&node);
    let young = is_young(&resource.seen, server_time, timing);
    if let Some(row) = known.filter(|row| is_same_version(row, &resource.seen)) {
        // A checksum that the server vouches for, seen at a time when no
        // further change can share the etag, settles a racy version.
        let settled = !young && resource.seen.sha1.is_some();
        return (row.entry.body, row.racy && !settled);
    }
    (by_checksum(rows, node, &resource.seen), young)
}

/// Whether the row's content is that of the version now listed. The etag alone
/// is not enough: ownCloud 10 keeps it when a file is overwritten within its
/// date's second (owncloud10.md), so size and checksum must agree too.
fn is_same_version(row: &RemoteRow, seen: &RemoteSeen) -> bool {
    let alone = broken(Mutant::EtagAlone);
    row.seen.etag.is_some() && row.seen.etag == seen.etag && (alone || looks_alike(row, seen))
}

fn looks_alike(row: &RemoteRow, seen: &RemoteSeen) -> bool {
    row.seen.size == seen.size
        && row.seen.mtime == seen.mtime
        && (seen.sha1.is_none() || row.seen.sha1.is_none() || row.seen.sha1 == seen.sha1)
}

/// Whether the version's date lies so close to the listing that a later change
/// may leave the etag as it is (amendment 4).
fn is_young(seen: &RemoteSeen, server_time: Option<i64>, timing: &Timing) -> bool {
    let racy = i64::try_from(timing.racy.as_secs()).unwrap_or(i64::MAX).max(1);
    match (seen.mtime, server_time) {
        _ if broken(Mutant::RacyBelieved) => false,
        (Some(mtime), Some(now)) => {
            mtime > now.saturating_sub(racy) && mtime <= now.saturating_add(racy)
        }
        _ => false,
    }
}

/// The content that carries the server's checksum, among all that this
/// computer knows by heart.
fn by_checksum(rows: &Rows, node: NodeId, seen: &RemoteSeen) -> Body {
    let unread = Body::File(crate::model::Content::Unread);
    let Some(sha1) = seen.sha1 else { return unread };
    let base = rows.base.get(&node).filter(|row| row.sha1 == Some(sha1)).map(|row| row.entry.body);
    let local =
        rows.local.get(&node).filter(|row| row.sha1 == Some(sha1)).map(|row| row.entry.body);
    let sent = rows.intents.get(&node).and_then(|intent| {
        intent
            .sent
            .iter()
            .find(|digest| digest.sha1 == Some(sha1))
            .map(|digest| Body::known(digest.hash))
    });
    base.or(local).or(sent).unwrap_or(unread)
}
