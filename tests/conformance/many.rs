//! Many small files together, and what was there before.

use bytes::Bytes;
use navette::model::{Digest, RelPath};
use navette::server::{Current, Dav, Guard, Part, Server as _, Wanted};

use crate::replace;
use crate::support::{get, path, put, version};

const DATE: i64 = 1_700_000_000;

fn part(at: &str, bytes: &str) -> Part {
    let sha1 = Digest::of(bytes.as_bytes()).sha1.unwrap();
    Part { path: path(at), bytes: Bytes::from(bytes.to_owned()), sha1, mtime: DATE }
}

pub async fn small_files_that_go_together_arrive_whole(dav: &Dav) {
    if dav.profile().together.is_none() {
        return;
    }
    dav.make_dir(&path("d é")).await.unwrap();
    let names = ["a", "d é/b", "100% #", "empty", "--x--"];
    let bytes = |at: &str| if at == "empty" { String::new() } else { format!("of\r\n{at}\0") };
    let parts: Vec<_> = names.iter().map(|at| part(at, &bytes(at))).collect();
    for (at, end) in names.iter().zip(dav.put_together(&parts).await) {
        let written = end.unwrap();
        assert_eq!(get(dav, at).await, bytes(at).into_bytes(), "{at}");
        let seen = dav.stat(&path(at)).await.unwrap().unwrap().seen;
        assert!(written.etag.is_none() || written.etag == seen.etag, "{at}");
        assert!(written.file_id.is_none() || written.file_id == seen.file_id, "{at}");
        assert_eq!(seen.mtime, Some(DATE), "{at}");
    }
    let ends = dav.put_together(&[part("nowhere/f", "f"), part("b", "b")]).await;
    assert!(ends[0].is_err() && ends[1].is_ok(), "each ends for itself");
}

pub async fn files_that_come_together_are_whole(dav: &Dav) {
    if dav.profile().zips.is_none() {
        return;
    }
    dav.make_dir(&path("d é")).await.unwrap();
    for number in 0..12 {
        let bytes = format!("{number} ").repeat(number * 100);
        put(dav, &format!("d é/f {number} ü"), &Guard::Absent, bytes.as_bytes()).await.unwrap();
    }
    let listing = dav.list(&path("d é")).await.unwrap();
    let wanted: Vec<Wanted> = listing
        .children
        .into_iter()
        .filter_map(|(name, child)| {
            Some(Wanted { name, size: child.seen.size?, file_id: child.seen.file_id })
        })
        .collect();
    let came = dav.get_together(&path("d é"), &wanted).await.unwrap();
    assert_eq!(came.len(), 12);
    for (wanted, bytes) in wanted.iter().zip(came) {
        let alone = get(dav, &format!("d é/{}", wanted.name)).await;
        assert_eq!(bytes.as_deref(), Some(&*alone), "{}", wanted.name);
    }
}

pub async fn what_was_deleted_or_overwritten_can_be_brought_back(dav: &Dav) {
    if !dav.profile().trash {
        return;
    }
    put(dav, "f.txt", &Guard::Absent, b"theirs").await.unwrap();
    dav.delete(&path("f.txt"), &Guard::Present).await.unwrap();
    let trash = dav.trash(None).await.unwrap();
    let item = trash.iter().find(|item| item.location == path("f.txt")).unwrap();
    dav.restore(item, &path("f.txt")).await.unwrap();
    assert_eq!(get(dav, "f.txt").await, b"theirs");
    let now = version(dav, "f.txt").await;
    // Of versions of one second Nextcloud keeps one: another date is another version.
    replace(dav, "f.txt", &now, b"a longer text by now").await.unwrap();
    let found = dav.stat(&path("f.txt")).await.unwrap().unwrap().seen;
    let current =
        Current { file_id: found.file_id.unwrap(), mtime: found.mtime, size: found.size.unwrap() };
    let versions = dav.versions(&path("f.txt"), &current).await.unwrap();
    let version = versions.iter().find(|version| version.size == Some(6)).unwrap();
    dav.bring_back(&path("f.txt"), &current, version).await.unwrap();
    assert_eq!(get(dav, "f.txt").await, b"theirs");
    dav.delete(&path("f.txt"), &Guard::Present).await.unwrap();
    assert!(dav.stat(&RelPath::root()).await.unwrap().is_some());
}
