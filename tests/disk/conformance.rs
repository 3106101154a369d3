//! The promises of the `Disk` trait, each as one test of any disk.

use bytes::Bytes;
use futures::StreamExt as _;
use navette::disk::{Disk, DiskErrorKind, FileType, NewFile as _, SimDisk, sim::SimConfig};

use crate::{Contents, get, names, p, put, read};

/// A disk and a user's hands on it.
pub(crate) trait Bench {
    type Disk: Disk;
    fn disk(&self) -> &Self::Disk;
    /// Overwrites a file in place.
    fn overwrite(&self, path: &str, bytes: &[u8]);
    /// Makes a link that leads to `somewhere`.
    fn make_link(&self, path: &str, somewhere: &str);
    /// Gives a file a second name.
    fn make_second_name(&self, path: &str, second: &str);
    /// Changes a file's permissions.
    #[cfg(not(windows))]
    fn set_mode(&self, path: &str, mode: u32);
    /// A file's permissions.
    #[cfg(not(windows))]
    fn mode(&self, path: &str) -> u32;
    /// Everything, without `.navette`.
    fn contents(&self) -> Contents;
}

impl Bench for SimDisk {
    type Disk = Self;

    fn disk(&self) -> &Self {
        self
    }

    fn overwrite(&self, path: &str, bytes: &[u8]) {
        self.user().write(&p(path), bytes).unwrap();
    }

    fn make_link(&self, path: &str, _somewhere: &str) {
        self.user().make_closed(&p(path), FileType::Symlink).unwrap();
    }

    fn make_second_name(&self, path: &str, second: &str) {
        self.user().link(&p(path), &p(second)).unwrap();
    }

    #[cfg(not(windows))]
    fn set_mode(&self, path: &str, mode: u32) {
        self.user().chmod(&p(path), mode).unwrap();
    }

    #[cfg(not(windows))]
    fn mode(&self, path: &str) -> u32 {
        self.user().mode(&p(path)).unwrap()
    }

    fn contents(&self) -> Contents {
        self.snapshot()
    }
}

fn kind<T>(result: navette::disk::Result<T>) -> DiskErrorKind {
    match result {
        Ok(_) => panic!("this should have failed"),
        Err(error) => error.kind,
    }
}

fn file(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(bytes.to_vec())
}

