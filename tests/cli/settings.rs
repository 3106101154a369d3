//! Accounts and folders: they come and go, and say what is wrong with them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Home, Storage, given};

#[test]
fn accounts_and_folders_come_and_go_without_a_keychain() {
    let home = Home::new();
    let folder = home.folder();
    // Nothing answers there: the account is added all the same, and said to be untried.
    let add = ["account", "add", "--server", "http://127.0.0.1:9", "--user", "alice"];
    let (code, out, err) = home.run(&[&add[..], &["--password-file", &home.password()]].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("alice@127.0.0.1:9 added"), "{out}");
    assert!(out.contains("It has not been tried yet: 127.0.0.1:9 is there, but"), "{out}");
    assert!(out.contains("no keychain, so nothing was stored"), "{out}");
    assert_eq!(home.run(&add).0, 2);

    let (_, out, _) = home.run(&["account", "list"]);
    assert_eq!(out, "alice@127.0.0.1:9: alice on http://127.0.0.1:9\n");
    let (code, out, err) = home.run(&["folder", "add", &folder, "--remote-path", "Work/"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("/Work of alice@127.0.0.1:9"), "{out}");
    fs::create_dir(home.path("folder/inner")).unwrap();
    let (code, _, err) = home.run(&["folder", "add", &format!("{folder}/inner")]);
    assert!(code == 2 && err.contains("overlaps"), "{err}");
    let (code, _, err) = home.run(&["folder", "add", home.path("").to_str().unwrap()]);
    assert!(code == 2 && err.contains("holds Navette’s own journal"), "{err}");

    let (_, out, _) = home.french(&["folder", "list"]);
    assert_eq!(out, format!("{folder}\u{a0}: /Work de alice@127.0.0.1:9\n"));
    assert_eq!(home.run(&["account", "remove", "alice@127.0.0.1:9"]).0, 2);
    assert_eq!(home.run(&["folder", "remove", &folder]).0, 0);
    assert_eq!(home.run(&["account", "remove", "alice@127.0.0.1:9"]).0, 0);
    let (code, out, _) = home.run(&["folder", "list"]);
    assert_eq!((code, out.as_str()), (0, "No folder is configured.\n"));
}

#[test]
fn an_account_is_tried_when_it_is_added_and_listed_by_its_name_and_login() {
    for dialect in ["nextcloud", "owncloud10", "ocis"] {
        let home = Home::new();
        let words = ["--email", "ann@example.test", "--display-name", "Ann Lée"];
        let storage = Storage::with(&home, dialect, &words);
        let add = ["account", "add", "--server", &storage.url, "--password-file", &home.password()];
        fs::write(home.path("wrong"), "wrong").unwrap();
        let wrong = home.path("wrong");
        let wrong = ["account", "add", "--server", &storage.url, "--password-file"]
            .into_iter()
            .chain([wrong.to_str().unwrap(), "--user", "alice"])
            .collect::<Vec<_>>();
        let (code, out, err) = home.run(&wrong);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("does not accept this login and password"), "{err}");

        let (code, out, err) = home.run(&[&add[..], &["--user", "ann@example.test"]].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        let (_, out, _) = home.run(&["account", "list"]);
        let said = format!("Ann Lée, with the login ann@example.test, on {}\n", storage.url);
        assert!(out.ends_with(&said), "{out}");

        let folder = home.folder();
        fs::write(home.path("folder/a.txt"), "by e-mail").unwrap();
        assert_eq!(home.run(&["folder", "add", &folder]).0, 0);
        let sync = ["sync", &folder, "--password-file", &home.password()];
        let (code, out, err) = home.run(&sync);
        assert_eq!(code, 0, "{out}{err}");
        fs::create_dir(home.path("other")).unwrap();
        let other = home.path("other");
        let other = other.to_str().unwrap();
        assert_eq!(home.run(&given(&storage.url, &home.password(), other)).0, 0);
        assert_eq!(fs::read_to_string(home.path("other/a.txt")).unwrap(), "by e-mail");
    }
}

#[test]
fn a_folder_is_paired_with_a_space_by_its_name() {
    let home = Home::new();
    let storage = Storage::with(&home, "ocis", &["--space", "Design", "--space", "Plans"]);
    let (folder, password) = (home.folder(), home.password());
    let add = ["account", "add", "--server", &storage.url, "--user", "alice"];
    assert_eq!(home.run(&[&add[..], &["--password-file", &password]].concat()).0, 0);
    let to = |space| ["folder", "add", &folder, "--password-file", &password, "--space", space];
    let (code, out, err) = home.run(&to("design"));
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("You have no space called design on 127.0.0.1"), "{err}");
    assert!(err.contains("“Design” (") && err.contains("“alice” ("), "{err}");
    let (code, _, err) = home.run(&to("Design"));
    assert_eq!(code, 0, "{err}");

    fs::write(home.path("folder/draft.txt"), "in the space").unwrap();
    let (code, out, err) = home.run(&["sync", &folder, "--password-file", &password]);
    assert_eq!(code, 0, "{out}{err}");
    for (name, words) in [("again", &["--space", "Design"][..]), ("own", &[])] {
        fs::create_dir(home.path(name)).unwrap();
        let dir = home.path(name);
        let words = [&given(&storage.url, &password, dir.to_str().unwrap())[..], words].concat();
        let (code, out, err) = home.run(&words);
        assert_eq!(code, 0, "{out}{err}");
    }
    assert_eq!(fs::read_to_string(home.path("again/draft.txt")).unwrap(), "in the space");
    assert!(!home.path("own/draft.txt").exists(), "the space is not in the own storage");
}

#[test]
fn a_missing_folder_ends_with_6() {
    let home = Home::new();
    let gone = home.path("gone");
    let (code, out, err) =
        home.run(&given("http://127.0.0.1:9", &home.password(), gone.to_str().unwrap()));
    assert_eq!((code, out.as_str()), (6, ""));
    assert!(err.contains("is not here"), "{err}");
}

#[test]
fn settings_that_cannot_be_understood_end_with_6_and_stay() {
    let home = Home::new();
    assert_eq!(home.run(&["account", "add", "--server", "a.org", "--user", "b"]).0, 0);
    let file = find(&home.path("home"), "settings.toml").unwrap();
    fs::write(&file, "version = [").unwrap();
    let (code, _, err) = home.run(&["account", "list"]);
    assert!(code == 6 && err.contains("line 1"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "version = [");
}

fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.file_name() == name)
        .map(walkdir::DirEntry::into_path)
}
