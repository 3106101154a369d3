//! The log that a watch keeps, and the archive for whoever helps.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::watching::Watch;
use crate::{Home, PASSWORD, Storage};

/// What the archive at `path` holds.
fn parts(path: &Path) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut parts = BTreeMap::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.insert(part.name().unwrap().into_owned(), text);
    }
    parts
}

/// A configured pair whose log tells of files by name.
fn stage() -> (Home, Storage) {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    let account = ["account", "add", "--server", &storage.url, "--user", "alice"];
    assert_eq!(home.run(&[&account[..], &["--password-file", &home.password()]].concat()).0, 0);
    assert_eq!(home.run(&["folder", "add", &home.folder()]).0, 0);
    fs::create_dir(home.path("folder/Steuern")).unwrap();
    fs::write(home.path("folder/Steuern/Bescheid Müller.pdf"), "x").unwrap();
    let mut watch = Watch::start(&home, &storage.url);
    watch.until_state("up-to-date");
    assert_eq!(watch.end(), Some(0));
    drop(watch);
    let words = ["sync", &home.folder(), "--password-file", &home.password()];
    assert_eq!(home.run(&words).0, 0);
    (home, storage)
}

#[test]
fn an_archive_holds_neither_secrets_nor_names_unless_names_are_wanted() {
    let (home, storage) = stage();
    let (plain, named) = (home.path("plain.zip"), home.path("named.zip"));
    let password = home.password();
    let words = ["diagnose", plain.to_str().unwrap(), "--password-file", &password];
    let (code, out, err) = home.run(&words);
    assert!(code == 0 && out.contains("without passwords and without names"), "{out}{err}");
    let found = parts(&plain);
    let expected = [
        "about.json",
        "log/navette.log",
        "pair-1/doctor.json",
        "pair-1/journal.json",
        "settings.json",
    ];
    assert_eq!(found.keys().collect::<Vec<_>>(), expected);
    let port = storage.url.rsplit(':').next().unwrap();
    for (name, text) in &found {
        for word in [
            "Steuern",
            "Bescheid",
            "Müller",
            "pdf",
            "alice",
            "folder/",
            "127.0.0.1",
            port,
            PASSWORD,
        ] {
            // Numbers of rows and bytes may look like a port.
            assert!(!text.contains(word) || word == port, "{name}: {word}: {text}");
        }
    }
    let log = &found["log/navette.log"];
    assert!(log.contains("step starts") && log.contains("\"path\":\"name-"), "{log}");
    let journal: Value = serde_json::from_str(&found["pair-1/journal.json"]).unwrap();
    assert_eq!((&journal["agreed"], &journal["here"]), (&2.into(), &2.into()), "{journal}");
    let doctor: Value = serde_json::from_str(&found["pair-1/doctor.json"]).unwrap();
    assert!(
        doctor.as_array().unwrap().iter().any(|line| line["finding"] == "signed-in"),
        "{doctor}"
    );

    let words = ["diagnose", named.to_str().unwrap(), "--with-names", "--password-file", &password];
    let (code, out, err) = home.run(&words);
    assert!(code == 0 && out.contains("with names of files"), "{out}{err}");
    let found = parts(&named);
    assert!(found["log/navette.log"].contains("Steuern/Bescheid Müller.pdf"), "{found:?}");
    assert!(found["settings.json"].contains("alice@127.0.0.1"), "{found:?}");
    assert!(found.values().all(|text| !text.contains(PASSWORD)), "{found:?}");
    // Nothing is overwritten.
    let (code, _, err) = home.run(&words);
    assert!(code == 6 && err.contains("cannot be written"), "{err}");
}

#[test]
fn a_watch_keeps_a_log_without_the_password_and_none_if_told_so() {
    let (home, storage) = stage();
    let logs = || {
        let found = walkdir::WalkDir::new(home.path("home")).into_iter().filter_map(Result::ok);
        let found = found.filter(|entry| entry.file_name() == "navette.log");
        found.map(|entry| entry.into_path()).collect::<Vec<_>>()
    };
    let [log] = logs().try_into().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    assert!(!text.contains(PASSWORD) && text.lines().count() > 2, "{text}");
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["message"].is_string() && line["target"].is_string(), "{line}");
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&log).unwrap().permissions());
    assert_eq!(mode & 0o077, 0);
    fs::remove_file(&log).unwrap();
    let mut watch = Watch::with(&home, &storage.url, &["--no-log"]);
    watch.until_state("up-to-date");
    assert_eq!(watch.end(), Some(0));
    assert_eq!(logs(), Vec::<std::path::PathBuf>::new());
}
