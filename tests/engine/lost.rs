//! Requests without an answer, and requests that come late: what was asked is
//! known again, and nothing that somebody else wrote goes with it.

use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::event::Cause;
use navette::model::WaitReason;
use navette::report::{End, SyncOptions};
use navette::server::ServerErrorKind;

use super::Pair;

fn hasty() -> SyncOptions {
    SyncOptions { no_wait: true, ..SyncOptions::default() }
}

/// The answer to the first request of this method is lost.
fn lose_first(pair: &Pair, method: &'static str) {
    let mut lost = false;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        match request.method == method && !std::mem::replace(&mut lost, true) {
            true => Fate::LoseReply,
            false => Fate::Proceed,
        }
    });
}

fn settled(pair: &Pair, what: &str) {
    pair.world.server.set_faults(NoFaults);
    pair.world.pass(Duration::from_secs(60));
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal, "{what}: {:?}", report.items);
    assert_eq!(pair.here(), pair.there(), "{what}");
}

/// Two versions of one second share their etag (protocol.md 0.13); that there
/// was a second one shows only in the folder's.
#[test]
fn a_second_version_of_one_second_is_seen_although_its_folder_could_not_be_listed() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["d/b", "d/other"]);
        pair.write_there("d/b", "one version");
        let (cloud, mut fetched, mut listed) = (pair.world.cloud().clone(), false, false);
        pair.world.server.set_faults(move |request: &Request<'_>| {
            match (request.method, request.path.as_str()) {
                ("GET", "d/b") => fetched = true,
                ("PROPFIND", _) if fetched && !std::mem::replace(&mut listed, true) => {
                    cloud.lock().user("u").write("d/b", "two version".to_owned()).unwrap();
                }
                ("PROPFIND", "d") if listed => return Fate::Fail(ServerErrorKind::Status(500)),
                _ => {}
            }
            Fate::Proceed
        });
        let report = pair.run(hasty()).unwrap();
        assert_eq!(report.end, End::Unfinished, "{dialect:?}");
        settled(&pair, &format!("{dialect:?}"));
        assert_eq!(pair.world.disk.snapshot()["d/b"].as_deref(), Some(&b"two version"[..]));
    }
}

#[test]
fn an_edit_after_a_lost_answer_is_no_conflict() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["a"]);
        pair.write_here("a", "first edit");
        pair.world.pass(Duration::from_secs(10));
        lose_first(&pair, "PUT");
        pair.run(hasty()).unwrap();
        pair.write_here("a", "second edit");
        settled(&pair, &format!("{dialect:?}"));
        assert_eq!(pair.here(), ["a"], "{dialect:?}");
        let bytes = pair.world.cloud().lock().user("u").bytes("a").unwrap();
        assert_eq!(bytes, "second edit", "{dialect:?}");
    }
}

/// Without checksums, equal length and date would be all there is to go by.
#[test]
fn a_new_file_that_lost_its_answer_is_proved_to_have_arrived_not_presumed() {
    for dialect in Dialect::ALL {
        let pair = Pair::new(dialect);
        pair.write_here("a", "written here");
        pair.world.pass(Duration::from_secs(60));
        lose_first(&pair, "PUT");
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.presumed), (End::Equal, 0), "{dialect:?}");
        assert_eq!(report.bytes_up, 0, "{dialect:?}: it is not sent twice");
        assert_eq!(pair.here(), ["a"], "{dialect:?}");
    }
}

/// The same of a process that was killed before the answer came.
#[test]
fn a_new_file_whose_process_was_killed_is_proved_to_have_arrived_not_presumed() {
    for dialect in Dialect::ALL {
        let pair = Pair::new(dialect);
        pair.write_here("a", "written here");
        pair.world.pass(Duration::from_secs(60));
        assert!(pair.killed_at("a"), "{dialect:?}: it was on its way");
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.presumed), (End::Equal, 0), "{dialect:?}");
        assert_eq!((report.bytes_up, pair.here()), (0, vec!["a".to_owned()]), "{dialect:?}");
    }
}

