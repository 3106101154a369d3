//! The one picture of everything, which window, tray and `navette status` show
//! unchanged. Pure: how all pairs stand in, words out.
//!
//! One state holds, the first of: somebody is needed, something is stopped, a
//! pause, no connection, steps are done, both sides are looked at, up to date.
//! It is never up to date while a question is open.

mod picture;
mod steady;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::api::{Account, PairState, Progress, Standing};
use crate::text::{self, Texts};

pub use picture::Picture;
pub use steady::Steady;

/// What waits for so long only is no more than a part of the looking.
const MOMENT: i64 = 60;

/// What holds, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// Something must be decided.
    NeedsYou,
    /// Something cannot be worked on until somebody does something.
    Stopped,
    /// Somebody, or the surroundings, wanted a pause.
    Paused,
    /// Something stands in the way, or waits, and goes on by itself.
    Offline,
    /// Steps are being done.
    Syncing,
    /// Both sides are looked at.
    Checking,
    /// Both sides of all pairs are equal.
    UpToDate,
    /// There are no pairs.
    Empty,
}

/// The one picture of everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Overview {
    /// What holds.
    pub mood: Mood,
    /// The first line.
    pub headline: String,
    /// What else is true.
    pub rest: String,
    /// How many things need somebody.
    pub needing: u64,
    /// When a pause ends; null without, or without a known end.
    pub until: Option<i64>,
    /// Work done of work known of all that is synced, 0 to 1.
    pub fraction: Option<f64>,
    /// Seconds; null while unknown.
    pub time_left: Option<u64>,
}

/// The picture of these pairs at `now` (seconds since 1970), with words of
/// `texts`. `accounts` tell what servers call themselves.
pub fn overview(texts: &Texts, pairs: &[Standing], accounts: &[Account], now: i64) -> Overview {
    let mut moods: Vec<(Mood, &Standing)> =
        pairs.iter().map(|pair| (mood(pair, now), pair)).collect();
    moods.sort_by_key(|(mood, _)| *mood);
    let first = moods.first().map_or(Mood::Empty, |(mood, _)| *mood);
    let worst: Vec<&Standing> =
        moods.iter().filter(|(mood, _)| *mood == first).map(|(_, pair)| *pair).collect();
    let needing = needing(pairs);
    let works: Vec<_> = pairs.iter().filter_map(|pair| pair.progress.as_ref()).collect();
    let together = Together::of(&works);
    let next = moods.iter().find(|(mood, _)| *mood > first);
    let words = Words { texts, now, needing, together: together.as_ref() };
    let headline = words.named(first, &worst, (pairs, accounts), words.headline(first, &worst));
    let rest = next.map(|(mood, pair)| (*mood, *pair));
    Overview {
        mood: first,
        headline,
        rest: words.rest(first, &worst, rest),
        needing,
        until: until(&worst),
        fraction: together.as_ref().map(|together| together.fraction),
        time_left: together.and_then(|together| together.time_left),
    }
}

/// What holds of one pair.
fn mood(pair: &Standing, now: i64) -> Mood {
    match pair.state {
        PairState::Stopped => Mood::Stopped,
        // What the last run has left holds until the next one has ended.
        _ if !pair.questions.is_empty() => Mood::NeedsYou,
        PairState::NeedsYou => Mood::NeedsYou,
        PairState::Paused => Mood::Paused,
        PairState::Hindered => Mood::Offline,
        PairState::Waiting if waits_long(pair, now) => Mood::Offline,
        PairState::Syncing => Mood::Syncing,
        PairState::Starting | PairState::Checking | PairState::Waiting => Mood::Checking,
        PairState::UpToDate => Mood::UpToDate,
    }
}

/// Whether something is left that does not go on in a moment.
fn waits_long(pair: &Standing, now: i64) -> bool {
    let soon = |again: Option<i64>| again.is_some_and(|again| again <= now + MOMENT);
    pair.left.iter().any(|item| item.blocks && !soon(item.again))
}

