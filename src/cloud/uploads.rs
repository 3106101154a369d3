//! Files that arrive in chunks and get their place in one step (protocol.md 4.3).

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use super::blob::Blob;
use super::model::Cloud;
use super::refusal::Refusal;
use super::request::{Done, Put};
use crate::model::RelPath;

/// The chunks of one upload, by name.
pub type Chunks = BTreeMap<String, Bytes>;

impl Cloud {
    /// Begins an upload.
    pub fn begin_upload(&mut self, user: &str, name: &str) -> Result<(), Refusal> {
        let uploads = &mut self.change(user)?.home.uploads;
        if uploads.contains_key(name) {
            return Err(Refusal::Exists);
        }
        uploads.insert(name.to_owned(), Chunks::new());
        Ok(())
    }

    /// Takes a chunk, new or over one of that name.
    pub fn add_chunk(
        &mut self,
        user: &str,
        upload: &str,
        chunk: &str,
        bytes: Bytes,
    ) -> Result<(), Refusal> {
        let uploads = &mut self.change(user)?.home.uploads;
        let chunks = uploads.get_mut(upload).ok_or(Refusal::NotFound)?;
        chunks.insert(chunk.to_owned(), bytes);
        Ok(())
    }

    /// Takes a chunk away.
    pub fn drop_chunk(&mut self, user: &str, upload: &str, chunk: &str) -> Result<(), Refusal> {
        let uploads = &mut self.change(user)?.home.uploads;
        let chunks = uploads.get_mut(upload).ok_or(Refusal::NotFound)?;
        chunks.remove(chunk).map(drop).ok_or(Refusal::NotFound)
    }

    /// The chunks that are there, with their lengths in bytes, in the order in
    /// which they will be put together.
    pub fn chunks(&self, user: &str, upload: &str) -> Result<Vec<(String, u64)>, Refusal> {
        let chunks = self.home(user)?.uploads.get(upload).ok_or(Refusal::NotFound)?;
        let sizes = in_order(chunks).into_iter();
        Ok(sizes.map(|(name, bytes)| (name.to_owned(), bytes.len() as u64)).collect())
    }

    /// Puts the chunks together at `to`, as one PUT of all their bytes; `put`
    /// says the rest. `total` is what they must sum up to, in bytes. The
    /// chunks stay if it is refused.
    pub fn assemble(
        &mut self,
        user: &str,
        upload: &str,
        to: &RelPath,
        put: Put,
        total: Option<u64>,
    ) -> Result<Done, Refusal> {
        let chunks = self.home(user)?.uploads.get(upload).ok_or(Refusal::NotFound)?;
        let mut bytes = BytesMut::with_capacity(chunks.values().map(Bytes::len).sum());
        for (_, chunk) in in_order(chunks) {
            bytes.extend_from_slice(chunk);
        }
        if total.is_some_and(|total| total != bytes.len() as u64) {
            return Err(Refusal::ChunkSum);
        }
        let done = self.put(user, to, &Put { blob: Blob::new(bytes), ..put })?;
        self.drop_upload(user, upload)?;
        Ok(done)
    }

    /// Gives an upload up.
    pub fn drop_upload(&mut self, user: &str, name: &str) -> Result<(), Refusal> {
        self.change(user)?.home.uploads.remove(name).map(drop).ok_or(Refusal::NotFound)
    }
}

/// Chunks in the order of their numbers, however they are padded.
fn in_order(chunks: &Chunks) -> Vec<(&str, &Bytes)> {
    let mut all: Vec<_> = chunks.iter().map(|(name, bytes)| (name.as_str(), bytes)).collect();
    all.sort_by_key(|(name, _)| (name.parse::<u64>().unwrap_or(u64::MAX), name.len()));
    all
}
