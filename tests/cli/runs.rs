//! Runs from their beginning to their end.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Home, PASSWORD, Storage, ended, given};

#[test]
fn a_server_that_does_not_answer_ends_with_3_and_one_sentence() {
    let home = Home::new();
    let (folder, password) = (home.folder(), home.password());
    let words = given("http://127.0.0.1:9", &password, &folder);
    let (code, out, err) = home.run(&words);
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.starts_with("navette: 127.0.0.1:9 is there, but refuses"), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    let (code, _, err) = home.french(&words);
    assert_eq!(code, 3);
    assert!(err.starts_with("navette\u{a0}: 127.0.0.1:9 est là, mais refuse"), "{err}");
    let (code, out, _) = home.run(&[&words[..], &["--json"]].concat());
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["exit"]), (3, &Value::from(3)));
}

#[test]
fn a_wrong_password_ends_with_3() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let wrong = home.path("wrong");
    fs::write(&wrong, "not this one").unwrap();
    let folder = home.folder();
    let (code, _, err) = home.run(&given(&storage.url, wrong.to_str().unwrap(), &folder));
    assert!(code == 3 && err.contains("does not accept"), "{code} {err}");
}

#[test]
fn serving_says_what_stands_in_the_way() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = home.path("storage");
    let (code, _, err) =
        home.run(&["serve", "--listen", &address, "--data", data.to_str().unwrap()]);
    assert!(code == 6 && err.contains(&format!("Nothing can listen at {address}")), "{err}");
    let file = home.password();
    let (code, _, err) = home.run(&["serve", "--listen", "127.0.0.1:0", "--data", &file]);
    assert!(code == 6 && err.contains("cannot be read"), "{err}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_so_and_ends_with_130() {
    let home = Home::new();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let (folder, password) = (home.folder(), home.password());
    let child = std::process::Command::new(assert_cmd::cargo::cargo_bin("navette"))
        .env_clear()
        .envs(home.environment())
        .args(given(&url, &password, &folder))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // A server that takes the request and never answers it.
    let _request = server.accept().unwrap();
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Stopped. What was done is kept"));
}

#[test]
fn two_folders_become_equal_by_way_of_every_family() {
    for dialect in ["nextcloud", "owncloud10", "ocis", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let (folder, password) = (home.folder(), home.password());
        fs::write(home.path("folder/note.txt"), dialect).unwrap();
        fs::create_dir(home.path("folder/Études")).unwrap();
        fs::write(home.path("folder/Études/50 % #1?.txt"), "x").unwrap();
        let there = ["--remote-path", "/New/Place", "--json"];
        let words = [&given(&storage.url, &password, &folder)[..], &there].concat();
        let (code, out, err) = home.run(&words);
        assert_eq!(code, 0, "{dialect}: {err}{out}");
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(document["end"], "equal", "{out}");
        assert_eq!(document["counts"]["sent"], 2, "{out}");

        fs::create_dir(home.path("other")).unwrap();
        let other = home.path("other");
        let words = given(&storage.url, &password, other.to_str().unwrap());
        let (code, out, err) = home.run(&[&words[..], &["--remote-path", "/New/Place"]].concat());
        assert_eq!(code, 0, "{dialect}: {err}{out}");
        assert!(out.starts_with("Both sides are equal: 2 files."), "{out}");
        assert_eq!(fs::read_to_string(other.join("note.txt")).unwrap(), dialect);
        assert_eq!(fs::read_to_string(other.join("Études/50 % #1?.txt")).unwrap(), "x");
    }
}

#[test]
fn the_loudest_log_holds_no_secret() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    fs::write(home.path("folder/a.txt"), "a").unwrap();
    let (folder, password) = (home.folder(), home.password());
    let mut command = home.navette(&given(&storage.url, &password, &folder));
    command.env("NAVETTE_LOG", "trace");
    let (code, _, err) = ended(command);
    assert_eq!(code, 0);
    assert!(err.contains("TRACE"), "{err}");
    // As the header carries it: `alice:` and the password in base 64.
    assert!(!err.contains("YWxpY2U6Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"), "{err}");
}