/// How many things need somebody: as many as stand under "Attention".
fn needing(pairs: &[Standing]) -> u64 {
    let questions: BTreeSet<&str> =
        pairs.iter().flat_map(|pair| &pair.questions).map(String::as_str).collect();
    questions.len() as u64
}

/// When the pause of these ends, if all of them end.
fn until(paused: &[&Standing]) -> Option<i64> {
    let ends: Option<Vec<i64>> =
        paused.iter().map(|pair| pair.until.filter(|_| pair.state == PairState::Paused)).collect();
    ends?.into_iter().max()
}

/// How far all that is synced is.
struct Together {
    files: u64,
    files_ended: u64,
    steps: u64,
    bytes: u64,
    moved: u64,
    rate: Option<u64>,
    fraction: f64,
    time_left: Option<u64>,
    stalled: Option<u64>,
}

impl Together {
    #[allow(clippy::cast_precision_loss, reason = "numbers to show")]
    fn of(all: &[&Progress]) -> Option<Self> {
        let sum = |of: fn(&Progress) -> u64| {
            all.iter().map(|progress| of(progress)).fold(0, u64::saturating_add)
        };
        let longest = |of: fn(&Progress) -> Option<u64>| -> Option<u64> {
            all.iter().map(|progress| of(progress)).collect::<Option<Vec<_>>>()?.into_iter().max()
        };
        // Each counts by what it has to do; a step without bytes counts, too.
        let weight =
            |progress: &Progress| (progress.bytes as f64) + (progress.steps as f64) * 65536.0;
        let whole: f64 = all.iter().map(|progress| weight(progress)).sum();
        let done: f64 = all.iter().map(|progress| progress.fraction * weight(progress)).sum();
        let rates: Vec<u64> = all.iter().filter_map(|progress| progress.rate).collect();
        (!all.is_empty()).then(|| Self {
            files: sum(|progress| progress.files),
            files_ended: sum(|progress| progress.files_ended),
            steps: sum(|progress| progress.steps),
            bytes: sum(|progress| progress.bytes),
            moved: sum(|progress| progress.moved),
            rate: (!rates.is_empty()).then(|| rates.into_iter().fold(0, u64::saturating_add)),
            fraction: if whole > 0.0 { done / whole } else { 0.0 },
            time_left: longest(|progress| progress.time_left),
            // All of them must be.
            stalled: longest(|progress| progress.stalled),
        })
    }

    /// The numbers in a line; none if no files are on their way.
    fn line(&self, texts: &Texts) -> Option<String> {
        let (bytes, total) = (texts.size(self.moved), texts.size(self.bytes));
        let mut args = vec![
            ("done", self.files_ended.into()),
            // What `files` counts, which the message borrows.
            ("n", self.files.into()),
            ("bytes", bytes.into()),
            ("total", total.into()),
        ];
        let rate = self.rate.map(|rate| args.push(("rate", texts.rate(rate).into())));
        let id = if rate.is_some() { "state-progress" } else { "state-progress-begun" };
        (self.files > 0).then(|| texts.say(id, &args))
    }
}

/// Finds the words.
struct Words<'a> {
    texts: &'a Texts,
    now: i64,
    needing: u64,
    together: Option<&'a Together>,
}

