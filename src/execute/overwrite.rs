//! Undoes an overwrite that nobody meant.
//!
//! Where a creation cannot be refused (oCIS, and Nextcloud's request for many
//! files), what somebody else has put there within the last round trip is
//! overwritten, and is an older version of the file from then on. It is made the
//! current one again; then two new files claim one place, as they should.

use futures::StreamExt as _;

use crate::event::Cause;
use crate::journal::Journal;
use crate::model::{
    Change, Digest, Hash, HashBuilder, Intent, Kind, NodeId, RelPath, RemoteSeen, Rows, Side,
};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::{
    Current, Effect, Resource, Result, Server, ServerError, ServerErrorKind, Version,
};
use crate::world::World;

use super::guard;
use super::outcome::Refusal;

/// Attempts of a request that fails.
const TRIES: usize = 3;
/// Versions of somebody who goes on writing that are brought back in a row.
const IN_A_ROW: usize = 4;

/// What was brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// Nothing: nobody's version was overwritten.
    Nothing,
    /// Somebody's version stands there.
    Brought,
}

/// Looks for older versions of the file that we have just created at `path`,
/// with this date and length, and makes the newest of them the current one.
///
/// Fails with an unknown outcome where the server cannot be asked: it is
/// looked at again before the next plan.
pub(super) async fn undo<S: Server>(
    server: &S,
    path: &RelPath,
    file_id: Option<&str>,
    (mtime, size): (Option<i64>, u64),
) -> std::result::Result<Back, Refusal> {
    let undone = async {
        let file_id = match file_id {
            Some(id) => id.to_owned(),
            None => match server.stat(path).await?.and_then(|found| found.seen.file_id) {
                Some(id) => id,
                None => return Ok(Back::Nothing),
            },
        };
        bring_back(server, path, Current { file_id, mtime, size }).await
    };
    undone.await.map_err(|error: ServerError| {
        tracing::warn!(%error, %path, "not known whether something was overwritten");
        match error.kind.stops_all() {
            true => ServerError { effect: Effect::Unknown, ..error }.into(),
            false => Refusal::unknown(Cause::ServerTrouble),
        }
    })
}

async fn bring_back<S: Server>(server: &S, path: &RelPath, ours: Current) -> Result<Back> {
    if broken(Mutant::OverwrittenUnlooked) {
        return Ok(Back::Nothing);
    }
    let mut known = list(server, path, &ours).await?;
    let Some(mut next) = known.first().cloned() else { return Ok(Back::Nothing) };
    let there = server.stat(path).await?;
    let is_ours = there.is_some_and(|there| {
        let (mtime, size) = (there.seen.mtime, there.seen.size);
        mtime.is_none_or(|mtime| Some(mtime) == ours.mtime) && size == Some(ours.size)
    });
    if !is_ours {
        // Somebody has written over ours since: theirs it is already.
        return Ok(Back::Brought);
    }
    let mut now = ours.clone();
    for _ in 0..IN_A_ROW {
        tracing::info!(%path, "somebody's version was overwritten, and comes back");
        restore(server, path, &now, &next).await?;
        if ours.mtime.is_none() {
            // Ours could not be told from a newer one.
            break;
        }
        // RACE: somebody may have written between our look and the
        // restoration, which cannot be refused either. Then that is an older
        // version now, and neither ours nor one that was there before.
        let size = next.size.unwrap_or(0);
        now = Current { mtime: next.mtime, size, ..ours.clone() };
        let after = list(server, path, &now).await?;
        let is_new = |version: &&Version| !ours.is(version) && !known.contains(version);
        let Some(newer) = after.iter().find(is_new).cloned() else { break };
        let there = server.stat(path).await?.map(|there| there.seen);
        if there.is_none_or(|seen| (seen.mtime, seen.size) != (now.mtime, Some(size))) {
            // Theirs, or one whose date is that of its restoration (oCIS).
            break;
        }
        known.extend(after);
        next = newer;
    }
    Ok(Back::Brought)
}

