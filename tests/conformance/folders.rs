//! Folders, listings, and what is not there.

use std::collections::BTreeMap;

use navette::model::{Kind, RelPath};
use navette::server::{Dav, Effect, Guard, Server as _, ServerErrorKind as Failed};

use crate::replace;
use crate::support::{failed, get, names, path, put, refused, version};

/// What tells whether this is still the folder that was agreed with (gates).
pub async fn the_root_tells_who_it_is(dav: &Dav) {
    let (root, profile) = (dav.stat(&RelPath::root()).await.unwrap().unwrap(), dav.profile());
    assert_eq!(root.kind, Kind::Dir);
    assert_eq!(root.id.is_some(), profile.file_ids, "an id");
    assert_eq!(root.seen.file_id.is_some(), profile.file_ids, "an id of the file system");
    if profile.tree_etags {
        assert!(root.seen.etag.is_some(), "a version");
    }
    let again = dav.stat(&RelPath::root()).await.unwrap().unwrap();
    assert_eq!((root.id, root.seen.etag), (again.id, again.seen.etag), "and the same again");
}

pub async fn a_folder_is_made_once(dav: &Dav) {
    dav.make_dir(&path("d é")).await.unwrap();
    assert_eq!(failed(dav.make_dir(&path("d é")).await), refused(Failed::Exists));
    put(dav, "f", &Guard::Absent, b"f").await.unwrap();
    assert_eq!(failed(dav.make_dir(&path("f")).await), refused(Failed::Exists));
    assert_eq!(failed(dav.make_dir(&path("no/where")).await), refused(Failed::NotFound));
    let nowhere = failed(put(dav, "no/f", &Guard::Absent, b"f").await);
    // nginx fails of it instead of refusing it: then the client looks again.
    let failed_of_it = (Failed::Status(500), Effect::Unknown);
    assert!(nowhere == refused(Failed::NotFound) || nowhere == failed_of_it, "{nowhere:?}");
    assert_eq!(names(dav, "").await, ["d é", "f"]);
}

/// An absence counts only where the folder is there (I7).
pub async fn what_stands_nowhere_is_absent_only_in_a_folder_that_is_there(dav: &Dav) {
    dav.make_dir(&path("d")).await.unwrap();
    assert!(dav.stat(&path("d/nothing")).await.unwrap().is_none());
    assert_eq!(failed(dav.stat(&path("gone/nothing")).await), refused(Failed::NotFound));
    assert_eq!(failed(dav.list(&path("d/nothing")).await), refused(Failed::NotFound));
    assert_eq!(failed(dav.get(&path("d/nothing")).await), refused(Failed::NotFound));
}

pub async fn a_listing_says_of_its_folder_what_a_question_says(dav: &Dav) {
    dav.make_dir(&path("d")).await.unwrap();
    dav.make_dir(&path("d/inner")).await.unwrap();
    put(dav, "d/file", &Guard::Absent, b"bytes").await.unwrap();
    let listing = dav.list(&path("d")).await.unwrap();
    let asked = dav.stat(&path("d")).await.unwrap().unwrap();
    assert_eq!(listing.dir.seen.etag, asked.seen.etag);
    assert_eq!(listing.dir.seen.file_id, asked.seen.file_id);
    let children: Vec<_> =
        listing.children.iter().map(|(name, child)| (name.as_str(), child.kind)).collect();
    assert_eq!(children, [("file", Kind::File), ("inner", Kind::Dir)]);
    for (name, child) in &listing.children {
        let asked = dav.stat(&path(&format!("d/{name}"))).await.unwrap().unwrap();
        assert_eq!(child.seen, asked.seen, "{name}");
    }
    assert!(listing.server_time.is_some_and(|time| time > 1_600_000_000), "the server's clock");
}

/// What lets folders be passed over that have not changed (I3).
pub async fn a_folder_tells_what_happens_below_it(dav: &Dav) {
    if !dav.profile().tree_etags {
        return;
    }
    let etags = async || {
        let root = dav.stat(&RelPath::root()).await.unwrap().unwrap().seen.etag;
        (root, dav.stat(&path("a")).await.unwrap().unwrap().seen.etag)
    };
    for dir in ["a", "a/b", "a/b/c"] {
        dav.make_dir(&path(dir)).await.unwrap();
    }
    let mut before = etags().await;
    for step in 0..4 {
        match step {
            0 => drop(put(dav, "a/b/c/f", &Guard::Absent, b"f").await.unwrap()),
            1 => {
                let now = version(dav, "a/b/c/f").await;
                replace(dav, "a/b/c/f", &now, b"of another length").await.unwrap();
            }
            2 => {
                let moved = dav.rename(&path("a/b/c/f"), &path("a/b/c/g"), &Guard::Present).await;
                moved.unwrap();
            }
            _ => dav.delete(&path("a/b/c/g"), &Guard::Present).await.unwrap(),
        }
        let after = etags().await;
        assert!(before.0 != after.0 && before.1 != after.1, "step {step}: {before:?} {after:?}");
        before = after;
    }
    assert_eq!(etags().await, before, "looking changes nothing");
}

pub async fn a_folder_that_moves_takes_everything_along_under_the_same_ids(dav: &Dav) {
    for dir in ["d", "d/e", "to"] {
        dav.make_dir(&path(dir)).await.unwrap();
    }
    put(dav, "d/e/f", &Guard::Absent, b"deep").await.unwrap();
    let ids = async |prefix: &str| {
        let mut ids = BTreeMap::new();
        for below in ["", "/e", "/e/f"] {
            let found = dav.stat(&path(&format!("{prefix}{below}"))).await.unwrap().unwrap();
            ids.insert(below, found.seen.file_id);
        }
        ids
    };
    let before = ids("d").await;
    dav.rename(&path("d"), &path("to/moved é"), &Guard::Present).await.unwrap();
    assert_eq!(ids("to/moved é").await, before);
    assert_eq!(get(dav, "to/moved é/e/f").await, b"deep");
    assert_eq!(names(dav, "").await, ["to"]);
}

pub async fn a_folder_goes_with_all_that_is_in_it(dav: &Dav) {
    dav.make_dir(&path("d")).await.unwrap();
    put(dav, "d/f", &Guard::Absent, b"f").await.unwrap();
    dav.delete(&path("d"), &Guard::Present).await.unwrap();
    assert!(dav.stat(&path("d")).await.unwrap().is_none());
    dav.delete(&path("d"), &Guard::Present).await.unwrap();
}

pub async fn the_room_is_told_or_unlimited(dav: &Dav) {
    // Less than nothing, or a page instead of a number, would be an error.
    let room = dav.room(&RelPath::root()).await.unwrap();
    assert!(room.is_none_or(|room| room > 1000), "{room:?}");
}
