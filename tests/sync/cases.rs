//! What has to go well on every server, each case with a tree of its own.

use std::fs::{self, File};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::program::{Device, assert_equal, tree};
use crate::sample;
use crate::stage::{Stage, Tells};

/// Makes both folders and the storage hold the same, and says so.
fn equal(stage: &Stage, here: &Device<'_>, there: &Device<'_>) {
    for device in [here, there, here] {
        device.synced(&[]);
    }
    assert_equal(&here.tree(), &there.tree());
    if let Some(files) = &stage.files {
        assert_equal(&here.tree(), &tree(files));
    }
}

/// Two computers that were filled before they first met: what is equal is
/// adopted, what only one has goes to the other, and of what differs both
/// versions are kept.
pub fn full_sides(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    for device in [&here, &there] {
        device.write("same/a.txt", "equal on both");
        device.write("same/é.txt", "equal too");
    }
    here.write("only/here.txt", "from here");
    there.write("only/there.txt", "from there");
    here.write("differs.txt", "the version of here");
    there.write("differs.txt", "the other version");
    here.synced(&[]);
    let report = there.synced(&[]);
    // Without checksums, dates of one second are enough to be presumed equal.
    let counts = |what: &str| report["counts"][what].as_u64().unwrap();
    assert_eq!(counts("adopted") + counts("presumed"), 2, "{report:#}");
    assert_eq!(report["counts"]["removed_here"], 0, "{report:#}");
    assert_eq!((counts("conflicts"), counts("moved")), (1, 0), "{report:#}");
    equal(stage, &here, &there);
    // The server's version keeps the name, the other one stands beside it.
    assert_eq!(there.read("differs.txt"), "the version of here");
    let copies = |device: &Device<'_>| {
        let names = fs::read_dir(&device.folder).unwrap().map(|entry| entry.unwrap().path());
        let copies = names.filter(|path| path.to_string_lossy().contains("(conflict "));
        copies.map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(copies(&here), ["the other version"]);
    assert_eq!(here.tree().len(), 8, "{:?}", here.tree());
}

/// Bytes of a file that servers with chunks take in several.
const LARGE: usize = 25 << 20;

/// A large file goes up and down, is edited in its midst, grows, shrinks and
/// is emptied; dates come along where the server keeps them.
pub fn large_file(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    let date = UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    let mut bytes = sample::bytes(7, LARGE);
    here.write("large.bin", &bytes);
    dated(&here, "large.bin", date);
    equal(stage, &here, &there);
    if stage.keeps_dates {
        let shown = fs::metadata(there.path("large.bin")).unwrap().modified().unwrap();
        assert_eq!(shown, date);
    }
    bytes[LARGE / 2..LARGE / 2 + 1000].fill(0xA5);
    there.write("large.bin", &bytes);
    equal(stage, &here, &there);
    assert!(fs::read(here.path("large.bin")).unwrap() == bytes);
    for length in [LARGE + (1 << 20), 1 << 20, 0] {
        here.write("large.bin", sample::bytes(length, length));
        equal(stage, &here, &there);
    }
    assert_eq!(fs::read(there.path("large.bin")).unwrap(), b"");
}

fn dated(device: &Device<'_>, path: &str, date: SystemTime) {
    let file = File::options().write(true).open(device.path(path)).unwrap();
    file.set_modified(date).unwrap();
}

/// What is renamed, moved and deleted here is so in the storage at once.
pub fn storage_follows(stage: &Stage) {
    let here = stage.device("here");
    for name in ["file", "away", "folder/a b/é", "folder/file", "gone/and all/in it"] {
        here.write(name, format!("{name} as it was"));
    }
    here.synced(&[]);
    fs::rename(here.path("file"), here.path("folder/a b/moved")).unwrap();
    fs::rename(here.path("folder/a b"), here.path("A ü 1")).unwrap();
    fs::remove_file(here.path("away")).unwrap();
    fs::remove_dir_all(here.path("gone")).unwrap();
    let report = here.synced(&[]);
    // Nothing is fetched; a version that is too young may be read once.
    assert_eq!((&report["bytes_up"], &report["counts"]["fetched"]), (&0.into(), &0.into()));
    assert_eq!(report["counts"]["moved"], 2, "{report:#}");
    if let Some(files) = &stage.files {
        assert_equal(&here.tree(), &tree(files));
    }
    let fresh = stage.device("fresh");
    fresh.synced(&[]);
    assert_equal(&here.tree(), &fresh.tree());
}

/// Swaps, rotations, inversions, case-only renames, and files that become
/// folders: where ids show what moved, without a byte.
pub fn places(stage: &Stage) {
    assert!(stage.tells == Tells::Ids, "elsewhere swaps look like edits");
    let (here, there) = (stage.device("here"), stage.device("there"));
    for name in ["swap/1", "swap/2", "ring/1", "ring/2", "ring/3", "outer/inner/file", "case"] {
        here.write(name, format!("{name} as it was"));
    }
    here.write("becomes/a folder", "a file");
    equal(stage, &here, &there);
    let rename = |from: &str, to: &str| fs::rename(here.path(from), here.path(to)).unwrap();
    for (from, to) in [("swap/1", "x"), ("swap/2", "swap/1"), ("x", "swap/2")] {
        rename(from, to);
    }
    for (from, to) in [("ring/3", "x"), ("ring/2", "ring/3"), ("ring/1", "ring/2"), ("x", "ring/1")]
    {
        rename(from, to);
    }
    rename("outer/inner", "inner");
    rename("outer", "inner/outer");
    rename("case", "CASE");
    let report = here.synced(&[]);
    assert_eq!((&report["bytes_up"], &report["bytes_down"]), (&0.into(), &0.into()), "{report:#}");
    let report = there.synced(&[]);
    assert_eq!((&report["bytes_up"], &report["bytes_down"]), (&0.into(), &0.into()), "{report:#}");
    assert_eq!(there.read("swap/1"), "swap/2 as it was");
    assert_eq!(there.read("ring/1"), "ring/3 as it was");
    assert_eq!(there.read("ring/2"), "ring/1 as it was");
    assert!(there.path("inner/outer").is_dir() && there.path("CASE").is_file());

    fs::remove_file(here.path("becomes/a folder")).unwrap();
    here.write("becomes/a folder/with/a file", "inside");
    equal(stage, &here, &there);
    assert_eq!(there.read("becomes/a folder/with/a file"), "inside");
    fs::remove_dir_all(there.path("becomes/a folder")).unwrap();
    there.write("becomes/a folder", "a file again");
    equal(stage, &here, &there);
    assert_eq!(here.read("becomes/a folder"), "a file again");
}
