//! What a cut has left of uploads on the server.
//!
//! The name of an upload follows from what is sent, so an unchanged file finds
//! its own again. What was sent of a file that has changed or gone since is
//! asked for by nobody: it is removed here, for the journal still knows what
//! was asked.

use crate::model::{Change, Intent, LocalRow, NodeId, RelPath, Rows, Side};
use crate::server::Server as _;
use crate::world::World;

use super::guard::{self, Expect};
use super::send::upload_name;

/// No smaller file goes in several requests.
const LEAST: u64 = 64 << 10;

/// Removes what open requests of an earlier run have left of uploads that
/// cannot be gone on with. Nothing depends on it: what cannot be removed now,
/// the server clears away after a day (protocol.md 4.3).
pub(super) async fn forget<W: World>(world: &W, rows: &Rows) {
    for (&node, intent) in &rows.intents {
        let Some((row, expect)) = begun(rows, node, intent) else { continue };
        if expect.check(world.disk()).await.is_ok() {
            continue;
        }
        for to in places(rows, node, intent) {
            let Some(name) = upload_name(&rows.pair.tag, &to, row) else { continue };
            if let Err(error) = world.server().forget_upload(&to, &name).await {
                tracing::debug!(%error, "an upload stays on the server");
            }
        }
    }
}

/// Drops the addresses of uploads that nobody goes on with: their files are
/// gone, or are others by now. The server forgets what arrived there after a day.
pub(super) async fn stale<W: World>(world: &W, rows: &Rows) -> Vec<Change> {
    let mut stale = Vec::new();
    for (&node, at) in &rows.uploads {
        let is_same = match Expect::of(rows, node) {
            Some(expect) if is_for(rows, node, &at.name) => {
                expect.check(world.disk()).await.is_ok()
            }
            _ => false,
        };
        if !is_same {
            stale.push(Change::Upload(node, None));
        }
    }
    stale
}

/// Whether the upload of the file, as it is known, is called so.
fn is_for(rows: &Rows, node: NodeId, upload: &str) -> bool {
    let Some(row) = rows.local.get(&node) else { return false };
    let intent = rows.intents.get(&node).cloned().unwrap_or_default();
    let mut names = places(rows, node, &intent).into_iter();
    names.any(|to| upload_name(&rows.pair.tag, &to, row).is_some_and(|name| name == upload))
}

/// The file whose upload may have been cut.
fn begun<'a>(rows: &'a Rows, node: NodeId, intent: &Intent) -> Option<(&'a LocalRow, Expect)> {
    let row = rows.local.get(&node).filter(|row| row.seen.size > LEAST)?;
    let hash = row.entry.body.hash()?;
    intent.sent.iter().any(|digest| digest.hash == hash).then_some(())?;
    Some((row, Expect::of(rows, node)?))
}

/// Where it may have been on the way to.
fn places(rows: &Rows, node: NodeId, intent: &Intent) -> Vec<RelPath> {
    let asked = intent.asked.iter().filter_map(|place| {
        Some(guard::folder(rows, Side::Remote, place.parent)?.join(&place.name))
    });
    asked.chain(rows.path(Side::Remote, node)).collect()
}
