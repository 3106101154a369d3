//! Files that the other side has already: no byte travels.

use std::sync::{Arc, Mutex};

use super::lab::Lab;
use crate::cloud::{Dialect, Fate, Request};
use crate::disk::sim::SimConfig;
use crate::event::Outcome;
use crate::model::{Body, Content, Side};
use crate::plan::Op;
use crate::server::ServerErrorKind;

fn bytes() -> String {
    "0123456789abcdef".repeat(8_000)
}

fn lab(dialect: Dialect) -> Lab {
    Lab::with(dialect, SimConfig { block: 1 << 18, ..SimConfig::default() })
}

/// Counts the requests that carry a file's bytes; `fate` decides about the others.
fn carried(lab: &Lab, fate: impl Fn(&Request<'_>) -> Fate + Send + 'static) -> Arc<Mutex<usize>> {
    let count = Arc::new(Mutex::new(0));
    let counting = count.clone();
    lab.world.server.set_faults(move |request: &Request<'_>| {
        if matches!(request.method, "PUT" | "GET") {
            *counting.lock().unwrap() += 1;
            return Fate::Proceed;
        }
        fate(request)
    });
    count
}

#[test]
fn a_copied_file_is_copied_by_the_server_without_a_byte() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        lab.both("a", Some(&bytes()));
        let node = lab.here("b", Some(&bytes()));
        let op = Op::Send { node, to: lab.place("b") };
        let count = carried(&lab, |_| Fate::Proceed);
        let run = lab.run(vec![op]);
        assert_eq!((run.outcomes, run.bytes_up), (vec![Outcome::Done], 0), "{dialect:?}");
        assert_eq!(*count.lock().unwrap(), 0, "{dialect:?}");
        assert!(lab.bytes_there("b").unwrap() == bytes());
        let base = &lab.rows().base[&node];
        assert_eq!(base.entry.body, lab.rows().local[&node].entry.body);
        let (sent, shown) = (lab.rows().remote[&node].clone(), lab.look_there("b"));
        let shown = &lab.rows().remote[&shown];
        assert_eq!(sent.seen.etag, shown.seen.etag, "{dialect:?}");
        let date = lab.rows().local[&node].seen.mtime / 1_000_000_000;
        let dated = matches!(dialect, Dialect::Nextcloud | Dialect::OwnCloud10);
        assert!(!dated || shown.seen.mtime == Some(date), "{dialect:?}");
    }
}

#[test]
fn what_the_server_will_not_copy_is_sent() {
    for refusal in [ServerErrorKind::Status(501), ServerErrorKind::Forbidden] {
        let mut lab = lab(Dialect::Nextcloud);
        lab.both("a", Some(&bytes()));
        let node = lab.here("b", Some(&bytes()));
        let op = Op::Send { node, to: lab.place("b") };
        let refusing = refusal.clone();
        let count = carried(&lab, move |request| match request.method {
            "COPY" => Fate::Fail(refusing.clone()),
            _ => Fate::Proceed,
        });
        assert_eq!(lab.one(op), Outcome::Done, "{refusal:?}");
        assert_eq!(*count.lock().unwrap(), 1);
        assert!(lab.bytes_there("b").unwrap() == bytes());
    }
}

#[test]
fn a_source_that_has_changed_on_the_server_is_not_taken_for_its_old_bytes() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        lab.both("a", Some(&bytes()));
        let node = lab.here("b", Some(&bytes()));
        let op = Op::Send { node, to: lab.place("b") };
        lab.write_there("a", Some("by somebody else"));
        assert_eq!(lab.one(op), Outcome::Done, "{dialect:?}");
        assert!(lab.bytes_there("b").unwrap() == bytes(), "{dialect:?}");
        assert_eq!(lab.bytes_there("a").unwrap(), "by somebody else");
    }
}

#[test]
fn a_source_that_changes_just_before_the_copy_leaves_it_to_be_read() {
    // oCIS passes over the condition: the copy is of the new bytes.
    let mut lab = lab(Dialect::Ocis);
    lab.both("a", Some(&bytes()));
    let node = lab.here("b", Some(&bytes()));
    let op = Op::Send { node, to: lab.place("b") };
    let cloud = lab.world.server.cloud().clone();
    carried(&lab, move |request| {
        if request.method == "COPY" {
            cloud.lock().user("anna").write("a", "by somebody else").unwrap();
        }
        Fate::Proceed
    });
    assert_eq!(lab.one(op), Outcome::Done);
    assert_eq!(lab.rows().remote[&node].entry.body, Body::File(Content::Unread));
    assert!(!lab.rows().base.contains_key(&node), "nothing is agreed on");
}

#[test]
fn a_lost_answer_to_a_copy_is_no_reason_to_send_it_too() {
    let mut lab = lab(Dialect::Nextcloud);
    lab.both("a", Some(&bytes()));
    let node = lab.here("b", Some(&bytes()));
    let op = Op::Send { node, to: lab.place("b") };
    let count = carried(&lab, |request| match request.method {
        "COPY" => Fate::LoseReply,
        _ => Fate::Proceed,
    });
    assert!(matches!(lab.one(op), Outcome::Unknown(_)));
    assert_eq!(*count.lock().unwrap(), 0);
}

#[test]
fn a_small_file_is_just_sent() {
    let mut lab = lab(Dialect::Nextcloud);
    lab.both("a", Some("small"));
    let node = lab.here("b", Some("small"));
    let op = Op::Send { node, to: lab.place("b") };
    let count = carried(&lab, |_| Fate::Proceed);
    assert_eq!(lab.one(op), Outcome::Done);
    assert_eq!(*count.lock().unwrap(), 1);
}

#[test]
fn what_is_here_already_is_copied_here_where_the_server_vouches_for_it() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        lab.both("a", Some(&bytes()));
        let node = lab.there("b", Some(&bytes()));
        lab.look_there_unread("b");
        let op = Op::Fetch { node, to: lab.place("b"), alias: None, given: false };
        let count = carried(&lab, |_| Fate::Proceed);
        let run = lab.run(vec![op]);
        assert_eq!(run.outcomes, [Outcome::Done], "{dialect:?}");
        let vouches = dialect.profile().checksums;
        assert_eq!(*count.lock().unwrap(), usize::from(!vouches), "{dialect:?}");
        assert_eq!(run.bytes_down, if vouches { 0 } else { 128_000 }, "{dialect:?}");
        assert!(lab.bytes_here("b").unwrap() == bytes());
        let date = lab.rows().local[&node].seen.mtime / 1_000_000_000;
        assert_eq!(lab.rows().remote[&node].seen.mtime, Some(date));
        assert!(lab.rows().base.contains_key(&node));
        assert!(lab.staged().is_empty());
        assert_eq!(lab.at(Side::Local, node).unwrap(), "b");
    }
}

#[test]
fn a_twin_here_that_has_been_written_to_is_not_copied() {
    let mut lab = lab(Dialect::OwnCloud10);
    lab.both("a", Some(&bytes()));
    let node = lab.there("b", Some(&bytes()));
    lab.look_there_unread("b");
    let op = Op::Fetch { node, to: lab.place("b"), alias: None, given: false };
    lab.write_here("a", "an edit that no scan has seen");
    let count = carried(&lab, |_| Fate::Proceed);
    assert_eq!(lab.one(op), Outcome::Done);
    assert_eq!(*count.lock().unwrap(), 1);
    assert!(lab.bytes_here("b").unwrap() == bytes());
}
