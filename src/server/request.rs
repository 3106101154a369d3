//! One request and its answer: headers, waits, and what a failure on the way
//! leaves behind.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::{StreamExt as _, stream};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode, Upgraded};
use tokio::time::timeout;
use url::Url;

use super::budget::Budgets;
use super::discreet::Hidden;
use super::failure::{Failure, Reach, broken, chain, ended_early};
use super::session::Session;
use super::status::{Asked, Refusal, classify, describe};
use super::transfer::Progress;
use super::url::split_decoded;
use super::{ByteStream, Family, ServerErrorKind, SiteTrouble};
use crate::secret::Secret;

/// As much of an error body as is read.
const REFUSAL_BYTES: usize = 64 << 10;

/// How long the client waits for the network and for the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For the next byte in either direction.
    pub idle: Duration,
    /// For the answer to a request that makes the server work: a move, a
    /// deletion, the end of an upload.
    pub work: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            idle: Duration::from_secs(60),
            work: Duration::from_secs(300),
        }
    }
}

/// What a request carries.
pub(super) enum Load {
    /// Nothing.
    Nothing,
    /// Nothing, and the server may work so much longer than usual.
    Work(Duration),
    /// A small XML document.
    Xml(String),
    /// The fields of a form.
    Form(Secret),
    /// A file, and how far it has got.
    File(ByteStream, Arc<Progress>),
}

/// A request to be sent.
pub(super) struct Request {
    pub(super) asked: Asked,
    /// The encoded path from the origin, perhaps with a query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) load: Load,
}

impl Request {
    /// The same request; none if it carries a file, which can be read only once.
    fn copy(&self) -> Option<Self> {
        let load = match &self.load {
            Load::Nothing => Load::Nothing,
            Load::Work(longer) => Load::Work(*longer),
            Load::Xml(body) => Load::Xml(body.clone()),
            Load::Form(fields) => Load::Form(fields.clone()),
            Load::File(..) => return None,
        };
        let (target, headers) = (self.target.clone(), self.headers.clone());
        Some(Self { asked: self.asked, target, headers, load })
    }
}

/// The way to one origin, signed in as one account.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) client: reqwest_dav::Client,
    pub(super) timeouts: Timeouts,
    pub(super) sent: Arc<AtomicU64>,
    /// Where the server says how it is, once that is known (`status.php`).
    pub(super) status: Option<String>,
    /// What the server refused the account for. From then on nothing is sent:
    /// each request would count as another attempt to sign in (protocol.md 2.1).
    pub(super) refused: Arc<OnceLock<(ServerErrorKind, String)>>,
    /// The account's cookies.
    pub(super) session: Arc<Session>,
    /// What no error says.
    pub(super) hidden: Arc<Hidden>,
    /// Who asks, among all who use the account: oCIS tells it of each change
    /// (protocol.md 9).
    pub(super) initiator: Option<Arc<str>>,
    /// What files share on their way.
    pub(super) budgets: Arc<Budgets>,
}

impl Wire {
    /// The same way without the account, for what needs no password.
    pub(super) fn anonymous(&self) -> Self {
        let mut anonymous = Self { status: None, refused: Arc::default(), ..self.clone() };
        anonymous.client.auth = reqwest_dav::Auth::Anonymous;
        anonymous
    }

    /// The same way by another client, whose requests are not counted.
    pub(super) fn over(&self, agent: reqwest::Client) -> Self {
        let mut other = Self { sent: Arc::default(), ..self.clone() };
        other.client.agent = agent;
        other
    }

    /// Sends a request and returns its answer if the status is one of `wanted`.
    pub(super) async fn send(&self, request: Request, wanted: &[u16]) -> Result<Answer, Failure> {
        let asked = request.asked;
        let answer = self.answer(request).await?;
        if wanted.contains(&answer.status.as_u16()) {
            return Ok(answer);
        }
        let failure = answer.refused(asked).await;
        let failure = self.discreet(failure);
        if failure.kind.refuses_account() {
            let _ = self.refused.set((failure.kind.clone(), failure.detail.clone()));
        }
        Err(self.explained(failure).await)
    }

