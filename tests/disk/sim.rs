//! What only the disk in memory does on demand: forgetting, tearing, failing.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use navette::disk::sim::{SimConfig, Unmounted};
use navette::disk::{Disk as _, DiskErrorKind, FileType, NewFile as _, SimDisk};

use crate::{Seeded, get, names, p, put, read};

fn disk() -> SimDisk {
    SimDisk::new(SimConfig::default())
}

/// Polls once: lets it go to its next yield.
fn step<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What each of many power cuts leaves of what `act` does.
async fn after_crashes<A: AsyncFn(&SimDisk)>(act: A) -> Vec<crate::Contents> {
    let mut found = Vec::new();
    for seed in 0..200 {
        let disk = disk();
        act(&disk).await;
        disk.crash(&Seeded::new(seed));
        let left = disk.snapshot();
        if !found.contains(&left) {
            found.push(left);
        }
    }
    found.sort();
    found
}

fn file(path: &str, bytes: &[u8]) -> (String, Option<Vec<u8>>) {
    (path.to_owned(), Some(bytes.to_vec()))
}

fn dir(path: &str) -> (String, Option<Vec<u8>>) {
    (path.to_owned(), None)
}

#[tokio::test]
async fn an_entry_that_was_not_synced_may_be_lost() {
    let left = after_crashes(async |disk| put(disk, "f", b"x").await).await;
    assert_eq!(left, [[].into(), [file("f", b"x")].into()]);
}

#[tokio::test]
async fn an_entry_that_was_synced_stays() {
    let left = after_crashes(async |disk| {
        put(disk, "f", b"x").await;
        disk.sync_dir(&p("")).await.unwrap();
    });
    assert_eq!(left.await, [[file("f", b"x")].into()]);
}

#[tokio::test]
async fn contents_that_were_not_finished_may_be_anything_of_their_own() {
    let left = after_crashes(async |disk| {
        let mut new = disk.create(&p("f")).await.unwrap();
        new.write(Bytes::from_static(b"ab")).await.unwrap();
        disk.sync_dir(&p("")).await.unwrap();
    });
    let wanted: [&[u8]; 4] = [b"", b"\0\0", b"a", b"ab"];
    assert_eq!(left.await, wanted.map(|bytes| [file("f", bytes)].into()));
}

#[tokio::test]
async fn a_rename_between_folders_is_in_both_or_in_neither() {
    let left = after_crashes(async |disk| {
        disk.user().mkdir(&p("d")).unwrap();
        disk.user().create(&p("f"), b"x").unwrap();
        disk.rename(&p("f"), &p("d/f")).await.unwrap();
    });
    let [before, after] = [[dir("d"), file("f", b"x")], [dir("d"), file("d/f", b"x")]];
    assert_eq!(left.await, [after.into(), before.into()]);
}

#[tokio::test]
async fn each_folder_loses_only_its_last_changes() {
    let left = after_crashes(async |disk| {
        for name in ["a", "b", "c"] {
            put(disk, name, b"x").await;
        }
    });
    let all = [file("a", b"x"), file("b", b"x"), file("c", b"x")];
    let prefixes = [0, 1, 2, 3].map(|kept| all[..kept].iter().cloned().collect());
    assert_eq!(left.await, prefixes);
}

#[tokio::test]
async fn what_is_synced_in_a_new_folder_takes_the_folder_with_it() {
    let left = after_crashes(async |disk| {
        disk.make_dir(&p("d")).await.unwrap();
        put(disk, "d/f", b"x").await;
        disk.sync_dir(&p("d")).await.unwrap();
    });
    assert_eq!(left.await, [[dir("d"), file("d/f", b"x")].into()]);
}

