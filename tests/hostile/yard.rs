//! A synced folder among things that are none of its business, each of them
//! watched, and a run that is measured.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};
use std::{fs, io};

use crate::program::{Device, Home, Run};
use crate::scripted::Scripted;

/// A run holds no more than so much, whatever it is sent.
pub const MEMORY: u64 = 256 << 20;

/// What stands outside: kind and rights, dates, and the bytes or where it leads.
type Outside = BTreeMap<PathBuf, (u32, Option<std::time::SystemTime>, Vec<u8>)>;

/// What this computer holds in the folder before anything happens.
const MINE: [(&str, &str); 3] =
    [("mine.txt", "my bytes"), ("sub/mine.txt", "more of them"), ("sub/deep/x", "and more")];

/// The place.
pub struct Yard {
    home: Home,
    outside: Outside,
}

impl Yard {
    /// Makes a folder with a few files, and its neighbours.
    pub fn new() -> Self {
        let home = Home::new();
        for (path, text) in [
            ("canary.txt", "canary"),
            ("canary/keep.txt", "keep me"),
            ("canary/deep/keep.txt", "me too"),
            ("etc/passwd", "root:x:0:0"),
            ("home/.ssh/authorized_keys", "mine alone"),
        ] {
            write(&home.path(path), text);
        }
        for (path, text) in MINE {
            write(&home.path("folder").join(path), text);
        }
        let outside = outside(&home.path(""));
        Self { home, outside }
    }

    /// The path of something beside the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path(name)
    }

    /// The folder, synced with the storage at this server.
    pub fn device(&self, server: &Scripted) -> Device<'_> {
        self.home.device("folder", server.url())
    }

    /// Runs a sync that is not to wait, and makes sure of what must always hold.
    pub fn endures(&self, server: &Scripted, words: &[&str]) -> Run {
        let device = self.device(server);
        let (run, peak) = measured(device.navette(&[&["sync", "--no-wait"], words].concat()));
        self.is_unharmed();
        is_said_clearly(&run, words.is_empty());
        assert!(peak < MEMORY, "{} MiB of memory\n{}", peak >> 20, run.tail());
        run
    }

    /// Runs a sync that must end with this code, and says this at its end.
    #[track_caller]
    pub fn ends(&self, server: &Scripted, code: i32, said: &str) -> Run {
        let run = self.endures(server, &[]);
        let end = if code == 1 { &run.out } else { &run.err };
        assert!(
            run.code == code && end.contains(said),
            "{}\n{}\n{}",
            run.code,
            run.out,
            run.tail()
        );
        run
    }

    /// Makes sure that nothing outside has changed, and that what was here still is.
    pub fn is_unharmed(&self) {
        assert_eq!(outside(&self.home.path("")), self.outside, "something outside has changed");
        for (path, text) in MINE {
            let path = self.home.path("folder").join(path);
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), Some(text), "{path:?}");
        }
    }
}

/// Writes a file with a date of long ago, so that nothing waits for it to rest.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1_600_000_000)).unwrap();
}

/// Everything in `home` but for the folder and its journal.
pub fn outside(home: &Path) -> Outside {
    let ours = |name: &std::ffi::OsStr| {
        name.to_str().is_some_and(|name| name == "folder" || name == "folder-state")
    };
    let walk = walkdir::WalkDir::new(home).min_depth(1).into_iter();
    walk.filter_entry(|entry| entry.depth() != 1 || !ours(entry.file_name()))
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            let bytes = match entry.file_type() {
                kind if kind.is_file() => fs::read(entry.path()).unwrap(),
                kind if kind.is_symlink() => {
                    fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
                }
                _ => Vec::new(),
            };
            (entry.path().to_owned(), (mode(&metadata), metadata.modified().ok(), bytes))
        })
        .collect()
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata)
}

#[cfg(not(unix))]
fn mode(metadata: &fs::Metadata) -> u32 {
    u32::from(metadata.permissions().readonly())
}

/// Makes sure that a run ends in words: one sentence that says why it stopped,
/// or a report, and nothing that only its makers understand.
fn is_said_clearly(run: &Run, for_people: bool) {
    for text in [&run.out, &run.err] {
        for jargon in ["Some(", "None", "Error {", "navette::", "os error", "\u{1b}"] {
            assert!(!text.contains(jargon), "{jargon:?}:\n{text}");
        }
    }
    let first = run.out.lines().next().unwrap_or_default();
    let last = run.err.lines().last().unwrap_or_default();
    match run.code {
        0 | 1 if for_people => assert!(first.ends_with(['.', ':']), "{}", run.out),
        0 | 1 => {}
        3 | 4 | 6 => assert!(last.starts_with("navette: ") && last.ends_with('.'), "{}", run.err),
        code => panic!("{code}\n{}\n{}", run.out, run.err),
    }
}

/// Runs the program to its end. Returns the most memory that it had, too (0
/// where the system does not tell).
pub fn measured(mut command: Command) -> (Run, u64) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (out, err) = (thread::spawn(|| drained(out)), thread::spawn(|| drained(err)));
    let mut peak = 0;
    let status = loop {
        peak = peak.max(resident(&child));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let (out, err) = (out.join().unwrap(), err.join().unwrap());
    for text in [&out, &err] {
        assert!(!text.contains("panicked at"), "{text}");
        assert!(!text.contains(crate::program::PASSWORD), "the password was printed");
    }
    (Run { code: status.code().expect("it ends by itself"), out, err }, peak)
}

fn drained(mut stream: impl io::Read) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The most memory that a process has had so far.
fn resident(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
