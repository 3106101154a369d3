//! Two versions of one file, in words.

use crate::conflicts::{Choice, Conflict};
use crate::event::{Cause, Version};
use crate::execute::Unsettled;

use super::{Said, Texts, cause};

/// Returns a file with both of its versions, a line each.
pub fn conflict(texts: &Texts, conflict: &Conflict) -> Vec<String> {
    let by = conflict.by.clone().unwrap_or_default();
    let version = |version: Option<Version>| match version {
        Some(Version { size, date }) => {
            let size = size.map(|size| texts.size(size)).unwrap_or_default();
            let date = date.map(|date| texts.date(date)).unwrap_or_default();
            texts.say("explain-version", &[("size", size.into()), ("date", date.into())])
        }
        None => texts.say("conflicts-none-there", &[]),
    };
    let id = match (conflict.ours, by.is_empty()) {
        (true, _) => "conflicts-mine",
        (false, false) => "conflicts-mine-of",
        (false, true) => "conflicts-mine-unknown",
    };
    let mine = [
        ("what", version(Some(conflict.mine)).into()),
        ("copy", conflict.copy.as_str().into()),
        ("by", by.into()),
    ];
    let theirs = [("what", version(conflict.theirs).into())];
    let mut lines = vec![
        super::readable(&conflict.path).into_owned(),
        format!("  {}", texts.say(id, &mine)),
        format!("  {}", texts.say("conflicts-theirs", &theirs)),
    ];
    if conflict.equal {
        lines.push(format!("  {}", texts.say("conflicts-equal", &[])));
    }
    lines
}

/// Returns what a choice would do with a file.
pub fn would(texts: &Texts, choice: Choice, conflict: &Conflict) -> String {
    let id = match choice {
        Choice::Mine => "conflicts-would-mine",
        Choice::Theirs => "conflicts-would-theirs",
        Choice::Both => "conflicts-would-both",
    };
    let args = [("path", conflict.path.as_str().into()), ("copy", conflict.copy.as_str().into())];
    texts.say(id, &args)
}

/// Returns what was done with a file; without a choice, that one was taken back.
pub fn settled(texts: &Texts, choice: Option<Choice>, path: &str, copy: &str) -> Said {
    let id = match choice {
        Some(Choice::Mine) => "activity-kept-mine",
        Some(Choice::Theirs) => "activity-kept-theirs",
        Some(Choice::Both) => "activity-kept-both",
        // What was brought back had no copy.
        None if copy.is_empty() => "activity-put-again",
        None => "activity-undone",
    };
    texts.explain(id, &[("path", path.into()), ("copy", copy.into())])
}

/// Returns why nothing was done.
pub fn unsettled(texts: &Texts, why: &Unsettled) -> Said {
    match why {
        Unsettled::Changed => texts.explain("conflicts-changed", &[]),
        Unsettled::Taken => texts.explain("names-taken", &[]),
        Unsettled::Gone => texts.explain("conflicts-gone", &[]),
        Unsettled::Failed(reason) => cause(texts, reason),
        Unsettled::Stopped(_) => cause(texts, &Cause::DiskBroken),
    }
}
