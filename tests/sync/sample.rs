//! A tree to sync: what this computer has, and names that were trouble somewhere.

#![allow(clippy::unwrap_used, reason = "only used in tests")]

use std::fs;
use std::path::Path;

/// Files in the tree, at least.
pub const FILES: usize = 5_000;

/// Places where Unix systems keep many small files.
const SOURCES: &[&str] = &[
    "/usr/share/zoneinfo",
    "/usr/share/perl5",
    "/usr/share/perl",
    "/usr/share/doc",
    "/usr/include",
    "/usr/share/man",
];

/// The largest file that is taken from there.
const MOST: u64 = 64 << 10;

/// Folder that is made besides, with as many files as are missing, and at
/// least two folders of twenty.
pub const MADE: &str = "made";

/// Names that some server, proxy or library has got wrong.
const NAMES: &[&str] = &[
    "a b",
    "é",
    "日本語",
    "100%",
    "%41",
    "#&;=",
    "a+b",
    "🚀",
    "it's",
    "(1) [x] {y}",
    "~tilde",
    ".hidden",
    "a,b@c!$",
    "UPPER",
    "no-extension.",
];

/// Names that Windows does not know.
#[cfg(unix)]
const UNIX_NAMES: &[&str] = &["#?&", "a:b", "\"quoted\"", "<tag>", "star*", "a|b", " space "];
#[cfg(not(unix))]
const UNIX_NAMES: &[&str] = &[];

/// Fills an empty folder.
pub fn fill(folder: &Path) {
    awkward(&folder.join("awkward"));
    let mut files = FILES.saturating_sub(collect(folder));
    let made = folder.join(MADE);
    for batch in 0.. {
        let batch_folder = made.join(format!("{batch:03}"));
        fs::create_dir_all(&batch_folder).unwrap();
        for file in 0..files.clamp(20, 50) {
            fs::write(batch_folder.join(format!("{file}.bin")), bytes(file * batch, file * 37))
                .unwrap();
        }
        files = files.saturating_sub(50);
        if files == 0 && batch > 0 {
            break;
        }
    }
}

/// Copies files of this computer, and returns how many.
fn collect(folder: &Path) -> usize {
    let mut taken = 0;
    for source in SOURCES {
        let walk = walkdir::WalkDir::new(source).sort_by_file_name();
        for entry in walk.into_iter().filter_map(Result::ok) {
            let small = entry.metadata().is_ok_and(|found| found.is_file() && found.len() <= MOST);
            let Some(name) = entry.path().to_str().filter(|_| small) else { continue };
            let to = folder.join(name.trim_start_matches('/'));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, fs::read(entry.path()).unwrap()).unwrap();
            taken += 1;
            if taken == FILES {
                return taken;
            }
        }
    }
    taken
}

/// Names, depths and sizes at the edges.
fn awkward(folder: &Path) {
    for name in NAMES.iter().chain(UNIX_NAMES) {
        let dir = folder.join(format!("folder {name}"));
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join(name), name).unwrap();
    }
    let deep = (0..30).fold(folder.join("deep"), |path, level| path.join(format!("{level}")));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("bottom.txt"), "down here").unwrap();
    fs::create_dir_all(folder.join("empty/in empty")).unwrap();
    fs::write(folder.join("nothing.txt"), "").unwrap();
    fs::write(folder.join("also nothing.txt"), "").unwrap();
    fs::write(folder.join(format!("{}.txt", "long".repeat(50))), "long name").unwrap();
    fs::write(folder.join("large.bin"), bytes(1, 20 << 20)).unwrap();
}

/// Makes bytes that look like no others, and the same at every call.
pub fn bytes(seed: usize, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
