//! Uploads in pieces by TUS, as oCIS takes them (protocol.md 4.6).
//!
//! Until the last piece has arrived nothing is to be seen of the file. The
//! address of an upload is a secret. The caller is told of it at once, and keeps
//! it for the next run; a run that is cut before that begins anew. Bytes never
//! go with the first request: cut, it would leave no address to go on at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, LOCATION,
};
use url::Url;

use super::chunks::{interrupted, passes};
use super::dav::{Dav, MTIMES, Outcome, header};
use super::failure::Failure;
use super::pace::Pace;
use super::request::{Answer, Load, Request};
use super::status::Asked;
use super::transfer::{Progress, Source, outgoing};
use super::{Addresses, Effect, Guard, ServerErrorKind, Upload, Written};
use crate::clock::{Clock as _, SystemClock};
use crate::model::{RelPath, Sha1Sum, UploadAt};

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// No smaller pieces than these are tried.
const LEAST: u64 = 1 << 20;

/// How often an upload may be cut in a row without getting any further.
const TRIES: u32 = 3;

/// How the server takes uploads by TUS, and those of this run.
#[derive(Debug)]
pub(super) struct Tus {
    pace: Pace,
    begun: Mutex<BTreeMap<String, Begun>>,
}

/// An upload that has begun.
#[derive(Clone)]
struct Begun {
    /// Its path on the server: whoever knows it may write.
    location: String,
    /// Bytes that had arrived when it was last cut.
    taken: u64,
    cuts: u32,
}

impl Begun {
    fn at(location: String) -> Self {
        Self { location, taken: 0, cuts: 0 }
    }
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").field("taken", &self.taken).finish_non_exhaustive()
    }
}

impl Tus {
    /// Pieces of at most `most` bytes, if the server sets a limit.
    pub(super) fn new(most: Option<u64>) -> Self {
        Self { pace: Pace::new(LEAST, most), begun: Mutex::default() }
    }

    fn begun(&self, name: &str) -> Option<Begun> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn remember(&self, name: &str, begun: Option<Begun>) {
        let mut all = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        match begun {
            Some(begun) => drop(all.insert(name.to_owned(), begun)),
            None => drop(all.remove(name)),
        }
    }

    /// A PUT of `size` bytes was refused for its size. Whether pieces can be tried.
    pub(super) fn refused(&self, size: u64) -> bool {
        self.pace.refused(size)
    }
}

/// What is to stand there in the end.
#[derive(Clone, Copy)]
struct Wanted {
    size: u64,
    sha1: Option<Sha1Sum>,
}

/// How far an upload is.
enum Stand {
    /// So many bytes have arrived.
    At(u64),
    /// It is whole, or the server has given it up.
    Over,
}

impl Dav {
    /// How the server takes TUS, if this upload is to go so. An empty file
    /// never is: it would lose its date.
    pub(super) fn tus_for(&self, size: u64) -> Option<&Tus> {
        self.tus.as_ref().filter(|tus| size > tus.pace.whole())
    }

    /// Uploads in pieces.
    pub(super) async fn put_tus(
        &self,
        tus: &Tus,
        path: &RelPath,
        guard: &Guard,
        upload: Upload,
    ) -> Outcome<Written> {
        let mut upload = upload;
        let name = upload.name.clone();
        let Addresses { known, tell } = std::mem::take(&mut upload.resume);
        let known = known.filter(|known| known.name == name).map(|known| known.address);
        let begun = tus.begun(&name).or_else(|| known.map(Begun::at));
        let wanted = Wanted { size: upload.size, sha1: upload.sha1 };
        let (begun, offset) = match self.go_on(begun).await? {
            Some((begun, Stand::At(offset))) => (begun, offset),
            over => {
                tus.remember(&name, None);
                if over.is_some()
                    && let Some(written) = self.has_arrived(path, wanted).await?
                {
                    return Ok(written);
                }
                let begun = self.create(path, guard, &upload).await?;
                if let Some(tell) = tell {
                    tell(UploadAt { name: name.clone(), address: begun.location.clone() });
                }
                (begun, 0)
            }
        };
        tus.remember(&name, Some(begun.clone()));
        match self.send_pieces(tus, &begun.location, path, guard, upload, offset).await {
            Ok(()) => {
                tus.remember(&name, None);
                self.finished(path, wanted).await
            }
            Err((failure, taken)) => Err(self.piece_failed(tus, &name, begun, failure, taken)),
        }
    }