/// Writes each promise as a test of every disk.
macro_rules! promises {
    ($($(#[$only:meta])? $promise:ident)*) => {
        #[cfg(any(target_os = "linux", windows))]
        mod native {
            $($(#[$only])?
            #[tokio::test]
            async fn $promise() {
                super::$promise(&crate::native::Folder::new()).await;
            })*
        }
        mod like_ext4 {
            $($(#[$only])?
            #[tokio::test]
            async fn $promise() {
                super::$promise(&super::SimDisk::new(super::SimConfig::default())).await;
            })*
        }
        mod like_apfs {
            $($(#[$only])?
            #[tokio::test]
            async fn $promise() {
                super::$promise(&super::SimDisk::new(super::SimConfig::macos())).await;
            })*
        }
        mod like_fat {
            $($(#[$only])?
            #[tokio::test]
            async fn $promise() {
                super::$promise(&super::SimDisk::new(super::SimConfig::fat())).await;
            })*
        }
    };
}

promises! {
    what_is_written_is_read
    a_large_file_comes_in_blocks
    the_given_time_is_kept
    making_never_replaces
    a_rename_never_replaces
    a_rename_moves_the_object_itself
    a_name_tells_nothing_of_what_had_it_before
    a_folder_moves_with_what_is_in_it
    a_folder_is_not_moved_into_itself
    only_the_spelling_of_a_name_can_change
    a_second_name_of_a_file_is_a_name_that_is_taken
    an_exchange_is_one_step_where_the_volume_can
    a_handle_stays_with_its_object_when_its_name_goes_to_another
    // There it takes over the rights of the folder.
    #[cfg(not(windows))]
    a_new_version_is_seen_by_nobody_else_than_the_old_one
    only_an_empty_folder_is_removed
    the_root_is_neither_removed_nor_moved
    only_files_of_our_own_are_purged
    a_folder_is_not_purged
    a_small_file_of_our_own_is_replaced_whole
    small_files_elsewhere_are_not_written
    nothing_stands_below_a_file
    what_stands_below_a_link_is_unknown
    a_link_is_shown_and_not_followed
    a_listing_shows_what_there_is
    a_missing_folder_is_not_an_empty_one
    the_wrong_kind_is_refused
    a_change_shows_in_what_is_seen
    folders_can_be_synced
    there_is_room_and_a_time
    a_file_that_nobody_writes_is_not_being_written
    a_new_file_that_is_not_finished_is_being_written
    our_own_file_is_written_on_behind_what_is_sure
    a_clone_has_the_bytes_and_a_life_of_its_own
    an_unfinished_file_stays_behind
    our_own_folders_are_there
    folding_is_as_the_volume_says
    names_that_windows_cannot_show_are_as_the_volume_says
    a_name_that_is_too_long_is_refused
}

async fn what_is_written_is_read(bench: &impl Bench) {
    let disk = bench.disk();
    let mut new = disk.create(&p("f")).await.unwrap();
    new.write(Bytes::from_static(b"one ")).await.unwrap();
    new.write(Bytes::from_static(b"two")).await.unwrap();
    let stat = new.finish(None).await.unwrap();
    assert_eq!(stat.file_type, FileType::File);
    assert_eq!(stat.seen.size, 7);
    assert_eq!(disk.stat(&p("f")).await.unwrap(), Some(stat));
    let open = disk.open(&p("f")).await.unwrap();
    assert_eq!(open.stat, stat);
    assert_eq!(read(open).await, b"one two");
}

async fn a_large_file_comes_in_blocks(bench: &impl Bench) {
    let bytes: Vec<u8> = (0..700_000_u32).map(|i| (i % 251) as u8).collect();
    put(bench.disk(), "large", &bytes).await;
    let mut open = bench.disk().open(&p("large")).await.unwrap();
    let mut found = Vec::new();
    while let Some(block) = open.bytes.next().await {
        let block = block.unwrap();
        assert!(!block.is_empty() && block.len() <= 256 * 1024);
        found.extend_from_slice(&block);
    }
    assert!(found == bytes);
}

async fn the_given_time_is_kept(bench: &impl Bench) {
    let disk = bench.disk();
    let mut new = disk.create(&p("f")).await.unwrap();
    new.write(Bytes::from_static(b"x")).await.unwrap();
    // An even second: every volume can write it down.
    let time = 1_600_000_000_000_000_000;
    let stat = new.finish(Some(time)).await.unwrap();
    assert_eq!(stat.seen.mtime, time);
    assert_eq!(disk.stat(&p("f")).await.unwrap().unwrap().seen.mtime, time);
}

async fn making_never_replaces(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"user").await;
    disk.make_dir(&p("d")).await.unwrap();
    for taken in ["f", "d"] {
        assert_eq!(kind(disk.create(&p(taken)).await.map(drop)), DiskErrorKind::Exists);
        assert_eq!(kind(disk.make_dir(&p(taken)).await), DiskErrorKind::Exists);
    }
    let expected = [("d".to_owned(), None), ("f".to_owned(), file(b"user"))];
    assert_eq!(bench.contents(), expected.into());
}

async fn a_rename_never_replaces(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"one").await;
    put(disk, "g", b"two").await;
    disk.make_dir(&p("d")).await.unwrap();
    disk.make_dir(&p("e")).await.unwrap();
    let before = bench.contents();
    for (from, to) in [("f", "g"), ("f", "d"), ("d", "f"), ("d", "e"), ("f", "f"), ("d", "d")] {
        let refused = kind(disk.rename(&p(from), &p(to)).await);
        assert_eq!(refused, DiskErrorKind::Exists, "{from} to {to}");
    }
    assert_eq!(kind(disk.rename(&p("nothing"), &p("new")).await), DiskErrorKind::NotFound);
    assert_eq!(kind(disk.rename(&p("f"), &p("nowhere/f")).await), DiskErrorKind::NotFound);
    assert_eq!(bench.contents(), before);
}

async fn a_rename_moves_the_object_itself(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("d")).await.unwrap();
    put(disk, ".navette/staging/1.new", b"content").await;
    let before = disk.stat(&p(".navette/staging/1.new")).await.unwrap().unwrap();
    disk.rename(&p(".navette/staging/1.new"), &p("d/f")).await.unwrap();
    let after = disk.stat(&p("d/f")).await.unwrap().unwrap();
    if disk.volume().stable_ids {
        assert!(after.seen.same_but_moved(&before.seen));
    }
    assert_eq!(disk.stat(&p(".navette/staging/1.new")).await.unwrap(), None);
    assert_eq!(get(disk, "d/f").await, b"content");
}

/// Windows hands the time of birth on with the name.
async fn a_name_tells_nothing_of_what_had_it_before(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"old").await;
    let first = disk.stat(&p("f")).await.unwrap().unwrap().seen.mtime;
    // A moment between the two births, where time goes by.
    for _ in 0..1000 {
        if disk.volume_time().await.unwrap() > first {
            break;
        }
    }
    put(disk, ".navette/staging/1.new", b"new").await;
    let staged = disk.stat(&p(".navette/staging/1.new")).await.unwrap().unwrap();
    disk.rename(&p("f"), &p(".navette/aside/f")).await.unwrap();
    disk.rename(&p(".navette/staging/1.new"), &p("f")).await.unwrap();
    let placed = disk.stat(&p("f")).await.unwrap().unwrap();
    let known = !disk.volume().stable_ids || placed.seen.same_but_moved(&staged.seen);
    assert!(known && placed.seen.born == staged.seen.born, "{placed:?} was {staged:?}");
}

async fn a_folder_moves_with_what_is_in_it(bench: &impl Bench) {
    let disk = bench.disk();
    for dir in ["a", "a/b", "c"] {
        disk.make_dir(&p(dir)).await.unwrap();
    }
    put(disk, "a/b/f", b"deep").await;
    disk.rename(&p("a"), &p("c/a")).await.unwrap();
    assert_eq!(get(disk, "c/a/b/f").await, b"deep");
    assert_eq!(disk.stat(&p("a")).await.unwrap(), None);
}

async fn a_folder_is_not_moved_into_itself(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("a")).await.unwrap();
    disk.make_dir(&p("a/b")).await.unwrap();
    let before = bench.contents();
    assert_eq!(kind(disk.rename(&p("a"), &p("a/b/a")).await), DiskErrorKind::BadName);
    assert_eq!(bench.contents(), before);
}

async fn only_the_spelling_of_a_name_can_change(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "readme", b"f").await;
    disk.make_dir(&p("Dir")).await.unwrap();
    put(disk, "Dir/x", b"x").await;
    disk.rename(&p("readme"), &p("README")).await.unwrap();
    disk.rename(&p("Dir"), &p("dir")).await.unwrap();
    assert_eq!(names(disk, "").await, [".navette", "README", "dir"]);
    assert_eq!(get(disk, "README").await, b"f");
    assert_eq!(get(disk, "dir/x").await, b"x");
}

