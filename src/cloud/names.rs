//! Which names a family takes, and how it changes them.

use unicode_normalization::UnicodeNormalization as _;

use super::dialect::{NameRules, Ways};
use super::refusal::{NameFault, Refusal};
use crate::model::{self, Pattern, RelPath};

/// The names that the PHP families keep for themselves.
pub const WORDS: [&str; 1] = [".htaccess"];
/// The endings that Nextcloud keeps for itself.
pub const ENDINGS: [&str; 2] = [".filepart", ".part"];
/// The same, as ownCloud 10 announces them.
pub const ENDINGS_PATTERN: &str = r"\.(part|filepart)$";
/// The characters that Nextcloud announces.
pub const CHARACTERS: [char; 2] = ['\\', '/'];

/// What a client learns of the names that a family takes.
pub fn rules(rules: NameRules) -> model::NameRules {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    let none = model::NameRules::none();
    match rules {
        NameRules::Nextcloud => model::NameRules::nextcloud(model::NameRules {
            words: texts(&WORDS),
            endings: texts(&ENDINGS),
            characters: CHARACTERS.to_vec(),
            ..none
        }),
        NameRules::OwnCloud10 => model::NameRules::owncloud10(model::NameRules {
            words: texts(&WORDS),
            pattern: Pattern::new(ENDINGS_PATTERN),
            ..none
        }),
        NameRules::Ocis => model::NameRules::ocis(none),
        NameRules::FileSystem => none,
    }
}

/// What a name is wanted for: ownCloud 10 allows each another length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A file that is written.
    Put,
    /// A folder that is made.
    MakeDir,
    /// The target of a move or copy.
    Move,
}

/// The path as the family keeps it: composed where it composes.
pub fn tidy(ways: &Ways, path: &RelPath) -> RelPath {
    if !ways.composes_names || path.as_str().is_ascii() {
        return path.clone();
    }
    let composed: String = path.as_str().nfc().collect();
    RelPath::parse(&composed).unwrap_or_else(|_| path.clone())
}

/// Refuses a name that the family does not take for this purpose.
pub fn check(ways: &Ways, name: &str, purpose: Purpose) -> Result<(), Refusal> {
    let fault = match ways.names {
        NameRules::Nextcloud => nextcloud(name),
        NameRules::OwnCloud10 => owncloud10(name, purpose),
        NameRules::Ocis => ocis(name),
        NameRules::FileSystem => (name.len() > 255).then_some(NameFault::TooLong),
    };
    fault.map_or(Ok(()), |fault| Err(Refusal::BadName(fault)))
}

/// ownCloud 10 adds a date to names in its trash and fails if that gets too long.
pub fn fits_trash(ways: &Ways, name: &str) -> bool {
    ways.names != NameRules::OwnCloud10 || name.len() <= 238
}

fn partial(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.ends_with(".part") || lower.ends_with(".filepart")
}

fn control(name: &str) -> bool {
    name.chars().any(|character| character < ' ')
}

fn nextcloud(name: &str) -> Option<NameFault> {
    match name {
        _ if name.len() > 250 => Some(NameFault::TooLong),
        _ if name.contains('\\') => Some(NameFault::Character),
        _ if control(name) => Some(NameFault::Control),
        _ if name.trim().is_empty() => Some(NameFault::Blank),
        _ if name.eq_ignore_ascii_case(".htaccess") => Some(NameFault::Reserved),
        _ if partial(name) => Some(NameFault::Extension),
        _ => None,
    }
}

fn owncloud10(name: &str, purpose: Purpose) -> Option<NameFault> {
    let longest = match purpose {
        Purpose::Put => 227,
        Purpose::MakeDir => 250,
        Purpose::Move => 249,
    };
    match name {
        _ if name.contains('\n') => Some(NameFault::Newline),
        _ if name.contains('\\') => Some(NameFault::Character),
        _ if control(name) => Some(NameFault::Control),
        _ if name.trim().is_empty() => Some(NameFault::Blank),
        _ if name.eq_ignore_ascii_case(".htaccess") => Some(NameFault::Blacklisted),
        _ if partial(name) => Some(NameFault::Extension),
        _ if name.len() > longest => Some(NameFault::TooLong),
        _ => None,
    }
}

fn ocis(name: &str) -> Option<NameFault> {
    match name {
        _ if name.chars().count() > 255 => Some(NameFault::TooLong),
        _ if name.contains(['\u{c}', '\r', '\n', '\\']) => Some(NameFault::Character),
        _ if name.trim().is_empty() => Some(NameFault::Blank),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Dialect;
    use crate::model::{Kind, Name};

    /// What the rules say beforehand is what the family says afterwards: no
    /// name is held that would be taken, and none is tried in vain.
    #[test]
    fn what_a_client_knows_beforehand_is_what_the_family_refuses() {
        let long = [227, 228, 250, 251].map(|length| "a".repeat(length));
        let wide = [255, 256].map(|length| "\u{e9}".repeat(length));
        let names = [
            "fine",
            ".htaccess",
            ".HTACCESS",
            "htaccess",
            "x.part",
            "x.PART",
            "x.filepart",
            "part",
            "a\\b",
            "a\u{1}b",
            "a\nb",
            "a\u{c}b",
            " ",
            "con",
            "a:b",
            "end.",
            "end ",
            "e\u{301}",
        ];
        let names = names.into_iter().chain(long.iter().chain(&wide).map(String::as_str));
        for (name, dialect) in names.flat_map(|name| Dialect::ALL.map(|dialect| (name, dialect))) {
            let rules = dialect.profile().names;
            let wanted = Name::new(name).unwrap();
            for (kind, purpose) in [(Kind::File, Purpose::Put), (Kind::Dir, Purpose::MakeDir)] {
                let refused = check(dialect.ways(), name, purpose).is_err();
                // Of a storage without capabilities nothing is known.
                let known = rules.refuses(&wanted, kind).is_some() || dialect == Dialect::Plain;
                assert!(known == refused || dialect == Dialect::Plain, "{dialect:?} {name:?}");
            }
        }
    }
}
