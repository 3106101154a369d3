//! What is between a client and its server: connections that break, stall,
//! lose answers and let one request overtake another.
//!
//! It works request by request, so that it can stand still between any two of
//! them: whoever [`Proxy::hold`]s it acts on the server while nothing else does.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::request::Parts;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{client, server};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{RwLock, RwLockWriteGuard, oneshot};
use tokio::time::sleep;

use crate::luck::Luck;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It passes, and so does its answer.
    Passes,
    /// The connection breaks before it arrives.
    Lost,
    /// The connection breaks after so many thousandths of its body.
    Cut(u64),
    /// It is carried out; the connection breaks before the answer.
    Unanswered,
    /// The connection breaks after so many thousandths of the answer.
    Truncated(u64),
    /// It takes so long to arrive; those behind it overtake it.
    Slow(Duration),
    /// Its answer takes so long.
    Stalled(Duration),
    /// The connection breaks; so much later the request arrives all the same.
    Late(Duration),
}

/// How bad it is.
struct Weather {
    luck: Luck,
    /// How many requests something happens to.
    left: u64,
    /// Requests may arrive when nobody waits for them any more.
    late: bool,
}

impl Weather {
    fn fate(&mut self, has_body: bool) -> Fate {
        if self.left == 0 || !self.luck.once_in(3) {
            return Fate::Passes;
        }
        self.left -= 1;
        let part = self.luck.below(1000);
        match self.luck.below(if self.late { 8 } else { 7 }) {
            0 => Fate::Lost,
            1 if has_body => Fate::Cut(part),
            1 | 2 => Fate::Unanswered,
            3 | 4 => Fate::Truncated(part),
            5 => Fate::Slow(self.luck.while_below(1200)),
            6 => Fate::Stalled(self.luck.while_below(1200)),
            _ => Fate::Late(Duration::from_millis(100) + self.luck.while_below(2500)),
        }
    }
}

struct Shared {
    upstream: String,
    gate: RwLock<()>,
    weather: Mutex<Weather>,
    requests: AtomicU64,
    met: AtomicU64,
    late: AtomicU64,
}

/// A proxy. Dropped, it ends, and every connection with it.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts one in front of the server at `upstream`. Nothing goes wrong
    /// until bad weather is [`cast`](Self::cast).
    pub fn start(upstream: &str, luck: Luck) -> Self {
        let weather = Weather { luck, left: 0, late: false };
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            gate: RwLock::new(()),
            weather: Mutex::new(weather),
            requests: AtomicU64::new(0),
            met: AtomicU64::new(0),
            late: AtomicU64::new(0),
        });
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let inside = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    never = accept(listener, inside) => match never {},
                    _ = stopped => {}
                }
            });
        });
        let address = told.recv().unwrap();
        Self { address, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// Host and port.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Something goes wrong with so many requests from now on; with `late`
    /// some of them arrive when nobody waits for them any more.
    pub fn cast(&self, requests: u64, late: bool) {
        let mut weather = self.shared.weather.lock().unwrap_or_else(PoisonError::into_inner);
        (weather.left, weather.late) = (requests, late);
    }

    /// From now on everything passes. Returns when nothing is on its way any more.
    pub fn calm(&self) {
        self.cast(0, false);
        while self.shared.late.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until no request is at the server, and lets none through until
    /// the guard is dropped.
    pub fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.shared.gate.blocking_write()
    }

    /// How many requests have come so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// With how many of them something went wrong.
    pub fn met(&self) -> u64 {
        self.shared.met.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| pass(Arc::clone(&shared), request));
            let http = server::conn::http1::Builder::new();
            // A connection that breaks is what this is about.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Passed = Response<BoxBody<Bytes, io::Error>>;

/// Passes one request on, as far as its fate lets it. An error breaks the
/// connection without an answer.
async fn pass(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Passed> {
    shared.requests.fetch_add(1, Ordering::SeqCst);
    let has_body = !request.body().is_end_stream();
    let fate = {
        let mut weather = shared.weather.lock().unwrap_or_else(PoisonError::into_inner);
        weather.fate(has_body)
    };
    shared.met.fetch_add(u64::from(fate != Fate::Passes), Ordering::SeqCst);
    let (head, mut body) = request.into_parts();
    let (bytes, whole) = collect(&mut body).await;
    if !whole {
        // The client is gone: the server sees as much as it has sent.
        cut(&shared, head, bytes).await;
        return Err(broken());
    }
    let part = |thousandths: u64, length: usize| {
        usize::try_from(length as u64 * thousandths / 1000).unwrap_or(length)
    };
    match fate {
        Fate::Lost => return Err(broken()),
        Fate::Cut(thousandths) => {
            let end = part(thousandths, bytes.len());
            cut(&shared, with_length(head, bytes.len()), bytes.slice(..end)).await;
            return Err(broken());
        }
        Fate::Late(wait) => {
            let late = Arc::clone(&shared);
            late.late.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                sleep(wait).await;
                let _ = exchange(&late, head, bytes).await;
                late.late.fetch_sub(1, Ordering::SeqCst);
            });
            return Err(broken());
        }
        Fate::Slow(wait) => sleep(wait).await,
        _ => {}
    }
    let (head, bytes) = exchange(&shared, head, bytes).await?;
    match fate {
        Fate::Unanswered => Err(broken()),
        Fate::Truncated(thousandths) => {
            let end = part(thousandths, bytes.len());
            Ok(Response::from_parts(head, torn(bytes.slice(..end))))
        }
        Fate::Stalled(wait) => {
            sleep(wait).await;
            Ok(Response::from_parts(head, full(bytes)))
        }
        _ => Ok(Response::from_parts(head, full(bytes))),
    }
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// What arrives of a body, and whether that is all of it.
async fn collect(body: &mut Incoming) -> (Bytes, bool) {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return (bytes.into(), false) };
        bytes.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new()));
    }
    (bytes.into(), true)
}

