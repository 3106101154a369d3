//! Which names a server takes: known before anything is asked of it.

use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{Folding, Kind, Name, Place, RelPath};

/// What a server does not take in a name, for the one who is to rename.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameReason {
    /// This character.
    Character(char),
    /// A control character, which cannot be shown.
    Control,
    /// This word, as the whole name or as what stands before its first dot.
    Word(String),
    /// This ending.
    Ending(String),
    /// Nothing but blanks.
    Blank,
    /// More than so many bytes of UTF-8.
    TooLong(usize),
    /// It is only another spelling of this one, which is there too: the server
    /// takes composed and decomposed letters for the same.
    SpelledLike(String),
}

/// The longest names, in bytes of UTF-8 and in characters; none: no limit that
/// is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Longest {
    /// Bytes of UTF-8.
    pub bytes: Option<usize>,
    /// Characters.
    pub characters: Option<usize>,
}

/// Which names a server takes (protocol.md 3.5). The empty rules take all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameRules {
    /// Names that are refused, in lower case.
    pub words: Vec<String>,
    /// Names that are refused before the first dot too, in lower case.
    pub stems: Vec<String>,
    /// Characters that are refused anywhere.
    pub characters: Vec<char>,
    /// Endings that are refused, in lower case.
    pub endings: Vec<String>,
    /// A pattern of names that are refused.
    pub pattern: Option<Pattern>,
    /// Control characters are refused.
    pub no_control: bool,
    /// Names of nothing but blanks are refused.
    pub no_blank: bool,
    /// Decomposed letters become composed ones: two spellings are one name.
    pub composes: bool,
    /// The longest name of a file.
    pub file: Longest,
    /// The longest name of a folder.
    pub folder: Longest,
}

/// A regular expression that a server announces.
#[derive(Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern, matched whatever the case; none if it is not
    /// understood: then the server's refusals tell.
    pub fn new(text: &str) -> Option<Self> {
        RegexBuilder::new(text).case_insensitive(true).build().ok().map(Self)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl NameRules {
    /// Rules that refuse nothing.
    pub const fn none() -> Self {
        let any = Longest { bytes: None, characters: None };
        Self {
            words: Vec::new(),
            stems: Vec::new(),
            characters: Vec::new(),
            endings: Vec::new(),
            pattern: None,
            no_control: false,
            no_blank: false,
            composes: false,
            file: any,
            folder: any,
        }
    }

    /// Whether the server takes these paths for the same one.
    pub fn takes_for_one(&self, one: &RelPath, other: &RelPath) -> bool {
        one == other || self.composes && one.as_str().nfc().eq(other.as_str().nfc())
    }

    /// What is equal for two places exactly when the server takes them for one.
    pub fn key(&self, place: &Place) -> Place {
        if !self.composes || place.name.as_str().is_ascii() {
            return place.clone();
        }
        let composed = Folding { case: false, normalization: true };
        Place { parent: place.parent, name: composed.key(&place.name) }
    }

    /// Returns what is wrong with `name`, if the server refuses it.
    pub fn refuses(&self, name: &Name, kind: Kind) -> Option<NameReason> {
        let text = name.as_str();
        let lower = text.to_lowercase();
        self.wrong_letter(text)
            .or_else(|| self.wrong_word(&lower))
            .or_else(|| self.too_long(text, kind))
    }

    fn wrong_letter(&self, text: &str) -> Option<NameReason> {
        if self.no_blank && text.trim().is_empty() {
            return Some(NameReason::Blank);
        }
        let refused = |c: &char| self.characters.contains(c) || (self.no_control && *c < ' ');
        let letter = text.chars().find(refused)?;
        Some(if letter.is_control() { NameReason::Control } else { NameReason::Character(letter) })
    }

    fn wrong_word(&self, lower: &str) -> Option<NameReason> {
        // The dot of a hidden file does not begin an extension.
        let dot = lower.char_indices().skip(1).find(|(_, c)| *c == '.').map(|(at, _)| at);
        let stem = &lower[..dot.unwrap_or(lower.len())];
        let word = self.words.iter().find(|word| *word == lower);
        let word = word.or_else(|| self.stems.iter().find(|word| *word == stem));
        if let Some(word) = word {
            return Some(NameReason::Word(word.clone()));
        }
        let ending = self.endings.iter().find(|ending| lower.ends_with(ending.as_str())).cloned();
        let ending = ending.or_else(|| {
            let found = self.pattern.as_ref()?.0.find(lower)?;
            Some(found.as_str().to_owned())
        });
        ending.map(NameReason::Ending)
    }

    fn too_long(&self, text: &str, kind: Kind) -> Option<NameReason> {
        let longest = if kind == Kind::Dir { self.folder } else { self.file };
        let bytes = longest.bytes.filter(|most| text.len() > *most);
        let characters = longest.characters.filter(|most| text.chars().count() > *most);
        bytes.or(characters).map(NameReason::TooLong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> NameRules {
        let longest = |bytes| Longest { bytes: Some(bytes), characters: None };
        NameRules {
            words: vec![".htaccess".into()],
            stems: vec!["con".into()],
            characters: vec!['\\', '?'],
            endings: vec![".filepart".into(), " ".into(), ".".into()],
            pattern: Pattern::new(r"\.(part|lock)$"),
            no_control: true,
            no_blank: true,
            composes: false,
            file: longest(20),
            folder: Longest { bytes: Some(30), characters: Some(10) },
        }
    }

    fn reason(name: &str, kind: Kind) -> Option<NameReason> {
        rules().refuses(&Name::new(name).unwrap(), kind)
    }

    #[test]
    fn each_refusal_says_what_is_wrong() {
        let ending = |text: &str| Some(NameReason::Ending(text.into()));
        let word = |text: &str| Some(NameReason::Word(text.into()));
        for (name, expected) in [
            ("fine.txt", None),
            ("contract", None),
            ("a\\b", Some(NameReason::Character('\\'))),
            ("why?", Some(NameReason::Character('?'))),
            ("a\u{7}b", Some(NameReason::Control)),
            ("  ", Some(NameReason::Blank)),
            (".HTAccess", word(".htaccess")),
            ("Con", word("con")),
            ("con.tar.gz", word("con")),
            (".con", None),
            ("x.Filepart", ending(".filepart")),
            ("x.PART", ending(".part")),
            ("trailing ", ending(" ")),
            ("trailing.", ending(".")),
            ("ééééééééééé", Some(NameReason::TooLong(20))),
        ] {
            assert_eq!(reason(name, Kind::File), expected, "{name:?}");
        }
    }

    #[test]
    fn files_and_folders_have_limits_of_their_own() {
        assert_eq!(reason(&"a".repeat(21), Kind::File), Some(NameReason::TooLong(20)));
        assert_eq!(reason(&"a".repeat(10), Kind::Dir), None);
        assert_eq!(reason(&"a".repeat(11), Kind::Dir), Some(NameReason::TooLong(10)));
    }

    #[test]
    fn the_empty_rules_take_every_name() {
        for name in ["\\", "\u{1}", " ", "con"] {
            assert_eq!(NameRules::none().refuses(&Name::new(name).unwrap(), Kind::File), None);
        }
    }

    #[test]
    fn a_pattern_that_is_not_understood_refuses_nothing() {
        assert_eq!(Pattern::new("(?<=x)y"), None);
    }
}