#[test]
fn a_configured_folder_needs_no_options() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let folder = home.folder();
    fs::write(home.path("folder/a.txt"), "a").unwrap();
    // Not edited just now: a young edit would rest first.
    let file = fs::File::options().append(true).open(home.path("folder/a.txt")).unwrap();
    let now = file.metadata().unwrap().modified().unwrap();
    file.set_modified(now - std::time::Duration::from_secs(60)).unwrap();
    let add = ["account", "add", "--server", &storage.url, "--user", "alice"];
    assert_eq!(home.run(&add).0, 0);
    assert_eq!(home.run(&["folder", "add", &folder]).0, 0);
    let with_password = |words: &[&str]| {
        let mut command = home.navette(words);
        command.env("NAVETTE_PASSWORD", PASSWORD);
        ended(command)
    };
    let (code, out, err) = with_password(&["plan", &folder]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("send a.txt (new on this computer)"), "{out}");
    let (code, out, err) = with_password(&["sync", &folder]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("Sent a.txt (new on this computer)"), "{err}");
    assert!(out.contains("Both sides are equal: 1 file."), "{out}");
    let (code, out, _) = with_password(&["plan", &folder]);
    assert_eq!((code, out.as_str()), (0, "Nothing to do.\n"));
}

#[test]
fn a_second_run_on_one_folder_ends_with_5() {
    let home = Home::new();
    let (folder, password) = (home.folder(), home.password());
    let held = home.path("folder/.navette");
    fs::create_dir(&held).unwrap();
    let lock = fs::File::create(held.join("lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, err) = home.run(&given("http://127.0.0.1:9", &password, &folder));
    assert!(code == 5 && err.contains("Another process"), "{code} {err}");
}

#[cfg(unix)]
#[test]
fn links_are_mentioned_and_hinder_nothing() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    std::os::unix::fs::symlink("nowhere", home.path("folder/link")).unwrap();
    let (folder, password) = (home.folder(), home.password());
    let words = given(&storage.url, &password, &folder);
    let (code, out, err) = home.run(&[&words[..], &["--json"]].concat());
    assert_eq!(code, 0, "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["items"][0]["path"], "link");
    assert_eq!(document["items"][0]["outcome"], "skipped");
}

#[test]
fn what_was_put_aside_comes_back() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let (folder, password) = (home.folder(), home.password());
    let other = home.path("other");
    fs::create_dir(&other).unwrap();
    let words = given(&storage.url, &password, &folder);
    let there = given(&storage.url, &password, other.to_str().unwrap());
    fs::write(home.path("folder/a.txt"), "first").unwrap();
    fs::write(home.path("folder/b.txt"), "stays").unwrap();
    assert_eq!(home.run(&words).0, 0);
    assert_eq!(home.run(&there).0, 0);
    fs::remove_file(other.join("a.txt")).unwrap();
    let (code, out, err) = home.run(&[&there[..], &["--allow-deletes"]].concat());
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = home.run(&[&words[..], &["--allow-deletes"]].concat());
    assert_eq!(code, 0, "{out}{err}");
    assert!(!home.path("folder/a.txt").exists());

    let pair = ["--server", &storage.url, "--user", "alice", &folder];
    let (code, out, err) = home.run(&[&["trash", "list"], &pair[..]].concat());
    assert_eq!(code, 0, "{err}");
    let line = out.lines().rfind(|line| line.contains("a.txt")).unwrap();
    let (number, rest) = line.split_once(": ").unwrap();
    assert!(rest.starts_with("a.txt, 5\u{a0}bytes, put aside"), "{out}");
    let restore = [&["trash", "restore"], &pair[..], &[number]].concat();
    let (code, out, err) = home.run(&restore);
    assert_eq!((code, out.as_str()), (0, "a.txt is back.\n"), "{err}");
    assert_eq!(fs::read_to_string(home.path("folder/a.txt")).unwrap(), "first");
    assert_eq!(home.run(&restore).0, 2);
    let purge = [&["trash", "purge", "--older-than", "0"], &pair[..]].concat();
    assert_eq!(home.run(&purge).0, 0);
    let (code, out, _) = home.run(&[&["trash", "list"], &pair[..]].concat());
    assert_eq!((code, out.as_str()), (0, "Nothing is put aside.\n"));
}

/// Every file below a folder with its bytes, without what is the engine's own.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = walk.filter_entry(|entry| entry.file_name() != ".navette").map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_owned();
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_demo_ends_with_both_folders_equal() {
    let home = Home::new();
    let stage = home.path("stage");
    let (code, out, err) = home.run(&["demo", "--folder", &stage.to_string_lossy()]);
    assert_eq!(code, 0, "{out}\n{err}");
    assert!(out.contains("Both folders are equal: 9 files"), "{out}");
    let (laptop, desktop) = (contents(&stage.join("Laptop")), contents(&stage.join("Desktop")));
    assert_eq!(laptop.len(), 9);
    assert!(laptop == desktop, "the folders differ");
    let conflicts = laptop.iter().filter(|(path, _)| path.to_string_lossy().contains("(conflict "));
    assert_eq!(conflicts.count(), 1);
}
