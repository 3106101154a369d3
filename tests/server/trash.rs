//! The trash of each family, over HTTP: what was deleted is found and comes back.

use navette::cloud::Dialect;
use navette::model::Kind;
use navette::server::{Guard, Server as _};

use crate::families::{connected, family, with};
use crate::support::{get, names, path, put};

const FAMILIES: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];

#[tokio::test]
async fn what_was_deleted_comes_back_from_the_trash() {
    for dialect in FAMILIES {
        with(family(dialect), async |_, base| {
            let dav = connected(&base).await;
            dav.make_dir(&path("d")).await.unwrap();
            put(&dav, "d/f", &Guard::Absent, b"theirs").await.unwrap();
            dav.delete(&path("d"), &Guard::Present).await.unwrap();
            let trash = dav.trash(None).await.unwrap();
            let [item] = trash.as_slice() else { panic!("{dialect:?}: {trash:?}") };
            assert_eq!((item.location.as_str(), item.kind), ("d", Kind::Dir), "{dialect:?}");
            let restored = dav.restore(item, &path("d")).await;
            assert!(restored.is_ok(), "{dialect:?}: {restored:?}");
            assert_eq!(get(&dav, "d/f").await, b"theirs", "{dialect:?}");
            assert!(dav.trash(None).await.unwrap().is_empty(), "{dialect:?}");
        })
        .await;
    }
}

/// Its own trash says no ids, but calls what was deleted by the last part of one.
#[tokio::test]
async fn ocis_names_what_was_deleted_by_its_id() {
    with(family(Dialect::Ocis), async |_, base| {
        let dav = connected(&base).await;
        dav.make_dir(&path("d")).await.unwrap();
        put(&dav, "d/f", &Guard::Absent, b"theirs").await.unwrap();
        let id = dav.stat(&path("d")).await.unwrap().unwrap().seen.file_id;
        dav.delete(&path("d"), &Guard::Present).await.unwrap();
        let trash = dav.trash(None).await.unwrap();
        let [item] = trash.as_slice() else { panic!("{trash:?}") };
        assert!(id.is_some() && item.file_id.is_none());
        assert_eq!(item.perhaps_id, id);
        let inside = dav.trash(Some(item)).await.unwrap();
        assert_eq!(inside[0].perhaps_id, None, "in a folder it goes by its name");
    })
    .await;
}

/// Nextcloud is told no place: it finds another name itself where that of the
/// deleted file is taken.
#[tokio::test]
async fn nothing_is_overwritten_by_what_comes_back() {
    with(family(Dialect::Nextcloud), async |_, base| {
        let dav = connected(&base).await;
        put(&dav, "f.txt", &Guard::Absent, b"theirs").await.unwrap();
        dav.delete(&path("f.txt"), &Guard::Present).await.unwrap();
        put(&dav, "f.txt", &Guard::Absent, b"another").await.unwrap();
        let trash = dav.trash(None).await.unwrap();
        dav.restore(&trash[0], &path("f.txt")).await.unwrap();
        assert_eq!(names(&dav, "").await, ["f (restored).txt", "f.txt"]);
        assert_eq!(get(&dav, "f.txt").await, b"another");
    })
    .await;
}