async fn a_second_name_of_a_file_is_a_name_that_is_taken(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"x").await;
    bench.make_second_name("f", "g");
    assert_eq!(disk.stat(&p("f")).await.unwrap().unwrap().seen.links, 2);
    // POSIX would call this a success and do nothing.
    assert_eq!(kind(disk.rename(&p("f"), &p("g")).await), DiskErrorKind::Exists);
    assert_eq!(names(disk, "").await, [".navette", "f", "g"]);
}

async fn an_exchange_is_one_step_where_the_volume_can(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, ".navette/staging/1.new", b"new").await;
    put(disk, "f", b"old").await;
    disk.make_dir(&p("d")).await.unwrap();
    let staged = p(".navette/staging/1.new");
    let exchanged = disk.exchange(&staged, &p("f")).await;
    if !disk.volume().exchange {
        assert_eq!(kind(exchanged), DiskErrorKind::Unsupported);
        assert_eq!(get(disk, "f").await, b"old");
        return;
    }
    exchanged.unwrap();
    assert_eq!(get(disk, "f").await, b"new");
    assert_eq!(get(disk, ".navette/staging/1.new").await, b"old");
    disk.exchange(&p("f"), &p("d")).await.unwrap();
    assert_eq!(disk.stat(&p("f")).await.unwrap().unwrap().file_type, FileType::Dir);
    assert_eq!(kind(disk.exchange(&p("f"), &p("nothing")).await), DiskErrorKind::NotFound);
    assert_eq!(kind(disk.exchange(&p("nothing"), &p("f")).await), DiskErrorKind::NotFound);
}

async fn a_handle_stays_with_its_object_when_its_name_goes_to_another(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"old content").await;
    put(disk, "g", b"new").await;
    let open = disk.open(&p("f")).await.unwrap();
    disk.rename(&p("f"), &p(".navette/aside/f")).await.unwrap();
    disk.rename(&p("g"), &p("f")).await.unwrap();
    disk.purge(&p(".navette/aside/f")).await.unwrap();
    assert_eq!(read(open).await, b"old content");
    assert_eq!(get(disk, "f").await, b"new");
}

