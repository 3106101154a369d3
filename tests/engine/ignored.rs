//! What users leave out: rules that come, change and go, and names that come to
//! match them. Nothing is ever deleted for it on either side.

use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::event::Cause;
use navette::journal::InMemory;
use navette::model::{Choice, RelPath, RuleTexts, WaitReason};
use navette::report::{Counts, End, Report, SyncOptions};

use crate::Pair;
use crate::selection::with;
use navette_sim::world::SimWorld;

const FAMILIES: [Dialect; 4] =
    [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis, Dialect::Plain];

const RULES: &str = ".navetteignore";

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn sync(pair: &Pair) -> Report {
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal, "{:?}", report.items);
    report
}

/// As [`sync`], by what the settings say.
fn sync_by(pair: &Pair, rules: &RuleTexts) -> Report {
    pair.world.pass(Duration::from_secs(10));
    let choice = Choice { rules: rules.clone(), ..Choice::default() };
    with(pair, async |engine| {
        engine.heed(&choice).unwrap();
        engine.sync(&SyncOptions::default()).await.unwrap()
    })
}

fn rename_here(pair: &Pair, from: &str, to: &str) {
    pair.world.disk.user().rename(&path(from), &path(to)).unwrap();
}

fn rename_there(pair: &Pair, from: &str, to: &str) {
    pair.world.cloud().lock().user("u").rename(from, to).unwrap();
}

/// Names on one side, without the rules themselves.
fn plain(names: Vec<String>) -> Vec<String> {
    names.into_iter().filter(|name| name != RULES).collect()
}

fn vec_of(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn text_here(pair: &Pair, at: &str) -> String {
    String::from_utf8(pair.world.disk.snapshot()[at].clone().unwrap()).unwrap()
}

#[test]
fn what_is_ignored_goes_out_of_sight_and_comes_back_by_comparison() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["a", "a.iso", "build/x", "build/y/z", "k"]);
        let all = pair.there();
        pair.write_here(RULES, "*.iso\nbuild/\n");
        let report = sync(&pair);
        assert_eq!((report.counts.removed_here, report.counts.removed_there), (0, 0));
        assert_eq!((plain(pair.here()), plain(pair.there())), (all.clone(), all.clone()));
        // Each side may do with it what it likes.
        pair.write_here("build/x", "here");
        pair.remove_here("build/y");
        pair.write_here("new.iso", "new");
        pair.write_there("a.iso", "there");
        pair.write_there("build/there", "there");
        sync(&pair);
        let here = ["a", "a.iso", "build", "build/x", "k", "new.iso"];
        assert_eq!(plain(pair.here()), here, "{dialect:?}");
        assert_eq!(plain(pair.there()).len(), all.len() + 1, "{dialect:?}");
        // Not ignored any more: equal things are equal, others are both kept.
        pair.write_here(RULES, "\n");
        let report = sync(&pair);
        assert_eq!((report.counts.removed_here, report.counts.removed_there), (0, 0));
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        let texts: Vec<Vec<u8>> = pair.world.disk.snapshot().into_values().flatten().collect();
        for text in ["here", "there", "new", "a.iso", "build/x", "build/y/z"] {
            assert!(texts.iter().any(|have| have == text.as_bytes()), "{text}: {dialect:?}");
        }
        assert_eq!(sync(&pair).passes, 1, "{dialect:?}");
    }
}

#[test]
fn equal_things_that_are_no_longer_ignored_cost_no_byte() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a.iso", "b/c.iso", "k"]);
    pair.write_here(RULES, "*.iso\n");
    sync(&pair);
    pair.write_here(RULES, "*.img\n");
    let report = sync(&pair);
    assert_eq!((report.bytes_up, report.bytes_down), (6, 0), "the rules alone");
    assert_eq!((report.counts.adopted, report.counts.conflicts), (2, 0));
}

