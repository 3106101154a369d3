//! The seam of chance.

/// Gives unpredictable numbers, for nonces and request ids.
pub trait Entropy {
    /// Sixty-four random bits.
    fn bits(&self) -> u64;
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bits(&self) -> u64 {
        let mut bytes = [0; 8];
        // Without a random source nothing on this computer works; a nonce of
        // zeros is refused by the marker check like any other wrong one.
        let _ = getrandom::fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}
