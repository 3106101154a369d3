//! Small new files that come from the server together.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::lab::{Lab, path};
use crate::cloud::request::{Put, SentDate};
use crate::cloud::{Blob, Dialect, Fate, Request, Spoilt};
use crate::disk::sim::SimConfig;
use crate::event::Outcome;
use crate::model::Change;
use crate::plan::{Op, Step, Why};
use crate::server::ServerErrorKind;

const ZIPPING: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];

fn lab(dialect: Dialect) -> Lab {
    Lab::with(dialect, SimConfig::default())
}

/// Files on the server in folders of both sides, and the steps that fetch them.
fn fetches(lab: &mut Lab, dirs: &[&str], files: usize) -> (Vec<String>, Vec<Step>) {
    let mut names = Vec::new();
    for dir in dirs {
        lab.both(dir, None);
        names.extend((0..files).map(|number| format!("{dir}/{number}")));
    }
    let steps = names.iter().map(|at| {
        lab.there(at, Some(&format!("of {at}")));
        fetch(lab, at)
    });
    (names.clone(), steps.collect())
}

fn fetch(lab: &Lab, at: &str) -> Step {
    let (node, to) = (lab.node(at), lab.place(at));
    Step { op: Op::Fetch { node, to, alias: None, given: false }, why: Why::New, after: vec![] }
}

type Asked = Arc<Mutex<BTreeMap<(&'static str, bool), usize>>>;

/// Counts requests, by method and whether they are about a folder; `fate`
/// decides what becomes of those for a zip.
fn watched(lab: &Lab, fate: impl Fn() -> Fate + Send + 'static) -> Asked {
    let asked = Asked::default();
    let heard = asked.clone();
    lab.world.server.set_faults(move |request: &Request<'_>| {
        let folder = !request.path.as_str().contains('/');
        *heard.lock().unwrap().entry((request.method, folder)).or_default() += 1;
        if request.method == "GET" && folder { fate() } else { Fate::Proceed }
    });
    asked
}

fn count(asked: &Asked, method: &'static str, folder: bool) -> usize {
    asked.lock().unwrap().get(&(method, folder)).copied().unwrap_or_default()
}

fn assert_agreed(lab: &Lab, names: &[String]) {
    for at in names {
        assert_eq!(lab.bytes_here(at), Some(format!("of {at}")), "{at}");
        assert!(lab.rows().base.contains_key(&lab.node(at)), "{at}");
    }
    assert_eq!(lab.staged(), Vec::<String>::new());
}

#[test]
fn new_files_of_a_folder_come_with_one_request_and_one_look() {
    for dialect in ZIPPING {
        let mut lab = lab(dialect);
        let (names, steps) = fetches(&mut lab, &["d", "e"], 20);
        let asked = watched(&lab, || Fate::Proceed);
        let run = lab.try_run(&steps).unwrap();
        assert_eq!(run.outcomes, vec![Outcome::Done; 40]);
        assert_agreed(&lab, &names);
        assert_eq!((count(&asked, "GET", true), count(&asked, "PROPFIND", true)), (2, 2));
        assert_eq!(count(&asked, "GET", false), 0);
        let all: usize = names.iter().map(|at| format!("of {at}").len()).sum();
        assert_eq!(run.bytes_down, all as u64);
    }
}

#[test]
fn whatever_is_wrong_with_a_zip_its_files_come_one_by_one() {
    for dialect in ZIPPING {
        for (fate, single) in [
            (Fate::Spoil(Spoilt::Unfinished), 8),
            (Fate::Spoil(Spoilt::Name), 1),
            (Fate::Spoil(Spoilt::Byte), 1),
            (Fate::CutBody(9), 8),
            (Fate::LoseReply, 8),
            (Fate::Late, 8),
            (Fate::Fail(ServerErrorKind::Status(500)), 8),
            (Fate::Fail(ServerErrorKind::SignIn), 8),
            (Fate::Fail(ServerErrorKind::Unreachable), 8),
            (Fate::Fail(ServerErrorKind::NotFound), 8),
        ] {
            let mut lab = lab(dialect);
            let (names, steps) = fetches(&mut lab, &["d"], 8);
            let now = fate.clone();
            let asked = watched(&lab, move || now.clone());
            let run = lab.try_run(&steps).unwrap();
            assert_eq!(run.outcomes, vec![Outcome::Done; 8], "{fate:?}");
            assert_agreed(&lab, &names);
            assert_eq!(count(&asked, "GET", false), single, "{dialect:?} {fate:?}");
        }
    }
}

