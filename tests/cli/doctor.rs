//! A look at what a pair depends on, and a check of all contents, by the real program.

use std::fs;

use serde_json::Value;

use crate::{Home, Storage, given};

fn synced(dialect: &str) -> (Home, Storage) {
    let home = Home::new();
    let storage = Storage::start(&home, dialect);
    fs::write(home.path("folder/a.txt"), "a").unwrap();
    fs::write(home.path("folder/b.txt"), "b").unwrap();
    assert_eq!(home.run(&given(&storage.url, &home.password(), &home.folder())).0, 0);
    (home, storage)
}

/// The words of a command about the pair, with everything given.
fn about<'a>(home: &'a [String; 2], url: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    let [password, folder] = home;
    let side = ["--server", url, "--user", "alice", "--password-file", password.as_str(), folder];
    [words, &side].concat()
}

fn graded<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    let findings = document["pairs"][0]["findings"].as_array().unwrap();
    findings.iter().filter(|finding| finding["finding"] == name).collect()
}

#[test]
fn the_doctor_looks_at_both_sides_and_names_what_is_lacking() {
    let (home, storage) = synced("nextcloud");
    let given = [home.password(), home.folder()];
    let (code, out, err) = home.run(&about(&given, &storage.url, &["doctor", "--json"]));
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    assert_eq!((code, &document["exit"]), (0, &0.into()), "{document:#}");
    for name in [
        "room",
        "names",
        "dates",
        "ids",
        "exchange",
        "journal",
        "proxy",
        "signed-in",
        "clock",
        "tls",
    ] {
        let [finding] = graded(&document, name)[..] else { panic!("{name}: {document:#}") };
        assert_eq!(finding["grade"], "ok", "{finding}");
    }
    let keychain = graded(&document, "keychain")[0];
    assert_eq!(
        (&keychain["grade"], &keychain["values"]["keychain"]),
        (&"remark".into(), &"none".into())
    );
    assert!(graded(&document, "lacks").iter().any(|lack| lack["values"]["lack"] == "checksums"));
    let defects = graded(&document, "defect");
    assert_eq!(defects[0]["values"]["defect"], "torn-overwrites", "{document:#}");
    let signed_in = graded(&document, "signed-in")[0];
    assert!(
        signed_in["values"]["product"].as_str().unwrap().starts_with("Nextcloud "),
        "{signed_in}"
    );
    for entry in fs::read_dir(home.path("folder/.navette")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            ["marker", "lock", "clock", "staging", "aside"].iter().any(|ours| name == *ours),
            "{name:?}"
        );
    }
    let (code, out, _) = home.french(&about(&given, &storage.url, &["doctor"]));
    assert!(code == 0 && out.contains("en ordre\u{a0}: Le journal est lisible."), "{out}");
    assert!(out.contains("Le serveur est cet ordinateur"), "{out}");
}

#[test]
fn the_doctor_says_what_stands_in_the_way() {
    let (home, storage) = synced("owncloud10");
    let url = storage.url.clone();
    drop(storage);
    let given = [home.password(), home.folder()];
    let (code, out, _) = home.run(&about(&given, &url, &["doctor"]));
    assert!(
        code == 1 && out.contains("trouble: ") && out.contains("refuses the connection"),
        "{out}"
    );
    fs::write(home.path("password"), "").unwrap();
    let (code, out, _) = home.run(&["doctor", "--server", &url, "--user", "alice", &home.folder()]);
    assert!(code == 0 && out.contains("nobody gave the password"), "{out}");
    let (code, _, err) = home.run(&["doctor"]);
    assert!(code == 2 && err.contains("There is no folder to watch"), "{err}");
}

#[test]
fn a_check_tells_equal_from_different_and_changes_nothing() {
    let (home, storage) = synced("owncloud10");
    let given = [home.password(), home.folder()];
    let (code, out, err) = home.run(&about(&given, &storage.url, &["check", "--json"]));
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    assert_eq!((code, &document["pairs"][0]["equal"]), (0, &2.into()), "{document:#}");
    fs::write(home.path("folder/a.txt"), "A").unwrap();
    fs::remove_file(home.path("folder/b.txt")).unwrap();
    fs::write(home.path("folder/c.txt"), "c").unwrap();
    let (code, out, err) = home.run(&about(&given, &storage.url, &["check"]));
    assert_eq!(code, 1, "{out}{err}");
    for line in [
        "a.txt: One side has changed since the last sync.",
        "b.txt: Only on the server.",
        "c.txt: Only on this computer.",
        "3 differences. Nothing has been changed.",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    assert_eq!(fs::read_to_string(home.path("folder/a.txt")).unwrap(), "A");
    assert!(!home.path("folder/b.txt").exists());
}

#[test]
fn a_check_runs_beside_whoever_holds_the_folder_and_downloads_when_asked() {
    let (home, storage) = synced("plain");
    let lock = fs::File::options().write(true).open(home.path("folder/.navette/lock")).unwrap();
    lock.lock().unwrap();
    let given = [home.password(), home.folder()];
    let (code, out, err) =
        home.run(&about(&given, &storage.url, &["check", "--download", "--json"]));
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let pair = &document["pairs"][0];
    assert_eq!(
        (code, &pair["equal"], &pair["fetched_bytes"]),
        (0, &2.into(), &2.into()),
        "{pair:#}"
    );
}
