//! A tiny server that answers every request as a test tells it, however wrong.

#![allow(dead_code, reason = "shared between the tests")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use url::Url;

/// What is sent back for one request. The connection ends after it.
pub enum Reply {
    /// These bytes, status line and all.
    Raw(Vec<u8>),
    /// These bytes, and then the same piece for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, and then what is made of 0, 1, 2, ... for ever.
    Counted(Vec<u8>, fn(u64) -> String),
    /// These bytes, perhaps none, and then nothing for as long as the client waits.
    Stall(Vec<u8>),
    /// These bytes at once, before the request's body, which is then thrown
    /// away until the client hangs up, as nginx and Apache do.
    Early(Vec<u8>),
    /// The connection is closed without a word.
    Close,
    /// The connection is closed after so many bytes of the request's body.
    CloseAfter(usize),
}

/// One request as it arrived.
pub struct Heard {
    /// Method, path, headers.
    pub head: String,
    /// As many bytes of the body as came.
    pub body: Vec<u8>,
}

impl Heard {
    /// The first line up to the version.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

type Script = dyn Fn(&Heard) -> Reply + Send + Sync;

/// The server; stopped when it is dropped.
pub struct Scripted {
    port: u16,
    stop: Arc<AtomicBool>,
    heard: Arc<Mutex<Vec<Heard>>>,
    accepting: Option<JoinHandle<()>>,
}

impl Scripted {
    /// Starts a server. The script gets method and path of each request.
    pub fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", script)
    }

    /// Starts one at an address where another may have been before.
    pub fn at(address: &str, script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::hearing(address, move |heard| script(heard.line()))
    }

    /// Starts one whose script gets the whole head of each request.
    pub fn hearing(
        address: &str,
        script: impl Fn(&Heard) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, heard) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let script: Arc<Script> = Arc::new(script);
        let accepting = thread::spawn({
            let (stop, heard) = (stop.clone(), Arc::clone(&heard));
            move || {
                for stream in listener.incoming() {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let (stop, script, heard) = (stop.clone(), script.clone(), Arc::clone(&heard));
                    thread::spawn(move || {
                        // A client that hangs up in the middle is part of the game.
                        let _ = serve(stream.unwrap(), &*script, &heard, &stop);
                    });
                }
            }
        });
        Self { port, stop, heard, accepting: Some(accepting) }
    }

    /// Its address.
    pub fn url(&self) -> Url {
        format!("http://127.0.0.1:{}/", self.port).parse().unwrap()
    }

    /// Every request so far.
    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}

fn serve(
    mut stream: TcpStream,
    script: &Script,
    heard: &Mutex<Vec<Heard>>,
    stop: &AtomicBool,
) -> std::io::Result<()> {
    let (head, mut body) = read_head(&mut stream)?;
    let mut request = Heard { head, body: Vec::new() };
    let reply = script(&request);
    let announced = request.header("content-length").and_then(|length| length.parse().ok());
    let wanted = match reply {
        Reply::CloseAfter(bytes) => bytes,
        Reply::Early(_) => 0,
        _ => announced.unwrap_or(0),
    };
    let mut piece = [0; 4096];
    while body.len() < wanted {
        match stream.read(&mut piece)? {
            0 => break,
            count => body.extend_from_slice(&piece[..count]),
        }
    }
    request.body = body;
    heard.lock().unwrap().push(request);
    match reply {
        Reply::Raw(bytes) => stream.write_all(&bytes),
        Reply::Early(bytes) => {
            stream.write_all(&bytes)?;
            stream.shutdown(Shutdown::Write)?;
            while stream.read(&mut piece)? > 0 {}
            Ok(())
        }
        Reply::Close | Reply::CloseAfter(_) => Ok(()),
        Reply::Stall(start) => {
            stream.write_all(&start)?;
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(10));
            }
            Ok(())
        }
        Reply::Counted(start, made) => {
            stream.write_all(&start)?;
            for from in (0..).step_by(256) {
                let many: String = (from..from + 256).map(made).collect();
                stream.write_all(many.as_bytes())?;
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
            Ok(())
        }
        Reply::Endless(start, piece) => {
            stream.write_all(&start)?;
            let many = piece.repeat(1 + 65_536 / piece.len());
            while !stop.load(Ordering::Relaxed) {
                stream.write_all(&many)?;
            }
            Ok(())
        }
    }
}

fn read_head(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), body));
        }
        match stream.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

/// A whole answer with a body.
pub fn answer(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Raw(
        format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .into_bytes(),
    )
}

/// An answer of a multistatus with these entries.
pub fn multistatus(entries: &str) -> Reply {
    let xml = format!(
        "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\" \
         xmlns:oc=\"http://owncloud.org/ns\">{entries}</d:multistatus>"
    );
    answer("207 Multi-Status", "Content-Type: application/xml\r\n", &xml)
}

/// An entry with these properties.
pub fn entry(href: &str, props: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop>{props}</d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

/// The properties of a folder.
pub const FOLDER: &str = "<d:resourcetype><d:collection/></d:resourcetype>";
