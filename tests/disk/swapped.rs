//! Every primitive, while the folder in its path is swapped for a link to
//! somewhere else and back: none reads, makes, changes or removes anything there.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use navette::disk::{Disk as _, Native, NewFile as _};
use navette::model::{Digest, Sums};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::{p, read};

const CANARY: &[u8] = b"not ours";

/// Turns: after so many each primitive has met the folder, the link, and the
/// moment between them.
const TURNS: usize = 400;

/// A synced folder beside another one that has the same names.
struct Place {
    disk: Native,
    dir: TempDir,
    outside: TempDir,
    before: BTreeMap<PathBuf, (u32, i64, i64, u64, Vec<u8>)>,
    /// What a primitive did in the folder, and how often it was refused.
    done: usize,
    refused: usize,
}

/// All that is outside: mode, both times, links and bytes.
fn seen(dir: &Path) -> BTreeMap<PathBuf, (u32, i64, i64, u64, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(dir).into_iter().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            let look = entry.metadata().unwrap();
            let bytes = if look.is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
            let times = (look.mtime_nsec() ^ look.mtime(), look.ctime_nsec() ^ look.ctime());
            (entry.into_path(), (look.mode(), times.0, times.1, look.nlink(), bytes))
        })
        .collect()
}

impl Place {
    /// With `names` outside, below what `swapped` is swapped for.
    fn new(swapped: &str, names: &[&str]) -> Self {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in names {
            let path = outside.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, CANARY).unwrap();
        }
        for name in ["empty", "d-empty", "staging/empty"] {
            fs::create_dir_all(outside.path().join(name)).unwrap();
        }
        let disk = Native::open(dir.path()).unwrap();
        fs::create_dir_all(dir.path().join(swapped)).unwrap();
        let before = seen(outside.path());
        Self { disk, dir, outside, before, done: 0, refused: 0 }
    }

    /// Counts, and makes sure that no canary came.
    fn took<T>(&mut self, result: navette::disk::Result<T>) -> Option<T> {
        match &result {
            Ok(_) => self.done += 1,
            Err(_) => self.refused += 1,
        }
        result.ok()
    }

    fn is_untouched(&self, what: &str) {
        assert!(self.done > 50 && self.refused > 50, "{what}: {} and {}", self.done, self.refused);
        assert_eq!(seen(self.outside.path()), self.before, "{what}");
    }

    /// Swaps `swapped` all the while `work` is done, in turns.
    async fn while_swapped(mut self, swapped: &str, work: impl AsyncFn(&mut Self, usize)) {
        let link = self.dir.path().join("link");
        symlink(self.outside.path(), &link).unwrap();
        let folder = self.dir.path().join(swapped);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let swapping = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                renameat_with(CWD, &folder, CWD, &link, RenameFlags::EXCHANGE).unwrap();
            }
        });
        for turn in 0..TURNS {
            work(&mut self, turn).await;
        }
        stop.store(true, Ordering::Relaxed);
        swapping.join().unwrap();
        self.is_untouched(swapped);
    }
}

#[tokio::test]
async fn no_primitive_on_a_users_file_reaches_through_a_swapped_folder() {
    let place = Place::new("d", &["f", "g", "only-outside", "taken"]);
    for name in ["f", "g"] {
        fs::write(place.dir.path().join("d").join(name), "ours").unwrap();
    }
    place
        .while_swapped("d", async |place, turn| {
            let canary = Digest::of(CANARY);
            if let Ok(entries) = place.disk.list(&p("d")).await {
                assert!(entries.iter().all(|entry| {
                    entry.name.as_ref().is_ok_and(|name| name.as_str() != "only-outside")
                }));
            }
            assert!(place.disk.stat(&p("d/only-outside")).await.is_none_or_refused());
            if let Ok(file) = place.disk.open(&p("d/f")).await {
                assert_ne!(read(file).await, CANARY);
            }
            if let Ok((_, digest)) = place.disk.digest(&p("d/g"), Sums::Both).await {
                assert_ne!(digest, canary);
            }
            let staged = p(&format!(".navette/staging/{turn}.new"));
            let mut file = place.disk.create(&staged).await.unwrap();
            file.write(Bytes::from_static(b"staged")).await.unwrap();
            file.finish(None).await.unwrap();
            let placed = p(&format!("d/placed-{turn}"));
            let renamed = place.disk.rename(&staged, &placed).await;
            place.took(renamed);
            let moved = place.disk.rename(&placed, &p(&format!("d/moved-{turn}"))).await;
            place.took(moved);
            let taken = place.disk.rename(&p("d/taken"), &p(&format!("taken-{turn}"))).await;
            assert!(taken.is_err(), "it is only outside");
            let copy = p(&format!(".navette/staging/{turn}.copy"));
            let cloned = place.disk.clone_file(&p("d/f"), &copy).await;
            if let Some(file) = place.took(cloned) {
                file.finish(None).await.unwrap();
                let exchanged = place.disk.exchange(&copy, &p("d/g")).await;
                place.took(exchanged);
                let after = place.disk.take_after(&copy, &p("d/f")).await;
                place.took(after);
                let copied = place.disk.open(&copy).await.unwrap();
                assert_ne!(read(copied).await, CANARY);
            }
            let folder = p(&format!("d/folder-{turn}"));
            let made = place.disk.make_dir(&folder).await;
            place.took(made);
            let removed = place.disk.remove_dir(&folder).await;
            place.took(removed);
            assert!(place.disk.remove_dir(&p("d/empty")).await.is_err(), "it is only outside");
            let file = place.disk.create(&p(&format!("d/made-{turn}"))).await;
            place.took(file);
            let synced = place.disk.sync_dir(&p("d")).await;
            place.took(synced);
            let written = place.disk.is_being_written(&p("d/f")).await;
            place.took(written);
        })
        .await;
}

