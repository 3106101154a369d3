//! Folders that cannot be made durable: nothing that may be lost by a power cut
//! counts as shown, so its loss is nobody's deletion (I8).

use std::time::Duration;

use navette::cloud::Dialect;
use navette::report::End;

use super::Pair;

#[test]
fn what_was_fetched_into_a_folder_that_could_not_be_synced_is_not_deleted_after_a_power_cut() {
    for dialect in Dialect::ALL {
        let mut lost = 0;
        for round in 0..40 {
            let pair = Pair::synced(dialect, &["a"]);
            for name in ["b", "c", "d"] {
                pair.write_there(name, &format!("{name}{round}"));
            }
            pair.world.pass(Duration::from_secs(10));
            pair.world.disk.fail_syncs(1);
            assert_eq!(pair.sync().unwrap().end, End::Equal);
            let _ = (0..round).fold(0, |_, _| pair.world.dice.below(2));
            pair.world.disk.crash(&pair.world.dice);
            lost += usize::from(pair.here().len() < 4);
            pair.world.pass(Duration::from_secs(60));
            assert_eq!(pair.sync().unwrap().end, End::Equal);
            assert_eq!(pair.there(), ["a", "b", "c", "d"], "{dialect:?} {round}");
            assert_eq!(pair.here(), pair.there(), "{dialect:?} {round}");
        }
        assert_eq!(lost, 0, "{dialect:?}: all was made durable before it was adopted");
    }
}

#[test]
fn a_run_that_leaves_something_undurable_is_not_closed_as_if_all_were_well() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_there("b", "fetched");
    pair.world.pass(Duration::from_secs(10));
    pair.world.disk.fail_syncs(1000);
    pair.sync().unwrap();
    pair.world.disk.fail_syncs(0);
    // Adopted by the next run, which makes it durable before.
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    for _ in 0..20 {
        pair.world.disk.crash(&pair.world.dice);
        assert_eq!(pair.here(), ["a", "b"]);
    }
}

/// Two folders change places there; here one of them goes by way of staging.
#[test]
fn what_was_parked_and_could_not_be_made_durable_is_not_deleted_there() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        for fails in 1..16 {
            let pair = Pair::synced(dialect, &["d/a", "e/b"]);
            for (from, to) in [("d", "x"), ("e", "d"), ("x", "e")] {
                pair.world.cloud().lock().user("u").rename(from, to).unwrap();
            }
            pair.world.pass(Duration::from_secs(10));
            pair.world.disk.fail_syncs(fails);
            for _ in 0..3 {
                let report = pair.sync().unwrap();
                assert_eq!(report.counts.removed_there, 0, "{dialect:?}, {fails} failures");
            }
            assert_eq!(pair.there(), ["d", "d/b", "e", "e/a"], "{dialect:?}, {fails} failures");
            assert_eq!(pair.here(), pair.there(), "{dialect:?}, {fails} failures");
        }
    }
}
