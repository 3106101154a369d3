//! What a check found, in a sentence with its remedy.

use crate::check::Verdict;

use super::{Said, Texts};

/// Returns what was found of one file or folder.
pub fn judged(texts: &Texts, verdict: Verdict) -> Said {
    let id = match verdict {
        Verdict::Equal => "verdict-equal",
        Verdict::Agreed => "verdict-agreed",
        Verdict::Untold => "verdict-untold",
        Verdict::DamagedHere => "verdict-damaged-here",
        Verdict::DamagedThere => "verdict-damaged-there",
        Verdict::Differs => "verdict-differs",
        Verdict::Unsynced => "verdict-unsynced",
        Verdict::OnlyHere => "verdict-only-here",
        Verdict::OnlyThere => "verdict-only-there",
        Verdict::Unreadable => "verdict-unreadable",
    };
    texts.explain(id, &[])
}
