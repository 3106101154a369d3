//! The traps of the protocol that an engine can fall into, each with a test of
//! its number. Those that the client's wire alone meets are tested there; the
//! table in `docs/SERVERS.md` names the test of each.

use navette::cloud::request::{Conditions, Put, SentDate};
use navette::cloud::{Blob, Cloud, Dialect, Fate};
use navette::disk::sim::SimConfig;
use navette::event::Cause;
use navette::model::{Digest, RelPath};
use navette::report::End;
use navette::server::ServerErrorKind;

use crate::lab::{Lab, on_all, with_ids};

/// Somebody else's client writes a file, with a date and a checksum of its own.
fn put(lab: &Lab, path: &str, text: &str, date: i64, checksum: Option<String>) {
    put_in(&mut lab.world.cloud().lock(), path, text, date, checksum);
}

fn put_in(cloud: &mut Cloud, path: &str, text: &str, date: i64, checksum: Option<String>) {
    let put = Put {
        blob: Blob::new(text.to_owned()),
        date: Some(SentDate::Seconds(date)),
        checksum,
        conditions: Conditions::none(),
    };
    cloud.put("u", &RelPath::parse(path).unwrap(), &put).unwrap();
}

#[test]
fn trap_02_a_new_file_overwrites_nothing_that_somebody_made_meanwhile() {
    on_all(|lab| {
        lab.here().write("A/new", "mine");
        let method = lab.guarded_by("PUT");
        lab.meanwhile(method, "A/new", |cloud| {
            cloud.user("u").write("A/new", "theirs").unwrap();
        });
        lab.ends("+A/new=theirs +A/new!=mine");
    });
}

#[test]
fn trap_04_a_checksum_that_the_server_did_not_verify_proves_nothing() {
    let lab = Lab::start(Dialect::Nextcloud);
    lab.here().write("A/new", "mine");
    let lie = format!("SHA1:{}", Digest::of(b"mine").sha1.unwrap());
    put(&lab, "A/new", "theirs", 1_600_000_000, Some(lie));
    lab.ends("+A/new=theirs +A/new!=mine");
}

/// 1901, 1970, the first day, and beyond 32 bits.
#[test]
fn trap_09_a_date_that_servers_fail_on_hinders_no_upload() {
    on_all(|lab| {
        let dates = [-2_177_452_800, -1, 0, 1, 86_400, 4_294_967_296, 4_320_000_000];
        let mut ends = String::new();
        for (number, date) in dates.into_iter().enumerate() {
            lab.here().write(&format!("A/{number}"), "text");
            lab.here().touch(&format!("A/{number}"), date);
            ends += &format!(" +A/{number}=text");
        }
        let asked = lab.ends(&ends);
        assert_eq!(asked.put, 7, "none is sent twice");
    });
}

/// Composed and decomposed: one file for Nextcloud and ownCloud 10, two for
/// oCIS and file systems. Either way no text is lost, and there is an end.
#[test]
fn trap_10_two_spellings_of_one_name_lose_nothing() {
    on_all(|lab| {
        lab.here().write("A/caf\u{e9}", "composed");
        lab.syncs();
        lab.here().write("A/cafe\u{301}", "decomposed");
        for _ in 0..3 {
            lab.runs().unwrap();
        }
        let both = [lab.here().shows(), lab.there().shows()];
        for text in ["composed", "decomposed"] {
            let kept =
                both.iter().any(|side| side.iter().any(|line| line.ends_with(&format!("={text}"))));
            assert!(kept, "{text} on {:?}: {both:#?}", lab.dialect());
        }
        lab.asked();
        lab.runs().unwrap();
        let asked = lab.asked();
        assert_eq!((asked.get, asked.moved, asked.deleted, asked.mkcol), (0, 0, 0, 0));
    });
}

/// Somebody overwrites a file within the second of its date: same date, same
/// length, and on three families the same etag. The folder's etag tells.
#[test]
fn trap_13_an_overwrite_that_leaves_no_trace_in_the_etag_arrives() {
    with_ids(|lab| {
        lab.there().write("A/other", "other");
        let first = |cloud: &mut Cloud| put_in(cloud, "A/new", "first!", cloud.now(), None);
        lab.meanwhile("PROPFIND", "A", first);
        lab.runs().unwrap();
        let date = lab.world.cloud().lock().look("u", &lab.path("A/new")).unwrap().date;
        put(lab, "A/new", "second", date, None);
        lab.ends("+A/other +A/new=second");
    });
}

