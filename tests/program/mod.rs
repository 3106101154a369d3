//! The real program, in a home of its own, as a script meets it.

#![allow(dead_code, unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only used in tests")]

use std::collections::BTreeMap;
use std::fs;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The account that every storage here knows.
pub const LOGIN: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "correct horse";

/// A place of its own for folders, journals and storages. Dropped, it is removed.
pub struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    /// Makes an empty one.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Returns the path of something in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    /// Returns the program with these words. It sees what the system needs,
    /// and nothing of the user who runs the tests.
    pub fn navette(&self, words: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("navette"));
        command.env_clear();
        for name in ["PATH", "SystemRoot", "TMPDIR", "TEMP", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        for name in ["HOME", "APPDATA", "LOCALAPPDATA"] {
            command.env(name, self.path("home"));
        }
        command.env("NAVETTE_LANG", "en").env("NAVETTE_PASSWORD", PASSWORD);
        command.stdin(Stdio::null()).args(words);
        command
    }

    /// Returns a folder in it that is synced with the storage at `url`, with
    /// a journal of its own.
    pub fn device(&self, name: &str, url: impl std::fmt::Display) -> Device<'_> {
        let folder = self.path(name);
        fs::create_dir_all(&folder).unwrap();
        Device {
            home: self,
            state: self.path(&format!("{name}-state")),
            folder,
            url: url.to_string(),
            login: LOGIN.to_owned(),
            password: PASSWORD.to_owned(),
            remote: String::new(),
        }
    }
}

/// A folder with the journal of its pair.
pub struct Device<'a> {
    home: &'a Home,
    /// The folder.
    pub folder: PathBuf,
    /// Where the journal lies.
    pub state: PathBuf,
    /// The storage's address.
    pub url: String,
    /// The account.
    pub login: String,
    /// Its password.
    pub password: String,
    /// The folder on the storage; empty for all of it.
    pub remote: String,
}

impl Device<'_> {
    /// Returns the program with these words, and those that say which pair is meant.
    pub fn navette(&self, words: &[&str]) -> Command {
        let mut command = self.home.navette(words);
        command.env("NAVETTE_PASSWORD", &self.password);
        command.args(["--server", &self.url, "--user", &self.login]);
        if !self.remote.is_empty() {
            command.args(["--remote-path", &self.remote]);
        }
        command.arg("--state-dir").arg(&self.state).arg(&self.folder);
        command
    }

    /// Runs a sync for people.
    pub fn sync(&self, words: &[&str]) -> Run {
        let run = ended(self.navette(&[&["sync"], words].concat()));
        for text in [&run.out, &run.err] {
            assert!(!text.contains(&self.password), "the password was printed");
        }
        run
    }

    /// Runs a sync for scripts.
    pub fn report(&self, words: &[&str]) -> (i32, Value) {
        let run = self.sync(&[&["--json"], words].concat());
        (run.code, run.json())
    }

    /// Runs a sync that has to end with both sides equal, and returns its report.
    pub fn synced(&self, words: &[&str]) -> Value {
        let run = self.sync(&[&["--json"], words].concat());
        let report = run.json();
        assert_eq!((run.code, &report["end"]), (0, &"equal".into()), "{report:#}\n{}", run.tail());
        report
    }

    /// Returns a path in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Writes a file in the folder, and the folders above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Returns what is in a file of the folder.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Returns what stands in the folder, but for the engine's own things.
    pub fn tree(&self) -> Tree {
        tree(&self.folder)
    }
}

/// What a program printed, and how it ended.
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Run {
    /// Returns the one JSON object that standard output holds.
    pub fn json(&self) -> Value {
        let document: Value = serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!("not one JSON object: {error}\n{}\n{}", self.out, self.err)
        });
        assert!(document.is_object(), "{document}");
        assert_eq!(document["exit"], self.code, "{document}");
        document
    }

    /// Returns the end of standard error.
    pub fn tail(&self) -> String {
        let from = self.err.lines().count().saturating_sub(20);
        self.err.lines().skip(from).collect::<Vec<_>>().join("\n")
    }
}

/// Runs the program to its end. It may never panic, nor print the password.
pub fn ended(mut command: Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    for text in [&out, &err] {
        assert!(!text.contains("panicked at") && !text.contains("stack backtrace:"), "{text}");
        assert!(!text.contains(PASSWORD), "the password was printed");
    }
    Run { code: output.status.code().expect("it ends by itself"), out, err }
}

/// `navette serve`. Dropped, it is stopped; what is stored stays in the home.
pub struct Storage {
    child: Child,
    address: String,
}

impl Storage {
    /// Starts one on a free port.
    pub fn start(home: &Home, dialect: &str) -> Self {
        Self::at(home, dialect, "127.0.0.1:0")
    }

    /// Starts one at this address, with what was stored there before.
    pub fn at(home: &Home, dialect: &str, address: &str) -> Self {
        Self::with(home, dialect, address, &[])
    }

    /// As [`Self::at`], with further words for `navette serve`.
    pub fn with(home: &Home, dialect: &str, address: &str, words: &[&str]) -> Self {
        let mut child = home
            .navette(&["serve", "--listen", address, "--user", LOGIN, "--dialect", dialect])
            .args(words)
            .arg("--data")
            .arg(home.path("storage"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (_, address) = line.trim().rsplit_once("http://").expect("it says where it listens");
        Self { child, address: address.to_owned() }
    }

    /// Returns its address as host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it as its user would: what it holds is saved first.
    pub fn stop(mut self) {
        end(&mut self.child);
    }

    /// Returns its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

#[cfg(unix)]
fn end(child: &mut Child) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Windows has no gentle end: the storage saves itself from time to time.
#[cfg(not(unix))]
fn end(child: &mut Child) {
    std::thread::sleep(std::time::Duration::from_secs(5));
    child.kill().unwrap();
    child.wait().unwrap();
}

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file, by its bytes.
    File(blake3::Hash),
    /// Neither.
    Other,
}

/// What a folder holds, by path.
pub type Tree = BTreeMap<PathBuf, Kind>;

/// Returns what a folder holds, but for the engine's own things.
pub fn tree(folder: &Path) -> Tree {
    walkdir::WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".navette" && entry.file_name() != ".DAV")
        .map(|entry| {
            let entry = entry.unwrap();
            let kind = match entry.file_type() {
                kind if kind.is_dir() => Kind::Folder,
                kind if kind.is_file() => {
                    Kind::File(blake3::hash(&fs::read(entry.path()).unwrap()))
                }
                _ => Kind::Other,
            };
            (entry.path().strip_prefix(folder).unwrap().to_owned(), kind)
        })
        .collect()
}

/// Makes sure that two folders hold the same; shows what differs otherwise.
#[track_caller]
pub fn assert_equal(one: &Tree, other: &Tree) {
    let differing = |one: &Tree, other: &Tree| {
        let lines = one.iter().filter(|(path, kind)| other.get(*path) != Some(kind));
        lines.take(10).map(|(path, kind)| format!("{path:?} {kind:?}\n")).collect::<String>()
    };
    assert!(
        one == other,
        "the folders differ ({} and {} entries)\nonly in the first:\n{}only in the second:\n{}",
        one.len(),
        other.len(),
        differing(one, other),
        differing(other, one),
    );
}
