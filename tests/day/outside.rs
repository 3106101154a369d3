//! The world outside: a server with its weather, and the line to it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use navette::cloud::{Dialect, Fate, Request, ServeOptions, SharedCloud, serve};
use navette::server::{ServerErrorKind, SiteTrouble};

use crate::program::{LOGIN, PASSWORD};

/// How the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// It answers.
    Fine,
    /// It says that it is being worked on.
    Maintenance,
}

/// A Nextcloud in this process.
pub struct Outside {
    /// Where it listens, as host and port.
    pub address: String,
    /// What it holds.
    pub cloud: SharedCloud,
    /// How it is.
    pub weather: Arc<Mutex<Weather>>,
    /// Requests about files that it has got.
    pub requests: Arc<AtomicU64>,
}

impl Outside {
    /// Starts it, for as long as this process lives.
    pub fn start() -> Self {
        let weather = Arc::new(Mutex::new(Weather::Fine));
        let requests = Arc::<AtomicU64>::default();
        let (tell, told) = std::sync::mpsc::channel();
        let (now, count) = (weather.clone(), requests.clone());
        std::thread::spawn(move || {
            let faults = move |_: &Request<'_>| {
                count.fetch_add(1, Ordering::SeqCst);
                match *now.lock().unwrap() {
                    Weather::Fine => Fate::Proceed,
                    Weather::Maintenance => {
                        Fate::Fail(ServerErrorKind::Site(SiteTrouble::Maintenance))
                    }
                }
            };
            let options = ServeOptions {
                users: vec![(LOGIN.to_owned(), PASSWORD.to_owned())],
                faults: Box::new(faults),
                ..ServeOptions::new(Dialect::Nextcloud)
            };
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let ready = move |ready| tell.send(ready).unwrap_or_default();
            runtime.block_on(serve(options, ready, std::future::pending()))
        });
        let ready = told.recv().unwrap();
        let address = ready.address.to_string();
        Self { address, cloud: ready.cloud, weather, requests }
    }
}

/// The line between: it can be cut, and mended.
pub struct Relay {
    /// Where it begins, as host and port.
    pub address: String,
    cut: Arc<AtomicBool>,
    lines: Arc<Mutex<Vec<TcpStream>>>,
}

impl Relay {
    /// A line to this address, for as long as this process lives.
    pub fn to(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let begins = listener.local_addr().unwrap().to_string();
        let cut = Arc::<AtomicBool>::default();
        let lines = Arc::<Mutex<Vec<TcpStream>>>::default();
        let (is_cut, all) = (cut.clone(), lines.clone());
        std::thread::spawn(move || {
            for here in listener.incoming().map_while(Result::ok) {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let there = TcpStream::connect(&address).unwrap();
                let ends = [(&here, &there), (&there, &here)];
                for (from, to) in ends.map(|(a, b)| (a.try_clone(), b.try_clone())) {
                    let (from, to) = (from.unwrap(), to.unwrap());
                    std::thread::spawn(move || carry(from, to));
                }
                all.lock().unwrap().extend([here, there]);
            }
        });
        Self { address: begins, cut, lines }
    }

    /// Nothing gets through any more.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        for line in self.lines.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }

    /// It works again.
    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
