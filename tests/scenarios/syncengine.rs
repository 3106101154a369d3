//! testsyncengine: single things go up and down, and what fails fails alone.
//!
//! Two lines of the peers' have no counterpart here: Navette has no selection
//! of folders yet (the planner's part of it is proved in `tests/plan/wide.rs`),
//! and never aborts uploads of the old kind, because it never makes any.

use navette::cloud::{Dialect, Fate};
use navette::event::Cause;
use navette::model::RelPath;
use navette::report::End;
use navette::server::ServerErrorKind as Failed;

use crate::lab::{Lab, on_all};

/// The cause that the report gives for a path.
fn cause(report: &navette::report::Report, path: &str) -> Option<Cause> {
    report.items.iter().find(|item| item.path == path).map(|item| item.cause.clone())
}

#[test]
fn testsyncengine_file_download() {
    on_all(|lab| {
        lab.there().write("B/b3", "new");
        let asked = lab.ends("+B/b3=new");
        assert_eq!((asked.get, asked.put, asked.mkcol), (1, 0, 0));
    });
}

#[test]
fn testsyncengine_file_upload() {
    on_all(|lab| {
        lab.here().write("B/b3", "new");
        let asked = lab.ends("+B/b3=new");
        assert_eq!((asked.put, asked.mkcol, asked.deleted), (1, 0, 0));
    });
}

#[test]
fn testsyncengine_dir_download() {
    on_all(|lab| {
        lab.there().mkdir("Y/empty/deeper");
        lab.there().write("Y/d/y1", "one");
        let asked = lab.ends("+Y/empty/deeper/ +Y/d/y1=one");
        assert_eq!((asked.get, asked.put, asked.mkcol), (1, 0, 0));
    });
}

#[test]
fn testsyncengine_dir_upload() {
    on_all(|lab| {
        lab.here().mkdir("Y/empty/deeper");
        lab.here().write("Y/d/y1", "one");
        let asked = lab.ends("+Y/empty/deeper/ +Y/d/y1=one");
        assert_eq!((asked.get, asked.put, asked.mkcol), (0, 1, 4));
    });
}

#[test]
fn testsyncengine_local_delete() {
    on_all(|lab| {
        lab.here().remove("A/a1");
        lab.here().remove("B");
        let asked = lab.ends("-A/a1 -B/b1 -B/b2");
        assert_eq!(
            (asked.deleted, asked.get, asked.put),
            (2, 0, 0),
            "a folder goes in one request"
        );
    });
}

#[test]
fn testsyncengine_remote_delete() {
    on_all(|lab| {
        lab.there().remove("A/a1");
        lab.there().remove("B");
        let asked = lab.ends("-A/a1 -B/b1 -B/b2");
        assert_eq!(asked.work(), 0);
    });
}

/// The peers look at the bytes of `.eml` files only; Navette at those of all.
#[test]
fn testsyncengine_eml_touched_without_a_change_is_not_uploaded() {
    on_all(|lab| {
        lab.here().write("B/mail.eml", "mail");
        lab.ends("+B/mail.eml=mail");
        for date in [1_500_000_000, 1_600_000_000] {
            lab.here().touch("B/mail.eml", date);
            let asked = lab.ends("+B/mail.eml=mail");
            assert_eq!(asked.work(), 0);
        }
    });
}

#[test]
fn testsyncengine_a_failed_mkcol_keeps_back_only_what_is_in_it() {
    on_all(|lab| {
        lab.here().write("N/inside", "waits");
        lab.here().write("B/b3", "goes");
        lab.dooms("MKCOL", "N", Fate::Fail(Failed::Status(500)), 100);
        assert_eq!(lab.runs().unwrap().end, End::Unfinished);
        let heard = lab.heard();
        assert!(!heard.contains(&"PUT N/inside".to_owned()), "{heard:?}");
        assert_eq!(lab.there().text("B/b3").as_deref(), Some("goes"));
        lab.heals();
        lab.ends("+N/inside=waits +B/b3=goes");
    });
}

/// The folder's version says that nothing changed; what is missing is known all
/// the same, since observation and agreement are kept apart.
#[test]
fn testsyncengine_dir_download_with_one_get_error_keeps_the_rest_and_retries() {
    on_all(|lab| {
        for name in ["Y/y1", "Y/y2", "Y/d/y3"] {
            lab.there().write(name, "new");
        }
        lab.dooms("GET", "Y/y1", Fate::Fail(Failed::Status(500)), 100);
        assert_eq!(lab.runs().unwrap().end, End::Unfinished);
        let shown = lab.here().shows();
        assert!(shown.contains("Y/y2=new") && shown.contains("Y/d/y3=new"), "{shown:?}");
        lab.heals();
        lab.asked();
        let asked = lab.ends("+Y/y1=new +Y/y2=new +Y/d/y3=new");
        assert_eq!(asked.get, 1, "the others are not fetched again");
    });
}

