//! Questions that are answered while the folder is watched, and while it is not.

use std::fs;

use serde_json::{Value, json};

use crate::watching::{Watch, files};
use crate::{Home, Storage, given};

/// Thirty files that both sides have.
fn watched<'a>(home: &'a Home, storage: &Storage) -> Watch<'a> {
    for file in 0..30 {
        fs::write(home.path(&format!("folder/{file:02}")), "x").unwrap();
    }
    let watch = Watch::start(home, &storage.url);
    watch.until("sent", files(30));
    watch
}

fn lose(home: &Home, which: std::ops::Range<u32>) {
    which.for_each(|file| fs::remove_file(home.path(&format!("folder/{file:02}"))).unwrap());
}

fn here(home: &Home) -> usize {
    let entries = fs::read_dir(home.path("folder")).unwrap().flatten();
    entries.filter(|entry| entry.file_name() != ".navette").count()
}

fn braked(pair: &Value) -> bool {
    pair["state"] == "needs-you"
}

#[test]
fn held_deletions_are_answered_both_ways_while_the_folder_is_watched() {
    for dialect in ["nextcloud", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let watch = watched(&home, &storage);
        lose(&home, 0..25);
        watch.until("braked", braked);
        let (code, out, err) = home.run(&["decide", &home.folder(), "restore", "--side", "here"]);
        assert!(code == 2 && err.contains("Nothing like that is asked"), "{code} {out} {err}");
        let (code, out, err) = home.run(&["decide", &home.folder(), "restore"]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        assert_eq!(here(&home), 30, "they are back");
        lose(&home, 0..25);
        watch.until("braked", braked);
        let (code, out, err) = home.run(&["decide", &home.folder(), "delete", "--json"]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        let told: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&told["watched"]["files"], here(&home)), (&json!(5), 5), "{told:#}");
        // Nothing is asked twice, and later deletions are nobody's accident.
        let (code, _, err) = home.run(&["decide", &home.folder(), "delete"]);
        assert_eq!(code, 2, "{err}");
        lose(&home, 25..26);
        watch.until("gone, too", files(4));
    }
}

#[test]
fn a_sync_that_allows_deletions_answers_whoever_watches() {
    let home = Home::new();
    let storage = Storage::start(&home, "ocis");
    let watch = watched(&home, &storage);
    lose(&home, 0..25);
    watch.until("braked", braked);
    let (password, folder) = (home.password(), home.folder());
    let words = given(&storage.url, &password, &folder);
    let (code, out, _) = home.run(&[&words[..], &["--allow-deletes=24"]].concat());
    assert!(code == 4 && out.contains("25 files of 30"), "that is not enough: {code} {out}");
    let (code, out, err) = home.run(&[&words[..], &["--allow-deletes=25"]].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    watch.until("gone there", files(5));
    let (code, _, err) = home.run(&[&words[..], &["--start-anew"]].concat());
    assert!(code == 2 && err.contains("Nothing like that is asked"), "{code} {err}");
}

#[test]
fn without_anybody_who_watches_the_command_asks_and_answers_by_itself() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    drop(watched(&home, &storage));
    let (password, folder) = (home.password(), home.folder());
    let words = |answer: &'static str| {
        let mut words = vec!["decide", &folder, answer, "--server", &storage.url];
        words.extend(["--user", "alice", "--password-file", &password]);
        words
    };
    let (code, _, err) = home.run(&words("delete"));
    assert!(code == 2 && err.contains("Nothing like that is asked"), "{code} {err}");
    lose(&home, 0..25);
    let (code, out, _) = home.run(&words("restore"));
    assert_eq!((code, here(&home)), (0, 30), "{out}");
    lose(&home, 0..25);
    let (code, out, _) = home.run(&words("delete"));
    assert!(code == 0 && out.contains("Deleted on the server: 25"), "{code} {out}");
    let (code, out, _) = home.run(&words("compare"));
    assert!(code == 0 && here(&home) == 5, "{code} {out}");
}
