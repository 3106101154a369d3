//! [`Server`] over WebDAV.

mod seam;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::{StreamExt as _, stream};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_RANGE, RANGE};
use url::Url;

use super::bulk::Bulk;
use super::chunks::Chunks;
use super::failure::Failure;
use super::feed::Limits;
use super::guard::{Condition, Source};
use super::listing::{Single, read_listing, read_single, seconds};
use super::propfind::{MultiStatus, question};
use super::push::Offer;
use super::request::{Answer, Load, Request, Wire};
use super::status::{Asked, Refusal, classify, describe};
use super::together::Way;
use super::transfer::{Progress, etag_of, expect_empty, incoming, outgoing};
use super::trash::{Bin, Discarded};
use super::tus::Tus;
use super::url::DavRoot;
use super::versions::{Current, Shelf, Version};
use super::{
    Download, Family, Guard, Listing, Part, Profile, Resource, Result, Resume, Server,
    ServerErrorKind, Space, Upload, Written,
};
use crate::model::{Kind, RelPath, Sha1Sum};
use crate::mutant::{Mutant, broken};

const DEPTH: HeaderName = HeaderName::from_static("depth");
pub(super) const DESTINATION: HeaderName = HeaderName::from_static("destination");
pub(super) const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("accept-encoding");
const CONTENT_LENGTH: HeaderName = HeaderName::from_static("content-length");
const CONTENT_TYPE: HeaderName = HeaderName::from_static("content-type");
const OC_MTIME: HeaderName = HeaderName::from_static("x-oc-mtime");
const OC_CHECKSUM: HeaderName = HeaderName::from_static("oc-checksum");

/// Dates that Nextcloud answers with 500, and those beyond 32 bits
/// (protocol.md 0.9, amendment 33).
pub(super) const MTIMES: std::ops::Range<i64> = 86_401..0xffff_fffe;

/// What a request comes to, before it is known which it was.
pub(super) type Outcome<T> = std::result::Result<T, Failure>;

/// The remote root of a pair on a real server. Made by [`Dav::connect`].
pub struct Dav {
    pub(super) wire: Wire,
    pub(super) profile: Profile,
    pub(super) root: DavRoot,
    pub(super) url: Url,
    pub(super) user: String,
    pub(super) display_name: String,
    pub(super) title: Option<String>,
    pub(super) space: Option<Space>,
    pub(super) spaces_at: String,
    pub(super) limits: Limits,
    /// What every `oc:id` of this server ends with, behind the number that is
    /// the file id.
    pub(super) instance: Option<String>,
    /// Where the account's trash is, if that is known.
    pub(super) bin: Option<Bin>,
    /// The web root of a Nextcloud, which has a page about the account.
    pub(super) account: Option<String>,
    /// Where it takes small files together, if it does.
    pub(super) bulk: Option<Bulk>,
    /// Where older versions of its files are, if that is known.
    pub(super) older: Option<Shelf>,
    /// How it takes uploads in chunks, if it does.
    pub(super) chunks: Option<Chunks>,
    /// How it takes uploads by TUS, if it does.
    pub(super) tus: Option<Tus>,
    /// How it is asked for zips, if it makes them.
    pub(super) zips: Option<Way>,
    /// How it tells of changes by itself, if it does.
    pub(super) offer: Option<Offer>,
}

impl fmt::Debug for Dav {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_str();
        f.debug_struct("Dav").field("url", &url).field("profile", &self.profile).finish()
    }
}

impl Dav {
    /// Returns the address of the remote root.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the account's id on the server, which may differ from the login.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the space that the root is in, where there are spaces.
    pub fn space(&self) -> Option<&Space> {
        self.space.as_ref()
    }