#[test]
fn a_new_file_that_lost_its_answer_and_is_deleted_here_does_not_come_back() {
    for dialect in Dialect::ALL {
        for ends in ["without an answer", "killed", "late"] {
            let pair = Pair::synced(dialect, &["keep"]);
            pair.write_here("a", "written here");
            pair.world.pass(Duration::from_secs(60));
            match ends {
                "killed" => assert!(pair.killed_at("a"), "{dialect:?}"),
                "late" => {
                    let mut late = false;
                    pair.world.server.set_faults(move |request: &Request<'_>| {
                        match request.method == "PUT" && !std::mem::replace(&mut late, true) {
                            true => Fate::Late,
                            false => Fate::Proceed,
                        }
                    });
                    pair.run(hasty()).unwrap();
                }
                _ => {
                    lose_first(&pair, "PUT");
                    pair.run(hasty()).unwrap();
                }
            }
            pair.world.server.set_faults(NoFaults);
            pair.remove_here("a");
            if ends == "late" {
                pair.world.server.land_late();
            }
            // At once, and again when its user has waited for nothing.
            for _ in 0..2 {
                pair.run(hasty()).unwrap();
                assert_eq!(pair.here(), ["keep"], "{dialect:?} {ends}");
            }
            let report = pair.sync().unwrap();
            assert_eq!(report.end, End::Equal, "{dialect:?} {ends}: {:?}", report.items);
            assert_eq!((pair.here(), pair.there()), (vec!["keep".into()], vec!["keep".into()]));
        }
    }
}

#[test]
fn what_somebody_else_wrote_where_an_answer_was_lost_comes_here_all_the_same() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["keep"]);
        pair.write_here("a", "written here");
        pair.world.pass(Duration::from_secs(60));
        lose_first(&pair, "PUT");
        pair.run(hasty()).unwrap();
        pair.remove_here("a");
        pair.write_there("a", "theirs");
        settled(&pair, &format!("{dialect:?}"));
        assert_eq!(pair.world.disk.snapshot()["a"].as_deref(), Some(&b"theirs"[..]), "{dialect:?}");
    }
}

#[test]
fn somebody_elses_edit_after_a_lost_answer_is_kept() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["a"]);
        pair.write_here("a", "edited here");
        pair.world.pass(Duration::from_secs(10));
        lose_first(&pair, "PUT");
        pair.run(hasty()).unwrap();
        pair.write_there("a", "edited there afterwards");
        settled(&pair, &format!("{dialect:?}"));
        let bytes = pair.world.cloud().lock().user("u").bytes("a").unwrap();
        assert_eq!(bytes, "edited there afterwards", "{dialect:?}");
    }
}

#[test]
fn a_deletion_that_comes_late_takes_nothing_new_along() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["d/old", "keep"]);
        pair.remove_here("d");
        pair.world.pass(Duration::from_secs(10));
        let cloud = pair.world.cloud().clone();
        let mut late = false;
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if matches!(request.method, "DELETE" | "MOVE") && !std::mem::replace(&mut late, true) {
                drop(cloud.lock().user("u").write("d/new", "theirs"));
                return Fate::Late;
            }
            Fate::Proceed
        });
        pair.sync().unwrap();
        settled(&pair, &format!("{dialect:?}"));
        assert_eq!(pair.here(), ["d", "d/new", "keep"], "{dialect:?}");
    }
}

#[test]
fn a_folder_filled_while_it_was_deleted_is_seen_again_on_both_sides() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["d/old", "keep"]);
        pair.remove_here("d");
        pair.world.pass(Duration::from_secs(10));
        let cloud = pair.world.cloud().clone();
        let mut acted = false;
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if matches!(request.method, "DELETE" | "MOVE") && !std::mem::replace(&mut acted, true) {
                drop(cloud.lock().user("u").write("d/new", "theirs"));
            }
            Fate::Proceed
        });
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?}: {:?}", report.items);
        assert_eq!(pair.here(), ["d", "d/new", "keep"], "{dialect:?}");
        assert_eq!(pair.there(), ["d", "d/new", "keep"], "{dialect:?}");
    }
}

