//! Choosing what is kept, and what is never synced, as people do.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Home, Storage};

/// A home whose folder is configured for a storage that holds some folders.
fn configured(home: &Home, storage: &Storage, add: &[&str]) {
    let account = ["account", "add", "--server", &storage.url, "--user", "alice"];
    let password = ["--password-file", &home.password()];
    assert_eq!(home.run(&[&account[..], &password].concat()).0, 0);
    let other = home.path("other");
    for (path, text) in [("Photos/2019/a.jpg", "2019"), ("Photos/2020/b.jpg", "2020"), ("t", "t")] {
        let path = other.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let words = crate::given(&storage.url, password[1], other.to_str().unwrap());
    assert_eq!(home.run(&words).0, 0);
    assert_eq!(home.run(&[&["folder", "add", &home.folder()][..], add].concat()).0, 0);
}

fn run(home: &Home, words: &[&str]) -> String {
    let password = home.password();
    let all = [words, &["--password-file", &password]].concat();
    let (code, out, err) = home.run(&all);
    assert_eq!(code, 0, "{words:?}: {out}{err}");
    out.replace('\u{a0}', " ")
}

fn settings(home: &Home) -> String {
    let files = walkdir::WalkDir::new(home.path("home")).into_iter().flatten();
    let found = files.map(|entry| entry.path().to_owned());
    let found: Vec<PathBuf> =
        found.filter(|path| path.file_name().is_some_and(|name| name == "settings.toml")).collect();
    fs::read_to_string(&found[0]).unwrap()
}

fn is_there(path: &Path) -> bool {
    path.exists()
}

#[test]
fn folders_are_listed_unticked_and_ticked_again() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&home, &storage, &[]);
    let folder = home.folder();
    // Before anything was ever synced.
    let out = run(&home, &["folder", "select", &folder]);
    assert_eq!(out, "[x] Photos (8 bytes)\n[x] Photos/2019 (4 bytes)\n[x] Photos/2020 (4 bytes)\n");
    assert!(!is_there(&home.path("folder/t")), "a list fetches nothing");
    run(&home, &["sync", &folder]);

    let out = run(&home, &["folder", "select", &folder, "--untick", "Photos/2019"]);
    let expected = "[-] Photos (8 bytes), a part of it\n[ ] Photos/2019 (4 bytes)\n[x] Photos/2020 (4 bytes)\n";
    assert_eq!(out, expected);
    assert!(!is_there(&home.path("folder/Photos/2019")));
    assert!(settings(&home).contains("without = [\"Photos/2019\"]"), "{}", settings(&home));
    let (_, aside, _) = home.run(&["trash", "list", &folder]);
    assert!(aside.contains("Photos/2019/a.jpg"), "{aside}");

    // A rename on the way: the settings get the present path.
    fs::rename(home.path("folder/Photos"), home.path("folder/Pictures")).unwrap();
    run(&home, &["sync", &folder]);
    assert!(settings(&home).contains("without = [\"Pictures/2019\"]"), "{}", settings(&home));

    let words = ["folder", "select", &folder, "--untick", "Pictures/2020", "--keep", "--json"];
    let told: Value = serde_json::from_str(&run(&home, &words)).unwrap();
    let ticks = |told: &Value| {
        let list = told["folders"].as_array().unwrap().clone();
        let one = |folder: &Value| format!("{}: {}", folder["path"], folder["tick"]);
        list.iter().map(one).collect::<Vec<_>>().join(", ").replace('"', "")
    };
    assert_eq!(ticks(&told), "Pictures: part, Pictures/2019: none, Pictures/2020: kept");
    assert!(is_there(&home.path("folder/Pictures/2020/b.jpg")));

    let all = ["folder", "select", &folder, "--tick", "Pictures", "--json"];
    let told: Value = serde_json::from_str(&run(&home, &all)).unwrap();
    assert_eq!(ticks(&told), "Pictures: all, Pictures/2019: all, Pictures/2020: all");
    assert_eq!(fs::read_to_string(home.path("folder/Pictures/2019/a.jpg")).unwrap(), "2019");
    assert!(!settings(&home).contains("without"), "{}", settings(&home));
}

