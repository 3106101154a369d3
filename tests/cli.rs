//! The program as people and scripts meet it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

const PASSWORD: &str = "correct-horse-battery";

/// A home of its own: no settings, no keychain, no session bus, English.
struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("folder")).unwrap();
        fs::write(dir.path().join("password"), format!("{PASSWORD}\n")).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    fn folder(&self) -> String {
        self.path("folder").to_str().unwrap().to_owned()
    }

    fn password(&self) -> String {
        self.path("password").to_str().unwrap().to_owned()
    }

    /// What the system needs, and nothing of the user who runs the tests.
    fn environment(&self) -> Vec<(&'static str, std::ffi::OsString)> {
        let mut variables = vec![
            ("HOME", self.path("home").into_os_string()),
            ("APPDATA", self.path("home").into_os_string()),
            ("LANG", "en_GB.UTF-8".into()),
        ];
        let kept = ["PATH", "SystemRoot", "TMPDIR", "TEMP", "LLVM_PROFILE_FILE"];
        variables.extend(kept.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        variables
    }

    fn navette(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("navette"));
        command.env_clear().envs(self.environment()).args(words).write_stdin("");
        command
    }

    /// Runs and returns exit code, standard output and standard error.
    fn run(&self, words: &[&str]) -> (i32, String, String) {
        ended(self.navette(words))
    }

    fn french(&self, words: &[&str]) -> (i32, String, String) {
        let mut command = self.navette(words);
        command.env("LANG", "fr_FR.UTF-8");
        ended(command)
    }
}

fn ended(mut command: Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!out.contains(PASSWORD) && !err.contains(PASSWORD), "the password was printed");
    (output.status.code().unwrap(), out, err)
}

/// `navette serve` on a free port.
struct Storage {
    child: Child,
    url: String,
}

impl Storage {
    fn start(home: &Home, dialect: &str) -> Self {
        Self::with(home, dialect, &[])
    }

    /// With further words for `navette serve`.
    fn with(home: &Home, dialect: &str, words: &[&str]) -> Self {
        use std::io::BufRead as _;
        let mut child = std::process::Command::new(cargo_bin("navette"))
            .env_clear()
            .envs(home.environment())
            .args(["serve", "--listen", "127.0.0.1:0", "--user", "alice", "--dialect", dialect])
            .args(words)
            .args(["--password-file", &home.password(), "--data"])
            .arg(home.path("storage"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, url }
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The words of a sync with everything given.
fn given<'a>(storage: &'a str, password: &'a str, folder: &'a str) -> Vec<&'a str> {
    let sign_in = ["--server", storage, "--user", "alice", "--password-file", password];
    [&["sync"], &sign_in[..], &[folder]].concat()
}

#[test]
fn wrong_usage_ends_with_2() {
    let home = Home::new();
    let folder = home.folder();
    for words in [
        &[][..],
        &["sink"],
        &["sync"],
        &["sync", "--server", "https://example.org", &folder],
        &["sync", "--remote-path", "/x", &folder],
        &["sync", "--allow-deletes=many", &folder],
        &["sync", "--password", "x", &folder],
        &["sync", &folder],
        &["sync", "--server", "http://example.org", "--user", "alice", &folder],
        &["sync", "--server", "ftp://example.org", "--user", "alice", &folder],
        &["sync", "--server", "https://a:b@example.org", "--user", "alice", &folder],
        &[
            "sync",
            "--server",
            "https://example.org",
            "--user",
            "a",
            "--remote-path",
            "/..",
            &folder,
        ],
        &["sync", "--server", "http://127.0.0.1:9", "--user", "alice", &folder],
        &["account", "remove", "nobody"],
        &["folder", "add", &folder],
        &["folder", "remove", &folder],
        &["serve", "--data", "x", "--dialect", "gopher"],
    ] {
        let (code, out, err) = home.run(words);
        assert_eq!((code, out.as_str()), (2, ""), "{words:?}: {err}");
        assert!(!err.trim().is_empty(), "{words:?}");
    }
}

#[test]
fn wrong_usage_of_json_is_one_json_object_too() {
    let home = Home::new();
    for words in [&["sync", "--json"][..], &["sync", "--json", &home.folder()]] {
        let (code, out, _) = home.run(words);
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &document["exit"]), (2, &Value::from(2)));
        assert!(document["error"]["message"].is_string());
    }
}

