//! Which line decides whether something is synced, in words.

use super::{Texts, level};
use crate::model::{Kind, RelPath};
use crate::settings::Verdict;

/// Returns which rule decides about a path, or that nothing speaks of it.
pub fn ruled(texts: &Texts, path: &RelPath, kind: Kind, verdict: &Verdict) -> String {
    let kind = match kind {
        Kind::File => "file",
        Kind::Dir => "folder",
    };
    let mut args = vec![("path", path.as_str().into()), ("kind", kind.into())];
    let Some(rule) = &verdict.rule else { return texts.say("ignore-test-synced", &args) };
    let of = match verdict.level {
        Some("everywhere") => texts.say("rules-everywhere", &[]),
        _ => level(texts, rule.level),
    };
    args.extend([
        ("pattern", rule.pattern.as_str().into()),
        ("level", of.into()),
        ("line", (rule.line.unwrap_or(0) as u64).into()),
        ("at", rule.at.as_str().into()),
    ]);
    let id = match rule.ignored {
        Some(_) => "ignore-test-ignored",
        None => "ignore-test-brought-back",
    };
    texts.say(id, &args)
}
