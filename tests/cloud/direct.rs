//! The cloud behind the engine's seam, and what goes wrong on the way.

use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use futures::{StreamExt as _, stream};
use navette::cloud::{Cloud, Dialect, Direct, Fate, Request, SharedCloud};
use navette::model::{Digest, Etag, Kind, Perms, RelPath};
use navette::server::{Addresses, Effect, Guard, Server as _, ServerErrorKind, Upload};

use crate::families::path;

fn direct(dialect: Dialect) -> Direct {
    let mut cloud = Cloud::new(dialect, 3);
    cloud.user("alice").write("home/f.txt", "one").unwrap();
    cloud.set_now(cloud.now() + 100);
    Direct::new(SharedCloud::new(cloud), "alice", path("home"))
}

fn upload(bytes: &'static [u8]) -> Upload {
    let digest = Digest::of(bytes);
    let body = stream::iter([Ok(bytes.into())]).boxed();
    Upload {
        body,
        size: digest.size,
        sha1: digest.sha1,
        mtime: Some(1_700_000_000),
        name: "one".to_owned(),
        resume: Addresses::default(),
    }
}

fn version(direct: &Direct, at: &str) -> Guard {
    let seen = block_on(direct.stat(&path(at))).unwrap().unwrap().seen;
    seen.etag.map_or(Guard::Present, Guard::Version)
}

fn bytes(direct: &Direct, at: &str) -> Option<bytes::Bytes> {
    direct.cloud().lock().user("alice").bytes(&format!("home/{at}"))
}

fn fault(direct: &Direct, method: &'static str, fate: Fate) {
    direct.set_faults(
        move |request: &Request<'_>| {
            if request.method == method { fate.clone() } else { Fate::Proceed }
        },
    );
}

#[test]
fn a_file_goes_there_and_comes_back_with_each_family() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        let written = block_on(direct.put(&path("new"), &Guard::Absent, upload(b"two"))).unwrap();
        assert_eq!(written.etag.is_some(), dialect != Dialect::Plain);
        let listing = block_on(direct.list(&RelPath::root())).unwrap();
        let names: Vec<&str> = listing.children.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["f.txt", "new"]);
        let seen = &listing.children[1].1.seen;
        assert_eq!(seen.size, Some(3));
        assert_eq!(seen.sha1.is_some(), direct.profile().checksums);
        assert_eq!(seen.file_id.is_some(), direct.profile().file_ids);
        assert!(seen.perms.contains(Perms::DELETE | Perms::MOVE | Perms::WRITE | Perms::READ));
        let download = block_on(direct.get(&path("new"))).unwrap();
        let body: Vec<_> = block_on(download.body.collect());
        assert_eq!(body[0].as_ref().unwrap(), "two");
        assert_eq!(download.etag, seen.etag);
    }
}

#[test]
fn only_a_folder_that_is_there_confirms_an_absence() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        assert_eq!(block_on(direct.stat(&path("gone"))).unwrap(), None);
        for nowhere in ["no/where", "f.txt/below"] {
            let missing = block_on(direct.stat(&path(nowhere))).unwrap_err();
            assert_eq!(missing.kind, ServerErrorKind::NotFound);
        }
        direct.cloud().lock().user("alice").delete("home").unwrap();
        assert!(block_on(direct.stat(&RelPath::root())).is_err());
    }
}

#[test]
fn the_root_shows_what_the_family_has_and_no_other_folder_does() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        block_on(direct.make_dir(&path("sub"))).unwrap();
        let root = block_on(direct.stat(&RelPath::root())).unwrap().unwrap();
        let sub = block_on(direct.stat(&path("sub"))).unwrap().unwrap();
        assert_eq!(root.kind, Kind::Dir);
        assert_eq!(root.id.is_some(), dialect != Dialect::Plain);
        assert_eq!(root.seen.etag.is_some(), dialect != Dialect::Plain);
        assert_eq!(root.fingerprint, None, "an empty one is none");
        assert_eq!((sub.id, sub.fingerprint), (None, None));
    }
}

#[test]
fn a_restored_backup_shows_in_the_root_of_the_php_families() {
    for dialect in Dialect::ALL {
        let cloud = SharedCloud::new(Cloud::new(dialect, 3));
        let direct = Direct::new(cloud.clone(), "alice", RelPath::root());
        let older = cloud.lock().clone();
        cloud.lock().restore_backup(&older, "restored-1");
        let root = block_on(direct.stat(&RelPath::root())).unwrap().unwrap();
        let php = matches!(dialect, Dialect::Nextcloud | Dialect::OwnCloud10);
        assert_eq!(root.fingerprint.as_deref(), php.then_some("restored-1"));
    }
}

