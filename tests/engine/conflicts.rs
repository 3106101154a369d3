//! What somebody keeps of two versions: nothing is lost, whatever is chosen,
//! and both sides become equal.

use std::collections::BTreeMap;
use std::time::Duration;

use navette::activity::Recorder;
use navette::cloud::Dialect;
use navette::conflicts::{self, Answer, Choice, Request, Selection};
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::execute::Unsettled;
use navette::report::End;
use navette_sim::world::{Turn, run};

use super::Pair;

struct Settling {
    pair: Pair,
    dir: tempfile::TempDir,
}

impl Settling {
    /// A pair in which each of these files stands in two versions.
    fn new(config: SimConfig, files: &[&str]) -> Self {
        let pair = Pair::on_disk(Dialect::Nextcloud, config);
        files.iter().for_each(|path| pair.write_here(path, "agreed"));
        let settling = Self { pair, dir: tempfile::tempdir().unwrap() };
        settling.synced();
        for path in files {
            settling.pair.write_here(path, &format!("mine of {path}"));
            settling.pair.write_there(path, &format!("theirs of {path}"));
        }
        settling.synced();
        assert_eq!(settling.list().len(), files.len());
        settling
    }

    fn synced(&self) {
        assert_eq!(self.pair.sync().unwrap().end, End::Equal);
        self.pair.world.pass(Duration::from_secs(10));
    }

    fn ask(&self, request: Request) -> Answer {
        let (world, journal) = (self.pair.world.clone(), self.pair.journal.clone());
        let recorder = Recorder::new(self.dir.path());
        let future = async move {
            let mut engine = Engine::open(world, journal).await.unwrap();
            let (world, journal) = engine.parts();
            let answer = conflicts::answer(world, journal, &recorder, &request).await;
            engine.close().unwrap();
            answer
        };
        run(&self.pair.world, future, || Turn::Go).expect("nobody cuts it off")
    }

    fn list(&self) -> Vec<conflicts::Conflict> {
        self.ask(Request::List(Selection::default())).conflicts
    }

    fn choose(&self, choice: Choice, paths: &[&str]) -> Answer {
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        self.ask(Request::Choose(choice, Selection { paths, ..Selection::default() }))
    }

    /// The bytes of what is here, without our own.
    fn here(&self) -> BTreeMap<String, String> {
        let names = self.pair.here().into_iter();
        names.filter_map(|name| Some((name.clone(), self.read(&name)?))).collect()
    }

    fn read(&self, path: &str) -> Option<String> {
        let all = self.pair.world.disk.snapshot_all();
        Some(String::from_utf8(all.get(path)?.clone()?).unwrap())
    }