fn second_computer(pair: &Pair) -> Pair {
    let world = SimWorld::new(SimDisk::new(SimConfig::default()), pair.world.server.clone());
    world.pass(Duration::from_secs(3600));
    Pair { world, journal: InMemory::new() }
}

#[test]
fn the_rules_come_first_to_another_computer() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["a", "a.iso", "build/x"]);
        pair.write_here(RULES, "*.iso\n/build/\n");
        sync(&pair);
        let second = second_computer(&pair);
        second.write_here("own.iso", "own");
        let report = sync(&second);
        assert_eq!(report.counts.fetched, 2, "{dialect:?}");
        assert_eq!(second.here(), [RULES, "a", "own.iso"], "{dialect:?}");
        assert!(!pair.there().contains(&"own.iso".to_owned()), "{dialect:?}");
        // Changed here, they hold there as soon as they arrive.
        pair.world.pass(Duration::from_secs(3700));
        pair.write_here(RULES, "*.iso\n/build/\n*.log\n");
        sync(&pair);
        pair.write_there("1.log", "log");
        sync(&second);
        assert_eq!(second.here(), [RULES, "a", "own.iso"], "{dialect:?}");
    }
}

#[test]
fn a_name_that_comes_to_be_ignored_there_is_no_deletion_here() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["a", "x/b", "k"]);
        pair.write_here(RULES, "*.old\n");
        sync(&pair);
        rename_there(&pair, "a", "a.old");
        rename_there(&pair, "x", "x.old");
        let report = sync(&pair);
        assert_eq!(report.counts.removed_here, 0, "{dialect:?}");
        assert_eq!(plain(pair.here()), ["a", "k", "x", "x/b"], "{dialect:?}");
        let there = ["a", "a.old", "k", "x", "x.old", "x.old/b", "x/b"];
        assert_eq!(plain(pair.there()), there, "{dialect:?}");
    }
}

#[test]
fn a_folder_renamed_over_a_rule_with_a_path_takes_what_is_in_it_along() {
    for (dialect, here) in [(Dialect::Nextcloud, true), (Dialect::Ocis, false)] {
        let pair = Pair::synced(dialect, &["out/x.o", "out/x.c", "k"]);
        pair.write_here(RULES, "/build/*.o\n");
        sync(&pair);
        match here {
            true => rename_here(&pair, "out", "build"),
            false => rename_there(&pair, "out", "build"),
        }
        let report = sync(&pair);
        assert_eq!((report.counts.removed_here, report.counts.removed_there), (0, 0));
        assert_eq!((report.counts.conflicts, report.counts.fetched), (0, 0), "{dialect:?}");
        assert_eq!(plain(pair.here()), ["build", "build/x.c", "build/x.o", "k"], "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        assert_eq!(sync(&pair).passes, 1, "and that is all: {dialect:?}");
        // And back again.
        match here {
            true => rename_here(&pair, "build", "out"),
            false => rename_there(&pair, "build", "out"),
        }
        let report = sync(&pair);
        assert_eq!(report.counts.conflicts, 0, "{dialect:?}");
        assert_eq!(plain(pair.here()), ["k", "out", "out/x.c", "out/x.o"], "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
    }
}

#[test]
fn a_folder_deleted_there_keeps_what_is_ignored_in_it() {
    let pair = Pair::synced(Dialect::Nextcloud, &["d/e/f", "k"]);
    pair.write_here(RULES, "*.mine\nd/cache/\n");
    pair.write_here("d/e/x.mine", "mine");
    pair.write_here("d/cache/y", "mine");
    sync(&pair);
    pair.remove_there("d");
    sync(&pair);
    sync(&pair);
    let here = ["d", "d/cache", "d/cache/y", "d/e", "d/e/x.mine", "k"];
    assert_eq!(plain(pair.here()), here);
    assert_eq!(plain(pair.there()), ["k"]);
}

#[test]
fn a_folder_deleted_here_keeps_what_is_ignored_in_it_there() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["d/e/f", "d/x.mine", "k"]);
        pair.write_here(RULES, "*.mine\n");
        sync(&pair);
        pair.remove_here("d");
        sync(&pair);
        assert_eq!(plain(pair.there()), ["d", "d/x.mine", "k"], "{dialect:?}");
    }
}

