//! What the real program says of what it did.

use std::fs;

use serde_json::Value;

use crate::{Home, Storage, given};

/// The words that ask about the folder, which has no settings.
pub(crate) fn asked<'a>(
    words: &[&'a str],
    url: &'a str,
    folder: &'a str,
    more: &[&'a str],
) -> Vec<&'a str> {
    [words, &[folder, "--server", url, "--user", "alice"], more].concat()
}

#[test]
fn what_was_done_is_told_in_words_and_in_both_languages() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let (folder, password) = (home.folder(), home.password());
    let sync = given(&storage.url, &password, &folder);
    let activity = asked(&["activity"], &storage.url, &folder, &[]);
    let (code, out, _) = home.run(&activity);
    assert_eq!((code, out.as_str()), (0, "Nothing was done yet that is remembered.\n"));

    fs::create_dir(home.path("folder/photos")).unwrap();
    for file in 0..30 {
        fs::write(home.path(&format!("folder/photos/{file}")), "1234").unwrap();
    }
    fs::write(home.path("folder/a.txt"), "a").unwrap();
    assert_eq!(home.run(&sync).0, 0);
    fs::rename(home.path("folder/a.txt"), home.path("folder/b.txt")).unwrap();
    assert_eq!(home.run(&sync).0, 0);
    let (code, out, err) = home.run(&activity);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains(", and 30 more, "), "{out}");
    assert!(out.lines().count() < 10, "thirty files are not thirty lines: {out}");
    let last = out.lines().last().unwrap();
    let said = "  Renamed a.txt to b.txt on the server (moved or renamed on this computer)";
    assert!(last.ends_with(said), "{last}");
    let (_, french, _) = home.french(&activity);
    assert!(french.contains("a.txt renommé en b.txt sur le serveur"), "{french}");

    let only = asked(&["activity"], &storage.url, &folder, &["--path", "*.txt", "--json"]);
    let (code, out, _) = home.run(&only);
    let document: Value = serde_json::from_str(&out).unwrap();
    let entries = document["pairs"][0]["entries"].as_array().unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (&entry["verb"], &entry["path"])).collect();
    assert_eq!((code, told.len()), (0, 2), "{document:#}");
    assert_eq!(told[0], (&"renamed".into(), &"b.txt".into()), "newest first");
    assert_eq!(entries[0]["side"], "remote");
    assert_eq!(entries[0]["why"], "moved");
    assert_eq!(entries[0]["from"], "a.txt");
    assert!(entries[0]["said"]["sentence"].as_str().unwrap().starts_with("Renamed"));

    let since = |since| asked(&["activity"], &storage.url, &folder, &["--since", since]);
    assert_eq!(home.run(&since("2h")).1.lines().last(), Some(last));
    assert!(home.run(&since("2099-01-01")).1.starts_with("Nothing"));
    assert_eq!(home.run(&since("yesterday or so")).0, 2);
    let (code, _, err) = home.run(&asked(&["activity"], &storage.url, &folder, &["--path", "a["]));
    assert!(code == 2 && err.contains("no pattern"), "{code} {err}");
}