    fn there(&self, path: &str) -> Option<String> {
        let bytes = self.pair.world.cloud().lock().user("u").bytes(path)?;
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// What the server calls the file of this name.
    fn id_there(&self, name: &str) -> Option<String> {
        let rows = navette::journal::Journal::read_only(&self.pair.journal).unwrap().unwrap();
        let row = rows.remote.values().find(|row| row.entry.place.name.as_str() == name);
        row.unwrap().seen.file_id.clone()
    }

    /// The bytes of everything that is put aside.
    fn aside(&self) -> Vec<String> {
        let rows = navette::journal::Journal::read_only(&self.pair.journal).unwrap().unwrap();
        let stored = rows.asides.values().map(|row| format!(".navette/aside/{}", row.stored));
        stored.map(|path| self.read(&path).expect("what is listed is there")).collect()
    }
}

fn configs() -> [SimConfig; 2] {
    [SimConfig::default(), SimConfig { exchange: false, ..SimConfig::default() }]
}

fn is_changed(answer: &Answer) -> bool {
    matches!(answer.done[0].outcome, Err(Unsettled::Changed))
}

#[test]
fn mine_becomes_the_file_and_both_old_versions_are_put_aside() {
    for config in configs() {
        let it = Settling::new(config, &["d/a"]);
        let copy = it.list()[0].copy.clone();
        let answer = it.choose(Choice::Mine, &["d/a"]);
        assert!(answer.done[0].outcome.is_ok(), "{answer:?}");
        assert_eq!(it.read("d/a").as_deref(), Some("mine of d/a"));
        assert_eq!(it.read(&copy), None);
        let aside = it.aside();
        assert!(
            aside.contains(&"mine of d/a".to_owned())
                && aside.contains(&"theirs of d/a".to_owned())
        );
        let before = it.id_there("a");
        it.synced();
        assert_eq!(it.there("d/a").as_deref(), Some("mine of d/a"));
        assert_eq!(it.there(&copy), None);
        assert_eq!(it.id_there("a"), before, "the server's file is written over: its shares stay");
        assert_eq!(it.list(), []);
    }
}

#[test]
fn theirs_stays_and_the_copy_is_put_aside() {
    let it = Settling::new(SimConfig::default(), &["d/a"]);
    let copy = it.list()[0].copy.clone();
    it.choose(Choice::Theirs, &[&copy]);
    assert!(it.aside().contains(&"mine of d/a".to_owned()));
    it.synced();
    assert_eq!(it.there("d/a").as_deref(), Some("theirs of d/a"));
    assert_eq!((it.there(&copy), it.list().len()), (None, 0));
}

#[test]
fn both_stay_and_the_copy_gets_a_name_that_says_nothing_of_it() {
    let it = Settling::new(SimConfig::default(), &["d/a.txt"]);
    it.pair.write_here("d/a (2).txt", "taken");
    it.choose(Choice::Both, &["d/a.txt"]);
    it.synced();
    assert_eq!(it.there("d/a (3).txt").as_deref(), Some("mine of d/a.txt"));
    assert_eq!(it.there("d/a.txt").as_deref(), Some("theirs of d/a.txt"));
    assert_eq!(it.list(), []);
}

#[test]
fn every_choice_is_taken_back_as_if_it_had_never_been_made() {
    for config in configs() {
        for choice in [Choice::Mine, Choice::Theirs, Choice::Both] {
            for synced in [false, true] {
                let it = Settling::new(config, &["d/a"]);
                let before = it.here();
                it.choose(choice, &["d/a"]);
                if synced {
                    it.synced();
                }
                let answer = it.ask(Request::Undo(None));
                assert!(answer.done[0].outcome.is_ok(), "{choice:?}: {answer:?}");
                assert_eq!(it.here(), before, "{choice:?}, synced: {synced}");
                it.synced();
                assert_eq!(it.here(), before, "{choice:?}, synced: {synced}");
                for (path, text) in &before {
                    assert_eq!(it.there(path).as_ref(), Some(text), "{choice:?}");
                }
                assert_eq!(it.ask(Request::Undo(None)).done.len(), 0, "only once");
            }
        }
    }
}

#[test]
fn what_changed_since_it_was_seen_is_left_alone() {
    for config in configs() {
        for choice in [Choice::Mine, Choice::Theirs] {
            for changed in ["original", "copy"] {
                let it = Settling::new(config, &["d/a"]);
                let copy = it.list()[0].copy.clone();
                let path = if changed == "copy" { copy.as_str() } else { "d/a" };
                it.pair.write_here(path, "written meanwhile");
                let before = it.here();
                let answer = it.choose(choice, &["d/a"]);
                assert!(is_changed(&answer), "{choice:?} {changed}: {answer:?}");
                assert_eq!(it.here(), before, "{choice:?} {changed}");
                it.synced();
                assert_eq!(it.here(), before);
            }
        }
    }
}

#[test]
fn a_choice_is_not_taken_back_over_what_was_written_since() {
    for config in configs() {
        let it = Settling::new(config, &["d/a"]);
        it.choose(Choice::Mine, &["d/a"]);
        it.pair.write_here("d/a", "gone on with");
        let before = it.here();
        let answer = it.ask(Request::Undo(None));
        assert!(is_changed(&answer), "{answer:?}");
        assert_eq!(it.here(), before);
        let aside = it.aside();
        assert!(aside.contains(&"theirs of d/a".to_owned()), "it can still be brought back");
    }
}

#[test]
fn a_file_that_is_gone_leaves_nothing_to_choose_but_both() {
    let it = Settling::new(SimConfig::default(), &["d/a", "d/b"]);
    it.pair.remove_here("d/a");
    it.synced();
    let conflicts = it.list();
    assert_eq!(conflicts[0].theirs, None);
    for choice in [Choice::Mine, Choice::Theirs] {
        let answer = it.choose(choice, &["d/a"]);
        assert!(matches!(answer.done[0].outcome, Err(Unsettled::Gone)), "{answer:?}");
    }
    assert!(it.choose(Choice::Both, &["d/a"]).done[0].outcome.is_ok());
    it.synced();
    assert_eq!(it.there("d/a (2)").as_deref(), Some("mine of d/a"));
}

#[test]
fn many_are_settled_in_one_go_and_taken_back_in_one() {
    let files = ["d/a", "d/b", "e/c"];
    let it = Settling::new(SimConfig::default(), &files);
    let before = it.here();
    let under = Some(navette::activity::Filter::parse("d").unwrap());
    let answer =
        it.ask(Request::Choose(Choice::Theirs, Selection { under, ..Selection::default() }));
    assert_eq!(answer.done.len(), 2);
    it.synced();
    assert_eq!(it.list().len(), 1);
    assert_eq!(it.ask(Request::Undo(None)).done.len(), 2);
    assert_eq!(it.here(), before);
}

/// A kill or a power cut after any step loses no version: each is at its place, at the copy's,
/// in the put-aside store, or back under a conflict name after the sweep.
#[test]
fn a_cut_in_the_midst_of_a_choice_loses_no_version() {
    for (config, power) in
        configs().into_iter().flat_map(|config| [(config, false), (config, true)])
    {
        for steps in 0..200 {
            let it = Settling::new(config, &["d/a"]);
            let (world, journal) = (it.pair.world.clone(), it.pair.journal.clone());
            let recorder = Recorder::new(it.dir.path());
            let future = async move {
                let mut engine = Engine::open(world, journal).await.unwrap();
                let (world, journal) = engine.parts();
                let selection = Selection::default();
                let request = Request::Choose(Choice::Mine, selection);
                conflicts::answer(world, journal, &recorder, &request).await
            };
            let mut left = steps;
            let turn = || {
                left -= 1;
                if left < 0 { Turn::Cut } else { Turn::Go }
            };
            let ended = run(&it.pair.world, future, turn).is_some();
            if power {
                it.pair.world.disk.crash(&it.pair.world.dice);
                it.pair.journal.power_cut(0);
            }
            it.synced();
            let all: Vec<String> = it.here().into_values().chain(it.aside()).collect();
            for version in ["mine of d/a", "theirs of d/a"] {
                assert!(all.iter().any(|text| text == version), "{steps}: {version} of {all:?}");
            }
            if ended {
                break;
            }
            assert!(steps < 199, "it never came to its end");
        }
    }
}