#[test]
fn a_folder_is_guarded_by_its_version_where_it_has_one() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        block_on(direct.make_dir(&path("a"))).unwrap();
        let stale = Guard::Version(Etag::parse("stale").unwrap());
        let refused = block_on(direct.rename(&path("a"), &path("b"), &stale)).unwrap_err();
        assert_eq!(refused.kind, ServerErrorKind::Changed);
        let right = version(&direct, "a");
        block_on(direct.rename(&path("a"), &path("b"), &right)).unwrap();
        block_on(direct.delete(&path("b"), &version(&direct, "b"))).unwrap();
        assert_eq!(block_on(direct.stat(&path("b"))).unwrap(), None);
    }
}

#[test]
fn every_guard_holds_with_each_family() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        let file = path("f.txt");
        let stale = Guard::Version(Etag::parse("stale").unwrap());
        let changed = |result: Result<(), navette::server::ServerError>| {
            let error = result.unwrap_err();
            assert_eq!((error.kind, error.effect), (ServerErrorKind::Changed, Effect::None));
        };
        changed(block_on(direct.put(&file, &stale, upload(b"two"))).map(drop));
        changed(block_on(direct.put(&file, &Guard::Absent, upload(b"two"))).map(drop));
        changed(block_on(direct.rename(&file, &path("g"), &stale)).map(drop));
        changed(block_on(direct.delete(&file, &stale)));
        assert_eq!(bytes(&direct, "f.txt").unwrap(), "one", "{dialect:?}");
        let right = version(&direct, "f.txt");
        block_on(direct.put(&file, &right, upload(b"two"))).unwrap();
        direct.cloud().lock().set_now(2_000_000_000);
        block_on(direct.rename(&file, &path("g"), &version(&direct, "f.txt"))).unwrap();
        block_on(direct.delete(&path("g"), &version(&direct, "g"))).unwrap();
        assert_eq!(bytes(&direct, "g"), None);
    }
}

#[test]
fn deleting_what_is_gone_is_success_under_any_guard() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        let stale = Guard::Version(Etag::parse("stale").unwrap());
        block_on(direct.delete(&path("gone"), &stale)).unwrap();
        block_on(direct.delete(&path("gone"), &Guard::Present)).unwrap();
    }
}

#[test]
fn a_move_never_replaces_and_a_folder_is_never_made_twice() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        block_on(direct.make_dir(&path("sub"))).unwrap();
        let again = block_on(direct.make_dir(&path("sub"))).unwrap_err();
        assert_eq!(again.kind, ServerErrorKind::Exists);
        let taken = block_on(direct.rename(&path("f.txt"), &path("sub"), &Guard::Present));
        assert_eq!(taken.unwrap_err().kind, ServerErrorKind::Changed);
        let nowhere = block_on(direct.rename(&path("f.txt"), &path("no/f"), &Guard::Present));
        assert_eq!(nowhere.unwrap_err().kind, ServerErrorKind::NotFound);
    }
}

#[test]
fn a_lost_reply_leaves_the_effect_and_a_refusal_leaves_none() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        fault(&direct, "PUT", Fate::Fail(ServerErrorKind::Busy(None)));
        let refused = block_on(direct.put(&path("x"), &Guard::Absent, upload(b"1"))).unwrap_err();
        assert_eq!((refused.kind, refused.effect), (ServerErrorKind::Busy(None), Effect::None));
        assert_eq!(bytes(&direct, "x"), None);
        fault(&direct, "PUT", Fate::LoseReply);
        let lost = block_on(direct.put(&path("x"), &Guard::Absent, upload(b"1"))).unwrap_err();
        assert_eq!(lost.effect, Effect::Unknown);
        assert_eq!(bytes(&direct, "x").unwrap(), "1");
    }
}

#[test]
fn a_late_write_lands_under_the_conditions_it_was_sent_with() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        fault(&direct, "PUT", Fate::Late);
        let lost = block_on(direct.put(&path("x"), &Guard::Absent, upload(b"late"))).unwrap_err();
        assert_eq!(lost.effect, Effect::Unknown);
        assert_eq!((bytes(&direct, "x"), direct.late()), (None, 1));
        direct.cloud().lock().user("alice").write("home/x", "meanwhile").unwrap();
        // Where the family ignores the condition, the other user's bytes are gone.
        let landed = usize::from(dialect == Dialect::Ocis);
        assert_eq!(direct.land_late(), landed);
        let there = if landed == 1 { "late" } else { "meanwhile" };
        assert_eq!(bytes(&direct, "x").unwrap(), there, "{dialect:?}");
        assert_eq!(direct.late(), 0);
    }
}

