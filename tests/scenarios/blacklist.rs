//! testblacklist: what fails is not tried for ever.
//!
//! The peers write failures into a list with delays that grow from 25 s to a
//! day. Ours keeps none: in a run the same thing is tried three times, and what
//! no repetition cures once; the next run tries again. Only what the server
//! found too large waits for a day, across runs: `tests/engine/transfers.rs`.

use navette::cloud::Fate;
use navette::event::Cause;
use navette::report::End;
use navette::server::ServerErrorKind as Failed;

use crate::lab::{Lab, on_all};

/// A run that leaves just this file, and how often it asked for it.
fn tries(lab: &Lab, method: &str, path: &str, cause: &Cause) -> usize {
    lab.heard();
    let report = lab.runs().unwrap();
    let items: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
    assert_eq!((report.end, items), (End::Unfinished, vec![(path, cause)]), "{:?}", lab.dialect());
    let line = format!("{method} {path}");
    lab.heard().iter().filter(|heard| **heard == line).count()
}

#[test]
fn testblacklist_a_download_that_fails_is_tried_three_times_a_run() {
    on_all(|lab| {
        lab.there().write("A/new", "theirs");
        lab.there().write("B/new", "comes");
        lab.dooms("GET", "A/new", Fate::Fail(Failed::Status(500)), 1000);
        assert_eq!(tries(lab, "GET", "A/new", &Cause::ServerTrouble), 3);
        assert_eq!(lab.here().text("B/new").as_deref(), Some("comes"), "the rest goes on");
        assert_eq!(tries(lab, "GET", "A/new", &Cause::ServerTrouble), 3, "and again");
        // A success ends it.
        lab.heals();
        let asked = lab.ends("+A/new=theirs +B/new=comes");
        assert_eq!(asked.get, 1);
    });
}

#[test]
fn testblacklist_an_upload_that_fails_is_tried_three_times_a_run() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        lab.here().write("B/new", "goes");
        lab.dooms("PUT", "A/a1", Fate::Fail(Failed::Status(500)), 1000);
        assert_eq!(tries(lab, "PUT", "A/a1", &Cause::ServerTrouble), 3);
        assert_eq!(lab.there().text("B/new").as_deref(), Some("goes"), "the rest goes on");
        assert_eq!(lab.there().text("A/a1").as_deref(), Some("a1"));
        // Whatever changes about it, nothing has to expire first.
        lab.here().write("A/a1", "mine-again");
        lab.heals();
        let asked = lab.ends("-A/a1 +A/a1=mine-again +B/new=goes");
        assert_eq!(asked.put, 1);
    });
}

#[test]
fn testblacklist_what_no_repetition_cures_is_tried_once_a_run() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        for (kind, cause) in [(Failed::Forbidden, Cause::Forbidden), (Failed::Quota, Cause::Quota)]
        {
            lab.dooms("PUT", "A/a1", Fate::Fail(kind), 1000);
            assert_eq!(tries(lab, "PUT", "A/a1", &cause), 1, "{cause:?} {:?}", lab.dialect());
            lab.heals();
        }
        lab.ends("-A/a1 +A/a1=mine");
    });
}

/// The peers move an entry of the list along with the file.
#[test]
fn testblacklist_a_file_that_could_not_be_sent_is_sent_from_where_it_was_moved() {
    on_all(|lab| {
        lab.here().write("A/new", "mine");
        lab.dooms("PUT", "A/new", Fate::Fail(Failed::Status(500)), 1000);
        tries(lab, "PUT", "A/new", &Cause::ServerTrouble);
        lab.here().rename("A/new", "B/moved");
        let asked = lab.ends("+B/moved=mine");
        assert_eq!((asked.put, asked.moved), (1, 0));
    });
}