    /// Returns what people call the account.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    pub(super) fn asked(&self, method: &'static str) -> Asked {
        Asked { method, family: self.profile.family, if_match: false }
    }

    pub(super) async fn propfind(
        &self,
        target: String,
        depth: &'static str,
        load: Load,
    ) -> Outcome<Answer> {
        let headers = HeaderMap::from_iter([(DEPTH, HeaderValue::from_static(depth))]);
        let request = Request { asked: self.asked("PROPFIND"), target, headers, load };
        let answer = self.wire.send(request, &[207]).await?;
        if answer.is_page() {
            return Err(Failure::page());
        }
        Ok(answer)
    }

    fn question(&self, root: bool) -> Load {
        Load::Xml(question(self.profile.family, root))
    }

    /// What stands at `path`; `None` on 404, which alone confirms nothing.
    pub(super) async fn look(&self, path: &RelPath) -> Outcome<Option<Single>> {
        self.look_for(path, path.is_root()).await
    }

    /// As [`Self::look`]; `all` asks for what is usually asked of the root only.
    pub(super) async fn look_for(&self, path: &RelPath, all: bool) -> Outcome<Option<Single>> {
        let root = path.is_root();
        let target = if root { self.root.dir(path) } else { self.root.file(path) };
        let answer = match self.propfind(target, "0", self.question(all)).await {
            Err(failure) if failure.kind == ServerErrorKind::NotFound => return Ok(None),
            answer => answer?,
        };
        let entries = MultiStatus::new(answer.into_body(), self.limits);
        match read_single(entries, &self.root.names(path), &self.profile).await {
            Err(failure) if failure.kind == ServerErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }

    async fn stat_confirmed(&self, path: &RelPath) -> Outcome<Option<Resource>> {
        if let Some(found) = self.look(path).await? {
            return Ok(Some(found.resource));
        }
        let above = match path.parent() {
            Some(parent) => self.look(&parent).await?,
            None => None,
        };
        match above {
            Some(above) if above.resource.kind == Kind::Dir => Ok(None),
            _ => Err(Failure::new(ServerErrorKind::NotFound, "404, and so is what it stood in")),
        }
    }

    async fn list_whole(&self, dir: &RelPath) -> Outcome<Listing> {
        let answer = self.propfind(self.root.dir(dir), "1", self.question(dir.is_root())).await?;
        let server_time = answer.header("Date").and_then(seconds);
        let entries = MultiStatus::new(answer.into_body(), self.limits);
        read_listing(entries, &self.root.names(dir), &self.profile, server_time).await
    }

    async fn get_whole(&self, path: &RelPath) -> Outcome<Download> {
        let identity = HeaderValue::from_static("identity");
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, identity)]);
        let target = self.root.file(path);
        let request = Request { asked: self.asked("GET"), target, headers, load: Load::Nothing };
        incoming(self.wire.send(request, &[200]).await?, &self.profile)
    }

    /// The rest of a file. oCIS passes over `If-Range` (protocol.md 0.3): what
    /// came is compared here, and anything but the rest of that very version
    /// is asked for anew, from the start.
    async fn get_rest(&self, path: &RelPath, from: &Resume) -> Outcome<Download> {
        let text = |value: String| {
            HeaderValue::from_str(&value).map_err(|_| Failure::nonsense("no header can carry it"))
        };
        let headers = HeaderMap::from_iter([
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
            (RANGE, text(format!("bytes={}-", from.offset))?),
            (IF_RANGE, text(from.etag.quoted())?),
        ]);
        let target = self.root.file(path);
        let request = Request { asked: self.asked("GET"), target, headers, load: Load::Nothing };
        let answer = self.wire.send(request, &[200, 206, 416]).await?;
        if answer.status == StatusCode::RANGE_NOT_SATISFIABLE {
            answer.drained().await;
            return self.get_whole(path).await;
        }
        let part = answer.status == StatusCode::PARTIAL_CONTENT;
        match incoming(answer, &self.profile) {
            Ok(whole) if !part => Ok(whole),
            Ok(rest) if rest.offset == from.offset && rest.etag.as_ref() == Some(&from.etag) => {
                Ok(rest)
            }
            Ok(_) => self.get_whole(path).await,
            Err(_) if part => self.get_whole(path).await,
            Err(failure) => Err(failure),
        }
    }

    async fn put_whole(&self, path: &RelPath, guard: &Guard, upload: Upload) -> Outcome<Written> {
        if let Some(chunks) = self.chunks_for(guard, upload.size) {
            return self.put_chunks(chunks, path, guard, upload).await;
        }
        if let Some(tus) = self.tus_for(upload.size) {
            return self.put_tus(tus, path, guard, upload).await;
        }
        let Condition { mut headers, if_match } = self.guard_put(path, guard).await?;
        headers.extend(self.properties(upload.mtime, upload.sha1));
        headers.insert(CONTENT_LENGTH, upload.size.into());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        let Upload { body, size, .. } = upload;
        let progress = Arc::new(Progress::default());
        let body = if size == 0 {
            let checked = expect_empty(body).await;
            checked.map_err(|error| Failure::new(ServerErrorKind::Body, error.to_string()))?;
            stream::empty().boxed()
        } else {
            outgoing(self.wire.up(body), size, progress.clone())
        };
        let asked = Asked { if_match, ..self.asked("PUT") };
        let load = Load::File(body, progress.clone());
        let request = Request { asked, target: self.root.file(path), headers, load };
        let answer = self.answered_write(request).await;
        let (status, answer) = answer.map_err(|failure| self.too_large(failure, size))?;
        let replaced = match status {
            StatusCode::CREATED => Some(false),
            StatusCode::NO_CONTENT => Some(true),
            _ => None,
        };
        if size > 0 && !progress.is_done() {
            return Err(Failure::nonsense("accepted before it was whole").unsure());
        }
        // Plain servers name a version that the date, set afterwards, changes.
        let etag = match self.profile.family {
            Family::Plain => None,
            _ => etag_of(|name| header(&answer, name)),
        };
        Ok(Written { etag, file_id: self.file_id(&answer), replaced })
    }

    /// What a file brings along: its date and checksum.
    pub(super) fn properties(&self, mtime: Option<i64>, sha1: Option<Sha1Sum>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(mtime) = mtime.filter(|mtime| MTIMES.contains(mtime)) {
            headers.insert(OC_MTIME, mtime.into());
        }
        if self.profile.family != Family::Plain
            && let Some(sha1) = sha1
            && let Ok(sum) = HeaderValue::from_str(&format!("SHA1:{sha1}"))
        {
            headers.insert(OC_CHECKSUM, sum);
        }
        headers
    }

    /// The whole address of `path`: Apache takes nothing less as a destination.
    pub(super) fn address(&self, path: &RelPath) -> String {
        format!("{}{}", self.wire.client.host, self.root.file(path))
    }

    /// Sends a writing request; success is 200, 201 or 204 that is no page of
    /// a portal.
    pub(super) async fn written(&self, request: Request) -> Outcome<HeaderMap> {
        self.answered_write(request).await.map(|(_, headers)| headers)
    }

    async fn answered_write(&self, request: Request) -> Outcome<(StatusCode, HeaderMap)> {
        let asked = request.asked;
        let answer = self.wire.send(request, &[200, 201, 204, 207]).await?;
        if answer.status == StatusCode::OK && answer.is_page() {
            return Err(Failure::page().unsure());
        }
        if answer.status == StatusCode::MULTI_STATUS {
            let headers = answer.headers.clone();
            self.partly(answer, asked).await?;
            return Ok((StatusCode::MULTI_STATUS, headers));
        }
        Ok((answer.status, answer.drained().await))
    }

    /// A multistatus in reply to a write names what did not work (protocol.md 6).
    async fn partly(&self, answer: Answer, asked: Asked) -> Outcome<()> {
        let mut entries = MultiStatus::new(answer.into_body(), self.limits);
        loop {
            let Some(shown) = entries.next().await.map_err(Failure::unsure)? else {
                return Ok(());
            };
            let status = shown.status.and_then(|status| StatusCode::from_u16(status).ok());
            if let Some(status) = status.filter(|status| !status.is_success()) {
                let (headers, refusal) = (HeaderMap::new(), Refusal::default());
                let (kind, _) = classify(asked, status, &headers, &refusal);
                let detail = format!("only in part: {}", describe(status, &headers, &refusal));
                return Err(Failure::new(kind, detail).unsure());
            }
        }
    }

    async fn make_dir_new(&self, path: &RelPath) -> Outcome<Written> {
        if self.profile.family == Family::Plain && self.look(path).await?.is_some() {
            // RACE: rclone answers 201 to MKCOL of a folder that is there.
            return Err(Failure::new(ServerErrorKind::Exists, "something is there already"));
        }
        let request = Request {
            asked: self.asked("MKCOL"),
            target: self.root.dir(path),
            headers: HeaderMap::new(),
            load: Load::Nothing,
        };
        let answer = self.written(request).await?;
        Ok(Written { file_id: self.file_id(&answer), ..Written::default() })
    }

    async fn rename_guarded(
        &self,
        from: &RelPath,
        to: &RelPath,
        guard: &Guard,
    ) -> Outcome<Written> {
        let condition = self.guard_source(from, guard).await?;
        if self.profile.family == Family::Plain {
            // RACE: not every plain server honours `Overwrite: F`, and Apache
            // answers 500 where the folder above is missing.
            if self.stat_confirmed(to).await?.is_some() {
                return Err(Failure::new(ServerErrorKind::Changed, "the new name is taken"));
            }
        }
        let mut result = self.move_once(from, to, &condition).await;
        if condition.if_match
            && is_changed(&result)
            && self.source_now(from, guard).await? == Source::ThatFolder
        {
            // RACE: a folder's version cannot be a condition; it was right just now.
            result = self.move_once(from, to, &Condition::default()).await;
        }
        let answer = result?;
        let etag = etag_of(|name| header(&answer, name));
        let etag = etag.filter(|_| self.profile.family != Family::Plain);
        Ok(Written { etag, file_id: self.file_id(&answer), replaced: None })
    }

    async fn move_once(
        &self,
        from: &RelPath,
        to: &RelPath,
        condition: &Condition,
    ) -> Outcome<HeaderMap> {
        let mut headers = condition.headers.clone();
        let destination = HeaderValue::from_str(&self.address(to));
        headers.insert(
            DESTINATION,
            destination.map_err(|_| Failure::nonsense("a path that no header can carry"))?,
        );
        let overwrite = if broken(Mutant::MoveOverwrites) { "T" } else { "F" };
        headers.insert(OVERWRITE, HeaderValue::from_static(overwrite));
        let asked = Asked { if_match: condition.if_match, ..self.asked("MOVE") };
        let target = self.root.file(from);
        let request = || Request {
            asked,
            target: target.clone(),
            headers: headers.clone(),
            load: Load::Nothing,
        };
        match self.written(request()).await {
            Err(failure) if self.wants_slashes(&failure) => {
                let address = format!("{}/", self.address(to));
                self.written(as_folder(request(), HeaderValue::from_str(&address).ok())).await
            }
            moved => moved,
        }
    }

    async fn delete_guarded(&self, path: &RelPath, guard: &Guard) -> Outcome<()> {
        let result = match self.guard_source(path, guard).await {
            Ok(condition) => self.delete_once(path, condition).await,
            Err(failure) => Err(failure),
        };
        let result = match result {
            Err(failure) if failure.kind == ServerErrorKind::Changed => {
                match self.source_now(path, guard).await? {
                    Source::Gone => return Ok(()),
                    // RACE: as above. What was deleted is looked at afterwards (amendment 14).
                    Source::ThatFolder => self.delete_once(path, Condition::default()).await,
                    Source::Other => Err(failure),
                }
            }
            result => result,
        };
        match result {
            Err(Failure { status: Some(404), .. }) => Ok(()),
            result => result.map(drop),
        }
    }

    async fn delete_once(&self, path: &RelPath, condition: Condition) -> Outcome<HeaderMap> {
        let asked = Asked { if_match: condition.if_match, ..self.asked("DELETE") };
        let (target, headers) = (self.root.file(path), condition.headers);
        let request = || Request {
            asked,
            target: target.clone(),
            headers: headers.clone(),
            load: Load::Nothing,
        };
        match self.written(request()).await {
            Err(failure) if self.wants_slashes(&failure) => {
                self.written(as_folder(request(), None)).await
            }
            deleted => deleted,
        }
    }

    /// nginx refuses to move or delete a folder unless its address ends with a slash.
    fn wants_slashes(&self, failure: &Failure) -> bool {
        self.profile.family == Family::Plain && matches!(failure.status, Some(400 | 409))
    }
}

/// The same request about a folder, with where it goes, if it goes anywhere.
fn as_folder(mut request: Request, to: Option<HeaderValue>) -> Request {
    request.target.push('/');
    if let Some(to) = to {
        request.headers.insert(DESTINATION, to);
    }
    request
}

fn is_changed<T>(result: &Outcome<T>) -> bool {
    result.as_ref().is_err_and(|failure| failure.kind == ServerErrorKind::Changed)
}

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