/// The same long after its date: where the server computes checksums, they tell.
#[test]
fn trap_13_an_old_date_used_twice_is_seen_by_the_checksum() {
    for dialect in [Dialect::OwnCloud10, Dialect::Ocis] {
        let lab = Lab::start(dialect);
        put(&lab, "A/new", "first!", 1_600_000_000, None);
        lab.ends("+A/new=first!");
        put(&lab, "A/new", "second", 1_600_000_000, None);
        lab.ends("+A/new=second");
    }
}

/// oCIS fails for good at the third overwrite under one date. So each further
/// edit under one date goes out under the next second.
#[test]
fn trap_14_an_edit_that_keeps_its_date_arrives() {
    on_all(|lab| {
        let mut dates = Vec::new();
        for text in ["one", "two", "three", "four"] {
            lab.here().write("A/a1", text);
            lab.here().touch("A/a1", 1_600_000_000);
            lab.ends(&format!("-A/a1 +A/a1={text}"));
            dates.push(lab.world.cloud().lock().look("u", &lab.path("A/a1")).unwrap().date);
        }
        if lab.has_ids() {
            assert_eq!(dates, [0, 1, 2, 3].map(|second| 1_600_000_000 + second));
        }
    });
}

/// An older version that is brought back here keeps its own date.
#[test]
fn trap_14_an_older_date_is_kept() {
    with_ids(|lab| {
        for (text, date) in [("new", 1_600_000_000), ("old", 1_500_000_000)] {
            lab.here().write("A/a1", text);
            lab.here().touch("A/a1", date);
            lab.ends(&format!("-A/a1 +A/a1={text}"));
            let there = lab.world.cloud().lock().look("u", &lab.path("A/a1")).unwrap();
            assert_eq!(there.date, date);
        }
    });
}

/// The overwrite of trap 13 while an edit is made here: it is read before
/// anything is written over it, and both versions stay.
#[test]
fn trap_13_an_edit_here_does_not_bury_what_the_etag_hides() {
    with_ids(|lab| {
        lab.there().write("A/other", "other");
        let first = |cloud: &mut Cloud| put_in(cloud, "A/new", "first!", cloud.now(), None);
        lab.meanwhile("PROPFIND", "A", first);
        lab.runs().unwrap();
        let date = lab.world.cloud().lock().look("u", &lab.path("A/new")).unwrap().date;
        put(lab, "A/new", "second", date, None);
        lab.here().write("A/new", "mine");
        lab.ends("+A/other +A/new=second +A/new!=mine");
    });
}

/// oCIS still works on what somebody has uploaded (425): it waits, and comes later.
#[test]
fn what_the_server_still_works_on_waits_and_comes_later() {
    let lab = Lab::start(Dialect::Ocis);
    lab.there().write("A/new", "scanned");
    lab.there().write("A/other", "other");
    lab.dooms("GET", "A/new", Fate::Fail(ServerErrorKind::Locked), 3);
    let report = lab.runs().unwrap();
    let held: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
    assert_eq!((report.end, held), (End::Unfinished, vec![("A/new", &Cause::Locked)]));
    assert_eq!(lab.here().text("A/other").as_deref(), Some("other"));
    let asked = lab.ends("+A/new=scanned +A/other");
    assert_eq!((asked.get, asked.put, asked.deleted), (1, 0, 0));
}

#[test]
fn trap_15_a_deletion_and_a_move_spare_what_somebody_changed_meanwhile() {
    on_all(|lab| {
        lab.here().remove("A/a1");
        let method = lab.guarded_by("DELETE");
        lab.meanwhile(method, "A/a1", |cloud| {
            cloud.user("u").write("A/a1", "theirs").unwrap();
        });
        lab.ends("-A/a1 +A/a1=theirs");
        lab.here().rename("B/b1", "C/b1");
        let method = lab.guarded_by("MOVE");
        lab.meanwhile(method, "B/b1", |cloud| {
            cloud.user("u").write("B/b1", "edited").unwrap();
        });
        lab.ends("-A/a1 +A/a1=theirs -B/b1 +C/b1=edited");
    });
}

