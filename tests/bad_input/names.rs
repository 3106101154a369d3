//! Names and kinds that cannot be synced hinder nothing else.

use crate::program::{Home, Storage, assert_equal};

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_listed_and_the_rest_is_synced() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    let bad = device.folder.join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
    std::fs::write(&bad, "latin 1").unwrap();
    let (code, report) = device.report(&[]);
    assert_eq!((code, &report["counts"]["sent"]), (1, &4.into()), "{report:#}");
    assert_eq!(report["items"][0]["cause"], "name-not-text", "{report:#}");
    assert!(report["items"][0]["path"].as_str().unwrap().starts_with("caf"), "{report:#}");
    assert_eq!(std::fs::read(&bad).unwrap(), b"latin 1");

    std::fs::rename(&bad, device.path("café.txt")).unwrap();
    device.synced(&[]);
    let other = home.device("other", storage.url());
    other.synced(&[]);
    assert_equal(&device.tree(), &other.tree());
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_mentioned_and_hinder_nothing() {
    let home = Home::new();
    let storage = Storage::start(&home, "plain");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    std::os::unix::fs::symlink("top.txt", device.path("link")).unwrap();
    std::os::unix::fs::symlink("/", device.path("folder/out")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(device.path("pipe")).status().unwrap();
    assert!(made.success());
    let report = device.synced(&[]);
    let items = report["items"].as_array().unwrap();
    let listed: Vec<_> = items.iter().map(|item| item["path"].as_str().unwrap()).collect();
    assert_eq!(listed, ["folder/out", "link", "pipe"], "{report:#}");
    assert!(items.iter().all(|item| item["outcome"] == "skipped"), "{report:#}");
    let other = home.device("other", storage.url());
    other.synced(&[]);
    assert_eq!(other.tree().len(), device.tree().len() - 3);
}

#[cfg(unix)]
#[test]
fn a_name_that_the_server_refuses_stays_here_and_the_rest_is_synced() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    device.write("back\\slash", "stays");
    let (code, report) = device.report(&[]);
    assert_eq!((code, &report["counts"]["sent"]), (1, &4.into()), "{report:#}");
    assert_eq!(report["items"][0]["path"], "back\\slash", "{report:#}");
    assert_eq!(report["items"][0]["outcome"], "held", "{report:#}");
    assert_eq!(device.read("back\\slash"), "stays");
}
