//! What two people do to the same tree.

use std::fs;

use crate::program::{Device, assert_equal};
use crate::sample;
use crate::story::Server;

/// The folder that is renamed, and its new name.
const OLD: &str = "made/000";
const NEW: &str = "awkward/renamed é";

/// A folder is renamed. Where the server tells ids, that is one request and
/// no bytes on both sides.
pub fn rename(here: &Device<'_>, there: &Device<'_>, server: Server) {
    fs::rename(here.path(OLD), here.path(NEW)).unwrap();
    let up = here.synced(&[]);
    let down = there.synced(&[]);
    if server == Server::WithIds {
        for report in [&up, &down] {
            assert_eq!(report["counts"]["moved"], 1, "{report:#}");
            assert_eq!(report["bytes_up"], 0, "{report:#}");
            assert_eq!(report["bytes_down"], 0, "{report:#}");
        }
        for what in ["sent", "updated", "folders", "removed_there"] {
            assert_eq!(up["counts"][what], 0, "{up:#}");
        }
    }
    assert!(!there.path(OLD).exists());
    assert_equal(&here.tree(), &there.tree());
}

/// Both sides change: edits, deletions, a move, and one file edited twice.
pub fn both(here: &Device<'_>, there: &Device<'_>) {
    let renamed = |name: &str| format!("{NEW}/{name}");
    here.write(&renamed("1.bin"), "edited here");
    there.write(&renamed("2.bin"), "edited there");
    here.write("new here/a/b.txt", "new here");
    there.write("new there/🚀.txt", "new there");
    fs::remove_file(here.path(&renamed("3.bin"))).unwrap();
    fs::remove_file(there.path(&renamed("4.bin"))).unwrap();
    fs::remove_dir_all(here.path("awkward/empty")).unwrap();
    fs::rename(there.path(&renamed("5.bin")), there.path("awkward/five.bin")).unwrap();
    here.write(&renamed("6.bin"), "six from here");
    there.write(&renamed("6.bin"), "six from there");
    // Deleted here, edited there: the edit wins.
    fs::remove_file(here.path(&renamed("7.bin"))).unwrap();
    there.write(&renamed("7.bin"), "seven lives");

    for device in [here, there, here] {
        device.synced(&[]);
    }
    assert_equal(&here.tree(), &there.tree());
    for device in [here, there] {
        assert_eq!(device.read(&renamed("1.bin")), "edited here");
        assert_eq!(device.read(&renamed("2.bin")), "edited there");
        assert_eq!(device.read("new here/a/b.txt"), "new here");
        assert_eq!(device.read("new there/🚀.txt"), "new there");
        assert_eq!(device.read(&renamed("7.bin")), "seven lives");
        assert_eq!(fs::read(device.path("awkward/five.bin")).unwrap(), sample::bytes(0, 5 * 37));
        for gone in [&renamed("3.bin"), &renamed("4.bin"), &renamed("5.bin"), "awkward/empty"] {
            assert!(!device.path(gone).exists(), "{gone}");
        }
        assert_eq!(sixes(device), ["six from here", "six from there"]);
    }
}

/// All versions of the file that both sides edited.
fn sixes(device: &Device<'_>) -> Vec<String> {
    let entries = fs::read_dir(device.path(NEW)).unwrap().map(Result::unwrap);
    let named = entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with('6'));
    let mut texts: Vec<String> =
        named.filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect();
    texts.retain(|text| text.starts_with("six"));
    texts.sort();
    texts
}
