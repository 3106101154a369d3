//! Uploads in chunks, put together by one final MOVE (protocol.md 4.3, 4.4).
//!
//! A PUT over an existing file that is cut leaves Nextcloud with a part of the
//! new bytes under the old properties (protocol.md 0.17): whatever does not
//! leave in one small write goes this way, which replaces all or nothing.
//! Large files go this way too, and go on after a cut: the folder of an upload
//! is named after what it holds, so whoever finds it there may go on in it.

use std::collections::BTreeMap;
use std::sync::{Mutex as Lock, PoisonError};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::dav::{DESTINATION, Dav, OVERWRITE, Outcome};
use super::failure::Failure;
use super::pace::Pace;
use super::request::{Load, Request};
use super::transfer::etag_of;
use super::url::DavRoot;
use super::{Effect, Family, Guard, ServerErrorKind, Upload, Written, summed};
use crate::model::{Name, RelPath};

const OC_TOTAL_LENGTH: HeaderName = HeaderName::from_static("oc-total-length");
const IF: HeaderName = HeaderName::from_static("if");

/// What leaves in one write, as good as whole or not at all.
const SMALL: u64 = 64 << 10;

/// Object stores behind Nextcloud take no smaller chunks but the last one
/// (protocol.md 4.4).
const LEAST_V2: u64 = 5 << 20;
const LEAST: u64 = 1 << 20;

/// Chunks of one upload that are on their way or not answered yet, at most.
/// Nextcloud advises five (protocol.md 4.3).
pub(super) const AT_ONCE: u64 = 3;

/// How often an upload may be cut without getting any further, and how often
/// its last step may fail, before it is given up or begun anew.
const TRIES: u32 = 3;

/// The last step may take so much longer for every GiB (protocol.md 4.3).
const ASSEMBLY: Duration = Duration::from_secs(180);

/// Where and how the server takes chunks.
#[derive(Debug)]
pub(super) struct Chunks {
    /// The account's folder for uploads.
    pub(super) folder: DavRoot,
    pub(super) pace: Pace,
    /// Chunks of one upload at once.
    pub(super) at_once: usize,
    /// Uploads of this run that have not come to their end, by the place that
    /// they are on the way to.
    begun: Lock<BTreeMap<RelPath, Begun>>,
}

/// An upload that has begun.
#[derive(Clone, Debug, Default)]
struct Begun {
    name: String,
    /// Bytes that had arrived when it was last cut.
    taken: u64,
    /// Cuts since it last got any further.
    cuts: u32,
    /// How often the last step was refused.
    refused: u32,
}

/// One upload on its way.
pub(super) struct Transfer<'a> {
    pub(super) chunks: &'a Chunks,
    /// Its folder below that for uploads.
    pub(super) at: RelPath,
    path: &'a RelPath,
    /// The address of the file.
    target: String,
    pub(super) size: u64,
}

impl Chunks {
    /// Chunks in `folder`, not larger and not more at once than the server
    /// wants them.
    pub(super) fn new(
        folder: DavRoot,
        family: Family,
        most: Option<u64>,
        at_once: Option<u64>,
    ) -> Self {
        let least = if family == Family::Nextcloud { LEAST_V2 } else { LEAST };
        let at_once = at_once.unwrap_or(AT_ONCE).clamp(1, AT_ONCE) as usize;
        Self { folder, pace: Pace::new(least, most), at_once, begun: Lock::default() }
    }

    /// Changes what is remembered of the upload to `path`.
    fn begun<T>(&self, path: &RelPath, change: impl FnOnce(&mut Begun) -> T) -> T {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        change(begun.entry(path.clone()).or_default())
    }

    fn forget(&self, path: &RelPath) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

impl Dav {
    /// How the server takes chunks, if this upload is to go in chunks.
    pub(super) fn chunks_for(&self, guard: &Guard, size: u64) -> Option<&Chunks> {
        let chunks = self.chunks.as_ref()?;
        let torn_when_cut = self.profile.family == Family::Nextcloud && *guard != Guard::Absent;
        (size > chunks.pace.whole() || (torn_when_cut && size > SMALL)).then_some(chunks)
    }

    /// What a PUT that was refused for its size comes to: the file goes in
    /// chunks the next time, where there are chunks.
    pub(super) fn too_large(&self, failure: Failure, size: u64) -> Failure {
        let smaller = failure.kind == ServerErrorKind::TooLarge
            && (self.chunks.as_ref().is_some_and(|chunks| chunks.pace.refused(size))
                || self.tus.as_ref().is_some_and(|tus| tus.refused(size)));
        if smaller { interrupted(failure) } else { failure }
    }