/// The same bytes on both sides, whatever their dates: never a conflict, never
/// an upload; at most one reading. (Same size and date and other bytes, where
/// no checksum tells: that is `tests/engine/presumed.rs`.)
#[test]
fn testsyncengine_fake_conflict() {
    for dialect in Dialect::ALL {
        for same_date in [true, false] {
            for text in ["equal", "another"] {
                let lab = Lab::start(dialect);
                lab.there().write("A/new", "equal");
                lab.here().write("A/new", text);
                if same_date {
                    let date = lab.world.cloud().lock().now();
                    lab.here().touch("A/new", date);
                }
                if text == "equal" {
                    let asked = lab.ends("+A/new=equal");
                    assert!(asked.get <= 1, "{dialect:?} {asked:?}");
                    assert_eq!((asked.put, asked.moved, asked.deleted), (0, 0, 0));
                } else {
                    lab.ends("+A/new=equal +A/new!=another");
                }
            }
        }
    }
}

#[test]
fn testsyncengine_item_properties() {
    on_all(|lab| {
        lab.here().write("A/up", "12345");
        lab.there().write("A/down", "1234567");
        lab.here().write("B/b1", "mine!");
        lab.there().write("B/b1", "theirs!!");
        let (report, _) = lab.syncs();
        let counts = &report.counts;
        assert_eq!((counts.conflicts, counts.removed_here, counts.removed_there), (1, 0, 0));
        assert_eq!((counts.sent, counts.fetched + counts.replaced), (2, 2));
        assert_eq!(report.bytes_up, 10);
        assert!((15..=23).contains(&report.bytes_down), "{}", report.bytes_down);
        assert_eq!(counts.files, 11);
        lab.rests("+A/up=12345 +A/down=1234567 -B/b1 +B/b1=theirs!! +B/b1!=mine!");
    });
}

/// Where the server vouches for a checksum. (On Nextcloud it is what a client
/// once said, and proves nothing; plain servers tell none.)
#[test]
fn testsyncengine_a_download_with_other_bytes_than_its_checksum_is_never_taken() {
    for dialect in [Dialect::OwnCloud10, Dialect::Ocis] {
        let lab = Lab::start(dialect);
        lab.there().write("A/new", "theirs");
        lab.there().write("A/a1", "theirs");
        lab.there().write("B/new", "comes");
        for path in ["A/new", "A/a1"] {
            lab.dooms("GET", path, Fate::Garble, 1000);
        }
        let report = lab.runs().unwrap();
        assert_eq!(report.end, End::Unfinished, "{dialect:?}");
        for path in ["A/new", "A/a1"] {
            assert_eq!(cause(&report, path), Some(Cause::Torn), "{dialect:?} {:?}", report.items);
        }
        assert_eq!(lab.here().text("A/new"), None, "{dialect:?}");
        assert_eq!(lab.here().text("A/a1").as_deref(), Some("a1"), "{dialect:?}");
        assert_eq!(lab.here().text("B/new").as_deref(), Some("comes"), "{dialect:?}");
        lab.heals();
        lab.ends("-A/a1 +A/a1=theirs +A/new=theirs +B/new=comes");
    }
}

/// Nextcloud says by a letter what may not be read (a share for viewing only):
/// then it is not asked for.
#[test]
fn testsyncengine_what_may_only_be_viewed_is_held_without_a_request() {
    let lab = Lab::start(Dialect::Nextcloud);
    lab.there().write("A/secret", "hidden");
    lab.there().write("B/new", "comes");
    lab.world.cloud().lock().user("u").share("A/secret", Some("SRDNVW")).unwrap();
    // What is known already stays, and may be moved and deleted.
    lab.world.cloud().lock().user("u").share("A/a1", Some("SRDNVW")).unwrap();
    lab.asked();
    let report = lab.runs().unwrap();
    assert_eq!(cause(&report, "A/secret"), Some(Cause::NoDownload), "{:?}", report.items);
    assert_eq!((report.end, report.items.len(), lab.asked().get), (End::Unfinished, 1, 1));
    assert_eq!(lab.here().text("B/new").as_deref(), Some("comes"));
    lab.world.cloud().lock().user("u").share("A/secret", Some("SRGDNVW")).unwrap();
    lab.ends("+A/secret=hidden +B/new=comes");
}

/// Elsewhere it is asked for once a run, and the refusal is believed.
#[test]
fn testsyncengine_what_may_not_be_read_costs_one_request_and_hinders_nothing() {
    on_all(|lab| {
        lab.there().write("A/secret", "hidden");
        lab.there().write("B/new", "comes");
        lab.dooms("GET", "A/secret", Fate::Fail(Failed::Forbidden), 1000);
        for expected in [2, 1] {
            lab.asked();
            let report = lab.runs().unwrap();
            assert_eq!(cause(&report, "A/secret"), Some(Cause::NoDownload), "{:?}", report.items);
            let asked = lab.asked();
            assert_eq!((report.end, asked.get), (End::Unfinished, expected));
            assert_eq!(asked.work(), asked.get);
        }
        assert_eq!(lab.here().text("B/new").as_deref(), Some("comes"));
        lab.heals();
        lab.ends("+A/secret=hidden +B/new=comes");
    });
}

