//! Files in two versions, settled by the real program.

use std::fs;

use serde_json::Value;

use crate::{Home, Storage, given};

/// Lets each of these files stand in two versions in the folder.
fn conflicted(home: &Home, url: &str, files: &[&str]) {
    let (folder, password) = (home.folder(), home.password());
    let other = home.path("other");
    fs::create_dir_all(&other).unwrap();
    let other = other.to_str().unwrap().to_owned();
    let sync = |dir: &str| {
        let (code, out, err) = home.run(&given(url, &password, dir));
        assert_eq!(code, 0, "{out} {err}");
    };
    for file in files {
        let path = home.path(&format!("folder/{file}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "agreed").unwrap();
    }
    sync(&folder);
    sync(&other);
    for file in files {
        fs::write(home.path(&format!("folder/{file}")), "mine").unwrap();
        fs::write(home.path(&format!("other/{file}")), "theirs, longer").unwrap();
    }
    sync(&other);
    sync(&folder);
}

/// Runs `conflicts` with these words, and more that say which pair is meant.
fn conflicts(home: &Home, url: &str, words: &[&str]) -> (i32, String, String) {
    let folder = home.folder();
    // Where files are named, the folder is an option.
    let names = ["list", "undo"].contains(&words[0]);
    let pair: &[&str] = if names { &[&folder] } else { &["--folder", &folder] };
    let pair = [pair, &["--server", url, "--user", "alice"]].concat();
    home.run(&[&["conflicts"], words, &pair[..]].concat())
}

fn json(out: &str) -> Value {
    serde_json::from_str(out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

/// The files of the folder with their bytes, without our own.
fn here(home: &Home) -> Vec<(String, String)> {
    let folder = home.path("folder");
    let entries = walkdir::WalkDir::new(&folder).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| entry.file_name() != ".navette");
    let files = entries.flatten().filter(|entry| entry.file_type().is_file());
    let told = files.map(|file| {
        let path = file.path().strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        (path, fs::read_to_string(file.path()).unwrap())
    });
    told.collect()
}

#[test]
fn a_conflict_is_listed_previewed_settled_and_taken_back() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    conflicted(&home, &storage.url, &["d/a.txt"]);
    let before = here(&home);
    assert_eq!(before.len(), 2, "{before:?}");
    let (code, out, _) = conflicts(&home, &storage.url, &["list"]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, lines[0]), (0, "d/a.txt"), "{out}");
    assert!(lines[1].starts_with("  mine: 4\u{a0}bytes, changed "), "{out}");
    assert!(lines[2].starts_with("  the server’s: 14\u{a0}bytes, changed "), "{out}");
    let document = json(&conflicts(&home, &storage.url, &["list", "--json"]).1);
    let conflict = &document["pairs"][0]["conflicts"][0];
    assert_eq!((&conflict["path"], &conflict["ours"]), (&"d/a.txt".into(), &true.into()));
    assert_eq!(conflict["theirs"]["size"], 14);

    let file = home.path("folder/d/a.txt");
    let file = file.to_str().unwrap();
    let (code, out, _) = conflicts(&home, &storage.url, &["keep-mine", file, "--dry-run"]);
    assert!(code == 0 && out.contains("would get the version of"), "{out}");
    assert_eq!(here(&home), before, "a preview changes nothing");

    let (code, out, err) = conflicts(&home, &storage.url, &["keep-mine", file]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.starts_with("Of d/a.txt the version of d/a (conflict "), "{out}");
    assert_eq!(here(&home), [("d/a.txt".to_owned(), "mine".to_owned())]);
    let (password, folder) = (home.password(), home.folder());
    assert_eq!(home.run(&given(&storage.url, &password, &folder)).0, 0);
    let (code, out, _) = conflicts(&home, &storage.url, &["list"]);
    assert_eq!((code, out.as_str()), (0, "No file stands here in two versions.\n"));

    let (code, out, _) = conflicts(&home, &storage.url, &["undo"]);
    assert!(code == 0 && out.starts_with("Both versions of d/a.txt are back"), "{out}");
    assert_eq!(here(&home), before);
    let (code, _, err) = conflicts(&home, &storage.url, &["undo"]);
    assert!(code == 2 && err.contains("no choice"), "{err}");
    assert_eq!(home.run(&given(&storage.url, &password, &folder)).0, 0);
    assert_eq!(here(&home), before, "and it stays so");
    let (_, told, _) = home.run(&[
        "activity",
        &folder,
        "--server",
        &storage.url,
        "--user",
        "alice",
        "--path",
        "d/a.txt",
    ]);
    for said in ["Kept both versions", "the version of", "are back"] {
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn many_are_settled_by_a_rule_and_what_is_not_said_is_refused() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let files = ["d/a.txt", "d/b.txt", "e/c.txt"];
    conflicted(&home, &storage.url, &files);
    let (code, _, err) = conflicts(&home, &storage.url, &["keep-theirs"]);
    assert!(code == 2 && err.contains("--all"), "{err}");
    let plain = home.path("folder/d/none.txt");
    let words = ["keep-theirs", plain.to_str().unwrap()];
    assert_eq!(conflicts(&home, &storage.url, &words).0, 2);
    let words = ["keep-theirs", "--all", "--older-than", "1h", "--json"];
    let document = json(&conflicts(&home, &storage.url, &words).1);
    assert_eq!(document["pairs"][0]["done"], Value::Array(Vec::new()), "none is so old");
    let words = ["keep-theirs", "--all", "--under", "d", "--json"];
    let document = json(&conflicts(&home, &storage.url, &words).1);
    assert_eq!(document["pairs"][0]["done"].as_array().unwrap().len(), 2, "{document:#}");
    assert_eq!(here(&home).len(), 4);
    let (code, out, _) = conflicts(&home, &storage.url, &["keep-both", "--all"]);
    assert!(code == 0 && out.contains("e/c (2).txt"), "{out}");
    let (password, folder) = (home.password(), home.folder());
    assert_eq!(home.run(&given(&storage.url, &password, &folder)).0, 0);
    assert!(conflicts(&home, &storage.url, &["list"]).1.starts_with("No file"));
    assert_eq!(here(&home).len(), 4);
}

#[test]
fn what_changed_between_the_listing_and_the_choice_is_left_alone() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    conflicted(&home, &storage.url, &["a.txt"]);
    fs::write(home.path("folder/a.txt"), "written meanwhile, not to be lost").unwrap();
    let before = here(&home);
    for choice in ["keep-mine", "keep-theirs"] {
        let (code, out, _) = conflicts(&home, &storage.url, &[choice, "--all"]);
        assert!(code == 1 && out.contains("has changed since"), "{out}");
        assert_eq!(here(&home), before, "{choice}");
    }
}

#[cfg(unix)]
#[test]
fn whoever_watches_the_folder_settles_it_there_and_syncs_it() {
    use crate::watching::{Watch, files};
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    conflicted(&home, &storage.url, &["a.txt", "b.txt"]);
    let before = here(&home);
    let watch = Watch::start(&home, &storage.url);
    watch.until("at rest", files(4));
    let (code, out, err) = conflicts(&home, &storage.url, &["keep-theirs", "--all"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    watch.until("settled and synced", files(2));
    let told =
        home.run(&["activity", &home.folder(), "--server", &storage.url, "--user", "alice"]).1;
    assert!(told.contains("put aside"), "{told}");
    assert_eq!(home.run(&["pause"]).0, 0);
    watch.until_state("paused");
    let (code, out, err) = conflicts(&home, &storage.url, &["undo"]);
    assert_eq!((code, err.as_str()), (0, ""), "a pause is no hindrance: {out}");
    assert_eq!(here(&home), before);
    assert_eq!(home.run(&["resume"]).0, 0);
    watch.until("back on both sides", files(4));
    assert_eq!(here(&home), before);
}