#[test]
fn trap_16_what_is_locked_there_waits_and_everything_else_goes_on() {
    on_all(|lab| {
        let lock = |path: &str, locked: bool| {
            lab.world.cloud().lock().user("u").lock(path, locked).unwrap();
        };
        for path in ["A/a1", "B/b1", "C/c1"] {
            lock(path, true);
        }
        lab.here().write("A/a1", "mine");
        lab.here().remove("B/b1");
        lab.here().rename("C/c1", "C/c1m");
        lab.here().write("S/new", "goes");
        let report = lab.runs().unwrap();
        assert_eq!(report.end, End::Unfinished);
        let locked = report.items.iter().filter(|item| item.cause == Cause::Locked);
        assert_eq!(locked.count(), 3, "{:?}", report.items);
        assert_eq!(lab.there().text("S/new").as_deref(), Some("goes"));
        for path in ["A/a1", "B/b1", "C/c1"] {
            lock(path, false);
        }
        lab.ends("-A/a1 +A/a1=mine -B/b1 -C/c1 +C/c1m=c1 +S/new=goes");
    });
}

/// The prefix that a cut upload leaves on Nextcloud is our own, and nobody's edit.
#[test]
fn trap_17_a_cut_overwrite_is_sent_again_and_never_fetched() {
    on_all(|lab| {
        for length in [0, 1, 5] {
            let text = format!("an-edit-cut-after-{length}");
            lab.here().write("A/a1", &text);
            lab.dooms("PUT", "A/a1", Fate::CutBody(length), 1);
            lab.ends(&format!("-A/a1 +A/a1={text}"));
        }
    });
}

/// ownCloud 10 takes a name of up to 249 bytes from a MOVE, and then never
/// overwrites it: such a name is held here, and said, before it comes to that.
#[test]
fn owncloud10_a_name_too_long_to_be_overwritten_is_not_given_there() {
    let lab = Lab::start(Dialect::OwnCloud10);
    let long = format!("A/{}", "n".repeat(240));
    lab.here().rename("A/a1", &long);
    lab.here().write("B/new", "goes");
    let report = lab.runs().unwrap();
    assert_eq!(report.end, End::Unfinished);
    assert!(report.items.iter().any(|item| item.path == long), "{:?}", report.items);
    assert_eq!(lab.here().text(&long).as_deref(), Some("a1"));
    assert_eq!(lab.there().text("A/a1").as_deref(), Some("a1"));
    assert_eq!(lab.there().text("B/new").as_deref(), Some("goes"));
}

/// ownCloud 10 does not list the date of 1970.
#[test]
fn owncloud10_a_file_without_a_date_is_a_file() {
    with_ids(|lab| {
        put(
            lab,
            "A/new",
            "old",
            if lab.dialect() == Dialect::Nextcloud { 86_401 } else { 0 },
            None,
        );
        lab.ends("+A/new=old");
        lab.here().write("A/new", "edited");
        lab.ends("+A/new=edited");
    });
}

/// A condition on a folder never holds there; the folder moves and dies all the
/// same, unless it is another one by now.
#[test]
fn owncloud10_folders_move_and_die_though_no_condition_holds_for_them() {
    with_ids(|lab| {
        lab.here().rename("A", "D");
        lab.here().remove("B");
        let asked = lab.ends("-A/a1 -A/a2 +D/a1 +D/a2 -B/b1 -B/b2");
        assert_eq!((asked.get, asked.put), (0, 0));
    });
}

/// A disk that does not tell cases apart would open our own folder by these names.
#[test]
fn folders_of_the_server_that_a_disk_takes_for_ours_stay_there() {
    for dialect in Dialect::ALL {
        let lab = Lab::on(dialect, SimConfig::macos());
        let spellings = [".NAVETTE/marker", ".Navette/staging/1.new", ".nav\u{200c}ette/lock"];
        for path in spellings {
            lab.there().write(path, "evil");
        }
        lab.there().write("A/a1", "a1");
        let (report, _) = lab.syncs();
        assert_eq!(report.end, End::Equal, "{report:?}");
        assert_eq!(lab.here().text("A/a1").as_deref(), Some("a1"));
        for path in spellings {
            assert_ne!(lab.here().text(path).as_deref(), Some("evil"), "{path}");
            assert_eq!(lab.there().text(path).as_deref(), Some("evil"), "{path}");
        }
    }
}
