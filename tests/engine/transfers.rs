//! What becomes of transfers that fail half way, in the whole engine.

use std::collections::BTreeMap;
use std::time::Duration;

use navette::cloud::{Dialect, Fate, Request};
use navette::event::Cause;
use navette::model::RelPath;
use navette::report::End;
use navette::server::ServerErrorKind;

use crate::Pair;

/// Cuts the first PUT after so many bytes.
fn cut_first_put(pair: &Pair, after: u64) {
    let mut cuts = 1;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "PUT" && cuts > 0 {
            cuts -= 1;
            return Fate::CutBody(after);
        }
        Fate::Proceed
    });
}

#[test]
fn our_own_torn_overwrite_is_sent_again_and_is_nobodys_edit() {
    for dialect in Dialect::ALL {
        for after in [0, 1, 9, 17] {
            let pair = Pair::synced(dialect, &["f"]);
            pair.write_here("f", "the second version");
            pair.world.pass(Duration::from_secs(10));
            cut_first_put(&pair, after);
            let report = pair.sync().unwrap();
            assert_eq!(report.end, End::Equal, "{dialect:?} {after}");
            assert_eq!(report.counts.conflicts, 0, "{dialect:?} {after}");
            assert_eq!(pair.here(), ["f"], "{dialect:?} {after}");
            let there = pair.world.cloud().lock().user("u").bytes("f").unwrap();
            assert_eq!(there, "the second version", "{dialect:?} {after}");
            assert_eq!(pair.world.disk.snapshot()["f"].as_deref(), Some(&there[..]));
        }
    }
}

#[test]
fn somebody_elses_bytes_after_our_torn_overwrite_are_kept() {
    let pair = Pair::synced(Dialect::Nextcloud, &["f"]);
    pair.write_here("f", "the second version");
    pair.world.pass(Duration::from_secs(10));
    let cloud = pair.world.cloud().clone();
    let mut cuts = 2;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        cuts -= i32::from(cuts == 1);
        if request.method == "PUT" && cuts == 2 {
            cuts = 1;
            return Fate::CutBody(5);
        }
        if cuts == 0 {
            cloud.lock().user("u").write("f", "by somebody else").unwrap();
            cuts = -1;
        }
        Fate::Proceed
    });
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal);
    assert_eq!(report.counts.conflicts, 1);
    let all: Vec<_> = pair.world.disk.snapshot().into_values().flatten().collect();
    assert!(all.iter().any(|bytes| bytes == b"by somebody else"));
    assert!(all.iter().any(|bytes| bytes == b"the second version"));
}

/// Counts PUTs by path.
fn count_puts(pair: &Pair) -> std::sync::Arc<std::sync::Mutex<BTreeMap<String, usize>>> {
    let counts = std::sync::Arc::<std::sync::Mutex<BTreeMap<String, usize>>>::default();
    let counting = counts.clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "PUT" {
            *counting.lock().unwrap().entry(request.path.to_string()).or_default() += 1;
        }
        Fate::Proceed
    });
    counts
}

#[test]
fn a_large_file_that_the_server_refuses_for_its_size_is_sent_again_only_after_a_day() {
    for dialect in Dialect::ALL {
        let pair = Pair::with_large_blocks(dialect);
        pair.write_here("large", &"l".repeat(9 << 20));
        pair.write_here("small", "s");
        pair.world.pass(Duration::from_secs(10));
        let tries = std::sync::Arc::new(std::sync::Mutex::new(0));
        let counting = tries.clone();
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if request.path.as_str() != "large" || request.method != "PUT" {
                return Fate::Proceed;
            }
            *counting.lock().unwrap() += 1;
            Fate::Fail(ServerErrorKind::TooLarge)
        });
        let run = |wait: u64, expected: usize| {
            pair.world.pass(Duration::from_secs(wait));
            let report = pair.sync().unwrap();
            let held: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
            assert_eq!(held, [("large", &Cause::TooLarge)], "{dialect:?}");
            assert_eq!(*tries.lock().unwrap(), expected, "{dialect:?}");
        };
        run(0, 1);
        assert!(pair.there().contains(&"small".to_owned()));
        run(3600, 1);
        run(24 * 3600, 2);
        pair.write_here("large", "not large any more");
        pair.world.pass(Duration::from_secs(10));
        pair.world.server.set_faults(navette::cloud::NoFaults);
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
    }
}

fn set_quota(pair: &Pair, quota: Option<u64>) {
    pair.world.cloud().lock().set_quota("u", quota);
}