#[test]
fn what_was_deleted_on_the_server_is_not_sent_again_after_the_journal_was_lost() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["a", "b", "d/c", "e"]);
        pair.remove_there("b");
        pair.remove_there("d");
        pair.remove_there("e");
        pair.write_here("new", "never sent");
        pair.world.pass(Duration::from_secs(10));
        let lost = Pair { world: pair.world.clone(), journal: navette::journal::InMemory::new() };
        let report = lost.sync().unwrap();
        assert_eq!(report.end, End::Unfinished, "{dialect:?}");
        let waits = Cause::Waits(WaitReason::Discarded);
        let listed = report.items.iter().filter(|item| item.cause == waits);
        let listed: Vec<&str> = listed.map(|item| item.path.as_str()).collect();
        assert_eq!(listed, ["b", "d", "d/c", "e"], "{dialect:?}");
        assert!(lost.there().contains(&"new".to_owned()), "{dialect:?}: what is new goes out");
        assert!(!lost.there().iter().any(|at| at == "b" || at == "d"), "{dialect:?}");
        // Its user decides: one stays deleted, one comes back, one is sent under a new name.
        lost.remove_here("b");
        lost.remove_here("d");
        lost.world.cloud().lock().user("u").restore("e").unwrap();
        lost.world.pass(Duration::from_secs(10));
        let report = lost.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?} {:?}", report.items);
        assert_eq!(lost.here(), lost.there(), "{dialect:?}");
        assert!(lost.here().contains(&"e".to_owned()));
        assert_eq!(lost.sync().unwrap().end, End::Equal, "{dialect:?}");
    }
}

#[test]
fn what_has_come_to_a_deleted_place_is_compared_after_the_journal_was_lost() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["b", "d/c", "d/e"]);
        pair.remove_there("b");
        pair.remove_there("d");
        pair.write_there("b", "another one");
        pair.write_there("d/c", "d/c");
        pair.world.pass(Duration::from_secs(10));
        let lost = Pair { world: pair.world.clone(), journal: navette::journal::InMemory::new() };
        let report = lost.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?}: {:?}", report.items);
        assert_eq!(report.counts.conflicts, 1, "{dialect:?}: b is another one");
        assert_eq!(lost.here(), lost.there(), "{dialect:?}");
        assert!(lost.there().contains(&"d/e".to_owned()), "{dialect:?}: its folder stands there");
    }
}

/// What was parked on the server was a user's, and nobody looks there.
#[test]
fn what_a_lost_journal_had_parked_on_the_server_comes_back() {
    let pair = Pair::synced(Dialect::Plain, &["a", "notes.txt"]);
    let parked = std::cell::Cell::new(None);
    pair.remove_here("notes.txt");
    let cloud = pair.world.cloud().clone();
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = navette::engine::Engine::open(world, journal).await?;
        let allow = navette::plan::AllowDeletes::All;
        engine.sync(&SyncOptions { allow, ..SyncOptions::default() }).await
    };
    let ended = navette_sim::world::run(&pair.world, future, || {
        let all = cloud.lock().user("u").snapshot();
        let mut all = all.into_keys().filter(|path| path.as_str().ends_with(".notes.txt"));
        parked.set(all.next());
        match parked.take() {
            Some(_) => navette_sim::world::Turn::Cut,
            None => navette_sim::world::Turn::Go,
        }
    });
    assert!(ended.is_none(), "it was cut off while the file was parked");
    let fresh = Pair { journal: navette::journal::InMemory::new(), ..pair };
    assert_eq!(fresh.sync().unwrap().end, End::Equal);
    assert_eq!(fresh.there(), ["a", "notes.txt"]);
    assert_eq!(fresh.here(), fresh.there());
    let parked = fresh.world.cloud().lock().user("u").snapshot();
    assert!(!parked.into_keys().any(|path| path.as_str().ends_with(".notes.txt")));
}
