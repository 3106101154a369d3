//! testpermissions: what the account may not do on the server.
//!
//! Ours differ from the peers' in this: nothing forbidden is tried first and
//! undone afterwards; the letters are asked before the plan is made. A
//! forbidden edit is kept as a copy that stays here, and one copy is enough
//! however often it is saved. Folders that are read-only there are not made so
//! on this disk.

use navette::cloud::Dialect;
use navette::event::Cause;
use navette::report::{End, Report};

use crate::lab::{Lab, with_ids};

/// The letters as the family says them: oCIS adds `Z` (may be denied to
/// others) and, where something may be deleted, `P` (and purged). The
/// laboratory adds the `G` of Nextcloud.
fn told(dialect: Dialect, letters: &str) -> String {
    match dialect {
        Dialect::Ocis if letters.contains('D') => format!("{letters}ZP"),
        Dialect::Ocis => format!("{letters}Z"),
        _ => letters.to_owned(),
    }
}

/// Gives the share and all in it these letters.
fn lettered(lab: &Lab, letters: Option<&str>) {
    let letters = letters.map(|letters| told(lab.dialect(), letters));
    let letters = letters.as_deref();
    let paths = lab.world.cloud().lock().user("u").snapshot().into_keys();
    for path in paths.filter(|path| path.as_str().split('/').next() == Some("S")) {
        lab.there().letters(path.as_str(), letters);
    }
}

fn shared(lab: &Lab, letters: &str) {
    lettered(lab, Some(letters));
    lab.syncs();
}

/// The owner of the share changes a file in it.
fn owner_writes(lab: &Lab, path: &str, text: &str, letters: &str) {
    lettered(lab, None);
    lab.there().write(path, text);
    lettered(lab, Some(letters));
}

/// May be read, and left.
const READ_ONLY: &str = "SRDNV";

/// A run that leaves something that may not go out.
fn left(lab: &Lab) -> Report {
    let report = lab.runs().unwrap();
    assert_eq!(report.end, End::Unfinished, "{report:#?}");
    let forbidden = report.items.iter().filter(|item| item.cause == Cause::Forbidden);
    assert!(forbidden.count() > 0, "{:?}", report.items);
    report
}

fn there_is(lab: &Lab, lines: &[&str]) {
    let shown = lab.there().shows();
    let below: Vec<&str> =
        shown.iter().map(String::as_str).filter(|line| line.starts_with('S')).collect();
    assert_eq!(below, lines, "there, {:?}", lab.dialect());
}

fn there_is_none(lab: &Lab, path: &str) {
    assert_eq!(lab.there().text(path), None, "{:?}", lab.dialect());
}

fn here_is(lab: &Lab, lines: &[&str]) {
    let shown = lab.here().shows();
    let below: Vec<&str> =
        shown.iter().map(String::as_str).filter(|line| line.starts_with('S')).collect();
    assert_eq!(below, lines, "here, {:?}", lab.dialect());
}

#[test]
fn testpermissions_what_may_not_be_removed_is_restored() {
    with_ids(|lab| {
        shared(lab, "SRNVCKW");
        lab.here().remove("S/s1");
        let asked = lab.ends("");
        assert_eq!((asked.deleted, asked.get), (0, 1));
    });
}

#[test]
fn testpermissions_what_may_be_removed_is() {
    with_ids(|lab| {
        shared(lab, "SRD");
        lab.here().remove("S/s1");
        let asked = lab.ends("-S/s1");
        assert_eq!((asked.deleted, asked.work()), (1, 1));
    });
}

#[test]
fn testpermissions_an_edit_of_a_read_only_file_is_kept_beside_it() {
    with_ids(|lab| {
        shared(lab, READ_ONLY);
        lab.here().write("S/s1", "mine");
        lab.asked();
        left(lab);
        let asked = lab.asked();
        assert_eq!((asked.put, asked.mkcol, asked.deleted), (0, 0, 0));
        there_is(lab, &["S/s1", "S/s2"]);
        here_is(lab, &["S/s1", "S/s1!=mine", "S/s2"]);
    });
}

