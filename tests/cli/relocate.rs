//! The folder of a pair moves, and nothing is transferred for it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Home, Storage};

/// A configured pair that has been synced once.
struct Stage {
    home: Home,
    storage: Storage,
}

impl Stage {
    fn new() -> Self {
        let home = Home::new();
        let storage = Storage::start(&home, "nextcloud");
        let words = ["account", "add", "--server", &storage.url, "--user", "alice"];
        assert_eq!(home.run(&[&words[..], &["--password-file", &home.password()]].concat()).0, 0);
        assert_eq!(home.run(&["folder", "add", &home.folder()]).0, 0);
        for (path, text) in [
            ("a", "a".repeat(40_000)),
            ("deep/b", "b".repeat(50_000)),
            ("deep/c", "c".repeat(60_000)),
        ] {
            fs::create_dir_all(home.path("folder").join(path).parent().unwrap()).unwrap();
            fs::write(home.path("folder").join(path), text).unwrap();
        }
        let stage = Self { home, storage };
        stage.synced(&stage.home.path("folder"));
        stage
    }

    fn synced(&self, folder: &Path) -> Value {
        let password = self.home.password();
        let words = ["sync", folder.to_str().unwrap(), "--json", "--password-file", &password];
        let (code, out, err) = self.home.run(&words);
        let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        assert_eq!(code, 0, "{report:#}{err}");
        report
    }

    fn relocate(&self, to: &Path) -> (i32, String, String) {
        self.home.run(&["folder", "relocate", &self.home.folder(), to.to_str().unwrap()])
    }

    /// Where the journals of all pairs lie.
    fn states(&self) -> Vec<PathBuf> {
        let found =
            walkdir::WalkDir::new(self.home.path("home")).into_iter().filter_map(Result::ok);
        let found = found.filter(|entry| entry.file_name() == "journal.db");
        found.map(|entry| entry.path().parent().unwrap().to_owned()).collect()
    }
}

fn nothing_travelled(report: &Value) {
    assert_eq!((&report["bytes_up"], &report["bytes_down"]), (&0.into(), &0.into()), "{report:#}");
    for count in [
        "sent",
        "updated",
        "fetched",
        "replaced",
        "folders",
        "moved",
        "removed_here",
        "removed_there",
    ] {
        assert_eq!(report["counts"][count], 0, "{report:#}");
    }
}

#[test]
fn on_the_same_disk_a_folder_is_renamed_with_all_that_is_known_of_it() {
    let stage = Stage::new();
    let to = stage.home.path("elsewhere");
    fs::create_dir(&to).unwrap();
    let before = stage.states();
    let (code, out, err) = stage.relocate(&to);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.starts_with(&format!("The folder is now {}", to.display())), "{out}");
    assert!(!stage.home.path("folder").exists());
    let after = stage.states();
    assert!(after.len() == 1 && after != before, "{after:?}");
    let (_, out, _) = stage.home.run(&["folder", "list"]);
    assert!(out.starts_with(to.to_str().unwrap()), "{out}");
    let report = stage.synced(&to);
    nothing_travelled(&report);
    assert_eq!(report["counts"]["adopted"], 0, "{report:#}");
}

