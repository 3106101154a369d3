//! Names of files and folders, and when two of them are one on a disk.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use super::{Ignore, Kind};

/// One component of a path: valid UTF-8, not empty, no `/`, no NUL, not `.` or `..`.
///
/// Names that a file system holds but that are not UTF-8 never become a
/// `Name`: they are reported where they are read (amendment 24).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

/// Why a text is not a name.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("not a file name: {0:?}")]
pub struct BadName(pub String);

impl Name {
    /// Checks `text` and takes it as a name.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let forbidden =
            text.is_empty() || text == "." || text == ".." || text.contains(['/', '\0']);
        if forbidden { Err(BadName(text.to_owned())) } else { Ok(Self(text.into())) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Which differences between names a file system does not see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folding {
    /// `Readme` and `README` are one file (Windows, macOS, FAT).
    pub case: bool,
    /// `é` composed and decomposed are one file (macOS).
    pub normalization: bool,
}

impl Folding {
    /// What is equal for two names exactly when the file system takes them for one.
    pub fn key(self, name: &Name) -> Name {
        if !self.case && !self.normalization {
            return name.clone();
        }
        let composed: String = if self.normalization {
            name.as_str().nfc().collect()
        } else {
            name.as_str().to_owned()
        };
        let folded = if self.case {
            composed.chars().flat_map(char::to_lowercase).collect()
        } else {
            composed
        };
        Name(folded.into())
    }
}

/// Who made a conflict copy, and when: the part of its name in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// UTC, as `2026-11-22 135419`.
    pub date: String,
    /// The device's name, already free of characters that a file name may not hold.
    pub device: String,
}

impl Stamp {
    /// The stamp of `device` at `wall` seconds since 1970. What a file name may
    /// not hold is left out where a name is made.
    pub fn at(wall: i64, device: &str) -> Self {
        let moment = jiff::Timestamp::from_second(wall).unwrap_or_default();
        let date = moment.strftime("%Y-%m-%d %H%M%S").to_string();
        Self { date, device: device.to_owned() }
    }
}

/// The longest name that is made here, in bytes of UTF-8: ownCloud 10 takes no
/// longer one of a new file, and Nextcloud none above 250 (protocol.md 3.5).
const MAX_MADE: usize = 227;

/// What a device may take of a conflict name, in bytes.
const MAX_DEVICE: usize = 60;

impl Name {
    /// The name of a conflict copy of this one that `is_taken` does not refuse:
    /// `name (conflict 2026-11-22 135419 device).ext`, with ` 2`, ` 3`... after
    /// the device if need be (amendment 31). The mark of an earlier conflict is
    /// replaced, not repeated.
    pub fn conflict(&self, kind: Kind, stamp: &Stamp, is_taken: impl Fn(&Self) -> bool) -> Self {
        let (stem, extension) = self.split(kind);
        let device: String = stamp.device.chars().filter(|c| fits_a_name(*c)).collect();
        let device = cut(&device, MAX_DEVICE);
        let mark = |number: Option<u64>| {
            let number = number.map(|number| number.to_string()).unwrap_or_default();
            let words = ["conflict", &stamp.date, device.trim(), &number];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            words.join(" ")
        };
        // An ignored name would count as deleted.
        let is_taken = |name: &Self| is_taken(name) || self.is_lost_as(name);
        numbered(without_mark(stem), extension, mark, is_taken)
    }

    /// Whether `made`, a name made of this one, is never synced though this one is.
    fn is_lost_as(&self, made: &Self) -> bool {
        let ignored = |name| Ignore::built_in().matches(name).is_some();
        ignored(made) && !ignored(self)
    }

