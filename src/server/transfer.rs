//! Files on their way, in both directions.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use reqwest::StatusCode;
use tokio::sync::Notify;

use super::failure::Failure;
use super::listing::sha1_of;
use super::request::Answer;
use super::{ByteStream, Download, Family, Profile};
use crate::model::Etag;

/// How far an upload has got.
#[derive(Debug, Default)]
pub(super) struct Progress {
    sent: AtomicU64,
    done: AtomicBool,
    handed_over: Notify,
    failed: Mutex<Option<String>>,
}

impl Progress {
    /// Bytes handed to the connection.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether all bytes were handed over: now the server works.
    pub(super) fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }

    /// Waits until all bytes were handed over. To be asked by one only.
    pub(super) async fn handed_over(&self) {
        self.handed_over.notified().await;
    }

    /// Why the local bytes could not be had.
    pub(super) fn failed(&self) -> Option<String> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fail(&self, error: &io::Error) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }
}

struct Outgoing {
    body: ByteStream,
    left: u64,
    progress: Arc<Progress>,
}

/// Returns `body` guarded: if it is not exactly `size` bytes long, it ends in
/// an error, which cuts the connection. The last piece is held back until the
/// body has said that nothing follows, so the server cannot have a whole file
/// before we know that it is the file that was announced.
pub(super) fn outgoing(body: ByteStream, size: u64, progress: Arc<Progress>) -> ByteStream {
    let state = Outgoing { body, left: size, progress };
    stream::unfold(Some(state), |state| async {
        let mut state = state?;
        match state.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(state))),
            Ok(None) => None,
            Err(error) => {
                state.progress.fail(&error);
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}

impl Outgoing {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(piece) = filled(&mut self.body).await? else {
            return if self.left == 0 { Ok(None) } else { Err(too_short()) };
        };
        let size = piece.len() as u64;
        self.left = self.left.checked_sub(size).ok_or_else(too_long)?;
        if self.left == 0 {
            if filled(&mut self.body).await?.is_some() {
                return Err(too_long());
            }
            self.progress.done.store(true, Ordering::Relaxed);
            self.progress.handed_over.notify_one();
        }
        self.progress.sent.fetch_add(size, Ordering::Relaxed);
        Ok(Some(piece))
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file is longer than announced")
}

fn too_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter than announced")
}

/// The next piece that holds anything.
async fn filled(body: &mut ByteStream) -> io::Result<Option<Bytes>> {
    while let Some(piece) = body.next().await {
        let piece = piece?;
        if !piece.is_empty() {
            return Ok(Some(piece));
        }
    }
    Ok(None)
}

/// Checks that the body of an empty file is empty. The connection would never
/// ask for it.
pub(super) async fn expect_empty(mut body: ByteStream) -> io::Result<()> {
    if filled(&mut body).await?.is_some() { Err(too_long()) } else { Ok(()) }
}

/// The local bytes of an upload in several requests, which each take a part.
pub(super) struct Source {
    left: futures::lock::Mutex<(ByteStream, Bytes)>,
}

impl Source {
    pub(super) fn new(body: ByteStream) -> Self {
        Self { left: futures::lock::Mutex::new((body, Bytes::new())) }
    }

    /// Passes over the next `length` bytes.
    pub(super) async fn skip(&self, mut length: u64) -> io::Result<()> {
        let mut left = self.left.lock().await;
        let (body, rest) = &mut *left;
        while length > 0 {
            if rest.is_empty() {
                *rest = filled(body).await?.ok_or_else(too_short)?;
            }
            let most = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            length -= rest.split_to(most).len() as u64;
        }
        Ok(())
    }

    /// Checks that nothing is left.
    pub(super) async fn end(&self) -> io::Result<()> {
        let mut left = self.left.lock().await;
        let (body, rest) = &mut *left;
        let over = !rest.is_empty() || filled(body).await?.is_some();
        if over { Err(too_long()) } else { Ok(()) }
    }

    /// The next `length` bytes, or all that is left.
    pub(super) fn part(self: &Arc<Self>, length: Option<u64>) -> ByteStream {
        stream::unfold((Arc::clone(self), length), |(source, left)| async move {
            if left == Some(0) {
                return None;
            }
            let mut locked = source.left.lock().await;
            let (body, rest) = &mut *locked;
            while rest.is_empty() {
                match body.next().await? {
                    Ok(piece) => *rest = piece,
                    Err(error) => return Some((Err(error), (source.clone(), Some(0)))),
                }
            }
            let room = left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
            let piece = rest.split_to(rest.len().min(room));
            drop(locked);
            let left = left.map(|left| left - piece.len() as u64);
            Some((Ok(piece), (source, left)))
        })
        .boxed()
    }
}

