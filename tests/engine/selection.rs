//! Choosing what is kept here: folders that leave and come back, with their
//! copies put aside or kept.

use std::collections::BTreeSet;
use std::time::Duration;

use navette::cloud::Dialect;
use navette::engine::{Engine, Leaving, Selection, Tick, Unfulfilled, choosable, without};
use navette::event::Cause;
use navette::model::{Choice, RelPath};
use navette::report::{End, Report, SyncOptions};

use crate::Pair;
use navette_sim::world::{SimWorld, Turn, run};

const FAMILIES: [Dialect; 4] =
    [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis, Dialect::Plain];

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn paths(texts: &[&str]) -> Vec<RelPath> {
    texts.iter().map(|text| path(text)).collect()
}

/// Works with the engine of a pair.
pub(crate) fn with<T>(pair: &Pair, work: impl AsyncFnOnce(&mut Engine<SimWorld>) -> T) -> T {
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = Engine::open(world, journal).await.unwrap();
        let done = work(&mut engine).await;
        engine.close().unwrap();
        done
    };
    run(&pair.world, future, || Turn::Go).expect("nobody cuts it off")
}

fn vec_of(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn select(pair: &Pair, selection: &Selection) -> Report {
    with(pair, async |engine| {
        assert_eq!(engine.select(selection).await.unwrap(), []);
        engine.sync(&SyncOptions::default()).await.unwrap()
    })
}

fn untick(pair: &Pair, what: &[&str], leaving: Leaving) -> Report {
    select(pair, &Selection { untick: paths(what), leaving, ..Selection::default() })
}

fn tick(pair: &Pair, what: &[&str]) -> Report {
    select(pair, &Selection { tick: paths(what), ..Selection::default() })
}

fn ticks(pair: &Pair) -> Vec<(String, Tick)> {
    with(pair, async |engine| {
        let all = choosable(engine.journal().rows());
        all.into_iter().map(|folder| (folder.path.to_string(), folder.tick)).collect()
    })
}

fn sync(pair: &Pair) -> Report {
    pair.world.pass(Duration::from_secs(10));
    pair.sync().unwrap()
}

const ALL: [&str; 6] = ["a", "x", "x/f", "x/y", "x/y/g", "z"];

fn shared(dialect: Dialect) -> Pair {
    let pair = Pair::synced(dialect, &["a", "x/f", "x/y/g"]);
    pair.world.disk.user().mkdir(&path("z")).unwrap();
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.there(), ALL);
    pair
}

#[test]
fn a_folder_that_is_not_wanted_goes_here_stays_there_and_comes_back() {
    for dialect in FAMILIES {
        let pair = shared(dialect);
        let report = untick(&pair, &["x"], Leaving::Trash);
        assert_eq!((report.end, report.brakes.len()), (End::Equal, 0), "{dialect:?}");
        assert_eq!((pair.here(), pair.there().len()), (vec!["a".into(), "z".into()], ALL.len()));
        assert_eq!(sync(&pair).end, End::Equal);
        assert_eq!(pair.there(), ALL, "{dialect:?}");
        let ticked = [("x", Tick::None), ("x/y", Tick::None), ("z", Tick::All)];
        assert_eq!(ticks(&pair), ticked.map(|(path, tick)| (path.to_owned(), tick)));
        assert_eq!(tick(&pair, &["x"]).end, End::Equal);
        assert_eq!((pair.here(), pair.there()), (pair.there(), ALL.map(str::to_owned).to_vec()));
    }
}

#[test]
fn what_is_put_aside_can_be_brought_back() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x"], Leaving::Trash);
    let asides = with(&pair, async |engine| {
        let asides = engine.journal().rows().asides.values();
        asides.map(|aside| (aside.path.to_string(), aside.on_server)).collect::<Vec<_>>()
    });
    assert_eq!(BTreeSet::from_iter(asides), [("x/f".into(), true), ("x/y/g".into(), true)].into());
}

