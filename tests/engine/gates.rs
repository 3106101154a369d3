//! Gates, and what waits.

use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, Fate, NoFaults, Request, SharedCloud};
use navette::disk::DiskErrorKind;
use navette::event::Cause;
use navette::model::{RelPath, WaitReason};
use navette::plan::AllowDeletes;
use navette::report::{End, Gate, SyncOptions};
use navette::server::ServerErrorKind;

use crate::Pair;

#[test]
fn a_second_run_asks_once_and_moves_nothing() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b/c"]);
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.requests, report.passes), (End::Equal, 1, 1));
}

#[test]
fn a_renamed_folder_is_one_move_without_bytes() {
    let pair = Pair::synced(Dialect::Nextcloud, &["b/c", "b/d"]);
    let (from, to) = (RelPath::parse("b").unwrap(), RelPath::parse("e").unwrap());
    pair.world.disk.user().rename(&from, &to).unwrap();
    let report = pair.sync().unwrap();
    assert_eq!((report.counts.moved, report.bytes_up, report.bytes_down), (1, 0, 0));
    assert_eq!(pair.there(), ["e", "e/c", "e/d"]);
}

#[test]
fn a_new_home_on_the_server_is_not_an_emptied_one() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let cloud = SharedCloud::new(Cloud::new(Dialect::Nextcloud, 99));
    let mut world = pair.world.clone();
    // Ids of the other server begin elsewhere.
    for number in 0..20 {
        cloud.lock().user("u").write(&format!("x{number}"), "x").unwrap();
        cloud.lock().user("u").delete(&format!("x{number}")).unwrap();
    }
    world.server = Direct::new(cloud, "u", RelPath::root());
    let moved = Pair { world, journal: pair.journal.clone() };
    assert_eq!(moved.gate(), Gate::RemoteRootChanged);
    assert_eq!(moved.here(), ["a"]);
}

#[test]
fn many_deletions_wait_for_a_decision_and_everything_else_goes_on() {
    let files: Vec<String> = (0..30).map(|number| format!("f{number:02}")).collect();
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let pair = Pair::synced(Dialect::Nextcloud, &names);
    names[..25].iter().for_each(|name| pair.remove_here(name));
    pair.write_here("new", "new");
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Braked);
    assert_eq!(report.brakes[0].paths.len(), 25);
    assert_eq!(pair.there().len(), 31, "nothing is deleted, the new file is there");
    let allowed = SyncOptions { allow: AllowDeletes::AtMost(25), ..SyncOptions::default() };
    assert_eq!(pair.run(allowed).unwrap().end, End::Equal);
    assert_eq!(pair.there().len(), 6);
}

#[test]
fn a_slow_mass_deletion_does_not_pass_in_slices() {
    let files: Vec<String> = (0..40).map(|number| format!("f{number:02}")).collect();
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let pair = Pair::synced(Dialect::Nextcloud, &names);
    let mut ends = Vec::new();
    for slice in names.chunks(8).take(4) {
        slice.iter().for_each(|name| pair.remove_here(name));
        pair.world.pass(Duration::from_secs(600));
        ends.push(pair.sync().unwrap().end);
    }
    assert!(ends.contains(&End::Braked), "{ends:?}");
}

#[test]
fn what_vanishes_on_a_plain_server_is_believed_only_after_a_second_look() {
    let pair = Pair::synced(Dialect::Plain, &["a", "b"]);
    pair.remove_there("b");
    let hasty = SyncOptions { no_wait: true, ..SyncOptions::default() };
    let report = pair.run(hasty).unwrap();
    assert_eq!(report.end, End::Unfinished);
    assert_eq!(report.items[0].cause, Cause::Waits(WaitReason::SecondLook));
    assert_eq!(pair.here(), ["a", "b"]);
    let report = pair.sync().unwrap();
    assert_eq!((report.end, pair.here()), (End::Equal, vec!["a".to_owned()]));
    assert!(report.seconds >= 60.0, "{}", report.seconds);
}

#[test]
fn a_folder_left_with_ignored_names_only_goes_or_stays_but_does_not_come_back() {
    let pair = Pair::synced(Dialect::Nextcloud, &["x/a", "y/a"]);
    pair.write_here("x/.DS_Store", "made by the system");
    pair.write_here("y/a~", "an editor's copy");
    pair.write_here("y/a.~1", "an older one");
    pair.remove_there("x");
    pair.remove_there("y");
    pair.write_there("z", "z");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.here(), ["y", "y/a.~1", "y/a~", "z"], "a kept name keeps its folder");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["z"], "and the folder is not sent again");
}

