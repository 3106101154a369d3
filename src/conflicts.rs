//! Two versions of one file: which there are, and what somebody wants to keep.
//!
//! A copy is an ordinary file whose name says so; it goes out to the server, and
//! comes from other computers and other clients too. So the list is made from
//! the names that stand here, and nothing has to be remembered. What is chosen
//! is an ordinary change of the folder, which the next run syncs.
//!
//! Whoever has the folder does it: the one who watches it, between two runs, or
//! else whoever asks, who takes the folder's lock for it.

mod list;

use serde::{Deserialize, Serialize};

use crate::activity::{Entry, Kept, Query, Recorder, Verb};
use crate::clock::Clock as _;
use crate::execute::{self, Settled, Shape, Unsettled, Versions};
use crate::journal::Journal;
use crate::model::RelPath;
use crate::world::World;

pub use list::{Conflict, Selection, list};

/// What is to be kept. The words are promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The copy's version: what was here before the server's came.
    Mine,
    /// The version at the file's own place.
    Theirs,
    /// Both, each under a name of its own.
    Both,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Request {
    /// Which there are.
    List(Selection),
    /// Keep this of those.
    Choose(Choice, Selection),
    /// Take the last choice back, or the one with this entry.
    Undo(Option<i64>),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Answer {
    /// Those that are meant, as they stood before.
    pub conflicts: Vec<Conflict>,
    /// What was done, or why it was not.
    pub done: Vec<Done>,
    /// The entry of the activity that takes all of it back at once.
    pub entry: Option<i64>,
}

/// What came of one choice.
#[derive(Debug)]
pub struct Done {
    /// The file.
    pub path: String,
    /// The copy, where it was.
    pub copy: String,
    /// What was done, or why it was not.
    pub outcome: Result<Settled, Unsettled>,
}

/// Answers, and does what is asked. What is done is one batch of the activity.
pub async fn answer<W: World>(
    world: &W,
    journal: &mut Journal,
    recorder: &Recorder,
    request: &Request,
) -> Answer {
    match request {
        Request::List(selection) => {
            let conflicts = list(journal.rows(), selection, &[world.device(), &world.called()]);
            Answer { conflicts, ..Answer::default() }
        }
        Request::Choose(choice, selection) => {
            choose(world, journal, recorder, *choice, selection).await
        }
        Request::Undo(entry) => {
            let done = undo(world, journal, recorder, *entry).await;
            Answer { done, ..Answer::default() }
        }
    }
}

async fn choose<W: World>(
    world: &W,
    journal: &mut Journal,
    recorder: &Recorder,
    choice: Choice,
    selection: &Selection,
) -> Answer {
    let conflicts = list(journal.rows(), selection, &[world.device(), &world.called()]);
    let (mut done, mut entries) = (Vec::new(), Vec::new());
    let now = world.clock().wall();
    for conflict in &conflicts {
        let outcome = keep(world, journal, choice, conflict).await;
        if let Ok(settled) = &outcome {
            entries.push(entry(now, choice, conflict, settled));
        }
        let (path, copy) = (conflict.path.clone(), conflict.copy.clone());
        done.push(Done { path, copy, outcome });
    }
    let entry = if entries.is_empty() { None } else { recorder.add(entries, now) };
    Answer { conflicts, done, entry }
}

async fn keep<W: World>(
    world: &W,
    journal: &mut Journal,
    choice: Choice,
    conflict: &Conflict,
) -> Result<Settled, Unsettled> {
    let (copy, original) = conflict.nodes;
    let versions = || original.map(|original| Versions { copy, original });
    match choice {
        Choice::Both => execute::keep_both(world, journal, copy, &conflict.original).await,
        // Without the other version there is nothing to choose between.
        Choice::Mine => {
            execute::keep_copy(world, journal, versions().ok_or(Unsettled::Gone)?).await
        }
        Choice::Theirs => {
            execute::keep_original(world, journal, versions().ok_or(Unsettled::Gone)?).await
        }
    }
}

fn entry(now: i64, choice: Choice, conflict: &Conflict, settled: &Settled) -> Entry {
    let verb = match choice {
        Choice::Mine => Verb::KeptMine,
        Choice::Theirs => Verb::KeptTheirs,
        Choice::Both => Verb::KeptBoth,
    };
    let mut entry = Entry::new(now, verb, conflict.path.as_str());
    let more = &mut entry.more;
    more.side = Some(crate::model::Side::Local.word().to_owned());
    (more.aside, more.copy_aside) = (settled.original_aside, settled.copy_aside);
    let moved = settled.now.as_ref().map(|now| now.as_str().to_owned());
    more.from = moved.is_some().then(|| conflict.copy.clone());
    more.copy = Some(moved.unwrap_or_else(|| conflict.copy.clone()));
    (more.here, more.there) = (Some(conflict.mine), conflict.theirs);
    entry
}

/// Takes a choice back, with all that were made in one go.
async fn undo<W: World>(
    world: &W,
    journal: &mut Journal,
    recorder: &Recorder,
    wanted: Option<i64>,
) -> Vec<Done> {
    let now = world.clock().wall();
    let (mut done, mut entries) = (Vec::new(), Vec::new());
    for kept in to_undo(recorder, wanted) {
        let outcome = take_back(world, journal, &kept.entry).await;
        let is_choice = kept.entry.verb != Verb::BroughtBack;
        let copy = kept.entry.more.from.clone().or_else(|| kept.entry.more.copy.clone());
        let copy = copy.filter(|_| is_choice);
        if outcome.is_ok() {
            let mut entry = Entry::new(now, Verb::Undone, kept.entry.path.as_str());
            (entry.more.copy, entry.more.undoes) = (copy.clone(), Some(kept.id));
            entry.more.aside = outcome.as_ref().ok().and_then(|settled| settled.original_aside);
            entries.push(entry);
        }
        let copy = copy.unwrap_or_default();
        done.push(Done { path: kept.entry.path, copy, outcome });
    }
    if !entries.is_empty() {
        recorder.add(entries, now);
    }
    done
}

/// The choices that can be taken back: those made in one go, the last ones, or
/// those with the entry that is meant.
fn to_undo(recorder: &Recorder, wanted: Option<i64>) -> Vec<Kept> {
    let verbs = [Verb::KeptMine, Verb::KeptTheirs, Verb::KeptBoth, Verb::BroughtBack];
    let verbs = verbs.into_iter().chain([Verb::Undone]).collect();
    let page = recorder.page(&Query { verbs, ..Query::default() }).unwrap_or_default();
    let undone: Vec<i64> = page.iter().filter_map(|kept| kept.entry.more.undoes).collect();
    let is_open = |kept: &Kept| kept.entry.verb != Verb::Undone && !undone.contains(&kept.id);
    let open = page.into_iter().filter(is_open);
    let open: Vec<Kept> = open.collect();
    let batch = match wanted {
        Some(id) => open.iter().find(|kept| kept.id == id).map(|kept| kept.batch),
        None => open.first().map(|kept| kept.batch),
    };
    open.into_iter().filter(|kept| Some(kept.batch) == batch).collect()
}

async fn take_back<W: World>(
    world: &W,
    journal: &mut Journal,
    entry: &Entry,
) -> Result<Settled, Unsettled> {
    let path = |text: &Option<String>| {
        text.as_deref().and_then(|text| RelPath::parse(text).ok()).ok_or(Unsettled::Gone)
    };
    let more = &entry.more;
    match entry.verb {
        Verb::KeptMine => {
            let home = path(&Some(entry.path.clone()))?;
            let (original_aside, copy_aside) = (more.aside, more.copy_aside);
            let settled = Settled { original_aside, copy_aside, now: None };
            execute::bring_back_both(world, journal, &home, &settled).await?;
        }
        Verb::KeptTheirs => {
            let number = more.copy_aside.ok_or(Unsettled::Gone)?;
            execute::bring_back_copy(world, journal, number).await?;
        }
        Verb::BroughtBack => {
            let was = more.here.and_then(|was| Some(Shape { size: was.size?, date: was.date? }));
            let (at, was) = (path(&Some(entry.path.clone()))?, was.ok_or(Unsettled::Gone)?);
            let number = execute::put_aside_again(world, journal, &at, was).await?;
            return Ok(Settled { original_aside: Some(number), ..Settled::default() });
        }
        _ => execute::rename_back(world, &path(&more.copy)?, &path(&more.from)?).await?,
    }
    Ok(Settled::default())
}