#[cfg(not(windows))]
async fn a_new_version_is_seen_by_nobody_else_than_the_old_one(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"old").await;
    let staged = p(".navette/staging/1.new");
    let mut new = disk.create(&staged).await.unwrap();
    new.write(Bytes::from_static(b"new")).await.unwrap();
    let before = new.finish(Some(1_600_000_000_000_000_000)).await.unwrap();
    for mode in [0o600, 0o755] {
        bench.set_mode("f", mode);
        disk.take_after(&staged, &p("f")).await.unwrap();
        assert_eq!(bench.mode(".navette/staging/1.new"), mode);
    }
    let after = disk.stat(&staged).await.unwrap().unwrap();
    assert!(after.seen.same_but_moved(&before.seen));
    assert_eq!(get(disk, ".navette/staging/1.new").await, b"new");
    let missing = disk.take_after(&staged, &p("nothing")).await;
    assert_eq!(kind(missing), DiskErrorKind::NotFound);
}

async fn only_an_empty_folder_is_removed(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("d")).await.unwrap();
    put(disk, "d/f", b"x").await;
    assert_eq!(kind(disk.remove_dir(&p("d")).await), DiskErrorKind::NotEmpty);
    assert_eq!(kind(disk.remove_dir(&p("d/f")).await), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.remove_dir(&p("nothing")).await), DiskErrorKind::NotFound);
    disk.rename(&p("d/f"), &p(".navette/aside/f")).await.unwrap();
    disk.remove_dir(&p("d")).await.unwrap();
    assert_eq!(disk.stat(&p("d")).await.unwrap(), None);
}

async fn the_root_is_neither_removed_nor_moved(bench: &impl Bench) {
    let disk = bench.disk();
    assert_eq!(disk.stat(&p("")).await.unwrap().unwrap().file_type, FileType::Dir);
    assert_eq!(kind(disk.remove_dir(&p("")).await), DiskErrorKind::Busy);
    assert_eq!(kind(disk.rename(&p(""), &p("x")).await), DiskErrorKind::Busy);
}

async fn only_files_of_our_own_are_purged(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("d")).await.unwrap();
    disk.make_dir(&p("d/.navette")).await.unwrap();
    for users in ["f", "d/f", "d/.navette/f", ".navette2"] {
        put(disk, users, b"user").await;
        assert_eq!(kind(disk.purge(&p(users)).await), DiskErrorKind::Denied);
        assert_eq!(get(disk, users).await, b"user");
    }
    put(disk, ".navette/aside/f", b"x").await;
    disk.purge(&p(".navette/aside/f")).await.unwrap();
    assert_eq!(names(disk, ".navette/aside").await, [""; 0]);
}

async fn a_folder_is_not_purged(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p(".navette/aside/d")).await.unwrap();
    assert_eq!(kind(disk.purge(&p(".navette/aside/d")).await), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.purge(&p(".navette")).await), DiskErrorKind::Denied);
    assert_eq!(names(disk, ".navette/aside").await, ["d"]);
}

async fn a_small_file_of_our_own_is_replaced_whole(bench: &impl Bench) {
    let disk = bench.disk();
    let marker = p(".navette/marker");
    assert_eq!(disk.read_small(&marker).await.unwrap(), None);
    disk.write_small(&marker, b"a rather long first content").await.unwrap();
    disk.write_small(&marker, b"short").await.unwrap();
    assert_eq!(disk.read_small(&marker).await.unwrap(), Some(b"short".to_vec()));
    // Nothing else is left of it.
    let extra = ["lock", "clock"];
    let mut left = names(disk, ".navette").await;
    left.retain(|name| !extra.contains(&name.as_str()));
    assert_eq!(left, ["aside", "marker", "staging"]);
}

async fn small_files_elsewhere_are_not_written(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"user").await;
    assert_eq!(kind(disk.write_small(&p("f"), b"x").await), DiskErrorKind::Denied);
    assert_eq!(kind(disk.write_small(&p(".navette"), b"x").await), DiskErrorKind::Denied);
    assert_eq!(get(disk, "f").await, b"user");
}