#[cfg(target_os = "linux")]
#[test]
fn to_another_disk_everything_is_copied_and_what_was_not_synced_yet_is_still_known() {
    let stage = Stage::new();
    let folder = stage.home.path("folder");
    // Put aside here, so that something of the journal's own is there, too.
    fs::write(folder.join("doomed"), "doomed").unwrap();
    stage.synced(&folder);
    fs::remove_file(stage.home.path("folder/doomed")).unwrap();
    stage.synced(&folder);
    // None of this is known to the server yet.
    fs::rename(folder.join("deep/b"), folder.join("moved")).unwrap();
    fs::write(folder.join("a"), "edited").unwrap();
    fs::write(folder.join("new"), "new").unwrap();
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let to = disk.path().join("Cloud");
    let other = |path: &Path| std::os::unix::fs::MetadataExt::dev(&fs::metadata(path).unwrap());
    assert_ne!(other(disk.path()), other(&folder), "this needs two disks");
    let (code, out, err) = stage.relocate(&to);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("The old one is kept as"), "{out}");
    let kept: Vec<_> =
        fs::read_dir(stage.home.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let kept = kept.iter().find(|path| path.to_string_lossy().contains("folder (moved ")).unwrap();
    assert_eq!(fs::read_to_string(kept.join("a")).unwrap(), "edited");
    assert!(!kept.join(".navette/marker").exists() && !folder.exists());
    assert_eq!(stage.states().len(), 1);

    let report = stage.synced(&to);
    let counts = |what: &str| report["counts"][what].as_u64().unwrap();
    assert_eq!((counts("moved"), counts("updated"), counts("sent")), (1, 1, 1), "{report:#}");
    assert_eq!((counts("removed_there"), counts("fetched"), counts("conflicts")), (0, 0, 0));
    assert_eq!((&report["bytes_up"], &report["bytes_down"]), (&9.into(), &0.into()), "{report:#}");
    nothing_travelled(&stage.synced(&to));
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_put_aside_moves_along_and_can_be_restored() {
    let stage = Stage::new();
    let folder = stage.home.path("folder");
    let password = stage.home.password();
    // Another device deletes it; here it is put aside.
    fs::create_dir(stage.home.path("other")).unwrap();
    let other = stage.home.path("other");
    let words =
        ["sync", "--server", &stage.storage.url, "--user", "alice", "--password-file", &password];
    let words = [&words[..], &[other.to_str().unwrap()]].concat();
    assert_eq!(stage.home.run(&words).0, 0);
    fs::remove_file(other.join("a")).unwrap();
    assert_eq!(stage.home.run(&words).0, 0);
    stage.synced(&folder);
    assert!(!folder.join("a").exists());
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let to = disk.path().to_owned();
    assert_eq!(stage.relocate(&to).0, 0);
    let to_text = to.to_str().unwrap();
    let (_, out, _) = stage.home.run(&["trash", "list", to_text]);
    assert!(out.contains("a, 39.1"), "{out}");
    let number = out.split(':').next().unwrap().trim().to_owned();
    assert_eq!(stage.home.run(&["trash", "restore", to_text, &number]).0, 0);
    assert_eq!(fs::read(to.join("a")).unwrap().len(), 40_000);
}

#[test]
fn a_cut_between_the_steps_is_gone_on_from() {
    let stage = Stage::new();
    let (folder, to) = (stage.home.path("folder"), stage.home.path("elsewhere"));
    let [old_state] = stage.states().try_into().unwrap();
    // Cut after the rename of the folder.
    fs::rename(&folder, &to).unwrap();
    let (code, out, err) = stage.relocate(&to);
    assert_eq!(code, 0, "{out}{err}");
    nothing_travelled(&stage.synced(&to));
    // Cut after the rename of the journal: the settings name the old place.
    let [new_state] = stage.states().try_into().unwrap();
    assert_ne!(old_state, new_state);
    assert_eq!(stage.home.run(&["folder", "remove", to.to_str().unwrap()]).0, 0);
    fs::create_dir(&folder).unwrap();
    assert_eq!(stage.home.run(&["folder", "add", &stage.home.folder()]).0, 0);
    fs::remove_dir(&folder).unwrap();
    let (code, out, err) = stage.relocate(&to);
    assert_eq!(code, 0, "{out}{err}");
    nothing_travelled(&stage.synced(&to));
    // A folder that is nobody's copy is not taken for the one that is missing.
    let stage = Stage::new();
    let to = stage.home.path("elsewhere");
    fs::remove_dir_all(stage.home.path("folder")).unwrap();
    fs::create_dir(&to).unwrap();
    let (code, _, err) = stage.relocate(&to);
    assert!(code == 6 && err.contains("is not here"), "{code} {err}");
    // Nor is an empty mount point taken for the folder.
    fs::create_dir(stage.home.path("folder")).unwrap();
    let (code, _, err) = stage.relocate(&stage.home.path("another"));
    assert!(code == 6 && err.contains("is not here"), "{code} {err}");
    assert!(!stage.home.path("another").exists());
}

#[test]
fn what_stands_in_the_way_is_said_and_nothing_changes() {
    let stage = Stage::new();
    let home = &stage.home;
    fs::create_dir(home.path("full")).unwrap();
    fs::write(home.path("full/x"), "x").unwrap();
    fs::write(home.path("file"), "x").unwrap();
    for (to, code, said) in [
        ("full", 2, "Something stands at"),
        ("file", 2, "Something stands at"),
        ("folder/inner", 2, "lies in the other"),
        ("none/inner", 2, "is not here"),
    ] {
        let (found, out, err) = stage.relocate(&home.path(to));
        assert!(found == code && out.is_empty() && err.contains(said), "{to}: {found} {out}{err}");
    }
    let (code, _, err) =
        home.run(&["folder", "relocate", home.path("full").to_str().unwrap(), "x"]);
    assert!(code == 2 && err.contains("is not configured"), "{err}");
    // Somebody watches it: he holds the lock.
    let lock = File::options().write(true).open(home.path("folder/.navette/lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, err) = stage.relocate(&home.path("elsewhere"));
    assert!(code == 5 && err.contains("End “navette watch”"), "{code} {err}");
    drop(lock);
    nothing_travelled(&stage.synced(&home.path("folder")));
}

#[cfg(target_os = "linux")]
#[test]
#[allow(clippy::disallowed_methods, reason = "a real program takes real time")]
fn a_copy_that_is_killed_leaves_the_pair_as_it_was_and_goes_on() {
    let stage = Stage::new();
    let folder = stage.home.path("folder");
    for number in 0..300 {
        fs::write(folder.join(format!("file {number}")), vec![b'x'; 50_000 + number]).unwrap();
    }
    stage.synced(&folder);
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let to = disk.path().join("Cloud");
    let copied = || fs::read_dir(&to).map_or(0, Iterator::count);
    let mut program = std::process::Command::new(assert_cmd::cargo::cargo_bin!("navette"));
    program.env_clear().envs(stage.home.environment()).stdout(std::process::Stdio::null());
    program.args(["folder", "relocate", &stage.home.folder()]).arg(&to);
    let mut child = program.spawn().unwrap();
    // In the midst of it, or a little later.
    while copied() < 50 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    let is_cut = !child.wait().unwrap().success();
    if is_cut {
        assert!(copied() < 304, "it was not cut in its midst");
        // The pair is where it was, and works; what it learns then is copied, too.
        fs::write(folder.join("meanwhile"), "meanwhile").unwrap();
        assert_eq!(stage.synced(&folder)["counts"]["sent"], 1);
    }
    let (code, out, err) = stage.relocate(&to);
    assert!(is_cut && code == 0, "{out}{err}");
    assert_eq!(fs::read_to_string(to.join("meanwhile")).unwrap(), "meanwhile");
    nothing_travelled(&stage.synced(&to));
}
