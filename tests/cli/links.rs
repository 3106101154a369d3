//! Links within the folder, followed because somebody wishes it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::{Home, Storage, given};

fn configured(home: &Home, storage: &Storage) {
    let account = ["account", "add", "--server", &storage.url, "--user", "alice"];
    let password = ["--password-file", &home.password()];
    assert_eq!(home.run(&[&account[..], &password].concat()).0, 0);
    assert_eq!(home.run(&["folder", "add", &home.folder()]).0, 0);
}

fn run(home: &Home, words: &[&str], code: i32) -> String {
    let (ended, out, err) = home.run(words);
    assert_eq!(ended, code, "{words:?}: {out}{err}");
    out.replace('\u{a0}', " ")
}

fn sync(home: &Home, code: i32) -> String {
    run(home, &["sync", &home.folder(), "--password-file", &home.password()], code)
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn links_are_skipped_and_said_or_followed_and_nothing_is_written_through_them() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&home, &storage);
    let (here, folder) = (home.path("folder"), home.folder());
    write(&here.join("raw/run 1/a.csv"), "1,2");
    symlink("raw/run 1", here.join("latest")).unwrap();
    symlink("raw/run 1/a.csv", here.join("best.csv")).unwrap();
    let said = sync(&home, 0);
    assert!(said.contains("latest") && said.contains("A link, pipe"), "{said}");

    run(&home, &["config", "set", "links", "follow", "--folder", &folder], 0);
    sync(&home, 0);
    let other = home.path("other");
    fs::create_dir(&other).unwrap();
    let password = home.password();
    let there = given(&storage.url, &password, other.to_str().unwrap());
    assert_eq!(home.run(&there).0, 0);
    for path in ["raw/run 1/a.csv", "latest/a.csv", "best.csv"] {
        assert_eq!(fs::read_to_string(other.join(path)).unwrap(), "1,2", "{path}");
    }
    run(&home, &["check", &folder, "--password-file", &home.password()], 0);

    // What the link names changes: it does so wherever it is seen.
    fs::write(here.join("raw/run 1/a.csv"), "1,2,3").unwrap();
    sync(&home, 0);
    assert_eq!(home.run(&there).0, 0);
    for path in ["raw/run 1/a.csv", "latest/a.csv", "best.csv"] {
        assert_eq!(fs::read_to_string(other.join(path)).unwrap(), "1,2,3", "{path}");
    }

    // What changes there is not written through a link, and said.
    fs::write(other.join("best.csv"), "changed there").unwrap();
    fs::write(other.join("latest/new.csv"), "new there").unwrap();
    assert_eq!(home.run(&there).0, 0);
    let said = sync(&home, 1);
    assert_eq!(said.matches("writes nothing through links").count(), 2, "{said}");
    assert_eq!(fs::read_to_string(here.join("raw/run 1/a.csv")).unwrap(), "1,2,3");
    assert!(!here.join("raw/run 1/new.csv").exists() && here.join("best.csv").is_symlink());
    let said = run(&home, &["explain", &format!("{folder}/best.csv")], 0);
    assert!(said.contains("writes nothing through links"), "{said}");

    // The remedy that is said helps.
    fs::remove_file(here.join("best.csv")).unwrap();
    fs::remove_file(here.join("latest")).unwrap();
    fs::create_dir(here.join("latest")).unwrap();
    fs::copy(here.join("raw/run 1/a.csv"), here.join("latest/a.csv")).unwrap();
    fs::copy(here.join("raw/run 1/a.csv"), here.join("best.csv")).unwrap();
    sync(&home, 0);
    assert_eq!(fs::read_to_string(here.join("best.csv")).unwrap(), "changed there");
    assert_eq!(fs::read_to_string(here.join("latest/new.csv")).unwrap(), "new there");
}

#[test]
fn links_that_are_not_followed_any_more_leave_the_server_as_it_is() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    configured(&home, &storage);
    let here = home.path("folder");
    write(&here.join("raw/a"), "a");
    symlink("raw", here.join("latest")).unwrap();
    run(&home, &["config", "set", "links", "follow"], 0);
    sync(&home, 0);
    run(&home, &["config", "unset", "links"], 0);
    let said = sync(&home, 1);
    assert_eq!(said.matches("A link, pipe").count(), 2, "the link and what is behind it: {said}");
    let other = home.path("other");
    fs::create_dir(&other).unwrap();
    let password = home.password();
    let there = given(&storage.url, &password, other.to_str().unwrap());
    assert_eq!(home.run(&there).0, 0);
    assert_eq!(fs::read_to_string(other.join("latest/a")).unwrap(), "a");
    // Nor does one that leads nowhere any more.
    run(&home, &["config", "set", "links", "follow"], 0);
    fs::rename(here.join("raw"), here.join("raw 2")).unwrap();
    sync(&home, 1);
    assert_eq!(home.run(&there).0, 0);
    assert_eq!(fs::read_to_string(other.join("latest/a")).unwrap(), "a");
    assert_eq!(fs::read_to_string(other.join("raw 2/a")).unwrap(), "a");
    // A link that its user removes is removed there.
    fs::remove_file(here.join("latest")).unwrap();
    sync(&home, 0);
    assert_eq!(home.run(&there).0, 0);
    assert!(!other.join("latest").exists());
}

#[test]
fn bytes_that_a_link_shows_already_are_equal_whatever_version_the_server_has() {
    let home = Home::new();
    let storage = Storage::start(&home, "plain");
    configured(&home, &storage);
    let here = home.path("folder");
    write(&here.join("raw/a"), "one");
    symlink("raw/a", here.join("best")).unwrap();
    run(&home, &["config", "set", "links", "follow"], 0);
    sync(&home, 0);
    let other = home.path("other");
    fs::create_dir(&other).unwrap();
    let password = home.password();
    let there = given(&storage.url, &password, other.to_str().unwrap());
    for text in ["one", "another", "one"] {
        fs::write(other.join("best"), text).unwrap();
        assert_eq!(home.run(&there).0, 0);
    }
    let said = sync(&home, 0);
    assert!(!said.contains("links"), "{said}");
    // What differs is fetched once, and then only said.
    fs::write(other.join("best"), "two").unwrap();
    assert_eq!(home.run(&there).0, 0);
    let said = sync(&home, 1);
    assert!(said.contains("writes nothing through links"), "{said}");
    assert_eq!(fs::read_to_string(here.join("raw/a")).unwrap(), "one");
}