#[test]
fn a_folder_is_chosen_when_it_is_added_and_in_the_settings() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    configured(&home, &storage, &["--without", "Photos/2019"]);
    let folder = home.folder();
    run(&home, &["sync", &folder]);
    assert!(is_there(&home.path("folder/Photos/2020/b.jpg")));
    assert!(!is_there(&home.path("folder/Photos/2019")));
    // The journal is lost: the settings know.
    let state = walkdir::WalkDir::new(home.path("home")).into_iter().flatten();
    for entry in state.filter(|entry| entry.file_name().to_string_lossy().starts_with("journal.")) {
        fs::remove_file(entry.path()).unwrap();
    }
    run(&home, &["sync", &folder]);
    assert!(!is_there(&home.path("folder/Photos/2019")));
    // Somebody edits them.
    let path = walkdir::WalkDir::new(home.path("home")).into_iter().flatten();
    let path = path.into_iter().find(|entry| entry.file_name() == "settings.toml").unwrap();
    let text = fs::read_to_string(path.path()).unwrap();
    fs::write(path.path(), text.replace("Photos/2019", "Photos/2020")).unwrap();
    run(&home, &["sync", &folder]);
    assert!(is_there(&home.path("folder/Photos/2019/a.jpg")));
    let out = run(&home, &["folder", "select", &folder]);
    assert!(out.contains("Photos/2020 (4 bytes); the copy here is not synced"), "{out}");
}

#[test]
fn what_cannot_be_chosen_ends_with_2() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&home, &storage, &[]);
    let (folder, password) = (home.folder(), home.password());
    for words in [
        &["folder", "select", &folder, "--untick", "Nothing"][..],
        &["folder", "select", &folder, "--untick", "t"],
        &["folder", "select", &folder, "--untick", "/"],
        &["folder", "select", &folder, "--keep"],
        &["folder", "select", &folder, "--untick", "Photos", "--keep", "--trash"],
    ] {
        let all = [words, &["--password-file", &password]].concat();
        let (code, out, err) = home.run(&all);
        assert_eq!((code, out.as_str()), (2, ""), "{words:?}: {err}");
        assert!(!err.is_empty(), "{words:?}");
    }
}

#[test]
fn lines_are_added_listed_and_tested() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&home, &storage, &[]);
    let folder = home.folder();
    let said = |words: &[&str]| {
        let (code, out, err) = home.run(words);
        assert_eq!((code, err.as_str()), (0, ""), "{words:?}: {out}");
        out
    };
    said(&["ignore", "add", "*.iso", &folder]);
    said(&["ignore", "add", "!keep.bak"]);
    said(&["ignore", "add", "/build/", &folder, "--only-here"]);
    said(&["ignore", "add", "*.bak", "--everywhere"]);
    assert_eq!(
        fs::read_to_string(home.path("folder/.navetteignore")).unwrap(),
        "*.iso\n!keep.bak\n"
    );
    let list = said(&["ignore", "list"]);
    let expected = "*.bak  (for everything)\n/build/  (of the folder, in the settings)\n\
                    *.iso  (.navetteignore)\n!keep.bak  (.navetteignore)\n";
    assert_eq!(list, expected);
    assert!(said(&["ignore", "list", &folder, "--all"]).contains("*~  (built in)\n"));

    fs::create_dir(home.path("folder/build")).unwrap();
    fs::write(home.path("folder/a.iso"), "a").unwrap();
    let test = |path: &str| said(&["ignore", "test", home.path(path).to_str().unwrap()]);
    let out = test("folder/a.iso");
    assert_eq!(
        out,
        "a.iso is not synced, as a file: “*.iso” (.navetteignore, line 1) matches a.iso.\n"
    );
    let out = test("folder/build/x/y");
    assert_eq!(out.lines().count(), 2, "as a file, and as a folder: {out}");
    assert!(out.contains("“/build/” (of the folder, in the settings, line 1) matches build."));
    let out = test("folder/keep.bak");
    assert!(out.contains("keep.bak is synced, as a file: “!keep.bak” (.navetteignore, line 2)"));
    assert_eq!(test("folder/t/"), "t is synced: no line matches it, as a folder.\n");
    let json = said(&["ignore", "test", "--json", home.path("folder/x~").to_str().unwrap()]);
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&told["ignored"], &told["rule"]["level"]), (&true.into(), &"built-in".into()));

    fs::write(home.path("folder/build/x"), "x").unwrap();
    fs::write(home.path("folder/c.bak"), "c").unwrap();
    fs::write(home.path("folder/keep.bak"), "k").unwrap();
    run(&home, &["sync", &folder]);
    let (other, password) = (home.path("other"), home.password());
    let words = crate::given(&storage.url, &password, other.to_str().unwrap());
    assert_eq!(home.run(&words).0, 0);
    for (name, comes) in [("keep.bak", true), ("c.bak", false), ("a.iso", false), ("build", false)]
    {
        assert_eq!(is_there(&other.join(name)), comes, "{name}");
    }

    let (code, _, err) = home.run(&["ignore", "add", "{a", &folder]);
    assert!(code == 2 && err.contains("“{a” is no ignore rule"), "{err}");
    assert_eq!(home.run(&["ignore", "test", "/nowhere/x"]).0, 2);
    let (_, out, _) = home.french(&["ignore", "test", home.path("folder/a.iso").to_str().unwrap()]);
    assert!(out.contains("a.iso n’est pas synchronisé, comme fichier"), "{out}");
}
