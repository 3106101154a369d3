//! testsyncmove: things change their places, on one side or on both.
//!
//! Ours differ from the peers' in this: a moved and edited file keeps its
//! identity (one MOVE and one PUT, not an upload and a deletion); of two places
//! for one thing the server's wins. Without ids (plain WebDAV) what moved on
//! the server is a new file there, and the old one is gone; so the counts are
//! those of the families with ids, and the trees those of all.

use navette::cloud::{Dialect, Fate};
use navette::disk::sim::SimConfig;
use navette::report::End;
use navette::server::ServerErrorKind as Failed;

use crate::lab::{Lab, on_all, with_ids};

/// Issue 5192 of ownCloud's client.
#[test]
fn testsyncmove_5192_a_remote_edit_in_a_remotely_moved_folder() {
    on_all(|lab| {
        lab.there().rename("A", "D");
        lab.there().write("D/a1", "edited");
        let asked = lab.ends("-A/a1 -A/a2 +D/a1=edited +D/a2");
        assert_eq!((asked.put, asked.deleted), (0, 0));
        assert!(!lab.has_ids() || asked.get == 1, "{asked:?}");
    });
}

#[test]
fn testsyncmove_a_local_move_is_a_move_and_nothing_else() {
    on_all(|lab| {
        lab.here().rename("A/a1", "A/a1m");
        lab.here().rename("B/b1", "C/b1m");
        let asked = lab.ends("-A/a1 +A/a1m=a1 -B/b1 +C/b1m=b1");
        assert_eq!((asked.moved, asked.work()), (2, 2));
    });
}

/// Size and date, date and content, size and content, content alone.
#[test]
fn testsyncmove_a_local_move_with_a_change() {
    on_all(|lab| {
        for (name, text, touched) in
            [("A/a1", "longer", true), ("A/a2", "2a", true), ("B/b1", "longer", false)]
        {
            lab.here().rename(name, &format!("{name}m"));
            lab.here().write(&format!("{name}m"), text);
            if touched {
                lab.here().touch(&format!("{name}m"), 1_600_000_000);
            }
        }
        let asked = lab.ends("-A/a1 +A/a1m=longer -A/a2 +A/a2m=2a -B/b1 +B/b1m=longer");
        assert_eq!((asked.moved, asked.put, asked.deleted), (3, 3, 0));
    });
}

#[test]
fn testsyncmove_content_alone_is_seen_by_the_time_of_change() {
    on_all(|lab| {
        lab.here().rename("A/a1", "A/a1m");
        lab.here().touch("A/a1m", 1_600_000_000);
        lab.syncs();
        lab.here().write("A/a1m", "1a");
        lab.here().touch("A/a1m", 1_600_000_000);
        let asked = lab.ends("-A/a1 +A/a1m=1a");
        assert_eq!((asked.put, asked.deleted), (1, 0));
    });
}

/// The same size, the same date, and other bytes at another place.
#[test]
fn testsyncmove_a_local_move_with_other_bytes_under_the_same_date() {
    on_all(|lab| {
        lab.here().touch("A/a1", 1_600_000_000);
        lab.syncs();
        lab.here().rename("A/a1", "B/a1m");
        lab.here().write("B/a1m", "1a");
        lab.here().touch("B/a1m", 1_600_000_000);
        let asked = lab.ends("-A/a1 +B/a1m=1a");
        assert_eq!((asked.moved, asked.put, asked.deleted), (1, 1, 0));
    });
}

