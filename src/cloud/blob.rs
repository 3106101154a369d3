//! The bytes of one version of a file.

use bytes::Bytes;

use crate::model::{Digest, Hash, Sha1Sum};

/// Bytes in memory with their digest. Cheap to clone; never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    bytes: Bytes,
    digest: Digest,
}

impl Blob {
    /// Takes bytes and computes their digest.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        Self { bytes, digest }
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.digest.size
    }

    /// Our own hash of the bytes.
    pub fn hash(&self) -> Hash {
        self.digest.hash
    }

    /// The SHA-1 of the bytes.
    pub fn sha1(&self) -> Sha1Sum {
        self.digest.sha1
    }

    /// The first `length` bytes, or all if there are fewer.
    pub fn start(&self, length: u64) -> Self {
        let cut = usize::try_from(length).unwrap_or(usize::MAX).min(self.bytes.len());
        Self::new(self.bytes.slice(..cut))
    }
}
