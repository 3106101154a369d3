//! Looks that are owed when a gate forgets what was agreed: they come first.

use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, Fate, NoFaults, Request, SharedCloud};
use navette::engine::Engine;
use navette::model::RelPath;
use navette::plan::AllowDeletes;
use navette::report::{End, EngineError, Report, SyncOptions};
use navette::server::ServerErrorKind;
use navette_sim::world::{Turn, run};

use crate::Pair;

const BLIND: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];
const ALL: SyncOptions =
    SyncOptions { allow: AllowDeletes::All, no_wait: false, dry_run: false, verify: false };

/// Runs, and is killed as soon as the server is like this.
fn killed_once(pair: &Pair, is_time: impl Fn(&Pair) -> bool) {
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move { Engine::open(world, journal).await?.sync(&ALL).await };
    let killed = run(&pair.world, future, || match is_time(pair) {
        true => Turn::Cut,
        false => Turn::Go,
    });
    assert!(killed.is_none(), "it ended before: {killed:?}");
    pair.world.server.set_faults(NoFaults);
}

/// A folder that is deleted here, and into which somebody puts a file the moment
/// it is deleted there; the engine is killed before it has looked. Then the
/// folder here comes back from a backup that is older than all that.
fn owed_after_a_deletion(dialect: Dialect) -> Pair {
    let pair = Pair::synced(dialect, &["d/a", "keep"]);
    let older = pair.world.disk.image();
    pair.remove_here("d");
    pair.world.pass(Duration::from_secs(10));
    let cloud = pair.world.cloud().clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "DELETE" {
            drop(cloud.lock().user("u").write("d/new", "theirs"));
        }
        Fate::Proceed
    });
    killed_once(&pair, |pair| !pair.there().contains(&"d".to_owned()));
    pair.world.disk.restore(&older);
    pair
}

/// Files that are new here, over one of which the server lets our request write
/// what somebody has just created; the rest is as above.
fn owed_after_a_creation(dialect: Dialect) -> Pair {
    let pair = Pair::new(dialect);
    (0..6).for_each(|number| pair.write_here(&format!("f{number}"), &format!("ours {number}")));
    let older = pair.world.disk.image();
    pair.world.pass(Duration::from_secs(10));
    let cloud = pair.world.cloud().clone();
    let mut done = false;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        let creates = request.method == "POST" || request.path.as_str() == "f3";
        if matches!(request.method, "POST" | "PUT")
            && creates
            && !std::mem::replace(&mut done, true)
        {
            drop(cloud.lock().user("u").write("f3", "theirs").unwrap());
        }
        Fate::Proceed
    });
    let overwritten = |pair: &Pair| {
        let older = pair.world.cloud().lock().user("u").older();
        older.iter().any(|bytes| bytes.as_ref() == b"theirs")
    };
    killed_once(&pair, overwritten);
    pair.world.disk.restore(&older);
    pair
}

fn shows(pair: &Pair, bytes: &str) -> bool {
    pair.world.disk.snapshot().values().flatten().any(|body| body == bytes.as_bytes())
}

fn settled(pair: &Pair, what: &str) {
    assert_eq!(pair.run(ALL).unwrap().end, End::Equal, "{what}");
    assert_eq!(pair.here(), pair.there(), "{what}");
}

#[test]
fn what_a_blind_deletion_took_comes_back_before_a_gate_forgets_it() {
    for dialect in BLIND {
        let pair = owed_after_a_deletion(dialect);
        settled(&pair, &format!("{dialect:?}"));
        assert!(shows(&pair, "theirs"), "{dialect:?}: {:?}", pair.here());
        assert!(shows(&pair, "d/a"), "{dialect:?}: it was in the backup: {:?}", pair.here());
    }
}

#[test]
fn what_a_creation_overwrote_comes_back_before_a_gate_forgets_it() {
    for dialect in [Dialect::Nextcloud, Dialect::Ocis] {
        let pair = owed_after_a_creation(dialect);
        settled(&pair, &format!("{dialect:?}"));
        assert!(shows(&pair, "theirs"), "{dialect:?}: {:?}", pair.here());
        assert!(shows(&pair, "ours 3"), "{dialect:?}: {:?}", pair.here());
    }
}

/// The user decides; an answer that was lost is waited for.
#[test]
fn what_is_owed_is_looked_at_before_a_user_starts_anew() {
    for dialect in BLIND {
        let pair = owed_after_a_deletion(dialect);
        let report = started_anew(&pair).unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?}: {:?}", report.items);
        assert!(report.seconds < 30.0, "the wait was over before the run: {}", report.seconds);
        assert!(shows(&pair, "theirs"), "{dialect:?}: {:?}", pair.here());
    }
}

#[test]
fn while_the_server_cannot_be_asked_nothing_is_forgotten() {
    for dialect in BLIND {
        let pair = owed_after_a_deletion(dialect);
        let fail = |_: &Request<'_>| Fate::Fail(ServerErrorKind::Unreachable);
        pair.world.server.set_faults(fail);
        for _ in 0..2 {
            let error = pair.run(ALL).unwrap_err();
            assert!(matches!(error, EngineError::Server(_)), "{dialect:?}: {error:?}");
        }
        pair.world.server.set_faults(NoFaults);
        settled(&pair, &format!("{dialect:?}"));
        assert!(shows(&pair, "theirs"), "{dialect:?}: {:?}", pair.here());
    }
}