#[test]
fn rules_that_are_being_written_decide_nothing() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "k.iso"]);
    pair.write_here(RULES, "*.iso\nsecret/\n");
    sync(&pair);
    pair.write_here("secret/s", "s");
    pair.world.pass(Duration::from_secs(10));
    // An editor empties the file, and writes it a moment later.
    pair.write_here(RULES, "");
    let options = SyncOptions { no_wait: true, ..SyncOptions::default() };
    let report = pair.run(options).unwrap();
    assert_eq!((report.end, report.counts.sent), (End::Unfinished, 0));
    let waits = Cause::Waits(WaitReason::Quiet);
    assert!(report.items.iter().any(|item| item.path == RULES && item.cause == waits));
    pair.write_here(RULES, "*.iso\nsecret/\n*.log\n");
    sync(&pair);
    assert!(!pair.there().iter().any(|path| path.starts_with("secret")));
    // Another one deletes it first.
    pair.remove_here(RULES);
    pair.run(options).unwrap();
    assert!(!pair.there().iter().any(|path| path.starts_with("secret")));
    pair.write_here(RULES, "secret/\n");
    sync(&pair);
    assert!(!pair.there().iter().any(|path| path.starts_with("secret")));
    // Deleted for good, nothing is ignored any more.
    pair.remove_here(RULES);
    sync(&pair);
    assert_eq!(pair.there(), ["a", "k.iso", "secret", "secret/s"]);
}

#[test]
fn rules_in_conflict_leave_out_what_either_of_them_does() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here(RULES, "*.both\n");
    sync(&pair);
    pair.write_here("1.mine", "1");
    pair.write_here("1.theirs", "1");
    pair.write_here(RULES, "*.both\n*.mine\n");
    pair.write_there(RULES, "*.both\n*.theirs\n");
    let report = sync(&pair);
    assert_eq!(report.counts.conflicts, 1);
    assert!(!pair.there().iter().any(|path| path.starts_with('1')), "{:?}", pair.there());
    // Somebody decides.
    let copy = pair.here().into_iter().find(|path| path.starts_with(".navetteignore (")).unwrap();
    pair.remove_here(&copy);
    sync(&pair);
    assert_eq!(pair.there(), [RULES, "1.mine", "a"]);
}

#[test]
fn rules_of_the_settings_hold_until_the_settings_say_otherwise() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b.iso"]);
    let rules = RuleTexts {
        account: vec!["*.iso".to_owned()],
        folder: vec!["*.tmp".to_owned()],
        ..RuleTexts::default()
    };
    sync_by(&pair, &rules);
    pair.write_here("c.iso", "c");
    pair.write_here("c.tmp", "c");
    pair.write_there("d.iso", "d");
    // Nobody asks the settings, as with a pair that is named by its server.
    sync(&pair);
    assert_eq!((pair.here().len(), pair.there().len()), (4, 3));
    sync_by(&pair, &RuleTexts::default());
    assert_eq!(pair.here(), pair.there());
    assert_eq!(pair.here().len(), 5);
}

#[test]
fn hidden_files_are_left_alone_on_request() {
    let pair = Pair::synced(Dialect::Nextcloud, &[".config/a", "a", ".b"]);
    let rules = RuleTexts { hidden: false, ..RuleTexts::default() };
    sync_by(&pair, &rules);
    pair.write_here(".new", "new");
    pair.write_there(".b", "there");
    pair.write_here(RULES, "x\n");
    sync_by(&pair, &rules);
    assert_eq!(pair.there(), [".b", ".config", ".config/a", RULES, "a"]);
    assert_eq!(text_here(&pair, ".b"), ".b");
    sync_by(&pair, &RuleTexts::default());
    assert_eq!(pair.here(), pair.there());
}

