//! Files that go in several requests, and those that come in several.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use navette::model::{Digest, Etag};
use navette::server::{
    Addresses, Dav, Guard, Resume, Server as _, ServerErrorKind as Failed, Upload,
};

use crate::replace;
use crate::support::{get, path, put, version};

const MIB: usize = 1 << 20;
const DATE: i64 = 1_700_000_000;

/// Bytes that are nowhere the same.
fn bytes(seed: u32, size: usize) -> Vec<u8> {
    (seed..).flat_map(u32::to_le_bytes).take(size).collect()
}

fn upload(bytes: &[u8], date: i64) -> Upload {
    let digest = Digest::of(bytes);
    let pieces: Vec<_> =
        bytes.chunks(256 << 10).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Upload {
        body: stream::iter(pieces).boxed(),
        size: digest.size,
        sha1: digest.sha1,
        mtime: Some(date),
        name: format!("conformance-{}", digest.hash),
        resume: Addresses::default(),
    }
}

/// Sends as the engine does: again for as long as the client says so.
async fn send(dav: &Dav, guard: &Guard, bytes: &[u8], date: i64) {
    loop {
        match dav.put(&path("large é"), guard, upload(bytes, date)).await {
            Err(error) if error.kind == Failed::Interrupted => {}
            result => return drop(result.unwrap()),
        }
    }
}

pub async fn a_large_file_arrives_whole_and_is_replaced_whole(dav: &Dav) {
    let mut guard = Guard::Absent;
    for (seed, size, date) in [(1, 25 * MIB, DATE), (9_000_000, 12 * MIB + 1, DATE + 60)] {
        let bytes = bytes(seed, size);
        send(dav, &guard, &bytes, date).await;
        assert!(get(dav, "large é").await == bytes, "{size} bytes");
        let seen = dav.stat(&path("large é")).await.unwrap().unwrap().seen;
        assert_eq!(seen.size, Some(size as u64));
        if dav.profile().keeps_mtime {
            assert_eq!(seen.mtime, Some(date));
        }
        if dav.profile().checksums {
            assert_eq!(seen.sha1, Digest::of(&bytes).sha1);
        }
        guard = seen.etag.map_or(Guard::Present, Guard::Version);
        dav.forget_upload(&path("large é"), "conformance-never-begun").await.unwrap();
    }
}

pub async fn reading_goes_on_only_in_the_same_version(dav: &Dav) {
    let first = bytes(1, 300_000);
    put(dav, "f", &Guard::Absent, &first).await.unwrap();
    let Some(etag) = dav.stat(&path("f")).await.unwrap().unwrap().seen.etag else { return };
    let read = async |etag: Etag| {
        let from = Resume { offset: 100_001, etag };
        let download = dav.get_from(&path("f"), &from).await.unwrap();
        let pieces: Vec<Bytes> = download.body.try_collect().await.unwrap();
        (usize::try_from(download.offset).unwrap(), pieces.concat())
    };
    let (offset, rest) = read(etag.clone()).await;
    assert!(offset == 0 || offset == 100_001, "{offset}");
    assert!(rest == first[offset..], "from {offset} on");
    let second = bytes(5_000_000, 300_500);
    let now = version(dav, "f").await;
    replace(dav, "f", &now, &second).await.unwrap();
    let (offset, all) = read(etag).await;
    assert!(offset == 0 && all == second, "the rest of another version is no use: {offset}");
}
