//! The cloud behind the engine's own seam, in process, for simulation and tests.
//!
//! Behaves at the level of [`Server`] as the real client does against the same
//! family: where the family ignores a condition there is a late check before
//! the request, with the same race. Every request yields once before and once
//! after it takes effect, so that a simulation can stop or reorder in between.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use super::blob::Blob;
use super::call::Call;
use super::dialect::Ways;
use super::faults::{Fate, Faults, NoFaults, Request};
use super::model::SharedCloud;
use super::refusal::{Method, Refusal};
use super::request::{Conditions, Done, Put, SentDate, Shown};
use crate::model::{Etag, Kind, Name, Perms, RelPath, RemoteSeen, Sha1Sum};
use crate::server::{
    ByteStream, Download, Effect, Guard, Listing, Profile, Resource, Result, Server, ServerError,
    ServerErrorKind, Upload, Written,
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
        let dialect = {
            let mut cloud = cloud.lock();
            drop(cloud.user(user));
            cloud.dialect()
        };
        let inner = Inner {
            cloud,
            user: user.to_owned(),
            root,
            ways: dialect.ways(),
            profile: dialect.profile(),
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

    fn whole(&self, path: &RelPath) -> RelPath {
        RelPath::parse(&format!("{}/{path}", self.inner.root)).unwrap_or_default()
    }

    fn fate(&self, method: &'static str, path: &RelPath, size: Option<u64>) -> Fate {
        let number = self.inner.requests.fetch_add(1, Ordering::Relaxed) + 1;
        hold(&self.inner.faults).fate(&Request { number, method, path, size })
    }

    /// Sends a reading. What it returns is what the cloud shows in between.
    async fn ask<T>(
        &self,
        method: &'static str,
        path: &RelPath,
        read: impl FnOnce(&Self, &RelPath) -> std::result::Result<T, Refusal>,
    ) -> Result<(T, Option<u64>)> {
        let fate = self.fate(method, path, None);
        yield_now().await;
        if let Fate::Fail(kind) = fate {
            return Err(error(kind, Effect::None, method, path, "failed on purpose"));
        }
        let result = read(self, &self.whole(path));
        yield_now().await;
        let cut = match fate {
            Fate::LoseReply | Fate::Late => {
                let kind = ServerErrorKind::Unreachable;
                return Err(error(kind, Effect::None, method, path, "no answer"));
            }
            Fate::CutBody(length) => Some(length),
            Fate::Proceed | Fate::Fail(_) => None,
        };
        let value = result.map_err(|refusal| refused(&refusal, Method::Read, method, path))?;
        Ok((value, cut))
    }

    /// Sends a write.
    async fn send(&self, path: &RelPath, call: Call) -> Result<Option<Done>> {
        let (name, method) = (call.name(), call.method());
        let fate = self.fate(name, path, call.size());
        yield_now().await;
        let user = &self.inner.user;
        let result = match fate {
            Fate::Fail(kind) => {
                return Err(error(kind, Effect::None, name, path, "failed on purpose"));
            }
            Fate::Late => {
                hold(&self.inner.late).push(call);
                return Err(lost(name, path));
            }
            Fate::CutBody(length) => {
                call.land_cut(&mut self.inner.cloud.lock(), user, length);
                return Err(lost(name, path));
            }
            Fate::Proceed | Fate::LoseReply => call.land(&mut self.inner.cloud.lock(), user),
        };
        yield_now().await;
        if fate == Fate::LoseReply {
            return Err(lost(name, path));
        }
        result.map_err(|refusal| refused(&refusal, method, name, path))
    }

    /// Checks a guard that the family would ignore, as late as possible.
    /// RACE: whoever writes between this and the request that follows loses
    /// what the request replaces, moves or deletes (amendments 13, 14).
    async fn check_late(&self, name: &'static str, path: &RelPath, guard: &Guard) -> Result<()> {
        holds(name, path, guard, self.stat(path).await?.as_ref())
    }

    fn resource(&self, path: &RelPath, shown: &Shown) -> Resource {
        let ways = self.inner.ways;
        let cloud = self.inner.cloud.lock();
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
            id: shown.id.clone().filter(|_| path.is_root()),
            fingerprint: cloud.fingerprint(&self.inner.user).filter(|_| path.is_root()),
            quota_free: shown.quota.and_then(|quota| u64::try_from(quota).ok()),
        }
    }

    fn trusted_sha1(&self, shown: &Shown) -> Option<Sha1Sum> {
        let text = shown.checksum.as_deref().filter(|_| self.inner.profile.checksums)?;
        Sha1Sum::from_hex(text.strip_prefix("SHA1:")?)
    }

    fn written(&self, done: Option<Done>) -> Written {
        let Some(done) = done else { return Written::default() };
        let tells = self.inner.ways.tells_etag && done.kind == Kind::File;
        let etag = if tells { Etag::parse(&done.etag) } else { None };
        Written { etag, file_id: done.file_id }
    }

    async fn look(&self, path: &RelPath) -> Result<Resource> {
        let read = |direct: &Self, whole: &RelPath| {
            direct.inner.cloud.lock().look(&direct.inner.user, whole)
        };
        match self.ask("PROPFIND", path, read).await? {
            (shown, None) => Ok(self.resource(path, &shown)),
            (_, Some(_)) => Err(half(path)),
        }
    }
}

