//! Ids and etags from a seed and a counter: the same operations give the same ones.

use serde::{Deserialize, Serialize};

/// Makes ids and etags. Nothing in it comes from outside but the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mint {
    seed: u64,
    count: u64,
}

impl Mint {
    /// Begins with `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    /// The next number, never given before.
    pub fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Numbers given so far. Grows with every change of the cloud.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Goes on after `other`, so that nothing it gave is given again.
    pub fn go_on_after(&mut self, other: &Self) {
        self.count = self.count.max(other.count);
    }

    /// Thirty-two hexadecimal digits that only `what` and the seed decide.
    pub fn hex_of(&self, what: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(what.as_bytes());
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// A new etag as files have them: thirty-two hexadecimal digits.
    pub fn long_etag(&mut self) -> String {
        let number = self.number();
        self.hex_of(&format!("etag {number}"))
    }

    /// A new etag as folders of Nextcloud and ownCloud 10 have them: a date of
    /// thirteen hexadecimal digits.
    pub fn short_etag(&mut self) -> String {
        let number = self.number();
        format!("{:013x}", 0x6_b02e_3ef5_859c + ((self.seed % 4096) << 24) + number)
    }

    /// A name in the form of a UUID that only `what` and the seed decide.
    pub fn uuid_of(&self, what: &str) -> String {
        let hex = self.hex_of(what);
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}