async fn nothing_stands_below_a_file(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"x").await;
    assert_eq!(disk.stat(&p("f/below")).await.unwrap(), None);
    assert_eq!(disk.stat(&p("nothing/below")).await.unwrap(), None);
    assert_eq!(kind(disk.open(&p("f/below")).await.map(drop)), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.make_dir(&p("f/below")).await), DiskErrorKind::WrongType);
}

async fn what_stands_below_a_link_is_unknown(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("real")).await.unwrap();
    put(disk, "real/f", b"x").await;
    bench.make_link("link", "real");
    let link = p("link/f");
    assert_eq!(kind(disk.stat(&link).await), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.open(&link).await.map(drop)), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.create(&p("link/g")).await.map(drop)), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.rename(&link, &p("f")).await), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.rename(&p("real/f"), &p("link/g")).await), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.list(&p("link")).await), DiskErrorKind::WrongType);
    assert_eq!(names(disk, "real").await, ["f"]);
}

async fn a_link_is_shown_and_not_followed(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"target").await;
    bench.make_link("link", "f");
    assert_eq!(disk.stat(&p("link")).await.unwrap().unwrap().file_type, FileType::Symlink);
    assert_eq!(kind(disk.open(&p("link")).await.map(drop)), DiskErrorKind::WrongType);
    // It can be put aside, itself and not its target.
    disk.rename(&p("link"), &p(".navette/aside/link")).await.unwrap();
    disk.purge(&p(".navette/aside/link")).await.unwrap();
    assert_eq!(get(disk, "f").await, b"target");
}

async fn a_listing_shows_what_there_is(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("d")).await.unwrap();
    put(disk, "d/f", b"x").await;
    disk.make_dir(&p("d/e")).await.unwrap();
    bench.make_link("d/link", "f");
    assert_eq!(names(disk, "d").await, ["e", "f", "link"]);
    for entry in disk.list(&p("d")).await.unwrap() {
        let name = entry.name.unwrap();
        let stat = disk.stat(&p("d").join(&name)).await.unwrap().unwrap();
        assert_eq!(entry.stat, Ok(stat), "{name}");
    }
    assert_eq!(names(disk, "d/e").await, [""; 0]);
}

async fn a_missing_folder_is_not_an_empty_one(bench: &impl Bench) {
    assert_eq!(kind(bench.disk().list(&p("nothing")).await), DiskErrorKind::NotFound);
}

async fn the_wrong_kind_is_refused(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("d")).await.unwrap();
    put(disk, "f", b"x").await;
    assert_eq!(kind(disk.open(&p("d")).await.map(drop)), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.list(&p("f")).await), DiskErrorKind::WrongType);
    assert_eq!(kind(disk.open(&p("nothing")).await.map(drop)), DiskErrorKind::NotFound);
}

async fn a_change_shows_in_what_is_seen(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"one").await;
    let before = disk.stat(&p("f")).await.unwrap().unwrap();
    bench.overwrite("f", b"longer");
    let after = disk.stat(&p("f")).await.unwrap().unwrap();
    assert!(after.seen.same_object(&before.seen));
    assert!(!after.seen.unchanged(&before.seen));
    assert_eq!(get(disk, "f").await, b"longer");
}

async fn folders_can_be_synced(bench: &impl Bench) {
    let disk = bench.disk();
    disk.make_dir(&p("d")).await.unwrap();
    disk.sync_dir(&p("")).await.unwrap();
    disk.sync_dir(&p("d")).await.unwrap();
    assert_eq!(kind(disk.sync_dir(&p("nothing")).await), DiskErrorKind::NotFound);
}

async fn there_is_room_and_a_time(bench: &impl Bench) {
    let space = bench.disk().space().await.unwrap();
    assert!(0 < space.free && space.free <= space.total);
    let first = bench.disk().volume_time().await.unwrap();
    assert!(bench.disk().volume_time().await.unwrap() >= first);
}

async fn a_file_that_nobody_writes_is_not_being_written(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"x").await;
    let reading = disk.open(&p("f")).await.unwrap();
    assert!(!disk.is_being_written(&p("f")).await.unwrap());
    drop(reading);
    assert_eq!(kind(disk.is_being_written(&p("nothing")).await), DiskErrorKind::NotFound);
}

async fn a_new_file_that_is_not_finished_is_being_written(bench: &impl Bench) {
    let disk = bench.disk();
    let new = disk.create(&p("f")).await.unwrap();
    assert!(disk.is_being_written(&p("f")).await.unwrap());
    new.finish(None).await.unwrap();
    assert!(!disk.is_being_written(&p("f")).await.unwrap());
}

