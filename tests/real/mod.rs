//! Real WebDAV servers of others: each a process on a free port of this
//! computer, for one test, with a storage of its own.

#![allow(dead_code, unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only used in tests")]

pub mod apache;
pub mod nginx;
pub mod python;
pub mod rclone;
pub mod wsgidav;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The account that each of them knows.
pub const LOGIN: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "correct horse";

/// A running server. Dropped, it is stopped and its files are removed.
pub struct Real {
    // One process, whichever server it is: nothing is left behind.
    child: Child,
    port: u16,
    scheme: &'static str,
    host: &'static str,
    place: tempfile::TempDir,
}

impl Real {
    /// Starts what `command` makes for an empty folder and a port. Its storage
    /// is `files` in that folder, and what it complains of may be in `error.log`.
    ///
    /// # Panics
    ///
    /// If it is not installed or does not start.
    fn start(command: impl Fn(&Path, u16) -> Command) -> Self {
        // A port that is free now may be taken a moment later by another test.
        for _ in 0..10 {
            if let Some(server) = Self::try_start(&command) {
                return server;
            }
        }
        panic!("the server did not start in ten tries; its last messages are above");
    }

    fn try_start(command: impl Fn(&Path, u16) -> Command) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("files")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let child = command(place.path(), port)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need the servers that the test command installs");
        let mut server = Self { child, port, scheme: "http", host: "127.0.0.1", place };
        server.answers().then_some(server)
    }

    fn answers(&mut self) -> bool {
        for _ in 0..1000 {
            if self.child.try_wait().unwrap().is_some() {
                let log = fs::read_to_string(self.place.path().join("error.log"));
                eprintln!("{}", log.unwrap_or_default());
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            sleep(Duration::from_millis(10));
        }
        false
    }

    /// Has it reached in another way than by plain HTTP and its number.
    fn called(mut self, scheme: &'static str, host: &'static str) -> Self {
        (self.scheme, self.host) = (scheme, host);
        self
    }

    /// Returns the address of the storage.
    pub fn url(&self) -> url::Url {
        format!("{}://{}:{}/", self.scheme, self.host, self.port).parse().unwrap()
    }

    /// Returns the folder that the storage is made of, to look at the bytes.
    pub fn files(&self) -> PathBuf {
        self.place.path().join("files")
    }

    /// Returns the file with the certificate of a server that speaks TLS.
    pub fn certificate(&self) -> PathBuf {
        self.place.path().join("cert.pem")
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