#[test]
fn a_young_edit_rests_before_it_is_sent() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here("a", "edited just now");
    let hasty = SyncOptions { no_wait: true, ..SyncOptions::default() };
    let report = pair.run(hasty).unwrap();
    assert_eq!(report.items[0].cause, Cause::Waits(WaitReason::Quiet));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.updated), (End::Equal, 1));
    assert_eq!(report.bytes_down, 0, "and is not fetched back");
}

#[test]
fn a_document_that_is_open_is_left_alone_on_both_sides_until_it_is_closed() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a.odt", "b.odt"]);
    pair.write_here(".~lock.a.odt#", "me");
    pair.write_here(".~lock.b.odt#", "me");
    pair.write_here("a.odt", "saved in between");
    pair.write_there("b.odt", "from a colleague");
    pair.world.pass(Duration::from_secs(60));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.bytes_up, report.bytes_down), (End::Unfinished, 0, 0));
    let causes: Vec<_> = report.items.iter().map(|item| item.cause.clone()).collect();
    assert_eq!(causes, [const { Cause::Waits(WaitReason::InUse) }; 2]);
    pair.remove_here(".~lock.a.odt#");
    pair.remove_here(".~lock.b.odt#");
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.updated, report.counts.replaced), (End::Equal, 1, 1));
    pair.write_here(".~lock.a.odt#", "only reading");
    assert_eq!(pair.sync().unwrap().end, End::Equal, "open, but nothing differs");
}

#[test]
fn a_database_goes_up_only_when_all_its_files_are_quiet() {
    let pair = Pair::new(Dialect::Nextcloud);
    pair.write_here("d.sqlite", "pages");
    pair.write_here("d.sqlite-wal", "frames");
    pair.world.pass(Duration::from_secs(10));
    let hasty = SyncOptions { no_wait: true, ..SyncOptions::default() };
    let report = pair.run(hasty).unwrap();
    assert_eq!((report.end, report.bytes_up), (End::Unfinished, 0));
    assert_eq!(report.items[0].cause, Cause::Waits(WaitReason::Settling));
    assert_eq!(pair.sync().unwrap().end, End::Equal, "half a minute later");
    assert_eq!(pair.there(), ["d.sqlite", "d.sqlite-wal"]);
}

#[test]
fn a_dry_run_changes_nothing_on_either_side() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here("b", "b");
    pair.write_there("c", "c");
    pair.world.pass(Duration::from_secs(10));
    let dry = SyncOptions { dry_run: true, ..SyncOptions::default() };
    let report = pair.run(dry).unwrap();
    assert_eq!(report.planned.len(), 2);
    assert_eq!(
        (pair.here(), pair.there()),
        (vec!["a".into(), "b".into()], vec!["a".into(), "c".into()])
    );
}

#[test]
fn bytes_that_turn_out_equal_are_adopted_without_a_write() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    // The same bytes under a new version, and no checksum that would tell.
    pair.write_there("a", "a");
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal);
    let aside = pair
        .world
        .disk
        .snapshot_all()
        .into_keys()
        .filter(|path| path.starts_with(".navette/aside/"));
    assert_eq!(aside.count(), 0);
}

#[test]
fn a_rename_to_an_ignored_name_is_not_a_deletion() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "x/b"]);
    let path = |text: &str| RelPath::parse(text).unwrap();
    pair.world.disk.user().rename(&path("a"), &path("a~")).unwrap();
    pair.world.disk.user().rename(&path("x"), &path("x.part")).unwrap();
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["a", "x", "x/b"]);
    assert_eq!(pair.here(), ["a", "a~", "x", "x.part", "x.part/b", "x/b"]);
}

#[test]
fn a_folder_that_could_not_be_listed_is_not_forgotten() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "x/b"]);
    pair.world.cloud().lock().user("u").mkdir("x/y").unwrap();
    pair.write_there("x/y/one", "1");
    pair.write_there("x/y/two", "2");
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.write_there("x/y/one", "one");
    pair.write_there("x/y/three", "3");
    pair.remove_there("x/y/two");
    pair.world.pass(Duration::from_secs(10));
    pair.world.server.set_faults(|request: &Request<'_>| {
        match request.method == "PROPFIND" && request.path.as_str() == "x/y" {
            true => Fate::Fail(ServerErrorKind::Status(500)),
            false => Fate::Proceed,
        }
    });
    for run in 0..2 {
        assert_eq!(pair.sync().unwrap().end, End::Unfinished, "run {run}");
    }
    pair.world.server.set_faults(NoFaults);
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.here(), ["a", "x", "x/b", "x/y", "x/y/one", "x/y/three"]);
}

