//! Deletions: those that wait, those that are stopped, and the way back.

use std::fs;

use crate::program::{Home, Storage, assert_equal, ended};

#[test]
fn what_waits_is_listed_with_1_if_nobody_wants_to_wait() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 5);
    device.synced(&[]);
    fs::remove_file(device.path("folder/1.txt")).unwrap();
    let (code, report) = device.report(&["--no-wait"]);
    assert_eq!((code, &report["end"]), (1, &"unfinished".into()), "{report:#}");
    assert_eq!(report["items"][0]["path"], "folder/1.txt", "{report:#}");
    assert_eq!(report["items"][0]["outcome"], "waiting", "{report:#}");
    assert!(report["items"][0]["message"].as_str().unwrap().ends_with('.'), "{report:#}");

    let report = device.synced(&[]);
    assert_eq!(report["counts"]["removed_there"], 1, "{report:#}");
}

#[test]
fn deletions_in_masses_wait_for_a_decision() {
    for dialect in ["nextcloud", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let device = home.device("folder", storage.url());
        crate::fill(&device, 40);
        device.synced(&[]);
        let before = device.tree();
        fs::remove_dir_all(device.path("folder")).unwrap();

        let run = device.sync(&[]);
        assert_eq!(run.code, 4, "{}{}", run.out, run.err);
        assert!(run.out.contains("--allow-deletes"), "{}{}", run.out, run.err);
        for words in [&[][..], &["--allow-deletes=39"]] {
            let (code, report) = device.report(words);
            assert_eq!((code, &report["end"]), (4, &"braked".into()), "{report:#}");
            assert_eq!(report["brakes"][0]["paths"].as_array().unwrap().len(), 40, "{report:#}");
            assert_eq!(report["counts"]["removed_there"], 0, "{report:#}");
        }
        let other = home.device("other", storage.url());
        other.synced(&[]);
        assert_equal(&before, &other.tree());

        let report = device.synced(&["--allow-deletes=40"]);
        assert!(report["counts"]["removed_there"].as_u64().unwrap() >= 40, "{report:#}");
        assert_eq!(device.tree().len(), 1);
    }
}

#[test]
fn deletions_in_masses_on_the_server_wait_and_the_files_can_come_back() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let here = home.device("here", storage.url());
    let there = home.device("there", storage.url());
    crate::fill(&here, 40);
    here.synced(&[]);
    there.synced(&[]);
    let before = here.tree();
    fs::remove_dir_all(there.path("folder")).unwrap();
    there.synced(&["--allow-deletes"]);

    let (code, report) = here.report(&[]);
    assert_eq!((code, &report["end"]), (4, &"braked".into()), "{report:#}");
    assert_equal(&before, &here.tree());
    here.synced(&["--allow-deletes"]);
    assert_eq!(here.tree().len(), 1);

    let list = ended(here.navette(&["trash", "list"]));
    assert_eq!((list.code, list.out.lines().count()), (0, 40), "{}", list.out);
    let numbers: Vec<_> = list.out.lines().map(|line| line.split_once(": ").unwrap().0).collect();
    let mut restore = here.navette(&["trash", "restore"]);
    restore.args(&numbers);
    let restored = ended(restore);
    assert_eq!(restored.code, 0, "{}{}", restored.out, restored.err);
    assert_equal(&before, &here.tree());

    // What came back is new, and goes everywhere again.
    here.synced(&[]);
    there.synced(&[]);
    assert_equal(&before, &there.tree());
}
