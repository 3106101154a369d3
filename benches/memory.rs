//! How much memory the rows of a file take, of 200,000 files read from a
//! journal, and how much more a copy of them all would: nothing may make one.
//!
//! `cargo bench --bench memory`; Linux, where the system tells.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench stops where it fails")]
#![allow(clippy::disallowed_methods, reason = "the system tells it in a file")]

use std::hint::black_box;

use navette::journal::{Journal, OnDisk};

mod sample;

const FILES: u64 = 200_000;

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let files = OnDisk::new(dir.path());
    // By a process of its own: what it frees would be taken again unseen.
    if std::env::args().any(|word| word == "--fill") {
        let place = std::env::args().next_back().unwrap();
        sample::filled(OnDisk::new(std::path::Path::new(&place)), FILES).close().unwrap();
        return;
    }
    let this = std::env::current_exe().unwrap();
    let filled = std::process::Command::new(this).arg("--fill").arg(dir.path()).status().unwrap();
    assert!(filled.success());
    let before = resident();
    let (journal, _) = Journal::open(files).unwrap();
    let opened = resident();
    let copy = black_box(journal.rows().clone());
    let copied = resident();
    let a_file = |from: u64, to: u64| to.saturating_sub(from) / FILES;
    println!("{FILES} files: {} bytes a file in the rows", a_file(before, opened));
    println!("{FILES} files: {} bytes a file in a copy of them", a_file(opened, copied));
    assert_eq!(copy.local.len() as u64, FILES);
}
