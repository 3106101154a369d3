//! A watched pair of very many files with which nothing happens: what that
//! costs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use navette::cloud::{Dialect, Fate, Request, ServeOptions, SharedCloud, serve};

use crate::client::{Client, Program, Running};
use crate::server::Family;
use crate::{LOGIN, PASSWORD};

/// The date of every file, in seconds since 1970: with equal lengths they are
/// presumed equal, and no byte has to go anywhere first.
const DATE: i64 = 1_750_000_000;

/// How long the first comparison may take.
const ENDLESS: Duration = Duration::from_secs(600);

/// How long it may still be busy with what it began, once it stands well.
const SETTLING: Duration = Duration::from_secs(5);

/// What a process has used so far, and holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Milliseconds of processor time, its own and the system's for it.
    pub cpu: u64,
    /// Memory that it holds, in KiB.
    pub memory: u64,
    /// Times that it woke up.
    pub wakes: u64,
    /// System calls that read or write.
    pub calls: u64,
    /// Files that it has open.
    pub files: u64,
    /// Folders that the system watches for it.
    pub watches: u64,
    /// Requests about files that the server has got.
    pub requests: u64,
    /// Bytes of its journal and all that lies beside it.
    pub journal: u64,
}

/// A pair that rests, and whoever watches it.
pub struct Idle {
    folders: u64,
    client: Client,
    watching: Running,
    requests: Arc<AtomicU64>,
    _home: tempfile::TempDir,
}

impl Idle {
    /// Fills both sides with so many folders of so many files each, and waits
    /// until they are known to be equal.
    ///
    /// # Errors
    ///
    /// If they are not, after ten minutes.
    pub fn begin(navette: &Path, folders: u64, each: u64) -> Result<Self, String> {
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        let requests = Arc::<AtomicU64>::default();
        let clock = Arc::new(AtomicI64::new(DATE));
        let (address, cloud) = serving(requests.clone(), clock.clone());
        let logs = home.path().join("logs");
        let at = (home.path(), logs);
        let client = Client::new(Program::Navette, navette, at, address, Family::Nextcloud);
        fill(&client.folder, &cloud, folders, each).map_err(|error| error.to_string())?;
        // What is as young as the server's clock may still be written.
        clock.fetch_add(3600, Ordering::SeqCst);
        let watching = client.stay();
        let mut idle = Self { folders, client, watching, requests, _home: home };
        idle.rest(folders * each)?;
        Ok(idle)
    }

    fn rest(&mut self, files: u64) -> Result<(), String> {
        let until = Instant::now() + ENDLESS;
        while Instant::now() < until {
            std::thread::sleep(Duration::from_millis(500));
            let told = self.client.ask(&["status", "--json"]).unwrap_or_default();
            let pair = &told["pairs"][0];
            if pair["state"] == "up-to-date" && pair["files"] == files {
                std::thread::sleep(SETTLING);
                return Ok(());
            }
            if self.watching.ended().is_some() {
                break;
            }
        }
        Err(format!("it does not come to rest:\n{}", self.watching.tail()))
    }

    /// What has been used so far. Nobody asks the process for it.
    pub fn now(&self) -> Use {
        let own = PathBuf::from(format!("/proc/{}", self.watching.id()));
        let text = |name: &str| fs::read_to_string(own.join(name)).unwrap_or_default();
        let of = |name: &str, field: &str| number(&text(name), field);
        let (files, watches) = open(&own);
        Use {
            cpu: ticks(&text("stat")) * 10,
            memory: of("status", "VmRSS:"),
            wakes: of("status", "voluntary_ctxt_switches:"),
            calls: of("io", "syscr:") + of("io", "syscw:"),
            files,
            watches,
            requests: self.requests.load(Ordering::SeqCst),
            journal: lying_in(&self.client.state().join("journal")),
        }
    }

    /// What is too much for so many seconds of rest: counts and bytes, never
    /// seconds.
    pub fn excess(&self, before: Use, after: Use, seconds: u64) -> Vec<String> {
        excess(self.folders, before, after, seconds)
    }
}

fn excess(folders: u64, before: Use, after: Use, seconds: u64) -> Vec<String> {
    let hours = seconds / 3600 + 1;
    // A question to the server every half minute, a whole look here an hour.
    let limits = [
        ("requests", after.requests - before.requests, seconds / 30 + 2),
        ("wakes", after.wakes - before.wakes, 20 * seconds + 2000 * (hours - 1)),
        (
            "system calls",
            after.calls - before.calls,
            20 * seconds + 300 * (hours - 1) * (folders + 100),
        ),
        ("open files", after.files, before.files + 2),
        ("KiB of memory", after.memory, before.memory + before.memory / 10 + 4096),
        ("bytes of journal", after.journal, before.journal + (64 << 10)),
        // Each folder, the root, and those of our own.
        ("watched folders", after.watches, folders + 16),
    ];
    let above = limits.into_iter().filter(|(_, used, most)| used > most);
    let mut excess: Vec<String> =
        above.map(|(what, used, most)| format!("{used} {what}, at most {most}")).collect();
    if after.watches <= folders {
        excess.push(format!("{} watched folders of {folders}", after.watches));
    }
    excess
}

