//! GET, HEAD and PUT.

use std::io;
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

use super::reply::{self, Answer};
use super::{Asked, Place};
use crate::cloud::dialect::GivenDate;
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::request::{Conditions, Done, Put, ReadFile, SentDate, Shown, Tags};
use crate::cloud::{Blob, Dialect};
use crate::model::RelPath;

/// The conditions that a request carries.
pub(super) fn conditions(asked: &Asked<'_>) -> Conditions {
    Conditions {
        if_match: asked.header("If-Match").map(Tags::parse),
        if_none_match: asked.header("If-None-Match").map(Tags::parse),
    }
}

/// Answers GET and HEAD.
pub(super) fn get(asked: &Asked<'_>, path: &RelPath) -> Answer {
    let dialect = asked.skin.dialect;
    let read = asked.skin.cloud.lock().read(asked.user, path);
    match read {
        Ok(file) => file_answer(asked, &file),
        Err(Refusal::IsFolder) => match dialect {
            Dialect::Ocis => Answer::new(200),
            Dialect::Plain => Answer::new(403),
            _ => Answer::new(200).body("text/html; charset=utf-8", "<html><body></body></html>"),
        },
        Err(refusal) => reply::refuse(dialect, &refusal, Method::Read),
    }
}

fn file_answer(asked: &Asked<'_>, file: &ReadFile) -> Answer {
    let (ways, etag) = (asked.skin.ways(), &file.shown.etag);
    if ways.none_match {
        let conditions = conditions(asked);
        if conditions.if_none_match.is_some_and(|tags| tags.match_weakly(etag)) {
            return Answer::new(304).header("ETag", etag);
        }
        if conditions.if_match.is_some_and(|tags| !tags.match_strongly(etag)) {
            let refusal = Refusal::Precondition(Some(etag.clone()));
            return reply::refuse(asked.skin.dialect, &refusal, Method::Read);
        }
    }
    let whole = file.blob.bytes();
    let dated = reply::header_date(asked.skin.dialect, file.shown.date);
    let stale = asked
        .header("If-Range")
        .is_some_and(|value| !Tags::parse(value).match_strongly(etag) && value != dated);
    let wanted = asked.header("Range").filter(|_| !(stale && ways.if_range));
    let size = whole.len();
    let answer = match wanted.and_then(|value| range(value, size)) {
        None => Answer::new(200).body("application/octet-stream", whole.clone()),
        Some(None) => return Answer::new(416).header("Content-Range", &format!("bytes */{size}")),
        Some(Some(part)) => {
            let said = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            Answer::new(206)
                .body("application/octet-stream", whole.slice(part))
                .header("Content-Range", &said)
        }
    };
    let answer = answer.header("Accept-Ranges", "bytes").header("Last-Modified", &dated);
    described(asked.skin.dialect, answer, &file.shown)
}

/// With the headers that tell which version it is.
fn described(dialect: Dialect, answer: Answer, shown: &Shown) -> Answer {
    let answer = answer.header("ETag", &shown.etag);
    match dialect {
        Dialect::Plain => answer,
        Dialect::Nextcloud | Dialect::OwnCloud10 => {
            answer.header("OC-ETag", &shown.etag).maybe("OC-Checksum", shown.checksum.as_deref())
        }
        Dialect::Ocis => answer
            .header("OC-ETag", &shown.etag)
            .maybe("OC-Checksum", shown.checksum.as_deref())
            .maybe("OC-FileId", shown.id.as_deref()),
    }
}

/// The part of a file that one simple range names; `Some(None)` if it lies
/// beyond the end, `None` if there is no such range and all is to be sent.
fn range(value: &str, size: usize) -> Option<Option<Range<usize>>> {
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    let part = match (first.trim(), last.trim()) {
        ("", count) => size.saturating_sub(count.parse().ok()?)..size,
        (first, "") => first.parse().ok()?..size,
        (first, last) => {
            let last: usize = last.parse().ok()?;
            first.parse().ok()?..last.saturating_add(1).min(size)
        }
    };
    Some((part.start < part.end).then_some(part))
}