/// Cut off at any moment, the look is made by the next start.
#[test]
fn a_gate_that_is_cut_off_looks_again() {
    for dialect in BLIND {
        for steps in 1.. {
            let pair = owed_after_a_deletion(dialect);
            let (world, journal) = (pair.world.clone(), pair.journal.clone());
            let future = async move { Engine::open(world, journal).await.map(drop) };
            let mut left = steps;
            let ended = run(&pair.world, future, || {
                left -= 1;
                if left == 0 { Turn::Cut } else { Turn::Go }
            });
            settled(&pair, &format!("{dialect:?} cut off after {steps}"));
            assert!(shows(&pair, "theirs"), "{dialect:?} cut off after {steps}: {:?}", pair.here());
            if ended.is_some() {
                break;
            }
        }
    }
}

/// What the rows say is not said of it: what its own user has deleted stays so.
#[test]
fn another_storage_is_not_looked_at_for_it() {
    for dialect in BLIND {
        let pair = owed_after_a_deletion(dialect);
        let cloud = SharedCloud::new(Cloud::new(dialect, 99));
        cloud.lock().set_now(pair.world.cloud().lock().now());
        // Ids of the other server begin elsewhere.
        for number in 0..20 {
            cloud.lock().user("u").write(&format!("x{number}"), "x").unwrap();
            cloud.lock().user("u").delete(&format!("x{number}")).unwrap();
        }
        cloud.lock().user("u").mkdir("d").unwrap();
        cloud.lock().user("u").write("d/other", "deleted by its user").unwrap();
        cloud.lock().user("u").delete("d").unwrap();
        let mut world = pair.world.clone();
        world.server = Direct::new(cloud, "u", RelPath::root());
        let moved = Pair { world, journal: pair.journal.clone() };
        started_anew(&moved).unwrap();
        assert!(!shows(&moved, "deleted by its user"), "{dialect:?}: {:?}", moved.here());
        let there = moved.there();
        assert!(!there.contains(&"d/other".to_owned()), "{dialect:?}: {there:?}");
    }
}

fn started_anew(pair: &Pair) -> Result<Report, EngineError> {
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = Engine::open_anew(world, journal).await?;
        let report = engine.sync(&ALL).await;
        engine.close()?;
        report
    };
    run(&pair.world, future, || Turn::Go).expect("nobody cuts it off")
}

#[test]
fn what_is_owed_is_looked_at_before_a_new_rule_forgets_it() {
    for dialect in BLIND {
        let pair = owed_after_a_deletion(dialect);
        pair.write_here(".navetteignore", "d/\n");
        pair.world.pass(Duration::from_secs(10));
        assert_eq!(pair.run(ALL).unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(bytes_there(&pair, "d/new"), Some("theirs".into()), "{dialect:?}");
    }
    for dialect in [Dialect::Nextcloud, Dialect::Ocis] {
        let pair = owed_after_a_creation(dialect);
        pair.write_here(".navetteignore", "f*\n");
        pair.world.pass(Duration::from_secs(10));
        assert_eq!(pair.run(ALL).unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(bytes_there(&pair, "f3"), Some("theirs".into()), "{dialect:?}");
    }
}

fn bytes_there(pair: &Pair, path: &str) -> Option<String> {
    let bytes = pair.world.cloud().lock().user("u").bytes(path)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn what_is_owed_in_a_folder_that_goes_or_gets_an_ignored_name_is_looked_at() {
    for (dialect, goes) in BLIND.into_iter().flat_map(|dialect| [(dialect, false), (dialect, true)])
    {
        let pair = Pair::synced(dialect, &["s/d/a", "keep"]);
        pair.remove_here("s/d");
        pair.world.pass(Duration::from_secs(10));
        let cloud = pair.world.cloud().clone();
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if request.method == "DELETE" {
                drop(cloud.lock().user("u").write("s/d/new", "theirs"));
            }
            Fate::Proceed
        });
        killed_once(&pair, |pair| !pair.there().contains(&"s/d".to_owned()));
        match goes {
            true => pair.remove_there("s"),
            false => drop(pair.world.cloud().lock().user("u").rename("s", "s~").unwrap()),
        }
        pair.world.pass(Duration::from_secs(10));
        settled_but(&pair, "s~", &format!("{dialect:?}, {goes}"));
        assert!(shows(&pair, "theirs"), "{dialect:?}, {goes}: {:?}", pair.here());
    }
}

fn settled_but(pair: &Pair, ignored: &str, what: &str) {
    assert_eq!(pair.run(ALL).unwrap().end, End::Equal, "{what}");
    let there: Vec<String> =
        pair.there().into_iter().filter(|path| !path.starts_with(ignored)).collect();
    assert_eq!(pair.here(), there, "{what}");
}
