//! The bytes of one version of a file.

use bytes::Bytes;

use crate::model::{Hash, HashBuilder, Sha1Builder, Sha1Sum};

/// Bytes in memory with their checksums. Cheap to clone; never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    bytes: Bytes,
    hash: Hash,
    sha1: Sha1Sum,
}

impl Blob {
    /// Takes bytes and computes their checksums.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let (mut hash, mut sha1) = (HashBuilder::default(), Sha1Builder::default());
        hash.update(&bytes);
        sha1.update(&bytes);
        Self { bytes, hash: hash.finish().0, sha1: sha1.finish() }
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Our own hash of the bytes.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The SHA-1 of the bytes.
    pub fn sha1(&self) -> Sha1Sum {
        self.sha1
    }

    /// The first `length` bytes, or all if there are fewer.
    pub fn start(&self, length: u64) -> Self {
        let cut = usize::try_from(length).unwrap_or(usize::MAX).min(self.bytes.len());
        Self::new(self.bytes.slice(..cut))
    }
}
