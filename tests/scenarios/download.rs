//! testdownload: a download is cut, refused, or cannot be put in its place.

use navette::cloud::Fate;
use navette::disk::DiskErrorKind;
use navette::report::{End, EngineError};
use navette::server::{ServerErrorKind as Failed, SiteTrouble};

use crate::lab::on_all;

/// Where it goes on from is proved in `tests/server/transfers.rs`.
#[test]
fn testdownload_goes_on_in_the_same_run_and_in_the_next() {
    on_all(|lab| {
        let text = "0123456789".repeat(1000);
        lab.there().write("A/new", &text);
        lab.dooms("GET", "A/new", Fate::CutBody(4000), 1);
        lab.syncs();
        assert_eq!(lab.here().text("A/new"), Some(text.clone()));

        lab.there().write("A/next", &text);
        lab.dooms("GET", "A/next", Fate::CutBody(4000), 1000);
        assert_eq!(lab.runs().unwrap().end, End::Unfinished);
        assert_eq!(lab.here().text("A/next"), None, "a part is never shown");
        lab.heals();
        lab.syncs();
        assert_eq!(lab.here().text("A/next"), Some(text));
    });
}

#[test]
fn testdownload_an_error_of_the_server_is_an_item_of_the_report() {
    on_all(|lab| {
        lab.there().write("A/new", "theirs");
        lab.dooms("GET", "A/new", Fate::Fail(Failed::Status(500)), 1000);
        let report = lab.runs().unwrap();
        let items: Vec<&str> = report.items.iter().map(|item| item.path.as_str()).collect();
        assert_eq!((report.end, items), (End::Unfinished, vec!["A/new"]));
        lab.heals();
        lab.ends("+A/new=theirs");
    });
}

#[test]
fn testdownload_maintenance_ends_the_run() {
    on_all(|lab| {
        lab.there().write("A/new", "theirs");
        lab.dooms("GET", "A/new", Fate::Fail(Failed::Site(SiteTrouble::Maintenance)), 1000);
        assert!(matches!(lab.runs(), Err(EngineError::Server(_))));
        assert_eq!(lab.here().text("A/new"), None);
        lab.heals();
        lab.ends("+A/new=theirs");
    });
}

/// Issue 7015 of ownCloud's client: the new version has come, but cannot take
/// the place of the old one.
#[test]
fn testdownload_7015_the_old_version_outlives_a_failed_replacement() {
    on_all(|lab| {
        lab.there().write("A/a1", "theirs");
        lab.world.disk.fault(&lab.path("A/a1"), DiskErrorKind::Busy);
        assert_eq!(lab.runs().unwrap().end, End::Unfinished);
        assert_eq!(lab.here().text("A/a1").as_deref(), Some("a1"));
        lab.world.disk.heal(&lab.path("A/a1"));
        lab.ends("-A/a1 +A/a1=theirs");
    });
}
