//! What makes a pair pause by itself: a connection that costs money, a battery,
//! the hours of the day. The system tells it, and people decide what it means.

use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::settings::{Hours, OnBattery, OnMetered, Policy};
use crate::surroundings::Surroundings;

/// Hours are looked at again after so long: the clock may be set, and the
/// computer may sleep.
const GLANCE: Duration = Duration::from_secs(60);

/// Why a pair pauses by itself. The first that holds is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// The connection costs money.
    Metered,
    /// The battery is low.
    BatteryLow,
    /// The computer runs on its battery.
    Battery,
    /// It is outside of the hours that were chosen, which begin at that time (in
    /// seconds since 1970).
    Hours(i64),
}

impl Circumstance {
    /// What these surroundings mean at `now` on the clocks of `zone`; none: nothing.
    fn of(policy: Policy, around: Surroundings, now: i64, zone: &TimeZone) -> Option<Self> {
        if around.metered && policy.on_metered == OnMetered::Pause {
            return Some(Self::Metered);
        }
        match policy.on_battery {
            OnBattery::Pause | OnBattery::PauseWhenLow if around.battery_low => {
                return Some(Self::BatteryLow);
            }
            OnBattery::Pause if around.on_battery => return Some(Self::Battery),
            _ => {}
        }
        policy.hours.begin_at(now, zone).map(Self::Hours)
    }
}

/// What a pair lives in: what is known of it, and what it means for the pair.
/// Each may change at any moment.
#[derive(Clone, Debug)]
pub struct Circumstances {
    surroundings: watch::Receiver<Surroundings>,
    policy: watch::Receiver<Policy>,
    zone: TimeZone,
}

impl Default for Circumstances {
    /// Nothing is known, and nothing will be.
    fn default() -> Self {
        let (surroundings, policy) = (watch::Sender::default(), watch::Sender::default());
        Self { zone: TimeZone::UTC, ..Self::new(surroundings.subscribe(), policy.subscribe()) }
    }
}

impl Circumstances {
    /// As these two tell, by the clocks of this computer.
    pub fn new(
        surroundings: watch::Receiver<Surroundings>,
        policy: watch::Receiver<Policy>,
    ) -> Self {
        Self { surroundings, policy, zone: TimeZone::system() }
    }

    /// What makes the pair pause now.
    pub(super) fn now(&self, wall: i64) -> Option<Circumstance> {
        Circumstance::of(*self.policy.borrow(), *self.surroundings.borrow(), wall, &self.zone)
    }

    /// Waits until `holds` of what makes the pair pause.
    pub(super) async fn until(
        &self,
        clock: &impl Clock,
        mut holds: impl FnMut(Option<Circumstance>) -> bool,
    ) {
        let (mut surroundings, mut policy) = (self.surroundings.clone(), self.policy.clone());
        loop {
            let around = *surroundings.borrow_and_update();
            let decided = *policy.borrow_and_update();
            if holds(Circumstance::of(decided, around, clock.wall(), &self.zone)) {
                return;
            }
            let glance = async {
                match decided.hours {
                    Hours::Always => std::future::pending().await,
                    Hours::Between(..) => clock.sleep(GLANCE).await,
                }
            };
            tokio::select! {
                () = changed(&mut surroundings) => {}
                () = changed(&mut policy) => {}
                () = glance => {}
            }
        }
    }

    /// How often a network has come.
    pub(super) fn arrivals(&self) -> u64 {
        self.surroundings.borrow().arrivals
    }

    /// Waits until one has come since there were so many.
    pub(super) async fn arrives(&self, known: u64) {
        let mut surroundings = self.surroundings.clone();
        if surroundings.wait_for(|around| around.arrivals != known).await.is_err() {
            std::future::pending().await
        }
    }
}

/// Waits for news; there are none from somebody who is gone.
async fn changed<T>(told: &mut watch::Receiver<T>) {
    if told.changed().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Surroundings =
        Surroundings { metered: false, on_battery: false, battery_low: false, arrivals: 0 };
    const NIGHT: Policy = Policy {
        on_metered: OnMetered::Pause,
        on_battery: OnBattery::PauseWhenLow,
        hours: Hours::Between(20 * 60, 6 * 60),
    };

    #[test]
    fn what_the_system_tells_means_what_was_decided() {
        let on_metered = |on_metered| Policy { on_metered, ..Policy::default() };
        let on_battery = |on_battery| Policy { on_battery, ..Policy::default() };
        let metered = Surroundings { metered: true, ..HOME };
        let battery = Surroundings { on_battery: true, ..HOME };
        let low = Surroundings { battery_low: true, ..battery };
        for (policy, around, meant) in [
            (Policy::default(), HOME, None),
            (Policy::default(), metered, Some(Circumstance::Metered)),
            (on_metered(OnMetered::GoOn), metered, None),
            (Policy::default(), battery, None),
            (Policy::default(), low, Some(Circumstance::BatteryLow)),
            (on_battery(OnBattery::Pause), battery, Some(Circumstance::Battery)),
            (on_battery(OnBattery::Pause), low, Some(Circumstance::BatteryLow)),
            (on_battery(OnBattery::GoOn), low, None),
        ] {
            let found = Circumstance::of(policy, around, 0, &TimeZone::UTC);
            assert_eq!(found, meant, "{policy:?} {around:?}");
        }
    }

    #[test]
    fn outside_of_its_hours_a_pair_waits_for_them() {
        let at = |hour: i64| Circumstance::of(NIGHT, HOME, hour * 3600, &TimeZone::UTC);
        assert_eq!(at(5), None);
        assert_eq!(at(6), Some(Circumstance::Hours(20 * 3600)));
        assert_eq!(at(20), None);
    }

    #[test]
    fn whoever_is_told_nothing_goes_on() {
        assert_eq!(Circumstances::default().now(0), None);
    }
}
