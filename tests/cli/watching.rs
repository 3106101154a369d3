//! The real program, watching.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use crate::{Home, Storage, given};

/// A program that watches. Dropped, it is ended.
pub(crate) struct Watch<'a> {
    home: &'a Home,
    child: Option<Child>,
}

impl<'a> Watch<'a> {
    /// Watches what is configured, with a password from the usual file and these
    /// variables.
    pub(crate) fn configured(home: &'a Home, variables: &[(&str, &str)]) -> Self {
        let mut command = std::process::Command::new(cargo_bin!("navette"));
        command.env_clear().envs(home.environment()).envs(variables.iter().copied());
        command.args(["watch", "--password-file", &home.password()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { home, child: Some(command.spawn().unwrap()) }
    }

    /// Watches the folder, and waits until others can ask how it stands.
    pub(crate) fn start(home: &'a Home, url: &str) -> Self {
        Self::with(home, url, &[])
    }

    /// With further words.
    pub(crate) fn with(home: &'a Home, url: &str, words: &[&str]) -> Self {
        let mut command = std::process::Command::new(cargo_bin!("navette"));
        command.env_clear().envs(home.environment());
        command.args(["watch", &home.folder(), "--server", url, "--user", "alice"]);
        command.args(["--password-file", &home.password()]).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { home, child: Some(command.spawn().unwrap()) }
    }

    pub(crate) fn status(&self) -> Value {
        let (_, out, err) = self.home.run(&["status", "--json"]);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out} {err}"))
    }

    /// Waits until the pair stands so.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        self.until_all(what, |status| holds(&status["pairs"][0]))
    }

    /// Waits until so many answer.
    #[cfg(unix)]
    pub(crate) fn until_sockets(&self, count: usize) {
        self.until_all("there", |_| {
            let run = self.home.path("home/.local/share/navette/run");
            let sockets = fs::read_dir(run).into_iter().flatten().flatten();
            sockets.count() == count
        });
    }

    /// Waits until all pairs stand so.
    #[allow(clippy::disallowed_methods, reason = "a real program takes real time")]
    pub(crate) fn until_all(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let status = self.status();
            if holds(&status) {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "not {what}: {status:#}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(crate) fn until_state(&self, state: &str) -> Value {
        self.until(state, |pair| pair["state"] == state)
    }

    /// Ends it as a system does, and returns how it ended.
    pub(crate) fn end(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        let pid = child.id().to_string();
        assert!(std::process::Command::new("kill").arg(&pid).status().unwrap().success());
        child.wait().unwrap().code()
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

pub(crate) fn files(files: u64) -> impl Fn(&Value) -> bool {
    move |pair| pair["state"] == "up-to-date" && pair["files"] == files
}

#[test]
fn a_watched_folder_follows_both_sides_pauses_and_says_how_it_stands() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let mut watch = Watch::start(&home, &storage.url);
    watch.until("at rest", files(0));
    fs::write(home.path("folder/here"), "here").unwrap();
    watch.until("sent", files(1));
    let (code, out, _) = home.run(&["status"]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, lines.len()), (0, 4), "{out}");
    assert_eq!(lines[0], "Everything is up to date");
    assert_eq!(lines[1], "Checked just now. Nothing needs you.");
    assert!(lines[2].ends_with(": Up to date, checked just now"), "{out}");
    assert!(lines[3].ends_with("  Sent here, 4\u{a0}bytes (new on this computer)"), "{out}");

    let (code, out, _) = home.run(&["pause", "--for", "2h"]);
    assert_eq!((code, out.lines().count()), (0, 1), "{out}");
    let status = watch.until_state("paused");
    assert!(status["pairs"][0]["until"].is_i64(), "{status:#}");
    fs::write(home.path("folder/later"), "later").unwrap();
    assert_eq!(home.run(&["status"]).0, 1);
    let (password, folder) = (home.password(), home.folder());
    let (code, out, _) = home.run(&given(&storage.url, &password, &folder));
    assert!(code == 1 && out.contains("Paused until"), "a sync waits for no pause: {code} {out}");
    assert_eq!(home.run(&["resume", &home.folder()]).0, 0);
    watch.until("sent", files(2));

    assert_eq!(watch.end(), Some(0), "ended by its system it ends well");
    let (code, out, err) = home.run(&["status"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("No Navette watches"), "{err}");
    let left = fs::read_dir(home.path("folder/.navette")).unwrap().flatten();
    assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().contains("heard")));
}

#[test]
fn what_is_chosen_while_somebody_watches_is_done_by_the_one_who_watches() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let watch = Watch::start(&home, &storage.url);
    for path in ["folder/a/b/c", "folder/d/e"] {
        fs::create_dir_all(home.path(path).parent().unwrap()).unwrap();
        fs::write(home.path(path), "text").unwrap();
    }
    watch.until("sent", files(2));
    let folder = home.folder();
    let select = |words: &[&str]| {
        let all = [&["folder", "select", &folder][..], words].concat();
        let (code, out, err) = home.run(&all);
        (code, out.replace('\u{a0}', " "), err)
    };
    assert_eq!(select(&[]).1, "[x] a (4 bytes)\n[x] a/b (4 bytes)\n[x] d (4 bytes)\n");
    let (code, out, err) = select(&["--untick", "a"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "[ ] a (4 bytes)\n[ ] a/b (4 bytes)\n[x] d (4 bytes)\n");
    assert!(!home.path("folder/a").exists());
    let (code, out, _) = select(&["--untick", "d", "--keep"]);
    assert!(code == 0 && out.contains("d (4 bytes); the copy here is not synced"), "{out}");
    let (code, _, err) = select(&["--untick", "no"]);
    assert!(code == 2 && err.contains("The server has no such folder"), "{err}");
    assert_eq!(select(&["--tick", "a", "d"]).0, 0);
    watch.until("fetched", files(2));
    assert_eq!(fs::read_to_string(home.path("folder/a/b/c")).unwrap(), "text");
    // Rules are taken as soon as they are written.
    fs::write(home.path("folder/.navetteignore"), "*.log\n").unwrap();
    watch.until("sent", files(3));
    fs::write(home.path("folder/x.log"), "log").unwrap();
    fs::write(home.path("folder/x.txt"), "text").unwrap();
    let status = watch.until("sent", files(4));
    assert_eq!(status["pairs"][0]["left"], serde_json::json!([]));
}

