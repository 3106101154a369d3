//! Two users create the same file within one round trip: both contents stay,
//! one under a conflict name.

use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::report::{End, SyncOptions};

use super::Pair;

/// Six new files here; at the first request that creates, somebody writes one of them.
fn meanwhile(dialect: Dialect, taken: &str, fate: Fate) -> Pair {
    let pair = Pair::new(dialect);
    (0..6).for_each(|number| pair.write_here(&format!("f{number}"), &format!("ours {number}")));
    let (cloud, taken) = (pair.world.cloud().clone(), taken.to_owned());
    let mut done = false;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        let creates =
            request.method == "POST" || (request.method == "PUT" && request.path.as_str() == taken);
        if creates && !std::mem::replace(&mut done, true) {
            drop(cloud.lock().user("u").write(&taken, "theirs").unwrap());
            return fate.clone();
        }
        Fate::Proceed
    });
    pair
}

fn both_are_there(pair: &Pair, taken: &str, what: &str) {
    let shots = pair.world.disk.snapshot();
    let shown = |bytes: &str| {
        let mut of = shots.iter().filter(|(_, body)| body.as_deref() == Some(bytes.as_bytes()));
        of.next().map(|(path, _)| path.clone())
    };
    assert_eq!(shown("theirs").as_deref(), Some(taken), "{what}");
    let ours = shown(&taken.replace('f', "ours ")).unwrap_or_default();
    assert!(ours.starts_with(&format!("{taken} (conflict")), "{what}: {shots:?}");
    assert_eq!(pair.here(), pair.there(), "{what}");
    assert_eq!(pair.here().len(), 7, "{what}");
}

#[test]
fn two_who_create_one_file_at_once_both_keep_it() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        for taken in ["f0", "f3", "f5"] {
            let pair = meanwhile(dialect, taken, Fate::Proceed);
            let report = pair.sync().unwrap();
            assert_eq!(report.end, End::Equal, "{dialect:?} {taken}: {:?}", report.items);
            both_are_there(&pair, taken, &format!("{dialect:?} {taken}"));
        }
    }
}

#[test]
fn a_lost_answer_hides_nobodys_file() {
    for dialect in [Dialect::Nextcloud, Dialect::Ocis] {
        let pair = meanwhile(dialect, "f3", Fate::LoseReply);
        pair.world.pass(Duration::from_secs(10));
        pair.run(SyncOptions { no_wait: true, ..SyncOptions::default() }).unwrap();
        pair.world.server.set_faults(NoFaults);
        pair.world.pass(Duration::from_secs(60));
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?}: {:?}", report.items);
        both_are_there(&pair, "f3", &format!("{dialect:?}"));
    }
}

#[test]
fn many_small_files_cost_few_requests() {
    let pair = Pair::new(Dialect::Nextcloud);
    (0..250).for_each(|number| pair.write_here(&format!("d/{number}"), &format!("{number}")));
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal);
    assert_eq!(report.counts.sent, 250);
    assert!(report.requests < 30, "{} requests", report.requests);
}
