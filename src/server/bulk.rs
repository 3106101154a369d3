//! Small files that go together (Nextcloud's `dav/bulk`, protocol.md 4.7).
//!
//! The body is written here: what libraries make of `multipart` is for forms.
//! This endpoint wants `multipart/related` with the boundary first, nothing
//! before the first part, and each part's length in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::dav::{Dav, Outcome};
use super::failure::Failure;
use super::request::{Load, Request};
use super::transfer::{Progress, outgoing};
use super::{Effect, Part, ServerErrorKind, Written};
use crate::model::{Etag, RelPath};

/// The answer names a hundred files at most.
const ANSWER_BYTES: usize = 1 << 20;

/// Where files go together.
#[derive(Clone, Debug)]
pub(super) struct Bulk {
    /// The encoded path of the endpoint.
    target: String,
    /// The remote root of the pair below the account's files.
    below: RelPath,
}

/// What the endpoint says of one file.
#[derive(Debug, Deserialize)]
struct Said {
    error: bool,
    etag: Option<String>,
    fileid: Option<String>,
    message: Option<String>,
}

impl Bulk {
    /// The endpoint of the account whose files are at `home`, an encoded path;
    /// `below` is the pair's root in it.
    pub(super) fn of(home: &str, below: &RelPath) -> Option<Self> {
        let (base, _) = home.split_once("/remote.php/dav/files/")?;
        let target = format!("{base}/remote.php/dav/bulk");
        (below.is_root() || Part::takes(below)).then(|| Self { target, below: below.clone() })
    }

    /// What a file is called in the request and in the answer.
    fn name(&self, path: &RelPath) -> String {
        match self.below.is_root() {
            true => format!("/{path}"),
            false => format!("/{}/{path}", self.below),
        }
    }
}

/// The pieces of a body, and how long they are in all.
fn body(bulk: &Bulk, parts: &[Part], boundary: &str) -> (Vec<Bytes>, u64) {
    let mut pieces = Vec::new();
    for part in parts {
        let Part { path, bytes, sha1, mtime } = part;
        let (name, length) = (bulk.name(path), bytes.len());
        let head = format!(
            "--{boundary}\r\nX-File-Path: {name}\r\nX-OC-Mtime: {mtime}\r\n\
             OC-Checksum: sha1:{sha1}\r\nContent-Length: {length}\r\n\r\n"
        );
        pieces.extend([Bytes::from(head), bytes.clone(), Bytes::from_static(b"\r\n")]);
    }
    pieces.push(Bytes::from(format!("--{boundary}--\r\n")));
    let length = pieces.iter().map(|piece| piece.len() as u64).sum();
    (pieces, length)
}

impl Dav {
    /// Sends files together. What came of each, in their order.
    pub(super) async fn post_bulk(&self, parts: &[Part]) -> Vec<Outcome<Written>> {
        let all = |failure: &Failure| -> Vec<Outcome<Written>> {
            parts.iter().map(|_| Err(failure.again())).collect()
        };
        let Some(bulk) = &self.bulk else {
            return all(&Failure::new(ServerErrorKind::NotFound, "files do not go together here"));
        };
        if !parts.iter().all(|part| Part::takes(&part.path)) {
            return all(&Failure::new(ServerErrorKind::BadName, "a path that no header can carry"));
        }
        let (status, said) = match self.ask_bulk(bulk, parts).await {
            Ok(answer) => answer,
            Err(failure) => return all(&failure),
        };
        let end = |part: &Part| match said.get(&bulk.name(&part.path)) {
            Some(said) => self.end_of(said),
            // It was refused before this file.
            None if status == StatusCode::BAD_REQUEST => {
                Err(Failure::new(ServerErrorKind::Status(400), "not worked on"))
            }
            None => Err(Failure::nonsense("nothing is said of it").unsure()),
        };
        parts.iter().map(end).collect()
    }

