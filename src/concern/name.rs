//! What is wrong with a name, and what could be in its place.

use super::Misnamed;
use crate::event::{Cause, Item};
use crate::model::{Kind, Name, NameReason, Side};
use crate::names::Fits;

/// Where something stands whose name cannot be on the other side, and why it
/// cannot, in one word; none if it is left for something else.
pub(super) fn fault(item: &Item, fits: &Fits) -> Option<(Side, &'static str)> {
    // The server refuses what is here, this disk what is there.
    match &item.cause {
        Cause::NameRefused => Some((Side::Local, "server")),
        Cause::NameForbidden(reason) => Some((Side::Local, forbidden(reason))),
        Cause::NameImpossible => Some((Side::Remote, impossible(last(item), fits))),
        _ => None,
    }
}

fn forbidden(reason: &NameReason) -> &'static str {
    match reason {
        NameReason::TooLong(_) => "long",
        NameReason::SpelledLike(_) => "twin",
        NameReason::Character(_)
        | NameReason::Control
        | NameReason::Blank
        | NameReason::Word(_)
        | NameReason::Ending(_) => "server",
    }
}

fn impossible(name: &str, fits: &Fits) -> &'static str {
    if fits.windows {
        "windows"
    } else if fits.longest > 0 && name.len() > fits.longest {
        "long"
    } else {
        "other"
    }
}

/// What is needed to give it another name.
pub(super) fn of(item: &Item, fits: &Fits) -> Misnamed {
    let name = last(item);
    let (bad, other) = match &item.cause {
        Cause::NameForbidden(NameReason::Character(letter)) => (letter.to_string(), None),
        Cause::NameForbidden(NameReason::Word(part) | NameReason::Ending(part)) => {
            (part.clone(), None)
        }
        Cause::NameForbidden(NameReason::SpelledLike(other)) => {
            (String::new(), Some(other.clone()))
        }
        Cause::NameImpossible if fits.windows => (bad_letters(name), None),
        _ => (String::new(), None),
    };
    let made = fits.suggest(name, Kind::File);
    // A twin fits by itself: what it is mistaken for stands beside it.
    let suggestion = if made == name { numbered(name) } else { made };
    Misnamed { path: item.path.clone(), bad, suggestion, other }
}

fn last(item: &Item) -> &str {
    item.path.rsplit('/').next().unwrap_or_default()
}

fn bad_letters(name: &str) -> String {
    let mut bad: Vec<char> = name.chars().filter(|c| r#"<>:"|?*\"#.contains(*c)).collect();
    bad.sort_unstable();
    bad.dedup();
    bad.into_iter().collect()
}

fn numbered(name: &str) -> String {
    let made = Name::new(name).map(|name| name.numbered(2));
    made.map(|made| made.as_str().to_owned()).unwrap_or_default()
}