    /// Finds out how far an upload is that has begun; none if none has.
    async fn go_on(&self, begun: Option<Begun>) -> Outcome<Option<(Begun, Stand)>> {
        let Some(begun) = begun else { return Ok(None) };
        let request = self.tus_request("HEAD", begun.location.clone());
        let answer = match self.tus_send(request, &[200, 204]).await {
            // The address says by itself who may use it: a refusal is about
            // its age, not about the account.
            Err(failure) if matches!(failure.status, Some(400 | 401 | 403 | 404 | 410)) => {
                return Ok(Some((begun, Stand::Over)));
            }
            answer => answer?,
        };
        let offset = answer.header("Upload-Offset").and_then(|offset| offset.trim().parse().ok());
        let offset = offset.ok_or_else(|| Failure::nonsense("an upload without an offset"))?;
        Ok(Some((begun, Stand::At(offset))))
    }

    /// The address is its own password (protocol.md 4.6): it goes without
    /// another one, and no error says it.
    async fn tus_send(&self, request: Request, wanted: &[u16]) -> Outcome<Answer> {
        let hidden = self.wire.hidden.and(&request.target);
        let sent = self.wire.anonymous().send(request, wanted).await;
        sent.map_err(|failure| hidden.failure(failure))
    }

    fn tus_request(&self, method: &'static str, target: String) -> Request {
        let headers = HeaderMap::from_iter([(RESUMABLE, HeaderValue::from_static("1.0.0"))]);
        Request { asked: self.asked(method), target, headers, load: Load::Nothing }
    }

    /// Announces the file. Only here the server compares its version.
    async fn create(&self, path: &RelPath, guard: &Guard, upload: &Upload) -> Outcome<Begun> {
        let folder = path.parent().unwrap_or_default();
        let mut request = self.tus_request("POST", self.root.dir(&folder));
        let mut if_match = false;
        if let Guard::Version(etag) = guard {
            request.headers.insert(IF_MATCH, text(&etag.quoted())?);
            if_match = true;
        } else {
            // RACE: oCIS passes over `If-None-Match` (protocol.md 0.2).
            self.check(path, guard).await?;
        }
        request.asked = Asked { if_match, ..request.asked };
        request.headers.insert(UPLOAD_LENGTH, upload.size.into());
        request.headers.insert(UPLOAD_METADATA, text(&metadata(path, upload))?);
        let answer = self.wire.send(request, &[201]).await?.drained().await;
        let location = header(&answer, LOCATION.as_str()).and_then(|location| path_of(&location));
        let location = location.ok_or_else(|| Failure::nonsense("an upload without an address"))?;
        Ok(Begun::at(location))
    }

    /// Sends what is missing. A failure comes with the bytes that had arrived.
    async fn send_pieces(
        &self,
        tus: &Tus,
        location: &str,
        path: &RelPath,
        guard: &Guard,
        upload: Upload,
        mut offset: u64,
    ) -> Result<(), (Failure, u64)> {
        let source = Arc::new(Source::new(upload.body));
        let local = |error: std::io::Error| Failure::new(ServerErrorKind::Body, error.to_string());
        source.skip(offset).await.map_err(|error| (local(error), offset))?;
        while offset < upload.size {
            let left = upload.size - offset;
            let length = tus.pace.size().min(left);
            if length == left {
                // RACE: between this look and the last piece, which overwrites
                // whatever stands there then.
                let held = self.check(path, guard).await;
                held.map_err(|failure| (failure, offset))?;
            }
            let clock = SystemClock::new();
            let sent = self.send_piece(location, &source, offset, length, length == left).await;
            sent.map_err(|failure| (resized(tus, failure, length, length == left), offset))?;
            tus.pace.took(length, clock.now());
            offset += length;
        }
        Ok(())
    }

    async fn send_piece(
        &self,
        location: &str,
        source: &Arc<Source>,
        offset: u64,
        length: u64,
        last: bool,
    ) -> Outcome<()> {
        let progress = Arc::new(Progress::default());
        let body = self.wire.up(source.part((!last).then_some(length)));
        let body = outgoing(body, length, progress.clone());
        let mut request = self.tus_request("PATCH", location.to_owned());
        request.headers.insert(UPLOAD_OFFSET, offset.into());
        request.headers.insert(CONTENT_LENGTH, length.into());
        let kind = HeaderValue::from_static("application/offset+octet-stream");
        request.headers.insert(CONTENT_TYPE, kind);
        request.load = Load::File(body, progress.clone());
        let answer = self.tus_send(request, &[204]).await?;
        let now = answer.header("Upload-Offset").and_then(|offset| offset.trim().parse().ok());
        if progress.is_done() && now == Some(offset + length) {
            return Ok(());
        }
        // It has taken less, or something else: how much, it is asked.
        Err(Failure::new(ServerErrorKind::Torn, "a piece did not arrive whole"))
    }