#[test]
fn without_a_listing_afterwards_nothing_of_a_zip_is_taken() {
    let mut lab = lab(Dialect::Nextcloud);
    let (names, steps) = fetches(&mut lab, &["d"], 5);
    let gets = Arc::new(Mutex::new(0));
    let heard = gets.clone();
    lab.world.server.set_faults(move |request: &Request<'_>| match request.method {
        "PROPFIND" => Fate::LoseReply,
        _ => {
            *heard.lock().unwrap() += 1;
            Fate::Proceed
        }
    });
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; 5]);
    assert_agreed(&lab, &names);
    assert_eq!(*gets.lock().unwrap(), 6);
}

#[test]
fn after_two_failures_no_zip_is_asked_for() {
    let mut lab = lab(Dialect::Nextcloud);
    let dirs = ["a", "b", "c", "d", "e", "f", "g"];
    let (names, steps) = fetches(&mut lab, &dirs, 5);
    let asked = watched(&lab, || Fate::Fail(ServerErrorKind::Nonsense));
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; 35]);
    assert_agreed(&lab, &names);
    assert_eq!((count(&asked, "GET", true), count(&asked, "GET", false)), (2, 35));
}

/// Somebody acts on the server between the zip of `d` and the look at it.
fn between(lab: &Lab, act: impl Fn() + Send + 'static) {
    lab.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "PROPFIND" && request.path.as_str() == "d" {
            act();
        }
        Fate::Proceed
    });
}

#[test]
fn a_file_overwritten_after_the_zip_is_not_taken_for_the_new_version() {
    for dialect in ZIPPING {
        let mut lab = lab(dialect);
        let (names, steps) = fetches(&mut lab, &["d"], 5);
        let cloud = lab.world.server.cloud().clone();
        between(&lab, move || drop(cloud.lock().user("anna").write("d/3", "NEWd/3").unwrap()));
        lab.pass_time(60);
        let run = lab.try_run(&steps).unwrap();
        let right = |at: usize| if at == 3 { Outcome::Stale } else { Outcome::Done };
        assert_eq!(run.outcomes, (0..5).map(right).collect::<Vec<_>>(), "{dialect:?}");
        let others: Vec<_> = names.iter().filter(|at| *at != "d/3").cloned().collect();
        assert_agreed(&lab, &others);
        assert_eq!(lab.bytes_here("d/3"), None);
    }
}

#[test]
fn a_file_overwritten_before_the_zip_is_not_taken_for_the_old_version() {
    for dialect in ZIPPING {
        let mut lab = lab(dialect);
        let (_, steps) = fetches(&mut lab, &["d"], 5);
        lab.write_there("d/3", Some("NEWd/3"));
        let run = lab.try_run(&steps).unwrap();
        assert_eq!(run.outcomes[3], Outcome::Stale, "{dialect:?}");
        assert_eq!((lab.bytes_here("d/3"), lab.bytes_here("d/4").is_some()), (None, true));
    }
}

#[test]
fn a_file_that_another_replaced_is_not_taken() {
    let mut lab = lab(Dialect::Nextcloud);
    let (_, steps) = fetches(&mut lab, &["d"], 5);
    let cloud = lab.world.server.cloud().clone();
    between(&lab, move || {
        let mut cloud = cloud.lock();
        cloud.user("anna").delete("d/3").unwrap();
        cloud.user("anna").rename("d/2", "d/3").unwrap();
    });
    let run = lab.try_run(&steps).unwrap();
    assert_eq!((&run.outcomes[2], &run.outcomes[3]), (&Outcome::Stale, &Outcome::Stale));
    assert_eq!((lab.bytes_here("d/2"), lab.bytes_here("d/3")), (None, None));
}

#[test]
fn bytes_that_are_not_those_of_the_vouched_checksum_are_not_taken() {
    // Overwritten under its old date, a file keeps its etag (protocol.md 0.13).
    for dialect in [Dialect::OwnCloud10, Dialect::Ocis] {
        let mut lab = lab(dialect);
        let (_, mut steps) = fetches(&mut lab, &["d"], 4);
        let dated = |bytes: &'static str| {
            let date = Some(SentDate::Seconds(1_700_000_000));
            let put = Put { date, ..Put::plain(Blob::new(bytes.as_bytes().to_vec())) };
            lab.world.server.cloud().lock().put("anna", &path("d/x"), &put).unwrap();
        };
        dated("old");
        lab.look_there("d/x");
        steps.push(fetch(&lab, "d/x"));
        let before = lab.rows().remote[&lab.node("d/x")].seen.clone();
        let dated = |bytes: &'static str| {
            let date = Some(SentDate::Seconds(1_700_000_000));
            let put = Put { date, ..Put::plain(Blob::new(bytes.as_bytes().to_vec())) };
            lab.world.server.cloud().lock().put("anna", &path("d/x"), &put).unwrap();
        };
        dated("new");
        let root = lab.world.server.cloud().lock().look("anna", &path("d/x")).unwrap();
        assert!(before.etag.is_some_and(|etag| root.etag.contains(etag.as_str())));
        let run = lab.try_run(&steps).unwrap();
        assert_ne!(run.outcomes[4], Outcome::Done, "{dialect:?}");
        assert_eq!(lab.bytes_here("d/x"), None);
        assert_eq!(run.outcomes[..4], vec![Outcome::Done; 4]);
    }
}