#[test]
fn help_says_what_can_be_done() {
    let home = Home::new();
    let (code, help, _) = home.run(&["--help"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("help", help);
    let (code, help, _) = home.run(&["sync", "--help"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("help_sync", help);
}

#[test]
fn completions_and_manual_are_printed() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = home.run(&["completions", shell]);
        assert!(code == 0 && out.contains("navette"), "{shell}");
    }
    let (code, out, _) = home.run(&["man"]);
    assert!(code == 0 && out.starts_with(".ie") && out.contains("navette"), "{out}");
}

#[test]
fn accounts_and_folders_come_and_go_without_a_keychain() {
    let home = Home::new();
    let folder = home.folder();
    // Nothing answers there: the account is added all the same, and said to be untried.
    let add = ["account", "add", "--server", "http://127.0.0.1:9", "--user", "alice"];
    let (code, out, err) = home.run(&[&add[..], &["--password-file", &home.password()]].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("alice@127.0.0.1:9 added"), "{out}");
    assert!(out.contains("It has not been tried yet: 127.0.0.1:9 is there, but"), "{out}");
    assert!(out.contains("no keychain, so nothing was stored"), "{out}");
    assert_eq!(home.run(&add).0, 2);

    let (_, out, _) = home.run(&["account", "list"]);
    assert_eq!(out, "alice@127.0.0.1:9: alice on http://127.0.0.1:9\n");
    let (code, out, err) = home.run(&["folder", "add", &folder, "--remote-path", "Work/"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("/Work of alice@127.0.0.1:9"), "{out}");
    fs::create_dir(home.path("folder/inner")).unwrap();
    let (code, _, err) = home.run(&["folder", "add", &format!("{folder}/inner")]);
    assert!(code == 2 && err.contains("overlaps"), "{err}");
    let (code, _, err) = home.run(&["folder", "add", home.path("").to_str().unwrap()]);
    assert!(code == 2 && err.contains("holds Navette’s own journal"), "{err}");

    let (_, out, _) = home.french(&["folder", "list"]);
    assert_eq!(out, format!("{folder}\u{a0}: /Work de alice@127.0.0.1:9\n"));
    assert_eq!(home.run(&["account", "remove", "alice@127.0.0.1:9"]).0, 2);
    assert_eq!(home.run(&["folder", "remove", &folder]).0, 0);
    assert_eq!(home.run(&["account", "remove", "alice@127.0.0.1:9"]).0, 0);
    let (code, out, _) = home.run(&["folder", "list"]);
    assert_eq!((code, out.as_str()), (0, "No folder is configured.\n"));
}

#[test]
fn an_account_is_tried_when_it_is_added_and_listed_by_its_name_and_login() {
    for dialect in ["nextcloud", "owncloud10", "ocis"] {
        let home = Home::new();
        let words = ["--email", "ann@example.test", "--display-name", "Ann Lée"];
        let storage = Storage::with(&home, dialect, &words);
        let add = ["account", "add", "--server", &storage.url, "--password-file", &home.password()];
        fs::write(home.path("wrong"), "wrong").unwrap();
        let wrong = home.path("wrong");
        let wrong = ["account", "add", "--server", &storage.url, "--password-file"]
            .into_iter()
            .chain([wrong.to_str().unwrap(), "--user", "alice"])
            .collect::<Vec<_>>();
        let (code, out, err) = home.run(&wrong);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("does not accept this login and password"), "{err}");

        let (code, out, err) = home.run(&[&add[..], &["--user", "ann@example.test"]].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        let (_, out, _) = home.run(&["account", "list"]);
        let said = format!("Ann Lée, with the login ann@example.test, on {}\n", storage.url);
        assert!(out.ends_with(&said), "{out}");

        let folder = home.folder();
        fs::write(home.path("folder/a.txt"), "by e-mail").unwrap();
        assert_eq!(home.run(&["folder", "add", &folder]).0, 0);
        let sync = ["sync", &folder, "--password-file", &home.password()];
        let (code, out, err) = home.run(&sync);
        assert_eq!(code, 0, "{out}{err}");
        fs::create_dir(home.path("other")).unwrap();
        let other = home.path("other");
        let other = other.to_str().unwrap();
        assert_eq!(home.run(&given(&storage.url, &home.password(), other)).0, 0);
        assert_eq!(fs::read_to_string(home.path("other/a.txt")).unwrap(), "by e-mail");
    }
}

#[test]
fn a_folder_is_paired_with_a_space_by_its_name() {
    let home = Home::new();
    let storage = Storage::with(&home, "ocis", &["--space", "Design", "--space", "Plans"]);
    let (folder, password) = (home.folder(), home.password());
    let add = ["account", "add", "--server", &storage.url, "--user", "alice"];
    assert_eq!(home.run(&[&add[..], &["--password-file", &password]].concat()).0, 0);
    let to = |space| ["folder", "add", &folder, "--password-file", &password, "--space", space];
    let (code, out, err) = home.run(&to("design"));
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("You have no space called design on 127.0.0.1"), "{err}");
    assert!(err.contains("“Design” (") && err.contains("“alice” ("), "{err}");
    let (code, _, err) = home.run(&to("Design"));
    assert_eq!(code, 0, "{err}");

    fs::write(home.path("folder/draft.txt"), "in the space").unwrap();
    let (code, out, err) = home.run(&["sync", &folder, "--password-file", &password]);
    assert_eq!(code, 0, "{out}{err}");
    for (name, words) in [("again", &["--space", "Design"][..]), ("own", &[])] {
        fs::create_dir(home.path(name)).unwrap();
        let dir = home.path(name);
        let words = [&given(&storage.url, &password, dir.to_str().unwrap())[..], words].concat();
        let (code, out, err) = home.run(&words);
        assert_eq!(code, 0, "{out}{err}");
    }
    assert_eq!(fs::read_to_string(home.path("again/draft.txt")).unwrap(), "in the space");
    assert!(!home.path("own/draft.txt").exists(), "the space is not in the own storage");
}

#[test]
fn a_missing_folder_ends_with_6() {
    let home = Home::new();
    let gone = home.path("gone");
    let (code, out, err) =
        home.run(&given("http://127.0.0.1:9", &home.password(), gone.to_str().unwrap()));
    assert_eq!((code, out.as_str()), (6, ""));
    assert!(err.contains("is not here"), "{err}");
}

#[test]
fn settings_that_cannot_be_understood_end_with_6_and_stay() {
    let home = Home::new();
    assert_eq!(home.run(&["account", "add", "--server", "a.org", "--user", "b"]).0, 0);
    let file = find(&home.path("home"), "settings.toml").unwrap();
    fs::write(&file, "version = [").unwrap();
    let (code, _, err) = home.run(&["account", "list"]);
    assert!(code == 6 && err.contains("line 1"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "version = [");
}

fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.file_name() == name)
        .map(walkdir::DirEntry::into_path)
}

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
    let child = std::process::Command::new(cargo_bin("navette"))
        .env_clear()
        .envs(home.environment())
        .args(given(&url, &password, &folder))
        .stderr(Stdio::piped())
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
