//! Large files of the server on their way in: what has arrived survives a cut
//! of the line, of the process and of the power.
//!
//! A part lies in staging under a name that tells of which version it is, and
//! the length and hash of what was on stable storage when it got that name.
//! Whoever finds it reads those bytes again and goes on behind them; a part
//! that does not keep what its name says is worth nothing. Until the whole is
//! proved like any other download nothing of it is shown.

use futures::StreamExt as _;

use crate::disk::{Disk, DiskError, DiskErrorKind, NewFile as _};
use crate::model::{DigestBuilder, Hash, NodeId, RelPath, RemoteRow, Sums, layout};

use super::outcome::Refusal;

/// Smaller files are fetched again from their start.
const WORTH: u64 = 1 << 20;

/// What has arrived is made durable, and renamed to say so, once in so many bytes.
const MARK: u64 = 16 << 20;

/// What a version is called in the names of its parts. None: it is too small,
/// or not told apart well enough from others to be put together from pieces
/// (a version so young may share its etag with the next one, amendment 4).
pub(super) fn version(row: &RemoteRow) -> Option<String> {
    let size = row.seen.size.filter(|size| *size >= WORTH && !row.racy)?;
    let etag = row.seen.etag.as_ref()?;
    let (id, mtime, sha1) = (&row.seen.file_id, row.seen.mtime, row.seen.sha1);
    let text = format!("{}\n{id:?} {size} {mtime:?} {sha1:?}", etag.as_str());
    let hash = Hash(*blake3::hash(text.as_bytes()).as_bytes()).to_string();
    Some(hash[..16].to_owned())
}

/// A version on its way in.
pub(super) struct Partial<D: Disk> {
    node: NodeId,
    version: String,
    at: RelPath,
    /// Open while bytes come.
    file: Option<D::NewFile>,
    sums: Sums,
    digest: DigestBuilder,
    length: u64,
    marked: u64,
}

impl<D: Disk> Partial<D> {
    /// Finds what has arrived of `version`, and proves it. Parts of other
    /// versions of the node, and those that do not keep what they say, go.
    pub(super) async fn find(
        disk: &D,
        node: NodeId,
        version: String,
        sums: Sums,
    ) -> Result<Self, Refusal> {
        let mut found = Self::begin(node, version, sums);
        for entry in disk.list(&layout::staging()).await? {
            let Ok(name) = entry.name else { continue };
            let Some(part) = layout::read_part(name.as_str()).filter(|part| part.node == node)
            else {
                continue;
            };
            let at = layout::staging().join(&name);
            let proved = match part.version == found.version && part.length > found.length {
                true => prefix(disk, &at, part.length, sums).await?,
                false => None,
            };
            match proved {
                Some(digest) if digest.clone().finish().hash.to_string() == part.hash => {
                    found.length = part.length;
                    found.marked = part.length;
                    found.digest = digest;
                    found.at = at;
                }
                _ => disk.purge(&at).await?,
            }
        }
        Ok(found)
    }

    /// Nothing of `version` has arrived yet.
    fn begin(node: NodeId, version: String, sums: Sums) -> Self {
        let digest = DigestBuilder::new(sums);
        let at = layout::part(node, &version, 0, digest.clone().finish().hash);
        Self { node, version, sums, at, file: None, digest, length: 0, marked: 0 }
    }

    /// Bytes that are here.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The digest of what is here.
    pub(super) fn digest(&self) -> crate::model::Digest {
        self.digest.clone().finish()
    }

    /// Makes ready for bytes that begin at `offset`: behind what is here, or at 0.
    pub(super) async fn ready(&mut self, disk: &D, offset: u64) -> Result<(), Refusal> {
        if offset != self.length {
            self.file = None;
            if self.length > 0 {
                disk.purge(&self.at).await?;
            }
            *self = Self::begin(self.node, std::mem::take(&mut self.version), self.sums);
        }
        if self.file.is_none() {
            self.file = Some(match self.length {
                0 => create_anew(disk, &self.at).await?,
                length => disk.write_on(&self.at, length).await?,
            });
        }
        Ok(())
    }

    /// Takes the next bytes.
    pub(super) async fn write(&mut self, disk: &D, block: bytes::Bytes) -> Result<(), DiskError> {
        self.digest.update(&block);
        self.length += block.len() as u64;
        if let Some(file) = &mut self.file {
            file.write(block).await?;
            if self.length - self.marked >= MARK {
                file.sync().await?;
                // Where an open file cannot be renamed it keeps its older mark.
                let _ = self.mark(disk).await;
            }
        }
        Ok(())
    }

    /// Gives it the name of what is durable of it.
    async fn mark(&mut self, disk: &D) -> Result<(), DiskError> {
        let hash = self.digest.clone().finish().hash;
        let now = layout::part(self.node, &self.version, self.length, hash);
        disk.rename(&self.at, &now).await?;
        self.at = now;
        self.marked = self.length;
        Ok(())
    }

    /// Keeps what has arrived for another time, as far as that can be done.
    pub(super) async fn keep(mut self, disk: &D) {
        let Some(mut file) = self.file.take() else { return };
        let synced = file.sync().await;
        drop(file);
        let kept = match synced {
            Ok(()) if self.length > self.marked => self.mark(disk).await,
            other => other,
        };
        if let Err(error) = kept {
            tracing::debug!(%error, "a part keeps its older mark");
        }
    }

    /// Throws it away.
    pub(super) async fn discard(mut self, disk: &D) {
        self.file = None;
        // If this fails, the next start sweeps it away.
        let _ = disk.purge(&self.at).await;
    }

    /// Closes the whole file, which becomes durable, and returns where it is
    /// and what it shows.
    pub(super) async fn finish(
        mut self,
        disk: &D,
        mtime: Option<i64>,
    ) -> Result<(RelPath, crate::disk::Stat), Refusal> {
        let file = match self.file.take() {
            Some(file) => file,
            None => disk.write_on(&self.at, self.length).await?,
        };
        let stat = file.finish(mtime).await?;
        Ok((self.at, stat))
    }
}

/// Creates a file in staging; what a failed attempt left there goes.
pub(super) async fn create_anew<D: Disk>(disk: &D, at: &RelPath) -> Result<D::NewFile, DiskError> {
    match disk.create(at).await {
        Err(error) if error.kind == DiskErrorKind::Exists => {
            disk.purge(at).await?;
            disk.create(at).await
        }
        result => result,
    }
}

/// Reads the first `length` bytes of a file; none if there are fewer.
pub(super) async fn prefix<D: Disk>(
    disk: &D,
    at: &RelPath,
    length: u64,
    sums: Sums,
) -> Result<Option<DigestBuilder>, Refusal> {
    let mut file = match disk.open(at).await {
        Ok(file) => file,
        Err(_) => return Ok(None),
    };
    let mut digest = DigestBuilder::new(sums);
    let mut left = usize::try_from(length).unwrap_or(usize::MAX);
    while left > 0 {
        let Some(Ok(block)) = file.bytes.next().await else { return Ok(None) };
        let taken = block.len().min(left);
        digest.update(&block[..taken]);
        left -= taken;
    }
    Ok(Some(digest))
}

/// Whether a part found by the sweep may still be gone on with: its version is
/// the one that the server showed last, and is not here yet.
pub(super) fn is_wanted(rows: &crate::model::Rows, part: &layout::Part<'_>) -> bool {
    let Some(row) = rows.remote.get(&part.node) else { return false };
    let here = rows.local.get(&part.node).map(|row| row.entry.body);
    part.length > 0 && version(row).as_deref() == Some(part.version) && here != Some(row.entry.body)
}
