//! testallfilesdeleted: everything goes on one side. Is that meant?
//!
//! Ours differ from the peers' in this: what is held waits for a decision, and
//! everything else goes on; there is no question in the midst of a run. A
//! server that was set back stops the run, and nothing is done before a user
//! has decided. How many deletions are too many is in `tests/plan/brake.rs`.

use navette::cloud::{Cloud, Dialect};
use navette::report::{End, EngineError, Gate};

use crate::lab::{Hand, Lab, START, on_all, with_ids};

fn empties(one: Hand<'_>) {
    ["A", "B", "C", "S"].into_iter().for_each(|folder| one.remove(folder));
}

/// All files, which are as many as the brake cares for and some more.
fn many(lab: &Lab) -> Vec<String> {
    let new: Vec<String> = (0..30).map(|number| format!("D/{number:02}")).collect();
    new.iter().for_each(|path| lab.here().write(path, path));
    lab.syncs();
    START.split(' ').map(str::to_owned).chain(new).collect()
}

#[test]
fn testallfilesdeleted_everything_goes_only_when_somebody_has_said_so() {
    on_all(|lab| {
        for (one, other) in lab.sides() {
            let before = other.shows();
            empties(one);
            for _ in 0..2 {
                assert_eq!(lab.runs_braked().unwrap().end, End::Braked, "{:?}", lab.dialect());
                assert_eq!(other.shows(), before, "{:?}", lab.dialect());
            }
            lab.syncs();
            assert!(other.shows().is_empty(), "{:?}", lab.dialect());
            for line in &before {
                one.write(line, line.rsplit('/').next().unwrap());
            }
            lab.ends("");
        }
    });
}

/// Whoever wants to keep what was deleted here forgets what was agreed.
#[test]
fn testallfilesdeleted_what_was_deleted_here_comes_back_to_those_who_want_it() {
    on_all(|lab| {
        empties(lab.here());
        assert_eq!(lab.runs_braked().unwrap().end, End::Braked);
        lab.forgets();
        assert_eq!(lab.runs_braked().unwrap().end, End::Equal);
        lab.rests("");
    });
}

/// Here it simply stays. What is in the server's trash is not sent again by
/// itself; without a trash it is.
#[test]
fn testallfilesdeleted_what_was_deleted_there_stays_here_for_those_who_want_it() {
    on_all(|lab| {
        empties(lab.there());
        assert_eq!(lab.runs_braked().unwrap().end, End::Braked);
        lab.forgets();
        let report = lab.runs_braked().unwrap();
        assert!(lab.here().shows().contains("A/a1"), "{:?}", lab.dialect());
        let is_sent = lab.dialect() == Dialect::Plain;
        assert_eq!(report.end, if is_sent { End::Equal } else { End::Unfinished }, "{report:#?}");
        assert_eq!(lab.there().shows().contains("A/a1"), is_sent, "{:?}", lab.dialect());
        assert!(is_sent || report.items.iter().any(|item| item.path.starts_with('A')));
    });
}

/// Other dates for all files are neither deletions nor edits.
#[test]
fn testallfilesdeleted_other_dates_for_everything_are_nothing_to_ask_about() {
    with_ids(|lab| {
        many(lab).iter().for_each(|file| lab.here().touch(file, 1_600_000_000));
        lab.asked();
        assert_eq!(lab.runs_braked().unwrap().end, End::Equal);
        assert_eq!(lab.asked().work(), 0);
    });
}

#[test]
fn testallfilesdeleted_other_dates_for_everything_there_are_nothing_to_ask_about_either() {
    with_ids(|lab| {
        many(lab).iter().for_each(|file| lab.there().touch(file, 1_600_000_000));
        lab.asked();
        let report = lab.runs_braked().unwrap();
        assert_eq!((report.end, report.brakes), (End::Equal, vec![]), "{:?}", lab.dialect());
        let asked = lab.asked();
        assert_eq!((asked.put, asked.moved, asked.deleted), (0, 0, 0));
    });
}

/// The only file there is gets another name: gone, and yet there.
#[test]
fn testallfilesdeleted_the_only_file_is_renamed_without_a_question() {
    for dialect in Dialect::ALL {
        let lab = Lab::empty(dialect);
        lab.here().write("one", "text");
        lab.syncs();
        for (one, from, to) in [(lab.here(), "one", "two"), (lab.there(), "two", "three")] {
            one.rename(from, to);
            assert_eq!(lab.runs_braked().unwrap().end, End::Equal, "{dialect:?}");
            let [here, there] = [lab.here().shows(), lab.there().shows()];
            assert_eq!((here.len(), &here), (1, &there), "{dialect:?}");
            assert!(here.contains(&format!("{to}=text")), "{dialect:?}: {here:?}");
        }
    }
}

/// A server that was installed anew stops every run until somebody decides.
#[test]
fn testallfilesdeleted_a_server_that_was_reset_deletes_nothing() {
    with_ids(|lab| {
        let before = lab.here().shows();
        let mut cloud = Cloud::new(lab.dialect(), 99);
        // The ids of the new installation begin elsewhere.
        for number in 0..20 {
            cloud.user("u").write(&format!("x{number}"), "x").unwrap();
        }
        let lab = lab.before(cloud);
        for _ in 0..2 {
            let ended = lab.runs();
            let stopped = matches!(ended, Err(EngineError::Gate(Gate::RemoteRootChanged)));
            assert!(stopped, "{:?}: {ended:?}", lab.dialect());
            assert_eq!(lab.here().shows(), before);
        }
        lab.forgets();
        lab.syncs();
        assert!(lab.here().shows().is_superset(&before));
        assert_eq!(lab.here().shows(), lab.there().shows());
    });
}

/// The first backup that is restored, when no fingerprint was known, and the
/// second one. The peers take conflict copies of everything without asking.
#[test]
fn testallfilesdeleted_another_fingerprint_stops_the_run_and_nothing_is_lost() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        let lab = Lab::start(dialect);
        let older = lab.world.cloud().lock().clone();
        lab.here().write("A/a1", "newer");
        lab.here().write("A/new", "newer");
        lab.here().remove("B/b1");
        lab.syncs();
        for fingerprint in ["first", "second"] {
            lab.world.cloud().lock().restore_backup(&older, fingerprint);
            let before = lab.here().shows();
            let ended = lab.runs();
            assert!(matches!(ended, Err(EngineError::Gate(Gate::RemoteRestored))), "{ended:?}");
            assert_eq!(lab.here().shows(), before);
            lab.forgets();
            lab.syncs();
            let shown = lab.here().shows();
            assert_eq!(shown, lab.there().shows(), "{dialect:?}");
            for kept in ["A/a1", "A/a1!=newer", "A/new=newer", "B/b1"] {
                assert!(shown.contains(kept), "{dialect:?}, {kept}: {shown:?}");
            }
        }
    }
}
