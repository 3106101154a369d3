//! What was done, in words.

use crate::activity::{Burst, Entry, Verb};
use crate::model::Side;

use super::steps::reason;
use super::{Said, Texts, cause};

/// Returns what was done, or what is in the way, with what one can do about it.
pub fn entry(texts: &Texts, entry: &Entry) -> Said {
    let more = &entry.more;
    if let Some(in_the_way) = &more.cause {
        let said = cause(texts, in_the_way);
        let args = [("path", entry.path.as_str().into()), ("sentence", said.sentence.into())];
        return Said { sentence: texts.say("line-item", &args), remedy: said.remedy };
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let args = [
        ("path", entry.path.as_str().into()),
        ("from", text(&more.from).into()),
        ("copy", text(&more.copy).into()),
        ("name", text(&more.shown_as).into()),
    ];
    Said { sentence: texts.say(id(entry), &args), remedy: None }
}

/// Returns one line for entries that belong together, without the time.
pub fn burst(texts: &Texts, burst: &Burst<'_>) -> String {
    let first = entry(texts, burst.first).sentence;
    let mut line = match (burst.files, burst.folder.as_str()) {
        (0 | 1, _) => first,
        (files, folder) => {
            let id = if folder.is_empty() { "activity-more" } else { "activity-more-in" };
            let args =
                [("step", first.into()), ("n", (files - 1).into()), ("folder", folder.into())];
            texts.say(id, &args)
        }
    };
    if burst.bytes > 0 {
        let args = [("step", line.into()), ("size", texts.size(burst.bytes).into())];
        line = texts.say("activity-sized", &args);
    }
    match why(texts, burst.first) {
        Some(why) => texts.say("line-step", &[("step", line.into()), ("why", why.into())]),
        None => line,
    }
}

/// Returns why it was done, if that says more than what was done.
fn why(texts: &Texts, entry: &Entry) -> Option<String> {
    let why = entry.why().filter(|_| entry.verb != Verb::Conflict)?;
    Some(reason(texts, entry.side().map_or(Side::Remote, Side::other), why))
}

fn id(entry: &Entry) -> &'static str {
    let here = entry.side() == Some(Side::Local);
    match entry.verb {
        Verb::Fetched => "done-fetch",
        Verb::Replaced => "done-replace",
        Verb::Sent => "done-send",
        Verb::Updated => "done-update",
        Verb::FolderMade if here => "done-make-dir-here",
        Verb::FolderMade => "done-make-dir-there",
        Verb::Moved if here => "activity-moved-here",
        Verb::Moved => "activity-moved-there",
        Verb::Renamed if here => "activity-renamed-here",
        Verb::Renamed => "activity-renamed-there",
        Verb::ShownAs => "activity-shown-as",
        Verb::PutAside => "done-remove-here",
        Verb::Deleted if here => "activity-removed-dir",
        Verb::Deleted => "done-remove-there",
        Verb::CameBack => "activity-came-back",
        Verb::Conflict => "activity-conflict",
        Verb::Held => "activity-held",
        Verb::Failed => "activity-failed",
        Verb::KeptMine => "activity-kept-mine",
        Verb::KeptTheirs => "activity-kept-theirs",
        Verb::KeptBoth => "activity-kept-both",
        Verb::Undone if entry.more.copy.is_none() => "activity-put-again",
        Verb::Undone => "activity-undone",
        Verb::BroughtBack => "activity-brought-back",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn every_verb_on_either_side_is_a_sentence_with_its_path_in_both_languages() {
        for texts in [Language::ENGLISH, Language::FRENCH].map(Texts::new) {
            for verb in Verb::ALL {
                for side in [Side::Local, Side::Remote] {
                    let mut entry = Entry::new(0, verb, "a/b.txt");
                    entry.more.side = Some(side.word().to_owned());
                    entry.more.from = Some("a/from".to_owned());
                    entry.more.copy = Some("a/copy".to_owned());
                    let said = super::entry(&texts, &entry).sentence;
                    assert!(said.contains("a/b.txt") && !said.contains("{$"), "{verb:?}: {said}");
                }
            }
        }
    }

    #[test]
    fn a_burst_is_one_line_with_its_size_and_its_reason() {
        let mut entry = Entry::new(0, Verb::Fetched, "a/b");
        (entry.more.side, entry.more.why) = (Some("local".to_owned()), Some("new".to_owned()));
        let burst = Burst { first: &entry, files: 50, bytes: 12_000, folder: "a".to_owned() };
        let said = super::burst(&Texts::new(Language::ENGLISH), &burst);
        assert_eq!(said, "Fetched a/b, and 49 more in a, 11.7\u{a0}KB (new on the server)");
    }
}