    /// Uploads in chunks. Until the final MOVE nothing has an effect on the file.
    pub(super) async fn put_chunks(
        &self,
        chunks: &Chunks,
        path: &RelPath,
        guard: &Guard,
        upload: Upload,
    ) -> Outcome<Written> {
        if *guard == Guard::Present {
            self.check(path, guard).await?;
        }
        let transfer = self.transfer(chunks, path, &upload.name, upload.size)?;
        self.supersede(&transfer, &upload.name).await;
        let (mtime, mut sha1) = (upload.mtime, upload.sha1);
        let (body, sum) = summed::where_unknown(upload.body, sha1);
        match self.send_chunks(&transfer, body).await {
            Ok(()) => {}
            Err((failure, taken)) => {
                let failure = Failure { effect: Effect::None, ..failure };
                return Err(self.cut(&transfer, failure, taken).await);
            }
        }
        if let Some(sum) = sum {
            sha1 = sum.known().await;
        }
        let mut properties = self.properties(mtime, sha1);
        properties.insert(OC_TOTAL_LENGTH, transfer.size.into());
        match self.assemble(&transfer, guard, properties).await {
            Ok(answer) => {
                chunks.forget(path);
                if self.profile.family == Family::OwnCloud10 {
                    // Its answer may tell of the file that was replaced (owncloud10.md).
                    return Ok(Written::default());
                }
                let etag = etag_of(|name| answer.get(name)?.to_str().ok().map(str::to_owned));
                Ok(Written { etag, file_id: self.file_id(&answer), replaced: None })
            }
            Err(failure) if failure.effect == Effect::Unknown => {
                self.landed(&transfer, guard, mtime, failure).await
            }
            Err(failure) => Err(self.not_assembled(&transfer, failure).await),
        }
    }

