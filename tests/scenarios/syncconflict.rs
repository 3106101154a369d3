//! testsyncconflict: both sides changed the same thing.
//!
//! Ours differ from the peers' in this: conflict copies are always uploaded, as
//! ordinary new files, in the same run; they carry UTC and the device, not the
//! user; there are no conflict records and no `OC-Conflict` headers. How the
//! names are made is a table in `src/model/name.rs`.

use crate::lab::{Lab, on_all, with_ids};

fn conflict(lab: &Lab) {
    lab.here().write("A/a1", "mine");
    lab.there().write("A/a1", "theirs");
}

/// The name of the only conflict copy.
fn copy(lab: &Lab) -> String {
    let all = lab.world.disk.snapshot().into_keys();
    let copies: Vec<String> = all.filter(|path| path.contains("(conflict ")).collect();
    let [copy] = &copies[..] else { panic!("{copies:?}") };
    copy.clone()
}

#[test]
fn testsyncconflict_upload_after_download_in_the_same_run() {
    on_all(|lab| {
        conflict(lab);
        let asked = lab.ends("-A/a1 +A/a1=theirs +A/a1!=mine");
        assert_eq!((asked.put, asked.deleted, asked.moved), (1, 0, 0));
    });
}

#[test]
fn testsyncconflict_name_tells_when_and_where() {
    on_all(|lab| {
        conflict(lab);
        lab.syncs();
        let copy = copy(lab);
        let mark = copy.strip_prefix("A/a1 (conflict 2023-11-1").expect("a date in UTC");
        assert!(mark.ends_with(" sim)"), "{copy}");
    });
}

#[test]
fn testsyncconflict_a_copy_is_a_file_that_is_edited_from_both_sides() {
    on_all(|lab| {
        conflict(lab);
        lab.ends("-A/a1 +A/a1=theirs +A/a1!=mine");
        let copy = copy(lab);
        lab.here().write(&copy, "edited");
        lab.ends("-A/a1 +A/a1=theirs +A/a1!=edited");
        lab.there().write(&copy, "there");
        lab.ends("-A/a1 +A/a1=theirs +A/a1!=there");
    });
}

/// The mark of the earlier conflict is replaced, not repeated.
#[test]
fn testsyncconflict_conflict_of_a_conflict() {
    on_all(|lab| {
        conflict(lab);
        lab.syncs();
        let copy = copy(lab);
        lab.here().write(&copy, "mine2");
        lab.there().write(&copy, "theirs2");
        lab.ends("-A/a1 +A/a1=theirs +A/a1!=theirs2 +A/a1!=mine2");
        let names = lab.world.disk.snapshot().into_keys();
        assert!(names.into_iter().all(|name| name.matches("(conflict").count() <= 1));
    });
}

/// Those of the peers' clients are ordinary files too.
#[test]
fn testsyncconflict_download_of_a_conflict_file() {
    on_all(|lab| {
        lab.there().write("A/a1 (conflicted copy 2020-02-02 1234).txt", "old");
        lab.there().write("A/a1_conflict-20200202-1234", "older");
        let (report, asked) = lab.syncs();
        assert_eq!((report.counts.conflicts, asked.get, asked.put), (0, 2, 0));
        assert_eq!(lab.here().shows(), lab.there().shows());
    });
}

#[test]
fn testsyncconflict_a_removed_copy_is_removed_on_both_sides() {
    on_all(|lab| {
        for (one, _) in lab.sides() {
            conflict(lab);
            lab.syncs();
            one.remove(&copy(lab));
            lab.ends("-A/a1 +A/a1=theirs");
            one.write("A/a1", "a1");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncconflict_local_dir_remote_file() {
    on_all(|lab| {
        lab.here().write("N/inside", "mine");
        lab.there().write("N", "theirs");
        lab.ends("+N=theirs +N!/inside=mine");
    });
}

#[test]
fn testsyncconflict_local_file_remote_dir() {
    on_all(|lab| {
        lab.here().write("N", "mine");
        lab.there().write("N/inside", "theirs");
        lab.ends("+N/inside=theirs +N!=mine");
    });
}

/// The folder became a file there, and one of its files was moved out of it.
#[test]
fn testsyncconflict_type_conflict_with_a_file_moved_out() {
    with_ids(|lab| {
        lab.there().rename("A/a1", "a1moved");
        lab.there().remove("A");
        lab.there().write("A", "file");
        lab.here().write("A/a2", "mine");
        lab.ends("-A/a1 -A/a2 +a1moved=a1 +A=file +A!/a2=mine");
    });
}

#[test]
fn testsyncconflict_type_change() {
    on_all(|lab| {
        for (one, _) in lab.sides() {
            one.remove("A");
            one.write("A", "file");
            one.remove("B/b1");
            one.write("B/b1/inside", "deep");
            lab.ends("-A/a1 -A/a2 +A=file -B/b1 +B/b1/inside=deep");
            one.remove("A");
            one.write("A/a1", "a1");
            one.write("A/a2", "a2");
            one.remove("B/b1");
            one.write("B/b1", "b1");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncconflict_a_dir_with_local_files_becomes_a_conflict() {
    on_all(|lab| {
        lab.there().remove("A");
        lab.there().write("A", "file");
        lab.here().write("A/a2", "mine");
        lab.here().write("A/new", "mine");
        lab.ends("-A/a1 -A/a2 +A=file +A!/a2=mine +A!/new=mine");
    });
}

#[test]
fn testsyncconflict_empty_dir_and_file() {
    on_all(|lab| {
        for (one, _) in lab.sides() {
            one.mkdir("E");
            one.write("F", "file");
            lab.ends("+E/ +F=file");
            one.remove("E");
            one.write("E", "file");
            one.remove("F");
            one.mkdir("F");
            lab.ends("+E=file +F/");
            one.remove("E");
            one.remove("F");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncconflict_removed_on_both_sides() {
    on_all(|lab| {
        for (one, _) in lab.sides() {
            one.remove("A/a1");
            one.remove("B");
        }
        let asked = lab.ends("-A/a1 -B/b1 -B/b2");
        assert_eq!(asked.work(), 0);
    });
}