/// Returns the version that an answer's headers name. `OC-ETag` comes first:
/// proxies alter the other one (protocol.md 3.4).
pub(super) fn etag_of(header: impl Fn(&str) -> Option<String>) -> Option<Etag> {
    let named = |name| header(name).as_deref().and_then(Etag::parse);
    named("OC-ETag").or_else(|| named("ETag"))
}

/// Takes the answer to a GET.
pub(super) fn incoming(answer: Answer, profile: &Profile) -> Result<Download, Failure> {
    let encoding = answer.header("Content-Encoding").unwrap_or("identity");
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(Failure::nonsense(format!("the bytes came encoded as {encoding}")));
    }
    let etag = etag_of(|name| answer.header(name).map(str::to_owned));
    if etag.is_none() && profile.family != Family::Plain {
        // These families never leave it out: something else has answered.
        return Err(Failure::nonsense("a file without a version"));
    }
    let sha1 = answer.header("OC-Checksum").filter(|_| profile.checksums).and_then(sha1_of);
    let part = match answer.status {
        StatusCode::PARTIAL_CONTENT => {
            let range = answer.header("Content-Range").and_then(range);
            Some(range.ok_or_else(|| Failure::nonsense("a part of a file, and not which"))?)
        }
        _ => None,
    };
    let (offset, size) = match part {
        Some((offset, size)) => (offset, size),
        None => (0, answer.length()),
    };
    Ok(Download { offset, etag, size, sha1, body: answer.into_body() })
}

/// Where the bytes of a `Content-Range` begin, and how long the whole is.
fn range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, whole) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.trim().parse().ok()?, whole.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use futures::{StreamExt as _, TryStreamExt as _};

    use super::*;

    fn body(pieces: &[&'static [u8]]) -> ByteStream {
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece))).collect();
        stream::iter(pieces).boxed()
    }

    fn sent(pieces: &[&'static [u8]], size: u64) -> (io::Result<Vec<u8>>, Vec<u8>, Arc<Progress>) {
        let progress = Arc::new(Progress::default());
        let mut out = outgoing(body(pieces), size, progress.clone());
        let mut got = Vec::new();
        let result = block_on(async {
            while let Some(piece) = out.try_next().await? {
                got.extend_from_slice(&piece);
            }
            Ok(got.clone())
        });
        (result, got, progress)
    }

    #[test]
    fn a_body_of_the_announced_length_passes_whole() {
        let (result, got, progress) = sent(&[b"ab", b"", b"c"], 3);
        assert!(result.is_ok());
        assert_eq!(got, b"abc");
        assert!(progress.is_done());
        assert_eq!((progress.sent(), progress.failed()), (3, None));
    }

    #[test]
    fn a_body_that_is_too_long_never_becomes_a_whole_file() {
        let cases: [&[&'static [u8]]; 3] = [&[b"abc", b"d"], &[b"abcd"], &[b"ab", b"cd"]];
        for pieces in cases {
            let (result, got, progress) = sent(pieces, 3);
            assert!(result.is_err(), "{pieces:?}");
            assert!(got.len() < 3, "{pieces:?}");
            assert!(progress.failed().is_some());
        }
    }

    #[test]
    fn a_body_that_ends_early_is_an_error() {
        let (result, _, progress) = sent(&[b"ab"], 3);
        assert!(result.is_err());
        assert!(progress.failed().is_some());
    }

    #[test]
    fn a_content_range_tells_where_the_bytes_begin() {
        assert_eq!(range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(range("bytes */10"), None);
        assert_eq!(range("lines 5-9/10"), None);
    }

    #[test]
    fn parts_follow_each_other_without_a_gap() {
        let source = Arc::new(Source::new(body(&[b"abc", b"", b"defg", b"hij"])));
        let read = |length| {
            let bytes: Vec<Bytes> = block_on(source.part(length).try_collect()).unwrap();
            bytes.concat()
        };
        assert_eq!(read(Some(2)), b"ab");
        assert_eq!(read(Some(4)), b"cdef");
        block_on(source.skip(2)).unwrap();
        assert!(block_on(source.end()).is_err());
        assert_eq!(read(None), b"ij");
        assert!(block_on(source.end()).is_ok());
        assert!(block_on(source.skip(1)).is_err());
    }

    #[test]
    fn an_empty_file_has_an_empty_body() {
        assert!(block_on(expect_empty(body(&[b""]))).is_ok());
        assert!(block_on(expect_empty(body(&[b"", b"x"]))).is_err());
    }
}
