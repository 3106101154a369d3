//! Servers that have too much to do (429, 503).

use std::time::Duration;

use navette::clock::Clock as _;
use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::report::{End, EngineError, SyncOptions};
use navette::server::ServerErrorKind;

use crate::Pair;

fn busy(asked: Option<u64>) -> Fate {
    Fate::Fail(ServerErrorKind::Busy(asked.map(Duration::from_secs)))
}

/// Refuses the first `times` requests of this method.
fn overloaded(pair: &Pair, method: &'static str, mut times: u32, asked: Option<u64>) {
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == method && times > 0 {
            times -= 1;
            return busy(asked);
        }
        Fate::Proceed
    });
}

#[test]
fn a_server_that_asks_for_a_pause_gets_it_and_then_all_goes_on() {
    for dialect in Dialect::ALL {
        for method in ["PUT", "GET", "PROPFIND", "MKCOL", "DELETE", "MOVE"] {
            let pair = Pair::synced(dialect, &["a", "b", "c/d", "gone", "old"]);
            pair.write_here("new/e", "here");
            pair.write_there("f", "there");
            pair.remove_here("gone");
            let [old, new] = ["old", "renamed"].map(navette::model::RelPath::parse);
            pair.world.disk.user().rename(&old.unwrap(), &new.unwrap()).unwrap();
            pair.world.pass(Duration::from_secs(10));
            overloaded(&pair, method, 3, Some(40));
            let begun = pair.world.clock.now();
            let report = pair.sync().unwrap();
            assert_eq!(report.end, End::Equal, "{dialect:?} {method} {:?}", report.items);
            assert_eq!(report.counts.conflicts, 0, "{dialect:?} {method}");
            let took = pair.world.clock.now() - begun;
            assert!(took >= Duration::from_secs(40), "{dialect:?} {method}: {took:?}");
            assert_eq!(pair.here(), ["a", "b", "c", "c/d", "f", "new", "new/e", "renamed"]);
            assert_eq!(pair.there(), pair.here(), "{dialect:?} {method}");
        }
    }
}

#[test]
fn a_server_that_stays_overloaded_ends_the_run_and_nothing_is_lost() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["a"]);
        pair.write_here("b", "here");
        pair.world.pass(Duration::from_secs(10));
        overloaded(&pair, "PUT", u32::MAX, None);
        let begun = pair.world.clock.now();
        let ended = pair.sync();
        let is_busy = |error: &EngineError| {
            matches!(error, EngineError::Server(error)
                if matches!(error.kind, ServerErrorKind::Busy(_)))
        };
        assert!(ended.as_ref().is_err_and(is_busy), "{dialect:?}: {ended:?}");
        let took = pair.world.clock.now() - begun;
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        assert!(minutes(1) < took && took < minutes(6), "{dialect:?}: {took:?}");
        pair.world.server.set_faults(NoFaults);
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(pair.there(), ["a", "b"], "{dialect:?}");
    }
}

#[test]
fn who_does_not_want_to_wait_is_told_at_once() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here("b", "here");
    pair.world.pass(Duration::from_secs(10));
    overloaded(&pair, "PUT", u32::MAX, Some(7));
    let begun = pair.world.clock.now();
    assert!(pair.run(SyncOptions { no_wait: true, ..SyncOptions::default() }).is_err());
    assert!(pair.world.clock.now() - begun < Duration::from_secs(7));
}

#[test]
fn a_pause_of_an_hour_is_not_waited_for() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here("b", "here");
    pair.world.pass(Duration::from_secs(10));
    overloaded(&pair, "PUT", u32::MAX, Some(3600));
    let begun = pair.world.clock.now();
    assert!(pair.sync().is_err());
    assert!(pair.world.clock.now() - begun < Duration::from_secs(60));
}

#[test]
fn what_was_done_before_a_pause_is_counted_and_not_done_again() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a"]);
    let names: Vec<String> = (0..40).map(|number| format!("new {number}")).collect();
    names.iter().for_each(|name| pair.write_here(name, name));
    pair.world.pass(Duration::from_secs(10));
    let mut puts = 0;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        puts += u32::from(request.method == "PUT");
        if request.method == "PUT" && puts == 20 { busy(Some(7)) } else { Fate::Proceed }
    });
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.sent), (End::Equal, 40));
    let bytes: usize = names.iter().map(String::len).sum();
    assert_eq!(report.bytes_up, bytes as u64);
}
