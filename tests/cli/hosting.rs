//! The real program, watching what is configured while that changes.

use std::fs;

use serde_json::Value;

use crate::watching::Watch;
use crate::{Home, Storage};

/// Configures an account of the storage.
fn account(home: &Home, storage: &Storage) {
    let password = home.password();
    let sign_in = ["--server", &storage.url, "--user", "alice", "--password-file", &password];
    let (code, _, err) = home.run(&[&["account", "add"], &sign_in[..]].concat());
    assert_eq!(code, 0, "{err}");
}

/// Makes a folder and configures it. Returns its path.
fn add(home: &Home, name: &str) -> String {
    let path = home.path(name);
    fs::create_dir_all(&path).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let (code, _, err) = home.run(&["folder", "add", &path, "--remote-path", &format!("/{name}")]);
    assert_eq!(code, 0, "{err}");
    path
}

/// The standing of that folder.
fn of<'a>(status: &'a Value, folder: &str) -> Option<&'a Value> {
    status["pairs"].as_array().unwrap().iter().find(|pair| pair["folder"] == folder)
}

fn is_equal(status: &Value, folder: &str, files: u64) -> bool {
    of(status, folder).is_some_and(|pair| pair["state"] == "up-to-date" && pair["files"] == files)
}

#[test]
fn a_folder_that_is_added_is_begun_and_one_that_is_removed_ends_while_the_others_go_on() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    account(&home, &storage);
    let first = add(&home, "first");
    let mut watch = Watch::configured(&home, &[]);
    watch.until_all("at rest", |status| is_equal(status, &first, 0));

    fs::create_dir(home.path("second")).unwrap();
    fs::write(home.path("second/new"), "new").unwrap();
    let second = add(&home, "second");
    let status = watch.until_all("begun and sent", |status| is_equal(status, &second, 1));
    let stands = of(&status, &second).unwrap();
    assert!(stands["account"].as_str().unwrap().starts_with("alice@"), "{stands:#}");

    assert_eq!(home.run(&["folder", "remove", &first]).0, 0);
    watch.until_all("ended", |status| of(status, &first).is_none());
    // Whoever wants it can have it: nobody holds it any more.
    let password = home.password();
    fs::write(home.path("first/by hand"), "by hand").unwrap();
    let there = ["--server", &storage.url, "--user", "alice", "--remote-path", "/first"];
    let words = [&["sync", &first, "--password-file", &password], &there[..]].concat();
    let (code, out, err) = home.run(&words);
    assert_eq!(code, 0, "{out}{err}");

    fs::write(home.path("second/more"), "more").unwrap();
    watch.until_all("the other goes on", |status| is_equal(status, &second, 2));
    assert_eq!(watch.end(), Some(0));
}

#[test]
fn the_last_folder_may_go_and_another_one_come() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    account(&home, &storage);
    let first = add(&home, "first");
    let watch = Watch::configured(&home, &[]);
    watch.until_all("at rest", |status| is_equal(status, &first, 0));
    assert_eq!(home.run(&["folder", "remove", &first]).0, 0);
    watch.until_all("ended", |status| {
        status["running"] == true && status["pairs"] == serde_json::json!([])
    });
    let second = add(&home, "second");
    watch.until_all("begun", |status| is_equal(status, &second, 0));
}

#[test]
fn settings_that_are_broken_for_a_moment_end_nothing() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    account(&home, &storage);
    let first = add(&home, "first");
    let watch = Watch::configured(&home, &[]);
    watch.until_all("at rest", |status| is_equal(status, &first, 0));
    let settings = home.path("home/.config/navette/settings.toml");
    let before = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, "[[folder]]\npath = ").unwrap();
    fs::write(home.path("first/meanwhile"), "meanwhile").unwrap();
    watch.until_all("goes on", |status| is_equal(status, &first, 1));
    fs::write(&settings, before).unwrap();
    let second = add(&home, "second");
    watch.until_all("and hears again", |status| is_equal(status, &second, 0));
}

