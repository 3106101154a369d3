//! Which names a family takes, and how it changes them.

use unicode_normalization::UnicodeNormalization as _;

use super::dialect::{NameRules, Ways};
use super::refusal::{NameFault, Refusal};
use crate::model::RelPath;

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