impl Server for Direct {
    fn profile(&self) -> &Profile {
        &self.inner.profile
    }

    async fn stat(&self, path: &RelPath) -> Result<Option<Resource>> {
        let missing = match self.look(path).await {
            Ok(resource) => return Ok(Some(resource)),
            Err(missing) if missing.kind == ServerErrorKind::NotFound => missing,
            Err(other) => return Err(other),
        };
        // Only a folder that is there can confirm an absence in it (I7).
        let Some(parent) = path.parent() else { return Err(missing) };
        match self.look(&parent).await? {
            Resource { kind: Kind::Dir, .. } => Ok(None),
            Resource { kind: Kind::File, .. } => Err(missing),
        }
    }

    async fn list(&self, dir: &RelPath) -> Result<Listing> {
        let read = |direct: &Self, whole: &RelPath| {
            let cloud = direct.inner.cloud.lock();
            cloud.list(&direct.inner.user, whole).map(|listed| (listed, cloud.now()))
        };
        let (((shown, entries), now), cut) = self.ask("PROPFIND", dir, read).await?;
        if cut.is_some() {
            return Err(half(dir));
        }
        if shown.kind == Kind::File {
            let detail = "a file, not a folder";
            return Err(error(ServerErrorKind::NotFound, Effect::None, "PROPFIND", dir, detail));
        }
        let mut listing = Listing {
            dir: self.resource(dir, &shown),
            children: Vec::new(),
            unusable: Vec::new(),
            server_time: Some(now),
        };
        for (text, shown) in entries {
            match Name::new(&text) {
                Ok(name) => {
                    let resource = self.resource(&dir.join(&name), &shown);
                    listing.children.push((name, resource));
                }
                Err(_) => listing.unusable.push(text),
            }
        }
        Ok(listing)
    }

    async fn get(&self, path: &RelPath) -> Result<Download> {
        let read = |direct: &Self, whole: &RelPath| {
            direct.inner.cloud.lock().read(&direct.inner.user, whole)
        };
        let (file, cut) = self.ask("GET", path, read).await?;
        Ok(Download {
            etag: Etag::parse(&file.shown.etag),
            size: Some(file.shown.size),
            sha1: self.trusted_sha1(&file.shown),
            body: pieces(file.blob.bytes().clone(), cut),
        })
    }

    async fn put(&self, path: &RelPath, guard: &Guard, upload: Upload) -> Result<Written> {
        let conditions = match guard {
            Guard::Version(etag) => Conditions::version(etag.quoted()),
            Guard::Absent if self.inner.ways.none_match => Conditions::absent(),
            Guard::Present if self.inner.ways.none_match => Conditions::present(),
            Guard::Absent | Guard::Present => {
                self.check_late("PUT", path, guard).await?;
                Conditions::none()
            }
        };
        let Upload { body, size, sha1, mtime } = upload;
        let (bytes, whole) = collect(body, size).await;
        let put = Put {
            blob: Blob::new(bytes),
            date: mtime.map(SentDate::Seconds),
            checksum: Some(format!("SHA1:{sha1}")),
            conditions,
        };
        let arrived = put.blob.size();
        let call = Call::Put { path: self.whole(path), put };
        if !whole {
            // The connection is cut; on its way the request can do what a cut one does.
            self.fate("PUT", path, Some(size));
            yield_now().await;
            call.land_cut(&mut self.inner.cloud.lock(), &self.inner.user, arrived);
            let detail = "the local body ended early";
            return Err(error(ServerErrorKind::Body, Effect::Unknown, "PUT", path, detail));
        }
        self.send(path, call).await.map(|done| self.written(done))
    }

    async fn make_dir(&self, path: &RelPath) -> Result<Written> {
        let call = Call::MakeDir { path: self.whole(path) };
        self.send(path, call).await.map(|done| self.written(done))
    }