#[test]
fn of_two_that_watch_one_has_the_folder_and_the_other_takes_it_over_when_that_one_ends() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    account(&home, &storage);
    let first = add(&home, "first");
    let mut one = Watch::configured(&home, &[]);
    one.until_all("at rest", |status| is_equal(status, &first, 0));
    let other = Watch::configured(&home, &[]);
    // Both say how it stands, and the word of the one who has it counts.
    other.until_sockets(2);
    for _ in 0..5 {
        let status = other.status();
        assert_eq!(status["pairs"].as_array().unwrap().len(), 1, "{status:#}");
        assert_ne!(status["pairs"][0]["reason"], "in-use", "{status:#}");
    }
    fs::write(home.path("first/one"), "one").unwrap();
    one.until_all("sent", |status| is_equal(status, &first, 1));
    assert_eq!(one.end(), Some(0));
    fs::write(home.path("first/two"), "two").unwrap();
    other.until_all("taken over", |status| is_equal(status, &first, 2));
}

#[test]
fn a_folder_moves_while_it_is_watched_and_is_watched_at_its_new_place() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    account(&home, &storage);
    let (first, other) = (add(&home, "first"), add(&home, "other"));
    fs::write(home.path("first/a"), "a").unwrap();
    let mut watch = Watch::configured(&home, &[]);
    watch.until_all("at rest", |status| is_equal(status, &first, 1) && is_equal(status, &other, 0));

    let moved = home.path("moved").to_str().unwrap().to_owned();
    let (code, out, err) = home.run(&["folder", "relocate", &first, &moved]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(!home.path("first").exists());
    fs::write(home.path("moved/b"), "b").unwrap();
    let status = watch.until_all("at its new place", |status| is_equal(status, &moved, 2));
    assert!(of(&status, &first).is_none(), "{status:#}");
    assert!(is_equal(&status, &other, 0), "{status:#}");
    assert_eq!(watch.end(), Some(0));
}

/// Somebody at the socket.
struct Caller(std::io::BufReader<std::os::unix::net::UnixStream>);

impl Caller {
    fn connect(home: &Home) -> Self {
        let run = home.path("home/.local/share/navette/run");
        let socket = fs::read_dir(run).unwrap().next().unwrap().unwrap().path();
        let stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        Self(std::io::BufReader::new(stream))
    }

    fn say(&mut self, call: &Value) {
        use std::io::Write as _;
        self.0.get_mut().write_all(format!("{call}\n").as_bytes()).unwrap();
    }

    /// What comes until one holds.
    fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        use std::io::BufRead as _;
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "it has ended");
            let message: Value = serde_json::from_str(&line).unwrap();
            if holds(&message) {
                return message;
            }
        }
    }
}

#[test]
fn whoever_follows_hears_of_folders_that_come_and_go_of_their_files_and_of_accounts() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    account(&home, &storage);
    let first = add(&home, "first");
    let watch = Watch::configured(&home, &[]);
    watch.until_all("at rest", |status| is_equal(status, &first, 0));

    let mut caller = Caller::connect(&home);
    caller.say(&serde_json::json!({"id": 1, "method": "follow"}));
    let answer = caller.until(|message| message["id"] == 1);
    assert_eq!(answer["result"]["pairs"][0]["folder"], first.as_str());
    caller.say(&serde_json::json!({"id": 2, "method": "events"}));
    caller.until(|message| message["id"] == 2);

    fs::create_dir(home.path("second")).unwrap();
    fs::write(home.path("second/new"), vec![7; 300_000]).unwrap();
    let second = add(&home, "second");
    let of_second = |message: &Value, method: &str| {
        message["method"] == method && message["params"]["folder"] == second.as_str()
    };
    caller.until(|message| of_second(message, "standing"));
    let event = caller.until(|message| of_second(message, "event"));
    assert_eq!(
        (&event["params"]["verb"], &event["params"]["bytes"]),
        (&"sent".into(), &300_000.into())
    );
    caller.until(|message| {
        of_second(message, "standing") && message["params"]["state"] == "up-to-date"
    });

    assert_eq!(home.run(&["folder", "remove", &second]).0, 0);
    caller.until(|message| of_second(message, "gone"));

    caller.say(&serde_json::json!({"id": 3, "method": "accounts"}));
    let answer = caller.until(|message| message["id"] == 3);
    let account = &answer["result"]["accounts"][0];
    assert_eq!((&account["user"], &account["title"]), (&"alice".into(), &"Nextcloud".into()));
    assert!(account["quota"]["used"].is_u64(), "{account:#}");
    caller.say(
        &serde_json::json!({"id": 4, "method": "page", "params": {"folder": first, "path": "a/b"}}),
    );
    let page = caller.until(|message| message["id"] == 4);
    let url = page["result"]["url"].as_str().unwrap();
    assert_eq!(url, format!("{}/index.php/apps/files/?dir=%2Ffirst%2Fa", storage.url));
}
