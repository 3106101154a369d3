//! Several looks of one engine at a disk that tells where something changed:
//! what it reads again, and what lost events can and cannot lead to.

use std::time::Duration;

use navette::cloud::Dialect;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::model::RelPath;
use navette::report::{End, Report, SyncOptions};
use navette_sim::world::{SimWorld, Turn, run};

use super::Pair;

const AN_HOUR: Duration = Duration::from_secs(3600);

fn pair(files: &[&str]) -> Pair {
    let pair =
        Pair::on_disk(Dialect::Nextcloud, SimConfig { watched: true, ..SimConfig::default() });
    files.iter().for_each(|path| pair.write_here(path, path));
    pair
}

/// Lets one engine, which stays, go through all of a day.
fn day(pair: &Pair, day: impl AsyncFnOnce(&mut Engine<SimWorld>)) {
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = Engine::open(world, journal).await.unwrap();
        synced(&mut engine).await;
        day(&mut engine).await;
        engine.close().unwrap();
    };
    run(&pair.world, future, || Turn::Go).expect("nobody cuts it off");
}

async fn synced(engine: &mut Engine<SimWorld>) -> Report {
    engine.world().pass(Duration::from_secs(10));
    engine.sync(&SyncOptions::default()).await.unwrap()
}

fn path(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

#[test]
fn only_where_something_happened_is_looked_at_again() {
    let here = pair(&["a/x", "b/y"]);
    day(&here, async |engine| {
        here.write_here("a/x", "seen by nobody");
        here.world.disk.lose_events();
        here.write_here("b/y", "told of");
        assert_eq!(synced(engine).await.counts.updated, 1, "the one that was told of");
        assert_eq!(synced(engine).await.counts.updated, 0);
        here.world.pass(AN_HOUR);
        assert_eq!(synced(engine).await.counts.updated, 1, "the other one, after an hour");
    });
}

#[test]
fn too_many_events_lead_to_a_look_at_everything() {
    let here = pair(&["a/x", "b/y"]);
    day(&here, async |engine| {
        here.write_here("a/x", "seen by nobody");
        here.world.disk.lose_events();
        here.world.disk.overflow_events();
        assert_eq!(synced(engine).await.counts.updated, 1);
    });
}

#[test]
fn what_moved_where_no_event_told_of_it_is_no_deletion() {
    let here = pair(&["a/x", "a/z", "b/y"]);
    day(&here, async |engine| {
        here.world.disk.user().rename(&path("a/x"), &path("b/x")).unwrap();
        here.world.disk.lose_events();
        here.write_here("a/z", "told of");
        let report = synced(engine).await;
        assert_eq!((report.counts.moved, report.counts.removed_there), (1, 0));
        assert_eq!((report.end, report.counts.sent), (End::Equal, 0));
    });
}

#[test]
fn what_the_engine_fetched_while_events_were_lost_is_no_deletion() {
    let here = pair(&["a/x"]);
    day(&here, async |engine| {
        here.write_there("a/new", "new");
        assert_eq!(synced(engine).await.counts.fetched, 1);
        here.world.disk.lose_events();
        here.write_here("a/x", "told of");
        here.world.disk.lose_events();
        let report = synced(engine).await;
        assert_eq!((report.counts.removed_there, report.end), (0, End::Equal));
        assert_eq!(here.there(), ["a", "a/new", "a/x"]);
    });
}

#[test]
fn folders_that_come_go_and_change_places_are_followed() {
    let here = pair(&["a/x", "a/deep/x", "b/y"]);
    day(&here, async |engine| {
        let user = here.world.disk.user();
        user.swap(&path("a"), &path("b")).unwrap();
        assert_eq!((synced(engine).await.counts.sent, here.there()), (0, here.here()));
        user.rename(&path("b/deep"), &path("c")).unwrap();
        here.write_here("c/more/z", "z");
        assert_eq!((synced(engine).await.counts.sent, here.there()), (1, here.here()));
        here.remove_here("b");
        here.write_here("b", "a file in its place");
        assert_eq!(synced(engine).await.end, End::Equal);
        assert_eq!(here.there(), here.here());
        here.remove_here("c/more");
        assert_eq!((synced(engine).await.counts.removed_there, here.there()), (1, here.here()));
    });
}
