//! Folders that are not there, not ours alone, or cannot be read.

use std::fs;

use crate::program::{Home, Storage, assert_equal};
use crate::scripted::{Reply, Scripted};
use crate::{fill, refused};

#[test]
fn a_folder_that_is_missing_ends_with_6_and_a_file_in_its_place_with_2() {
    let home = Home::new();
    let mut device = home.device("folder", "http://127.0.0.1:9");
    for (name, code, part) in [("missing", 6, "is not here"), ("file", 2, "folder")] {
        fs::write(home.path("file"), "no folder").unwrap();
        device.folder = home.path(name);
        let run = device.sync(&[]);
        assert_eq!((run.code, run.err.lines().count()), (code, 1), "{}", run.err);
        assert!(run.err.contains(part), "{}", run.err);
        assert_eq!(device.report(&[]).0, code);
    }
    assert!(!home.path("missing").exists());
}

#[test]
fn a_folder_that_vanished_or_was_emptied_deletes_nothing_on_the_server() {
    for dialect in ["nextcloud", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let device = home.device("folder", storage.url());
        fill(&device, 30);
        device.synced(&[]);
        let tree = device.tree();

        let away = home.path("away");
        fs::rename(&device.folder, &away).unwrap();
        let run = device.sync(&[]);
        assert_eq!((run.code, run.err.lines().count()), (6, 1), "{}", run.err);
        assert!(run.err.contains("connect the disk"), "{}", run.err);
        assert!(!device.folder.exists());

        // The mount point of a disk that is not connected.
        fs::create_dir(&device.folder).unwrap();
        refused(&device, &[], 4, "without Navette’s marker");
        refused(&device, &["--allow-deletes"], 4, "without Navette’s marker");

        fs::remove_dir_all(&device.folder).unwrap();
        fs::rename(&away, &device.folder).unwrap();
        device.synced(&[]);
        assert_equal(&tree, &device.tree());
        let other = home.device("other", storage.url());
        other.synced(&[]);
        assert_equal(&tree, &other.tree());
    }
}

#[test]
fn a_second_run_ends_with_5_and_the_first_can_be_ended() {
    let home = Home::new();
    let silent = Scripted::start(|_| Reply::Stall(Vec::new()));
    let device = home.device("folder", silent.url());
    fill(&device, 3);
    let mut first = device.navette(&["sync"]).spawn().unwrap();
    let lock = device.path(".navette/lock");
    for _ in 0..1000 {
        let taken = fs::File::open(&lock).is_ok_and(|lock| lock.try_lock().is_err());
        if taken {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    refused(&device, &[], 5, "Another process");
    interrupt(&mut first);
    silent_again(&device);
}

/// The lock goes with the process, however it ended.
fn silent_again(device: &crate::program::Device<'_>) {
    let lock = fs::File::open(device.path(".navette/lock")).unwrap();
    lock.try_lock().unwrap();
}

#[cfg(unix)]
fn interrupt(process: &mut std::process::Child) {
    let id = i32::try_from(process.id()).unwrap();
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(130));
}

#[cfg(not(unix))]
fn interrupt(process: &mut std::process::Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_listed_and_the_rest_is_synced() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    fill(&device, 3);
    device.write("closed folder/inside.txt", "inside");
    let user = user::of(&home);
    let sync = |code: i32| {
        let mut command = device.navette(&["sync", "--json"]);
        user.runs(&mut command);
        let run = crate::program::ended(command);
        assert_eq!(run.code, code, "{}{}", run.out, run.tail());
        run.json()
    };
    sync(0);
    let close = |path: &str, mode| {
        fs::set_permissions(device.path(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    device.write("secret.txt", "cannot be read");
    user.owns(&device.path("secret.txt"));
    device.write("new.txt", "can be read");
    user.owns(&device.path("new.txt"));
    close("secret.txt", 0o000);
    close("closed folder", 0o000);
    let report = sync(1);
    assert_eq!((&report["end"], &report["counts"]["sent"]), (&"unfinished".into(), &1.into()));
    assert_eq!((&report["counts"]["replaced"], &report["bytes_down"]), (&0.into(), &0.into()));
    let items = report["items"].as_array().unwrap();
    let listed: Vec<_> = items.iter().map(|item| item["path"].as_str().unwrap()).collect();
    assert_eq!(listed, ["closed folder", "closed folder/inside.txt", "secret.txt"], "{report:#}");
    assert!(items.iter().all(|item| item["remedy"].as_str().unwrap().contains("permissions")));
    close("secret.txt", 0o600);
    close("closed folder", 0o700);
    sync(0);
    let other = home.device("other", storage.url());
    other.synced(&[]);
    assert_equal(&device.tree(), &other.tree());
}

/// Root may read everything: then somebody else runs the program.
#[cfg(unix)]
mod user {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;
    use std::path::Path;
    use std::process::Command;

    use crate::program::Home;

    pub struct User(Option<u32>);

    pub fn of(home: &Home) -> User {
        let user = User(rustix::process::geteuid().is_root().then_some(65_534));
        user.owns(&home.path(""));
        user
    }

    impl User {
        pub fn runs(&self, command: &mut Command) {
            if let User(Some(id)) = self {
                command.uid(*id).gid(*id);
            }
        }

        /// Gives it everything there.
        pub fn owns(&self, path: &Path) {
            let User(Some(id)) = self else { return };
            for entry in walkdir::WalkDir::new(path).into_iter().map(Result::unwrap) {
                chown(entry.path(), Some(*id), Some(*id)).unwrap();
            }
            if path.is_dir() {
                fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    }
}
