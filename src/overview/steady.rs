//! Keeps the picture from flickering.

use std::time::Duration;

use super::{Mood, Overview};
use crate::clock::Moment;

/// What is busy for less is not shown as busy.
const APPEARS: Duration = Duration::from_secs(1);
/// What is shown as syncing stays for so long.
const STAYS: Duration = Duration::from_secs(1);

/// The picture as it is shown: work appears only once it has gone on for a
/// second, and is then shown for a second.
#[derive(Debug, Default)]
pub struct Steady {
    shown: Option<Overview>,
    /// Since when that mood is shown.
    since: Moment,
    /// Since when there is work.
    busy: Option<Moment>,
    /// What waits to be shown.
    next: Option<Overview>,
}

impl Steady {
    /// Takes the newest picture, and returns the one that is to be shown.
    pub fn take(&mut self, newest: Overview, now: Moment) -> &Overview {
        self.busy = is_busy(newest.mood).then(|| self.busy.unwrap_or(now));
        self.next = Some(newest);
        self.settle(now)
    }

    /// What is to be shown by now.
    pub fn settle(&mut self, now: Moment) -> &Overview {
        let due = self.due().is_none_or(|due| due <= now);
        let (shown, next) = (self.shown.take(), self.next.take());
        let shown = match (shown, next) {
            (Some(shown), Some(next)) if !due => {
                self.next = Some(next);
                shown
            }
            (shown, Some(mut next)) => {
                match shown {
                    Some(before) if before.mood == next.mood => {
                        // The line never goes back while it is shown.
                        next.fraction = match (before.fraction, next.fraction) {
                            (Some(before), Some(next)) => Some(next.max(before)),
                            (_, next) => next,
                        };
                    }
                    _ => self.since = now,
                }
                next
            }
            (Some(shown), None) => shown,
            (None, None) => Overview::empty(),
        };
        self.shown.insert(shown)
    }

    /// When something else is to be shown, although nothing changes.
    pub fn due(&self) -> Option<Moment> {
        let (shown, next) = (self.shown.as_ref()?, self.next.as_ref()?);
        let appears = self.busy.map(|busy| busy + APPEARS);
        match (is_busy(shown.mood), is_busy(next.mood)) {
            (false, true) => appears,
            _ if shown.mood == Mood::Syncing && next.mood != Mood::Syncing => {
                Some(self.since + STAYS)
            }
            _ => Some(Moment::ZERO),
        }
    }
}

impl Overview {
    /// Nobody has said anything yet.
    fn empty() -> Self {
        Self {
            mood: Mood::Empty,
            headline: String::new(),
            rest: String::new(),
            needing: 0,
            until: None,
            fraction: None,
            time_left: None,
        }
    }
}

fn is_busy(mood: Mood) -> bool {
    matches!(mood, Mood::Syncing | Mood::Checking)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mood: Mood) -> Overview {
        Overview { mood, ..Overview::empty() }
    }

    fn at(millis: u64) -> Moment {
        Duration::from_millis(millis)
    }

    #[test]
    fn work_that_is_over_within_a_second_is_never_shown() {
        let mut steady = Steady::default();
        steady.take(of(Mood::UpToDate), at(0));
        assert_eq!(steady.take(of(Mood::Checking), at(100)).mood, Mood::UpToDate);
        assert_eq!(steady.take(of(Mood::Syncing), at(600)).mood, Mood::UpToDate);
        assert_eq!(steady.take(of(Mood::UpToDate), at(900)).mood, Mood::UpToDate);
        assert_eq!(steady.take(of(Mood::Checking), at(1200)).mood, Mood::UpToDate);
        assert_eq!(steady.due(), Some(at(2200)), "it counts anew");
    }

    #[test]
    fn work_appears_after_a_second_and_stays_for_one() {
        let mut steady = Steady::default();
        steady.take(of(Mood::UpToDate), at(0));
        steady.take(of(Mood::Syncing), at(100));
        assert_eq!(steady.settle(at(1000)).mood, Mood::UpToDate);
        assert_eq!(steady.settle(at(1100)).mood, Mood::Syncing);
        assert_eq!(steady.take(of(Mood::UpToDate), at(1200)).mood, Mood::Syncing);
        assert_eq!(steady.due(), Some(at(2100)));
        assert_eq!(steady.settle(at(2100)).mood, Mood::UpToDate);
    }

    #[test]
    fn what_needs_somebody_is_shown_at_once_and_the_first_picture_too() {
        let mut steady = Steady::default();
        assert_eq!(steady.take(of(Mood::Syncing), at(0)).mood, Mood::Syncing);
        let mut steady = Steady::default();
        steady.take(of(Mood::UpToDate), at(0));
        assert_eq!(steady.take(of(Mood::NeedsYou), at(1)).mood, Mood::NeedsYou);
        assert_eq!(steady.take(of(Mood::Paused), at(2)).mood, Mood::Paused);
    }

    #[test]
    fn the_line_never_goes_back_while_it_is_shown() {
        let mut steady = Steady::default();
        let syncing = |fraction| Overview { fraction: Some(fraction), ..of(Mood::Syncing) };
        steady.take(syncing(0.5), at(0));
        assert_eq!(steady.take(syncing(0.2), at(10)).fraction, Some(0.5));
        assert_eq!(steady.take(syncing(0.7), at(20)).fraction, Some(0.7));
    }
}