#[cfg(unix)]
pub(crate) mod watched {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command, Stdio};

    use assert_cmd::cargo::cargo_bin;
    use serde_json::{Value, json};

    use super::*;
    use crate::watching::{Watch, files};

    struct Ended(Child);

    impl Drop for Ended {
        fn drop(&mut self) {
            self.0.kill().unwrap();
            self.0.wait().unwrap();
        }
    }

    #[test]
    fn whoever_follows_sees_what_is_done_with_a_watch_and_without_one() {
        let home = Home::new();
        let storage = Storage::start(&home, "nextcloud");
        let (folder, password) = (home.folder(), home.password());
        let mut command = Command::new(cargo_bin!("navette"));
        command.env_clear().envs(home.environment());
        command.args(asked(&["activity"], &storage.url, &folder, &["--follow"]));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = Ended(command.spawn().unwrap());
        let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();

        fs::write(home.path("folder/one"), "1").unwrap();
        assert_eq!(home.run(&given(&storage.url, &password, &folder)).0, 0);
        assert!(lines.next().unwrap().unwrap().contains("  Sent one, 1"), "nobody watches");

        let watch = Watch::start(&home, &storage.url);
        watch.until("at rest", files(1));
        fs::write(home.path("folder/two"), "2").unwrap();
        assert!(lines.next().unwrap().unwrap().contains("  Sent two, 1"), "somebody watches");
    }

    /// A connection to the socket of whoever watches.
    pub(crate) struct Talk(BufReader<UnixStream>);

    impl Talk {
        pub(crate) fn open(home: &Home) -> Self {
            let dir = home.path("home/.local/share/navette/run");
            let socket = fs::read_dir(dir).unwrap().flatten().next().unwrap().path();
            Self(BufReader::new(UnixStream::connect(socket).unwrap()))
        }

        fn line(&mut self) -> Value {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            serde_json::from_str(&line).unwrap()
        }

        pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
            let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
            self.0.get_mut().write_all(format!("{call}\n").as_bytes()).unwrap();
            self.line()
        }
    }

    #[test]
    fn events_come_over_the_socket_and_pages_tell_what_was_before() {
        let home = Home::new();
        let storage = Storage::start(&home, "nextcloud");
        let watch = Watch::start(&home, &storage.url);
        watch.until("at rest", files(0));
        let mut talk = Talk::open(&home);
        let answer = talk.ask("events", json!({"folder": home.folder(), "language": "fr"}));
        assert_eq!(answer["result"]["pairs"][0]["folder"], home.folder());
        fs::write(home.path("folder/a"), "here").unwrap();
        let event = talk.line();
        assert_eq!(event["method"], "event");
        let told = &event["params"];
        assert_eq!((&told["verb"], &told["path"]), (&"sent".into(), &"a".into()), "{event:#}");
        assert_eq!(told["said"]["sentence"], "a envoyé");
        assert_eq!(told["folder"], home.folder());
        fs::write(home.path("folder/b"), "here").unwrap();
        let next = talk.line();
        assert!(next["params"]["id"].as_i64() > told["id"].as_i64());

        let mut other = Talk::open(&home);
        let page = other.ask("activity", json!({"limit": 1}));
        assert_eq!(page["result"]["more"], true);
        let entries = page["result"]["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["id"]), (1, &next["params"]["id"]));
        let before = other.ask("activity", json!({"before": entries[0]["id"], "path": "a"}));
        assert_eq!(before["result"]["entries"][0]["id"], told["id"], "{before:#}");
        assert_eq!(before["result"]["more"], false);
        assert_eq!(other.ask("activity", json!({"path": "a["}))["error"]["code"], -32602);
        let none = other.ask("activity", json!({"verbs": ["deleted", "conflict"]}));
        assert_eq!(none["result"]["entries"], json!([]));
        let sent = other.ask("activity", json!({"verbs": ["sent"]}));
        assert_eq!(sent["result"]["entries"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn deletions_that_wait_are_told_by_the_paths_of_the_files() {
        let home = Home::new();
        let storage = Storage::start(&home, "nextcloud");
        for file in 0..30 {
            fs::write(home.path(&format!("folder/{file:02}")), "x").unwrap();
        }
        let watch = Watch::start(&home, &storage.url);
        watch.until("sent", files(30));
        (0..25).for_each(|file| fs::remove_file(home.path(&format!("folder/{file:02}"))).unwrap());
        let status = watch.until("braked", |pair| pair["state"] == "needs-you");
        let brake = &status["pairs"][0]["brakes"][0];
        let paths: Vec<String> = (0..25).map(|file| format!("{file:02}")).collect();
        assert_eq!((&brake["files"], &brake["side"]), (&json!(paths), &json!("remote")));
        let left = &status["pairs"][0]["left"][0];
        assert_eq!((&left["side"], &left["again"]), (&json!("local"), &Value::Null), "{left:#}");
    }

    #[test]
    fn somebody_who_does_not_read_holds_nobody_up_and_is_told_of_the_gap() {
        let home = Home::new();
        let storage = Storage::start(&home, "nextcloud");
        let watch = Watch::start(&home, &storage.url);
        watch.until("at rest", files(0));
        let mut talk = Talk::open(&home);
        talk.ask("events", json!({}));
        let many = 1400;
        let name = "n".repeat(180);
        for file in 0..many {
            fs::write(home.path(&format!("folder/{name}{file}")), "x").unwrap();
        }
        watch.until("sent", files(many));
        let (mut events, mut missed) = (0, 0);
        while events + missed < many {
            let told = talk.line();
            match told["method"].as_str().unwrap() {
                "event" => events += 1,
                "gap" => missed += told["params"]["missed"].as_u64().unwrap(),
                other => panic!("{other}"),
            }
        }
        assert_eq!(events + missed, many);
        assert!(missed > 0, "so much does not fit in between");
    }
}
