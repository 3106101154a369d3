//! How fast bytes may go, and how much of a disk stays free.

use std::fmt;

use super::Amount;

/// Whoever wants less than this wants a pause.
const LEAST: Amount = Amount(10 << 10);

/// How fast bytes may go in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rate {
    /// As fast as they go.
    #[default]
    Free,
    /// At most so many bytes a second.
    Fixed(u64),
    /// As fast as nobody else minds.
    Gentle,
}

impl Rate {
    /// What can be written, for somebody who wrote something else.
    pub const FORMS: &'static str = "none | gentle | 2 MB/s";

    /// Reads `none`, `gentle`, or an amount a second; none if it is neither, or
    /// less than 10 KB/s.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "none" => Some(Self::Free),
            "gentle" => Some(Self::Gentle),
            amount => {
                let amount = amount.strip_suffix("/s").unwrap_or(amount);
                Amount::parse(amount)
                    .filter(|amount| *amount >= LEAST)
                    .map(|all| Self::Fixed(all.0))
            }
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free => f.write_str("none"),
            Self::Gentle => f.write_str("gentle"),
            Self::Fixed(bytes) => write!(f, "{}/s", Amount(*bytes)),
        }
    }
}

/// How much of the disk downloads leave free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reserve {
    /// One of a hundred parts of the disk, and at most 500 MB.
    #[default]
    Usual,
    /// So many bytes.
    Bytes(u64),
    /// So many of a hundred parts of the disk.
    Percent(u8),
}

impl Reserve {
    /// Nothing is kept free: the last byte may be taken.
    pub const NOTHING: Self = Self::Bytes(0);

    /// What can be written, for somebody who wrote something else.
    pub const FORMS: &'static str = "usual | none | 2 GB | 5 %";

    /// Reads `usual`, `none`, an amount, or a part of the disk up to 50 %.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "usual" => return Some(Self::Usual),
            "none" => return Some(Self::NOTHING),
            _ => {}
        }
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.trim().parse().ok();
                percent.filter(|percent| *percent <= 50).map(Self::Percent)
            }
            None => Amount::parse(&text).map(|all| Self::Bytes(all.0)),
        }
    }

    /// How many bytes that is on a disk of `total` bytes.
    pub fn bytes(self, total: u64) -> u64 {
        match self {
            Self::Usual => (total / 100).min(500 << 20),
            Self::Bytes(bytes) => bytes,
            Self::Percent(percent) => total / 100 * u64::from(percent),
        }
    }
}

impl fmt::Display for Reserve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usual => f.write_str("usual"),
            Self::Bytes(0) => f.write_str("none"),
            Self::Bytes(bytes) => Amount(*bytes).fmt(f),
            Self::Percent(percent) => write!(f, "{percent} %"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_none_gentle_or_an_amount_that_is_not_a_pause() {
        assert_eq!(Rate::parse("none"), Some(Rate::Free));
        assert_eq!(Rate::parse("Gentle"), Some(Rate::Gentle));
        assert_eq!(Rate::parse(" 2 MB/s "), Some(Rate::Fixed(2 << 20)));
        assert_eq!(Rate::parse("500kb"), Some(Rate::Fixed(500 << 10)));
        assert_eq!(
            (Rate::parse("0 MB/s"), Rate::parse("9 KB/s"), Rate::parse("fast")),
            (None, None, None)
        );
    }

    #[test]
    fn a_reserve_is_an_amount_or_a_part_of_the_disk() {
        assert_eq!(Reserve::parse("2 GB"), Some(Reserve::Bytes(2 << 30)));
        assert_eq!(Reserve::parse("none"), Some(Reserve::NOTHING));
        assert_eq!(Reserve::parse("5 %").map(|reserve| reserve.bytes(1000)), Some(50));
        let usual = |total| Reserve::default().bytes(total);
        assert_eq!((usual(20_000_000_000), usual(1 << 50)), (200_000_000, 500 << 20));
        assert_eq!(
            (Reserve::parse("51%"), Reserve::parse("-1%"), Reserve::parse("x")),
            (None, None, None)
        );
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same() {
        for text in ["none", "gentle", "2 MB/s", "1.5 GB/s", "500 KB/s", "12345678 B/s"] {
            assert_eq!(Rate::parse(text).unwrap().to_string(), text);
        }
        for text in ["usual", "none", "2 GB", "5 %", "1 TB"] {
            assert_eq!(Reserve::parse(text).unwrap().to_string(), text);
        }
    }
}