    /// What is to become of an upload that was cut.
    fn piece_failed(
        &self,
        tus: &Tus,
        name: &str,
        begun: Begun,
        failure: Failure,
        taken: u64,
    ) -> Failure {
        use ServerErrorKind as Kind;
        let cuts = if taken > begun.taken { 1 } else { begun.cuts + 1 };
        // 409: not the offset that the server has. It is asked for it.
        let cut = matches!(failure.kind, Kind::Unreachable | Kind::Torn | Kind::Interrupted)
            || matches!(failure.status, Some(404 | 409));
        let lives = cut || passes(&failure.kind);
        let kept = lives.then_some(Begun { taken, cuts, ..begun });
        tus.remember(name, kept);
        if cut && cuts <= TRIES { interrupted(failure) } else { failure }
    }

    /// What stands at `path` if it is what was to be sent: oCIS computes
    /// checksums by itself (protocol.md 0.4).
    async fn has_arrived(&self, path: &RelPath, wanted: Wanted) -> Outcome<Option<Written>> {
        let Some(found) = self.look(path).await? else { return Ok(None) };
        let seen = found.resource.seen;
        let same =
            seen.size == Some(wanted.size) && seen.sha1.is_some() && seen.sha1 == wanted.sha1;
        Ok(same.then_some(Written { etag: seen.etag, file_id: seen.file_id, replaced: None }))
    }

    /// Compares what has become of the upload: TUS verifies nothing.
    async fn finished(&self, path: &RelPath, wanted: Wanted) -> Outcome<Written> {
        let found = match self.look(path).await {
            Ok(found) => found,
            // The server still works on it (425), or does not answer now: it is
            // learnt from the next listing.
            Err(failure) => {
                tracing::debug!(%path, detail = failure.detail, "not shown yet");
                return Ok(Written::default());
            }
        };
        let Some(found) = found else { return Ok(Written::default()) };
        let seen = found.resource.seen;
        if seen.sha1.zip(wanted.sha1).is_some_and(|(there, here)| there != here) {
            let other = Failure::new(ServerErrorKind::Torn, "other bytes than were sent");
            return Err(other.unsure());
        }
        let known = seen.sha1.is_some() && wanted.sha1.is_some() && seen.size == Some(wanted.size);
        Ok(if known {
            Written { etag: seen.etag, file_id: seen.file_id, replaced: None }
        } else {
            Written::default()
        })
    }
}

/// A piece failed: the next ones may have to be smaller. Before the last piece
/// nothing has taken effect.
fn resized(tus: &Tus, failure: Failure, length: u64, last: bool) -> Failure {
    let failure = if last { failure } else { Failure { effect: Effect::None, ..failure } };
    match failure.kind {
        ServerErrorKind::TooLarge if tus.pace.refused(length) => interrupted(failure),
        ServerErrorKind::Unreachable => {
            tus.pace.cut(length);
            failure
        }
        _ => failure,
    }
}

/// What the server is told of the file.
fn metadata(path: &RelPath, upload: &Upload) -> String {
    let mut fields = vec![("filename", path.name().unwrap_or_default().to_owned())];
    if let Some(mtime) = upload.mtime.filter(|mtime| MTIMES.contains(mtime)) {
        fields.push(("mtime", mtime.to_string()));
    }
    fields.extend(upload.sha1.map(|sum| ("checksum", format!("SHA1 {sum}"))));
    let fields = fields.into_iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    fields.collect::<Vec<_>>().join(",")
}

/// The path of an address. Its host is what the server believes to be called,
/// and often wrong: only the origin that was asked counts.
fn path_of(location: &str) -> Option<String> {
    let location = location.trim();
    let path = if location.starts_with('/') {
        location.to_owned()
    } else {
        let url = Url::parse(location).ok()?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", url.path())
    };
    (path.len() > 1).then_some(path)
}

fn text(value: &str) -> Outcome<HeaderValue> {
    HeaderValue::from_str(value).map_err(|_| Failure::nonsense("what no header can carry"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_of_an_address_counts() {
        let path = |location| path_of(location);
        assert_eq!(
            path("https://localhost:9200/data/a.b-c?x=1").as_deref(),
            Some("/data/a.b-c?x=1")
        );
        assert_eq!(path("/data/token").as_deref(), Some("/data/token"));
        assert_eq!(path(""), None);
        assert_eq!(path("https://localhost:9200"), None);
    }

    #[test]
    fn a_debug_print_keeps_the_secret() {
        let begun = Begun { location: "/data/s3cret".to_owned(), taken: 5, cuts: 0 };
        assert!(!format!("{begun:?}").contains("s3cret"));
    }
}
