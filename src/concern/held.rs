//! What the last run has left, put together by its cause.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{About, Part, SAMPLE, Whose, name};
use crate::event::{Cause, Item};
use crate::model::Side;
use crate::names::Fits;
use crate::watch::Standing;

/// What makes items one question. The parts of a cause belong to it: where
/// another sentence is said, something else is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    /// No room on the server: one for the whole account.
    Space,
    /// No room here.
    Disk,
    /// Each large folder is wanted, or not, by itself.
    Large(&'a str, u64),
    /// Names with one fault, where they are.
    Name(Side, &'static str),
    /// Any other cause.
    File(Option<Side>, &'a Cause),
}

/// Items that are one question.
pub(super) struct Held<'a> {
    key: Key<'a>,
    /// At least one.
    pub(super) items: Vec<&'a Item>,
}

/// All that somebody must see to, by what makes it one question.
pub(super) fn of(standing: &Standing) -> Vec<Held<'_>> {
    let usual = Fits::default();
    let fits = fits(standing, &usual);
    let mut questions: BTreeMap<Key<'_>, Vec<&Item>> = BTreeMap::new();
    for item in standing.left.iter().filter(|item| item.needs_somebody()) {
        questions.entry(key(item, fits)).or_default().push(item);
    }
    questions.into_iter().map(|(key, items)| Held { key, items }).collect()
}

/// What the two sides take for a name; as usual before that is known.
fn fits<'a>(standing: &'a Standing, usual: &'a Fits) -> &'a Fits {
    standing.allows.as_deref().map_or(usual, |allows| &allows.names)
}

fn key<'a>(item: &'a Item, fits: &Fits) -> Key<'a> {
    match &item.cause {
        Cause::Quota => Key::Space,
        Cause::DiskFull => Key::Disk,
        Cause::AsksFirst { bytes } => Key::Large(&item.path, *bytes),
        cause => match name::fault(item, fits) {
            Some((side, reason)) => Key::Name(side, reason),
            None => Key::File(item.side, cause),
        },
    }
}

impl Held<'_> {
    /// The same for as long as anything is left for it, whatever its files are.
    pub(super) fn id(&self, whose: &Whose) -> String {
        let folder = &whose.folder;
        match self.key {
            Key::Space => format!("space:{}", whose.account),
            Key::Disk => format!("disk:{folder}"),
            Key::Large(path, _) => format!("large:{path}:{folder}"),
            Key::Name(side, reason) => format!("name:{}:{reason}:{folder}", side.word()),
            Key::File(side, cause) => {
                format!("file:{}:{}:{folder}", side.map_or("", Side::word), word(cause))
            }
        }
    }

    pub(super) fn about(&self, whose: &Whose, standing: &Standing) -> About {
        let files = self.items.len();
        let bytes = self.items.iter().fold(0, |sum: u64, item| sum.saturating_add(item.bytes));
        match self.key {
            Key::Space => About::Space { files, bytes, free: whose.free },
            Key::Disk => About::Disk { bytes },
            Key::Large(path, bytes) => About::Large { path: path.to_owned(), bytes },
            Key::Name(side, reason) => {
                let usual = Fits::default();
                let fits = fits(standing, &usual);
                let sample = self.items.iter().take(SAMPLE).map(|item| name::of(item, fits));
                About::Name { side, reason, files, sample: sample.collect() }
            }
            Key::File(side, cause) => About::File {
                side,
                cause: cause.clone(),
                files,
                bytes,
                sample: self.items.iter().take(SAMPLE).map(|item| item.path.clone()).collect(),
                again: self.items.iter().filter_map(|item| again(standing, item)).min(),
            },
        }
    }

    /// The first `most` of its files.
    pub(super) fn parts(&self, standing: &Standing, most: usize) -> Vec<Part> {
        let usual = Fits::default();
        let fits = fits(standing, &usual);
        let part = |item: &&Item| match self.key {
            Key::Name(..) => Part::Name(name::of(item, fits)),
            _ => Part::Path(item.path.clone()),
        };
        self.items.iter().take(most).map(part).collect()
    }
}

fn again(standing: &Standing, item: &Item) -> Option<i64> {
    let wait = i64::try_from(item.again?.as_secs()).unwrap_or(i64::MAX);
    Some(standing.left_at.saturating_add(wait))
}

/// The words by which programs read a cause: `unreadable`, `waits-discarded`.
fn word(cause: &Cause) -> String {
    let words = |(word, more): (String, Value)| match more {
        Value::String(more) => format!("{word}-{more}"),
        more => format!("{word}-{more}"),
    };
    match serde_json::to_value(cause) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(of)) => of.into_iter().map(words).collect(),
        // A cause is one or the other.
        _ => String::new(),
    }
}