#[test]
fn a_copy_that_stays_is_nobodys_deletion_and_never_sent() {
    for dialect in FAMILIES {
        let pair = shared(dialect);
        let report = untick(&pair, &["x"], Leaving::Keep);
        assert_eq!((report.end, report.counts.removed_here), (End::Equal, 0), "{dialect:?}");
        assert_eq!(pair.here(), ALL);
        // Whatever is done with it concerns the server no more.
        pair.write_here("x/f", "edited here");
        pair.write_here("x/new", "new here");
        pair.remove_here("x/y/g");
        pair.write_there("x/there", "new there");
        assert_eq!(sync(&pair).end, End::Equal, "{dialect:?}");
        assert_eq!(sync(&pair).end, End::Equal, "{dialect:?}");
        assert_eq!(pair.here(), ["a", "x", "x/f", "x/new", "x/y", "z"]);
        assert_eq!(pair.there(), ["a", "x", "x/f", "x/there", "x/y", "x/y/g", "z"]);
        // Nor does its end.
        pair.remove_here("x");
        assert_eq!(sync(&pair).end, End::Equal, "{dialect:?}");
        assert_eq!((pair.here().len(), pair.there().len()), (2, 7), "{dialect:?}");
        assert_eq!(ticks(&pair)[0], ("x".to_owned(), Tick::None), "{dialect:?}");
    }
}

#[test]
fn a_copy_that_stayed_is_compared_when_it_is_wanted_again() {
    for dialect in FAMILIES {
        let pair = shared(dialect);
        untick(&pair, &["x"], Leaving::Keep);
        pair.write_here("x/new", "new here");
        pair.world.pass(Duration::from_secs(10));
        let report = tick(&pair, &["x"]);
        assert_eq!(report.end, End::Equal, "{dialect:?}: {:?}", report.items);
        assert_eq!((report.bytes_down, report.counts.conflicts), (0, 0), "{dialect:?}");
        assert_eq!((pair.here(), pair.there().len()), (pair.there(), ALL.len() + 1));
        pair.remove_here("x/f");
        assert_eq!(sync(&pair).end, End::Equal, "and it is synced as ever: {dialect:?}");
        assert_eq!(pair.there().len(), ALL.len(), "{dialect:?}");
    }
}

#[test]
fn a_copy_that_stays_outlives_renames_above_it_and_its_own() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x/y"], Leaving::Keep);
    pair.world.disk.user().rename(&path("x"), &path("w")).unwrap();
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.there(), ["a", "w", "w/f", "w/y", "w/y/g", "z"]);
    pair.world.cloud().lock().user("u").rename("w", "v").unwrap();
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.here(), ["a", "v", "v/f", "v/y", "v/y/g", "z"]);
    pair.world.disk.user().rename(&path("v/y"), &path("z/mine")).unwrap();
    pair.world.cloud().lock().user("u").rename("v/y", "v/theirs").unwrap();
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.here(), ["a", "v", "v/f", "z", "z/mine", "z/mine/g"]);
    assert_eq!(pair.there(), ["a", "v", "v/f", "v/theirs", "v/theirs/g", "z"]);
    // Wanted again, it goes where the server has it, and no byte travels.
    let report = tick(&pair, &["v/theirs"]);
    assert_eq!((report.end, report.bytes_down, report.bytes_up), (End::Equal, 0, 0));
    assert_eq!((pair.here(), pair.there().len()), (pair.there(), ALL.len()));
}

#[test]
fn a_copy_that_stays_keeps_its_folder_when_that_is_deleted_there() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x/y"], Leaving::Keep);
    pair.remove_there("x");
    for _ in 0..3 {
        assert_eq!(sync(&pair).end, End::Equal);
    }
    assert_eq!(pair.here(), ["a", "x", "x/y", "x/y/g", "z"]);
    assert_eq!(pair.there(), ["a", "z"]);
    // Wanted again, it is new.
    assert_eq!(ticks(&pair), [("y".to_owned(), Tick::Kept), ("z".to_owned(), Tick::All)]);
    assert_eq!(tick(&pair, &["y"]).end, End::Equal);
    assert_eq!(pair.there(), ["a", "x", "x/y", "x/y/g", "z"]);
}

