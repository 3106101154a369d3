//! The whole program where something is wrong: with what was typed, with the
//! server, with the folder, with the journal. Each time it says so in one
//! sentence, ends with the promised code, and nothing is lost.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "bad_input/account.rs"]
mod account;
#[path = "bad_input/anew.rs"]
mod anew;
#[path = "bad_input/deletions.rs"]
mod deletions;
#[path = "bad_input/folder.rs"]
mod folder;
#[path = "bad_input/journal.rs"]
mod journal;
#[path = "bad_input/liars.rs"]
mod liars;
// What it is about, other systems do not have, or have otherwise.
#[cfg(unix)]
#[path = "bad_input/names.rs"]
mod names;
#[path = "program/mod.rs"]
mod program;
#[path = "bad_input/reach.rs"]
mod reach;
#[path = "real/mod.rs"]
mod real;
#[path = "server/scripted.rs"]
mod scripted;

use program::Device;

/// Runs a sync that cannot even begin: one sentence for people, one JSON
/// object for scripts, this exit code, and an untouched folder.
#[track_caller]
fn refused(device: &Device<'_>, words: &[&str], code: i32, part: &str) {
    let before = device.tree();
    let run = device.sync(words);
    assert_eq!((run.code, run.out.as_str()), (code, ""), "{}", run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(run.err.starts_with("navette: ") && run.err.contains(part), "{}", run.err);
    for jargon in ["Error", "Some(", "None", "{", "navette::", "os error"] {
        assert!(!run.err.contains(jargon), "{jargon}: {}", run.err);
    }
    let (json_code, report) = device.report(words);
    assert_eq!((json_code, &report["end"]), (code, &"stopped".into()), "{report:#}");
    let message = report["error"]["message"].as_str().unwrap();
    assert!(run.err.contains(message), "{message} {}", run.err);
    assert!(report["error"]["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
    assert_eq!(before, device.tree());
}

/// Makes a folder with a few files, for a storage of its own.
fn fill(device: &Device<'_>, files: usize) {
    for file in 0..files {
        device.write(&format!("folder/{file}.txt"), format!("file {file}"));
    }
    device.write("top.txt", "at the top");
}
