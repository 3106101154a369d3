//! Short words for what the tests here do all the time.

#![allow(dead_code, reason = "shared between the tests")]

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use navette::model::{Digest, RelPath};
use navette::secret::Secret;
use navette::server::{
    Addresses, Connection, Dav, Effect, Guard, Server, ServerError, ServerErrorKind, Upload,
    Written,
};
use url::Url;

/// A path from its text.
pub fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

/// How the tests sign in.
pub fn connection(base: Url, login: &str, password: &str) -> Connection {
    Connection::new(base, login, Secret::new(password))
}

/// Bytes on their way to the server, in pieces.
pub fn upload(bytes: &[u8]) -> Upload {
    let digest = Digest::of(bytes);
    let pieces: Vec<_> =
        bytes.chunks(64 << 10).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Upload {
        body: stream::iter(pieces).boxed(),
        size: digest.size,
        sha1: digest.sha1,
        mtime: Some(1_700_000_000),
        name: format!("test-{}", digest.hash),
        resume: Addresses::default(),
    }
}

/// Writes a whole file.
pub async fn put(dav: &Dav, at: &str, guard: &Guard, bytes: &[u8]) -> Result<Written, ServerError> {
    dav.put(&path(at), guard, upload(bytes)).await
}

/// Reads a whole file.
pub async fn get(dav: &Dav, at: &str) -> Vec<u8> {
    let download = dav.get(&path(at)).await.unwrap();
    let bytes: Vec<Bytes> = download.body.try_collect().await.unwrap();
    bytes.concat()
}

/// The version that stands at a path now, as a guard.
pub async fn version(dav: &Dav, at: &str) -> Guard {
    let found = dav.stat(&path(at)).await.unwrap().unwrap();
    Guard::Version(found.seen.etag.unwrap())
}

/// The names in a folder.
pub async fn names(dav: &Dav, dir: &str) -> Vec<String> {
    let listing = dav.list(&path(dir)).await.unwrap();
    assert_eq!(listing.unusable, Vec::<String>::new());
    listing.children.iter().map(|(name, _)| name.to_string()).collect()
}

/// What a request failed of, and whether it may have taken effect.
pub fn failed<T>(result: Result<T, ServerError>) -> (ServerErrorKind, Effect) {
    match result {
        Ok(_) => panic!("it should have failed"),
        Err(error) => (error.kind, error.effect),
    }
}

/// Refused, without effect.
pub fn refused(kind: ServerErrorKind) -> (ServerErrorKind, Effect) {
    (kind, Effect::None)
}
