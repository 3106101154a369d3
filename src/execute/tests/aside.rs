//! The put-aside store: back again, and gone for good.

use std::time::Duration;

use futures::executor::block_on;

use super::lab::{Lab, path};
use crate::event::Outcome;
use crate::execute::aside::{self, Purged};
use crate::model::{Change, RelPath, Side};
use crate::plan::Op;

/// A pair with one file put aside as number 0, which stood at `at`.
fn put_aside(at: &str, bytes: &str) -> Lab {
    let mut lab = Lab::new();
    if at.contains('/') {
        lab.both("d", None);
    }
    let node = lab.both(at, Some(bytes));
    assert_eq!(lab.one(Op::Remove { side: Side::Local, node, with: vec![node] }), Outcome::Done);
    lab
}

fn restore(lab: &mut Lab) -> Option<RelPath> {
    block_on(aside::restore(&lab.world, lab.journal.as_mut().unwrap(), 0, aside::Whereto::Place))
        .unwrap()
}

fn purge(lab: &mut Lab) -> Purged {
    block_on(aside::purge(&lab.world, lab.journal.as_mut().unwrap())).unwrap()
}

#[test]
fn a_file_that_was_put_aside_comes_back_to_its_place() {
    let mut lab = put_aside("d/f", "bytes");
    lab.world.disk.user().remove(&path("d")).unwrap();
    assert_eq!(aside::list(lab.rows()).len(), 1);
    assert_eq!(restore(&mut lab).unwrap().as_str(), "d/f");
    assert_eq!(lab.bytes_here("d/f").unwrap(), "bytes");
    assert!(lab.rows().asides.is_empty());
    assert_eq!(restore(&mut lab), None);
}

#[test]
fn a_restored_file_replaces_nothing() {
    let mut lab = put_aside("f.txt", "bytes");
    lab.world.disk.user().create(&path("f.txt"), b"newer").unwrap();
    let at = restore(&mut lab).unwrap();
    assert!(at.as_str().starts_with("f (conflict "), "{at}");
    assert_eq!(lab.bytes_here(at.as_str()).unwrap(), "bytes");
    assert_eq!(lab.bytes_here("f.txt").unwrap(), "newer");
}

#[test]
fn what_stood_in_a_folder_that_is_a_file_by_now_comes_back_at_the_top() {
    for by_purge in [false, true] {
        let mut lab = put_aside("d/f", "bytes");
        lab.world.disk.user().remove(&path("d")).unwrap();
        lab.world.disk.user().create(&path("d"), b"a file").unwrap();
        let at = if by_purge {
            let stored = path(".navette/aside").join(&aside::list(lab.rows())[0].1.stored);
            lab.world.timing.keep_aside = Duration::from_secs(100);
            lab.pass_time(200);
            lab.world.disk.user().write(&stored, b"late bytes").unwrap();
            purge(&mut lab).returned.pop().unwrap()
        } else {
            restore(&mut lab).unwrap()
        };
        assert!(at.as_str().starts_with("f (conflict "), "{at}");
        assert_eq!(lab.bytes_here("d").unwrap(), "a file");
    }
}

#[test]
fn what_was_put_aside_goes_for_good_after_its_time_and_not_before() {
    let mut lab = put_aside("f", "bytes");
    lab.world.timing.keep_aside = Duration::from_secs(100);
    lab.pass_time(99);
    assert_eq!(purge(&mut lab), Purged::default());
    lab.pass_time(1);
    assert_eq!(purge(&mut lab).gone, [0]);
    assert!(!lab.has_here("bytes") && lab.rows().asides.is_empty());
}

#[test]
fn a_file_written_to_after_it_was_put_aside_comes_back() {
    let mut lab = Lab::new();
    let node = lab.both("f", Some("bytes"));
    let handle = lab.world.disk.user().hold_open(&path("f")).unwrap();
    lab.one(Op::Remove { side: Side::Local, node, with: vec![node] });
    lab.pass_time(10);
    lab.world.disk.user().late_write(handle, b"late bytes").unwrap();
    lab.world.timing.keep_aside = Duration::ZERO;
    assert_eq!(purge(&mut lab), Purged::default(), "it is still open");
    lab.world.disk.user().close(handle);
    let back = purge(&mut lab).returned.remove(0);
    assert_eq!(lab.bytes_here(back.as_str()).unwrap(), "late bytes");
    assert!(lab.shows_here("late bytes"));
}

#[test]
fn only_what_the_server_holds_makes_room() {
    let mut lab = put_aside("f", "bytes");
    lab.world.disk.set_capacity(20);
    let mut row = lab.rows().asides[&0].clone();
    row.on_server = false;
    lab.commit(vec![Change::Aside(0, Some(row.clone()))]);
    assert_eq!(purge(&mut lab), Purged::default());
    row.on_server = true;
    lab.commit(vec![Change::Aside(0, Some(row))]);
    assert_eq!(purge(&mut lab).gone, [0]);
}

#[test]
fn a_lost_journal_does_not_lose_the_store() {
    let mut lab = put_aside("f", "bytes");
    let rows = lab.rows().clone();
    let mut changes = vec![Change::Aside(0, None)];
    changes.extend(rows.base.keys().map(|&node| Change::Base(node, None)));
    changes.extend(rows.remote.keys().map(|&node| Change::Remote(node, None)));
    changes.push(Change::Pair(Box::default()));
    lab.commit(changes);
    lab.start();
    let aside = &lab.rows().asides[&0];
    assert_eq!((aside.path.as_str(), aside.on_server), ("f", false));
    assert_eq!(lab.rows().pair.next_aside, 1);
}
