//! What is done leaves its entry, and nothing else does.

use std::rc::Rc;
use std::time::Duration;

use navette::activity::{Entry, Query, Recorder, Verb};
use navette::clock::Clock as _;
use navette::cloud::{Dialect, Fate, Request};
use navette::event::Cause;
use navette::model::{RelPath, Side};
use navette::plan::{AllowDeletes, Why};
use navette::report::{End, SyncOptions};

use super::Pair;
use crate::moves::rename_here;

/// A pair whose doings are written down.
struct Recorded {
    pair: Pair,
    dir: tempfile::TempDir,
    last: i64,
}

impl Recorded {
    fn new(mut pair: Pair) -> Self {
        let dir = tempfile::tempdir().unwrap();
        hear(&mut pair, dir.path());
        Self { pair, dir, last: 0 }
    }

    /// Another process goes on with it.
    fn restart(&mut self) {
        hear(&mut self.pair, self.dir.path());
    }

    /// What is new since this was asked last, oldest first.
    fn entries(&mut self) -> Vec<Entry> {
        let query = Query { after: Some(self.last), ..Query::default() };
        let page = Recorder::new(self.dir.path()).page(&query).unwrap();
        self.last = page.first().map_or(self.last, |kept| kept.id);
        page.into_iter().rev().map(|kept| kept.entry).collect()
    }

    /// Syncs, and returns the verb, side, reason and path of what is new.
    fn synced(&mut self) -> Vec<(Verb, Option<Side>, Option<Why>, String)> {
        assert_eq!(self.pair.sync().unwrap().end, End::Equal);
        self.pair.world.pass(Duration::from_secs(10));
        let entries = self.entries().into_iter();
        entries.map(|entry| (entry.verb, entry.side(), entry.why(), entry.path)).collect()
    }
}

fn hear(pair: &mut Pair, dir: &std::path::Path) {
    let (recorder, clock) = (Recorder::new(dir), pair.world.clock.clone());
    pair.world.hears = Rc::new(move |event| recorder.hear(event, clock.wall()));
}

fn one(
    verb: Verb,
    side: Side,
    why: Why,
    path: &str,
) -> Vec<(Verb, Option<Side>, Option<Why>, String)> {
    vec![(verb, Some(side), Some(why), path.to_owned())]
}

#[test]
fn each_step_leaves_one_entry_with_its_side_and_its_reason() {
    use {Side::Local as Here, Side::Remote as There};
    let mut it = Recorded::new(Pair::new(Dialect::Nextcloud));
    it.pair.write_here("a", "here");
    assert_eq!(it.synced(), one(Verb::Sent, There, Why::New, "a"));
    it.pair.write_there("b", "there");
    assert_eq!(it.synced(), one(Verb::Fetched, Here, Why::New, "b"));
    it.pair.write_here("a", "changed here");
    assert_eq!(it.synced(), one(Verb::Updated, There, Why::Edited, "a"));
    it.pair.write_there("b", "changed there");
    assert_eq!(it.synced(), one(Verb::Replaced, Here, Why::Edited, "b"));
    rename_here(&it.pair, "a", "c");
    assert_eq!(it.synced(), one(Verb::Renamed, There, Why::Moved, "c"));
    it.pair.world.disk.user().mkdir(&RelPath::parse("d").unwrap()).unwrap();
    assert_eq!(it.synced(), one(Verb::FolderMade, There, Why::New, "d"));
    it.pair.world.cloud().lock().user("u").rename("c", "d/c").unwrap();
    assert_eq!(it.synced(), one(Verb::Moved, Here, Why::Moved, "d/c"));
    it.pair.remove_there("b");
    assert_eq!(it.synced(), one(Verb::PutAside, Here, Why::Deleted, "b"));
    it.pair.remove_here("d/c");
    assert_eq!(it.synced(), one(Verb::Deleted, There, Why::Deleted, "d/c"));
    it.pair.remove_there("d");
    assert_eq!(it.synced(), one(Verb::Deleted, Here, Why::Deleted, "d"));
    assert_eq!(it.synced(), [], "at rest nothing is done");
}

