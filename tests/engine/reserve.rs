//! Downloads and the part of the disk that is to stay free.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use navette::cloud::{Dialect, Fate, Request};
use navette::disk::sim::SimConfig;
use navette::event::Cause;
use navette::model::Reserve;
use navette::report::{End, Report};

use crate::Pair;

const KB: u64 = 1000;

/// A pair on a disk with so much room, of which a part stays free.
fn pair(capacity: u64, reserve: u64) -> Pair {
    let config = SimConfig { block: 1 << 16, capacity, ..SimConfig::default() };
    let pair = Pair::on_disk(Dialect::Nextcloud, config);
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.reserve.set(Reserve::Bytes(reserve));
    pair
}

fn held(report: &Report) -> Vec<(&str, &Cause)> {
    report.items.iter().map(|item| (&*item.path, &item.cause)).collect()
}

/// The paths that are asked for from now on.
fn asked(pair: &Pair) -> Arc<Mutex<BTreeSet<String>>> {
    let asked = Arc::<Mutex<BTreeSet<String>>>::default();
    let asking = asked.clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "GET" {
            asking.lock().unwrap().insert(request.path.to_string());
        }
        Fate::Proceed
    });
    asked
}

#[test]
fn a_download_that_would_break_the_reserve_is_held_before_its_first_byte() {
    let pair = pair(1000 * KB, 200 * KB);
    pair.write_there("large", &"l".repeat(850_000));
    pair.write_there("small", "s");
    pair.world.pass(Duration::from_secs(10));
    let asked = asked(&pair);
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Unfinished);
    assert_eq!(held(&report), [("large", &Cause::Reserve)]);
    assert_eq!(pair.here(), ["small"], "smaller ones go on");
    assert!(!asked.lock().unwrap().contains("large"));
    assert!(report.next.is_some(), "it is tried again by itself");

    pair.world.disk.set_capacity(2000 * KB);
    pair.world.pass(Duration::from_secs(300));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, pair.here().len()), (End::Equal, 2));
}

#[test]
fn several_downloads_at_once_share_the_room_that_there_is() {
    let pair = pair(1000 * KB, 400 * KB);
    for number in 0..8 {
        pair.write_there(&format!("f{number}"), &number.to_string().repeat(130_000));
    }
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    let here: u64 =
        pair.world.disk.snapshot().into_values().flatten().map(|b| b.len() as u64).sum();
    assert!(here <= 600 * KB, "{here}");
    assert_eq!(pair.here().len(), 4, "as many as fit");
    assert_eq!(held(&report).len(), 4);
    assert!(held(&report).iter().all(|(_, cause)| **cause == Cause::Reserve), "{report:?}");
}

#[test]
fn a_full_disk_is_said_to_be_full_whatever_is_to_stay_free() {
    let pair = pair(1000 * KB, 200 * KB);
    pair.write_there("huge", &"h".repeat(1_100_000));
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(held(&pair.sync().unwrap()), [("huge", &Cause::DiskFull)]);
}

#[test]
fn nothing_is_held_where_nothing_is_to_stay_free() {
    let pair = pair(1000 * KB, 0);
    pair.write_there("large", &"l".repeat(850_000));
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
}
