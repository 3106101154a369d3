//! Answers: status, headers, body, and how each family words a refusal.

use std::io;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};

use super::xml::Xml;
use crate::cloud::Dialect;
use crate::cloud::direct::yield_now;
use crate::cloud::refusal::{Method, NameFault, Refusal};

/// A reply as hyper sends it.
pub(super) type Reply = Response<BoxBody<Bytes, io::Error>>;

/// How many bytes are handed to the connection at a time.
const PIECE: usize = 64 * 1024;

/// Room for so many bytes at most is made before any of them came.
const MOST_ANNOUNCED: u64 = 128 << 20;

/// An answer that is being put together.
pub(super) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    cut: Option<u64>,
    streamed: bool,
}

impl Answer {
    /// An answer without a body.
    pub(super) fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), cut: None, streamed: false }
    }

    /// With a header more.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With a header more, if there is a value.
    pub(super) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// With a body.
    pub(super) fn body(mut self, kind: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("Content-Type", kind)
    }

    /// With the connection cut after so many bytes of the body.
    pub(super) fn cut(mut self, length: u64) -> Self {
        self.cut = Some(length);
        self
    }

    /// Without saying how long the body is.
    pub(super) fn streamed(mut self) -> Self {
        self.streamed = true;
        self
    }

    /// As hyper sends it. To HEAD, the headers only.
    pub(super) fn into_reply(self, head_only: bool) -> Reply {
        let length = self.body.len();
        let bytes = if head_only { Bytes::new() } else { self.body };
        let mut reply = Response::new(pieces(bytes, self.cut));
        *reply.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            // A value that no header can carry is left out.
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
                reply.headers_mut().append(name, value);
            }
        }
        if !matches!(self.status, 204 | 304) && !self.streamed {
            reply.headers_mut().insert("content-length", HeaderValue::from(length));
        }
        reply
    }
}

/// A body in pieces, cut short with an error if so wanted. A turn before the
/// error lets the connection send what it has.
fn pieces(bytes: Bytes, cut: Option<u64>) -> BoxBody<Bytes, io::Error> {
    let whole = bytes.len();
    let end = cut.map_or(whole, |cut| usize::try_from(cut).unwrap_or(whole).min(whole));
    let starts = (0..end).step_by(PIECE);
    let sound =
        starts.map(move |start| Ok(Frame::data(bytes.slice(start..end.min(start + PIECE)))));
    let torn = stream::iter((end < whole).then_some(())).then(|()| async {
        yield_now().await;
        Err(io::ErrorKind::ConnectionAborted.into())
    });
    BodyExt::boxed(StreamBody::new(stream::iter(sound).chain(torn)))
}

/// A body that is taken whole.
///
/// # Errors
/// The connection broke.
pub(super) async fn collect(mut body: Incoming) -> io::Result<Bytes> {
    let mut bytes = BytesMut::with_capacity(announced(&body));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(io::Error::other)?;
        bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
    }
    Ok(bytes.freeze())
}

/// How many bytes a body is said to have, as far as that is worth room.
pub(super) fn announced(body: &Incoming) -> usize {
    let length = body.size_hint().exact().unwrap_or(0).min(MOST_ANNOUNCED);
    usize::try_from(length).unwrap_or(0)
}

/// A date as headers and properties have it.
pub(super) fn http_date(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A date as the family's headers have it.
pub(super) fn header_date(dialect: Dialect, seconds: i64) -> String {
    let date = http_date(seconds);
    if dialect == Dialect::Ocis { date.replace("GMT", "+0000") } else { date }
}

/// What the family says that it can do.
pub(super) fn options(dialect: Dialect) -> Answer {
    let allow = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, MKCOL";
    let (status, dav) = match dialect {
        Dialect::Nextcloud => (200, "1, 3, extended-mkcol, access-control"),
        Dialect::OwnCloud10 => (200, "1, 3, extended-mkcol"),
        Dialect::Ocis => (204, "1"),
        Dialect::Plain => (200, "1"),
    };
    let answer = Answer::new(status).header("Allow", allow).header("DAV", dav);
    answer.header("MS-Author-Via", "DAV").header("Accept-Ranges", "bytes")
}

/// A refusal in the family's words.
pub(super) fn refuse(dialect: Dialect, refusal: &Refusal, method: Method) -> Answer {
    let status = refusal.status(dialect, method);
    let answer = Answer::new(status);
    let answer = match refusal {
        Refusal::Precondition(etag) if dialect != Dialect::Ocis => {
            answer.maybe("ETag", etag.as_deref())
        }
        _ => answer,
    };
    match dialect {
        Dialect::Plain => answer.body("text/html; charset=iso-8859-1", html(status)),
        Dialect::Ocis if silent(status, method) => answer,
        Dialect::Ocis => answer.body(
            "text/xml; charset=utf-8",
            ocis_error(refusal.exception(dialect, method), refusal.message(dialect)),
        ),
        Dialect::Nextcloud | Dialect::OwnCloud10 => {
            answer.body("application/xml; charset=utf-8", sabre_error(dialect, refusal, method))
        }
    }
}

/// Whether oCIS leaves the body of such a refusal empty.
fn silent(status: u16, method: Method) -> bool {
    matches!(status, 409 | 412 | 507) || (status == 423 && method == Method::Put)
}

fn html(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok();
    let reason = reason.and_then(|status| status.canonical_reason()).unwrap_or_default();
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n\
         <title>{status} {reason}</title>\n</head><body>\n<h1>{reason}</h1>\n</body></html>\n"
    )
}

/// The body of an error in the words of the Sabre library.
pub(super) fn sabre(exception: &str, message: &str) -> Vec<u8> {
    sabre_with(exception, message, |_| ())
}

fn sabre_with(exception: &str, message: &str, more: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut xml = Xml::declared();
    xml.open("d:error", &[("xmlns:d", "DAV:"), ("xmlns:s", "http://sabredav.org/ns")]);
    xml.leaf("s:exception", exception);
    xml.leaf("s:message", message);
    more(&mut xml);
    xml.close("d:error");
    xml.done()
}

fn sabre_error(dialect: Dialect, refusal: &Refusal, method: Method) -> Vec<u8> {
    let message = refusal.message(dialect);
    sabre_with(refusal.exception(dialect, method), message, |xml| match refusal {
        Refusal::Precondition(_) => xml.leaf("s:header", "If-Match"),
        Refusal::TargetExists => xml.leaf("s:header", "Overwrite"),
        Refusal::BadName(NameFault::TooLong) if dialect == Dialect::OwnCloud10 => {}
        // The literal namespace is the servers' own mistake.
        Refusal::BadName(fault) if *fault != NameFault::Blacklisted => {
            xml.open("o:retry", &[("xmlns:o", "o:")]);
            xml.text("false");
            xml.close("o:retry");
            xml.open("o:reason", &[("xmlns:o", "o:")]);
            xml.text(message);
            xml.close("o:reason");
        }
        _ => {}
    })
}

/// As reva words it: the namespace lacks its colon.
fn ocis_error(exception: &str, message: &str) -> Vec<u8> {
    let mut xml = Xml::declared();
    xml.open("d:error", &[("xmlns:d", "DAV"), ("xmlns:s", "http://sabredav.org/ns")]);
    xml.leaf("s:exception", exception);
    xml.leaf("s:message", message);
    xml.leaf("s:errorcode", "");
    xml.close("d:error");
    xml.done()
}