/// The empty text is no right at all (oCIS, protocol.md 3.3), not a missing one.
#[test]
fn testpermissions_without_any_letter_nothing_may_be_done() {
    let lab = Lab::start(Dialect::Ocis);
    for path in ["S", "S/s1", "S/s2"] {
        lab.there().letters(path, Some(""));
    }
    lab.syncs();
    lab.here().write("S/s1", "mine");
    lab.here().write("S/new", "mine");
    lab.here().remove("S/s2");
    lab.asked();
    left(&lab);
    let asked = lab.asked();
    assert_eq!((asked.put, asked.other, asked.mkcol, asked.deleted), (0, 0, 0, 0));
    there_is(&lab, &["S/s1", "S/s2"]);
    here_is(&lab, &["S/new=mine", "S/s1", "S/s1!=mine", "S/s2"]);
}

#[test]
fn testpermissions_an_edit_that_is_allowed_goes_out() {
    with_ids(|lab| {
        shared(lab, "SRW");
        lab.here().write("S/s1", "mine");
        let asked = lab.ends("-S/s1 +S/s1=mine");
        assert_eq!((asked.put, asked.deleted), (1, 0));
    });
}

#[test]
fn testpermissions_new_things_in_a_writable_folder_go_out() {
    with_ids(|lab| {
        shared(lab, "SRDNVCKW");
        lab.here().write("S/new/deep", "mine");
        lab.ends("+S/new/deep=mine");
    });
}

#[test]
fn testpermissions_new_things_in_a_read_only_folder_stay_here() {
    with_ids(|lab| {
        shared(lab, READ_ONLY);
        lab.here().write("S/new", "mine");
        lab.here().write("S/d/deep", "mine");
        lab.here().write("A/new", "goes");
        lab.asked();
        left(lab);
        assert_eq!((lab.asked().put, lab.there().text("A/new").as_deref()), (1, Some("goes")));
        there_is(lab, &["S/s1", "S/s2"]);
        here_is(lab, &["S/d/deep=mine", "S/new=mine", "S/s1", "S/s2"]);
        // They go out as soon as they may.
        lettered(lab, Some("SRDNVCKW"));
        lab.ends("+A/new=goes +S/new=mine +S/d/deep=mine");
    });
}

#[test]
fn testpermissions_a_read_only_folder_that_is_removed_here_is_restored() {
    with_ids(|lab| {
        lab.there().write("S/ro/file", "file");
        shared(lab, "SRNV");
        lab.here().remove("S/ro");
        let asked = lab.ends("+S/ro/file");
        assert_eq!(asked.deleted, 0);
    });
}

/// Out of a folder that may not be left: a copy goes, the original comes back.
#[test]
fn testpermissions_a_dir_moved_out_of_a_read_only_one_is_copied() {
    with_ids(|lab| {
        lab.there().write("S/sub/file", "file");
        shared(lab, "SR");
        lab.here().rename("S/sub", "A/sub");
        let asked = lab.ends("+S/sub/file +A/sub/file");
        assert_eq!((asked.moved, asked.deleted), (0, 0));
    });
}

/// The peers restore the old name and keep the new one as something not
/// uploaded; ours holds the new name until it stands in the way.
#[test]
fn testpermissions_a_rename_in_a_read_only_folder_is_held() {
    with_ids(|lab| {
        lab.there().write("S/sub/file", "file");
        shared(lab, "SR");
        lab.here().rename("S/sub", "S/renamed");
        lab.asked();
        left(lab);
        assert_eq!(lab.asked().moved, 0);
        there_is(lab, &["S/s1", "S/s2", "S/sub/file"]);
        here_is(lab, &["S/renamed/file", "S/s1", "S/s2"]);
        // What happens to it there goes on all the same.
        owner_writes(lab, "S/sub/file", "edited", "SR");
        left(lab);
        here_is(lab, &["S/renamed/file=edited", "S/s1", "S/s2"]);
    });
}

