//! A folder that is swapped for a link to somewhere else, again and again,
//! while a sync is at work in it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use navette::cloud::Dialect;

use crate::malice::{contents, file, folder, home, root, villain};
use crate::scripted::{Scripted, multistatus};
use crate::yard::{Yard, outside, write};

/// What no server may ever get, and no sync may ever change.
const CANARY: &str = "the canary's own bytes";

/// Swaps a folder for a link and back, until it is dropped.
struct Swapping {
    stop: Arc<AtomicBool>,
    swaps: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Swapping {
    fn of(folder: PathBuf, link: PathBuf) -> Self {
        let (stop, swaps) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&swaps));
        let thread = std::thread::spawn(move || {
            // Twice each time: it ends as it began.
            while !stopped.load(Ordering::Relaxed) {
                for _ in 0..2 {
                    exchange(&folder, &link);
                    counted.fetch_add(1, Ordering::Relaxed);
                    // Long enough for something to happen in between.
                    std::thread::sleep(std::time::Duration::from_micros(200));
                }
            }
        });
        Self { stop, swaps, thread: Some(thread) }
    }

    /// Stops, and returns how often it has swapped.
    fn ended(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        self.swaps.load(Ordering::Relaxed)
    }
}

fn exchange(one: &std::path::Path, other: &std::path::Path) {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    // The folder may just be in use; then it is swapped the next time.
    let _ = renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE);
}

/// A server with many files in `sub/`, each of another content whenever its
/// listing is asked for, which keeps whatever it is sent.
fn busy(dialect: Dialect) -> Scripted {
    let looked = AtomicU64::new(0);
    let at = home(dialect);
    villain(dialect, move |method, path| {
        let round = looked.load(Ordering::Relaxed);
        let files: String = (0..60)
            .map(|number| file(&format!("{at}sub/f{number}"), 100 + number, 5))
            .collect::<String>()
            .replace("\"e\"", &format!("\"e{round}\""));
        let sub = folder(&format!("{at}sub/"), 50).replace("\"d50\"", &format!("\"d{round}\""));
        match (method, path.strip_prefix(at)?) {
            ("PROPFIND", "") => {
                let root = root(dialect).replace("\"r\"", &format!("\"r{round}\""));
                Some(multistatus(&format!("{root}{sub}")))
            }
            ("PROPFIND", "sub/" | "sub") => Some(multistatus(&format!("{sub}{files}"))),
            ("GET", file) if file.starts_with("sub/f") => {
                let contents = contents(&format!("{round:05}"));
                if file == "sub/f59" {
                    looked.fetch_add(1, Ordering::Relaxed);
                }
                Some(contents)
            }
            _ => None,
        }
    })
}

/// Runs syncs while the folder is swapped, and makes sure that nothing reaches
/// what the link leads to.
fn nothing_reaches_through(swapped: &str) {
    for dialect in [Dialect::Nextcloud, Dialect::Plain] {
        let yard = Yard::new();
        let canary = yard.path("canary");
        for number in 0..60 {
            fs::write(canary.join(format!("f{number}")), CANARY).unwrap();
            fs::write(canary.join(format!("mine{number}")), CANARY).unwrap();
        }
        fs::write(canary.join("mine.txt"), CANARY).unwrap();
        let before = outside(&yard.path(""));
        let server = busy(dialect);
        let device = yard.device(&server);
        // A first run makes our own folder, and all others.
        let _ = device.sync(&["--no-wait"]);
        for number in 0..60 {
            write(&device.path(&format!("sub/mine{number}")), "mine");
        }
        let link = yard.path("folder-state").join("link");
        symlink(&canary, &link).unwrap();
        let swapping = Swapping::of(device.path(swapped), link);
        for _ in 0..4 {
            // Whatever comes of it: it may not even begin.
            let run = device.sync(&["--no-wait"]);
            assert!([0, 1, 3, 4, 6].contains(&run.code), "{} {}", run.code, run.err);
        }
        let swaps = swapping.ended();
        assert!(swaps > 20, "{swaps} swaps");
        assert_eq!(outside(&yard.path("")), before, "{dialect:?} {swapped}");
        for heard in server.heard() {
            let body = String::from_utf8_lossy(&heard.body);
            assert!(!body.contains(CANARY), "{} was sent the canary", heard.line());
        }
    }
}

#[test]
fn no_file_is_written_or_read_through_a_folder_that_becomes_a_link() {
    nothing_reaches_through("sub");
}

#[test]
fn our_own_folder_that_becomes_a_link_is_not_followed() {
    nothing_reaches_through(".navette");
}

#[test]
fn staging_that_becomes_a_link_is_not_followed() {
    nothing_reaches_through(".navette/staging");
}
