//! What each guard refuses: the world is not as observed, and nothing changes.

use std::collections::BTreeMap;

use futures::executor::block_on;

use super::lab::{Lab, name, path};
use crate::cloud::{Dialect, Fate, Request};
use crate::disk::sim::SimConfig;
use crate::disk::{Disk as _, DiskErrorKind};
use crate::event::{Cause, Event, Outcome};
use crate::model::{BaseRow, Change, Content, NodeId, Rows, Side};
use crate::plan::Op;
use crate::server::ServerErrorKind;

/// Both sides and the rows.
type All = (BTreeMap<String, Option<Vec<u8>>>, Vec<String>, Rows);

/// Both sides and the rows, for comparison.
fn all(lab: &Lab) -> All {
    let mut rows = lab.rows().clone();
    // Numbers are never given twice, and what was asked stays written down.
    rows.pair.next_aside = 0;
    rows.intents.clear();
    (lab.world.disk.snapshot(), lab.shown_there(), rows)
}

fn refused(lab: &mut Lab, op: Op) {
    let before = all(lab);
    assert_eq!(lab.one(op.clone()), Outcome::Stale, "{op:?}");
    assert_eq!(all(lab), before, "{op:?}");
    assert!(lab.staged().is_empty(), "{op:?} left {:?}", lab.staged());
}

fn moving(side: Side, node: NodeId, lab: &Lab) -> Op {
    let mut to = lab.place("f");
    to.name = name("g");
    Op::Move { side, node, to, alias: None, given: false }
}

#[test]
fn nothing_is_done_to_a_local_file_that_was_written_since() {
    for config in [SimConfig::default(), SimConfig::windows()] {
        let mut lab = Lab::with(Dialect::Nextcloud, config);
        let node = lab.both("f", Some("old"));
        lab.write_there("f", Some("theirs"));
        lab.look_there("f");
        lab.write_here("f", "newer");
        let keep = Some((NodeId(50), name("copy")));
        refused(&mut lab, Op::Replace { node, keep: None });
        refused(&mut lab, Op::Replace { node, keep });
        refused(&mut lab, Op::Update { node });
        refused(&mut lab, Op::Park { side: Side::Local, node });
        refused(&mut lab, Op::Remove { side: Side::Local, node, with: vec![node] });
        let op = moving(Side::Local, node, &lab);
        refused(&mut lab, op);
    }
}

#[test]
fn nothing_is_done_to_a_local_file_that_was_saved_by_rename_since() {
    let mut lab = Lab::new();
    let node = lab.both("f", Some("old"));
    lab.write_there("f", Some("theirs"));
    lab.look_there("f");
    lab.world.disk.user().save_by_rename(&path("f"), b"new").unwrap();
    refused(&mut lab, Op::Replace { node, keep: None });
    refused(&mut lab, Op::Remove { side: Side::Local, node, with: vec![node] });
}

#[test]
fn nothing_is_done_to_a_remote_file_that_was_written_since() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let node = lab.both("f", Some("old"));
        lab.write_here("f", "mine");
        lab.look_here("f");
        lab.write_there("f", Some("theirs, longer"));
        refused(&mut lab, Op::Update { node });
        refused(&mut lab, Op::Replace { node, keep: None });
        refused(&mut lab, Op::Read { node });
        refused(&mut lab, Op::Remove { side: Side::Remote, node, with: vec![node] });
        refused(&mut lab, Op::Park { side: Side::Remote, node });
        let op = moving(Side::Remote, node, &lab);
        refused(&mut lab, op);
    }
}

#[test]
fn a_taken_place_is_not_replaced_on_either_side() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let node = lab.both("f", Some("x"));
        let there = lab.there("h", Some("of the server"));
        let here = lab.here("i", Some("of this computer"));
        lab.world.disk.user().create(&path("g"), b"taken").unwrap();
        lab.write_there("g", Some("taken"));
        let mut to = lab.place("f");
        to.name = name("g");
        for side in [Side::Local, Side::Remote] {
            let op = moving(side, node, &lab);
            refused(&mut lab, op);
            refused(&mut lab, Op::MakeDir { side, node: NodeId(60), to: to.clone(), alias: None });
        }
        refused(&mut lab, Op::Fetch { node: there, to: to.clone(), alias: None, given: false });
        refused(&mut lab, Op::Send { node: here, to });
    }
}