    async fn ask_bulk(
        &self,
        bulk: &Bulk,
        parts: &[Part],
    ) -> Outcome<(StatusCode, BTreeMap<String, Said>)> {
        let boundary = format!("navette-{}", uuid::Uuid::new_v4().simple());
        let kind = format!("multipart/related; boundary={boundary}");
        let kind = HeaderValue::from_str(&kind).map_err(|error| {
            // Made of letters, digits and hyphens.
            Failure::nonsense(error.to_string())
        })?;
        let (pieces, length) = body(bulk, parts, &boundary);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind), (CONTENT_LENGTH, length.into())]);
        let progress = Arc::new(Progress::default());
        let pieces = stream::iter(pieces.into_iter().map(Ok)).boxed();
        let body = outgoing(self.wire.up(pieces), length, progress.clone());
        let load = Load::File(body, progress);
        let (asked, target) = (self.asked("POST"), bulk.target.clone());
        let request = Request { asked, target, headers, load };
        let answer = self.wire.send(request, &[200, 400]).await?;
        let status = answer.status;
        let body = answer.whole(ANSWER_BYTES).await.map_err(Failure::unsure)?;
        match (read(&body), status) {
            (Some(said), _) => Ok((status, said)),
            (None, StatusCode::BAD_REQUEST) => {
                Err(Failure::new(ServerErrorKind::Status(400), "refused as a whole"))
            }
            (None, _) => Err(Failure::page().unsure()),
        }
    }

    fn end_of(&self, said: &Said) -> Outcome<Written> {
        if said.error {
            let message = said.message.clone().unwrap_or_default();
            let kind = match message.contains("is locked") {
                true => ServerErrorKind::Locked,
                false => ServerErrorKind::Status(400),
            };
            return Err(Failure::new(kind, message));
        }
        // Without the quotes that it has in headers.
        let etag = said.etag.as_ref().and_then(|etag| Etag::parse(&format!("\"{etag}\"")));
        let file_id = said.fileid.clone().and_then(|id| self.file_id_of(id));
        Ok(Written { etag, file_id, replaced: None })
    }
}

/// Reads an answer, JSON under the name of a page; PHP writes an empty object as `[]`.
fn read(body: &[u8]) -> Option<BTreeMap<String, Said>> {
    match serde_json::from_slice(body).ok()? {
        Value::Array(none) if none.is_empty() => Some(BTreeMap::new()),
        said => serde_json::from_value(said).ok(),
    }
}

impl Failure {
    /// The same failure, as that of another file of the same request.
    fn again(&self) -> Self {
        let Self { kind, effect, detail, reach, status } = self;
        let (kind, detail, effect): (_, _, Effect) = (kind.clone(), detail.clone(), *effect);
        Self { kind, effect, detail, reach: *reach, status: *status }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;

    fn part(path: &str, bytes: &'static [u8]) -> Part {
        let sha1 = Digest::of(bytes).sha1.unwrap();
        Part {
            path: RelPath::parse(path).unwrap(),
            bytes: Bytes::from_static(bytes),
            sha1,
            mtime: 7,
        }
    }

    fn below(path: &str) -> Option<Bulk> {
        Bulk::of("/c/remote.php/dav/files/me/", &RelPath::parse(path).unwrap())
    }

    #[test]
    fn a_body_is_exactly_what_the_endpoint_reads() {
        let bulk = below("Documents").unwrap();
        assert_eq!(bulk.target, "/c/remote.php/dav/bulk");
        let (pieces, length) = body(&bulk, &[part("é/a", b"hello"), part("b", b"")], "x");
        let text = String::from_utf8(pieces.concat()).unwrap();
        let (hello, empty) = (Digest::of(b"hello").sha1.unwrap(), Digest::of(b"").sha1.unwrap());
        let want = format!(
            "--x\r\nX-File-Path: /Documents/é/a\r\nX-OC-Mtime: 7\r\nOC-Checksum: sha1:{hello}\r\n\
             Content-Length: 5\r\n\r\nhello\r\n\
             --x\r\nX-File-Path: /Documents/b\r\nX-OC-Mtime: 7\r\nOC-Checksum: sha1:{empty}\r\n\
             Content-Length: 0\r\n\r\n\r\n--x--\r\n"
        );
        assert_eq!(text, want);
        assert_eq!(length, want.len() as u64);
    }

    #[test]
    fn a_path_that_would_end_its_header_never_goes_so() {
        for path in ["a\r\nX-File-Path: /b", "a\nb", "a\tb", "a ", "a\u{a0}", "a\u{7f}"] {
            assert!(!Part::takes(&RelPath::parse(path).unwrap()), "{path:?}");
        }
        assert!(Part::takes(&RelPath::parse("é b:c\u{1f600}").unwrap()));
        assert!(below("a\nb").is_none());
        assert!(below("").is_some());
    }

    #[test]
    fn an_answer_is_json_whatever_it_calls_itself() {
        let said = read(br#"{"\/a b":{"error":false,"etag":"e","fileid":"00000151oc1"}}"#).unwrap();
        assert_eq!(said["/a b"].etag.as_deref(), Some("e"));
        assert!(read(b"[]").unwrap().is_empty());
        assert!(read(b"<html>").is_none());
    }
}