#[test]
fn testpermissions_a_move_into_a_read_only_folder_is_held() {
    with_ids(|lab| {
        shared(lab, READ_ONLY);
        lab.here().rename("A/a1", "S/a1");
        lab.asked();
        left(lab);
        assert_eq!((lab.asked().moved, lab.there().text("A/a1").as_deref()), (0, Some("a1")));
        there_is(lab, &["S/s1", "S/s2"]);
        assert_eq!(lab.here().text("S/a1").as_deref(), Some("a1"), "it stays where it was put");
    });
}

/// The peers make a conflict file each time. One copy is enough while it
/// cannot be uploaded (amendment 16): the next edit stays in its place.
#[test]
fn testpermissions_repeated_edits_make_one_copy() {
    with_ids(|lab| {
        shared(lab, READ_ONLY);
        for text in ["first", "second", "third"] {
            lab.here().write("S/s1", text);
            left(lab);
        }
        there_is(lab, &["S/s1", "S/s2"]);
        here_is(lab, &["S/s1!=first", "S/s1=third", "S/s2"]);
        owner_writes(lab, "S/s1", "theirs", READ_ONLY);
        left(lab);
        let here = lab.here().shows();
        assert!(here.contains("S/s1=theirs"), "{here:?}");
        assert!(here.iter().any(|line| line.ends_with("=third")), "nothing is lost: {here:?}");
    });
}

/// Each right alone: without it nothing of its kind is asked of the server.
#[test]
fn testpermissions_forbidden_moves() {
    // What is missing, from, to.
    let cases = [
        ("no rename", "SRVCKW", "S/s1", "S/renamed"),
        ("no rename", "SRVCKW", "S/sub", "S/zrenamed"),
        ("no move", "SRNCKW", "S/s1", "A/away"),
        ("no move", "SRNCKW", "S/sub", "A/zaway"),
        ("no new files", "SRDNVKW", "A/a1", "S/a1"),
        ("no new folders", "SRDNVCW", "B", "S/B"),
    ];
    for (what, letters, from, to) in cases {
        with_ids(|lab| {
            lab.there().write("S/sub/file", "file");
            shared(lab, letters);
            let before = lab.there().shows();
            lab.here().rename(from, to);
            lab.asked();
            let report = lab.runs().unwrap();
            let asked = lab.asked();
            assert_eq!((asked.moved, asked.deleted), (0, 0), "{what} {report:#?}");
            let there = lab.there().shows();
            assert!(there.is_superset(&before), "{what}: {there:?}");
            let text = lab.here().shows();
            assert!(text.iter().any(|line| line.starts_with(to)), "{what}: it stays: {text:?}");
        });
    }
}

/// As the peers do.
#[test]
fn testpermissions_a_forbidden_rename_is_an_upload_and_a_deletion_where_those_are_allowed() {
    with_ids(|lab| {
        shared(lab, "SRDVCKW");
        lab.here().rename("S/s1", "S/renamed");
        let asked = lab.ends("-S/s1 +S/renamed=s1");
        assert_eq!((asked.moved, asked.put, asked.deleted), (0, 1, 1));
    });
}

/// Issue 7293 of ownCloud's client: moved out of a folder from which nothing
/// may be deleted, though it may be moved.
#[test]
fn testpermissions_7293_an_allowed_move_and_a_forbidden_deletion() {
    with_ids(|lab| {
        lab.there().write("S/sub/file", "file");
        shared(lab, "SRNV");
        lab.here().rename("S/sub", "A/sub");
        lab.here().remove("S/s1");
        let asked = lab.ends("+A/sub/file");
        assert_eq!((asked.moved, asked.deleted), (1, 0));
    });
}