#[test]
fn a_folder_with_something_new_in_it_is_not_removed() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
        let with = vec![dir, file];
        lab.look_there("d");
        lab.write_there("d/new", Some("theirs"));
        refused(&mut lab, Op::Remove { side: Side::Remote, node: dir, with: with.clone() });
        lab.world.server.cloud().lock().user("anna").delete("d/new").unwrap();
        lab.write_there("d/f", Some("edited there"));
        refused(&mut lab, Op::Remove { side: Side::Remote, node: dir, with });
        refused(&mut lab, Op::Remove { side: Side::Local, node: dir, with: vec![dir] });
    }
}

#[test]
fn a_folder_whose_children_left_in_this_run_can_go() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
        lab.look_there("d");
        let mut to = lab.place("d");
        to.name = name("f");
        let run = lab.run(vec![
            Op::Move { side: Side::Remote, node: file, to, alias: None, given: false },
            Op::Remove { side: Side::Remote, node: dir, with: vec![dir] },
        ]);
        assert_eq!(run.outcomes, [Outcome::Done, Outcome::Done], "{dialect:?}");
        assert_eq!(lab.shown_there(), ["f"]);
    }
}

#[test]
fn a_download_shorter_than_listed_is_never_taken() {
    let mut lab = Lab::with(Dialect::Plain, SimConfig::default());
    let node = lab.there("f", Some("whole"));
    let mut row = lab.rows().remote[&node].clone();
    row.seen.size = Some(99);
    lab.commit(vec![Change::Remote(node, Some(row))]);
    let to = lab.place("f");
    let op = Op::Fetch { node, to, alias: None, given: false };
    assert!(matches!(lab.one(op.clone()), Outcome::Failed(Cause::Torn) | Outcome::Stale));
    assert!(lab.shown_here().is_empty() && lab.staged().is_empty());
    lab.look_there("f");
    lab.world.server.set_faults(|request: &Request<'_>| {
        if request.method == "GET" { Fate::CutBody(2) } else { Fate::Proceed }
    });
    assert_eq!(lab.one(op), Outcome::Failed(Cause::Torn));
    assert!(lab.shown_here().is_empty() && lab.staged().is_empty());
}

#[test]
fn a_file_that_has_no_room_is_refused_before_its_first_byte() {
    let mut lab = Lab::new();
    let node = lab.there("f", Some("more than fits"));
    lab.world.disk.set_capacity(5);
    let to = lab.place("f");
    let op = Op::Fetch { node, to, alias: None, given: false };
    assert_eq!(lab.one(op), Outcome::Failed(Cause::DiskFull));
    let gets = lab
        .world
        .events
        .borrow()
        .iter()
        .filter(|event| matches!(event, Event::Moved { .. }))
        .count();
    assert_eq!(gets, 0);
}

#[test]
fn a_large_file_that_changes_while_it_is_sent_never_becomes_whole_there() {
    let config = SimConfig { block: 1 << 18, ..SimConfig::default() };
    let mut lab = Lab::with(Dialect::Nextcloud, config);
    let bytes = "0123456789abcdef".repeat((4 << 20) / 16 + 1);
    let node = lab.here("big", Some(&bytes));
    let to = lab.place("big");
    let changed = bytes.replace("0123", "3210");
    let mut written = false;
    let run = lab.run_while(vec![Op::Send { node, to }], |world| {
        let under_way =
            world.events.borrow().iter().any(|event| matches!(event, Event::Moved { .. }));
        if under_way && !written {
            written = true;
            world.disk.user().write(&path("big"), changed.as_bytes()).unwrap();
        }
    });
    assert!(written, "the file was sent before it changed");
    assert_ne!(run.outcomes, [Outcome::Done]);
    assert!(lab.shown_there().is_empty(), "{:?}", lab.shown_there());
}

#[test]
fn a_lost_reply_is_unknown_and_stays_written_down() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let new = lab.here("new", Some("mine"));
        let gone = lab.both("gone", Some("x"));
        lab.world.server.set_faults(|request: &Request<'_>| match request.method {
            "PUT" | "DELETE" => Fate::LoseReply,
            _ => Fate::Proceed,
        });
        let to = lab.place("new");
        let run = lab.run(vec![Op::Send { node: new, to: to.clone() }]);
        assert!(matches!(run.outcomes[..], [Outcome::Unknown(_)]));
        assert!(run.quarantined.contains(&new));
        let intent = &lab.rows().intents[&new];
        assert!(intent.unknown && intent.sent.len() == 1 && intent.asked == [to]);
        assert!(!lab.rows().remote.contains_key(&new));
        let run = lab.run(vec![Op::Remove { side: Side::Remote, node: gone, with: vec![gone] }]);
        assert!(matches!(run.outcomes[..], [Outcome::Unknown(_)]));
        assert!(lab.rows().intents[&gone].unknown);
        assert!(lab.rows().remote.contains_key(&gone) && lab.rows().base.contains_key(&gone));
    }
}

