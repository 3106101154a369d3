//! Many small files in one request, and the way back to an older version.

use bytes::Bytes;
use navette::cloud::{Dialect, Direct, Fate, Request};
use navette::model::{Digest, RelPath};
use navette::server::{
    Current, Effect, Guard, Part, Server, ServerErrorKind as Failed, Together, Version,
};

use crate::families::{connected, family, with};
use crate::support::{failed, get, path, put};

const DATE: i64 = 1_700_000_000;

fn part(at: &str, bytes: &str) -> Part {
    let sha1 = Digest::of(bytes.as_bytes()).sha1.unwrap();
    Part { path: path(at), bytes: Bytes::from(bytes.to_owned()), sha1, mtime: DATE }
}

#[tokio::test]
async fn files_that_go_together_arrive_whole_under_any_name() {
    with(family(Dialect::Nextcloud), async |cloud, base| {
        let dav = connected(&base).await;
        assert_eq!(dav.profile().together, Some(Together::NEXTCLOUD));
        dav.make_dir(&path("d é")).await.unwrap();
        let names = ["a", "d é/b \u{1f600}", "c:\"'&%2F;=", "--x--", "empty"];
        let bytes = |at: &str| if at == "empty" { String::new() } else { format!("of\r\n{at}\0") };
        let parts: Vec<_> = names.iter().map(|at| part(at, &bytes(at))).collect();
        let ends = dav.put_together(&parts).await;
        for (at, end) in names.iter().zip(ends) {
            let written = end.unwrap();
            assert_eq!(get(&dav, at).await, bytes(at).into_bytes(), "{at}");
            let seen = dav.stat(&path(at)).await.unwrap().unwrap().seen;
            assert_eq!((written.etag, written.file_id), (seen.etag, seen.file_id), "{at}");
            assert_eq!(seen.mtime, Some(DATE), "{at}");
        }
        assert_eq!(cloud.lock().user("alice").snapshot().len(), names.len() + 1);
    })
    .await;
}

#[tokio::test]
async fn each_file_ends_for_itself_as_behind_the_seam_in_memory() {
    with(family(Dialect::Nextcloud), async |cloud, base| {
        let dav = connected(&base).await;
        let direct = Direct::new(cloud.clone(), "bob", RelPath::root());
        cloud.lock().user("bob").write("locked", "old").unwrap();
        cloud.lock().user("alice").write("locked", "old").unwrap();
        for name in ["bob", "alice"] {
            cloud.lock().user(name).lock("locked", true).unwrap();
        }
        let wrong = Part { sha1: Digest::of(b"other").sha1.unwrap(), ..part("wrong", "bytes") };
        let parts = [
            part("a", "a"),
            part("missing/b", "b"),
            part("locked", "new"),
            part("c", "c"),
            wrong,
            part("d", "d"),
        ];
        let ends = [dav.put_together(&parts).await, direct.put_together(&parts).await];
        let said = ends.map(|ends| {
            let said = ends.into_iter().map(|end| match end {
                Ok(written) => format!("done {}", written.etag.is_some()),
                Err(error) => format!("{:?} {:?} {}", error.kind, error.effect, error.path),
            });
            said.collect::<Vec<_>>()
        });
        assert_eq!(said[0], said[1]);
        let refused = "Status(400) None";
        assert_eq!(
            said[0],
            [
                "done true".to_owned(),
                format!("{refused} missing/b"),
                "Locked None locked".to_owned(),
                "done true".to_owned(),
                format!("{refused} wrong"),
                format!("{refused} d"),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_about_many_files_that_is_lost_leaves_all_of_them_unknown() {
    for fate in [Fate::LoseReply, Fate::CutBody(3)] {
        let mut options = family(Dialect::Nextcloud);
        let doom = fate.clone();
        options.faults = Box::new(move |request: &Request<'_>| match request.method {
            "POST" => doom.clone(),
            _ => Fate::Proceed,
        });
        with(options, async |cloud, base| {
            let dav = connected(&base).await;
            for end in dav.put_together(&[part("a", "aa"), part("b", "bb")]).await {
                assert_eq!(failed(end), (Failed::Unreachable, Effect::Unknown), "{fate:?}");
            }
            let there = cloud.lock().user("alice").snapshot().len();
            assert_eq!(there, if fate == Fate::LoseReply { 2 } else { 1 });
        })
        .await;
    }
}

#[tokio::test]
async fn a_path_that_no_header_carries_is_not_asked_for() {
    with(family(Dialect::Nextcloud), async |cloud, base| {
        let dav = connected(&base).await;
        let before = dav.requests();
        let ends = dav.put_together(&[part("a\r\nX-File-Path: /b", "x"), part("c", "x")]).await;
        assert!(ends.into_iter().all(|end| failed(end) == (Failed::BadName, Effect::None)));
        assert_eq!(dav.requests(), before);
        assert!(cloud.lock().user("alice").snapshot().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_overwritten_is_an_older_version_and_comes_back() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        with(family(dialect), async |cloud, base| {
            let dav = connected(&base).await;
            let direct = Direct::new(cloud.clone(), "alice", RelPath::root());
            cloud.lock().user("alice").write("f", "theirs").unwrap();
            let old = dav.stat(&path("f")).await.unwrap().unwrap().seen;
            let guard = Guard::Version(old.etag.clone().unwrap());
            let written = put(&dav, "f", &guard, b"ours, and longer").await.unwrap();
            let file_id = written.file_id.clone().unwrap();
            assert_eq!(written.replaced, Some(true), "{dialect:?}");
            let now = Current { file_id, mtime: Some(DATE), size: 16 };
            let versions = dav.versions(&path("f"), &now).await.unwrap();
            let shown: Vec<_> =
                versions.iter().map(|Version { mtime, size, .. }| (*mtime, *size)).collect();
            assert_eq!(shown, [(old.mtime, Some(6))], "{dialect:?}");
            assert_eq!(direct.versions(&path("f"), &now).await.unwrap(), versions);
            dav.bring_back(&path("f"), &now, &versions[0]).await.unwrap();
            assert_eq!(get(&dav, "f").await, b"theirs", "{dialect:?}");
            let back = dav.stat(&path("f")).await.unwrap().unwrap().seen;
            assert_eq!(back.file_id, old.file_id, "{dialect:?}");
            let now = Current { mtime: back.mtime, size: 6, ..now };
            let kept = dav.versions(&path("f"), &now).await.unwrap();
            assert!(kept.iter().any(|version| version.size == Some(16)), "{dialect:?}: {kept:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_new_file_has_no_older_version() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        with(family(dialect), async |_, base| {
            let dav = connected(&base).await;
            let written = put(&dav, "f", &Guard::Absent, b"new").await.unwrap();
            assert_eq!(written.replaced, Some(false), "{dialect:?}");
            let file_id = written.file_id.unwrap();
            let now = Current { file_id, mtime: Some(DATE), size: 3 };
            assert_eq!(dav.versions(&path("f"), &now).await.unwrap(), []);
        })
        .await;
    }
    with(family(Dialect::Plain), async |_, base| {
        let now = Current { file_id: "1".to_owned(), mtime: None, size: 0 };
        let dav = connected(&base).await;
        let none = dav.versions(&path("f"), &now).await;
        assert_eq!(failed(none), (Failed::NotFound, Effect::None));
    })
    .await;
}