#[test]
fn late_writes_land_one_by_one_in_their_order() {
    let direct = direct(Dialect::Nextcloud);
    direct.set_faults(|_: &Request<'_>| Fate::Late);
    block_on(direct.make_dir(&path("a"))).unwrap_err();
    block_on(direct.rename(&path("a"), &path("b"), &Guard::Present)).unwrap_err();
    assert!(direct.land_one() && direct.land_one() && !direct.land_one());
    direct.set_faults(|_: &Request<'_>| Fate::Proceed);
    assert!(block_on(direct.stat(&path("b"))).unwrap().is_some());
}

#[test]
fn a_cut_download_ends_with_an_error_and_a_cut_listing_is_none() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        fault(&direct, "GET", Fate::CutBody(2));
        let download = block_on(direct.get(&path("f.txt"))).unwrap();
        assert_eq!(download.size, Some(3));
        let body: Vec<_> = block_on(download.body.collect());
        assert_eq!(body[0].as_ref().unwrap(), "on");
        assert!(body[1].is_err());
        fault(&direct, "PROPFIND", Fate::CutBody(9));
        let half = block_on(direct.list(&RelPath::root())).unwrap_err();
        assert_eq!(half.kind, ServerErrorKind::Nonsense);
    }
}

#[test]
fn a_cut_overwrite_tears_the_file_on_nextcloud_only() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        let right = version(&direct, "f.txt");
        fault(&direct, "PUT", Fate::CutBody(2));
        let cut = block_on(direct.put(&path("f.txt"), &right, upload(b"TWO"))).unwrap_err();
        assert_eq!(cut.effect, Effect::Unknown);
        let there = if dialect == Dialect::Nextcloud { "TW" } else { "one" };
        assert_eq!(bytes(&direct, "f.txt").unwrap(), there);
        assert_eq!(version(&direct, "f.txt"), right, "the etag lies");
    }
}

#[test]
fn an_upload_whose_own_body_fails_never_becomes_a_whole_file() {
    for dialect in Dialect::ALL {
        let direct = direct(dialect);
        let pieces = [Ok("tw".into()), Err(std::io::ErrorKind::Other.into())];
        let body = stream::iter(pieces).boxed();
        let broken = Upload { body, ..upload(b"two") };
        let error = block_on(direct.put(&path("x"), &Guard::Absent, broken)).unwrap_err();
        assert_eq!((error.kind, error.effect), (ServerErrorKind::Body, Effect::Unknown));
        assert_eq!(bytes(&direct, "x"), None);
        let body = stream::iter([Ok("tw".into())]).boxed();
        let short = Upload { body, ..upload(b"two") };
        let error = block_on(direct.put(&path("x"), &Guard::Absent, short)).unwrap_err();
        assert_eq!(error.kind, ServerErrorKind::Body);
    }
}

#[test]
fn every_request_is_counted_and_shown_to_the_faults() {
    let direct = direct(Dialect::Ocis);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    direct.set_faults(move |request: &Request<'_>| {
        log.lock().unwrap().push((request.number, request.method, request.size));
        Fate::Proceed
    });
    block_on(direct.put(&path("x"), &Guard::Absent, upload(b"1"))).unwrap();
    // oCIS ignores the condition: a look at the file, then the upload.
    assert_eq!(*seen.lock().unwrap(), [(1, "PROPFIND", None), (2, "PUT", Some(1))]);
    assert_eq!(direct.requests(), 2);
}

#[test]
fn a_request_can_be_stopped_between_its_effect_and_its_answer() {
    use futures::FutureExt as _;
    let direct = direct(Dialect::Nextcloud);
    let made = path("made");
    let mut request = std::pin::pin!(direct.make_dir(&made));
    let waker = futures::task::noop_waker();
    let mut context = std::task::Context::from_waker(&waker);
    assert!(request.poll_unpin(&mut context).is_pending());
    assert!(direct.cloud().lock().look("alice", &path("home/made")).is_err());
    assert!(request.poll_unpin(&mut context).is_pending());
    assert!(direct.cloud().lock().look("alice", &path("home/made")).is_ok());
}