#[tokio::test]
async fn no_power_cut_loses_a_file_by_losing_the_folder_it_was_moved_into() {
    for seed in 0..300 {
        let disk = disk();
        disk.user().create(&p("f"), b"user").unwrap();
        disk.make_dir(&p("a")).await.unwrap();
        disk.make_dir(&p("a/b")).await.unwrap();
        disk.rename(&p("f"), &p("a/b/f")).await.unwrap();
        disk.rename(&p("a/b"), &p("b")).await.unwrap();
        disk.rename(&p("a"), &p("b/a")).await.unwrap();
        disk.crash(&Seeded::new(seed));
        let found = disk.snapshot();
        assert!(found.values().any(|bytes| bytes.as_deref() == Some(b"user")), "{seed}: {found:?}");
    }
}

#[tokio::test]
async fn no_power_cut_puts_a_folder_inside_itself() {
    for seed in 0..300 {
        let disk = disk();
        for dir in ["y", "y/m", "y/m/x", "y/m/x/q", "z"] {
            disk.user().mkdir(&p(dir)).unwrap();
        }
        disk.user().create(&p("y/f"), b"user").unwrap();
        disk.rename(&p("y/m/x"), &p("z/x")).await.unwrap();
        // Possible only because of the first; the two have no folder in common.
        disk.rename(&p("y"), &p("z/x/q/y")).await.unwrap();
        disk.crash(&Seeded::new(seed));
        let found = disk.snapshot();
        assert!(found.values().any(|bytes| bytes.as_deref() == Some(b"user")), "{seed}: {found:?}");
    }
}

#[tokio::test]
async fn syncing_a_folder_brings_along_what_came_before() {
    let left = after_crashes(async |disk| {
        disk.user().mkdir(&p("a")).unwrap();
        disk.user().mkdir(&p("b")).unwrap();
        disk.user().create(&p("a/one"), b"x").unwrap();
        disk.rename(&p("a/one"), &p("a/two")).await.unwrap();
        disk.rename(&p("a/two"), &p("b/two")).await.unwrap();
        disk.sync_dir(&p("b")).await.unwrap();
    });
    assert_eq!(left.await, [[dir("a"), dir("b"), file("b/two", b"x")].into()]);
}

#[tokio::test]
async fn an_exchange_is_done_or_not_done() {
    let left = after_crashes(async |disk| {
        disk.user().create(&p("f"), b"old").unwrap();
        put(disk, ".navette/staging/1.new", b"new").await;
        disk.sync_dir(&p(".navette/staging")).await.unwrap();
        disk.exchange(&p(".navette/staging/1.new"), &p("f")).await.unwrap();
    });
    assert_eq!(left.await, [[file("f", b"new")].into(), [file("f", b"old")].into()]);
}

#[tokio::test]
async fn a_small_file_of_our_own_survives_every_crash() {
    for seed in 0..50 {
        let disk = disk();
        disk.write_small(&p(".navette/marker"), b"one").await.unwrap();
        disk.write_small(&p(".navette/marker"), b"two").await.unwrap();
        disk.crash(&Seeded::new(seed));
        let marker = disk.read_small(&p(".navette/marker")).await.unwrap();
        assert_eq!(marker, Some(b"two".to_vec()));
    }
}

#[tokio::test]
async fn what_users_do_is_lost_only_where_they_do_not_sync() {
    let act = |users_sync| {
        let disk = SimDisk::new(SimConfig { users_sync, ..SimConfig::default() });
        disk.user().create(&p("f"), b"x").unwrap();
        disk
    };
    let kept = |disk: SimDisk, seed| {
        disk.crash(&Seeded::new(seed));
        disk.snapshot() == [file("f", b"x")].into()
    };
    assert!((0..50).all(|seed| kept(act(true), seed)));
    assert!((0..50).any(|seed| !kept(act(false), seed)));
    let settled = act(false);
    settled.settle();
    assert!(kept(settled, 1));
}

#[tokio::test]
async fn after_a_crash_every_object_has_an_id_of_its_own() {
    for seed in 0..100 {
        let disk = disk();
        put(&disk, ".navette/aside/old", b"x").await;
        disk.settle();
        disk.purge(&p(".navette/aside/old")).await.unwrap();
        put(&disk, "new", b"y").await;
        disk.sync_dir(&p("")).await.unwrap();
        disk.crash(&Seeded::new(seed));
        let new = disk.stat(&p("new")).await.unwrap().unwrap();
        if let Some(old) = disk.stat(&p(".navette/aside/old")).await.unwrap() {
            assert_ne!(old.seen.file_id, new.seen.file_id);
        }
    }
}