impl Words<'_> {
    /// The first line for what holds of `worst`.
    fn headline(&self, mood: Mood, worst: &[&Standing]) -> String {
        let said = || worst.first().map(|pair| pair.said.sentence.clone()).unwrap_or_default();
        match mood {
            Mood::Empty => self.texts.say("state-empty", &[]),
            // One that is stopped is told of by its cause.
            Mood::NeedsYou => self.texts.say("state-needs-you", &[("n", self.needing.into())]),
            Mood::Stopped | Mood::Paused => said(),
            Mood::Offline => match worst.iter().find(|pair| is_offline(pair)) {
                Some(pair) => {
                    let since = self.texts.date(pair.since);
                    self.texts.say("state-offline", &[("time", since.into())])
                }
                None => said(),
            },
            Mood::Syncing => self.syncing(),
            Mood::Checking => self.texts.say("state-checking", &[]),
            Mood::UpToDate => self.texts.say("state-up-to-date", &[]),
        }
    }

    fn syncing(&self) -> String {
        let Some(together) = self.together else { return String::new() };
        let time = |seconds: Option<u64>| seconds.map(Duration::from_secs);
        let (left, stalled) = (time(together.time_left), time(together.stalled));
        text::syncing(self.texts, together.files, together.steps, left, stalled)
    }

    /// The line with the name of what it is about, where there are several.
    fn named(
        &self,
        mood: Mood,
        worst: &[&Standing],
        (pairs, accounts): (&[Standing], &[Account]),
        line: String,
    ) -> String {
        let several = pairs.iter().any(|pair| pair.account != pairs[0].account);
        let Some(worst) = worst.first().filter(|_| several && mood <= Mood::Offline) else {
            return line;
        };
        let title = |name: &str| {
            accounts.iter().find(|account| account.name == name).map(|account| &account.title)
        };
        let own = title(&worst.account);
        let is_shared =
            accounts.iter().any(|other| other.name != worst.account && Some(&other.title) == own);
        let name = own.filter(|_| !is_shared).unwrap_or(&worst.account);
        let args = [("account", name.as_str().into()), ("sentence", line.into())];
        self.texts.say("state-of-account", &args)
    }

    /// What else is true.
    fn rest(&self, mood: Mood, worst: &[&Standing], next: Option<(Mood, &Standing)>) -> String {
        let mut lines = Vec::new();
        match mood {
            Mood::Empty => return self.texts.say("state-empty-rest", &[]),
            Mood::UpToDate => {
                let checked = worst.iter().filter_map(|pair| pair.checked).min();
                let ago = self.texts.ago(self.now - checked.unwrap_or(self.now));
                lines.push(self.texts.say_part("state-up-to-date", "body", &[("ago", ago.into())]));
            }
            Mood::Syncing => lines.extend(self.together.and_then(|one| one.line(self.texts))),
            Mood::Paused => {
                let said = worst.first().and_then(|pair| pair.said.remedy.clone());
                lines
                    .push(said.unwrap_or_else(|| self.texts.say_part("state-paused", "body", &[])));
            }
            Mood::Offline if worst.iter().any(|pair| is_offline(pair)) => {
                lines.push(self.texts.say("state-offline-rest", &[]));
            }
            Mood::Offline | Mood::Stopped => {
                lines.extend(worst.first().and_then(|pair| pair.said.remedy.clone()));
            }
            Mood::NeedsYou | Mood::Checking => {}
        }
        if let Some((mood, pair)) = next.filter(|(next, _)| *next < Mood::UpToDate) {
            lines.push(self.headline(mood, &[pair]));
        }
        if self.needing == 0 {
            lines.push(self.texts.say("state-nothing-needed", &[]));
        }
        let ended = |line: &String| line.ends_with(['.', '?', '!', '…']);
        let lines = lines.into_iter().map(|line| if ended(&line) { line } else { line + "." });
        lines.collect::<Vec<_>>().join(" ")
    }
}

/// How far these are, in numbers; none if no files are on their way.
pub fn progress_line<'a>(
    texts: &Texts,
    all: impl IntoIterator<Item = &'a Progress>,
) -> Option<String> {
    Together::of(&all.into_iter().collect::<Vec<_>>())?.line(texts)
}

/// Whether the server cannot be reached.
fn is_offline(pair: &Standing) -> bool {
    pair.state == PairState::Hindered && pair.reason.as_deref() == Some("unreachable")
}

#[cfg(test)]
#[path = "overview/tests.rs"]
pub(crate) mod tests;