/// A Nextcloud in this process: its clock stands still, and its requests are counted.
fn serving(requests: Arc<AtomicU64>, clock: Arc<AtomicI64>) -> (String, SharedCloud) {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let faults = move |_: &Request<'_>| {
            requests.fetch_add(1, Ordering::SeqCst);
            Fate::Proceed
        };
        let options = ServeOptions {
            users: vec![(LOGIN.to_owned(), PASSWORD.to_owned())],
            clock: Arc::new(move || clock.load(Ordering::SeqCst)),
            faults: Box::new(faults),
            ..ServeOptions::new(Dialect::Nextcloud)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ready = move |ready| tell.send(ready).unwrap_or_default();
        // It ends with this process.
        runtime.block_on(serve(options, ready, std::future::pending()))
    });
    let ready = told.recv().unwrap();
    (ready.address.to_string(), ready.cloud)
}

/// The same files on both sides.
fn fill(root: &Path, cloud: &SharedCloud, folders: u64, each: u64) -> std::io::Result<()> {
    let date = UNIX_EPOCH + Duration::from_secs(DATE.unsigned_abs());
    for folder in 0..folders {
        let name = format!("folder {folder}");
        fs::create_dir(root.join(&name))?;
        let mut cloud = cloud.lock();
        let mut there = cloud.user(LOGIN);
        there.mkdir(&name).map_err(|error| std::io::Error::other(format!("{error:?}")))?;
        for file in 0..each {
            let path = format!("{name}/file {file}");
            let bytes = format!("{folder} {file}");
            write(&root.join(&path), bytes.as_bytes(), date)?;
            let written = there.write(&path, bytes);
            written.map_err(|error| std::io::Error::other(format!("{error:?}")))?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8], date: SystemTime) -> std::io::Result<()> {
    fs::write(path, bytes)?;
    File::options().write(true).open(path)?.set_modified(date)
}

/// The number behind a word in a text of `/proc`.
fn number(text: &str, field: &str) -> u64 {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(field));
    let rest = lines.next().unwrap_or_default();
    rest.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Hundredths of a second that a process has worked, by its `stat`: the
/// fourteenth and fifteenth word, of which the second may hold blanks.
fn ticks(stat: &str) -> u64 {
    let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    rest.split(' ').skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum()
}

/// How many files a process has open, and how many folders are watched for it.
fn open(own: &Path) -> (u64, u64) {
    let entries = fs::read_dir(own.join("fdinfo")).into_iter().flatten().flatten();
    entries.fold((0, 0), |(files, watches), entry| {
        let info = fs::read_to_string(entry.path()).unwrap_or_default();
        let watched = info.lines().filter(|line| line.starts_with("inotify wd:")).count();
        (files + 1, watches + watched as u64)
    })
}

fn lying_in(folder: &Path) -> u64 {
    let found = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    found.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTS: Use = Use {
        cpu: 100,
        memory: 50_000,
        wakes: 500,
        calls: 9000,
        files: 20,
        watches: 501,
        requests: 510,
        journal: 9 << 20,
    };

    #[test]
    fn what_rests_uses_little_and_what_does_not_is_found() {
        let later = Use { requests: 514, wakes: 700, calls: 9100, ..RESTS };
        assert_eq!(excess(500, RESTS, later, 120), Vec::<String>::new());
        let busy = Use { requests: 600, wakes: 9000, calls: 90_000, ..RESTS };
        assert_eq!(excess(500, RESTS, busy, 120).len(), 3);
        let grows = Use { memory: 90_000, files: 40, watches: 900, journal: 11 << 20, ..RESTS };
        assert_eq!(excess(500, RESTS, grows, 120).len(), 4);
        assert_eq!(excess(500, RESTS, Use { watches: 7, ..RESTS }, 120).len(), 1);
    }

    #[test]
    fn what_the_system_shows_of_a_process_is_understood() {
        assert_eq!(ticks("7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0"), 42);
        assert_eq!(number("VmHWM:\t 99 kB\nVmRSS:\t  12 kB\n", "VmRSS:"), 12);
    }
}
