//! Conflict names.

use futures::executor::block_on;

use super::lab::{Lab, path};
use crate::execute::conflict::beside;

#[test]
fn conflict_names_are_counted_and_replace_nothing() {
    let lab = Lab::new();
    for bytes in ["one", "two", "three"] {
        lab.world.disk.user().create(&path("a.txt"), bytes.as_bytes()).unwrap();
        block_on(beside(&lab.world, &path("a.txt"), &path("a.txt"))).unwrap();
    }
    let shown = lab.shown_here();
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(shown.iter().all(|name| name.starts_with("a (conflict 2026-")), "{shown:?}");
    assert!(["one", "two", "three"].iter().all(|bytes| lab.shows_here(bytes)));
}

#[test]
fn a_copy_whose_folder_is_gone_goes_to_the_root() {
    let lab = Lab::new();
    lab.world.disk.user().create(&path("a"), b"bytes").unwrap();
    let at = block_on(beside(&lab.world, &path("a"), &path("gone/a"))).unwrap();
    assert!(at.parent().unwrap().is_root());
    assert!(lab.shows_here("bytes"));
}