#[test]
fn what_cannot_fit_is_held_without_a_request_and_the_rest_goes_on() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["old", "moved"]);
        set_quota(&pair, Some(100));
        pair.write_here("big", &"b".repeat(200));
        pair.write_here("small", "fits");
        pair.remove_here("old");
        pair.world.pass(Duration::from_secs(10));
        let puts = count_puts(&pair);
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Unfinished, "{dialect:?}");
        let held: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
        assert_eq!(held, [("big", &Cause::Quota)], "{dialect:?}");
        assert_eq!(pair.there(), ["moved", "small"], "{dialect:?}");
        // A plain server does not tell its quota: it refuses once, and no more.
        let expected = (dialect == Dialect::Plain).then_some(1);
        assert_eq!(puts.lock().unwrap().get("big").copied(), expected, "{dialect:?}");

        set_quota(&pair, None);
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}: room again");
        assert_eq!(pair.there(), ["big", "moved", "small"]);
    }
}

#[test]
fn deletions_make_room_before_anything_is_held() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        let pair = Pair::new(dialect);
        pair.write_here("old", &"o".repeat(80));
        pair.write_here("stays", "x");
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.world.pass(Duration::from_secs(10));
        set_quota(&pair, Some(100));
        pair.remove_here("old");
        pair.write_here("new", &"n".repeat(60));
        pair.world.pass(Duration::from_secs(10));
        let puts = count_puts(&pair);
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?}: {:?}", report.items);
        assert_eq!(pair.there(), ["new", "stays"]);
        assert_eq!(puts.lock().unwrap()["new"], 1);
    }
}

#[test]
fn after_a_refusal_nothing_as_large_is_tried_there() {
    // oCIS shows the whole quota, whatever is used of it.
    let pair = Pair::new(Dialect::Ocis);
    pair.write_here("used", &"u".repeat(90));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.pass(Duration::from_secs(10));
    set_quota(&pair, Some(100));
    pair.write_here("a", &"a".repeat(50));
    pair.write_here("b", &"b".repeat(60));
    pair.write_here("c", "small");
    pair.world.pass(Duration::from_secs(10));
    let puts = count_puts(&pair);
    let report = pair.sync().unwrap();
    let held: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
    assert_eq!(held, [("a", &Cause::Quota), ("b", &Cause::Quota)]);
    assert_eq!(pair.there(), ["c", "used"]);
    let puts = puts.lock().unwrap().clone();
    assert_eq!((puts["a"], puts.get("b")), (1, None));
}

#[test]
fn transfers_on_their_way_reserve_their_room() {
    let pair = Pair::new(Dialect::Nextcloud);
    set_quota(&pair, Some(100));
    for name in ["a", "b", "c", "d"] {
        pair.write_here(name, &name.repeat(40));
    }
    pair.world.pass(Duration::from_secs(10));
    let puts = count_puts(&pair);
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Unfinished);
    assert_eq!(pair.there().len(), 2);
    assert_eq!(puts.lock().unwrap().len(), 2, "no PUT for what does not fit");
}

#[test]
fn a_full_share_holds_only_what_is_to_go_into_it() {
    let pair = Pair::synced(Dialect::Nextcloud, &["share/x", "own"]);
    let share = RelPath::parse("share").unwrap();
    pair.world.cloud().lock().set_letters("u", &share, Some("SRGDNVCK")).unwrap();
    pair.write_here("share/big", &"b".repeat(60));
    pair.write_here("big", &"b".repeat(60));
    pair.world.pass(Duration::from_secs(10));
    pair.world.server.set_faults(|request: &Request<'_>| match request.path.as_str() {
        "share/big" if request.method == "PUT" => Fate::Fail(ServerErrorKind::Quota),
        _ => Fate::Proceed,
    });
    let report = pair.sync().unwrap();
    let held: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
    assert_eq!(held, [("share/big", &Cause::Quota)]);
    assert!(pair.there().contains(&"big".to_owned()));
}

#[test]
fn a_download_that_is_always_cut_is_held_and_the_run_ends() {
    for dialect in Dialect::ALL {
        for (size, after) in [(40, 0), (40, 7), (3 << 20, 0)] {
            let pair = Pair::synced(dialect, &["other"]);
            pair.write_there("f", &"f".repeat(size));
            pair.world.pass(Duration::from_secs(60));
            pair.world.server.set_faults(move |request: &Request<'_>| match request.method {
                "GET" => Fate::CutBody(after),
                _ => Fate::Proceed,
            });
            let report = pair.sync().unwrap();
            assert_eq!(report.end, End::Unfinished, "{dialect:?} {size} {after}");
            let held: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
            assert_eq!(held, [("f", &Cause::Torn)], "{dialect:?} {size} {after}");
            assert_eq!(pair.here(), ["other"], "{dialect:?} {size} {after}");
            pair.world.server.set_faults(|_: &Request<'_>| Fate::Proceed);
            assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?} {size} {after}");
        }
    }
}
