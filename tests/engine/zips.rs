//! A first download of many small files, in the whole engine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use navette::cloud::{Dialect, Fate, Request, Shot, Spoilt};
use navette::report::End;
use navette::server::ServerErrorKind;

use crate::Pair;

const ZIPPING: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];

/// A server with so many files in each of so many folders.
fn pair(dialect: Dialect, folders: usize, files: usize) -> Pair {
    let pair = Pair::new(dialect);
    for folder in 0..folders {
        pair.world.cloud().lock().user("u").mkdir(&format!("d{folder}")).unwrap();
        for file in 0..files {
            let path = format!("d{folder}/f{file}");
            pair.write_there(&path, &format!("bytes of {path}"));
        }
    }
    pair.world.pass(Duration::from_secs(60));
    pair
}

/// Lets `fate` decide about each request; returns the paths of all GETs.
fn gets(
    pair: &Pair,
    mut fate: impl FnMut(&Request<'_>) -> Fate + Send + 'static,
) -> Arc<Mutex<Vec<String>>> {
    let gets = Arc::<Mutex<Vec<String>>>::default();
    let heard = gets.clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "GET" {
            heard.lock().unwrap().push(request.path.to_string());
        }
        fate(request)
    });
    gets
}

fn is_zip(request: &Request<'_>) -> bool {
    request.method == "GET" && !request.path.as_str().contains('/')
}

fn assert_same(pair: &Pair) {
    let here = pair.world.disk.snapshot();
    let there = pair.world.cloud().lock().user("u").snapshot();
    assert_eq!(pair.here(), pair.there());
    for (path, shot) in there {
        if let Shot::File(bytes) = shot {
            assert_eq!(here[path.as_str()].as_deref(), Some(&bytes[..]), "{path}");
        }
    }
}

#[test]
fn two_hundred_small_files_come_with_a_request_for_each_folder() {
    for dialect in ZIPPING {
        let pair = pair(dialect, 20, 10);
        let gets = gets(&pair, |_| Fate::Proceed);
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.fetched), (End::Equal, 200), "{dialect:?}");
        assert_same(&pair);
        assert_eq!(gets.lock().unwrap().len(), 20, "{dialect:?}");
        // Looking costs one request for each folder and a few; so does looking afterwards.
        assert!(report.requests <= 3 * 20 + 5, "{dialect:?}: {}", report.requests);
        assert_eq!(pair.sync().unwrap().bytes_down, 0);
    }
}

#[test]
fn a_plain_server_is_asked_for_each_file() {
    let pair = pair(Dialect::Plain, 2, 10);
    let gets = gets(&pair, |_| Fate::Proceed);
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_same(&pair);
    assert_eq!(gets.lock().unwrap().len(), 20);
}

#[test]
fn whatever_happens_to_the_zips_both_sides_end_equal() {
    for dialect in ZIPPING {
        for fate in [
            Fate::Spoil(Spoilt::Unfinished),
            Fate::Spoil(Spoilt::Name),
            Fate::Spoil(Spoilt::Byte),
            Fate::CutBody(7),
            Fate::LoseReply,
            Fate::Fail(ServerErrorKind::Status(500)),
            Fate::Fail(ServerErrorKind::SignIn),
        ] {
            let pair = pair(dialect, 5, 6);
            let now = fate.clone();
            gets(&pair, move |request| if is_zip(request) { now.clone() } else { Fate::Proceed });
            let report = pair.sync().unwrap();
            assert_eq!(report.end, End::Equal, "{dialect:?} {fate:?}");
            assert_same(&pair);
        }
    }
}

#[test]
fn a_file_overwritten_between_a_zip_and_the_look_after_it_arrives_as_it_is_now() {
    for dialect in ZIPPING {
        let pair = pair(dialect, 3, 6);
        let (cloud, mut zipped) = (pair.world.cloud().clone(), false);
        gets(&pair, move |request| {
            zipped |= is_zip(request) && request.path.as_str() == "d1";
            if zipped && request.method == "PROPFIND" && request.path.as_str() == "d1" {
                // Of the same length as before.
                cloud.lock().user("u").write("d1/f3", "BYTES of d1/f3").unwrap();
                zipped = false;
            }
            Fate::Proceed
        });
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?}");
        assert_same(&pair);
        let here = pair.world.disk.snapshot();
        assert_eq!(here["d1/f3"].as_deref(), Some(&b"BYTES of d1/f3"[..]), "{dialect:?}");
    }
}

#[test]
fn after_two_zips_that_failed_no_other_is_asked_for_in_that_run() {
    let pair = pair(Dialect::Nextcloud, 5, 6);
    let (cloud, mut more) = (pair.world.cloud().clone(), true);
    let gets = gets(&pair, move |request| {
        if is_zip(request) {
            return Fate::Fail(ServerErrorKind::Status(500));
        }
        if request.method == "GET" && std::mem::take(&mut more) {
            // What comes while the first plan runs is for the second one.
            for file in 0..10 {
                cloud.lock().user("u").write(&format!("d0/later{file}"), "later").unwrap();
            }
        }
        Fate::Proceed
    });
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_same(&pair);
    let zips = || gets.lock().unwrap().iter().filter(|path| !path.contains('/')).count();
    assert_eq!(zips(), 2);
}