/// Neither oCIS nor a plain server compares the version of what moves.
#[test]
fn what_a_move_carried_along_is_unread_and_may_be_followed_by_another_of_its_second() {
    for dialect in [Dialect::Ocis, Dialect::Plain] {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let node = lab.both("f", Some("old"));
        let cloud = lab.world.server.cloud().clone();
        // The edit lands between our last look and the request.
        lab.world.server.set_faults(move |request: &Request<'_>| {
            if request.method == "MOVE" {
                drop(cloud.lock().user("anna").write("f", "edited there"));
            }
            Fate::Proceed
        });
        let op = moving(Side::Remote, node, &lab);
        assert_eq!(lab.one(op), Outcome::Stale, "{dialect:?}");
        let row = &lab.rows().remote[&node];
        assert_eq!(row.entry.body, crate::model::Body::File(Content::Unread), "{dialect:?}");
        assert!(row.racy, "{dialect:?}");
        let (base, local) = (&lab.rows().base[&node], &lab.rows().local[&node]);
        assert_eq!(base.entry.body.hash(), local.entry.body.hash(), "{dialect:?}");
    }
}

#[test]
fn failures_carry_a_cause_that_a_user_understands() {
    let causes = [
        (ServerErrorKind::Quota, Cause::Quota),
        (ServerErrorKind::Forbidden, Cause::Forbidden),
        (ServerErrorKind::Locked, Cause::Locked),
        (ServerErrorKind::TooLarge, Cause::TooLarge),
        (ServerErrorKind::BadName, Cause::NameRefused),
        (ServerErrorKind::StorageGone, Cause::MountGone),
    ];
    for (kind, cause) in causes {
        let mut lab = Lab::new();
        let node = lab.here("f", Some("x"));
        lab.world.server.set_faults(move |_: &Request<'_>| Fate::Fail(kind.clone()));
        let to = lab.place("f");
        assert_eq!(lab.one(Op::Send { node, to }), Outcome::Failed(cause));
    }
    let causes = [
        (DiskErrorKind::Denied, Cause::Unreadable),
        (DiskErrorKind::Busy, Cause::Busy),
        (DiskErrorKind::Broken, Cause::DiskBroken),
    ];
    for (kind, cause) in causes {
        let mut lab = Lab::new();
        let node = lab.here("f", Some("x"));
        lab.world.disk.fault(&path("f"), kind);
        let to = lab.place("f");
        assert_eq!(lab.one(Op::Send { node, to }), Outcome::Failed(cause));
    }
}

/// A file that is on both sides, and on the server newer, on a disk with so
/// much room left.
fn newer_there(room: u64) -> (Lab, NodeId) {
    let mut lab = Lab::new();
    let node = lab.both("f", Some("the old bytes"));
    lab.pass_time(10);
    lab.write_there("f", Some("the new bytes"));
    lab.look_there_unread("f");
    let space = block_on(lab.world.disk.space()).unwrap();
    lab.world.disk.set_capacity(space.total - space.free + room);
    (lab, node)
}

#[test]
fn where_there_is_no_room_for_both_versions_only_the_server_keeps_the_old_one() {
    let old = |lab: &Lab| lab.has_here("the old bytes");
    let replace = |node| Op::Replace { node, keep: None };
    let (mut lab, node) = newer_there(30);
    assert_eq!(lab.one(replace(node)), Outcome::Done);
    assert!(old(&lab) && lab.rows().asides.len() == 1, "there is room for both");

    let (mut lab, node) = newer_there(20);
    assert_eq!(lab.one(replace(node)), Outcome::Done);
    assert_eq!(lab.bytes_here("f").unwrap(), "the new bytes");
    assert!(!old(&lab) && lab.rows().asides.is_empty() && lab.staged().is_empty());

    let (mut lab, node) = newer_there(20);
    let _program = lab.world.disk.user().hold_open(&path("f")).unwrap();
    assert_eq!(lab.one(replace(node)), Outcome::Done);
    assert!(old(&lab), "a program may still write to it");

    let (mut lab, node) = newer_there(20);
    let base = lab.rows().base[&node].clone();
    lab.commit(vec![Change::Base(node, Some(BaseRow { presumed: true, ..base }))]);
    assert_eq!(lab.one(replace(node)), Outcome::Failed(Cause::DiskFull));
    assert_eq!(lab.bytes_here("f").unwrap(), "the old bytes");
}
