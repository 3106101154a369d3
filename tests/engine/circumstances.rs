//! A watched pair that pauses by itself: metered connections, batteries, hours;
//! and networks that come back.

use std::time::Duration;

use navette::clock::Clock as _;
use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::server::ServerErrorKind as Failed;
use navette::settings::{Hours, Policy};
use navette::surroundings::Told;
use navette::watch::{Circumstance, Circumstances, Pause, State};
use tokio::sync::watch::Sender;

use crate::watch::{Day, day_in, watched};

/// A day of a pair whose surroundings somebody tells.
fn day(files: &[&str], story: impl AsyncFnOnce(&Day<'_>, &Told, &Sender<Policy>)) {
    let (told, policy) = (Told::default(), Sender::default());
    let around = Circumstances::new(told.hear(), policy.subscribe());
    let pair = watched(Dialect::Nextcloud, files);
    day_in(&pair, false, around, async |day| story(day, &told, &policy).await);
}

#[test]
fn on_a_metered_connection_nothing_moves_until_there_is_another_one() {
    day(&["a/x"], async |day, told, _| {
        told.tell(|around| around.metered = true);
        day.pair.write_here("a/y", "here");
        day.seconds(1).await;
        assert!(matches!(day.state(), State::Spares(Circumstance::Metered)), "{:?}", day.state());
        let before = day.requests();
        day.seconds(3600).await;
        assert_eq!(day.requests(), before);
        told.tell(|around| around.metered = false);
        day.seconds(5).await;
        assert_eq!(day.pair.there(), ["a", "a/x", "a/y"]);
        assert!(matches!(day.state(), State::UpToDate));
    });
}

#[test]
fn whoever_wants_a_sync_all_the_same_gets_it_until_the_circumstance_changes() {
    day(&["a/x"], async |day, told, _| {
        told.tell(|around| around.metered = true);
        day.pair.write_here("a/y", "here");
        day.seconds(60).await;
        day.wishes.look();
        day.seconds(5).await;
        assert_eq!(day.pair.there(), ["a", "a/x", "a/y"]);
        day.pair.write_here("a/z", "and what comes later");
        day.seconds(5).await;
        assert_eq!(day.pair.there().len(), 4);
        told.tell(|around| around.metered = false);
        day.seconds(1).await;
        told.tell(|around| around.metered = true);
        day.pair.write_here("a/last", "nobody has said so for this one");
        day.seconds(600).await;
        assert_eq!(day.pair.there().len(), 4);
        assert!(matches!(day.state(), State::Spares(Circumstance::Metered)));
    });
}

#[test]
fn going_on_over_a_metered_connection_says_nothing_about_a_low_battery() {
    day(&["a/x"], async |day, told, _| {
        told.tell(|around| around.metered = true);
        day.seconds(1).await;
        day.wishes.resume();
        day.seconds(5).await;
        assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        told.tell(|around| {
            (around.metered, around.on_battery, around.battery_low) = (false, true, true);
        });
        day.seconds(1).await;
        assert!(matches!(day.state(), State::Spares(Circumstance::BatteryLow)));
    });
}

#[test]
fn what_is_under_way_is_broken_off_and_nothing_is_lost() {
    let names: Vec<String> = (0..40).map(|number| format!("many/{number}")).collect();
    day(&["a/x"], async |day, told, _| {
        names.iter().for_each(|name| day.pair.write_here(name, name));
        while !matches!(day.state(), State::Syncing(_)) {
            day.pair.world.clock.sleep(Duration::from_millis(10)).await;
        }
        told.tell(|around| around.metered = true);
        day.seconds(60).await;
        assert!(day.pair.there().len() < 43, "it was broken off");
        told.tell(|around| around.metered = false);
        day.seconds(60).await;
        assert_eq!((day.pair.there().len(), day.pair.there()), (43, day.pair.here()));
    });
}

#[test]
fn a_pair_with_hours_keeps_to_them_and_what_is_decided_otherwise_holds_at_once() {
    day(&["a/x"], async |day, _, policy| {
        let zone = jiff::tz::TimeZone::system();
        let now = jiff::Timestamp::from_second(day.pair.world.clock.wall()).unwrap().to_zoned(zone);
        let minute = u16::try_from(now.hour()).unwrap() * 60 + u16::try_from(now.minute()).unwrap();
        let hours = Hours::Between((minute + 120) % 1440, (minute + 180) % 1440);
        policy.send_modify(|policy| policy.hours = hours);
        day.pair.write_here("a/y", "here");
        day.seconds(100 * 60).await;
        assert!(matches!(day.state(), State::Spares(Circumstance::Hours(_))), "{:?}", day.state());
        assert_eq!(day.pair.there().len(), 2);
        day.seconds(25 * 60).await;
        assert_eq!(day.pair.there().len(), 3, "its hours have begun");
        day.seconds(60 * 60).await;
        assert!(matches!(day.state(), State::Spares(Circumstance::Hours(_))), "{:?}", day.state());
        day.pair.write_here("a/z", "here");
        policy.send_modify(|policy| policy.hours = Hours::Always);
        day.seconds(5).await;
        assert_eq!(day.pair.there().len(), 4);
    });
}

#[test]
fn a_pause_that_somebody_wants_stands_above_all_circumstances() {
    day(&["a/x"], async |day, told, _| {
        day.wishes.pause(Pause::Open);
        told.tell(|around| around.metered = true);
        day.seconds(10).await;
        assert!(matches!(day.state(), State::Paused(Pause::Open)));
        told.tell(|around| around.metered = false);
        day.pair.write_here("a/y", "here");
        day.seconds(600).await;
        assert!(matches!(day.state(), State::Paused(Pause::Open)));
        assert_eq!(day.pair.there().len(), 2);
    });
}

#[test]
fn no_circumstance_tries_a_refused_password_again_or_hides_that_it_was_refused() {
    day(&["a/x"], async |day, told, _| {
        day.pair.world.server.set_faults(|_: &Request<'_>| Fate::Fail(Failed::SignIn));
        day.pair.write_here("a/y", "here");
        day.seconds(10).await;
        assert!(matches!(day.state(), State::Stopped(_)), "{:?}", day.state());
        let before = day.requests();
        for _ in 0..5 {
            told.tell(|around| around.metered = true);
            day.seconds(60).await;
            assert!(matches!(day.state(), State::Stopped(_)), "{:?}", day.state());
            told.tell(|around| (around.metered, around.arrivals) = (false, around.arrivals + 1));
            day.seconds(60).await;
        }
        assert_eq!(day.requests(), before, "each one would be another attempt to sign in");
    });
}

#[test]
fn a_question_that_nobody_answers_keeps_no_pause_waiting() {
    day(&["a/x"], async |day, told, _| {
        for metered in [false, true] {
            day.pair.world.server.set_faults(|_: &Request<'_>| Fate::Silent);
            // Long enough for the next poll, which then hangs.
            day.seconds(400).await;
            match metered {
                false => day.wishes.pause(Pause::Open),
                true => told.tell(|around| around.metered = true),
            }
            day.seconds(1).await;
            let paused = matches!(day.state(), State::Paused(_) | State::Spares(_));
            assert!(paused, "{:?}", day.state());
            day.pair.world.server.set_faults(NoFaults);
            told.tell(|around| around.metered = false);
            day.wishes.resume();
            day.seconds(10).await;
            assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        }
        assert_eq!(day.opening.times.get(), 1, "the engine has stayed");
    });
}

#[test]
fn when_a_network_comes_back_a_hindered_pair_is_tried_within_seconds() {
    day(&["a/x"], async |day, told, _| {
        day.pair.world.server.set_faults(|_: &Request<'_>| Fate::Fail(Failed::Unreachable));
        day.pair.write_here("a/y", "here");
        day.seconds(3000).await;
        assert!(matches!(day.state(), State::Hindered(_)), "{:?}", day.state());
        day.pair.world.server.set_faults(NoFaults);
        // The next try would come within five minutes: this one comes at once.
        let before = day.requests();
        told.tell(|around| around.arrivals += 1);
        day.seconds(8).await;
        assert!(day.requests() > before && day.pair.there().len() == 3, "{:?}", day.state());
        let rested = day.requests();
        told.tell(|around| around.arrivals += 1);
        day.seconds(2).await;
        assert_eq!(day.requests(), rested, "a pair at rest has nothing to make good");
    });
}