#[tokio::test]
async fn a_handle_from_before_a_crash_is_broken() {
    let disk = disk();
    let mut new = disk.create(&p("f")).await.unwrap();
    disk.crash(&Seeded::new(1));
    assert_eq!(new.write(Bytes::from_static(b"x")).await.unwrap_err().kind, DiskErrorKind::Broken);
}

#[tokio::test]
async fn the_same_seed_leaves_the_same() {
    let run = async |seed| {
        let disk = disk();
        for name in ["a", "b", "c", "d"] {
            disk.make_dir(&p(name)).await.unwrap();
            put(&disk, &format!("{name}/f"), name.as_bytes()).await;
        }
        disk.crash(&Seeded::new(seed));
        disk.snapshot_all()
    };
    for seed in 0..20 {
        assert_eq!(run(seed).await, run(seed).await);
    }
}

#[test]
fn a_call_that_is_cut_before_its_effect_has_none() {
    let disk = disk();
    let path = p("d");
    {
        let mut making = pin!(disk.make_dir(&path));
        assert!(step(making.as_mut()).is_pending());
        assert!(disk.snapshot().is_empty());
    }
    assert!(disk.snapshot().is_empty());
    let mut making = pin!(disk.make_dir(&path));
    assert!(step(making.as_mut()).is_pending());
    assert!(step(making.as_mut()).is_ready());
    assert_eq!(disk.snapshot(), [dir("d")].into());
}

#[tokio::test]
async fn a_file_changed_while_it_is_read_is_torn() {
    use futures::StreamExt as _;
    let disk = disk();
    disk.user().create(&p("f"), b"aaaaaaaa").unwrap();
    let mut open = disk.open(&p("f")).await.unwrap();
    assert_eq!(open.bytes.next().await.unwrap().unwrap(), "aaaa");
    disk.user().write(&p("f"), b"bbbbbbbb").unwrap();
    assert_eq!(read(open).await, b"bbbb");
}

#[test]
fn a_listing_can_miss_what_is_renamed_meanwhile() {
    let disk = disk();
    disk.user().mkdir(&p("d")).unwrap();
    for name in ["d/a", "d/b", "d/y", "d/z"] {
        disk.user().create(&p(name), b"x").unwrap();
    }
    let path = p("d");
    let mut listing = pin!(disk.list(&path));
    // Up to and including the first half.
    for _ in 0..3 {
        assert!(step(listing.as_mut()).is_pending());
    }
    disk.user().rename(&p("d/z"), &p("d/aa")).unwrap();
    let Poll::Ready(entries) = step(listing.as_mut()) else { panic!("it should be through") };
    let names: Vec<_> = entries.unwrap().into_iter().map(|entry| entry.name.unwrap()).collect();
    assert_eq!(names.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["a", "b", "y"]);
}

#[tokio::test]
async fn a_late_writer_writes_wherever_its_file_is() {
    let disk = disk();
    disk.user().create(&p("f"), b"old").unwrap();
    let program = disk.user().hold_open(&p("f")).unwrap();
    assert!(disk.is_being_written(&p("f")).await.unwrap());
    disk.rename(&p("f"), &p(".navette/aside/f")).await.unwrap();
    put(&disk, "f", b"new").await;
    disk.user().late_write(program, b"late").unwrap();
    assert_eq!(disk.user().path_of(program), Some(p(".navette/aside/f")));
    assert_eq!(get(&disk, ".navette/aside/f").await, b"late");
    assert_eq!(get(&disk, "f").await, b"new");
    disk.user().close(program);
    assert!(!disk.is_being_written(&p(".navette/aside/f")).await.unwrap());
}

