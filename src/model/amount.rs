//! Amounts of bytes as people write them, and as they are written for them.
//!
//! A unit is 1024 of the one below it, as on the servers' own pages: whoever
//! compares a quota or a limit with those sees one number.

/// The units, the largest first: what is written, what is read as well, and
/// their bytes.
const UNITS: [(&str, [&str; 2], u64); 5] = [
    ("TB", ["tib", "to"], 1 << 40),
    ("GB", ["gib", "go"], 1 << 30),
    ("MB", ["mib", "mo"], 1 << 20),
    ("KB", ["kib", "ko"], 1 << 10),
    ("B", ["byte", "o"], 1),
];

/// An amount of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u64);

impl Amount {
    /// Reads an amount with its unit, as `2 MB`, `1.5gib` or `3 Go`. Without a
    /// unit it says nothing: bytes, or what?
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let units = UNITS.iter().flat_map(|(name, others, unit)| {
            let name = std::iter::once(name.to_ascii_lowercase());
            let others = others.iter().map(|other| (*other).to_owned());
            name.chain(others).map(move |name| (name, *unit))
        });
        let found = units.filter_map(|(name, unit)| Some((text.strip_suffix(&name)?, unit)));
        // `2 mb` ends with the `b` of bytes, too: the longest name is meant.
        let (number, unit) = found.min_by_key(|(number, _)| number.len())?;
        let number = number.trim_end();
        // Digits only: `inf` and `1e30` are numbers to a computer.
        let digits = number.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
        let whole = number.parse::<f64>().ok().filter(|_| digits)? * unit as f64;
        (whole < 1e18).then_some(Self(whole as u64))
    }
}

impl std::fmt::Display for Amount {
    /// The shortest text that is read as the same.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let units = UNITS.iter().filter(|(_, _, unit)| self.0 >= *unit);
        let texts = units.flat_map(|(name, _, unit)| {
            let number = self.0 as f64 / *unit as f64;
            (0..4).map(move |digits| format!("{number:.digits$} {name}"))
        });
        let exact = texts.into_iter().find(|text| Self::parse(text) == Some(*self));
        f.write_str(&exact.unwrap_or_else(|| format!("{} B", self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_with_their_unit() {
        for (text, bytes) in [
            ("2 MB", Some(2 << 20)),
            ("1.5gb", Some(3 << 29)),
            ("64 KiB", Some(65_536)),
            ("3 Go", Some(3 << 30)),
            ("1 ko", Some(1024)),
            ("7B", Some(7)),
            ("7 o", Some(7)),
            ("0.5 B", Some(0)),
            ("7", None),
            ("MB", None),
            ("-1 MB", None),
            ("1e9 B", None),
            ("inf MB", None),
            ("nan B", None),
            ("1.2.3 MB", None),
            ("", None),
            ("9000000000 TB", None),
        ] {
            assert_eq!(Amount::parse(text), bytes.map(Amount), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_the_shortest_that_is_read_as_the_same() {
        for text in ["2 MB", "1.5 GB", "1.3 GB", "0.001 TB", "500 KB", "12345678 B", "0 B", "1 TB"]
        {
            let amount = Amount::parse(text).unwrap();
            let written = amount.to_string();
            assert_eq!(Amount::parse(&written), Some(amount), "{text} became {written}");
            assert!(text == written || text == "0.001 TB", "{text} became {written}");
        }
        assert_eq!(Amount(1 << 20).to_string(), "1 MB");
        assert_eq!(Amount(u64::MAX >> 4).to_string(), format!("{} B", u64::MAX >> 4));
    }
}