#[test]
fn a_file_that_comes_to_the_place_of_a_copy_that_stays_gets_an_alias() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["d/f", "k"]);
        untick(&pair, &["d"], Leaving::Keep);
        pair.remove_there("d");
        sync(&pair);
        pair.write_there("d", "a file");
        let report = sync(&pair);
        assert_eq!(pair.here(), ["d", "d (case 2)", "d/f", "k"], "{dialect:?}");
        let said: Vec<_> = report.items.iter().map(|item| &item.cause).collect();
        assert_eq!(said, [&Cause::ShownAs("d (case 2)".into())], "{dialect:?}");
        // Wanted again, the copy steps aside for the server's file, and is sent.
        tick(&pair, &["d"]);
        sync(&pair);
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        assert_eq!(pair.here().len(), 4, "{dialect:?}: {:?}", pair.here());
    }
}

#[test]
fn a_share_given_again_where_its_copy_stays_is_not_kept_either() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["s/d/f", "k"]);
        untick(&pair, &["s/d"], Leaving::Keep);
        pair.remove_there("s/d");
        sync(&pair);
        pair.write_there("s/d/f", "theirs");
        pair.write_there("s/d/g", "new");
        let report = sync(&pair);
        assert_eq!((report.items.len(), pair.here()), (0, vec_of(&["k", "s", "s/d", "s/d/f"])));
        assert!(ticks(&pair).contains(&("s/d".to_owned(), Tick::Kept)), "{dialect:?}");
        tick(&pair, &["s/d"]);
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        assert!(pair.here().contains(&"s/d/g".to_owned()), "{dialect:?}");
    }
}

#[test]
fn what_was_moved_into_a_copy_that_stays_is_not_deleted_there() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x"], Leaving::Keep);
    pair.world.disk.user().rename(&path("a"), &path("x/a")).unwrap();
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.there(), ALL);
    assert!(pair.here().contains(&"a".to_owned()), "{:?}", pair.here());
}

#[test]
fn what_was_never_sent_stays_and_is_sent_as_before() {
    for leaving in [Leaving::Trash, Leaving::Keep] {
        let pair = shared(Dialect::Nextcloud);
        pair.write_here("x/new", "new here");
        pair.write_here("x/f", "edited here");
        pair.world.pass(Duration::from_secs(10));
        untick(&pair, &["x"], leaving);
        let bytes: Vec<Vec<u8>> = pair.world.disk.snapshot().into_values().flatten().collect();
        for wanted in ["new here", "edited here"] {
            assert!(bytes.iter().any(|bytes| bytes == wanted.as_bytes()), "{wanted} {leaving:?}");
        }
        assert!(ALL.iter().all(|path| pair.there().iter().any(|there| there == path)));
    }
}

#[test]
fn a_file_that_is_only_presumed_equal_is_read_before_it_goes() {
    let pair = Pair::new(Dialect::Plain);
    pair.world.cloud().lock().user("u").mkdir("x").unwrap();
    pair.write_there("x/f", "one");
    // Of the same length and date.
    pair.write_here("x/f", "two");
    pair.world.pass(Duration::from_secs(600));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.presumed), (End::Equal, 1));
    untick(&pair, &["x"], Leaving::Trash);
    let bytes: Vec<Vec<u8>> = pair.world.disk.snapshot().into_values().flatten().collect();
    assert!(bytes.contains(&b"two".to_vec()), "it was never there: {:?}", pair.here());
}

#[test]
fn of_a_folder_one_part_can_be_wanted() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x"], Leaving::Trash);
    assert_eq!(tick(&pair, &["x/y"]).end, End::Equal);
    assert_eq!(pair.here(), ["a", "x", "x/y", "x/y/g", "z"]);
    assert_eq!(ticks(&pair)[0], ("x".to_owned(), Tick::Part));
    // What is new there in it comes; what else was there does not.
    pair.write_there("x/new", "new");
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.here(), ["a", "x", "x/new", "x/y", "x/y/g", "z"]);
    assert_eq!(tick(&pair, &["x"]).end, End::Equal);
    assert_eq!(pair.here(), pair.there());
}

#[test]
fn what_cannot_be_chosen_is_said_and_changes_nothing() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x"], Leaving::Keep);
    let asked = Selection {
        tick: paths(&["x/y", "no"]),
        untick: paths(&["a", "no/such", "z"]),
        leaving: Leaving::Trash,
    };
    let told = with(&pair, async |engine| engine.select(&asked).await.unwrap());
    let unknown = |text| (path(text), Unfulfilled::Unknown);
    let expected =
        [(path("x/y"), Unfulfilled::InKept), unknown("no"), unknown("a"), unknown("no/such")];
    assert_eq!(told, expected);
    assert!(ticks(&pair).contains(&("z".to_owned(), Tick::All)));
}