    async fn rename(&self, from: &RelPath, to: &RelPath, guard: &Guard) -> Result<Written> {
        let conditions = match guard {
            Guard::Version(etag) if self.inner.ways.guards_moves => {
                Conditions::version(etag.quoted())
            }
            Guard::Present => Conditions::none(),
            Guard::Version(_) | Guard::Absent => {
                self.check_late("MOVE", from, guard).await?;
                Conditions::none()
            }
        };
        let (source, target) = (self.whole(from), self.whole(to));
        let call = Call::Rename { from: source, to: target, conditions };
        self.send(from, call).await.map(|done| self.written(done))
    }

    async fn delete(&self, path: &RelPath, guard: &Guard) -> Result<()> {
        let conditions = match guard {
            Guard::Version(etag) if self.inner.ways.guards_moves => {
                Conditions::version(etag.quoted())
            }
            Guard::Present => Conditions::none(),
            Guard::Version(_) | Guard::Absent => {
                let Some(there) = self.stat(path).await? else { return Ok(()) };
                holds("DELETE", path, guard, Some(&there))?;
                Conditions::none()
            }
        };
        let guarded = conditions != Conditions::none();
        let call = Call::Delete { path: self.whole(path), conditions };
        match self.send(path, call).await {
            Err(gone) if gone.kind == ServerErrorKind::NotFound => Ok(()),
            // A condition fails on what is not there, too.
            Err(changed) if guarded && changed.kind == ServerErrorKind::Changed => {
                self.stat(path).await?.map_or(Ok(()), |_| Err(changed))
            }
            other => other.map(drop),
        }
    }

    fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Relaxed)
    }
}

/// Whether a guard holds for what was just seen.
fn holds(
    name: &'static str,
    path: &RelPath,
    guard: &Guard,
    there: Option<&Resource>,
) -> Result<()> {
    let holds = match guard {
        Guard::Absent => there.is_none(),
        Guard::Present => there.is_some(),
        Guard::Version(etag) => there.is_some_and(|there| there.seen.etag.as_ref() == Some(etag)),
    };
    if holds {
        return Ok(());
    }
    let gone = there.is_none() && *guard == Guard::Present;
    let kind = if gone { ServerErrorKind::NotFound } else { ServerErrorKind::Changed };
    Err(error(kind, Effect::None, name, path, "the guard does not hold"))
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

fn error(
    kind: ServerErrorKind,
    effect: Effect,
    method: &'static str,
    path: &RelPath,
    detail: &str,
) -> ServerError {
    ServerError { kind, effect, method, path: path.clone(), detail: detail.to_owned() }
}

fn lost(method: &'static str, path: &RelPath) -> ServerError {
    error(ServerErrorKind::Unreachable, Effect::Unknown, method, path, "no answer")
}

fn half(path: &RelPath) -> ServerError {
    error(ServerErrorKind::Nonsense, Effect::None, "PROPFIND", path, "half an XML document")
}

/// A refusal as the real client understands the family's answer.
fn refused(refusal: &Refusal, method: Method, name: &'static str, path: &RelPath) -> ServerError {
    let (kind, effect) = (kind_of(refusal, method), effect_of(refusal));
    error(kind, effect, name, path, &refusal.to_string())
}

fn kind_of(refusal: &Refusal, method: Method) -> ServerErrorKind {
    use super::refusal::NameFault;
    match refusal {
        Refusal::IsFolder if method == Method::Read => ServerErrorKind::Nonsense,
        Refusal::NoUser | Refusal::NotFound | Refusal::NoParent => ServerErrorKind::NotFound,
        Refusal::Exists => ServerErrorKind::Exists,
        Refusal::TargetExists | Refusal::Precondition(_) | Refusal::IsFolder => {
            ServerErrorKind::Changed
        }
        Refusal::BadName(NameFault::Blacklisted) => ServerErrorKind::Forbidden,
        Refusal::BadName(NameFault::Newline) => ServerErrorKind::Status(502),
        Refusal::BadName(_) => ServerErrorKind::BadName,
        Refusal::Forbidden | Refusal::SameSpot | Refusal::TooLongForTrash => {
            ServerErrorKind::Forbidden
        }
        Refusal::Checksum => ServerErrorKind::Torn,
        Refusal::Cut => ServerErrorKind::Body,
        Refusal::BadDate | Refusal::Wedged => ServerErrorKind::Status(500),
        Refusal::Locked => ServerErrorKind::Locked,
        Refusal::Quota => ServerErrorKind::Quota,
    }
}

/// A failure inside the server says nothing about what it did before.
fn effect_of(refusal: &Refusal) -> Effect {
    match refusal {
        Refusal::BadDate | Refusal::Wedged | Refusal::Cut => Effect::Unknown,
        _ => Effect::None,
    }
}