    /// A name to show on a disk that cannot show this one, for which `is_taken`
    /// is false: `name (case 2).ext` (amendment 15). With `plain`, characters
    /// that some disk refuses are replaced as well.
    pub fn alias(&self, kind: Kind, plain: bool, is_taken: impl Fn(&Self) -> bool) -> Self {
        let (stem, extension) = self.split(kind);
        let clean = |text: &str| -> String {
            let replace = |c: char| if is_refused_somewhere(c) { '_' } else { c };
            if plain { text.chars().map(replace).collect() } else { text.to_owned() }
        };
        let (mut stem, mut extension) = (clean(stem), clean(extension));
        if plain {
            stem.truncate(stem.trim_end_matches([' ', '.']).len());
            extension.truncate(extension.trim_end_matches([' ', '.']).len());
        }
        let mark = |number: Option<u64>| format!("case {}", number.unwrap_or(2));
        let usable =
            |made: &Self| !(self.is_lost_as(made) || plain && made.is_refused_by_windows());
        // What was replaced or left out may have made it a name that is
        // ignored, or reserved after all: then without what it takes for that.
        let without_dots = stem.replace('.', "_");
        let ways = [(stem.as_str(), extension.as_str()), (&stem, ""), (&without_dots, "")];
        let made = ways.map(|(stem, extension)| {
            numbered(stem, extension, mark, |name| is_taken(name) || name == self)
        });
        let [.., last] = &made;
        made.iter().find(|made| usable(made)).unwrap_or(last).clone()
    }

    /// Whether this alias was made for `original`; after a rename it is not.
    pub fn is_alias_of(&self, original: &Self) -> bool {
        let stem = |name: &Self| -> String {
            name.as_str().chars().take_while(|c| c.is_alphanumeric()).collect()
        };
        let (made, first) = (stem(self), stem(original));
        // A long stem was cut to make room for the mark.
        made == first || (self.as_str().len() + 4 > MAX_MADE && first.starts_with(&made))
    }

    /// Whether Windows cannot show this name: a reserved word, a character that
    /// it refuses, or a blank or dot at the end.
    pub fn is_refused_by_windows(&self) -> bool {
        const WORDS: [&str; 4] = ["con", "prn", "aux", "nul"];
        const PORTS: [&str; 2] = ["com", "lpt"];
        let name = self.as_str().to_lowercase();
        // `con.tar.gz` is as bad as `con`.
        let stem = name.split('.').next().unwrap_or_default().trim_end();
        let numbered = |port: &str| {
            let number = stem.strip_prefix(port).unwrap_or_default();
            let mut digits = number.chars();
            let digit = |c: char| c.is_ascii_digit() || matches!(c, '\u{b9}' | '\u{b2}' | '\u{b3}');
            digits.next().is_some_and(digit) && digits.next().is_none()
        };
        self.as_str().chars().any(is_refused_somewhere)
            || name.ends_with([' ', '.'])
            || WORDS.contains(&stem)
            || PORTS.into_iter().any(numbered)
    }

    /// This name with a number: `name (2).ext`.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        let (stem, extension) = self.split(Kind::File);
        let tail = format!(" ({number}){extension}");
        Self(format!("{}{tail}", cut(stem, MAX_MADE.saturating_sub(tail.len()))).into())
    }

    /// Whether this is a conflict name of a node called `original`.
    pub fn is_conflict_of(&self, original: &Self, kind: Kind) -> bool {
        let (stem, extension) = self.split(kind);
        let plain = without_mark(stem);
        let (first, its_extension) = original.split(kind);
        let first = without_mark(first);
        // A long stem was cut to make room for the mark.
        let same =
            plain == first || (self.as_str().len() + 4 > MAX_MADE && first.starts_with(plain));
        plain.len() < stem.len() && same && extension == its_extension
    }

    /// Stem and extension, the latter with its dot; folders have none.
    fn split(&self, kind: Kind) -> (&str, &str) {
        let name = self.as_str();
        match name.rfind('.') {
            Some(dot) if kind == Kind::File && dot > 0 && name.len() - dot <= 20 => {
                name.split_at(dot)
            }
            _ => (name, ""),
        }
    }
}

/// What somebody wants their computer to be called in conflict names, if it can
/// be called so whole.
pub fn computer_name(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= MAX_DEVICE && text.chars().all(fits_a_name);
    fits.then_some(text)
}