#[test]
fn what_is_not_wanted_from_the_beginning_is_never_fetched() {
    for dialect in FAMILIES {
        let pair = shared(dialect);
        let second = second_computer(&pair);
        let without = BTreeSet::from_iter(paths(&["x/y", "not/yet"]));
        with(&second, async |engine| {
            engine.heed(&choice(&without)).unwrap();
            assert_eq!(engine.sync(&SyncOptions::default()).await.unwrap().end, End::Equal);
            assert_eq!(navette::engine::without(engine.journal().rows()), without);
        });
        assert_eq!(second.here(), ["a", "x", "x/f", "z"], "{dialect:?}");
        let user = pair.world.cloud();
        user.lock().user("u").mkdir("not").unwrap();
        user.lock().user("u").mkdir("not/yet").unwrap();
        pair.write_there("not/yet/h", "h");
        assert_eq!(sync(&second).end, End::Equal, "{dialect:?}");
        assert_eq!(second.here(), ["a", "not", "x", "x/f", "z"], "{dialect:?}");
    }
}

fn choice(without: &BTreeSet<RelPath>) -> Choice {
    Choice { without: without.clone(), ..Choice::default() }
}

fn second_computer(pair: &Pair) -> Pair {
    let disk = navette::disk::SimDisk::new(navette::disk::sim::SimConfig::default());
    let world = SimWorld::new(disk, pair.world.server.clone());
    world.pass(Duration::from_secs(3600));
    Pair { world, journal: navette::journal::InMemory::new() }
}

#[test]
fn settings_that_somebody_changed_are_a_wish() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x/y"], Leaving::Trash);
    let told = with(&pair, async |engine| {
        let told = without(engine.journal().rows());
        engine.heeded(told.clone()).unwrap();
        told
    });
    assert_eq!(told, BTreeSet::from_iter(paths(&["x/y"])));
    // Renamed meanwhile: the settings of before say nothing new.
    pair.world.cloud().lock().user("u").rename("x", "w").unwrap();
    with(&pair, async |engine| {
        engine.heed(&choice(&told)).unwrap();
        assert_eq!(engine.sync(&SyncOptions::default()).await.unwrap().end, End::Equal);
        assert_eq!(without(engine.journal().rows()), BTreeSet::from_iter(paths(&["w/y"])));
        engine.heeded(without(engine.journal().rows())).unwrap();
        // Somebody takes it out of the settings, and puts another one in.
        engine.heed(&choice(&BTreeSet::from_iter(paths(&["z"])))).unwrap();
        assert_eq!(engine.sync(&SyncOptions::default()).await.unwrap().end, End::Equal);
    });
    assert_eq!(
        ticks(&pair),
        [("w", Tick::All), ("w/y", Tick::All), ("z", Tick::Kept)]
            .map(|(path, tick)| (path.to_owned(), tick))
    );
}

#[test]
fn a_lost_journal_takes_the_choice_from_the_settings_and_deletes_nothing() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x"], Leaving::Keep);
    pair.write_here("x/f", "edited here");
    pair.write_here("x/new", "new here");
    pair.world.pass(Duration::from_secs(10));
    let (here, there) = (pair.here(), pair.there());
    let pair = Pair { journal: navette::journal::InMemory::new(), ..pair };
    with(&pair, async |engine| {
        engine.heed(&choice(&BTreeSet::from_iter(paths(&["x"])))).unwrap();
        let report = engine.sync(&SyncOptions::default()).await.unwrap();
        assert_eq!((report.end, report.bytes_up), (End::Equal, 0), "{:?}", report.items);
    });
    assert_eq!((pair.here(), pair.there()), (here, there));
    assert_eq!(ticks(&pair)[0], ("x".to_owned(), Tick::Kept));
}

#[test]
fn a_choice_outlives_a_folder_from_a_backup() {
    let pair = shared(Dialect::Nextcloud);
    untick(&pair, &["x"], Leaving::Keep);
    let marker = path(".navette/marker");
    pair.world.disk.user().remove(&marker).unwrap();
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(ticks(&pair)[0], ("x".to_owned(), Tick::Kept));
    pair.write_here("x/new", "new here");
    assert_eq!(sync(&pair).end, End::Equal);
    assert_eq!(pair.there(), ALL);
}