#[test]
fn a_young_foreign_file_is_fetched_again_at_most_once() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_there("web", "from the web");
    assert_eq!(pair.sync().unwrap().bytes_down, 12);
    let mut again = 0;
    for own in ["b", "c", "d", "e"] {
        pair.write_here(own, own);
        pair.world.pass(Duration::from_secs(10));
        again += pair.sync().unwrap().bytes_down;
    }
    assert!(again <= 12, "{again} bytes");
}

#[test]
fn a_share_that_vanishes_is_unavailable_and_not_deleted() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_there("team/plan", "of others");
    pair.world.cloud().lock().user("u").share("team", Some("SRGDNVCK")).unwrap();
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.remove_there("team");
    let report = pair.sync().unwrap();
    assert_eq!((report.end, pair.here().len()), (End::Unfinished, 3));
    assert!(report.items.iter().any(|item| item.cause == Cause::MountGone), "{:?}", report.items);
    pair.world.pass(Duration::from_secs(8 * 24 * 3600));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.here(), ["a"]);
}

#[test]
fn what_is_new_in_a_folder_that_may_be_gone_waits_for_the_second_look() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["d/a"]);
        pair.remove_there("d");
        pair.write_here("d/new", "never sent");
        let report = pair.run(SyncOptions { allow: AllowDeletes::All, ..Default::default() });
        assert_eq!(report.unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(pair.here(), ["d", "d/new"], "{dialect:?}");
        assert_eq!(pair.there(), ["d", "d/new"], "{dialect:?}");
    }
}

#[test]
fn what_cannot_be_read_here_is_not_gone() {
    for kind in [DiskErrorKind::Denied, DiskErrorKind::Broken, DiskErrorKind::Busy] {
        let pair = Pair::synced(Dialect::OwnCloud10, &["a", "d/x", "d/y"]);
        let folder = RelPath::parse("d").unwrap();
        pair.world.disk.fault(&folder, kind);
        pair.write_there("b", "b");
        pair.world.pass(Duration::from_secs(10));
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Unfinished, "{kind:?}");
        assert_eq!(report.counts.removed_there, 0, "{kind:?}");
        assert_eq!(pair.there(), ["a", "b", "d", "d/x", "d/y"], "{kind:?}");
    }
}

#[test]
fn a_lost_answer_is_accounted_for_even_if_somebody_else_has_written_since() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Plain] {
        let pair = Pair::synced(dialect, &["a", "b"]);
        pair.write_here("a", "mine");
        pair.world.pass(Duration::from_secs(10));
        pair.world.server.set_faults(|request: &Request<'_>| match request.method {
            "PUT" => Fate::LoseReply,
            _ => Fate::Proceed,
        });
        let hasty = SyncOptions { no_wait: true, ..SyncOptions::default() };
        assert_eq!(pair.run(hasty).unwrap().end, End::Unfinished);
        pair.world.server.set_faults(NoFaults);
        pair.write_there("a", "theirs, later");
        pair.world.pass(Duration::from_secs(60));
        // A new process: it knows of the request only by the journal.
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        assert_eq!(pair.world.cloud().lock().user("u").bytes("a").unwrap(), "theirs, later");
    }
}

/// Etags say nothing of rights.
#[test]
fn rights_that_change_are_seen_in_the_folders_below_too() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["s/d/e/f"]);
        pair.world.cloud().lock().user("u").share("s", Some("SRG")).unwrap();
        pair.write_there("other", "so that the rights are seen");
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
        pair.write_here("s/d/e/new", "may not go there yet");
        pair.world.pass(Duration::from_secs(10));
        let report = pair.sync().unwrap();
        let causes: Vec<_> = report.items.iter().map(|item| (&*item.path, &item.cause)).collect();
        assert_eq!(causes, [("s/d/e/new", &Cause::Forbidden)], "{dialect:?}");
        pair.world.cloud().lock().user("u").share("s", None).unwrap();
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
    }
}