#[test]
fn testsyncengine_insufficient_storage() {
    on_all(|lab| {
        // The start tree has 16 bytes.
        lab.world.cloud().lock().set_quota("u", Some(16 + 40));
        for name in ["A/a big one", "B/b big one", "C/c big one"] {
            lab.here().write(name, &"x".repeat(1000));
        }
        lab.here().write("A/small", "s");
        lab.here().write("B/small", "s");
        lab.here().remove("C/c1");
        let report = lab.runs().unwrap();
        assert_eq!(report.end, End::Unfinished);
        for name in ["A/a big one", "B/b big one", "C/c big one"] {
            assert_eq!(cause(&report, name), Some(Cause::Quota), "{:?}", report.items);
            assert_eq!(lab.there().text(name), None);
        }
        let there = lab.there().shows();
        assert!(there.contains("A/small=s") && there.contains("B/small=s"), "{there:?}");
        assert!(!there.contains("C/c1"), "a deletion needs no room");
        lab.world.cloud().lock().set_quota("u", None);
        lab.syncs();
        assert_eq!(lab.there().shows(), lab.here().shows());
        assert_eq!(lab.there().text("C/c big one").map(|text| text.len()), Some(1000));
    });
}

#[test]
fn testsyncengine_hidden_files_are_files() {
    on_all(|lab| {
        lab.here().write("A/.hidden", "here");
        lab.there().write(".folder/.there", "there");
        lab.ends("+A/.hidden=here +.folder/.there=there");
    });
}

/// Navette keeps no lists of uploads to abort: it is cut off, and begins anew.
#[test]
fn testsyncengine_abort_with_parallel_uploads() {
    use navette_sim::world::Turn;
    on_all(|lab| {
        for name in ["A/n1", "B/n2", "C/n3"] {
            lab.here().write(name, &name.repeat(50));
        }
        let mut steps = 0;
        while lab.asked().put < 3 && steps < 1000 {
            steps += 20;
            let mut left = steps;
            let world = lab.world.clone();
            let journal = lab.journal.clone();
            lab.world.pass(std::time::Duration::from_secs(40));
            let future = async move {
                let mut engine = navette::engine::Engine::open(world, journal).await.unwrap();
                engine.sync(&navette::report::SyncOptions::default()).await.unwrap()
            };
            navette_sim::world::run(&lab.world, future, || {
                left -= 1;
                if left == 0 { Turn::Cut } else { Turn::Go }
            });
        }
        lab.syncs();
        assert_eq!(lab.there().shows(), lab.here().shows());
        for name in ["A/n1", "B/n2", "C/n3"] {
            assert_eq!(lab.there().text(name), Some(name.repeat(50)));
        }
        assert_eq!(lab.there().shows().len(), 11, "and no copies");
    });
}

#[test]
fn testsyncengine_permissions_of_a_file_are_kept() {
    on_all(|lab| {
        let at = |path: &str| RelPath::parse(path).unwrap();
        let user = || lab.world.disk.user();
        user().chmod(&at("A/a1"), 0o640).unwrap();
        user().chmod(&at("B/b1"), 0o600).unwrap();
        lab.there().write("A/a1", "theirs");
        lab.there().write("B/b1", "theirs");
        lab.here().write("B/b1", "mine");
        lab.ends("-A/a1 +A/a1=theirs -B/b1 +B/b1=theirs +B/b1!=mine");
        assert_eq!(user().mode(&at("A/a1")).unwrap() & 0o777, 0o640);
        let copy = lab.world.disk.snapshot().into_keys().find(|path| path.contains("conflict"));
        assert_eq!(user().mode(&at(&copy.unwrap())).unwrap() & 0o777, 0o600);
    });
}

#[test]
fn testsyncengine_empty_dirs_on_both_sides_are_one() {
    on_all(|lab| {
        lab.here().mkdir("N/one");
        lab.there().mkdir("N/other");
        let asked = lab.ends("+N/one/ +N/other/");
        assert_eq!((asked.mkcol, asked.work()), (1, 1));
    });
}

/// The peers set a folder's date at its first download. Navette leaves the
/// dates of folders to the file systems, and never sends them.
#[test]
fn testsyncengine_dates_of_folders_are_nobodys_business() {
    on_all(|lab| {
        lab.here().touch("A", 1_500_000_000);
        let asked = lab.ends("");
        assert_eq!(asked.work(), 0);
    });
}
