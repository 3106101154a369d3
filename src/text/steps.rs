//! Steps in words: before they run, after they ran, and why.

use crate::event::Comparison;
use crate::model::Side;
use crate::plan::{Op, Why};
use crate::report::PlannedStep;

use super::Texts;

/// Returns what a step would do.
pub fn planned(texts: &Texts, step: &PlannedStep) -> String {
    let id = match &step.step.op {
        Op::MakeDir { side: Side::Local, .. } => "plan-make-dir-here",
        Op::MakeDir { side: Side::Remote, .. } => "plan-make-dir-there",
        Op::Move { side: Side::Local, .. } => "plan-move-here",
        Op::Move { side: Side::Remote, .. } => "plan-move-there",
        Op::Park { side: Side::Local, .. } => "plan-park-here",
        Op::Park { side: Side::Remote, .. } => "plan-park-there",
        Op::Fetch { .. } => "plan-fetch",
        Op::Replace { keep: None, .. } => "plan-replace",
        Op::Replace { keep: Some(_), .. } => "plan-replace-keep",
        Op::Send { .. } => "plan-send",
        Op::Update { .. } => "plan-update",
        Op::Remove { side: Side::Local, .. } => "plan-remove-here",
        Op::Remove { side: Side::Remote, .. } => "plan-remove-there",
        Op::Read { .. } => "plan-read",
    };
    let copy = match &step.step.op {
        Op::Replace { keep: Some((_, name)), .. } => name.as_str(),
        _ => "",
    };
    let to = step.to.as_deref().unwrap_or("");
    let args = [("path", step.path.as_str().into()), ("to", to.into()), ("copy", copy.into())];
    texts.say(id, &args)
}

/// Returns what a step did to `path`.
pub fn done(texts: &Texts, op: &Op, path: &str) -> String {
    let id = match op {
        Op::MakeDir { side: Side::Local, .. } => "done-make-dir-here",
        Op::MakeDir { side: Side::Remote, .. } => "done-make-dir-there",
        Op::Move { side: Side::Local, .. } => "done-move-here",
        Op::Move { side: Side::Remote, .. } => "done-move-there",
        Op::Park { side: Side::Local, .. } => "done-park-here",
        Op::Park { side: Side::Remote, .. } => "done-park-there",
        Op::Fetch { .. } => "done-fetch",
        Op::Replace { .. } => "done-replace",
        Op::Send { .. } => "done-send",
        Op::Update { .. } => "done-update",
        Op::Remove { side: Side::Local, .. } => "done-remove-here",
        Op::Remove { side: Side::Remote, .. } => "done-remove-there",
        Op::Read { .. } => "done-read",
    };
    texts.say(id, &[("path", path.into())])
}

/// Returns why a step is planned. What happened on one side is done on the
/// other, so the reason lies opposite to where the step works.
pub fn why(texts: &Texts, op: &Op, why: Why) -> String {
    reason(texts, op.side().map_or(Side::Remote, Side::other), why)
}

/// Returns why something is done about what happened on the side `from`.
pub(super) fn reason(texts: &Texts, from: Side, why: Why) -> String {
    let id = match (why, from) {
        (Why::New, Side::Local) => "why-new-here",
        (Why::New, Side::Remote) => "why-new-there",
        (Why::Edited, Side::Local) => "why-edited-here",
        (Why::Edited, Side::Remote) => "why-edited-there",
        (Why::Moved, Side::Local) => "why-moved-here",
        (Why::Moved, Side::Remote) => "why-moved-there",
        (Why::Deleted, Side::Local) => "why-deleted-here",
        (Why::Deleted, Side::Remote) => "why-deleted-there",
        (Why::Conflict, _) => "why-conflict",
        (Why::Clash, _) => "why-clash",
        (Why::InTheWay, _) => "why-in-the-way",
        (Why::Restored, _) => "why-restored",
        (Why::Unknown, _) => "why-unknown",
        (Why::Deselected, _) => "why-deselected",
    };
    texts.say(id, &[])
}

/// Returns what a first comparison showed, in one line, without what did not occur.
pub fn comparison(texts: &Texts, comparison: &Comparison) -> String {
    let parts = [
        ("compared-equal", comparison.equal),
        ("compared-presumed", comparison.presumed),
        ("compared-only-here", comparison.only_here),
        ("compared-only-there", comparison.only_there),
        ("compared-different", comparison.different),
        ("compared-unknown", comparison.unknown),
    ];
    let parts = parts.into_iter().filter(|&(_, n)| n > 0);
    let list: Vec<String> = parts.map(|(id, n)| texts.say(id, &[("n", n.into())])).collect();
    texts.say("run-compared", &[("list", list.join(", ").into())])
}
