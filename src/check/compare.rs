//! Says of one place whether both sides hold the same.

use futures::StreamExt as _;

use super::survey::Pairing;
use super::{CheckError, Proof, Verdict};
use crate::disk::{Disk, FileType, Stat};
use crate::model::{BaseRow, Digest, DigestBuilder, Hash, Kind, LocalRow, RelPath, Rows, Sums};
use crate::server::{Resource, Server, ServerErrorKind};

pub(super) struct Compare<'a, D, S> {
    pub(super) here: &'a D,
    pub(super) there: &'a S,
    pub(super) proof: Proof,
    pub(super) rows: &'a Rows,
}

impl<D: Disk, S: Server> Compare<'_, D, S> {
    /// Looks at what stands at `path`, and adds to `fetched` the bytes that this cost.
    pub(super) async fn verdict(
        &self,
        path: &RelPath,
        pair: &Pairing,
        fetched: &mut u64,
    ) -> Result<Verdict, CheckError> {
        let ((local, stat), resource) = match (&pair.here, &pair.there) {
            (Some((_, Err(_))), _) => return Ok(Verdict::Unreadable),
            (Some(_), None) => return Ok(Verdict::OnlyHere),
            (None, _) => return Ok(Verdict::OnlyThere),
            (Some((local, Ok(stat))), Some(resource)) => ((local, stat), resource),
        };
        match (stat.file_type, resource.kind) {
            (FileType::Dir, Kind::Dir) => return Ok(Verdict::Equal),
            (FileType::File, Kind::File) => {}
            _ => return Ok(Verdict::Differs),
        }
        let Ok((opened, digest)) = self.here.digest(local, Sums::Both).await else {
            return Ok(Verdict::Unreadable);
        };
        // Written to while it was read: nothing is known of it.
        let now = self.here.stat(local).await.ok().flatten();
        if now.is_none_or(|now| !now.seen.unchanged(&opened.seen)) {
            return Ok(Verdict::Unsynced);
        }
        let known = Known::of(self.rows, pair, &opened, &digest, resource);
        let there = self.shown_there(path, resource, &known, fetched).await?;
        Ok(known.verdict(&digest, &there))
    }

    /// What can be known of the bytes on the server.
    async fn shown_there(
        &self,
        path: &RelPath,
        resource: &Resource,
        known: &Known<'_>,
        fetched: &mut u64,
    ) -> Result<There, CheckError> {
        if let Some(sha1) = resource.seen.sha1 {
            return Ok(There::Sum(sha1, resource.seen.size));
        }
        let fetches = self.proof == Proof::Fetched;
        if !fetches && known.same_version_there {
            return Ok(There::Agreed);
        }
        if !fetches {
            return Ok(There::Size(resource.seen.size));
        }
        let mut download = match self.there.get(path).await {
            Ok(download) => download,
            Err(error) if error.kind == ServerErrorKind::NotFound => return Ok(There::Moving),
            Err(error) => return Err(error.into()),
        };
        if download.etag.is_some() && download.etag != resource.seen.etag {
            return Ok(There::Moving);
        }
        let mut builder = DigestBuilder::new(Sums::Ours);
        while let Some(block) = download.body.next().await {
            let Ok(block) = block else { return Ok(There::Moving) };
            builder.update(&block);
        }
        *fetched += builder.size();
        Ok(There::Bytes(builder.finish().hash))
    }
}

/// What is known of the bytes on the server.
enum There {
    /// Their checksum, and their length if it was told.
    Sum(crate::model::Sha1Sum, Option<u64>),
    /// Their hash: they were fetched.
    Bytes(Hash),
    /// The version that was agreed on.
    Agreed,
    /// Only their length, if that.
    Size(Option<u64>),
    /// They change just now.
    Moving,
}

/// What the agreement says of a file.
struct Known<'a> {
    /// What was agreed by proof; a presumption is none.
    base: Option<&'a BaseRow>,
    /// Nothing here says that it was written to since it was last looked at.
    untouched_here: bool,
    /// The server shows the version that was agreed on.
    same_version_there: bool,
    /// The bytes here are those that were agreed on.
    as_agreed_here: bool,
}

impl<'a> Known<'a> {
    fn of(
        rows: &'a Rows,
        pair: &Pairing,
        opened: &Stat,
        digest: &Digest,
        resource: &Resource,
    ) -> Self {
        let node = pair.node;
        let base = node.and_then(|node| rows.base.get(&node)).filter(|base| !base.presumed);
        let row: Option<&LocalRow> = node.and_then(|node| rows.local.get(&node));
        let agreed = |base: &&BaseRow| base.entry.body.hash();
        let as_agreed_here = base.as_ref().and_then(agreed) == Some(digest.hash);
        let untouched_here = row.is_some_and(|row| {
            row.seen.unchanged(&opened.seen)
                && !row.racy
                && row.entry.body.hash() == base.as_ref().and_then(agreed)
        });
        let same_version_there =
            base.is_some_and(|base| base.etag.is_some() && base.etag == resource.seen.etag);
        Self { base, untouched_here, same_version_there, as_agreed_here }
    }

    fn verdict(&self, here: &Digest, there: &There) -> Verdict {
        let same = match *there {
            There::Moving => return Verdict::Unsynced,
            There::Sum(sha1, size) => {
                here.sha1 == Some(sha1) && size.is_none_or(|size| size == here.size)
            }
            There::Bytes(hash) => here.hash == hash,
            There::Agreed if self.as_agreed_here => return Verdict::Agreed,
            There::Agreed => false,
            There::Size(Some(size)) if size != here.size => false,
            There::Size(_) if self.untouched_here && !self.as_agreed_here => false,
            There::Size(_) => return Verdict::Untold,
        };
        match (same, self.base) {
            (true, _) => Verdict::Equal,
            (false, None) => Verdict::Differs,
            (false, Some(_)) if self.untouched_here && !self.as_agreed_here => Verdict::DamagedHere,
            (false, Some(_)) if self.as_agreed_here && self.same_version_there => {
                Verdict::DamagedThere
            }
            (false, Some(_)) => Verdict::Unsynced,
        }
    }
}