    /// A failure that says nothing with which one could sign in.
    pub(super) fn discreet(&self, failure: Failure) -> Failure {
        let cookies = self.session.values(&self.client.host);
        let hidden = cookies.iter().fold((*self.hidden).clone(), |all, one| all.and(one));
        hidden.failure(failure)
    }

    /// Sends a request and returns its answer, whatever its status: one that
    /// refuses the account is not taken for the account's end.
    pub(super) async fn answer(&self, request: Request) -> Result<Answer, Failure> {
        if let Some((kind, detail)) = self.refused.get() {
            return Err(Failure::new(kind.clone(), detail.clone()));
        }
        let slashed =
            request.copy().map(|copy| Request { target: format!("{}/", copy.target), ..copy });
        let mut answer = self.send_read_again(request).await?;
        if let Some(slashed) = slashed
            && answer.points_to(&slashed.target)
        {
            // Apache wants a slash behind a folder and has done nothing yet.
            answer.drained().await;
            answer = self.send_read_again(slashed).await?;
        }
        Ok(answer)
    }

    /// Asks why nothing is served for now, where the refusal does not say it:
    /// an upgrade that waits shows only there (protocol.md 1).
    async fn explained(&self, failure: Failure) -> Failure {
        let (Some(503), ServerErrorKind::Busy(_)) = (failure.status, &failure.kind) else {
            return failure;
        };
        let Some(target) = self.status.clone() else { return failure };
        let asked = Asked { method: "GET", family: Family::Plain, if_match: false };
        let request = Request { asked, target, headers: HeaderMap::new(), load: Load::Nothing };
        let trouble = match self.anonymous().send_once(request).await {
            Ok(answer) => answer.whole(REFUSAL_BYTES).await.ok(),
            Err(_) => None,
        };
        let trouble = trouble.and_then(|body| serde_json::from_slice(&body).ok());
        match trouble.as_ref().and_then(site_trouble) {
            Some(trouble) => Failure { kind: ServerErrorKind::Site(trouble), ..failure },
            None => failure,
        }
    }

    /// Sends a request; a reading one that met a connection which the server
    /// was just closing is sent once more, a writing one never is.
    async fn send_read_again(&self, request: Request) -> Result<Answer, Failure> {
        let again = request.copy().filter(|copy| !copy.asked.writes());
        match (self.send_once(request).await, again) {
            (Err((_, true)), Some(again)) => self.send_once(again).await,
            (result, _) => result,
        }
        .map_err(|(failure, _)| failure)
    }

