//! At a gate: `sync --start-anew` is its user's decision.

use std::fs;
use std::path::Path;

use crate::program::{Home, Storage, assert_equal};
use crate::{fill, refused};

#[test]
fn whoever_starts_anew_in_an_emptied_folder_gets_everything_back() {
    for dialect in ["nextcloud", "owncloud10", "ocis", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let device = home.device("folder", storage.url());
        fill(&device, 12);
        device.synced(&[]);
        let tree = device.tree();
        fs::remove_dir_all(&device.folder).unwrap();
        fs::create_dir(&device.folder).unwrap();
        refused(&device, &[], 4, "without Navette’s marker");

        // What has been made here meanwhile is nobody's to overwrite.
        device.write("top.txt", "another one");
        let report = device.synced(&["--start-anew"]);
        assert_eq!(report["counts"]["removed_there"], 0, "{dialect}: {report:#}");
        assert_eq!(report["counts"]["conflicts"], 1, "{dialect}: {report:#}");
        let now = device.tree();
        assert_eq!(now.len(), tree.len() + 1, "{dialect}: {now:?}");
        let both = now.keys().filter(|path| path.to_string_lossy().starts_with("top"));
        assert_eq!(both.count(), 2, "{dialect}: {now:?}");
        let other = home.device("other", storage.url());
        other.synced(&[]);
        assert_equal(&now, &other.tree());
    }
}

#[test]
fn whoever_starts_anew_with_the_copy_of_another_computers_folder_loses_and_repeats_nothing() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("one", storage.url());
    fill(&device, 12);
    device.synced(&[]);
    let other = home.device("two", storage.url());
    other.synced(&[]);
    // The second one is replaced by a copy of the first, marker and all, and
    // the first one goes on.
    fs::remove_dir_all(&other.folder).unwrap();
    copy(&device.folder, &other.folder);
    device.write("folder/0.txt", "edited at the first");
    device.synced(&[]);
    refused(&other, &[], 4, "another computer or another pair");

    let report = other.synced(&["--start-anew", "--verify"]);
    assert_eq!(report["counts"]["removed_there"], 0, "{report:#}");
    device.synced(&[]);
    assert_equal(&device.tree(), &other.tree());
    let tree = other.tree();
    let versions = tree.keys().filter(|path| path.to_string_lossy().starts_with("folder/0"));
    assert_eq!(versions.count(), 2, "which is the newer one nobody can know: {tree:?}");
    other.synced(&[]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
