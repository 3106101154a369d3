//! The result of a run, for people and for programs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::event::Cause;
use crate::model::WaitReason;
use crate::report::{BrakeReport, Counts, End, Item, PlannedStep, Report};
use crate::text::{self, Texts};

use super::console::Console;
use super::failure::{Exit, Failure};

/// How many lines of things that are only mentioned are printed.
const MENTIONED: usize = 20;

/// Returns how a process ends that achieved this.
pub(super) fn exit(report: &Report) -> Exit {
    match report.end {
        End::Equal => Exit::Equal,
        End::Unfinished => Exit::Unfinished,
        End::Braked => Exit::Gate,
    }
}

/// Prints a report for people.
pub(super) fn print(console: &Console, report: &Report) {
    let texts = &console.texts;
    print_steps(console, &report.planned);
    match report.end {
        End::Equal => {
            console.say("end-equal", &[("files", texts.files(report.counts.files).into())]);
        }
        End::Unfinished => console.say("end-unfinished", &[]),
        End::Braked => console.say("end-braked", &[]),
    }
    report.brakes.iter().for_each(|brake| print_brake(console, brake));
    let (blocking, mentioned): (Vec<_>, Vec<_>) = report.items.iter().partition(|item| item.blocks);
    // What the brake holds has just been listed.
    let listed = |item: &Item| item.cause == Cause::Waits(WaitReason::Brake);
    blocking.iter().filter(|item| !listed(item)).for_each(|item| print_item(console, item));
    if !mentioned.is_empty() {
        console.say("end-also", &[]);
        mentioned.iter().take(MENTIONED).for_each(|item| print_item(console, item));
        print_more(console, mentioned.len(), MENTIONED);
    }
    let done = counts(texts, &report.counts);
    if !done.is_empty() {
        console.print(&done.join(" · "));
    }
    let args = [
        ("up", texts.size(report.bytes_up).into()),
        ("down", texts.size(report.bytes_down).into()),
        ("requests", report.requests.into()),
        (
            "time",
            texts.time(Duration::try_from_secs_f64(report.seconds).unwrap_or_default()).into(),
        ),
    ];
    console.say("count-traffic", &args);
}

/// Prints planned steps, one a line.
pub(super) fn print_steps(console: &Console, steps: &[PlannedStep]) {
    let texts = &console.texts;
    for step in steps {
        let why = text::why(texts, &step.step.op, step.step.why);
        let args = [("step", text::planned(texts, step).into()), ("why", why.into())];
        console.print(&format!("  {}", texts.say("line-step", &args)));
    }
}

/// Prints something that a user should know of.
pub(super) fn print_item(console: &Console, item: &Item) {
    let said = text::cause(&console.texts, &item.cause).to_string();
    let args = [("path", item.path.as_str().into()), ("sentence", said.into())];
    console.print(&format!("  {}", console.texts.say("line-item", &args)));
}

fn print_brake(console: &Console, brake: &BrakeReport) {
    console.print(&text::brake(&console.texts, &brake.brake).to_string());
    for path in brake.paths.iter().take(MENTIONED) {
        console.print(&format!("  {}", text::readable(path)));
    }
    print_more(console, brake.paths.len(), MENTIONED);
}

fn print_more(console: &Console, all: usize, shown: usize) {
    if let Some(more) = all.checked_sub(shown).filter(|&more| more > 0) {
        console.print(&format!("  {}", console.texts.say("line-more", &[("n", more.into())])));
    }
}

/// What was done, in words, without what did not occur.
fn counts(texts: &Texts, counts: &Counts) -> Vec<String> {
    [
        ("count-sent", counts.sent),
        ("count-updated", counts.updated),
        ("count-fetched", counts.fetched),
        ("count-replaced", counts.replaced),
        ("count-folders", counts.folders),
        ("count-moved", counts.moved),
        ("count-removed-here", counts.removed_here),
        ("count-removed-there", counts.removed_there),
        ("count-conflicts", counts.conflicts),
        ("count-adopted", counts.adopted),
        ("count-presumed", counts.presumed),
    ]
    .into_iter()
    .filter(|&(_, n)| n > 0)
    .map(|(id, n)| texts.say(id, &[("n", n.into())]))
    .collect()
}

/// The report as one JSON object: as it is, with the exit code, and each item
/// with its outcome and the sentences that people read.
pub(super) fn document(texts: &Texts, report: &Report) -> Value {
    let mut document = json!(report);
    document["exit"] = json!(exit(report) as u8);
    document["items"] = report.items.iter().map(|item| item_document(texts, item)).collect();
    document
}

fn item_document(texts: &Texts, item: &Item) -> Value {
    let said = text::cause(texts, &item.cause);
    let mut document = json!(item);
    document["outcome"] = json!(outcome(item));
    document["message"] = json!(said.sentence);
    document["remedy"] = json!(said.remedy);
    document
}

/// In one word, what became of an item.
fn outcome(item: &Item) -> &'static str {
    match item.cause {
        _ if !item.blocks => "skipped",
        Cause::Waits(_) => "waiting",
        ref cause if cause.is_held() => "held",
        _ => "failed",
    }
}

/// A failure as one JSON object.
pub(super) fn failure_document(texts: &Texts, failure: &Failure) -> Value {
    let said = failure.explain(texts);
    json!({
        "exit": failure.exit() as u8,
        "end": "stopped",
        "error": { "message": said.sentence, "remedy": said.remedy, "detail": failure.detail() },
    })
}

/// Wrong usage, as the parser of the command line explains it, as one JSON object.
pub(super) fn usage_document(message: &str) -> Value {
    let error = json!({ "message": message.trim() });
    json!({ "exit": Exit::Usage as u8, "end": "stopped", "error": error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Side;
    use crate::text::Language;

    fn report(end: End, items: Vec<Item>) -> Report {
        Report {
            end,
            counts: Counts::default(),
            bytes_up: 1,
            bytes_down: 2,
            requests: 3,
            seconds: 0.5,
            passes: 1,
            items,
            compared: None,
            next: None,
            brakes: Vec::new(),
            planned: Vec::new(),
        }
    }

    fn item(cause: Cause, blocks: bool) -> Item {
        Item { path: "a".to_owned(), side: Some(Side::Local), cause, blocks, again: None, bytes: 0 }
    }

    #[test]
    fn the_exit_code_says_how_the_run_ended() {
        for (end, code) in [(End::Equal, 0), (End::Unfinished, 1), (End::Braked, 4)] {
            assert_eq!(exit(&report(end, Vec::new())) as u8, code);
        }
    }

    #[test]
    fn the_json_object_holds_numbers_and_items_with_outcomes() {
        let items = vec![
            item(Cause::NotAFile, false),
            item(Cause::Quota, true),
            item(Cause::DiskBroken, true),
            item(Cause::Waits(WaitReason::Racy), true),
        ];
        let texts = Texts::new(Language::ENGLISH);
        let document = document(&texts, &report(End::Unfinished, items));
        assert_eq!(document["exit"], 1);
        assert_eq!(document["end"], "unfinished");
        assert_eq!(document["bytes_down"], 2);
        assert_eq!(document["counts"]["sent"], 0);
        let outcomes: Vec<_> =
            document["items"].as_array().unwrap().iter().map(|item| &item["outcome"]).collect();
        assert_eq!(outcomes, ["skipped", "held", "failed", "waiting"]);
        assert_eq!(document["items"][1]["cause"], "quota");
        assert!(document["items"][1]["remedy"].as_str().unwrap().starts_with("Free"));
    }
}