    /// Sends a request once. The flag of a failure says that the connection
    /// ended before any answer.
    async fn send_once(&self, request: Request) -> Result<Answer, (Failure, bool)> {
        let Request { asked, target, headers, load } = request;
        let unsent = |error: String| (Failure::nonsense(error), false);
        let method = Method::from_bytes(asked.method.as_bytes());
        let method = method.map_err(|error| unsent(error.to_string()))?;
        let builder = self.client.start_request(method, &target).await;
        let mut builder = builder
            .map_err(|_| unsent("the address of the request is broken".to_owned()))?
            .headers(headers)
            .header("Accept", "*/*")
            .header("OCS-APIRequest", "true")
            .header("X-Request-ID", uuid::Uuid::new_v4().to_string());
        if let Some(initiator) = &self.initiator {
            builder = builder.header("Initiator-ID", &**initiator);
        }
        let mut progress = None;
        let longer = if let Load::Work(longer) = &load { *longer } else { Duration::ZERO };
        builder = match load {
            Load::Nothing | Load::Work(_) => builder,
            // ownCloud describes some errors only to `text/xml` (owncloud10.md).
            Load::Xml(body) => builder.header(CONTENT_TYPE, "text/xml; charset=utf-8").body(body),
            Load::Form(fields) => {
                let kind = "application/x-www-form-urlencoded";
                builder.header(CONTENT_TYPE, kind).body(fields.expose().to_owned())
            }
            Load::File(body, going) => {
                progress = Some(going);
                builder.body(reqwest::Body::wrap_stream(body))
            }
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        let result = self.answered(builder.send(), asked, progress.as_deref(), longer).await;
        let failed_body = progress.as_deref().and_then(Progress::failed);
        match result {
            Ok(Ok(response)) => Ok(Answer::new(response, self.timeouts.idle)),
            Ok(Err(_)) if failed_body.is_some() => {
                let detail = failed_body.unwrap_or_default();
                Err((Failure::new(ServerErrorKind::Body, detail).unsure(), false))
            }
            Ok(Err(error)) => {
                let ended = ended_early(&error);
                Err((broken(error, asked), ended))
            }
            Err(silence) => Err((silence, false)),
        }
    }

    /// Waits for an answer as long as bytes flow, then for as long as this
    /// kind of request may take.
    async fn answered(
        &self,
        sending: impl Future<Output = reqwest::Result<Response>>,
        asked: Asked,
        progress: Option<&Progress>,
        longer: Duration,
    ) -> Result<reqwest::Result<Response>, Failure> {
        let mut sending = pin!(sending);
        let mut before = 0;
        loop {
            let at_work = match progress {
                Some(progress) => progress.is_done(),
                None => asked.writes(),
            };
            let wait = if at_work { self.timeouts.work + longer } else { self.timeouts.idle };
            if let Ok(result) = timeout(wait, &mut sending).await {
                return Ok(result);
            }
            let now = progress.map_or(0, Progress::sent);
            if now == before {
                let failure = Failure::new(ServerErrorKind::Unreachable, "no answer in time");
                let failure = Failure { reach: Reach::TimedOut, ..failure };
                return Err(if asked.writes() { failure.unsure() } else { failure });
            }
            before = now;
        }
    }
}

/// What `status.php` says that hinders all work.
pub(super) fn site_trouble(status: &serde_json::Value) -> Option<SiteTrouble> {
    let is = |name: &str| status.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    match (is("maintenance"), is("needsDbUpgrade")) {
        (true, _) => Some(SiteTrouble::Maintenance),
        (false, true) => Some(SiteTrouble::UpgradePending),
        (false, false) => None,
    }
}

/// Reads a body to its end; cut, or longer than `most` bytes, it is an error.
pub(super) async fn whole(mut body: ByteStream, most: usize) -> Result<Vec<u8>, Failure> {
    let mut whole = Vec::new();
    while let Some(piece) = body.next().await {
        whole.extend_from_slice(&piece?);
        if whole.len() > most {
            return Err(Failure::nonsense("a longer answer than there can be"));
        }
    }
    Ok(whole)
}

/// An answer whose body has not been read.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    response: Response,
    idle: Duration,
}

