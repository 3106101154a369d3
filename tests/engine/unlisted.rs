//! A server that once lists less than it has, as if that were all.

use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::report::End;

use super::Pair;

const A_WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// A pair in which `d/0` came to the server, and was left out when `d` was
/// listed for it.
fn with_something_left_out(dialect: Dialect) -> Pair {
    let pair = Pair::synced(dialect, &["d/a", "e/b"]);
    pair.write_there("d/0", "left out");
    pair.world.pass(Duration::from_secs(10));
    pair.world.server.set_faults(|request: &Request<'_>| match request.method {
        "PROPFIND" if request.path.as_str() == "d" => Fate::Omit(0),
        _ => Fate::Proceed,
    });
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.server.set_faults(NoFaults);
    assert_eq!(pair.sync().unwrap().end, End::Equal, "nothing says that anything is missing");
    assert_eq!(pair.here(), ["d", "d/a", "e", "e/b"], "{dialect:?}");
    pair
}

#[test]
fn what_a_listing_has_left_out_is_seen_within_a_week() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = with_something_left_out(dialect);
        pair.world.pass(A_WEEK);
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        assert_eq!(pair.here(), ["d", "d/0", "d/a", "e", "e/b"], "{dialect:?}");
    }
}

#[test]
fn whoever_is_refused_at_its_place_has_the_folder_listed_again() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = with_something_left_out(dialect);
        pair.write_here("d/0", "another one");
        pair.world.pass(Duration::from_secs(10));
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.conflicts), (End::Equal, 1), "{dialect:?}");
        assert_eq!(pair.here().len(), 6, "{dialect:?}: both versions: {:?}", pair.here());
        assert_eq!(pair.there(), pair.here(), "{dialect:?}");
    }
}

#[test]
fn all_folders_are_listed_once_a_week_and_not_twice() {
    let pair = Pair::synced(Dialect::Nextcloud, &["d/a", "e/b"]);
    assert_eq!(pair.sync().unwrap().requests, 1, "the root alone");
    pair.world.pass(A_WEEK);
    assert!(pair.sync().unwrap().requests > 3, "the folders too");
    assert_eq!(pair.sync().unwrap().requests, 1, "the root alone");
}
