//! A real WsgiDAV (PyPI) on a free port of this computer, for one test.

#![allow(dead_code, unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::python;

/// The account that the server knows.
pub const LOGIN: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "correct horse";

/// A running server. Dropped, it is stopped and its files are removed.
pub struct WsgiDav {
    child: Child,
    port: u16,
    place: tempfile::TempDir,
}

impl WsgiDav {
    /// Starts a server with an empty storage at `/`.
    ///
    /// # Panics
    ///
    /// If WsgiDAV cannot be installed or does not start.
    pub fn start() -> Self {
        // A port that is free now may be taken a moment later by another test.
        for _ in 0..10 {
            if let Some(server) = Self::try_start() {
                return server;
            }
        }
        panic!("WsgiDAV did not start in ten tries; its last messages are above");
    }

    fn try_start() -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        fs::create_dir(place.path().join("files")).unwrap();
        let config = place.path().join("config.json");
        fs::write(&config, config_text(place.path(), port)).unwrap();
        let child = Command::new(python::program("wsgidav"))
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self { child, port, place };
        server.answers().then_some(server)
    }

    fn answers(&mut self) -> bool {
        for _ in 0..1000 {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            sleep(Duration::from_millis(10));
        }
        false
    }

    /// Returns the address of the storage.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Returns the folder that the storage is made of, to look at the bytes.
    pub fn files(&self) -> PathBuf {
        self.place.path().join("files")
    }
}

impl Drop for WsgiDav {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn config_text(place: &Path, port: u16) -> String {
    let authenticator = json!({
        "domain_controller": null,
        "accept_basic": true,
        "accept_digest": false,
        "default_to_digest": false,
    });
    let accounts = json!({ LOGIN: { "password": PASSWORD } });
    json!({
        "host": "127.0.0.1",
        "port": port,
        "provider_mapping": { "/": place.join("files") },
        "http_authenticator": authenticator,
        "simple_dc": { "user_mapping": { "*": accounts } },
        "dir_browser": { "enable": false },
        "verbose": 0,
    })
    .to_string()
}
