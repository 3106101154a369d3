//! What a file holds, as far as it is known.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha1::Digest as _;

/// BLAKE3 of a file's whole content: our own word for "the same bytes".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hash(pub [u8; 32]);

/// SHA-1 of a file's whole content: the checksum that the ownCloud family
/// keeps (`oc:checksums`, protocol.md 3.2), hence how the server says "the same bytes".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sha1Sum(pub [u8; 20]);

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0[..4], f)
    }
}

impl fmt::Display for Sha1Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for Sha1Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0[..4], f)
    }
}

impl Sha1Sum {
    /// Reads forty hexadecimal digits of either case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut sum = [0; 20];
        if text.len() != 40 || !text.is_ascii() {
            return None;
        }
        for (byte, pair) in sum.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(sum))
    }
}

/// Everything that one reading of a file's bytes tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Our own hash.
    pub hash: Hash,
    /// The server's checksum, if it was asked for.
    pub sha1: Option<Sha1Sum>,
    /// Length in bytes.
    pub size: u64,
}

/// What one reading of a file's bytes is to tell. SHA-1 takes longer than
/// reading and BLAKE3 together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sums {
    /// Our own hash.
    Ours,
    /// The server's checksum too.
    #[default]
    Both,
}

impl Digest {
    /// The digest of bytes that are all at hand.
    pub fn of(bytes: &[u8]) -> Self {
        let mut builder = DigestBuilder::default();
        builder.update(bytes);
        builder.finish()
    }
}

/// Makes a [`Digest`] from bytes as they pass by.
#[derive(Clone)]
pub struct DigestBuilder {
    hash: HashBuilder,
    sha1: Option<Sha1Builder>,
}

impl Default for DigestBuilder {
    fn default() -> Self {
        Self::new(Sums::Both)
    }
}

impl DigestBuilder {
    /// One that will tell these.
    pub fn new(sums: Sums) -> Self {
        let sha1 = (sums == Sums::Both).then(Sha1Builder::default);
        Self { hash: HashBuilder::default(), sha1 }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
    }

    /// How many bytes were taken.
    pub fn size(&self) -> u64 {
        self.hash.size()
    }

    /// The digest of all bytes taken.
    pub fn finish(self) -> Digest {
        let (hash, size) = self.hash.finish();
        Digest { hash, sha1: self.sha1.map(Sha1Builder::finish), size }
    }
}

/// The half of a [`DigestBuilder`] that proves that bytes are those that were
/// read before: several times as fast as the other one.
#[derive(Clone, Default)]
pub struct HashBuilder {
    blake3: blake3::Hasher,
    size: u64,
}

impl HashBuilder {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// How many bytes were taken.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of all bytes taken, and how many there were.
    pub fn finish(self) -> (Hash, u64) {
        (Hash(*self.blake3.finalize().as_bytes()), self.size)
    }
}

/// The half of a [`DigestBuilder`] that makes the server's checksum.
#[derive(Clone, Default)]
pub struct Sha1Builder(sha1::Sha1);

impl Sha1Builder {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum of all bytes taken.
    pub fn finish(self) -> Sha1Sum {
        Sha1Sum(self.0.finalize().into())
    }
}

/// The content register of a file.
///
/// Equality of two `Known` contents is equality of bytes. `Unread` equals no
/// known content: it must be read before anything is decided by comparison
/// (I4, amendment 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Content {
    /// Bytes with this hash.
    Known(Hash),
    /// The server shows a version that we have neither sent nor read. Stands
    /// only on the remote side, never in base or local.
    Unread,
}

/// What a node is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Body {
    /// A folder.
    Dir,
    /// A file with this content.
    File(Content),
}

impl Body {
    /// Whether this is a folder.
    pub fn is_dir(self) -> bool {
        self == Self::Dir
    }

    /// A file whose bytes have this hash.
    pub fn known(hash: Hash) -> Self {
        Self::File(Content::Known(hash))
    }

    /// The hash, of a file whose bytes are known.
    pub fn hash(self) -> Option<Hash> {
        match self {
            Self::File(Content::Known(hash)) => Some(hash),
            Self::File(Content::Unread) | Self::Dir => None,
        }
    }
}
