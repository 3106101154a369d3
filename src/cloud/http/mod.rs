//! The cloud over HTTP: `navette serve`, and a server for tests in the same process.
//!
//! A thin skin: it reads requests, asks the model, and words the answers as
//! the family does. What is announced is only what is there: no
//! shares, no locks by request. Contents are held in memory.

mod bulk;
mod change;
mod login_flow;
mod ocs;
mod page;
mod propfind;
mod push;
mod reply;
mod room;
mod route;
mod sign_in;
mod store;
mod transfer;
mod trash;
mod trouble;
mod tus;
mod uploads;
mod versions;
mod xml;
mod zip;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use self::login_flow::Flows;
use self::push::{Pending, Tokens};
use self::reply::{Answer, Reply};
use self::room::Rooms;
use self::route::{Place, Route};
use self::store::Store;
use self::zip::Wish;
use super::Dialect;
use super::dialect::Ways;
use super::faults::{Fate, Faults, NoFaults, Request};
use super::model::Cloud;
use super::refusal::{Method, Refusal};
use super::shared::{Held, SharedCloud};
use crate::clock::{Clock as _, SystemClock};
use crate::model::RelPath;

/// How long changes are gathered before they are written to the disk.
const GATHER: Duration = Duration::from_millis(300);

/// What to serve, and where.
pub struct ServeOptions {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder that keeps everything between two runs. Without it, all is
    /// gone when the server ends. What was written less than a moment before
    /// the server is killed may be gone too.
    pub data: Option<PathBuf>,
    /// The family to be like.
    pub dialect: Dialect,
    /// Accounts: name and password. Made if they are not there yet.
    pub users: Vec<(String, String)>,
    /// What stands before every path in URLs, as `/owncloud`; empty for none.
    pub base: String,
    /// Decides all ids and etags of a new cloud.
    pub seed: u64,
    /// The server's clock, seconds since 1970.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// What goes wrong with requests to files, for tests; their paths are
    /// those of the account. [`Fate::Late`] is [`Fate::LoseReply`] here.
    pub faults: Box<dyn Faults>,
}

impl ServeOptions {
    /// This family, on a free port of this computer, in memory, with one
    /// account `alice`, password `alice`.
    pub fn new(dialect: Dialect) -> Self {
        let clock = SystemClock::new();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            dialect,
            users: vec![("alice".to_owned(), "alice".to_owned())],
            base: String::new(),
            seed: 1,
            clock: Arc::new(move || clock.wall()),
            faults: Box::new(NoFaults),
        }
    }
}

/// A server that accepts connections.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves: to look into, or to act as another person.
    pub cloud: SharedCloud,
}

/// Serves until `shutdown` completes, then cuts what is still going on and
/// writes everything to the disk. `ready` is called once it listens.
///
/// # Errors
/// The address cannot be listened on; the data folder cannot be read or
/// written, or holds a cloud of another family.
pub async fn serve(
    options: ServeOptions,
    ready: impl FnOnce(Ready),
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let store = options.data.clone().map(Store::open).transpose()?;
    let cloud = SharedCloud::new(begin(&options, store.as_ref())?);
    let skin = Arc::new(Skin {
        cloud: cloud.clone(),
        dialect: options.dialect,
        base: options.base,
        clock: options.clock,
        faults: Mutex::new((0, options.faults)),
        rooms: Rooms::default(),
        tokens: Tokens::default(),
        flows: Flows::default(),
    });
    let listener = TcpListener::bind(options.listen).await?;
    ready(Ready { address: listener.local_addr()?, cloud: cloud.clone() });
    let (mut connections, mut saving) = (JoinSet::new(), None);
    let never = tokio::select! {
        never = accept(&listener, &skin, &mut connections) => Some(never),
        never = keep(store.as_ref(), &cloud, &mut saving) => Some(never),
        () = shutdown => None,
    };
    connections.shutdown().await;
    if let Some(saving) = saving {
        saving.await??;
    }
    if let Some(Err(error)) = never {
        return Err(error);
    }
    store.map_or(Ok(()), |store| store.save(&cloud.lock()))
}

/// The cloud as it was left, or a new one, with all accounts.
fn begin(options: &ServeOptions, store: Option<&Store>) -> io::Result<Cloud> {
    let kept = store.map(Store::load).transpose()?.flatten();
    let mut cloud = kept.unwrap_or_else(|| Cloud::new(options.dialect, options.seed));
    if cloud.dialect() != options.dialect {
        let text = format!("the folder holds a cloud of another family: {:?}", cloud.dialect());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    cloud.set_now((options.clock)());
    for (name, password) in &options.users {
        cloud.add_user(name, password);
    }
    Ok(cloud)
}

/// Takes connections for ever.
async fn accept(
    listener: &TcpListener,
    skin: &Arc<Skin>,
    connections: &mut JoinSet<()>,
) -> io::Result<Infallible> {
    loop {
        let (stream, _) = listener.accept().await?;
        // As every real server does: the end of an answer does not wait for
        // the other side to confirm its beginning.
        let _ = stream.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let (skin, pending) = (Arc::clone(skin), Pending::default());
        connections.spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&skin), &pending, request));
            let mut http = http1::Builder::new();
            let connection =
                http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
            // A connection that breaks is the client's affair.
            let _ = connection.with_upgrades().await;
            push::go_on(&skin, &pending).await;
        });
    }
}