#[test]
fn few_files_or_large_or_racy_ones_come_one_by_one() {
    let mut lab = lab(Dialect::Nextcloud);
    let (_, few) = fetches(&mut lab, &["d"], 3);
    let (_, mut racy) = fetches(&mut lab, &["e"], 4);
    let node = lab.node("e/0");
    let row = crate::model::RemoteRow { racy: true, ..lab.rows().remote[&node].clone() };
    lab.commit(vec![Change::Remote(node, Some(row))]);
    lab.both("f", None);
    for at in ["f/0", "f/1", "f/2", "f/3"] {
        lab.there(at, Some(&"x".repeat(1 << 20)));
        racy.push(fetch(&lab, at));
    }
    let asked = watched(&lab, || Fate::Proceed);
    let steps = [few, racy].concat();
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; 11]);
    assert_eq!((count(&asked, "GET", true), count(&asked, "GET", false)), (0, 11));
}

#[test]
fn a_plain_server_is_asked_for_no_zip() {
    let mut lab = lab(Dialect::Plain);
    let (names, steps) = fetches(&mut lab, &["d"], 8);
    let asked = watched(&lab, || Fate::Proceed);
    lab.try_run(&steps).unwrap();
    assert_agreed(&lab, &names);
    assert_eq!((count(&asked, "GET", true), count(&asked, "GET", false)), (0, 8));
}

#[test]
fn a_folder_whose_listing_is_longer_than_its_new_files_is_not_asked() {
    let mut lab = lab(Dialect::Nextcloud);
    let (_, steps) = fetches(&mut lab, &["d"], 4);
    for number in 0..30 {
        lab.both(&format!("d/known {number}"), Some("known"));
    }
    let asked = watched(&lab, || Fate::Proceed);
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; 4]);
    assert_eq!((count(&asked, "GET", true), count(&asked, "GET", false)), (0, 4));
}

#[test]
fn a_group_stays_within_what_an_address_can_carry() {
    let mut lab = lab(Dialect::Nextcloud);
    lab.both("d", None);
    let names: Vec<_> = (0..40).map(|number| format!("d/{number}{}", "n".repeat(100))).collect();
    let steps: Vec<_> = names
        .iter()
        .map(|at| {
            lab.there(at, Some(&format!("of {at}")));
            fetch(&lab, at)
        })
        .collect();
    let asked = watched(&lab, || Fate::Proceed);
    lab.try_run(&steps).unwrap();
    assert_agreed(&lab, &names);
    let (zips, gets) = (count(&asked, "GET", true), count(&asked, "GET", false));
    assert!(zips >= 3 && gets < 4, "{zips} {gets}");
}

#[test]
fn once_the_account_is_refused_the_rest_of_a_group_is_not_asked_for() {
    let mut lab = lab(Dialect::Nextcloud);
    let (_, steps) = fetches(&mut lab, &["d"], 20);
    let count = Arc::new(Mutex::new(0));
    let heard = count.clone();
    lab.world.server.set_faults(move |_: &Request<'_>| {
        *heard.lock().unwrap() += 1;
        Fate::Fail(ServerErrorKind::SignIn)
    });
    assert!(lab.try_run(&steps).is_err());
    assert!(*count.lock().unwrap() <= 1 + 3, "{}", count.lock().unwrap());
}

#[test]
fn a_group_that_is_cut_anywhere_leaves_nothing_wrong() {
    let mut ended = false;
    for polls in (0..).step_by(3) {
        let mut lab = lab(Dialect::Nextcloud);
        let (names, steps) = fetches(&mut lab, &["d"], 5);
        ended = lab.cut(&steps, polls);
        lab.start();
        for at in &names {
            let here = lab.bytes_here(at);
            assert!(here.is_none() || here == Some(format!("of {at}")), "{at} after {polls}");
        }
        let left: Vec<_> = names.iter().filter(|at| lab.bytes_here(at).is_none()).collect();
        let again: Vec<_> = left.iter().map(|at| fetch(&lab, at)).collect();
        let run = lab.try_run(&again).unwrap();
        assert_eq!(run.outcomes, vec![Outcome::Done; again.len()], "after {polls}");
        assert_eq!(lab.staged(), Vec::<String>::new());
        if ended {
            break;
        }
    }
    assert!(ended);
}
