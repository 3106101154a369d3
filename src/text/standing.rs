//! How a watched pair stands, in words.

use std::time::Duration;

use super::{Said, Texts, connect, engine};
use crate::clock::Moment;
use crate::concern::{self, Whose};
use crate::disk::WatchError;
use crate::pair::OpenError;
use crate::watch::{Circumstance, Pause, Standing, State};

/// Returns how a pair stands, at `wall` (seconds since 1970), which is `now` on
/// the monotonic clock. `host` is the server's name, `place` where the journal lies.
pub fn standing(
    texts: &Texts,
    standing: &Standing,
    (host, place): (&str, &str),
    (wall, now): (i64, Moment),
) -> Said {
    match &standing.state {
        // Both sides may be equal, or wait for something that passes, while a
        // question is open: nobody is told that all is well then.
        State::UpToDate | State::Waiting if asks(standing) > 0 => needs_you(texts, standing),
        State::NeedsYou => needs_you(texts, standing),
        State::Starting => texts.explain("watch-starting", &[]),
        State::Checking => texts.explain("state-checking", &[]),
        State::UpToDate => {
            let ago = texts.ago(wall - standing.checked.unwrap_or(wall));
            texts.explain("state-pair-up-to-date", &[("ago", ago.into())])
        }
        State::Syncing(progress) => {
            let (left, stalled) = (progress.time_left(now), progress.stalled(now));
            Said {
                sentence: syncing(texts, progress.files, progress.steps, left, stalled),
                remedy: None,
            }
        }
        State::Waiting => texts.explain("watch-waiting", &[]),
        State::Paused(Pause::Open) => texts.explain("state-paused", &[]),
        State::Paused(Pause::Until(end)) => {
            texts.explain("state-paused-until", &[("time", texts.date(*end).into())])
        }
        State::Spares(Circumstance::Metered) => texts.explain("watch-spares-metered", &[]),
        State::Spares(Circumstance::Battery) => texts.explain("watch-spares-battery", &[]),
        State::Spares(Circumstance::BatteryLow) => texts.explain("watch-spares-battery-low", &[]),
        State::Spares(Circumstance::Hours(begin)) => {
            texts.explain("watch-spares-hours", &[("time", texts.date(*begin).into())])
        }
        State::Hindered(error) | State::Stopped(error) => open(texts, error, host, place),
    }
}

/// How many questions are open.
fn asks(standing: &Standing) -> usize {
    concern::ids(&Whose::default(), standing).len()
}

fn needs_you(texts: &Texts, standing: &Standing) -> Said {
    texts.explain("state-needs-you", &[("n", asks(standing).into())])
}

/// Returns that so many files, or else steps, are synced, and how long that takes.
pub fn syncing(
    texts: &Texts,
    files: u64,
    steps: u64,
    left: Option<Duration>,
    stalled: Option<Duration>,
) -> String {
    if let Some(stalled) = stalled {
        return texts.say("state-stalled", &[("time", texts.time(stalled).into())]);
    }
    // What `files` and `changes` count, which the messages borrow.
    let (of_files, of_changes) = ([("n", files.into())], [("n", steps.into())]);
    match left.map(|left| texts.time_left(left)) {
        Some(left) if files > 0 => {
            texts.say("state-syncing", &[("n", files.into()), ("left", left.into())])
        }
        None if files > 0 => texts.say("state-syncing-begun", &of_files),
        Some(_) | None => texts.say("state-syncing-changes", &of_changes),
    }
}

/// Returns why a pair cannot be worked on.
pub fn open(texts: &Texts, error: &OpenError, host: &str, place: &str) -> Said {
    match error {
        OpenError::Missing => texts.explain("gate-folder-missing", &[]),
        OpenError::NotAFolder => texts.explain("error-not-a-folder", &[]),
        OpenError::NoPassword => texts.explain("usage-password-none", &[]),
        OpenError::Connect(error) => connect(texts, error, host),
        OpenError::Engine(error) => engine(texts, error, host, place),
    }
}

/// Returns why changes on this computer are found late.
pub fn unwatched(texts: &Texts, error: &WatchError) -> Said {
    let id = match error {
        WatchError::TooManyFolders => "unwatched-folders",
        WatchError::TooManyWatchers => "unwatched-watchers",
        WatchError::Unsupported(_) => "unwatched-unsupported",
    };
    texts.explain(id, &[])
}

impl Texts {
    /// Returns how long something still takes, as exact as it can be known.
    pub fn time_left(&self, left: Duration) -> String {
        let minutes = left.as_secs().div_ceil(60);
        let minutes = match minutes {
            0..=1 => return self.say("time-less-than-a-minute", &[]),
            2..=10 => minutes,
            11..=60 => minutes.div_ceil(5) * 5,
            _ => {
                let hours = left.as_secs().saturating_add(1800) / 3600;
                return self.say("time-about-hours", &[("hours", hours.max(1).into())]);
            }
        };
        self.say("time-whole-minutes", &[("minutes", minutes.into())])
    }

    /// Returns how long ago something was that many seconds ago.
    pub fn ago(&self, seconds: i64) -> String {
        match u64::try_from(seconds).unwrap_or(0) {
            0..10 => self.say("time-just-now", &[]),
            seconds @ 10..3600 => {
                // Tens of seconds, then minutes: nobody reads more.
                let whole = if seconds < 60 { seconds / 10 * 10 } else { seconds / 60 * 60 };
                let time = match whole {
                    0..60 => self.time(Duration::from_secs(whole)),
                    _ => self.say("time-whole-minutes", &[("minutes", (whole / 60).into())]),
                };
                self.say("time-ago", &[("time", time.into())])
            }
            seconds => {
                let time = self.time(Duration::from_secs(seconds));
                self.say("time-ago", &[("time", time.into())])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conflicts::Conflict;
    use crate::event::Version;
    use crate::text::Language;
    use crate::watch::Board;

    #[test]
    fn nothing_is_up_to_date_while_a_question_is_open() {
        let mut stands = Board::new(0).now();
        stands.checked = Some(0);
        let conflict = Conflict::told("a.txt", "a (conflict).txt", Version::default());
        let said = |stands: &Standing, language| {
            let texts = Texts::new(language);
            standing(&texts, stands, ("w.org", "/state"), (5, Moment::ZERO)).sentence
        };
        for state in [State::UpToDate, State::Waiting] {
            (stands.state, stands.versions) = (state, Some([conflict.clone()].into()));
            assert_eq!(said(&stands, Language::ENGLISH), "One thing needs you");
            assert_eq!(said(&stands, Language::FRENCH), "1 point à traiter");
            stands.versions = None;
            assert_ne!(said(&stands, Language::ENGLISH), "One thing needs you");
        }
        (stands.state, stands.versions) = (State::Checking, Some([conflict].into()));
        assert_ne!(said(&stands, Language::ENGLISH), "One thing needs you");
    }

    #[test]
    fn moments_are_as_exact_as_anybody_wants_to_know() {
        let english = Texts::new(Language::ENGLISH);
        let french = Texts::new(Language::FRENCH);
        for (seconds, in_english, in_french) in [
            (-5, "just now", "à l’instant"),
            (4, "just now", "à l’instant"),
            (27, "20\u{a0}s ago", "il y a 20\u{a0}s"),
            (125, "2\u{a0}min ago", "il y a 2\u{a0}min"),
            (7_320, "2\u{a0}h 2\u{a0}min ago", "il y a 2\u{a0}h 2\u{a0}min"),
        ] {
            assert_eq!(english.ago(seconds), in_english);
            assert_eq!(french.ago(seconds), in_french);
        }
    }
}
