//! Why the real program says that something is, or is not, in sync.

use std::fs;

use serde_json::Value;

use crate::{Home, Storage, given};

/// Asks about a path in the folder, which has no settings.
fn explained(home: &Home, url: &str, path: &str) -> Value {
    let (folder, path) = (home.folder(), home.path(&format!("folder/{path}")));
    let path = path.to_str().unwrap();
    let words =
        ["explain", path, "--folder", &folder, "--server", url, "--user", "alice", "--json"];
    let (code, out, err) = home.run(&words);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn every_path_in_the_folder_has_an_explanation() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let (folder, password) = (home.folder(), home.password());
    fs::write(home.path("folder/a.txt"), "agreed").unwrap();
    fs::write(home.path("folder/notes~"), "a backup").unwrap();
    let verdict = |path: &str| explained(&home, &storage.url, path)["verdict"].clone();
    assert_eq!(verdict("a.txt"), "not-seen-yet", "before the first run there is no journal");
    assert_eq!(verdict("none"), "unknown");

    let sync = given(&storage.url, &password, &folder);
    assert_eq!(home.run(&sync).0, 0);
    let known = explained(&home, &storage.url, "a.txt");
    assert_eq!(known["verdict"], "in-sync", "{known:#}");
    assert_eq!(known["remote_path"], "/a.txt");
    assert_eq!(
        (&known["here"]["version"]["size"], &known["there"]["version"]["size"]),
        (&6.into(), &6.into())
    );
    assert!(known["agreed"]["etag"].is_string());
    assert_eq!(known["last"][0]["verb"], "sent");
    assert_eq!(known["state"], Value::Null, "nobody watches");

    fs::write(home.path("folder/a.txt"), "changed since").unwrap();
    let changed = explained(&home, &storage.url, "a.txt");
    assert_eq!(
        (&changed["verdict"], &changed["now"]["size"]),
        (&"not-seen-yet".into(), &13.into())
    );
    let never = explained(&home, &storage.url, "notes~");
    assert_eq!(
        (&never["verdict"], &never["rule"]["pattern"]),
        (&"never-synced".into(), &"*~".into())
    );
    assert!(never["said"]["remedy"].as_str().unwrap().contains("Rename it"));
    assert_eq!(verdict(".navette/marker"), "own");
    assert_eq!(verdict(""), "root");

    let path = home.path("folder/a.txt");
    let words = ["explain", path.to_str().unwrap(), "--folder", &folder, "--server", &storage.url];
    let words = [&words[..], &["--user", "alice"]].concat();
    let (_, out, _) = home.run(&words);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("a.txt: No run has seen it yet as it is now."), "{out}");
    assert!(lines.iter().any(|line| line.starts_with("  Here, at this moment: 13")), "{out}");
    assert!(lines.iter().any(|line| line.contains("  Sent a.txt")), "{out}");
    let (_, french, _) = home.french(&words);
    assert!(french.contains("Ici, en ce moment\u{a0}: 13\u{a0}octets"), "{french}");
}

#[test]
fn a_path_outside_of_every_pair_is_wrong_usage() {
    let home = Home::new();
    let (code, out, err) = home.run(&["explain", &home.folder()]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("No pair is configured"), "{err}");
}

#[cfg(unix)]
#[test]
fn whoever_watches_is_asked_what_only_a_run_knows() {
    use crate::watching::{Watch, files};
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let watch = Watch::start(&home, &storage.url);
    fs::write(home.path("folder/fine"), "fine").unwrap();
    fs::create_dir(home.path("folder/.htaccess")).unwrap();
    fs::write(home.path("folder/.htaccess/inner"), "held with it").unwrap();
    watch.until("held", |pair| pair["state"] == "needs-you" && pair["files"] == 1);
    for path in [".htaccess", ".htaccess/inner"] {
        let held = explained(&home, &storage.url, path);
        assert_eq!(
            (&held["verdict"], &held["left"]["path"]),
            (&"left".into(), &".htaccess".into())
        );
        let said = held["said"]["sentence"].as_str().unwrap();
        assert!(said.contains("keeps the name “.htaccess” for itself"), "{said}");
        assert!(held["state"].is_string(), "somebody watches: {held:#}");
    }
    assert_eq!(explained(&home, &storage.url, "fine")["verdict"], "in-sync");
    fs::remove_dir_all(home.path("folder/.htaccess")).unwrap();
    watch.until("at rest", files(1));
}
