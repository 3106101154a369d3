//! The cloud behind the engine's own seam, in process, for simulation and tests.
//!
//! Behaves at the level of [`Server`] as the real client does against the same
//! family: where the family ignores a condition there is a late check before
//! the request, with the same race. Every request yields once before and once
//! after it takes effect, so that a simulation can stop or reorder in between.

mod seam;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use super::blob::Blob;
use super::call::Call;
use super::dialect::{Dialect, Ways};
use super::failure::Sent;
use super::faults::{Fate, Faults, NoFaults, Request};
use super::model::Cloud;
use super::refusal::{Method, Refusal};
use super::request::{Conditions, Done, Put, SentDate, Shown};
use super::shared::SharedCloud;
use crate::model::{Etag, Kind, Name, Perms, RelPath, RemoteSeen, Sha1Sum};
use crate::server::{
    ByteStream, Current, Discarded, Download, Effect, Family, Guard, Listing, Part, Profile,
    Resource, Result, Resume, Server, ServerErrorKind, Together, Upload, Version, Written,
};

/// How many bytes of a download come at a time.
const PIECE: usize = 64 * 1024;

/// One account of a cloud, from a remote root downwards. Clones are the same connection.
#[derive(Clone)]
pub struct Direct {
    inner: Arc<Inner>,
}

struct Inner {
    cloud: SharedCloud,
    user: String,
    root: RelPath,
    dialect: Dialect,
    ways: &'static Ways,
    profile: Profile,
    faults: Mutex<Box<dyn Faults>>,
    requests: AtomicU64,
    late: Mutex<Vec<Call>>,
}

fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives everything else that is ready a turn.
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Direct {
    /// Connects to the files of `user` below `root`. The account is made if
    /// there is none.
    pub fn new(cloud: SharedCloud, user: &str, root: RelPath) -> Self {
        let (dialect, ways) = {
            let mut cloud = cloud.lock();
            drop(cloud.user(user));
            (cloud.dialect(), cloud.ways())
        };
        let inner = Inner {
            cloud,
            user: user.to_owned(),
            root,
            dialect,
            ways,
            profile: ways.profile(),
            faults: Mutex::new(Box::new(NoFaults)),
            requests: AtomicU64::new(0),
            late: Mutex::new(Vec::new()),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Decides the fate of every request from now on.
    pub fn set_faults(&self, faults: impl Faults + 'static) {
        *hold(&self.inner.faults) = Box::new(faults);
    }

    /// Says that the server takes files together, as this says. For tests: to
    /// be called before anything else has this connection.
    pub fn takes_together(&mut self, together: Together) {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.profile.together = Some(together);
        }
    }

    /// The cloud on the other side.
    pub fn cloud(&self) -> &SharedCloud {
        &self.inner.cloud
    }

    /// How many writes are still on their way.
    pub fn late(&self) -> usize {
        hold(&self.inner.late).len()
    }

    /// Lets all late writes land, in the order in which they were sent.
    /// Returns how many took effect; the others were refused.
    pub fn land_late(&self) -> usize {
        let late = std::mem::take(&mut *hold(&self.inner.late));
        let mut cloud = self.inner.cloud.lock();
        late.iter().filter(|call| call.land(&mut cloud, &self.inner.user).is_ok()).count()
    }

    /// Lets only the oldest late write land; whether there was one.
    pub fn land_one(&self) -> bool {
        let mut late = hold(&self.inner.late);
        if late.is_empty() {
            return false;
        }
        let call = late.remove(0);
        // Nobody waits for the answer any more.
        let _ = call.land(&mut self.inner.cloud.lock(), &self.inner.user);
        true
    }

    pub(super) fn whole(&self, path: &RelPath) -> RelPath {
        RelPath::parse(&format!("{}/{path}", self.inner.root)).unwrap_or_default()
    }

    pub(super) fn fate(&self, method: &'static str, path: &RelPath, size: Option<u64>) -> Fate {
        let number = self.inner.requests.fetch_add(1, Ordering::Relaxed) + 1;
        hold(&self.inner.faults).fate(&Request { number, method, path, size })
    }

    /// One file of many comes to its turn.
    pub(super) fn passing(&self, path: &RelPath) {
        hold(&self.inner.faults).passing(path);
    }

    /// Sends a reading. Returns what the cloud shows in between, and where the
    /// answer is cut, if it is.
    pub(super) async fn ask<T>(
        &self,
        sent: Sent<'_>,
        read: impl FnOnce(&mut Cloud, &str, &RelPath) -> std::result::Result<T, Refusal>,
    ) -> Result<(T, Option<u64>)> {
        let (value, fate) = self.ask_fatefully(sent, read).await?;
        let cut = if let Fate::CutBody(length) = fate { Some(length) } else { None };
        Ok((value, cut))
    }

    /// As [`Self::ask`], with what becomes of an answer that comes.
    async fn ask_fatefully<T>(
        &self,
        sent: Sent<'_>,
        read: impl FnOnce(&mut Cloud, &str, &RelPath) -> std::result::Result<T, Refusal>,
    ) -> Result<(T, Fate)> {
        let fate = self.fate(sent.name, sent.path, None);
        yield_now().await;
        match fate {
            Fate::Fail(kind) => return Err(sent.stopped(kind)),
            Fate::Silent => std::future::pending().await,
            _ => {}
        }
        let whole = self.whole(sent.path);
        let result = {
            let mut cloud = self.inner.cloud.lock();
            cloud.ask_storages(&self.inner.user, &whole);
            read(&mut cloud, &self.inner.user, &whole)
        };
        yield_now().await;
        if matches!(fate, Fate::LoseReply | Fate::Late) {
            return Err(sent.lost());
        }
        let value = result.map_err(|refusal| sent.refused(&refusal))?;
        Ok((value, fate))
    }

    /// Sends a write.
    pub(super) async fn send(&self, path: &RelPath, call: Call) -> Result<Option<Done>> {
        let sent = Sent {
            method: call.method(),
            if_match: call.conditions().is_some_and(|conditions| conditions.if_match.is_some()),
            ..self.sent(call.name(), path)
        };
        let fate = self.fate(sent.name, path, call.size());
        yield_now().await;
        let (cloud, user) = (&self.inner.cloud, &self.inner.user);
        let result = match fate {
            Fate::Fail(kind) => return Err(sent.stopped(kind)),
            Fate::Late => {
                self.keep(call);
                return Err(sent.lost());
            }
            Fate::CutBody(length) => {
                call.land_cut(&mut cloud.lock(), user, length);
                return Err(sent.lost());
            }
            _ => call.land(&mut cloud.lock(), user),
        };
        yield_now().await;
        if fate == Fate::LoseReply {
            return Err(sent.lost());
        }
        result.map_err(|refusal| sent.refused(&refusal))
    }

    /// A reading, unless said otherwise.
    pub(super) fn sent<'a>(&self, name: &'static str, path: &'a RelPath) -> Sent<'a> {
        let dialect = self.inner.dialect;
        Sent { dialect, method: Method::Read, name, path, if_match: false }
    }

    pub(super) fn family(&self) -> Family {
        self.inner.ways.family
    }

    /// `asked` is the path of the request: id and fingerprint are only asked of
    /// the root.
    fn resource(&self, asked: &RelPath, shown: &Shown) -> Resource {
        let ways = self.inner.ways;
        let folder = shown.kind == Kind::Dir;
        let nameless = folder && !self.inner.profile.tree_etags;
        let seen = RemoteSeen {
            file_id: shown.file_id.clone(),
            etag: if nameless { None } else { Etag::parse(&shown.etag) },
            sha1: self.trusted_sha1(shown),
            perms: match &shown.letters {
                None => Perms::OWN,
                Some(letters) if ways.own_file.contains('G') => Perms::from_letters(letters),
                Some(letters) => Perms::from_letters(letters) | Perms::READ,
            },
            size: (!folder).then_some(shown.size),
            mtime: Some(shown.date),
        };
        Resource {
            kind: shown.kind,
            seen,
            id: shown.id.clone().filter(|_| asked.is_root()),
            fingerprint: shown
                .fingerprint
                .clone()
                .filter(|text| !text.is_empty() && asked.is_root()),
            quota_free: shown.quota.and_then(|quota| u64::try_from(quota).ok()),
            uploaded: shown.uploaded.is_some_and(|time| time != 0),
        }
    }

    /// What is shown of a home that is not there: a folder without entries,
    /// version and id.
    fn nobodys_home(&self, root: &Shown, now: i64) -> Listing {
        let mut dir = self.resource(&RelPath::root(), root);
        (dir.id, dir.fingerprint, dir.seen.etag, dir.seen.file_id) = (None, None, None, None);
        let server_time = Some(now);
        Listing { dir, children: Vec::new(), unusable: Vec::new(), server_time }
    }

    pub(super) fn user(&self) -> &str {
        &self.inner.user
    }

    /// Keeps a write that lands later.
    pub(super) fn keep(&self, call: Call) {
        hold(&self.inner.late).push(call);
    }

    /// What a file holds now; none if there is none.
    pub(super) fn bytes_at(&self, path: &RelPath) -> Option<Bytes> {
        let whole = self.whole(path);
        let file = self.inner.cloud.lock().read(&self.inner.user, &whole).ok()?;
        Some(file.blob.bytes().clone())
    }

    pub(super) fn root(&self) -> &RelPath {
        &self.inner.root
    }

    fn trusted_sha1(&self, shown: &Shown) -> Option<Sha1Sum> {
        let text = shown.checksum.as_deref().filter(|_| self.inner.profile.checksums)?;
        Sha1Sum::from_hex(text.strip_prefix("SHA1:")?)
    }

    pub(super) fn written(&self, done: Option<Done>, method: Method) -> Written {
        let put = done.as_ref().filter(|_| method == Method::Put);
        let replaced = put.map(|done| !done.created);
        let told = done.map(|done| done.told(self.inner.ways, method)).unwrap_or_default();
        let etag = told.etag.as_deref().and_then(Etag::parse);
        Written { etag, file_id: told.file_id, replaced }
    }

    /// What stands at `path`.
    pub(super) async fn look(&self, path: &RelPath) -> Result<Shown> {
        let sent = self.sent("PROPFIND", path);
        match self.ask(sent, |cloud, user, whole| cloud.look(user, whole)).await? {
            (shown, None) => Ok(shown),
            (_, Some(_)) => Err(sent.half()),
        }
    }

    /// Sends a write with conditions. If they fail because a folder never
    /// matches them, it is sent again without.
    async fn send_guarded(
        &self,
        sent: Sent<'_>,
        guard: &Guard,
        call: impl Fn(Conditions) -> Call,
    ) -> Result<Option<Done>> {
        let conditions = self.guard_source(sent, guard).await?;
        let guarded = conditions.if_match.is_some();
        let result = self.send(sent.path, call(conditions)).await;
        match &result {
            Err(error) if guarded && error.kind == ServerErrorKind::Changed => {
                match self.is_that_folder(sent.path, guard).await? {
                    // RACE: a folder's version cannot be a condition; it was right just now.
                    Some(true) => self.send(sent.path, call(Conditions::none())).await,
                    Some(false) => result,
                    None => Err(sent.refused(&Refusal::NotFound)),
                }
            }
            _ => result,
        }
    }
}

/// All bytes of an upload, and whether they are as many as announced.
async fn collect(mut body: ByteStream, size: u64) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(_) => return (bytes, false),
        }
    }
    let whole = bytes.len() as u64 == size;
    (bytes, whole)
}

/// A body in pieces, with a turn for others before each, and an error where it is cut.
fn pieces(bytes: Bytes, cut: Option<u64>) -> ByteStream {
    let whole = bytes.len();
    let end = cut.map_or(whole, |cut| usize::try_from(cut).unwrap_or(whole).min(whole));
    let torn = cut.is_some() && end < whole;
    let starts = (0..end).step_by(PIECE);
    let sound = starts.map(move |start| Ok(bytes.slice(start..end.min(start + PIECE))));
    let tail = torn.then(|| Err(std::io::ErrorKind::UnexpectedEof.into()));
    stream::iter(sound.chain(tail))
        .then(|piece| async {
            yield_now().await;
            piece
        })
        .boxed()
}
