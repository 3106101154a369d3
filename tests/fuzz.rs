//! Hostile and damaged bytes: the bodies of the fuzz targets (`fuzz/`), each run
//! over its corpus and over seeded mutations of it.
//!
//! `cargo xtask fuzz` runs the same bodies for longer, guided by coverage. What
//! it finds goes into the corpus, and is tried here from then on.

#![allow(unreachable_pub, reason = "shared with the fuzz targets")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "fuzz/events.rs"]
mod events;
#[path = "fuzz/href.rs"]
mod href;
#[path = "fuzz/ignore.rs"]
mod ignore;
#[path = "fuzz/inside.rs"]
mod inside;
#[path = "fuzz/journal.rs"]
mod journal;
#[path = "fuzz/multistatus.rs"]
mod multistatus;
#[path = "fuzz/ocs.rs"]
mod ocs;
#[path = "fuzz/path.rs"]
mod path;
#[path = "fuzz/peer.rs"]
mod peer;
#[path = "fuzz/zip.rs"]
mod zip;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use mutatis::Session;

/// Mutations of one input, one upon the other.
const UPON: usize = 8;

/// What a target begins with: its corpus, and what real servers said, where it
/// reads such answers.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let captured = matches!(target, "multistatus" | "ocs").then(|| root.join("tests/captures"));
    let dirs = [root.join("fuzz/corpus").join(target)].into_iter().chain(captured);
    let entries = dirs.flat_map(|dir| fs::read_dir(dir).unwrap());
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Runs a body over its corpus, and over so many mutations of each input.
fn tried(target: &str, body: fn(&[u8]), rounds: u64) {
    let corpus = corpus(target);
    assert!(corpus.len() > 10, "the corpus of {target} was not found");
    corpus.iter().for_each(|input| run(target, body, input));
    for (at, input) in corpus.iter().enumerate() {
        for round in 0..rounds {
            let mut session = Session::new().seed(at as u64 * 1_000_003 + round);
            // By bytes, and by what stands between marks.
            let (mut bytes, mut words) = (input.clone(), words(input));
            for _ in 0..UPON {
                if round.is_multiple_of(2) {
                    session.mutate(&mut bytes).unwrap();
                } else {
                    session.mutate(&mut words).unwrap();
                    bytes = words.concat();
                }
                run(target, body, &bytes);
            }
        }
    }
}

/// Cuts an input before and behind the letters that mean something in XML, JSON
/// and addresses.
fn words(input: &[u8]) -> Vec<Vec<u8>> {
    let is_mark = |byte: u8| b"<>/&;\"'{}[]:,%=\n ".contains(&byte);
    input.chunk_by(|one, next| !is_mark(*one) && !is_mark(*next)).map(<[u8]>::to_vec).collect()
}

/// Runs a body, and keeps what it fails on.
fn run(target: &str, body: fn(&[u8]), input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| body(input))) {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("failed-{target}"));
        fs::write(&kept, input).unwrap();
        eprintln!("{target} fails on {}", kept.display());
        resume_unwind(panic);
    }
}

#[test]
fn a_listing_of_any_bytes_is_whole_and_leads_inside_or_is_none() {
    tried("multistatus", multistatus::run, 8);
}

#[test]
fn an_address_of_any_text_leads_inside_and_is_asked_for_as_it_was_meant() {
    tried("href", href::run, 60);
}

#[test]
fn a_path_of_any_text_stays_inside_and_what_is_made_of_a_name_is_one() {
    tried("path", path::run, 20);
}

#[test]
fn the_names_that_are_never_synced_are_those_that_the_patterns_say() {
    tried("ignore", ignore::run, 20);
}

#[test]
fn what_a_server_says_of_itself_leads_to_no_other_server() {
    tried("ocs", ocs::run, 20);
}

#[test]
fn a_journal_of_any_bytes_opens_and_is_believed_only_where_it_is_whole() {
    tried("journal", journal::run, 4);
}

#[test]
fn what_another_client_left_of_any_bytes_leads_inside_or_is_refused() {
    tried("peer", peer::run, 20);
}

#[test]
fn a_zip_of_any_bytes_gives_files_of_the_listed_length_or_none() {
    tried("zip", zip::run, 60);
}

#[test]
fn events_of_any_bytes_are_told_when_they_are_whole_and_as_often_as_they_come() {
    tried("events", events::run, 60);
}