#[tokio::test]
async fn a_save_by_rename_is_another_object_under_the_same_name() {
    let disk = disk();
    disk.user().create(&p("f"), b"one").unwrap();
    let before = disk.stat(&p("f")).await.unwrap().unwrap();
    disk.user().save_by_rename(&p("f"), b"two").unwrap();
    let after = disk.stat(&p("f")).await.unwrap().unwrap();
    assert_ne!(before.seen.file_id, after.seen.file_id);
    assert_eq!(get(&disk, "f").await, b"two");
}

#[tokio::test]
async fn ids_are_used_again_where_that_is_asked_for() {
    for reuse_ids in [true, false] {
        let disk = SimDisk::new(SimConfig { reuse_ids, ..SimConfig::default() });
        let id = async |path| disk.stat(&p(path)).await.unwrap().unwrap().seen.file_id;
        disk.user().create(&p("f"), b"x").unwrap();
        let first = id("f").await;
        disk.user().remove(&p("f")).unwrap();
        disk.user().create(&p("g"), b"x").unwrap();
        assert_eq!(id("g").await == first, reuse_ids);
    }
}

#[tokio::test]
async fn times_are_as_coarse_as_the_volume() {
    let granularity = Duration::from_secs(2);
    let disk = SimDisk::new(SimConfig { granularity, birth_times: false, ..SimConfig::default() });
    disk.set_time(5_700_000_000);
    disk.user().create(&p("f"), b"one").unwrap();
    let before = disk.stat(&p("f")).await.unwrap().unwrap();
    assert_eq!(before.seen.mtime, 4_000_000_000);
    assert_eq!(before.seen.born, None);
    disk.set_time(5_900_000_000);
    disk.user().write(&p("f"), b"two").unwrap();
    let after = disk.stat(&p("f")).await.unwrap().unwrap();
    assert!(after.seen.unchanged(&before.seen), "a change within one step does not show");
    assert_eq!(disk.volume_time().await.unwrap(), 4_000_000_000);
}

#[tokio::test]
async fn ids_of_a_volume_without_stable_ones_change_with_the_place() {
    let disk = SimDisk::new(SimConfig::fat());
    disk.user().create(&p("f"), b"x").unwrap();
    let before = disk.stat(&p("f")).await.unwrap().unwrap();
    disk.rename(&p("f"), &p("g")).await.unwrap();
    let after = disk.stat(&p("g")).await.unwrap().unwrap();
    assert_ne!(before.seen.file_id, after.seen.file_id);
}

#[tokio::test]
async fn a_full_disk_takes_no_more_and_keeps_what_it_has() {
    let disk = disk();
    disk.set_capacity(6);
    put(&disk, "f", b"four").await;
    let mut new = disk.create(&p("g")).await.unwrap();
    let full = new.write(Bytes::from_static(b"more")).await.unwrap_err();
    assert_eq!(full.kind, DiskErrorKind::Full);
    assert_eq!(disk.space().await.unwrap().free, 2);
    assert_eq!(disk.snapshot(), [file("f", b"four"), file("g", b"")].into());
}

#[tokio::test]
async fn a_folder_that_may_not_be_read_is_unknown_and_what_is_in_it_too() {
    let disk = disk();
    disk.user().mkdir(&p("d")).unwrap();
    disk.user().create(&p("d/f"), b"x").unwrap();
    disk.fault(&p("d"), DiskErrorKind::Denied);
    assert!(disk.stat(&p("d")).await.unwrap().is_some());
    assert_eq!(disk.list(&p("d")).await.unwrap_err().kind, DiskErrorKind::Denied);
    assert_eq!(disk.stat(&p("d/f")).await.unwrap_err().kind, DiskErrorKind::Denied);
    assert_eq!(disk.stat(&p("d/nothing")).await.unwrap_err().kind, DiskErrorKind::Denied);
    // The user has other rights.
    disk.user().write(&p("d/f"), b"y").unwrap();
    disk.heal(&p("d"));
    assert_eq!(get(&disk, "d/f").await, b"y");
}

