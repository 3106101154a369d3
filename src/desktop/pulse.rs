//! Which icon the tray shows at a moment. What lasts less than two seconds is
//! never shown as syncing, and what was shown stays for a second: an icon that
//! flickers says nothing.

use std::time::Duration;

use crate::clock::Moment;
use crate::overview::Mood;

/// So long bytes go by before the tray says so.
const PATIENCE: Duration = Duration::from_secs(2);

/// So long it says so at least.
const LINGER: Duration = Duration::from_secs(1);

/// How long one picture of the moving shuttle stays.
const FRAME: Duration = Duration::from_millis(300);

/// The pictures of the shuttle: there and back.
const FRAMES: [u8; 8] = [1, 2, 3, 4, 4, 3, 2, 1];

/// Whether the desktop lets things move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Nobody has said otherwise.
    #[default]
    Free,
    /// Somebody wants as little of it as can be.
    Reduced,
}

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// One that stands still.
    Still(Still),
    /// The shuttle on its way, 1 to 4.
    Moving(u8),
}

/// An icon that stands still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Still {
    /// Nothing is to be said.
    #[default]
    Ok,
    /// A pause.
    Paused,
    /// Somebody is needed.
    Attention,
    /// The server cannot be reached.
    Offline,
    /// Steps are done, on a desktop where nothing is to move.
    Syncing,
}

impl Icon {
    /// The name of its picture, without its size.
    pub fn name(self) -> &'static str {
        match self {
            Self::Still(Still::Ok) => "ok",
            Self::Still(Still::Paused) => "paused",
            Self::Still(Still::Attention) => "attention",
            Self::Still(Still::Offline) => "offline",
            Self::Still(Still::Syncing) => "syncing",
            Self::Moving(1) => "syncing-1",
            Self::Moving(2) => "syncing-2",
            Self::Moving(3) => "syncing-3",
            Self::Moving(_) => "syncing-4",
        }
    }
}

/// The icon through time.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    still: Still,
    /// Since when steps have been done without a stop.
    since: Option<Moment>,
    /// Until then the shuttle is seen although nothing is done any more.
    until: Moment,
}

impl Pulse {
    /// That holds now.
    pub fn turn(&mut self, mood: Mood, now: Moment) {
        if mood == Mood::Syncing {
            self.since.get_or_insert(now);
            return;
        }
        if let Some(began) = self.since.take().map(|since| since + PATIENCE)
            && began <= now
        {
            self.until = began + LINGER;
        }
        self.still = match mood {
            Mood::NeedsYou | Mood::Stopped => Still::Attention,
            Mood::Paused => Still::Paused,
            Mood::Offline => Still::Offline,
            // While both sides are looked at, the last thing that was known holds.
            Mood::Checking => self.still,
            Mood::Syncing | Mood::UpToDate | Mood::Empty => Still::Ok,
        };
    }

    /// The icon at that moment, and after how long it is another one by itself.
    pub fn icon(&self, now: Moment, motion: Motion) -> (Icon, Option<Duration>) {
        let (icon, again) = match self.since {
            Some(since) if now >= since + PATIENCE => moving(now - since - PATIENCE),
            Some(since) => (Icon::Still(self.still), Some(since + PATIENCE - now)),
            None if now < self.until => {
                (Icon::Moving(FRAMES[0]), Some(self.until.saturating_sub(now)))
            }
            None => (Icon::Still(self.still), None),
        };
        match (icon, motion, self.since) {
            // Until something else holds it stays as it is.
            (Icon::Moving(_), Motion::Reduced, Some(_)) => (Icon::Still(Still::Syncing), None),
            (Icon::Moving(_), Motion::Reduced, None) => (Icon::Still(Still::Syncing), again),
            (icon, ..) => (icon, again),
        }
    }
}

/// The picture of a shuttle that has been on its way for so long.
fn moving(seen: Duration) -> (Icon, Option<Duration>) {
    let (all, one) = (seen.as_millis(), FRAME.as_millis());
    let number = usize::try_from(all / one).unwrap_or_default() % FRAMES.len();
    let rest = u64::try_from(one - all % one).unwrap_or_default();
    (Icon::Moving(FRAMES[number]), Some(Duration::from_millis(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn the_shuttle_is_seen_after_two_seconds_and_goes_there_and_back() {
        let mut pulse = Pulse::default();
        pulse.turn(Mood::Syncing, ms(10_000));
        pulse.turn(Mood::Syncing, ms(11_500));
        assert_eq!(pulse.icon(ms(11_999), Motion::Free), (Icon::Still(Still::Ok), Some(ms(1))));
        let shown: Vec<_> =
            (0..9).map(|frame| pulse.icon(ms(12_000 + 300 * frame), Motion::Free).0).collect();
        let frames = [1, 2, 3, 4, 4, 3, 2, 1, 1].map(Icon::Moving);
        assert_eq!(shown, frames);
        assert_eq!(pulse.icon(ms(12_100), Motion::Free), (Icon::Moving(1), Some(ms(200))));
    }

    #[test]
    fn with_reduced_motion_one_picture_stands_for_all() {
        let mut pulse = Pulse::default();
        let icon = |pulse: &Pulse, millis| pulse.icon(ms(millis), Motion::Reduced);
        pulse.turn(Mood::Syncing, ms(10_000));
        assert_eq!(icon(&pulse, 11_999), (Icon::Still(Still::Ok), Some(ms(1))));
        for millis in [12_000, 12_400, 60_000] {
            assert_eq!(icon(&pulse, millis), (Icon::Still(Still::Syncing), None));
        }
        pulse.turn(Mood::UpToDate, ms(12_200));
        assert_eq!(icon(&pulse, 12_300), (Icon::Still(Still::Syncing), Some(ms(700))));
        assert_eq!(icon(&pulse, 13_000), (Icon::Still(Still::Ok), None));
    }

    #[test]
    fn what_is_over_before_it_was_shown_is_never_shown() {
        let mut pulse = Pulse::default();
        pulse.turn(Mood::Syncing, ms(0));
        pulse.turn(Mood::UpToDate, ms(1_900));
        assert_eq!(pulse.icon(ms(1_950), Motion::Free), (Icon::Still(Still::Ok), None));
    }

    #[test]
    fn what_was_shown_stays_for_a_second() {
        let mut pulse = Pulse::default();
        pulse.turn(Mood::Syncing, ms(0));
        pulse.turn(Mood::NeedsYou, ms(2_100));
        assert_eq!(pulse.icon(ms(2_200), Motion::Free), (Icon::Moving(1), Some(ms(800))));
        assert_eq!(pulse.icon(ms(3_000), Motion::Free), (Icon::Still(Still::Attention), None));
    }

    #[test]
    fn a_look_at_both_sides_changes_nothing_and_each_other_mood_has_its_icon() {
        let mut pulse = Pulse::default();
        for (mood, still) in [
            (Mood::NeedsYou, Still::Attention),
            (Mood::Checking, Still::Attention),
            (Mood::Stopped, Still::Attention),
            (Mood::Paused, Still::Paused),
            (Mood::Offline, Still::Offline),
            (Mood::UpToDate, Still::Ok),
            (Mood::Empty, Still::Ok),
        ] {
            pulse.turn(mood, ms(5));
            assert_eq!(pulse.icon(ms(5), Motion::Free), (Icon::Still(still), None), "{mood:?}");
        }
    }
}