impl Answer {
    fn new(response: Response, idle: Duration) -> Self {
        Self { status: response.status(), headers: response.headers().clone(), response, idle }
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether this is a redirect to `path`, on whatever host: the server may
    /// know itself by another name.
    fn points_to(&self, path: &str) -> bool {
        self.status.is_redirection()
            && self.header("Location").is_some_and(|target| {
                target.ends_with('/')
                    && split_decoded(target.as_bytes()) == split_decoded(path.as_bytes())
            })
    }

    /// The other server that this redirect leads to, without what may be a
    /// token of a sign-in page.
    fn elsewhere(&self) -> Option<Url> {
        let target = self.header("Location").filter(|_| self.status.is_redirection())?;
        let here = self.response.url();
        let mut target = here.join(target).ok()?;
        if target.origin() == here.origin() || target.host_str().is_none() {
            return None;
        }
        target.set_query(None);
        target.set_fragment(None);
        // Neither fails on a URL that has a host.
        let _ = target.set_username("");
        let _ = target.set_password(None);
        Some(target)
    }

    /// The announced length of the body.
    pub(super) fn length(&self) -> Option<u64> {
        self.header("Content-Length")?.trim().parse().ok()
    }

    /// Whether the body is a page for people: a portal, a sign-in, an error page.
    pub(super) fn is_page(&self) -> bool {
        self.headers.get(CONTENT_TYPE).is_some_and(|kind: &HeaderValue| {
            kind.to_str().is_ok_and(|kind| kind.trim_start().starts_with("text/html"))
        }) && self.length() != Some(0)
    }

    /// The body as it comes. A silence that is too long and an end before the
    /// announced length are errors.
    pub(super) fn into_body(self) -> ByteStream {
        let idle = self.idle;
        let announced = self.length();
        let bytes = self.response.bytes_stream().boxed();
        stream::unfold(Some((bytes, 0_u64)), move |state| async move {
            let (mut bytes, got) = state?;
            match timeout(idle, bytes.next()).await {
                Err(_) => {
                    let silence = io::Error::new(io::ErrorKind::TimedOut, "the server fell silent");
                    Some((Err(silence), None))
                }
                Ok(Some(Ok(piece))) => {
                    let got = got + piece.len() as u64;
                    Some((Ok(piece), Some((bytes, got))))
                }
                Ok(Some(Err(error))) => {
                    let cut = chain(&error.without_url());
                    Some((Err(io::Error::new(io::ErrorKind::ConnectionAborted, cut)), None))
                }
                Ok(None) if announced.is_some_and(|announced| announced != got) => {
                    let cut = format!("the answer ended after {got} bytes");
                    Some((Err(io::Error::new(io::ErrorKind::UnexpectedEof, cut)), None))
                }
                Ok(None) => None,
            }
        })
        .boxed()
    }

    /// The same, if the server may be silent for so long.
    pub(super) fn patient(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// The connection itself, once the server has agreed to speak otherwise.
    pub(super) async fn upgraded(self) -> Result<Upgraded, Failure> {
        let upgraded = self.response.upgrade().await;
        upgraded.map_err(|error| Failure::new(ServerErrorKind::Unreachable, chain(&error)))
    }

    /// Reads the whole body; cut, or longer than `most` bytes, it is an error.
    pub(super) async fn whole(self, most: usize) -> Result<Vec<u8>, Failure> {
        whole(self.into_body(), most).await
    }

    /// Reads the body up to `most` bytes; what is more, or cut, is left.
    pub(super) async fn excerpt(self, most: usize) -> Vec<u8> {
        let mut body = self.into_body();
        let mut excerpt = Vec::new();
        while let Some(Ok(piece)) = body.next().await {
            let room = most - excerpt.len();
            excerpt.extend_from_slice(&piece[..piece.len().min(room)]);
            if excerpt.len() == most {
                break;
            }
        }
        excerpt
    }

    /// Reads the short body of a success to its end, so that the connection
    /// can be used again.
    pub(super) async fn drained(self) -> HeaderMap {
        let headers = self.headers.clone();
        self.excerpt(REFUSAL_BYTES).await;
        headers
    }

    /// What a status that was not wanted means.
    pub(super) async fn refused(self, asked: Asked) -> Failure {
        let (status, headers) = (self.status, self.headers.clone());
        if let Some(elsewhere) = self.elsewhere() {
            let detail = describe(status, &headers, &Refusal::default());
            let site = SiteTrouble::Elsewhere(Box::new(elsewhere));
            return Failure {
                status: Some(status.as_u16()),
                ..Failure::new(ServerErrorKind::Site(site), detail)
            };
        }
        if status.is_success() && self.is_page() {
            return Failure { status: Some(status.as_u16()), ..Failure::page() }.after(asked);
        }
        let refusal = Refusal::read(&self.excerpt(REFUSAL_BYTES).await);
        let (kind, effect) = classify(asked, status, &headers, &refusal);
        let detail = describe(status, &headers, &refusal);
        Failure { effect, status: Some(status.as_u16()), ..Failure::new(kind, detail) }
    }
}
