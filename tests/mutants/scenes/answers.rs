//! Requests whose answer did not come.

use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::mutant::Mutant;
use navette::report::{End, SyncOptions};

use super::Scenes;
use crate::Pair;

pub(super) const SCENES: Scenes = &[
    ("a torn overwrite of our own is nobody's edit", &[Mutant::TornIsEdit], torn),
    (
        "what lost its answer is proved to have arrived",
        &[Mutant::SentIsPresumed],
        proved_to_have_arrived,
    ),
    (
        "what lost its answer and is deleted here stays away",
        &[Mutant::LateLandingIgnored],
        deleted_meanwhile,
    ),
];

/// The first request of this method meets `fate`.
fn first(pair: &Pair, method: &'static str, fate: Fate) {
    let mut met = false;
    pair.world.server.set_faults(move |request: &Request<'_>| {
        match request.method == method && !std::mem::replace(&mut met, true) {
            true => fate.clone(),
            false => Fate::Proceed,
        }
    });
}

fn torn() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here("a", "a longer text");
    pair.world.pass(Duration::from_secs(10));
    first(&pair, "PUT", Fate::CutBody(8));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!((pair.here(), pair.there()), (vec!["a".to_owned()], vec!["a".to_owned()]));
    assert_eq!(pair.world.cloud().lock().user("u").bytes("a").unwrap(), "a longer text");
}

fn proved_to_have_arrived() {
    let pair = Pair::new(Dialect::Nextcloud);
    pair.write_here("a", "written here");
    pair.world.pass(Duration::from_secs(60));
    first(&pair, "PUT", Fate::LoseReply);
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.presumed), (End::Equal, 0));
}

fn deleted_meanwhile() {
    let pair = Pair::synced(Dialect::Nextcloud, &["keep"]);
    pair.write_here("a", "written here");
    pair.world.pass(Duration::from_secs(60));
    first(&pair, "PUT", Fate::Late);
    let hasty = SyncOptions { no_wait: true, ..SyncOptions::default() };
    pair.run(hasty).unwrap();
    pair.world.server.set_faults(NoFaults);
    pair.remove_here("a");
    pair.world.server.land_late();
    for _ in 0..2 {
        pair.run(hasty).unwrap();
        assert_eq!(pair.here(), ["keep"]);
    }
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!((pair.here(), pair.there()), (vec!["keep".to_owned()], vec!["keep".to_owned()]));
}
