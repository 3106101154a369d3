//! What users choose to keep, and never to sync, is nobody's deletion.

use std::time::Duration;

use navette::cloud::Dialect;
use navette::disk::sim::{SimConfig, SimDisk};
use navette::engine::{Engine, Leaving, Selection};
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::mutant::Mutant;
use navette::report::{End, SyncOptions};
use navette_sim::world::{SimWorld, Turn, run};

use super::Scenes;
use crate::Pair;

pub(super) const SCENES: Scenes = &[
    (
        "what a rule leaves out is not deleted on either side",
        &[Mutant::IgnoredIsGoneThere],
        ignored,
    ),
    ("what is never synced stays when its folder goes", &[Mutant::IgnoredGoesToo], left),
    ("what only looks equal is read before it leaves", &[Mutant::PresumedLeaves], presumed),
    ("rules that are just being saved decide nothing", &[Mutant::YoungRulesHold], young),
    ("rules come first to another computer", &[Mutant::RulesNotFirst], first),
];

const RULES: &str = ".navetteignore";

fn untick(pair: &Pair, path: &str, leaving: Leaving) {
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let untick = vec![RelPath::parse(path).unwrap()];
    let future = async move {
        let mut engine = Engine::open(world, journal).await.unwrap();
        let wish = Selection { untick, leaving, ..Selection::default() };
        assert_eq!(engine.select(&wish).await.unwrap(), []);
        engine.sync(&SyncOptions::default()).await.unwrap();
        engine.close().unwrap();
    };
    run(&pair.world, future, || Turn::Go).unwrap();
}

fn ignored() {
    // Without ids that outlive a rename, only the rule tells what became of it.
    let disk = SimConfig { stable_ids: false, ..SimConfig::default() };
    for dialect in [Dialect::Plain, Dialect::Nextcloud] {
        let pair = super::on(dialect, disk);
        for path in ["a", "b.iso", "d/c.iso"] {
            pair.write_here(path, path);
        }
        pair.world.pass(Duration::from_secs(60));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.write_here(RULES, "*.iso\nd/\n");
        pair.world.pass(Duration::from_secs(60));
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.removed_here), (End::Equal, 0));
        assert_eq!((pair.here(), pair.here().len()), (pair.there(), 5));
        // Nor is what one side does with it the other's.
        pair.remove_here("b.iso");
        pair.remove_there("d/c.iso");
        pair.world.pass(Duration::from_secs(60));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        assert_eq!((pair.here().len(), pair.there().len()), (4, 4));
    }
}

fn left() {
    for dialect in [Dialect::Plain, Dialect::Nextcloud] {
        let pair = super::on(dialect, SimConfig::default());
        pair.write_here("d/e/f", "f");
        pair.world.pass(Duration::from_secs(60));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.write_there("d/e/notes~", "an editor's");
        pair.world.pass(Duration::from_secs(60));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.remove_here("d");
        pair.world.pass(Duration::from_secs(60));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        assert_eq!(
            (pair.here().len(), pair.there()),
            (0, vec!["d".into(), "d/e".into(), "d/e/notes~".into()])
        );
    }
}

fn presumed() {
    let pair = Pair::new(Dialect::Plain);
    pair.world.cloud().lock().user("u").mkdir("x").unwrap();
    pair.write_there("x/f", "one");
    pair.write_here("x/f", "two");
    pair.world.pass(Duration::from_secs(600));
    assert_eq!(pair.sync().unwrap().counts.presumed, 1);
    untick(&pair, "x", Leaving::Trash);
    let shown = pair.world.disk.snapshot();
    assert!(shown.values().flatten().any(|bytes| bytes == b"two"), "{shown:?}");
}

fn young() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here(RULES, "secret/\n");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.write_here("secret/s", "s");
    pair.world.pass(Duration::from_secs(60));
    // An editor empties it before it writes.
    pair.write_here(RULES, "");
    pair.run(SyncOptions { no_wait: true, ..SyncOptions::default() }).unwrap();
    assert_eq!(pair.there(), [RULES, "a"]);
}

fn first() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b.iso"]);
    pair.write_here(RULES, "*.iso\n");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    let disk = SimDisk::new(SimConfig::default());
    let world = SimWorld::new(disk, pair.world.server.clone());
    world.pass(Duration::from_secs(3600));
    let second = Pair { world, journal: InMemory::new() };
    assert_eq!(second.sync().unwrap().end, End::Equal);
    assert_eq!(second.here(), [RULES, "a"]);
}
