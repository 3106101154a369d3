//! Names that say that their file is one of two versions: ours, and those that
//! the clients of ownCloud and Nextcloud and Dropbox make (peers.md 3.6).

use super::Name;

/// What the name of a copy tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The name of the file that it is a version of.
    pub original: Name,
    /// Whoever made it: a device, or a person, if the name says so.
    pub by: Option<String>,
}

/// Reads the name of a copy; none if it is no such name.
pub fn copied(name: &Name) -> Option<Copied> {
    let (stem, extension) = split(name.as_str());
    let (original, by) = bracketed(stem).or_else(|| dashed(stem))?;
    let original = Name::new(&format!("{original}{extension}")).ok()?;
    Some(Copied { original, by: (!by.is_empty()).then(|| by.to_owned()) })
}

/// Stem and extension as all of them split: at the last dot, but for the first.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// `stem (conflict 2026-11-22 135419 device)`, `stem (conflicted copy
/// 2026-11-22 135419)`, with a person before the date, or before the words.
fn bracketed(stem: &str) -> Option<(&str, &str)> {
    let open = stem.rfind(" (").filter(|at| *at > 0)?;
    let inside = stem.get(open + 2..)?.strip_suffix(')')?;
    let original = stem.get(..open)?;
    if let Some(rest) = inside.strip_prefix("conflict ") {
        let (date, device) = rest.split_at_checked(17)?;
        return is_like(date, "0000-00-00 000000").then(|| (original, device.trim()));
    }
    let (before, after) = inside.split_once("conflicted copy")?;
    let words: Vec<&str> = after.split(' ').filter(|word| !word.is_empty()).collect();
    let dated = |word: &&str| is_like(word, "0000-00-00");
    let at = words.iter().position(dated)?;
    let person = match before.trim() {
        "" if at > 0 => after.split_once(words.get(at)?)?.0.trim(),
        person => person.trim_end_matches("'s").trim_end_matches("’s"),
    };
    Some((original, person))
}

/// `stem_conflict-20261122-135419`, of old clients.
fn dashed(stem: &str) -> Option<(&str, &str)> {
    let (original, date) = stem.rsplit_once("_conflict-")?;
    (!original.is_empty() && is_like(date, "00000000-000000")).then_some((original, ""))
}

/// Whether `text` has digits where `like` has zeros, and is equal elsewhere.
fn is_like(text: &str, like: &str) -> bool {
    text.len() == like.len()
        && text.bytes().zip(like.bytes()).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            _ => byte == like,
        })
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Stamp};
    use super::*;

    #[test]
    fn the_copies_of_every_client_are_known_with_whoever_made_them() {
        for (name, original, by) in [
            ("a (conflict 2026-11-22 135419 laptop).txt", "a.txt", "laptop"),
            ("a (conflict 2026-11-22 135419 my laptop 2).txt", "a.txt", "my laptop 2"),
            ("a (conflict 2026-11-22 135419)", "a", ""),
            ("a (b) (conflict 2026-11-22 135419 pc).gz", "a (b).gz", "pc"),
            ("a (conflicted copy 2026-11-22 135419).txt", "a.txt", ""),
            ("a (conflicted copy Alice B 2026-11-22 135419).txt", "a.txt", "Alice B"),
            ("a (Alice's conflicted copy 2026-11-22).txt", "a.txt", "Alice"),
            ("a_conflict-20261122-135419.txt", "a.txt", ""),
        ] {
            let found = copied(&Name::new(name).unwrap());
            let found = found.unwrap_or_else(|| panic!("{name}"));
            assert_eq!(found.original.as_str(), original);
            assert_eq!(found.by.as_deref().unwrap_or_default(), by, "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_a_copy_is_none() {
        for name in [
            "a.txt",
            "a (conflict of interest).txt",
            "conflicted copy 2026-11-22.txt",
            " (conflict 2026-11-22 135419 pc).txt",
            "a (conflicted copy).txt",
            "a_conflict-2026.txt",
            "_conflict-20261122-135419.txt",
            "a (conflict 2026-11-22é135419).txt",
        ] {
            assert_eq!(copied(&Name::new(name).unwrap()), None, "{name}");
        }
    }

    #[test]
    fn every_name_that_the_engine_makes_is_known() {
        let stamp = Stamp::at(1_763_819_659, "laptop");
        for text in ["a.txt", "a", ".bashrc", "a b (c).odt", "v1.2.tar.gz"] {
            let name = Name::new(text).unwrap();
            let made = name.conflict(Kind::File, &stamp, |_| false);
            let found = copied(&made).unwrap_or_else(|| panic!("{made}"));
            assert_eq!((found.original, found.by.as_deref()), (name, Some("laptop")));
        }
    }
}