/// Nextcloud's client makes folders read-only on the disk and must undo that.
/// Here the letters are asked each time, and nothing is left of the old ones.
#[test]
fn testpermissions_rights_that_come_and_go_are_followed_each_time() {
    with_ids(|lab| {
        shared(lab, "SRM");
        for (number, text) in ["first", "second"].into_iter().enumerate() {
            lab.here().write(&format!("S/new{number}"), text);
            left(lab);
            there_is_none(lab, &format!("S/new{number}"));
            lettered(lab, Some("SRMDNVCKW"));
            lab.syncs();
            assert_eq!(lab.there().text(&format!("S/new{number}")).as_deref(), Some(text));
            lab.here().rename(&format!("S/new{number}"), &format!("S/renamed{number}"));
            lab.here().write("S/s1", text);
            let (_, asked) = lab.syncs();
            assert_eq!((asked.moved, asked.put), (1, 1), "{:?}", lab.dialect());
            lettered(lab, Some("SRM"));
            lab.syncs();
        }
        there_is(lab, &["S/renamed0=first", "S/renamed1=second", "S/s1=second", "S/s2"]);
        assert_eq!(lab.here().shows(), lab.there().shows());
    });
}

/// Read-only below writable below read-only, whose owner renames in all of
/// them; then the rights change places.
#[test]
fn testpermissions_a_hierarchy_of_rights_follows_its_owner() {
    with_ids(|lab| {
        let (closed, open) = (told(lab.dialect(), "SR"), told(lab.dialect(), "SRDNVCKW"));
        lab.there().write("S/ro/file", "file");
        lab.there().write("S/ro/rw/file", "file");
        lab.there().write("S/ro/rw/ro/file", "file");
        let rights = |one: &str, other: &str, renamed: bool| {
            let [ro, rw, deep] = match renamed {
                false => ["S/ro", "S/ro/rw", "S/ro/rw/ro"],
                true => ["S/ro", "S/ro/rw2", "S/ro/rw2/ro2"],
            };
            for (folder, letters) in [(ro, one), (rw, other), (deep, one)] {
                lab.there().letters(folder, Some(letters));
                let file = if renamed { "file2" } else { "file" };
                lab.there().letters(&format!("{folder}/{file}"), Some(letters));
            }
        };
        rights(&closed, &open, false);
        lab.syncs();

        lettered(lab, None);
        for (from, to) in [
            ("S/ro/rw/ro/file", "S/ro/rw/ro/file2"),
            ("S/ro/rw/ro", "S/ro/rw/ro2"),
            ("S/ro/rw/file", "S/ro/rw/file2"),
            ("S/ro/rw", "S/ro/rw2"),
            ("S/ro/file", "S/ro/file2"),
        ] {
            lab.there().rename(from, to);
        }
        rights(&closed, &open, true);
        let (_, asked) = lab.syncs();
        assert_eq!(asked.work(), 0, "renames move no bytes: {asked:?}");
        let files = ["S/ro/file2=file", "S/ro/rw2/file2=file", "S/ro/rw2/ro2/file2=file"];
        here_is(lab, &[files[0], files[1], files[2], "S/s1", "S/s2"]);

        // Something new goes only where it may: first in the middle one, ...
        for folder in ["S/ro", "S/ro/rw2", "S/ro/rw2/ro2"] {
            lab.here().write(&format!("{folder}/new"), "new");
        }
        let goes = |folder: &str| lab.there().text(&format!("{folder}/new")).is_some();
        left(lab);
        assert_eq!(["S/ro", "S/ro/rw2", "S/ro/rw2/ro2"].map(goes), [false, true, false]);
        // ... and then in the two others.
        rights(&open, &closed, true);
        lab.here().write("S/ro/rw2/new2", "new");
        left(lab);
        assert_eq!(["S/ro", "S/ro/rw2", "S/ro/rw2/ro2"].map(goes), [true; 3]);
        there_is_none(lab, "S/ro/rw2/new2");
        lettered(lab, None);
        lab.syncs();
        assert_eq!(lab.here().shows(), lab.there().shows());
    });
}
