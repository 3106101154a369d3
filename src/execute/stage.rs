//! Staging: the server's bytes on their way in, complete and durable before
//! any of them is shown to the user.

use bytes::Bytes;
use futures::StreamExt as _;

use crate::disk::{Disk, DiskError, NewFile as _};
use crate::event::{Cause, Event, Outcome};
use crate::model::{
    Body, Digest, DigestBuilder, Etag, Kind, LocalSeen, NodeId, RelPath, RemoteRow, Sha1Sum, Sums,
    layout,
};
use crate::mutant::{Mutant, broken};
use crate::server::{Download, Resource, Resume, Server};
use crate::world::World;

use super::guard::{Expect, Shown};
use super::outcome::Refusal;
use super::partial::{self, Partial};
use super::twins;

const NANOS: i64 = 1_000_000_000;

/// How often a download may be cut in a row without a byte.
const TRIES: u32 = 3;

/// Where the server's bytes are to come from, and what they must be.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Whose bytes.
    pub(super) node: NodeId,
    /// The version that was observed.
    pub(super) shown: Shown,
    /// Its row.
    pub(super) row: RemoteRow,
    /// A file here that has the same bytes, if there is one.
    pub(super) twin: Option<Expect>,
}

/// A whole file of the server in staging.
pub(super) struct Staged {
    /// Where.
    pub(super) at: RelPath,
    /// What it holds.
    pub(super) digest: Digest,
    /// What it shows.
    pub(super) seen: LocalSeen,
    /// How many bytes came for it over the line this time.
    pub(super) fetched: u64,
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
        mut take: impl AsyncFnMut(Bytes) -> Result<(), DiskError>,
    ) -> Result<Digest, Refusal> {
        let mut download = world.server().get(&self.shown.at).await?;
        if !self.is_of(&download) {
            return Err(Refusal::STALE);
        }
        let mut digest = DigestBuilder::new(self.sums(world));
        while let Some(block) = download.body.next().await {
            let block = block.map_err(|error| self.torn(&error))?;
            digest.update(&block);
            world.tell(Event::Moved { node: self.node, bytes: block.len() as u64 });
            if self.is_too_much(digest.size(), &download) {
                break;
            }
            take(block).await?;
        }
        let digest = digest.finish();
        self.prove_all(world, &digest, &download).await?;
        Ok(digest)
    }

    /// Whether the bytes that come are those of the observed version, as far
    /// as the answer says it.
    fn is_of(&self, download: &Download) -> bool {
        let (came, seen) = (&download.etag, &self.row.seen.etag);
        came.is_none() || seen.is_none() || came == seen
    }

    /// Whether so many bytes are more than the file can have: what comes
    /// without end must not fill the disk. The proof then refuses them.
    fn is_too_much(&self, bytes: u64, download: &Download) -> bool {
        let most = self.row.seen.size.into_iter().chain(download.size).min();
        most.is_some_and(|most| bytes > most)
    }

    fn torn(&self, error: &std::io::Error) -> Refusal {
        tracing::debug!(path = %self.shown.at, %error, "download cut");
        Refusal::failed(Cause::Torn)
    }

    async fn prove_all<W: World>(
        &self,
        world: &W,
        digest: &Digest,
        download: &Download,
    ) -> Result<(), Refusal> {
        self.prove(world, digest, download.size, download.sha1).await?;
        self.prove_version(world, download.etag.as_ref()).await
    }

    /// Length and checksum. A length that differs from the listing's is never
    /// taken: servers tear files and lie about it (amendment 20a).
    async fn prove<W: World>(
        &self,
        world: &W,
        digest: &Digest,
        announced: Option<u64>,
        sha1: Option<Sha1Sum>,
    ) -> Result<(), Refusal> {
        let length = |size: Option<u64>| {
            size.is_none_or(|size| size == digest.size) || broken(Mutant::LengthUnproved)
        };
        let sum = |sum: Option<Sha1Sum>| {
            sum.is_none_or(|sum| Some(sum) == digest.sha1) || broken(Mutant::SumUnproved)
        };
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
    /// of a failed attempt is removed, unless it can be gone on with.
    pub(super) async fn stage<W: World>(&self, world: &W) -> Result<Staged, Refusal> {
        if let Some(staged) = self.stage_copy(world).await? {
            return Ok(staged);
        }
        if let Some(version) = partial::version(&self.row) {
            return self.stage_large(world, version).await;
        }
        let at = layout::staged(self.node, layout::Role::New);
        self.need_room(world, 0).await?;
        match self.write(world, &at).await {
            Ok((digest, seen)) => Ok(Staged { at, digest, seen, fetched: digest.size }),
            Err(refusal) => {
                // If this fails too, the next start sweeps it away.
                let _ = world.disk().purge(&at).await;
                Err(refusal)
            }
        }
    }

    /// Whether bytes that came without a version are those of the observed
    /// one. What was listed afterwards must be that very version, by id, etag
    /// and length, and nothing may be known of the bytes that they are not: a
    /// racy version may share its etag with another (amendment 4).
    pub(super) fn is_proved_by(&self, after: &Resource, digest: &Digest) -> bool {
        let (then, now) = (&self.row.seen, &after.seen);
        let same = then.etag.is_some() && then.etag == now.etag && then.file_id == now.file_id;
        let size = Some(digest.size);
        let right = |sha1: Option<Sha1Sum>| sha1.is_none_or(|sha1| Some(sha1) == digest.sha1);
        let all = then.size == size && now.size == size && right(then.sha1) && right(now.sha1);
        let right = !self.row.racy && same && all || broken(Mutant::ZipUnproved);
        after.kind == Kind::File && right
    }

    /// Brings proved bytes into staging, synced.
    pub(super) async fn stage_given<W: World>(
        &self,
        world: &W,
        bytes: Bytes,
        digest: Digest,
    ) -> Result<Staged, Refusal> {
        let at = layout::staged(self.node, layout::Role::New);
        self.need_room(world, 0).await?;
        world.tell(Event::Moved { node: self.node, bytes: digest.size });
        let written = async {
            let mut file = partial::create_anew(world.disk(), &at).await?;
            file.write(bytes).await?;
            file.finish(self.mtime()).await
        };
        match written.await {
            Ok(stat) => Ok(Staged { at, digest, seen: stat.seen, fetched: digest.size }),
            Err(error) => {
                // If this fails too, the next start sweeps it away.
                let _ = world.disk().purge(&at).await;
                Err(error.into())
            }
        }
    }

    /// The same bytes from a file that is here, if there is one.
    async fn stage_copy<W: World>(&self, world: &W) -> Result<Option<Staged>, Refusal> {
        let seen = &self.row.seen;
        let (Some(twin), Some(sha1), Some(size)) = (&self.twin, seen.sha1, seen.size) else {
            return Ok(None);
        };
        self.need_room(world, 0).await?;
        let staged = twins::copy_here(world, self.node, twin, (sha1, size), self.mtime()).await;
        if let Some(staged) = &staged
            && let Err(refusal) = self.shown.look(world.server()).await
        {
            let _ = world.disk().purge(&staged.at).await;
            return Err(refusal);
        }
        Ok(staged)
    }

    /// Amendment 36: better no first byte than no room for the last, or than less
    /// on the disk than its user wants to keep free. The displaced file takes no new room; it is only renamed.
    async fn need_room<W: World>(&self, world: &W, here: u64) -> Result<(), Refusal> {
        let space = world.disk().space().await?;
        let reserve = world.reserve().bytes(space.total);
        match self.row.seen.size.map(|size| size.saturating_sub(here)) {
            Some(missing) if missing > space.free => Err(Refusal::failed(Cause::DiskFull)),
            Some(missing) if missing > 0 && missing > space.free.saturating_sub(reserve) => {
                Err(Refusal::failed(Cause::Reserve))
            }
            _ => Ok(()),
        }
    }

    async fn write<W: World>(
        &self,
        world: &W,
        at: &RelPath,
    ) -> Result<(Digest, LocalSeen), Refusal> {
        let mut file = partial::create_anew(world.disk(), at).await?;
        let digest = self.read(world, async |block| file.write(block).await).await?;
        let stat = file.finish(self.mtime()).await?;
        Ok((digest, stat.seen))
    }

    fn sums<W: World>(&self, world: &W) -> Sums {
        world.server().profile().sums(self.row.seen.size.unwrap_or(0))
    }

    fn mtime(&self) -> Option<i64> {
        self.row.seen.mtime.and_then(|seconds| seconds.checked_mul(NANOS))
    }

    /// As [`Self::stage`], going on behind what has arrived before, and after
    /// every cut for as long as more arrives.
    async fn stage_large<W: World>(&self, world: &W, version: String) -> Result<Staged, Refusal> {
        let disk = world.disk();
        let mut part = Partial::find(disk, self.node, version, self.sums(world)).await?;
        self.need_room(world, part.length()).await?;
        let (mut fetched, mut cuts, mut furthest) = (0, 0, part.length());
        let last = loop {
            let last = match self.draw(world, &mut part, &mut fetched).await {
                Ok(last) => last,
                Err(refusal) if refusal.is(&Outcome::Stale) => {
                    part.discard(disk).await;
                    return Err(refusal);
                }
                Err(refusal) => {
                    part.keep(disk).await;
                    return Err(refusal);
                }
            };
            match last {
                Drawn::Whole(last) => break last,
                // Bytes alone are no progress: some servers begin anew each time.
                Drawn::Cut(_) if part.length() > furthest => {
                    (cuts, furthest) = (0, part.length());
                }
                Drawn::Cut(_) if cuts < TRIES => cuts += 1,
                Drawn::Cut(refusal) => {
                    part.keep(disk).await;
                    return Err(refusal);
                }
            }
        };
        let digest = part.digest();
        if let Err(refusal) = self.prove_all(world, &digest, &last).await {
            part.discard(disk).await;
            return Err(refusal);
        }
        let (at, stat) = part.finish(disk, self.mtime()).await?;
        Ok(Staged { at, digest, seen: stat.seen, fetched })
    }

    /// Asks for what is missing and writes it down until it ends.
    async fn draw<W: World>(
        &self,
        world: &W,
        part: &mut Partial<W::Disk>,
        fetched: &mut u64,
    ) -> Result<Drawn, Refusal> {
        let (disk, server) = (world.disk(), world.server());
        let here = part.length();
        let mut download = match &self.row.seen.etag {
            // Everything has arrived already, and only its end had been cut off.
            Some(_) if here > 0 && self.row.seen.size == Some(here) => Download {
                offset: here,
                etag: None,
                size: None,
                sha1: None,
                body: futures::stream::empty().boxed(),
            },
            Some(etag) if here > 0 => {
                let from = Resume { offset: here, etag: etag.clone() };
                server.get_from(&self.shown.at, &from).await?
            }
            _ => server.get(&self.shown.at).await?,
        };
        if !self.is_of(&download) {
            return Err(Refusal::STALE);
        }
        part.ready(disk, download.offset).await?;
        while let Some(block) = download.body.next().await {
            let block = match block {
                Ok(block) => block,
                Err(error) => return Ok(Drawn::Cut(self.torn(&error))),
            };
            let length = block.len() as u64;
            *fetched += length;
            world.tell(Event::Moved { node: self.node, bytes: length });
            part.write(disk, block).await?;
            if self.is_too_much(part.length(), &download) {
                break;
            }
        }
        Ok(Drawn::Whole(download))
    }
}

/// How the drawing of bytes ended.
enum Drawn {
    /// To the end of the file, as this answer has it.
    Whole(Download),
    /// In the middle.
    Cut(Refusal),
}

/// Whether a write right after this look could leave the same times
/// (amendment 34). A date given by us in the past cannot be repeated by a write.
pub(super) fn is_racy<D: Disk>(disk: &D, seen: &LocalSeen) -> bool {
    let step = i64::try_from(disk.volume().granularity.as_nanos()).unwrap_or(i64::MAX);
    seen.mtime.saturating_add(step) >= seen.ctime
}

/// Reads a local file to the end.
pub(super) async fn digest<D: Disk>(disk: &D, path: &RelPath) -> Result<Digest, DiskError> {
    disk.digest(path, Sums::Both).await.map(|(_, digest)| digest)
}
