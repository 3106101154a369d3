//! Nothing is written over, moved or deleted but what was seen (I5).

use navette::server::{Dav, Guard, Server as _, ServerErrorKind as Failed};

use crate::replace;
use crate::support::{failed, get, names, path, put, refused, version};

pub async fn a_new_file_overwrites_nothing(dav: &Dav) {
    put(dav, "f", &Guard::Absent, b"first").await.unwrap();
    dav.make_dir(&path("d")).await.unwrap();
    for taken in ["f", "d"] {
        let again = put(dav, taken, &Guard::Absent, b"x").await;
        assert_eq!(failed(again), refused(Failed::Changed), "{taken}");
    }
    assert_eq!(get(dav, "f").await, b"first");
}

/// Whether the server tells versions at all; without them the caller relies on
/// what it saw a moment before.
async fn tells_versions(dav: &Dav) -> bool {
    dav.stat(&path("f")).await.unwrap().unwrap().seen.etag.is_some()
}

pub async fn an_overwrite_meets_its_version(dav: &Dav) {
    put(dav, "f", &Guard::Absent, b"first").await.unwrap();
    if !tells_versions(dav).await {
        return;
    }
    let first = version(dav, "f").await;
    replace(dav, "f", &first, b"the second version").await.unwrap();
    let late = replace(dav, "f", &first, b"too late").await;
    assert_eq!(failed(late), refused(Failed::Changed));
    assert_eq!(get(dav, "f").await, b"the second version");
    let nowhere = replace(dav, "never there", &first, b"x").await;
    assert_eq!(failed(nowhere), refused(Failed::Changed));
    assert_eq!(names(dav, "").await, ["f"]);
}

pub async fn a_move_meets_its_version_and_replaces_nothing(dav: &Dav) {
    put(dav, "f", &Guard::Absent, b"first").await.unwrap();
    put(dav, "g", &Guard::Absent, b"other").await.unwrap();
    dav.make_dir(&path("d")).await.unwrap();
    for taken in ["g", "d"] {
        let onto = dav.rename(&path("f"), &path(taken), &Guard::Present).await;
        assert_eq!(failed(onto), refused(Failed::Changed), "{taken}");
    }
    assert_eq!((get(dav, "f").await, get(dav, "g").await), (b"first".into(), b"other".into()));
    let gone = dav.rename(&path("nothing"), &path("h"), &Guard::Present).await;
    assert!(gone.is_err());
    if tells_versions(dav).await {
        let first = version(dav, "f").await;
        replace(dav, "f", &first, b"the second version").await.unwrap();
        let late = dav.rename(&path("f"), &path("h"), &first).await;
        assert_eq!(failed(late), refused(Failed::Changed));
    }
    assert_eq!(names(dav, "").await, ["d", "f", "g"]);
}

pub async fn a_deletion_meets_its_version_and_may_come_twice(dav: &Dav) {
    put(dav, "f", &Guard::Absent, b"first").await.unwrap();
    let mut guard = Guard::Present;
    if tells_versions(dav).await {
        let first = version(dav, "f").await;
        replace(dav, "f", &first, b"the second version").await.unwrap();
        assert_eq!(failed(dav.delete(&path("f"), &first).await), refused(Failed::Changed));
        assert_eq!(get(dav, "f").await, b"the second version");
        guard = version(dav, "f").await;
    }
    for _ in 0..2 {
        dav.delete(&path("f"), &guard).await.unwrap();
    }
    assert_eq!(names(dav, "").await, Vec::<String>::new());
}
