//! What is known of one path, in words.

use crate::event::{Cause, Version};
use crate::explain::{Explained, Shown, Verdict};
use crate::model::Level;

use super::{Said, Texts, burst, cause, planned, steps, wait};
use crate::activity::bursts;

/// Returns what is the case, and what one can do about it. `there` is where it
/// is, or would be, on the server.
pub fn verdict(texts: &Texts, explained: &Explained, there: &str) -> Said {
    let id = match explained.verdict {
        Verdict::InSync => "explain-in-sync",
        Verdict::Planned => "explain-planned",
        Verdict::Own => "explain-own",
        Verdict::Root => "explain-root",
        Verdict::NotChosen => "explain-not-chosen",
        Verdict::Kept => "explain-kept",
        Verdict::NotSeenYet => "explain-not-seen",
        Verdict::Unknown => "explain-unknown",
        Verdict::NotAFile => return cause(texts, &Cause::NotAFile),
        Verdict::OtherVolume => return cause(texts, &Cause::OtherVolume),
        Verdict::Left => return left(texts, explained),
        Verdict::NeverSynced => return never_synced(texts, explained),
    };
    texts.explain(id, &[("there", there.into())])
}

fn left(texts: &Texts, explained: &Explained) -> Said {
    match (&explained.left, explained.waits.first()) {
        (Some(left), _) if left.path == explained.path => cause(texts, &left.cause),
        (Some(left), _) => {
            let said = cause(texts, &left.cause);
            let args = [("path", left.path.as_str().into()), ("sentence", said.sentence.into())];
            Said { sentence: texts.say("explain-above", &args), remedy: said.remedy }
        }
        (None, Some(reason)) => wait(texts, *reason),
        (None, None) => cause(texts, &Cause::MountGone),
    }
}

fn never_synced(texts: &Texts, explained: &Explained) -> Said {
    let Some(rule) = &explained.rule else { return texts.explain("explain-own", &[]) };
    let id =
        if rule.at.as_str() == explained.path { "explain-never" } else { "explain-never-above" };
    let args = [
        ("pattern", rule.pattern.as_str().into()),
        ("level", level(texts, rule.level).into()),
        ("path", rule.at.as_str().into()),
    ];
    texts.explain(id, &args)
}

/// Returns where a rule stands.
pub fn level(texts: &Texts, level: Level) -> String {
    let id = match level {
        Level::BuiltIn => "ignore-level-built-in",
        Level::Account => "ignore-level-account",
        Level::Hidden => "ignore-level-hidden",
        Level::Folder => "ignore-level-folder",
        Level::File => "ignore-level-file",
    };
    texts.say(id, &[])
}

/// Returns all else that is known, a line each. `there` as in [`verdict`].
pub fn facts(texts: &Texts, explained: &Explained, there: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let known = explained.here.is_some() || explained.there.is_some() || explained.agreed.is_some();
    if let Some(name) = &explained.shown_as {
        lines.push(texts.say("cause-shown-as", &[("name", name.as_str().into())]));
    }
    if known {
        lines.push(match &explained.here {
            Some(here) => line(texts, "explain-here", &here.path, &shown(texts, here)),
            None => texts.say("explain-nothing-here", &[]),
        });
    }
    if let Some(now) = explained.now.filter(|now| !is(explained.here.as_ref(), *now)) {
        lines.push(line(texts, "explain-now", "", &version(texts, now)));
    }
    if known {
        lines.push(match &explained.there {
            Some(shown_there) => line(texts, "explain-there", there, &shown(texts, shown_there)),
            None => texts.say("explain-nothing-there", &[("there", there.into())]),
        });
        lines.push(match &explained.agreed {
            Some(agreed) => line(texts, "explain-agreed", &agreed.path, &shown(texts, agreed)),
            None => texts.say("explain-nothing-agreed", &[]),
        });
    }
    for step in &explained.next {
        let why = steps::why(texts, &step.step.op, step.step.why);
        let args = [("step", planned(texts, step).into()), ("why", why.into())];
        lines.push(line(texts, "explain-next", "", &texts.say("line-step", &args)));
    }
    if let Some(again) = explained.left.as_ref().and_then(|left| left.again) {
        lines.push(texts.say("explain-again", &[("date", texts.date(again).into())]));
    }
    let mut last = explained.last.clone();
    last.reverse();
    for told in bursts(&last) {
        let date = texts.date(told.first.at);
        let args = [("date", date.into()), ("line", burst(texts, &told).into())];
        lines.push(line(texts, "explain-last", "", &texts.say("activity-line", &args)));
    }
    lines
}

fn line(texts: &Texts, id: &str, path: &str, what: &str) -> String {
    texts.say(id, &[("path", path.into()), ("what", what.into())])
}

/// Whether what stands here is what was seen here.
fn is(here: Option<&Shown>, now: Version) -> bool {
    here.is_some_and(|here| here.version == Some(now))
}

fn shown(texts: &Texts, shown: &Shown) -> String {
    let what = match shown.version {
        Some(seen) => version(texts, seen),
        None => texts.say("explain-folder", &[]),
    };
    match &shown.etag {
        Some(etag) => {
            let args = [("what", what.into()), ("etag", etag.as_str().into())];
            texts.say("explain-versioned", &args)
        }
        None => what,
    }
}

fn version(texts: &Texts, version: Version) -> String {
    let size = version.size.map(|size| texts.size(size)).unwrap_or_default();
    match version.date {
        Some(date) => {
            let args = [("size", size.into()), ("date", texts.date(date).into())];
            texts.say("explain-version", &args)
        }
        None => size,
    }
}