fn full(bytes: Bytes) -> BoxBody<Bytes, io::Error> {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// These bytes, and then the connection breaks.
fn torn(bytes: Bytes) -> BoxBody<Bytes, io::Error> {
    let pieces = stream::unfold(Some(bytes), |bytes| async move {
        match bytes {
            Some(bytes) if !bytes.is_empty() => Some((Ok(Frame::data(bytes)), Some(Bytes::new()))),
            Some(_) => {
                // A turn lets the connection send what it has.
                sleep(Duration::from_millis(5)).await;
                Some((Err(broken()), None))
            }
            None => None,
        }
    });
    StreamBody::new(Box::pin(pieces)).boxed()
}

/// Without the headers that are about one connection.
fn without_hops(mut headers: HeaderMap) -> HeaderMap {
    for name in ["connection", "transfer-encoding", "expect", "keep-alive", "upgrade"] {
        headers.remove(name);
    }
    headers
}

fn with_length(mut head: Parts, length: usize) -> Parts {
    head.headers.insert("content-length", length.into());
    head
}

async fn send(
    shared: &Shared,
    mut head: Parts,
    body: BoxBody<Bytes, io::Error>,
) -> io::Result<Response<Incoming>> {
    let stream = TcpStream::connect(&shared.upstream).await?;
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) =
        client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    head.headers = without_hops(head.headers);
    sender.send_request(Request::from_parts(head, body)).await.map_err(io::Error::other)
}

/// The server gets all of a request, and all of its answer comes back.
async fn exchange(
    shared: &Shared,
    head: Parts,
    body: Bytes,
) -> io::Result<(http::response::Parts, Bytes)> {
    let _through = shared.gate.read().await;
    let head = if body.is_empty() { head } else { with_length(head, body.len()) };
    let (mut head, body) = send(shared, head, full(body)).await?.into_parts();
    let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
    head.headers = without_hops(head.headers);
    Ok((head, bytes))
}

/// The server gets a part of a request.
async fn cut(shared: &Shared, head: Parts, part: Bytes) {
    let _through = shared.gate.read().await;
    let _ = tokio::time::timeout(Duration::from_secs(1), send(shared, head, torn(part))).await;
    // What it makes of that is done before anybody looks.
    sleep(Duration::from_millis(50)).await;
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener as Listener;

    use super::*;

    /// A server that answers every request with `hello world`, and remembers
    /// the bodies that came whole.
    fn server() -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let inside = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, seen) = (stream.unwrap(), Arc::clone(&inside));
                std::thread::spawn(move || {
                    let mut text = String::new();
                    let mut block = [0; 1024];
                    while !text.ends_with("end") {
                        match stream.read(&mut block) {
                            Ok(length) if length > 0 => {
                                text.push_str(std::str::from_utf8(&block[..length]).unwrap());
                            }
                            _ => return,
                        }
                    }
                    seen.lock().unwrap().push(text.split("\r\n\r\n").nth(1).unwrap().to_owned());
                    let _ = stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world");
                });
            }
        });
        (address, seen)
    }

    /// What a request through the proxy brings back, as far as it does.
    fn ask(proxy: &Proxy, body: &str) -> String {
        let mut stream = std::net::TcpStream::connect(proxy.address()).unwrap();
        let length = body.len();
        write!(stream, "PUT /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    #[test]
    fn in_good_weather_everything_passes() {
        let (address, seen) = server();
        let proxy = Proxy::start(&address, Luck::new(1, "wires"));
        for number in 0..20 {
            assert!(ask(&proxy, &format!("{number} end")).ends_with("hello world"));
        }
        assert_eq!(seen.lock().unwrap().len(), 20);
        assert_eq!((proxy.requests(), proxy.met()), (20, 0));
    }

    #[test]
    fn in_bad_weather_requests_and_answers_get_lost_until_it_is_over() {
        let (address, seen) = server();
        let proxy = Proxy::start(&address, Luck::new(2, "wires"));
        proxy.cast(30, true);
        let mut whole = 0;
        let mut asked = 0;
        while proxy.met() < 30 {
            whole += usize::from(ask(&proxy, &format!("{asked} end")).ends_with("hello world"));
            asked += 1;
        }
        proxy.calm();
        let arrived = seen.lock().unwrap().len();
        assert!(whole < asked && arrived < asked, "{whole} and {arrived} of {asked}");
        assert!(arrived > whole, "some arrive without an answer: {whole} and {arrived}");
        assert!(ask(&proxy, "last end").ends_with("hello world"));
        assert_eq!(proxy.met(), 30);
    }

    #[test]
    fn whoever_holds_it_lets_nothing_through() {
        let (address, seen) = server();
        let proxy = Proxy::start(&address, Luck::new(3, "wires"));
        let held = proxy.hold();
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| ask(&proxy, "held end"));
            while proxy.requests() == 0 {
                std::thread::yield_now();
            }
            assert!(seen.lock().unwrap().is_empty());
            drop(held);
            assert!(asking.join().unwrap().ends_with("hello world"));
        });
    }
}
