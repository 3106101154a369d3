//! A file that has only grown since it was read goes out as it was read.
//!
//! What it showed then was its state, and still is its beginning: a private
//! copy of that beginning is made, proved to have the bytes that were read, and
//! sent in its place (amendment 35). Bytes that are equal at two readings were
//! the same at every moment in between, so a file that is written to in its
//! midst never goes out as a mixture of two states.

use crate::disk::{Disk as _, NewFile as _};
use crate::event::Cause;
use crate::model::layout;
use crate::world::World;

use super::guard::Expect;
use super::outcome::{Performed, Refusal};
use super::send::Send;
use super::stage;

/// Sends a file, from a copy if it has grown.
///
/// A cut leaves `<id>.copy` in staging, which is worthless.
pub(super) async fn send<W: World>(world: &W, send: Send) -> Result<Performed, Refusal> {
    let (.., expect, _, _) = send.source();
    let grown = world.disk().stat(&expect.at).await?.is_some_and(|now| expect.has_grown(&now));
    if !grown {
        return send.perform(world).await;
    }
    let (node, ..) = send.source();
    let at = layout::staged(node, layout::Role::Copy);
    let sent = match copy(world, &send).await {
        Ok(copy) => send.out_of(copy).perform(world).await,
        Err(refusal) => Err(refusal),
    };
    // If this fails, the next start sweeps it away.
    let _ = world.disk().purge(&at).await;
    sent
}

/// Copies as much of the file as was read, and proves the bytes.
async fn copy<W: World>(world: &W, send: &Send) -> Result<Expect, Refusal> {
    let (disk, (node, expect, hash, size)) = (world.disk(), send.source());
    if disk.space().await?.free < size {
        return Err(Refusal::failed(Cause::DiskFull));
    }
    let at = layout::staged(node, layout::Role::Copy);
    // Left by a failed attempt: worthless by its name.
    let _ = disk.purge(&at).await;
    drop(disk.clone_file(&expect.at, &at).await?);
    let seen = disk.write_on(&at, size).await?.finish(None).await?.seen;
    if stage::digest(disk, &at).await?.hash != hash {
        return Err(Refusal::STALE);
    }
    Ok(Expect::staged(at, seen))
}