#[test]
fn an_entry_says_what_cannot_be_found_any_more() {
    let mut it = Recorded::new(Pair::synced(Dialect::Nextcloud, &["a", "b"]));
    it.pair.write_there("a", "changed there");
    rename_here(&it.pair, "b", "c");
    assert_eq!(it.pair.sync().unwrap().end, End::Equal);
    let entries = it.entries();
    let replaced = entries.iter().find(|entry| entry.verb == Verb::Replaced).unwrap();
    let number = replaced.more.aside.expect("what was here is put aside");
    let rows = navette::journal::Journal::read_only(&it.pair.journal).unwrap().unwrap();
    assert_eq!(rows.asides[&number].path.as_str(), "a");
    assert_eq!(replaced.more.here.unwrap().size, Some(1));
    assert_eq!(replaced.more.there.unwrap().size, Some(13));
    assert_eq!(replaced.more.bytes, 13);
    assert!(replaced.more.there.unwrap().date > replaced.more.here.unwrap().date);
    let renamed = entries.iter().find(|entry| entry.verb == Verb::Renamed).unwrap();
    assert_eq!((renamed.path.as_str(), renamed.more.from.as_deref()), ("c", Some("b")));
}

#[test]
fn a_conflict_says_both_versions_and_what_the_copy_is_called() {
    let mut it = Recorded::new(Pair::synced(Dialect::Nextcloud, &["d/a"]));
    it.pair.write_here("d/a", "mine");
    it.pair.write_there("d/a", "theirs, longer");
    assert_eq!(it.pair.sync().unwrap().end, End::Equal);
    let entries = it.entries();
    let conflict = entries.iter().find(|entry| entry.verb == Verb::Conflict).unwrap();
    let copy = conflict.more.copy.clone().unwrap();
    assert_eq!(conflict.path, "d/a");
    assert!(copy.starts_with("d/a (conflict ") && it.pair.here().contains(&copy), "{copy}");
    let sizes = [conflict.more.here, conflict.more.there].map(|version| version.unwrap().size);
    assert_eq!(sizes, [Some(4), Some(14)]);

    it.pair.write_here("new", "mine");
    it.pair.write_there("new", "theirs");
    assert_eq!(it.pair.sync().unwrap().end, End::Equal);
    let entries = it.entries();
    let conflict = entries.iter().find(|entry| entry.verb == Verb::Conflict).unwrap();
    assert_eq!(conflict.path, "new");
    let copy = conflict.more.copy.clone().unwrap();
    assert!(copy.starts_with("new (conflict ") && it.pair.here().contains(&copy), "{copy}");
}

#[test]
fn what_cannot_be_shown_here_says_what_it_is_called_instead() {
    let mut it = Recorded::new(Pair::on_disk(
        Dialect::Nextcloud,
        navette::disk::sim::SimConfig {
            folding: navette::model::Folding { case: true, ..Default::default() },
            ..Default::default()
        },
    ));
    it.pair.write_there("name", "one");
    it.pair.write_there("NAME", "two");
    assert_eq!(it.pair.sync().unwrap().end, End::Equal);
    let entries = it.entries();
    let names: Vec<_> = entries.iter().filter_map(|entry| entry.more.shown_as.clone()).collect();
    assert_eq!(names.len(), 1, "{entries:#?}");
    assert!(it.pair.here().contains(&names[0]), "{names:?}");
}

