//! What the tests of this folder have stand and be done.

use crate::activity::{self, Kept, More, Verb};
use crate::api::{Entry, PairState, Standing, told_of};
use crate::overview;
use crate::text::{Language, Texts};

/// A folder that stands so.
pub(super) fn standing(folder: &str, state: PairState) -> Standing {
    Standing { folder: folder.to_owned(), ..overview::tests::pair("a", state, None) }
}

/// Something that was done.
pub(super) fn entry(folder: &str, path: &str, at: i64, verb: Verb) -> Entry {
    let entry = activity::Entry { at, path: path.to_owned(), verb, more: More::default() };
    let kept = Kept { id: 1, batch: 1, entry };
    told_of(&Texts::new(Language::ENGLISH), folder.as_ref(), &kept)
}