/// Syncs with large new folders asked about.
fn sync_asking(pair: &Pair) -> Report {
    pair.world.pass(Duration::from_secs(10));
    with(pair, async |engine| {
        let said = without(engine.journal().rows());
        let choice = Choice { without: said, confirm_above: Some(10), ..Choice::default() };
        engine.heed(&choice).unwrap();
        let report = engine.sync(&SyncOptions::default()).await.unwrap();
        engine.heeded(without(engine.journal().rows())).unwrap();
        report
    })
}

fn asked(report: &Report) -> Vec<(String, u64)> {
    let asked = report.items.iter().filter_map(|item| match item.cause {
        Cause::AsksFirst { bytes } => Some((item.path.clone(), bytes)),
        _ => None,
    });
    asked.collect()
}

/// A pair to whose server somebody has added a large folder in a small one.
fn with_a_large_folder(dialect: Dialect) -> Pair {
    let pair = shared(dialect);
    assert_eq!(asked(&sync_asking(&pair)), []);
    for folder in ["new", "new/deep", "small"] {
        pair.world.cloud().lock().user("u").mkdir(folder).unwrap();
    }
    pair.write_there("new/deep/much", "twelve bytes");
    pair.write_there("new/b", "more");
    pair.write_there("small/s", "little");
    pair
}

#[test]
fn a_large_new_folder_waits_for_an_answer_and_everything_else_goes_on() {
    for dialect in FAMILIES {
        let pair = with_a_large_folder(dialect);
        let report = sync_asking(&pair);
        assert_eq!(asked(&report), [("new".to_owned(), 16)], "{dialect:?}");
        assert_eq!((report.end, report.bytes_down), (End::Unfinished, 6), "{dialect:?}");
        assert!(!pair.here().iter().any(|path| path.starts_with("new")), "{dialect:?}");
        assert!(pair.here().contains(&"small/s".to_owned()), "{dialect:?}");
        // It is asked for as long as nobody answers, and what grows is said.
        pair.write_there("new/c", "and more");
        assert_eq!(asked(&sync_asking(&pair)), [("new".to_owned(), 24)], "{dialect:?}");
    }
}

#[test]
fn whoever_wants_a_large_new_folder_gets_it_and_whoever_does_not_is_asked_no_more() {
    for dialect in FAMILIES {
        let pair = with_a_large_folder(dialect);
        sync_asking(&pair);
        assert_eq!(tick(&pair, &["new"]).end, End::Equal, "{dialect:?}");
        assert_eq!(asked(&sync_asking(&pair)), [], "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        let pair = with_a_large_folder(dialect);
        sync_asking(&pair);
        assert_eq!(untick(&pair, &["new"], Leaving::Trash).end, End::Equal, "{dialect:?}");
        assert_eq!(sync_asking(&pair).end, End::Equal, "{dialect:?}");
        assert!(!pair.here().iter().any(|path| path.starts_with("new")), "{dialect:?}");
        assert!(pair.there().contains(&"new/b".to_owned()), "{dialect:?}");
    }
}

#[test]
fn nobody_is_asked_at_the_first_look_nor_about_what_is_here_or_gone() {
    for dialect in FAMILIES {
        // At the beginning everything is new: that was chosen before.
        let pair = with_a_large_folder(dialect);
        let second = second_computer(&pair);
        assert_eq!(asked(&sync_asking(&second)), [], "{dialect:?}");
        assert_eq!(second.here(), pair.there(), "{dialect:?}");
        // A folder that both sides made is here anyhow.
        second.write_here("both/here", "made on this computer");
        pair.world.cloud().lock().user("u").mkdir("both").unwrap();
        pair.write_there("both/there", "made on the server");
        assert_eq!(asked(&sync_asking(&second)), [], "{dialect:?}");
        assert_eq!(second.here(), pair.there(), "{dialect:?}");
        // What is taken back before anybody has answered is no question any more.
        assert_eq!(asked(&sync_asking(&pair))[1].0, "new", "{dialect:?}");
        pair.world.cloud().lock().user("u").delete("new").unwrap();
        assert_eq!(asked(&sync_asking(&pair)), [("both".to_owned(), 39)], "{dialect:?}");
    }
}