/// Answers PUT. With `cut`, the connection breaks after so many bytes.
pub(super) async fn put(asked: &Asked<'_>, body: Incoming, cut: Option<u64>) -> io::Result<Answer> {
    let Place::Files { path, .. } = asked.place else { return Ok(Answer::new(403)) };
    let dialect = asked.skin.dialect;
    if asked.headers.contains_key("Content-Range") {
        return Ok(Answer::new(if dialect == Dialect::Ocis { 501 } else { 400 }));
    }
    let measured = asked.headers.contains_key("Content-Length") || body.is_end_stream();
    if !measured && dialect == Dialect::Ocis {
        return Ok(Answer::new(400));
    }
    let mut arriving = Arriving {
        asked,
        path,
        put: Put {
            blob: Blob::new(Bytes::new()),
            date: asked.header("X-OC-Mtime").map(SentDate::parse),
            checksum: asked.header("OC-Checksum").map(str::to_owned),
            conditions: conditions(asked),
        },
        bytes: BytesMut::with_capacity(reply::announced(&body)),
        done: false,
    };
    arriving.receive(body, cut).await?;
    if !measured && dialect == Dialect::OwnCloud10 {
        // Behind FastCGI a body without a length never reaches it (owncloud10.md, PUT).
        arriving.bytes.clear();
    }
    Ok(match arriving.finish() {
        Ok(done) => written(asked, done),
        Err(refusal) => reply::refuse(dialect, &refusal, Method::Put),
    })
}

/// Takes so many bytes of a body, and breaks the connection.
pub(super) async fn cut_off(mut body: Incoming, after: u64) -> io::Result<Answer> {
    let mut came = 0;
    while came < after
        && let Some(frame) = body.frame().await
    {
        came += frame.map_err(io::Error::other)?.into_data().unwrap_or_default().len() as u64;
    }
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// A PUT whose body is on its way. If it never arrives whole, or the
/// connection breaks, what did arrive has the effect that the family gives it.
struct Arriving<'a> {
    asked: &'a Asked<'a>,
    path: &'a RelPath,
    put: Put,
    bytes: BytesMut,
    done: bool,
}

impl Arriving<'_> {
    async fn receive(&mut self, mut body: Incoming, cut: Option<u64>) -> io::Result<()> {
        while let Some(frame) = body.frame().await {
            let data = frame.map_err(io::Error::other)?.into_data().unwrap_or_default();
            self.bytes.extend_from_slice(&data);
            if let Some(cut) = cut.and_then(|cut| usize::try_from(cut).ok())
                && self.bytes.len() >= cut
            {
                self.bytes.truncate(cut);
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Done, Refusal> {
        self.done = true;
        self.put.blob = Blob::new(std::mem::take(&mut self.bytes));
        self.asked.cloud().put(self.asked.user, self.path, &self.put)
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.put.blob = Blob::new(std::mem::take(&mut self.bytes));
            // Nobody is left to hear of it.
            let _ = self.asked.cloud().put_cut(self.asked.user, self.path, &self.put);
        }
    }
}

fn written(asked: &Asked<'_>, done: Done) -> Answer {
    let answer = Answer::new(if done.created { 201 } else { 204 });
    let ways = asked.skin.ways();
    let dated = asked.headers.contains_key("X-OC-Mtime") && ways.given_date != GivenDate::Ignored;
    let answer = answer.maybe("X-OC-MTime", dated.then_some("accepted"));
    with_identity(asked.skin.dialect, answer, done, Method::Put)
}

/// With the headers that tell what a write made.
pub(super) fn with_identity(
    dialect: Dialect,
    answer: Answer,
    done: Done,
    method: Method,
) -> Answer {
    let told = done.told(dialect.ways(), method);
    answer
        .maybe("OC-FileId", told.id.as_deref())
        .maybe("ETag", told.etag.as_deref())
        .maybe("OC-ETag", told.etag.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_or_beyond_the_end_or_none() {
        assert_eq!(range("bytes=0-3", 12), Some(Some(0..4)));
        assert_eq!(range("bytes=4-", 12), Some(Some(4..12)));
        assert_eq!(range("bytes=-4", 12), Some(Some(8..12)));
        assert_eq!(range("bytes=4-99", 12), Some(Some(4..12)));
        assert_eq!(range("bytes=12-", 12), Some(None));
        assert_eq!(range("bytes=x-", 12), None);
        assert_eq!(range("lines=0-3", 12), None);
    }
}
