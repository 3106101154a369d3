//! How a watched pair stands, in words.

use std::time::Duration;

use super::{Said, Texts, connect, engine};
use crate::disk::WatchError;
use crate::pair::OpenError;
use crate::watch::{Circumstance, Pause, Standing, State};

/// Returns how a pair stands, at `now` (seconds since 1970). `host` is the
/// server's name, `place` where the journal lies.
pub fn standing(texts: &Texts, standing: &Standing, host: &str, place: &str, now: i64) -> Said {
    match &standing.state {
        State::Starting => texts.explain("watch-starting", &[]),
        State::Checking => texts.explain("state-checking", &[]),
        State::UpToDate => {
            let ago = texts.ago(now - standing.checked.unwrap_or(now));
            texts.explain("state-pair-up-to-date", &[("ago", ago.into())])
        }
        State::Syncing(progress) => {
            let args = [
                ("done", progress.ended.into()),
                ("steps", progress.steps.into()),
                ("bytes", texts.size(progress.moved.min(progress.bytes)).into()),
                ("total", texts.size(progress.bytes).into()),
            ];
            texts.explain("watch-syncing", &args)
        }
        State::Waiting => texts.explain("watch-waiting", &[]),
        State::NeedsYou => texts.explain("state-needs-you", &[("n", standing.needing().into())]),
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
    use crate::text::Language;

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