/// The answers of the server hold for minutes: what comes sooner was told.
#[test]
fn what_changes_on_a_server_that_tells_comes_before_anybody_asks() {
    for dialect in ["nextcloud", "ocis"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let watch = Watch::start(&home, &storage.url);
        watch.until("listening", |pair| pair["told"] == true && pair["state"] == "up-to-date");
        let other = home.path("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("from elsewhere"), "told").unwrap();
        let (password, other) = (home.password(), other.to_str().unwrap().to_owned());
        assert_eq!(home.run(&given(&storage.url, &password, &other)).0, 0);
        watch.until("fetched", files(1));
        assert!(home.path("folder/from elsewhere").exists(), "{dialect}");
    }
}

#[test]
fn a_sync_of_a_watched_folder_is_done_by_whoever_watches_it() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let watch = Watch::start(&home, &storage.url);
    watch.until("at rest", files(0));
    fs::write(home.path("folder/now"), "now").unwrap();
    let (password, folder) = (home.password(), home.folder());
    let words = given(&storage.url, &password, &folder);
    let (code, out, err) = home.run(&words);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.ends_with(": Up to date, checked just now\n"), "{out}");
    assert_eq!(watch.status()["pairs"][0]["files"], 1, "and it was sent");
    let (code, out, _) = home.run(&[&words[..], &["--json"]].concat());
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["watched"]["state"]), (0, &"up-to-date".into()), "{document:#}");
    let (code, _, err) = home.run(&[&words[..], &["--verify"]].concat());
    assert!(code == 5 && err.contains("Another process"), "what it cannot ask for: {code} {err}");
}

#[test]
fn a_wrong_password_stops_the_watch_and_another_one_lets_it_go_on() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let password = fs::read(home.password()).unwrap();
    fs::write(home.password(), "not this one").unwrap();
    let watch = Watch::start(&home, &storage.url);
    let status = watch.until_state("stopped");
    let said = status["pairs"][0]["said"]["sentence"].as_str().unwrap();
    assert!(said.contains("does not accept"), "{said}");
    assert_eq!(status["pairs"][0]["reason"], "sign-in");
    fs::write(home.password(), password).unwrap();
    assert_eq!(home.run(&["resume"]).0, 0);
    watch.until_state("up-to-date");
}

#[test]
fn a_server_that_is_away_is_waited_for() {
    let home = Home::new();
    let watch = Watch::start(&home, "http://127.0.0.1:9");
    let status = watch.until_state("hindered");
    assert!(status["pairs"][0]["said"]["remedy"].is_string(), "{status:#}");
    assert_eq!(status["pairs"][0]["reason"], "unreachable");
}

#[test]
fn whoever_names_a_folder_that_nobody_watches_is_told_so() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let watch = Watch::start(&home, &storage.url);
    watch.until_state("up-to-date");
    let other = home.path("other");
    fs::create_dir(&other).unwrap();
    let (code, _, err) = home.run(&["pause", other.to_str().unwrap()]);
    assert!(code == 1 && err.contains("not watched"), "{code} {err}");
    let (code, _, err) = home.run(&["pause", "--for", "soon"]);
    assert!(code == 2 && err.contains("1h or 90m"), "{code} {err}");
    watch.until_state("up-to-date");
}

#[test]
fn a_folder_whose_disk_is_away_keeps_no_other_from_being_watched() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let (away, password) = (home.path("away"), home.password());
    fs::create_dir(&away).unwrap();
    let sign_in = ["--server", &storage.url, "--user", "alice", "--password-file", &password];
    let (code, _, err) = home.run(&[&["account", "add"], &sign_in[..]].concat());
    assert_eq!(code, 0, "{err}");
    for (folder, there) in [(home.folder(), "/one"), (away.to_str().unwrap().to_owned(), "/two")] {
        let words = ["folder", "add", &folder, "--remote-path", there];
        assert_eq!(home.run(&words).0, 0, "{folder}");
    }
    fs::remove_dir_all(&away).unwrap();
    let watch = Watch::configured(&home, &[]);
    watch.until("watched", |pair| pair["state"] == "up-to-date");
    let status = watch.status();
    assert_eq!(status["pairs"][1]["state"], "hindered", "{status:#}");
}

#[test]
fn without_any_folder_there_is_nothing_to_watch() {
    let home = Home::new();
    let (code, out, err) = home.run(&["watch"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("no folder to watch"), "{err}");
}

#[test]
fn a_check_disturbs_nobody_who_watches() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    fs::write(home.path("folder/a.txt"), "a").unwrap();
    let watch = Watch::start(&home, &storage.url);
    watch.until_state("up-to-date");
    let password = home.password();
    let folder = home.folder();
    let words =
        ["check", "--server", &storage.url, "--user", "alice", "--password-file", &password];
    let (code, out, err) = home.run(&[&words[..], &[&folder]].concat());
    assert!(code == 0 && out.contains("equal on both sides: 1"), "{out}{err}");
    // It goes on as before.
    fs::write(home.path("folder/b.txt"), "b").unwrap();
    watch.until("equal", files(2));
}
