//! Files on their way, in both directions.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::{StreamExt as _, stream};

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
    Ok(Download { etag, size: answer.length(), sha1, body: answer.into_body() })
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
    fn an_empty_file_has_an_empty_body() {
        assert!(block_on(expect_empty(body(&[b""]))).is_ok());
        assert!(block_on(expect_empty(body(&[b"", b"x"]))).is_err());
    }
}