    fn transfer<'a>(
        &self,
        chunks: &'a Chunks,
        path: &'a RelPath,
        name: &str,
        size: u64,
    ) -> Outcome<Transfer<'a>> {
        let name = Name::new(name).map_err(|_| Failure::nonsense("no name for the upload"))?;
        let at = RelPath::root().join(&name);
        Ok(Transfer { chunks, at, path, target: self.address(path), size })
    }

    /// Removes what an upload of other bytes to the same place has left.
    async fn supersede(&self, transfer: &Transfer<'_>, name: &str) {
        let old = transfer.chunks.begun(transfer.path, |begun| {
            let old = std::mem::replace(&mut begun.name, name.to_owned());
            let other = !old.is_empty() && old != name;
            other.then(|| {
                *begun = Begun { name: name.to_owned(), ..Begun::default() };
                old
            })
        });
        if let Some(old) = old {
            self.drop_upload(transfer.chunks, transfer.path, &old).await;
        }
    }

    /// Removes an upload. The server would clear it away after a day (4.3).
    async fn drop_upload(&self, chunks: &Chunks, path: &RelPath, name: &str) {
        if let Ok(transfer) = self.transfer(chunks, path, name, 0) {
            let dropped = self.step(&transfer, "DELETE", None).await;
            if let Err(failure) = dropped {
                tracing::debug!(%path, detail = failure.detail, "an upload stays on the server");
            }
        }
    }

    /// Gives up an upload of an earlier run.
    pub(super) async fn forget_chunks(&self, path: &RelPath, name: &str) -> Outcome<()> {
        let Some(chunks) = &self.chunks else { return Ok(()) };
        let transfer = self.transfer(chunks, path, name, 0)?;
        chunks.forget(path);
        match self.step(&transfer, "DELETE", None).await {
            Err(failure) if failure.kind != ServerErrorKind::NotFound => Err(failure),
            _ => Ok(()),
        }
    }

    /// One small request of an upload.
    pub(super) async fn step(
        &self,
        transfer: &Transfer<'_>,
        method: &'static str,
        chunk: Option<&Name>,
    ) -> Outcome<HeaderMap> {
        let at = chunk.map_or_else(|| transfer.at.clone(), |name| transfer.at.join(name));
        self.written(self.announced(transfer, method, &at)?).await
    }

    /// A request of an upload. Nextcloud is told where the file will stand:
    /// then it can write it there at once (4.4); the length shows it in time
    /// that there is no room (4.1).
    pub(super) fn announced(
        &self,
        transfer: &Transfer<'_>,
        method: &'static str,
        at: &RelPath,
    ) -> Outcome<Request> {
        let (asked, target) = (self.asked(method), transfer.chunks.folder.file(at));
        let mut headers = HeaderMap::new();
        if self.profile.family == Family::Nextcloud {
            headers.insert(DESTINATION, header_value(&transfer.target)?);
        }
        if transfer.size > 0 {
            headers.insert(OC_TOTAL_LENGTH, transfer.size.into());
        }
        Ok(Request { asked, target, headers, load: Load::Nothing })
    }

    /// What is to become of an upload that did not get to its last step.
    async fn cut(&self, transfer: &Transfer<'_>, failure: Failure, taken: u64) -> Failure {
        use ServerErrorKind as Kind;
        let cuts = transfer.chunks.begun(transfer.path, |begun| {
            begun.cuts = if taken > begun.taken { 1 } else { begun.cuts + 1 };
            begun.taken = taken;
            begun.cuts
        });
        match failure.kind {
            Kind::Interrupted => failure,
            // The network, or a server that lost the chunks that it had.
            Kind::Unreachable | Kind::Torn | Kind::NotFound if cuts <= TRIES => {
                interrupted(failure)
            }
            _ if passes(&failure.kind) => failure,
            _ => {
                self.reset(transfer).await;
                failure
            }
        }
    }

    /// What is to become of an upload whose last step was refused. Something
    /// else at the target may be only another version of the same bytes, so
    /// the chunks are kept for a while.
    async fn not_assembled(&self, transfer: &Transfer<'_>, failure: Failure) -> Failure {
        use ServerErrorKind as Kind;
        let refused = transfer.chunks.begun(transfer.path, |begun| {
            begun.refused += 1;
            begun.refused
        });
        match failure.kind {
            Kind::Changed if refused < TRIES => failure,
            _ if passes(&failure.kind) => failure,
            // The chunks do not make the file: begun anew, once.
            Kind::Torn | Kind::Status(400) if refused == 1 => {
                let name = transfer.at.name().unwrap_or_default();
                self.drop_upload(transfer.chunks, transfer.path, name).await;
                interrupted(failure)
            }
            _ => {
                self.reset(transfer).await;
                failure
            }
        }
    }

    async fn reset(&self, transfer: &Transfer<'_>) {
        transfer.chunks.forget(transfer.path);
        let name = transfer.at.name().unwrap_or_default();
        self.drop_upload(transfer.chunks, transfer.path, name).await;
    }

    /// The final MOVE: the only request that touches the file.
    async fn assemble(
        &self,
        transfer: &Transfer<'_>,
        guard: &Guard,
        properties: HeaderMap,
    ) -> Outcome<HeaderMap> {
        let name = Name::new(".file").map_err(|_| Failure::nonsense("no name for the whole"))?;
        let mut request = self.announced(transfer, "MOVE", &transfer.at.join(&name))?;
        request.headers.extend(properties);
        request.headers.insert(DESTINATION, header_value(&transfer.target)?);
        match guard {
            Guard::Absent => {
                request.headers.insert(OVERWRITE, HeaderValue::from_static("F"));
            }
            Guard::Version(etag) => {
                // `If-Match` would be compared with the upload itself (4.3).
                let version = format!("<{}> ([{}])", transfer.target, etag.quoted());
                request.headers.insert(IF, header_value(&version)?);
            }
            Guard::Present => {}
        }
        let gibs = u32::try_from(transfer.size >> 30).unwrap_or(u32::MAX);
        request.load = Load::Work(ASSEMBLY.saturating_mul(gibs));
        self.written(request).await
    }

    /// After a final MOVE without an answer: if its chunks are gone and the
    /// file that stands there is what they make, it has taken effect. Else
    /// nobody knows (amendment 12), and the chunks are kept.
    async fn landed(
        &self,
        transfer: &Transfer<'_>,
        guard: &Guard,
        mtime: Option<i64>,
        failure: Failure,
    ) -> Outcome<Written> {
        match self.arrived(transfer).await {
            Err(gone) if gone.kind == ServerErrorKind::NotFound => {}
            _ => return Err(failure),
        }
        let Ok(Some(found)) = self.look(transfer.path).await else { return Err(failure) };
        let seen = found.resource.seen;
        let replaced = !matches!(guard, Guard::Version(old) if seen.etag.as_ref() == Some(old));
        let same_date = mtime.is_none() || seen.mtime == mtime;
        if !(replaced && same_date && seen.size == Some(transfer.size)) {
            return Err(failure);
        }
        transfer.chunks.forget(transfer.path);
        Ok(Written { etag: seen.etag, file_id: seen.file_id, replaced: None })
    }
}

/// Whether it says nothing of the upload, which can go on another time.
pub(super) fn passes(kind: &ServerErrorKind) -> bool {
    let here = matches!(kind, ServerErrorKind::Locked | ServerErrorKind::StorageGone);
    here || kind.stops_all()
}

/// The same upload can go on.
pub(super) fn interrupted(failure: Failure) -> Failure {
    Failure { kind: ServerErrorKind::Interrupted, effect: Effect::None, ..failure }
}

fn header_value(text: &str) -> Outcome<HeaderValue> {
    HeaderValue::from_str(text).map_err(|_| Failure::nonsense("what no header can carry"))
}