/// What a look says of something that is only outside.
trait NoneOrRefused {
    fn is_none_or_refused(&self) -> bool;
}

impl<T> NoneOrRefused for navette::disk::Result<Option<T>> {
    fn is_none_or_refused(&self) -> bool {
        !matches!(self, Ok(Some(_)))
    }
}

#[tokio::test]
async fn no_primitive_on_a_file_of_ours_reaches_through_our_swapped_folder() {
    let names = [
        "marker",
        "clock",
        "lock",
        "staging/outside.new",
        "staging/part",
        "aside/1",
        "marker.fresh",
    ];
    let place = Place::new(".navette", &names);
    place
        .while_swapped(".navette", async |place, turn| {
            if let Ok(Some(bytes)) = place.disk.read_small(&p(".navette/marker")).await {
                assert_ne!(bytes, CANARY);
            }
            let written = place.disk.write_small(&p(".navette/marker"), b"ours").await;
            place.took(written);
            let time = place.disk.volume_time().await;
            place.took(time);
            let staged = p(&format!(".navette/staging/{turn}.new"));
            let created = place.disk.create(&staged).await;
            if let Some(mut file) = place.took(created) {
                file.write(Bytes::from_static(b"first")).await.unwrap();
                let finished = file.finish(None).await;
                assert!(finished.is_ok());
            }
            let on = place.disk.write_on(&staged, 3).await;
            if let Some(mut file) = place.took(on) {
                file.write(Bytes::from_static(b"more")).await.unwrap();
            }
            let purged = place.disk.purge(&staged).await;
            place.took(purged);
            for outside in [".navette/staging/outside.new", ".navette/aside/1"] {
                assert!(place.disk.purge(&p(outside)).await.is_err(), "{outside} is only outside");
                assert!(place.disk.write_on(&p(outside), 1).await.is_err(), "{outside}");
                let renamed = place.disk.rename(&p(outside), &p(&format!("mine-{turn}"))).await;
                assert!(renamed.is_err(), "{outside} is only outside");
            }
            assert!(place.disk.remove_dir(&p(".navette/staging/empty")).await.is_err());
            let synced = place.disk.sync_dir(&p(".navette/staging")).await;
            place.took(synced);
        })
        .await;
}

/// The folder is opened while it is being swapped: it opens here, or not at all.
#[tokio::test]
async fn a_folder_whose_own_folder_is_swapped_opens_here_or_not_at_all() {
    let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir_all(dir.path().join(".navette")).unwrap();
    let link = dir.path().join("link");
    symlink(outside.path(), &link).unwrap();
    let (folder, stop) = (dir.path().join(".navette"), Arc::new(AtomicBool::new(false)));
    let stopped = Arc::clone(&stop);
    let swapping = std::thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            renameat_with(CWD, &folder, CWD, &link, RenameFlags::EXCHANGE).unwrap();
        }
    });
    let opened = (0..300).filter(|_| Native::open(dir.path()).is_ok()).count();
    stop.store(true, Ordering::Relaxed);
    swapping.join().unwrap();
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0, "{opened} of 300 opened");
}