#[test]
fn testsyncmove_touched_and_moved_on_one_side() {
    with_ids(|lab| {
        for (one, _) in lab.sides() {
            one.rename("A/a1", "A/a1m");
            one.touch("A/a1m", 1_600_000_000);
            let asked = lab.ends("-A/a1 +A/a1m=a1");
            assert_eq!((asked.put, asked.deleted), (0, 0));
            one.rename("A/a1m", "A/a1");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncmove_touched_on_one_side_and_moved_on_the_other() {
    with_ids(|lab| {
        for (one, other) in lab.sides() {
            one.touch("A/a1", 1_600_000_000);
            other.rename("A/a1", "A/a1m");
            let asked = lab.ends("-A/a1 +A/a1m=a1");
            assert_eq!((asked.put, asked.deleted), (0, 0));
            other.rename("A/a1m", "A/a1");
            lab.ends("");
        }
    });
}

/// The edit follows the file, not the name.
#[test]
fn testsyncmove_edited_here_moved_and_made_again_there() {
    with_ids(|lab| {
        lab.here().write("A/a1", "edited");
        lab.there().rename("A/a1", "A/a1m");
        lab.there().write("A/a1", "another");
        lab.ends("-A/a1 +A/a1m=edited +A/a1=another");
    });
}

#[test]
fn testsyncmove_something_new_where_the_other_side_moves_to() {
    with_ids(|lab| {
        lab.here().write("C/x", "mine");
        lab.there().rename("C/c1", "C/x");
        lab.there().write("B/x", "theirs");
        lab.here().rename("B/b1", "B/x");
        lab.ends("-C/c1 +C/x=c1 +C/x!=mine -B/b1 +B/x=theirs +B/x!=b1");
    });
}

#[test]
fn testsyncmove_one_file_to_two_names() {
    with_ids(|lab| {
        lab.here().rename("A/a1", "A/mine");
        lab.there().rename("A/a1", "A/theirs");
        lab.here().rename("B/b1", "C/b1");
        lab.there().rename("B/b1", "S/b1");
        let asked = lab.ends("-A/a1 +A/theirs=a1 -B/b1 +S/b1");
        assert_eq!(asked.work(), 0, "the server's place wins, and no byte moves");
    });
}

#[test]
fn testsyncmove_one_folder_to_two_names() {
    with_ids(|lab| {
        lab.here().rename("A", "mine");
        lab.there().rename("A", "theirs");
        lab.here().write("mine/new", "new");
        let asked = lab.ends("-A/a1 -A/a2 +theirs/a1 +theirs/a2 +theirs/new");
        assert_eq!((asked.put, asked.work()), (1, 1));
    });
}

#[test]
fn testsyncmove_a_folder() {
    with_ids(|lab| {
        for (one, _) in lab.sides() {
            one.rename("A", "B/A");
            let asked = lab.ends("-A/a1 -A/a2 +B/A/a1 +B/A/a2");
            assert!(asked.work() <= 1 && asked.work() == asked.moved, "{asked:?}");
            one.rename("B/A", "A");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncmove_a_folder_with_an_edit_in_it_on_the_same_side() {
    on_all(|lab| {
        lab.here().rename("A", "AM");
        lab.here().write("AM/a1", "edited");
        let asked = lab.ends("-A/a1 -A/a2 +AM/a1=edited +AM/a2");
        assert_eq!((asked.moved, asked.put, asked.deleted), (1, 1, 0));
    });
}

#[test]
fn testsyncmove_a_folder_with_an_edit_in_it_on_the_other_side() {
    with_ids(|lab| {
        for (one, other) in lab.sides() {
            one.rename("A", "AM");
            other.write("A/a1", "edited");
            lab.ends("-A/a1 -A/a2 +AM/a1=edited +AM/a2");
            one.rename("AM", "A");
            one.write("A/a1", "a1");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncmove_a_folder_with_edits_in_it_on_both_sides() {
    with_ids(|lab| {
        lab.here().rename("A", "AM");
        lab.here().write("AM/a1", "mine");
        lab.there().write("A/a1", "theirs");
        lab.ends("-A/a1 -A/a2 +AM/a1=theirs +AM/a1!=mine +AM/a2");
    });
}

#[test]
fn testsyncmove_a_folder_and_what_is_in_it_at_once() {
    with_ids(|lab| {
        for (one, _) in lab.sides() {
            one.rename("A", "AM");
            one.rename("AM/a1", "AM/a1m");
            one.rename("AM/a2", "a2m");
            let asked = lab.ends("-A/a1 -A/a2 +AM/a1m=a1 +a2m=a2");
            assert_eq!((asked.get, asked.put, asked.deleted), (0, 0, 0));
            one.rename("a2m", "AM/a2");
            one.rename("AM/a1m", "AM/a1");
            one.rename("AM", "A");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncmove_only_the_case_changes() {
    with_ids(|lab| {
        for (one, _) in lab.sides() {
            one.rename("A/a1", "A/A1");
            one.rename("B", "b");
            let asked = lab.ends("-A/a1 +A/A1=a1 -B/b1 -B/b2 +b/b1 +b/b2");
            assert_eq!((asked.get, asked.put, asked.deleted), (0, 0, 0));
            one.rename("A/A1", "A/a1");
            one.rename("b", "B");
            lab.ends("");
        }
    });
    // On a disk that takes both for one.
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let lab = Lab::on(dialect, SimConfig::macos());
        lab.there().write("A/a1", "a1");
        lab.syncs();
        lab.there().rename("A/a1", "A/A1");
        lab.syncs();
        assert!(lab.here().shows().contains("A/A1=a1"));
        lab.here().rename("A/A1", "A/a1");
        let (_, asked) = lab.syncs();
        assert_eq!((asked.moved, asked.work()), (1, 1));
        assert!(lab.there().shows().contains("A/a1"));
    }
}

#[test]
fn testsyncmove_touched_here_renamed_there_with_a_folder_at_the_old_name() {
    with_ids(|lab| {
        lab.here().touch("A/a1", 1_600_000_000);
        lab.there().rename("A/a1", "A/a1m");
        lab.there().mkdir("A/a1");
        lab.here().write("B/b1", "edited");
        lab.there().rename("B/b1", "B/b1m");
        lab.there().mkdir("B/b1");
        lab.ends("-A/a1 +A/a1m=a1 +A/a1/ -B/b1 +B/b1m=edited +B/b1/");
    });
}

/// Issue 6629 of ownCloud's client: a date that only the server changed.
#[test]
fn testsyncmove_6629_the_local_date_outlives_a_move() {
    with_ids(|lab| {
        lab.there().touch("A/a1", 1_600_000_000);
        lab.syncs();
        lab.here().rename("A/a1", "A/a1m");
        let asked = lab.ends("-A/a1 +A/a1m=a1");
        assert_eq!((asked.moved, asked.work()), (1, 1));
    });
}

/// Issue 6694 of ownCloud's client.
#[test]
fn testsyncmove_6694_inverted_hierarchies() {
    with_ids(|lab| {
        for (one, _) in lab.sides() {
            one.write("X/Y/file", "f");
            one.mkdir("X/Y/empty");
            lab.ends("+X/Y/file=f +X/Y/empty/");
            one.rename("X/Y", "Y");
            one.rename("X", "Y/X");
            let asked = lab.ends("+Y/file=f +Y/empty/ +Y/X/");
            assert_eq!((asked.get, asked.put, asked.deleted), (0, 0, 0));
            one.remove("Y");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncmove_deep_hierarchies() {
    with_ids(|lab| {
        for (one, _) in lab.sides() {
            one.write("D/1/2/3/4/deep", "d");
            one.write("D/1/2/3/file", "f");
            lab.ends("+D/1/2/3/4/deep=d +D/1/2/3/file=f");
            one.rename("D/1/2/3", "up");
            one.rename("D", "A/D");
            one.rename("up/4", "A/D/1/4");
            let asked = lab.ends("+A/D/1/4/deep=d +A/D/1/2/ +up/file=f");
            assert_eq!((asked.get, asked.put, asked.deleted), (0, 0, 0));
            one.remove("A/D");
            one.remove("up");
            lab.ends("");
        }
    });
}

#[test]
fn testsyncmove_a_folder_on_one_side_and_a_file_in_it_on_the_other() {
    with_ids(|lab| {
        for (one, other) in lab.sides() {
            // Before and behind the other folders, by name.
            one.rename("B", "0");
            other.rename("B/b1", "B/b1m");
            one.rename("C", "Z");
            other.rename("C/c1", "A/c1m");
            let asked = lab.ends("-B/b1 -B/b2 -C/c1 -C/c2 +0/b1m=b1 +0/b2 +Z/c2 +A/c1m=c1");
            assert_eq!((asked.get, asked.put, asked.deleted), (0, 0, 0));
            one.rename("0", "B");
            one.rename("B/b1m", "B/b1");
            one.rename("Z", "C");
            one.rename("A/c1m", "C/c1");
            lab.ends("");
        }
    });
}

/// What is deleted never goes before what was moved out of it.
#[test]
fn testsyncmove_deletions_never_run_before_moves() {
    on_all(|lab| {
        lab.here().rename("A/a1", "B/a1");
        lab.here().remove("A");
        lab.asked();
        lab.runs().unwrap();
        let heard = lab.heard();
        let when = |what: &str| heard.iter().position(|line| line.starts_with(what));
        assert!(when("MOVE").unwrap() < when("DELETE").unwrap(), "{heard:?}");
        lab.ends("-A/a1 -A/a2 +B/a1");
    });
}

#[test]
fn testsyncmove_a_move_that_fails_loses_nothing() {
    on_all(|lab| {
        for kind in [Failed::Status(500), Failed::Locked, Failed::Forbidden] {
            lab.here().rename("A/a1", "B/a1");
            lab.dooms("MOVE", "*", Fate::Fail(kind), 100);
            assert_eq!(lab.runs().unwrap().end, End::Unfinished);
            assert_eq!(lab.here().text("B/a1").as_deref(), Some("a1"));
            assert_eq!(lab.there().text("A/a1").as_deref(), Some("a1"));
            lab.heals();
            lab.ends("-A/a1 +B/a1");
            lab.here().rename("B/a1", "A/a1");
            lab.ends("");
        }
    });
}