#[test]
fn what_is_left_is_said_once_and_again_when_its_cause_is_another() {
    let mut it = Recorded::new(Pair::new(Dialect::Nextcloud));
    it.pair.write_here(".htaccess", "not taken");
    it.pair.write_here("fine", "taken");
    assert_eq!(it.pair.sync().unwrap().end, End::Unfinished);
    let entries = it.entries();
    let held: Vec<_> = entries.iter().filter(|entry| entry.verb == Verb::Held).collect();
    assert_eq!(held.len(), 1, "{entries:#?}");
    assert_eq!(held[0].path, ".htaccess");
    assert!(matches!(held[0].more.cause, Some(Cause::NameForbidden(_))), "{held:?}");
    it.pair.sync().unwrap();
    it.restart();
    it.pair.sync().unwrap();
    assert_eq!(it.entries(), [], "the same is not said again, by no process");
}

#[test]
fn what_was_not_done_leaves_no_entry() {
    let mut it = Recorded::new(Pair::synced(Dialect::Nextcloud, &["a"]));
    it.pair.write_here("a", "changed");
    it.pair.run(SyncOptions { dry_run: true, ..SyncOptions::default() }).unwrap();
    assert_eq!(it.entries(), [], "nothing was done");
    it.pair.world.server.set_faults(|request: &Request<'_>| match request.method {
        "PUT" => Fate::Fail(navette::server::ServerErrorKind::Forbidden),
        _ => Fate::Proceed,
    });
    assert_eq!(it.pair.sync().unwrap().end, End::Unfinished);
    let verbs: Vec<Verb> = it.entries().into_iter().map(|entry| entry.verb).collect();
    assert_eq!(verbs, [Verb::Held], "only that it is held");
    it.pair.world.server.set_faults(|_: &Request<'_>| Fate::Proceed);
    it.pair.write_here("a", "changed again");
    let synced = it.synced();
    assert_eq!(synced, one(Verb::Updated, Side::Remote, Why::Edited, "a"));
}

#[test]
fn what_was_given_up_says_when_it_is_tried_again() {
    let mut it = Recorded::new(Pair::synced(Dialect::Nextcloud, &["a"]));
    it.pair.write_here("a", "changed");
    it.pair.world.server.set_faults(|request: &Request<'_>| match request.method {
        "PUT" => Fate::Fail(navette::server::ServerErrorKind::Status(500)),
        _ => Fate::Proceed,
    });
    let report = it.pair.sync().unwrap();
    assert_eq!(report.items[0].again, Some(Duration::from_secs(30)));
    let failed = it.entries();
    assert_eq!((failed[0].verb, failed[0].path.as_str()), (Verb::Failed, "a"), "{failed:?}");
}

#[test]
fn a_deletion_that_was_taken_back_is_said_to_be() {
    let mut it = Recorded::new(Pair::synced(Dialect::Nextcloud, &["s/d/a", "k"]));
    it.pair.remove_here("s/d");
    let cloud = it.pair.world.cloud().clone();
    it.pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "DELETE" && cloud.lock().user("u").bytes("s/d/a").is_some() {
            drop(cloud.lock().user("u").write("s/d/new", "theirs").unwrap());
        }
        Fate::Proceed
    });
    let allow = AllowDeletes::All;
    it.pair.run(SyncOptions { allow, ..SyncOptions::default() }).unwrap();
    let entries = it.entries();
    let said: Vec<_> = entries.iter().map(|entry| (entry.verb, entry.path.as_str())).collect();
    let deleted = said.iter().position(|said| *said == (Verb::Deleted, "s/d"));
    let back = said.iter().position(|said| *said == (Verb::CameBack, "s/d"));
    assert!(deleted.is_none_or(|deleted| back > Some(deleted)) && back.is_some(), "{said:?}");
    assert!(it.pair.here().contains(&"s/d/new".to_owned()));
}

#[test]
fn a_store_that_cannot_be_written_keeps_nothing_from_being_synced() {
    let mut pair = Pair::new(Dialect::Nextcloud);
    let dir = tempfile::tempdir().unwrap();
    let taken = dir.path().join("taken");
    std::fs::write(&taken, "a file stands where the folder should be").unwrap();
    hear(&mut pair, &taken);
    pair.write_here("a", "here");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["a"]);
}