/// Writes what has changed to the disk, for ever. `saving` is what goes on
/// if this future is dropped meanwhile.
#[allow(clippy::disallowed_methods, reason = "a server of its own, outside the engine")]
async fn keep(
    store: Option<&Store>,
    cloud: &SharedCloud,
    saving: &mut Option<JoinHandle<io::Result<()>>>,
) -> io::Result<Infallible> {
    let Some(store) = store else { return std::future::pending().await };
    let mut saved = None;
    loop {
        let revision = cloud.lock().revision();
        if saved != Some(revision) {
            let (store, cloud) = (store.clone(), cloud.lock().clone());
            saving.insert(tokio::task::spawn_blocking(move || store.save(&cloud))).await??;
            *saving = None;
            saved = Some(revision);
        }
        tokio::time::sleep(GATHER).await;
    }
}

/// What every request needs.
struct Skin {
    cloud: SharedCloud,
    dialect: Dialect,
    base: String,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    faults: Mutex<(u64, Box<dyn Faults>)>,
    rooms: Rooms,
    tokens: Tokens,
    flows: Flows,
}

impl Skin {
    fn ways(&self) -> &'static Ways {
        self.dialect.ways()
    }

    fn fate(&self, method: &'static str, path: &RelPath, size: Option<u64>) -> Fate {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.0 += 1;
        let number = faults.0;
        faults.1.fate(&Request { number, method, path, size })
    }
}

/// A request to files or trash of somebody who has signed in.
struct Asked<'a> {
    skin: &'a Skin,
    user: &'a str,
    place: &'a Place,
    method: &'a http::Method,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The cloud, for what this request changes in it.
    fn cloud(&self) -> Held<'_> {
        self.skin.cloud.lock_for(push::act(self.method.as_str(), self.header("Initiator-ID")))
    }

    /// Whether a MOVE or COPY may replace what stands at its target.
    fn may_overwrite(&self) -> bool {
        !self.header("Overwrite").is_some_and(|value| value.eq_ignore_ascii_case("F"))
    }
}

/// Answers one request. An error closes the connection without an answer.
async fn answer(
    skin: Arc<Skin>,
    pending: &Pending,
    mut request: http::Request<Incoming>,
) -> io::Result<Reply> {
    skin.cloud.lock().set_now((skin.clock)());
    let now = skin.cloud.lock().now();
    let upgrade = upgrade::on(&mut request);
    let (head, body) = request.into_parts();
    let user = sign_in::user(&skin, &head.headers);
    let acting = user.clone().map(|user| route::acting(&skin, head.uri.path(), user));
    let answer = match Route::of(&skin, head.uri.path(), acting.as_deref()) {
        Route::Status => ocs::status(skin.dialect),
        Route::Ocs(page) => ocs::page(&skin, user.as_deref(), page, &head),
        Route::Outside => Answer::new(404),
        Route::SignIn(step) => login_flow::answer(&skin, &step, &head, body).await?,
        Route::Token => ocs::token(&skin, &head, body).await?,
        Route::Socket => pending.open(&head.headers, upgrade),
        Route::PreAuth => push::pre_auth(&skin, &head, user.as_deref()),
        Route::Events => match push::admitted(&skin, user) {
            Some(user) => {
                let reply = push::events(skin, user);
                record(&head, &reply);
                return Ok(reply);
            }
            None => sign_in::refuse(skin.dialect, &head.headers),
        },
        Route::Nowhere if user.is_none() => sign_in::refuse(skin.dialect, &head.headers),
        Route::Nowhere => reply::refuse(skin.dialect, &Refusal::NotFound, Method::Read),
        Route::Data(token) => tus::data(&skin, &token, &head, body).await?,
        Route::Place(place) => match &acting {
            None => sign_in::refuse(skin.dialect, &head.headers),
            Some(user) => {
                let (method, query, headers) = (&head.method, head.uri.query(), &head.headers);
                let asked = Asked { skin: &skin, user, place: &place, method, query, headers };
                let answer = serve_place(&asked, body).await?;
                let sets_cookies = skin.dialect == Dialect::OwnCloud10;
                let session = zip::session(user);
                answer.maybe("Set-Cookie", sets_cookies.then_some(&session))
            }
        },
    };
    let head_only = head.method == http::Method::HEAD;
    let reply = answer.header("Date", &reply::http_date(now)).into_reply(head_only);
    record(&head, &reply);
    Ok(reply)
}