async fn our_own_file_is_written_on_behind_what_is_sure(bench: &impl Bench) {
    let disk = bench.disk();
    let part = ".navette/staging/1.part";
    put(disk, part, b"sure, unsure").await;
    let mut file = disk.write_on(&p(part), 4).await.unwrap();
    file.write(Bytes::from_static(b" and more")).await.unwrap();
    file.sync().await.unwrap();
    let stat = file.finish(Some(1_000_000_000_000)).await.unwrap();
    assert_eq!(stat.seen.size, 13);
    assert_eq!(get(disk, part).await, b"sure and more");
    assert_eq!(kind(disk.write_on(&p(part), 14).await.map(drop)), DiskErrorKind::Broken);
    assert_eq!(get(disk, part).await, b"sure and more");
    let nothing = disk.write_on(&p(".navette/staging/nothing"), 0).await.map(drop);
    assert_eq!(kind(nothing), DiskErrorKind::NotFound);
    put(disk, "f", b"a user's").await;
    assert_eq!(kind(disk.write_on(&p("f"), 1).await.map(drop)), DiskErrorKind::Denied);
    assert_eq!(get(disk, "f").await, b"a user's");
}

async fn a_clone_has_the_bytes_and_a_life_of_its_own(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"bytes").await;
    let new = ".navette/staging/1.new";
    let mut file = disk.clone_file(&p("f"), &p(new)).await.unwrap();
    file.write(Bytes::from_static(b", more")).await.unwrap();
    file.finish(None).await.unwrap();
    assert_eq!(get(disk, "f").await, b"bytes");
    assert_eq!(get(disk, new).await, b"bytes, more");
    assert_eq!(kind(disk.clone_file(&p("f"), &p(new)).await.map(drop)), DiskErrorKind::Exists);
    let nothing = disk.clone_file(&p("nothing"), &p(".navette/staging/2.new")).await.map(drop);
    assert_eq!(kind(nothing), DiskErrorKind::NotFound);
    assert_eq!(names(disk, ".navette/staging").await, ["1.new"]);
}

async fn an_unfinished_file_stays_behind(bench: &impl Bench) {
    let disk = bench.disk();
    let mut new = disk.create(&p(".navette/staging/1.new")).await.unwrap();
    new.write(Bytes::from_static(b"part")).await.unwrap();
    drop(new);
    assert_eq!(get(disk, ".navette/staging/1.new").await, b"part");
}

async fn our_own_folders_are_there(bench: &impl Bench) {
    let disk = bench.disk();
    assert_eq!(names(disk, ".navette/staging").await, [""; 0]);
    assert_eq!(names(disk, ".navette/aside").await, [""; 0]);
}

async fn folding_is_as_the_volume_says(bench: &impl Bench) {
    let disk = bench.disk();
    let folding = disk.volume().folding;
    put(disk, "readme", b"x").await;
    put(disk, "caf\u{e9}", b"x").await;
    assert_eq!(disk.stat(&p("README")).await.unwrap().is_some(), folding.case);
    assert_eq!(disk.stat(&p("cafe\u{301}")).await.unwrap().is_some(), folding.normalization);
    // However it is asked for, it is shown as it was written.
    assert_eq!(names(disk, "").await, [".navette", "caf\u{e9}", "readme"]);
}

async fn names_that_windows_cannot_show_are_as_the_volume_says(bench: &impl Bench) {
    let disk = bench.disk();
    put(disk, "f", b"x").await;
    let odd = p("what?");
    let results = [disk.make_dir(&odd).await.map(drop), disk.rename(&p("f"), &p("what?2")).await];
    for result in results {
        match disk.volume().windows_names {
            true => assert_eq!(kind(result), DiskErrorKind::BadName),
            false => result.unwrap(),
        }
    }
}

async fn a_name_that_is_too_long_is_refused(bench: &impl Bench) {
    let disk = bench.disk();
    let longest = "n".repeat(disk.volume().max_name);
    put(disk, &longest, b"x").await;
    let longer = longest + "n";
    assert_eq!(kind(disk.create(&p(&longer)).await.map(drop)), DiskErrorKind::BadName);
    assert_eq!(kind(disk.make_dir(&p(&longer)).await), DiskErrorKind::BadName);
    put(disk, "f", b"x").await;
    assert_eq!(kind(disk.rename(&p("f"), &p(&longer)).await), DiskErrorKind::BadName);
}