/// Looks after the creations of which an earlier look, or the run itself, was
/// cut off, but for those whose request may still land. To be called before
/// the server is looked at.
pub async fn look_after_creations<W: World>(
    world: &W,
    journal: &mut Journal,
    waiting: impl Fn(NodeId) -> bool,
) -> std::result::Result<(), EngineError> {
    let open =
        journal.rows().intents.iter().filter(|(node, intent)| intent.creating && !waiting(**node));
    let open: Vec<(NodeId, Intent)> = open.map(|(node, intent)| (*node, intent.clone())).collect();
    for (node, intent) in open {
        match look_after(world.server(), journal.rows(), &intent).await {
            Ok(()) => {}
            Err(error) if error.kind.stops_all() => return Err(error.into()),
            // The server may know it in the next look, or in the next run.
            Err(error) if is_passing(&error.kind) => {
                tracing::warn!(%error, "not known yet whether something was overwritten");
                continue;
            }
            // This server will never tell: nothing else may wait for it.
            Err(error) => tracing::warn!(%error, "not known whether something was overwritten"),
        }
        let intent = Intent { creating: false, ..intent };
        let over = (intent != Intent::default()).then_some(intent);
        journal.commit(vec![Change::Intent(node, over)])?;
    }
    Ok(())
}

/// Whether the same request may be answered another time.
fn is_passing(kind: &ServerErrorKind) -> bool {
    use ServerErrorKind as K;
    matches!(kind, K::Status(500..) | K::Interrupted | K::Torn | K::Locked | K::StorageGone)
}

async fn look_after<S: Server>(server: &S, rows: &Rows, intent: &Intent) -> Result<()> {
    for place in &intent.asked {
        let folder = guard::folder(rows, Side::Remote, place.parent);
        let Some(path) = folder.map(|folder| folder.join(&place.name)) else { continue };
        if let Some(now) = ours(server, &path, &intent.sent).await? {
            bring_back(server, &path, now).await?;
        }
    }
    Ok(())
}

/// What stands at `path`, if it is a file with bytes that we have sent.
async fn ours<S: Server>(server: &S, path: &RelPath, sent: &[Digest]) -> Result<Option<Current>> {
    let there = stat(server, path).await?;
    let Some(there) = there.filter(|there| there.kind == Kind::File) else { return Ok(None) };
    let RemoteSeen { size: Some(size), sha1, mtime, file_id: Some(file_id), .. } = there.seen
    else {
        return Ok(None);
    };
    let mut like = sent.iter().filter(|digest| digest.size == size).peekable();
    if like.peek().is_none() {
        return Ok(None);
    }
    let is_ours = match sha1 {
        Some(sum) => like.any(|digest| digest.sha1 == Some(sum)),
        // Only small files go without a condition to a server that vouches for none.
        None => match read(server, path, size).await? {
            Some(hash) => like.any(|digest| digest.hash == hash),
            None => false,
        },
    };
    Ok(is_ours.then_some(Current { file_id, mtime, size }))
}

/// What stands at `path`. Half an answer is none: it is asked for again.
async fn stat<S: Server>(server: &S, path: &RelPath) -> Result<Option<Resource>> {
    let mut tries = 0;
    loop {
        tries += 1;
        match server.stat(path).await {
            Err(error) if error.kind == ServerErrorKind::NotFound => return Ok(None),
            Err(error) if tries < TRIES && !error.kind.refuses_account() => {
                tracing::debug!(%error, "looked at again");
            }
            there => return there,
        }
    }
}

/// The hash of the bytes at `path`; none if they are not so many.
async fn read<S: Server>(server: &S, path: &RelPath, size: u64) -> Result<Option<Hash>> {
    let mut digest = HashBuilder::default();
    let mut body = server.get(path).await?.body;
    let mut left = size;
    while let Some(block) = body.next().await {
        let block = block.map_err(|error| ServerError {
            kind: ServerErrorKind::Torn,
            effect: Effect::None,
            method: "GET",
            path: path.clone(),
            detail: error.to_string(),
        })?;
        let Some(rest) = left.checked_sub(block.len() as u64) else { return Ok(None) };
        left = rest;
        digest.update(&block);
    }
    Ok((left == 0).then(|| digest.finish().0))
}

/// Older versions, the newest first; none where the server keeps none.
async fn list<S: Server>(server: &S, path: &RelPath, now: &Current) -> Result<Vec<Version>> {
    let mut tries = 0;
    loop {
        tries += 1;
        match server.versions(path, now).await {
            Err(error) if error.kind == ServerErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) if tries < TRIES && !error.kind.refuses_account() => {
                tracing::debug!(%error, "versions are looked at again");
            }
            listed => return listed,
        }
    }
}

/// Sent twice, a restoration does no harm.
async fn restore<S: Server>(
    server: &S,
    path: &RelPath,
    now: &Current,
    version: &Version,
) -> Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        match server.bring_back(path, now, version).await {
            Err(error) if tries < TRIES && !error.kind.refuses_account() => {
                tracing::debug!(%error, "a version is brought back again");
            }
            done => return done,
        }
    }
}