/// One line a request, for those who count them (`cargo xtask bench peers`):
/// `NAVETTE_LOG=navette::access=info`. `sent` and `got` are the lengths of the
/// bodies, as the client sees them.
fn record(head: &http::request::Parts, reply: &Reply) {
    let length = |headers: &HeaderMap| -> u64 {
        let length = headers.get("content-length").and_then(|length| length.to_str().ok());
        length.and_then(|length| length.parse().ok()).unwrap_or(0)
    };
    tracing::info!(
        target: "navette::access",
        method = %head.method,
        status = reply.status().as_u16(),
        sent = length(&head.headers),
        got = length(reply.headers()),
        path = head.uri.path(),
    );
}

/// Answers a request to files or trash, as far as its fate lets it.
async fn serve_place(asked: &Asked<'_>, body: Incoming) -> io::Result<Answer> {
    let method = asked.method;
    if *asked.place == Place::Bulk && method == http::Method::POST {
        return bulk::answer(asked, body).await;
    }
    // Only TUS posts to folders.
    let known = |name: &&str| {
        *name == method.as_str() && (*name != "POST" || asked.skin.dialect == Dialect::Ocis)
    };
    let Some(name) = ALL.into_iter().find(known) else {
        return Ok(Answer::new(if asked.skin.dialect == Dialect::Nextcloud { 501 } else { 405 }));
    };
    let size = asked.header("Content-Length").and_then(|size| size.parse().ok());
    let wish = if name == "GET" { Wish::of(asked) } else { None };
    let fate = match &asked.place {
        _ if let Some(wish) = &wish => asked.skin.fate(name, &wish.dir, None),
        Place::Files { path, .. } if name != "OPTIONS" => asked.skin.fate(name, path, size),
        // The one request of an upload in chunks that touches a file.
        Place::Uploads { .. } if name == "MOVE" => {
            let target = uploads::target(asked).unwrap_or_default();
            asked.skin.fate(name, &target, None)
        }
        Place::Uploads { upload, chunk: Some(chunk), .. } if name == "PUT" => {
            let path = RelPath::parse(&format!(".uploads/{upload}/{chunk}")).unwrap_or_default();
            asked.skin.fate(name, &path, size)
        }
        _ => Fate::Proceed,
    };
    if let Fate::Fail(kind) = &fate {
        return trouble::failed(asked.skin.dialect, kind);
    }
    let cut = if let Fate::CutBody(length) = fate { Some(length) } else { None };
    let answer = match &wish {
        Some(wish) => wish.answer(asked, &fate),
        None => dispatch(asked, name, body, cut.filter(|_| name == "PUT")).await?,
    };
    match (fate, cut) {
        (Fate::LoseReply | Fate::Late, _) => Err(io::ErrorKind::ConnectionAborted.into()),
        (_, Some(length)) => Ok(answer.cut(length)),
        _ => Ok(answer),
    }
}

const ALL: [&str; 11] = [
    "OPTIONS",
    "PROPFIND",
    "GET",
    "HEAD",
    "PUT",
    "POST",
    "MKCOL",
    "MOVE",
    "COPY",
    "DELETE",
    "PROPPATCH",
];

async fn dispatch(
    asked: &Asked<'_>,
    method: &'static str,
    body: Incoming,
    cut: Option<u64>,
) -> io::Result<Answer> {
    if method == "PUT" && matches!(asked.place, Place::Files { .. }) {
        return transfer::put(asked, body, cut).await;
    }
    if let Some(cut) = cut {
        // A chunk that is cut leaves nothing (protocol.md 0.17).
        return transfer::cut_off(body, cut).await;
    }
    let small = reply::collect(body).await?;
    Ok(match (asked.place, method) {
        (_, "OPTIONS") => reply::options(asked.skin.dialect),
        (Place::Zip, _) => Answer::new(400),
        (Place::Foreign { .. }, "PROPFIND") => propfind::foreign(asked, &small),
        (Place::Foreign { .. }, _) => Answer::new(403),
        (Place::Uploads { upload, chunk, .. }, _) => {
            uploads::answer(asked, upload, chunk.as_deref(), method, small)
        }
        (Place::Trash { .. }, "PROPFIND") => trash::list(asked, &small),
        (Place::Trash { .. }, "MOVE") => trash::restore(asked),
        (Place::Trash { .. }, "DELETE") => trash::purge(asked),
        (Place::Trash { .. }, _) => Answer::new(403),
        (Place::Versions { .. }, "PROPFIND") => versions::list(asked, &small),
        (Place::Versions { .. }, _) => versions::bring_back(asked, method),
        (Place::Bulk, _) => Answer::new(405),
        (Place::Files { path, .. }, _) => match method {
            "PROPFIND" => propfind::answer(asked, path, &small),
            "POST" => tus::create(asked, path, &small),
            "GET" | "HEAD" => transfer::get(asked, path),
            "MKCOL" => change::make_dir(asked, path),
            "MOVE" => change::relocate(asked, path, true),
            "COPY" => change::relocate(asked, path, false),
            "DELETE" => change::delete(asked, path),
            _ => change::patch(asked, path, &small),
        },
    })
}
