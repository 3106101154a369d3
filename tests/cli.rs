//! The program as people and scripts meet it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "cli/activity.rs"]
mod activity;
#[cfg(unix)]
#[path = "cli/attention.rs"]
mod attention;
#[cfg(target_os = "linux")]
#[path = "bus/mod.rs"]
mod bus;
#[path = "cli/choice.rs"]
mod choice;
#[path = "cli/conflicts.rs"]
mod conflicts;
#[cfg(unix)]
#[path = "cli/decide.rs"]
mod decide;
#[cfg(unix)]
#[path = "cli/diagnose.rs"]
mod diagnose;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/explain.rs"]
mod explain;
#[cfg(unix)]
#[path = "cli/hosting.rs"]
mod hosting;
#[cfg(unix)]
#[path = "cli/limits.rs"]
mod limits;
#[cfg(unix)]
#[path = "cli/links.rs"]
mod links;
#[cfg(unix)]
#[path = "cli/relocate.rs"]
mod relocate;
#[path = "cli/runs.rs"]
mod runs;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/takeover.rs"]
mod takeover;
#[cfg(unix)]
#[path = "cli/watching.rs"]
mod watching;

use std::fs;
use std::path::PathBuf;
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
            // Nor of its battery and its network.
            ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere".into()),
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
