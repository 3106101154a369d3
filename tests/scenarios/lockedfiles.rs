//! testlockedfiles: a program keeps a file open, on a system where nobody else
//! can rename or replace it then (Windows).
//!
//! The peers ask every 20 s whether it is free. Ours says it in the report and
//! tries again in the next run; nothing watches yet. What office programs tell
//! by their lock files is in `tests/engine/gates.rs`.

use navette::cloud::Dialect;
use navette::disk::DiskErrorKind;
use navette::disk::sim::SimConfig;
use navette::event::Cause;
use navette::report::End;

use crate::lab::{Lab, START, on_all};

/// The start tree on a volume like NTFS.
fn on_windows(scenario: impl Fn(&Lab)) {
    for dialect in Dialect::ALL {
        println!("-- {dialect:?}");
        let lab = Lab::on(dialect, SimConfig::windows());
        START.split(' ').for_each(|path| lab.there().write(path, path.rsplit('/').next().unwrap()));
        lab.syncs();
        scenario(&lab);
    }
}

/// A run that leaves just this file, because it is open.
fn leaves_open(lab: &Lab, path: &str) {
    let report = lab.runs().unwrap();
    let items: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
    let expected = (End::Unfinished, vec![(path, &Cause::Busy)]);
    assert_eq!((report.end, items), expected, "{:?}", lab.dialect());
}

#[test]
fn testlockedfiles_a_new_version_waits_until_the_file_is_closed() {
    on_windows(|lab| {
        let open = lab.world.disk.user().hold_open(&lab.path("A/a1")).unwrap();
        lab.there().write("A/a1", "theirs");
        lab.there().write("B/new", "comes");
        leaves_open(lab, "A/a1");
        assert_eq!(lab.here().text("A/a1").as_deref(), Some("a1"));
        assert_eq!(lab.here().text("B/new").as_deref(), Some("comes"), "the rest goes on");
        lab.world.disk.user().close(open);
        lab.ends("-A/a1 +A/a1=theirs +B/new=comes");
    });
}

#[test]
fn testlockedfiles_a_deletion_and_a_move_wait_until_the_file_is_closed() {
    on_windows(|lab| {
        let open = lab.world.disk.user().hold_open(&lab.path("A/a1")).unwrap();
        lab.there().remove("A/a1");
        leaves_open(lab, "A/a1");
        assert_eq!(lab.here().text("A/a1").as_deref(), Some("a1"));
        lab.world.disk.user().close(open);
        lab.ends("-A/a1");

        if lab.has_ids() {
            let open = lab.world.disk.user().hold_open(&lab.path("B/b1")).unwrap();
            lab.there().rename("B/b1", "C/b1");
            leaves_open(lab, "B/b1");
            assert_eq!(lab.here().text("B/b1").as_deref(), Some("b1"));
            lab.world.disk.user().close(open);
            lab.ends("-A/a1 -B/b1 +C/b1");
        }
    });
}

/// It is only read for it.
#[test]
fn testlockedfiles_an_edit_goes_up_though_its_program_still_holds_the_file() {
    on_windows(|lab| {
        let open = lab.world.disk.user().hold_open(&lab.path("A/a1")).unwrap();
        lab.world.disk.user().late_write(open, b"mine").unwrap();
        let asked = lab.ends("-A/a1 +A/a1=mine");
        assert_eq!((asked.get, asked.deleted), (0, 0));
        lab.world.disk.user().late_write(open, b"mine-again").unwrap();
        lab.world.disk.user().close(open);
        lab.ends("-A/a1 +A/a1=mine-again");
    });
}

/// What its program does not even let be read.
#[test]
fn testlockedfiles_an_edit_goes_up_once_its_program_lets_it_be_read() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        lab.here().write("B/new", "goes");
        lab.world.disk.fault(&lab.path("A/a1"), DiskErrorKind::Busy);
        assert_eq!(lab.runs().unwrap().end, End::Unfinished);
        assert_eq!(lab.there().text("A/a1").as_deref(), Some("a1"));
        assert_eq!(lab.there().text("B/new").as_deref(), Some("goes"), "the rest goes on");
        lab.world.disk.heal(&lab.path("A/a1"));
        let asked = lab.ends("-A/a1 +A/a1=mine +B/new=goes");
        assert_eq!((asked.put, asked.get, asked.deleted), (1, 0, 0));
    });
}
