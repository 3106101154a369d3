//! A journal that is damaged or lost: everything is compared, nothing deleted.

use std::fs;

use crate::program::{Device, Home, Storage, assert_equal};

/// Damages the journal of a pair that is in sync, lets both sides change, and
/// makes sure that they end up equal and that nothing is lost.
fn survives(dialect: &str, damage: fn(&Device<'_>)) {
    let home = Home::new();
    let storage = Storage::start(&home, dialect);
    let here = home.device("here", storage.url());
    let there = home.device("there", storage.url());
    crate::fill(&here, 30);
    here.synced(&[]);
    there.synced(&[]);
    let tree = here.tree();

    damage(&here);
    here.synced(&[]);
    assert_equal(&tree, &here.tree());

    damage(&here);
    here.write("new here.txt", "new here");
    there.write("new there.txt", "new there");
    there.write("folder/3.txt", "edited there");
    for device in [&there, &here, &there] {
        device.synced(&[]);
    }
    assert_equal(&here.tree(), &there.tree());
    assert!(tree.keys().all(|path| here.path(path.to_str().unwrap()).exists()));
    assert_eq!(there.read("new here.txt"), "new here");
    assert_eq!(here.read("new there.txt"), "new there");
    assert_eq!(here.read("folder/3.txt"), "edited there");
}

fn overwrite(device: &Device<'_>, which: fn(&str) -> bool) {
    let mut damaged = 0;
    for entry in fs::read_dir(&device.state).unwrap().map(Result::unwrap) {
        if which(entry.file_name().to_str().unwrap()) {
            fs::write(entry.path(), "garbage ".repeat(1000)).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged > 0);
}

#[test]
fn a_damaged_journal_loses_nothing() {
    for dialect in ["nextcloud", "plain"] {
        survives(dialect, |device| overwrite(device, |name| name == "journal.db"));
    }
}

#[test]
fn a_journal_damaged_with_all_its_copies_loses_nothing() {
    for dialect in ["nextcloud", "plain"] {
        survives(dialect, |device| overwrite(device, |name| name.ends_with(".db")));
    }
}

#[test]
fn a_lost_journal_loses_nothing() {
    for dialect in ["nextcloud", "plain"] {
        survives(dialect, |device| fs::remove_dir_all(&device.state).unwrap());
    }
}