#[test]
fn what_is_larger_than_its_user_wants_is_held_and_said_on_both_sides() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["a", "grows", "large"]);
        let rules = RuleTexts { largest: Some(10), ..RuleTexts::default() };
        pair.write_here("here", "larger than that");
        pair.write_there("there", "larger than that");
        pair.write_here("grows", "larger than that");
        pair.write_here("small", "small");
        let report = sync_by(&pair, &rules);
        assert_eq!((report.end, report.counts.sent), (End::Equal, 1), "{dialect:?}");
        let said: Vec<&str> = report.items.iter().map(|item| item.path.as_str()).collect();
        assert_eq!(said, ["grows", "here", "there"], "{dialect:?}");
        let over = Cause::Waits(WaitReason::OverSize);
        assert!(report.items.iter().all(|item| item.cause == over && !item.blocks));
        assert_eq!(pair.here(), ["a", "grows", "here", "large", "small"], "{dialect:?}");
        assert_eq!(pair.there(), ["a", "grows", "large", "small", "there"], "{dialect:?}");
        assert_eq!(text_here(&pair, "grows"), "larger than that");
        // Nobody's deletion either.
        pair.remove_here("grows");
        sync_by(&pair, &rules);
        sync_by(&pair, &rules);
        // Allowed again, all of it goes its way.
        pair.write_here("grows", "larger than that");
        let report = sync_by(&pair, &RuleTexts::default());
        assert_eq!((report.end, report.items.len()), (End::Equal, 0), "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        assert_eq!(text_here(&pair, "grows"), "larger than that", "{dialect:?}");
    }
}

#[test]
fn a_folder_deleted_here_stays_there_with_what_is_never_synced_in_it() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["d/e/f", "d/g/h", "k"]);
        pair.write_there("d/e/notes~", "an editor's");
        pair.write_there("d/.DS_Store", "a system's");
        // Another pair's own, of a folder within this one.
        pair.write_there("o/.navette/parked", "another's");
        pair.write_there("o/p", "p");
        sync(&pair);
        pair.remove_here("d");
        pair.remove_here("o");
        let report = sync(&pair);
        assert_eq!(report.counts.removed_there, 3, "{dialect:?}");
        assert_eq!(pair.here(), ["k"], "{dialect:?}");
        let left = ["d", "d/.DS_Store", "d/e", "d/e/notes~", "k", "o", "o/.navette"];
        let there = pair.there().into_iter().filter(|path| !path.ends_with("parked"));
        assert_eq!(there.collect::<Vec<_>>(), left, "{dialect:?}");
        // It is no node, and no difference, from now on.
        let rest = sync(&pair);
        let none = Counts { files: 1, ..Counts::default() };
        assert_eq!((rest.items.len(), rest.counts), (0, none), "{dialect:?}");
        assert_eq!(crate::check::differences(&pair), Vec::<String>::new(), "{dialect:?}");
        // What comes into it, on either side, makes it one again.
        pair.write_there("d/there", "new");
        sync(&pair);
        assert_eq!(pair.here(), ["d", "d/there", "k"], "{dialect:?}");
        pair.write_here("d/e/here", "new");
        sync(&pair);
        assert!(pair.there().contains(&"d/e/here".to_owned()), "{dialect:?}");
    }
}

#[test]
fn a_folder_made_anew_where_one_was_left_is_that_one() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["d/f", "k"]);
        pair.write_there("d/notes~", "an editor's");
        sync(&pair);
        pair.remove_here("d");
        sync(&pair);
        assert_eq!((pair.here().len(), pair.there()), (1, vec_of(&["d", "d/notes~", "k"])));
        pair.write_here("d/f", "another");
        sync(&pair);
        assert_eq!(pair.there(), ["d", "d/f", "d/notes~", "k"], "{dialect:?}");
        // A file of that name has to stand beside it.
        pair.remove_here("d");
        sync(&pair);
        pair.write_here("d", "a file");
        sync(&pair);
        sync(&pair);
        assert_eq!(
            pair.here(),
            pair.there().into_iter().filter(|at| at != "d/notes~").collect::<Vec<_>>()
        );
        assert_eq!(pair.here().len(), 3, "{dialect:?}: {:?}", pair.here());
    }
}

