//! testremotediscovery: a listing fails. What cannot be listed is unknown, and
//! nothing in it is gone (I7, amendment 24).

use navette::cloud::Fate;
use navette::report::{End, EngineError};
use navette::server::ServerErrorKind as Failed;

use crate::lab::{Lab, on_all};

/// A change in the folder that fails and one beside it, on both sides.
fn changes(lab: &Lab) {
    lab.there().write("B/new", "there");
    lab.there().remove("B/b1");
    lab.there().write("C/new", "there");
    lab.here().write("S/new", "here");
}

const ALL_CHANGES: &str = "-B/b1 +B/new=there +C/new=there +S/new=here";

/// Nothing was taken for deleted here.
fn is_whole(lab: &Lab) {
    let here = lab.here().shows();
    assert!(here.contains("B/b1") && here.contains("B/b2"), "{here:?}");
    assert!(lab.there().shows().contains("B/b2"));
}

/// 403, 404, 500, and a storage that is away: only this folder is left out.
#[test]
fn testremotediscovery_a_folder_in_trouble_is_left_out() {
    for kind in [
        Failed::Forbidden,
        Failed::NotFound,
        Failed::StorageGone,
        Failed::Status(400),
        Failed::Status(500),
        Failed::Status(507),
    ] {
        on_all(|lab| {
            changes(lab);
            lab.dooms("PROPFIND", "B", Fate::Fail(kind.clone()), 1000);
            let report = lab.runs().unwrap();
            assert_eq!(report.end, End::Unfinished, "{kind:?} on {:?}", lab.dialect());
            is_whole(lab);
            assert_eq!(lab.there().text("S/new").as_deref(), Some("here"), "the rest goes on");
            lab.heals();
            lab.ends(ALL_CHANGES);
        });
    }
}

/// 401, 503, a time-out, a page instead of a listing, half a listing: the
/// whole run ends, and nothing has happened.
#[test]
fn testremotediscovery_a_server_in_trouble_ends_the_run() {
    for fate in [
        Fate::Fail(Failed::SignIn),
        Fate::Fail(Failed::Busy(None)),
        Fate::Fail(Failed::Unreachable),
        Fate::Fail(Failed::Nonsense),
        Fate::LoseReply,
        Fate::CutBody(10),
    ] {
        on_all(|lab| {
            changes(lab);
            lab.dooms("PROPFIND", "B", fate.clone(), 1000);
            let ended = lab.runs();
            assert!(matches!(ended, Err(EngineError::Server(_))), "{fate:?}: {ended:?}");
            is_whole(lab);
            lab.heals();
            lab.ends(ALL_CHANGES);
        });
    }
}

#[test]
fn testremotediscovery_an_error_at_the_root_always_ends_the_run() {
    for kind in [
        Failed::Forbidden,
        Failed::NotFound,
        Failed::Status(400),
        Failed::Status(500),
        Failed::SignIn,
        Failed::Busy(None),
        Failed::Unreachable,
        Failed::Nonsense,
    ] {
        on_all(|lab| {
            changes(lab);
            lab.dooms("PROPFIND", "", Fate::Fail(kind.clone()), 1000);
            let ended = lab.runs();
            assert!(matches!(ended, Err(EngineError::Server(_))), "{kind:?}: {ended:?}");
            assert_eq!(lab.asked().work(), 0);
            is_whole(lab);
            lab.heals();
            lab.ends(ALL_CHANGES);
        });
    }
}

/// A listing of which the end is missing is none (the wire's part of this is
/// `half_a_listing_is_an_error` in `tests/server/hostile.rs`, and properties
/// that are missing are `what_is_listed_without_properties_is_unknown` there).
#[test]
fn testremotediscovery_a_listing_cut_in_the_middle_deletes_nothing() {
    on_all(|lab| {
        for length in [0, 1, 50] {
            lab.dooms("PROPFIND", "*", Fate::CutBody(length), 1);
            assert!(matches!(lab.runs(), Err(EngineError::Server(_))));
            assert_eq!(lab.asked().work(), 0);
        }
        lab.ends("");
    });
}
