//! What two people do to the same tree.

use std::fs;

use crate::program::{Device, assert_equal};
use crate::sample;
use crate::stage::{Stage, Tells};

/// The folder that is renamed, and its new name.
const OLD: &str = "made/000";
const NEW: &str = "awkward/renamed é";

/// The folder whose files are edited.
const EDITED: &str = "made/001";

/// A folder is renamed. Where the server tells ids, that is one request and
/// no bytes on both sides. Elsewhere it is synced with the other edits: that
/// something is gone is believed there only after a minute.
pub fn rename(here: &Device<'_>, there: &Device<'_>, stage: &Stage) {
    if !stage.patient {
        return;
    }
    fs::rename(here.path(OLD), here.path(NEW)).unwrap();
    if stage.tells == Tells::Nothing {
        return;
    }
    let up = here.synced(&[]);
    let down = there.synced(&[]);
    for report in [&up, &down] {
        assert_eq!(report["counts"]["moved"], 1, "{report:#}");
        assert_eq!(report["bytes_up"], 0, "{report:#}");
        assert_eq!(report["bytes_down"], 0, "{report:#}");
    }
    for what in ["sent", "updated", "folders", "removed_there"] {
        assert_eq!(up["counts"][what], 0, "{up:#}");
    }
    assert!(!there.path(OLD).exists());
    assert_equal(&here.tree(), &there.tree());
}

fn edited(name: &str) -> String {
    format!("{EDITED}/{name}")
}

/// Both sides change: edits, deletions, a move, and one file edited twice.
pub fn both(here: &Device<'_>, there: &Device<'_>, stage: &Stage) {
    let ids = stage.tells == Tells::Ids;
    here.write(&edited("1.bin"), "edited here");
    there.write(&edited("2.bin"), "edited there");
    here.write("new here/a/b.txt", "new here");
    there.write("new there/🚀.txt", "new there");
    if stage.patient {
        fs::remove_file(here.path(&edited("3.bin"))).unwrap();
        fs::remove_dir_all(here.path("awkward/empty")).unwrap();
    }
    here.write(&edited("6.bin"), "six from here");
    there.write(&edited("6.bin"), "six from there");
    // Deleted here, edited there: the edit wins.
    fs::remove_file(here.path(&edited("7.bin"))).unwrap();
    there.write(&edited("7.bin"), "seven lives");
    if ids {
        fs::remove_file(there.path(&edited("4.bin"))).unwrap();
        fs::rename(there.path(&edited("5.bin")), there.path("awkward/five.bin")).unwrap();
    }

    let reports = [here, there, here].map(|device| device.synced(&[]));
    assert_equal(&here.tree(), &there.tree());
    if stage.patient && !ids {
        // The folder was renamed on both sides, known by what is in it.
        assert!(reports[..2].iter().all(|it| it["counts"]["moved"] != 0), "{reports:#?}");
        let new = reports[1]["counts"]["fetched"].as_u64().unwrap();
        assert!(new < 10, "{reports:#?}");
    }
    for device in [here, there] {
        assert_eq!(device.read(&edited("1.bin")), "edited here");
        assert_eq!(device.read(&edited("2.bin")), "edited there");
        assert_eq!(device.read("new here/a/b.txt"), "new here");
        assert_eq!(device.read("new there/🚀.txt"), "new there");
        assert_eq!(device.read(&edited("7.bin")), "seven lives");
        assert_eq!(sixes(device), ["six from here", "six from there"]);
        if stage.patient {
            for gone in [OLD, &edited("3.bin"), "awkward/empty"] {
                assert!(!device.path(gone).exists(), "{gone}");
            }
            let moved = fs::read(device.path(NEW).join("9.bin")).unwrap();
            assert_eq!(moved, sample::bytes(0, 9 * 37));
        }
        if ids {
            assert!(!device.path(&edited("4.bin")).exists());
            assert!(!device.path(&edited("5.bin")).exists());
            let five = fs::read(device.path("awkward/five.bin")).unwrap();
            assert_eq!(five, sample::bytes(5, 5 * 37));
        }
    }
}

/// All versions of the file that both sides edited.
fn sixes(device: &Device<'_>) -> Vec<String> {
    let entries = fs::read_dir(device.path(EDITED)).unwrap().map(Result::unwrap);
    let named = entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with('6'));
    let mut texts: Vec<String> =
        named.filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect();
    texts.retain(|text| text.starts_with("six"));
    texts.sort();
    texts
}