#[test]
fn what_the_systems_make_anew_goes_with_its_folder_on_the_server_too() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["d/e/f", "k"]);
        pair.write_there("d/.DS_Store", "a system's");
        pair.write_there("d/e/Thumbs.db", "a system's");
        sync(&pair);
        pair.remove_here("d");
        let report = sync(&pair);
        assert_eq!((report.counts.removed_there, report.items.len()), (1, 0), "{dialect:?}");
        assert_eq!(pair.there(), ["k"], "{dialect:?}");
    }
}

#[test]
fn a_new_folder_in_which_a_system_has_left_something_is_sent() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["k"]);
        pair.write_here("d/.DS_Store", "a system's");
        pair.write_there("e/.DS_Store", "a system's");
        sync(&pair);
        assert_eq!(pair.here(), ["d", "d/.DS_Store", "e", "k"], "{dialect:?}");
        assert_eq!(pair.there(), ["d", "e", "e/.DS_Store", "k"], "{dialect:?}");
    }
}

#[test]
fn a_share_that_was_away_while_rules_changed_is_listed_by_those_of_now() {
    let pair = Pair::synced(Dialect::Nextcloud, &["k", "s/a", "s/b"]);
    pair.world.cloud().lock().user("u").share("s", Some("SRMGDNVCK")).unwrap();
    pair.write_here(RULES, "a\n");
    sync(&pair);
    pair.write_there("s/a", "theirs");
    sync(&pair);
    assert_eq!(text_here(&pair, "s/a"), "s/a", "that is left out");
    let at = pair.there().iter().filter(|at| !at.contains('/')).position(|at| at == "s");
    pair.world.server.set_faults(move |request: &Request<'_>| match request.method {
        "PROPFIND" if request.path.is_root() => Fate::Omit(at.unwrap() as u64),
        _ => Fate::Proceed,
    });
    pair.remove_here(RULES);
    pair.world.pass(Duration::from_secs(10));
    pair.sync().unwrap();
    pair.world.server.set_faults(NoFaults);
    sync(&pair);
    assert_eq!(text_here(&pair, "s/a"), "theirs");
}

#[test]
fn what_cannot_be_understood_is_said_and_the_rest_holds() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here(RULES, "*.iso\n{x\n");
    pair.write_here("b.iso", "b");
    let report = sync(&pair);
    assert_eq!(pair.there(), [RULES, "a"]);
    let said = &report.items[0];
    assert!(matches!(said.cause, Cause::RuleBroken { line: 2, .. }), "{said:?}");
    assert_eq!((said.path.as_str(), said.blocks), (RULES, false));
}

#[test]
fn a_run_cut_anywhere_while_rules_change_loses_nothing() {
    let all = ["a", "b.iso", "build/x"];
    for steps in 1..60 {
        let pair = Pair::synced(Dialect::Nextcloud, &all);
        pair.write_here(RULES, "*.iso\nbuild/\n");
        pair.world.pass(Duration::from_secs(10));
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move {
            let mut engine = navette::engine::Engine::open(world, journal).await?;
            engine.sync(&SyncOptions::default()).await
        };
        let mut left = steps;
        navette_sim::world::run(&pair.world, future, || {
            left -= 1;
            if left == 0 { navette_sim::world::Turn::Cut } else { navette_sim::world::Turn::Go }
        });
        sync(&pair);
        let wanted = ["a", "b.iso", "build", "build/x"];
        assert_eq!(
            (plain(pair.here()), plain(pair.there())),
            (wanted.map(str::to_owned).to_vec(), wanted.map(str::to_owned).to_vec(),),
            "after {steps}"
        );
    }
}