fn fits_a_name(c: char) -> bool {
    !c.is_control() && !is_refused_somewhere(c) && !matches!(c, '(' | ')' | '/' | '.')
}

fn is_refused_somewhere(c: char) -> bool {
    c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\')
}

/// The first bytes of `text`, at most `max`, with no character split.
fn cut(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max.min(text.len()))]
}

/// `stem` without ` (conflict 2026-11-22 135419 ...)` at its end.
fn without_mark(stem: &str) -> &str {
    const OPENING: &str = " (conflict ";
    let Some(at) = stem.rfind(OPENING).filter(|at| *at > 0) else { return stem };
    let Some(inside) = stem[at + OPENING.len()..].strip_suffix(')') else { return stem };
    let date = b"0000-00-00 000000";
    let is_date = inside.len() >= date.len()
        && inside.bytes().zip(date).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *like,
        });
    if is_date && !inside.contains(')') { &stem[..at] } else { stem }
}

/// `stem (mark).extension` with the first mark that makes it free.
fn numbered(
    stem: &str,
    extension: &str,
    mark: impl Fn(Option<u64>) -> String,
    is_taken: impl Fn(&Name) -> bool,
) -> Name {
    let mut number = None;
    loop {
        let tail = format!(" ({}){extension}", mark(number));
        let name = Name(format!("{}{tail}", cut(stem, MAX_MADE.saturating_sub(tail.len()))).into());
        if !is_taken(&name) {
            return name;
        }
        number = Some(number.map_or(2, |number| number + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn stamp() -> Stamp {
        Stamp { date: "2026-11-22 135419".into(), device: "laptop".into() }
    }

    fn conflict(text: &str, kind: Kind) -> String {
        name(text).conflict(kind, &stamp(), |_| false).to_string()
    }

    #[test]
    fn a_conflict_name_keeps_the_extension() {
        let made = conflict("report.odt", Kind::File);
        assert_eq!(made, "report (conflict 2026-11-22 135419 laptop).odt");
        assert_eq!(conflict(".bashrc", Kind::File), ".bashrc (conflict 2026-11-22 135419 laptop)");
        assert_eq!(conflict("v1.2", Kind::Dir), "v1.2 (conflict 2026-11-22 135419 laptop)");
    }

    #[test]
    fn the_mark_of_an_earlier_conflict_is_replaced() {
        for earlier in
            ["2025-01-01 101010 old pc", "2025-01-01 101010 old pc 2", "2025-01-01 101010"]
        {
            let made = conflict(&format!("a (conflict {earlier}).txt"), Kind::File);
            assert_eq!(made, "a (conflict 2026-11-22 135419 laptop).txt");
        }
        let by_hand = "a (conflict of interest).txt";
        assert_eq!(
            conflict(by_hand, Kind::File),
            "a (conflict of interest) (conflict 2026-11-22 135419 laptop).txt"
        );
    }

    #[test]
    fn a_taken_conflict_name_is_counted_on() {
        let taken = [
            "a (conflict 2026-11-22 135419 laptop).txt",
            "a (conflict 2026-11-22 135419 laptop 2).txt",
        ];
        let made =
            name("a.txt").conflict(Kind::File, &stamp(), |name| taken.contains(&name.as_str()));
        assert_eq!(made.as_str(), "a (conflict 2026-11-22 135419 laptop 3).txt");
    }

    #[test]
    fn a_long_conflict_name_is_cut_between_characters() {
        for letter in ["a", "é", "漢", "🦀"] {
            let long = format!("{}.txt", letter.repeat(240 / letter.len()));
            let made = conflict(&long, Kind::File);
            assert!(made.len() <= 227 && made.len() > 223, "{} bytes", made.len());
            assert!(made.ends_with(" (conflict 2026-11-22 135419 laptop).txt"));
            assert!(name(&made).is_conflict_of(&name(&long), Kind::File));
        }
    }

    #[test]
    fn a_device_name_leaves_nothing_in_a_name_that_a_disk_refuses() {
        let stamp = Stamp { device: "a/b:(c)\n".repeat(40), ..stamp() };
        let made = name("f").conflict(Kind::File, &stamp, |_| false);
        assert!(made.as_str().starts_with("f (conflict 2026-11-22 135419 abcabc"));
        assert!(made.as_str().len() < 110);
        assert!(made.is_conflict_of(&name("f"), Kind::File));
    }

    #[test]
    fn only_a_conflict_name_of_the_same_file_is_one() {
        let made = name("a (conflict 2026-11-22 135419 laptop).txt");
        assert!(made.is_conflict_of(&name("a.txt"), Kind::File));
        assert!(made.is_conflict_of(&name("a (conflict 2025-01-01 000000 pc).txt"), Kind::File));
        assert!(!made.is_conflict_of(&name("b.txt"), Kind::File));
        assert!(!made.is_conflict_of(&name("a.odt"), Kind::File));
        assert!(!name("a.txt").is_conflict_of(&name("a.txt"), Kind::File));
    }

    #[test]
    fn an_alias_can_be_shown_on_every_disk() {
        let alias = |text: &str, plain| name(text).alias(Kind::File, plain, |_| false).to_string();
        assert_eq!(alias("README", false), "README (case 2)");
        assert_eq!(alias("con", true), "con (case 2)");
        assert_eq!(alias("what?.txt ", true), "what_ (case 2).txt");
        assert_eq!(alias("dots...", true), "dots (case 2)");
        let taken = |name: &Name| name.as_str() == "a (case 2)";
        assert_eq!(name("a").alias(Kind::File, false, taken).as_str(), "a (case 3)");
    }

    #[test]
    fn no_name_that_is_made_is_ignored_or_reserved() {
        // Folders have no extension; `.*.*sw?` is Vim's.
        let stamp = Stamp { device: "mysw".into(), ..stamp() };
        let made = name(".x.y").conflict(Kind::Dir, &stamp, |_| false);
        assert_eq!(made.as_str(), ".x.y (conflict 2026-11-22 135419 mysw 2)");
        let alias = |text: &str, kind| name(text).alias(kind, true, |_| false).to_string();
        assert_eq!(alias("film.part ", Kind::File), "film (case 2)");
        assert_eq!(alias(".?x", Kind::File), "__x (case 2)");
        assert_eq!(alias("con.x", Kind::Dir), "con_x (case 2)");
    }

    #[test]
    fn an_alias_is_known_again_though_its_stem_was_cut() {
        for text in ["what?.txt", &format!("{}.txt", "é".repeat(200)), &"long".repeat(70)] {
            let original = name(text);
            let alias = original.alias(Kind::File, true, |_| false);
            assert!(alias.is_alias_of(&original), "{alias}");
            assert!(!alias.is_alias_of(&name("other.txt")), "{alias}");
        }
    }

    #[test]
    fn what_windows_cannot_show_is_known_everywhere() {
        for bad in [
            "con",
            "CON.txt",
            "Aux.tar.gz",
            "com1",
            "LPT\u{b9}.log",
            "a:b",
            "what?",
            "a\\b",
            "end.",
            "end ",
            "tab\there",
            "nul .txt",
        ] {
            assert!(name(bad).is_refused_by_windows(), "{bad:?}");
        }
        for fine in ["contract", "com", "com10", "lpt.txt", ".con", "a.b", "é", "a b.c"] {
            assert!(!name(fine).is_refused_by_windows(), "{fine:?}");
        }
        let alias = name("com1.txt").alias(Kind::File, true, |_| false);
        assert!(!alias.is_refused_by_windows(), "{alias}");
    }

    #[test]
    fn folding_takes_for_one_what_the_disk_does() {
        let all = Folding { case: true, normalization: true };
        let case = Folding { case: true, normalization: false };
        assert_eq!(all.key(&name("É")), all.key(&name("e\u{301}")));
        assert_ne!(case.key(&name("é")), case.key(&name("e\u{301}")));
        assert_ne!(Folding::default().key(&name("a")), Folding::default().key(&name("A")));
    }
}