#[tokio::test]
async fn a_broken_entry_is_listed_as_unknown() {
    let disk = disk();
    disk.user().create(&p("f"), b"x").unwrap();
    disk.fault(&p("f"), DiskErrorKind::Broken);
    let entries = disk.list(&p("")).await.unwrap();
    let broken = entries.iter().find(|entry| entry.stat.is_err()).unwrap();
    assert_eq!(broken.name.as_ref().unwrap().as_str(), "f");
    assert_eq!(disk.stat(&p("f")).await.unwrap_err().kind, DiskErrorKind::Broken);
    assert_eq!(disk.rename(&p("f"), &p("g")).await.unwrap_err().kind, DiskErrorKind::Broken);
}

#[tokio::test]
async fn a_volume_that_is_gone_shows_nothing_as_absent() {
    let disk = disk();
    disk.user().create(&p("f"), b"x").unwrap();
    let open = disk.open(&p("f")).await.unwrap();
    disk.unmount(Unmounted::Gone);
    assert_eq!(disk.list(&p("")).await.unwrap_err().kind, DiskErrorKind::Broken);
    assert_eq!(disk.stat(&p("f")).await.unwrap_err().kind, DiskErrorKind::Broken);
    use futures::TryStreamExt as _;
    assert!(open.bytes.try_collect::<Vec<_>>().await.is_err());
    disk.mount();
    assert_eq!(get(&disk, "f").await, b"x");
}

#[tokio::test]
async fn where_a_volume_was_mounted_another_folder_is_seen() {
    let disk = disk();
    disk.user().create(&p("f"), b"x").unwrap();
    let before = disk.stat(&p("")).await.unwrap().unwrap();
    disk.unmount(Unmounted::Empty);
    let after = disk.stat(&p("")).await.unwrap().unwrap();
    assert_ne!(before.seen.volume, after.seen.volume);
    assert_eq!(names(&disk, "").await, [".navette"]);
    disk.mount();
    assert_eq!(disk.stat(&p("")).await.unwrap(), Some(before));
    assert_eq!(get(&disk, "f").await, b"x");
}

#[tokio::test]
async fn a_mount_over_a_folder_hides_it_until_it_goes() {
    let disk = disk();
    disk.user().mkdir(&p("d")).unwrap();
    disk.user().create(&p("d/f"), b"x").unwrap();
    disk.user().mount_over(&p("d")).unwrap();
    assert_eq!(disk.stat(&p("d")).await.unwrap().unwrap().file_type, FileType::Mount);
    assert_eq!(disk.list(&p("d")).await.unwrap_err().kind, DiskErrorKind::Unsupported);
    assert_eq!(disk.stat(&p("d/f")).await.unwrap_err().kind, DiskErrorKind::Unsupported);
    assert_eq!(disk.rename(&p("d"), &p("e")).await.unwrap_err().kind, DiskErrorKind::Busy);
    disk.settle();
    disk.user().unmount_over(&p("d")).unwrap();
    assert_eq!(get(&disk, "d/f").await, b"x");
}

#[tokio::test]
async fn an_open_file_is_locked_where_programs_lock() {
    let disk = SimDisk::new(SimConfig::windows());
    disk.user().mkdir(&p("d")).unwrap();
    disk.user().create(&p("d/f"), b"x").unwrap();
    let program = disk.user().hold_open(&p("d/f")).unwrap();
    for path in ["d", "d/f"] {
        let refused = disk.rename(&p(path), &p("moved")).await.unwrap_err();
        assert_eq!(refused.kind, DiskErrorKind::Busy);
    }
    disk.user().close(program);
    disk.rename(&p("d"), &p("moved")).await.unwrap();
}

#[tokio::test]
async fn a_tree_is_removed_with_all_that_is_in_it() {
    let disk = disk();
    disk.user().mkdir(&p("d")).unwrap();
    disk.user().mkdir(&p("d/e")).unwrap();
    disk.user().create(&p("d/e/f"), b"x").unwrap();
    disk.user().remove_tree(&p("d")).unwrap();
    assert!(disk.snapshot().is_empty());
}

#[tokio::test]
async fn clones_are_handles_of_one_disk() {
    let disk = disk();
    disk.clone().user().create(&p("f"), b"x").unwrap();
    assert_eq!(get(&disk, "f").await, b"x");
}
