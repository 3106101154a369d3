//! Staging: the server's bytes on their way in, complete and durable before
//! any of them is shown to the user.

use futures::StreamExt as _;

use crate::disk::{Disk, DiskError, DiskErrorKind, NewFile as _};
use crate::event::{Cause, Event};
use crate::model::{
    Body, Digest, DigestBuilder, Etag, LocalSeen, NodeId, RelPath, RemoteRow, layout,
};
use crate::server::{Download, Server};
use crate::world::World;

use super::guard::Shown;
use super::outcome::Refusal;

const NANOS: i64 = 1_000_000_000;

/// Where the server's bytes are to come from, and what they must be.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Whose bytes.
    pub(super) node: NodeId,
    /// The version that was observed.
    pub(super) shown: Shown,
    /// Its row.
    pub(super) row: RemoteRow,
}

/// A whole file of the server in staging.
pub(super) struct Staged {
    /// Where.
    pub(super) at: RelPath,
    /// What it holds.
    pub(super) digest: Digest,
    /// What it shows.
    pub(super) seen: LocalSeen,
}

impl Source {
    /// The row once its bytes are known: they are bound to its etag (amendment 13).
    pub(super) fn known(self, digest: &Digest) -> RemoteRow {
        let mut row = self.row;
        row.entry.body = Body::known(digest.hash);
        row
    }

    /// Reads all bytes, gives each block to `take`, and proves that they are
    /// those of the observed version.
    pub(super) async fn read<W: World>(
        &self,
        world: &W,
        mut take: impl AsyncFnMut(bytes::Bytes) -> Result<(), DiskError>,
    ) -> Result<Digest, Refusal> {
        let Download { etag, size, sha1, mut body } = world.server().get(&self.shown.at).await?;
        if etag.is_some() && self.row.seen.etag.is_some() && etag != self.row.seen.etag {
            return Err(Refusal::STALE);
        }
        let mut digest = DigestBuilder::default();
        while let Some(block) = body.next().await {
            let block = block.map_err(|error| {
                tracing::debug!(path = %self.shown.at, %error, "download cut");
                Refusal::failed(Cause::Torn)
            })?;
            digest.update(&block);
            world.tell(Event::Moved { bytes: block.len() as u64 });
            take(block).await?;
        }
        let digest = digest.finish();
        self.prove(world, &digest, size, sha1).await?;
        self.prove_version(world, etag.as_ref()).await?;
        Ok(digest)
    }

    /// Length and checksum. A length that differs from the listing's is never
    /// taken: servers tear files and lie about it (amendment 20a).
    async fn prove<W: World>(
        &self,
        world: &W,
        digest: &Digest,
        announced: Option<u64>,
        sha1: Option<crate::model::Sha1Sum>,
    ) -> Result<(), Refusal> {
        let length = |size: Option<u64>| size.is_none_or(|size| size == digest.size);
        let sum = |sum: Option<crate::model::Sha1Sum>| sum.is_none_or(|sum| sum == digest.sha1);
        let whole = length(announced) && sum(sha1);
        if whole && length(self.row.seen.size) && sum(self.row.seen.sha1) {
            return Ok(());
        }
        // Either the bytes are bad, or they are good ones of another version.
        self.shown.look(world.server()).await?;
        Err(Refusal::failed(Cause::Torn))
    }

    /// Where the answer did not say which version it is, the server is asked again.
    async fn prove_version<W: World>(&self, world: &W, etag: Option<&Etag>) -> Result<(), Refusal> {
        if etag.is_none() || self.row.seen.etag.is_none() {
            self.shown.look(world.server()).await?;
        }
        Ok(())
    }

    /// Brings the bytes into staging, whole, proved and synced. What is left
    /// of a failed attempt is removed.
    pub(super) async fn stage<W: World>(&self, world: &W) -> Result<Staged, Refusal> {
        let at = layout::staged(self.node, layout::Role::New);
        // Amendment 36: better no first byte than no room for the last. The
        // displaced file takes no new room; it is only renamed.
        let free = world.disk().space().await?.free;
        if self.row.seen.size.is_some_and(|size| size > free) {
            return Err(Refusal::failed(Cause::DiskFull));
        }
        match self.write(world, &at).await {
            Ok((digest, seen)) => Ok(Staged { at, digest, seen }),
            Err(refusal) => {
                // If this fails too, the next start sweeps it away.
                let _ = world.disk().purge(&at).await;
                Err(refusal)
            }
        }
    }

    async fn write<W: World>(
        &self,
        world: &W,
        at: &RelPath,
    ) -> Result<(Digest, LocalSeen), Refusal> {
        let disk = world.disk();
        let mut file = match disk.create(at).await {
            // Left by a failed attempt of this run: worthless by its name.
            Err(error) if error.kind == DiskErrorKind::Exists => {
                disk.purge(at).await?;
                disk.create(at).await?
            }
            result => result?,
        };
        let digest = self.read(world, async |block| file.write(block).await).await?;
        let mtime = self.row.seen.mtime.and_then(|seconds| seconds.checked_mul(NANOS));
        let stat = file.finish(mtime).await?;
        Ok((digest, stat.seen))
    }
}

/// Whether a write right after this look could leave the same times
/// (amendment 34). A date given by us in the past cannot be repeated by a write.
pub(super) fn is_racy<D: Disk>(disk: &D, seen: &LocalSeen) -> bool {
    let step = i64::try_from(disk.volume().granularity.as_nanos()).unwrap_or(i64::MAX);
    seen.mtime.saturating_add(step) >= seen.ctime
}

/// Reads a local file to the end.
pub(super) async fn digest<D: Disk>(disk: &D, path: &RelPath) -> Result<Digest, DiskError> {
    let mut file = disk.open(path).await?;
    let mut digest = DigestBuilder::default();
    while let Some(block) = file.bytes.next().await {
        digest.update(&block.map_err(|source| DiskError {
            kind: DiskErrorKind::Broken,
            path: path.clone(),
            source,
        })?);
    }
    Ok(digest.finish())
}
