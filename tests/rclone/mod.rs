//! A real `rclone serve webdav` on a free port of this computer, for one test.

#![allow(dead_code, unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only used in tests")]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::python;

/// The account that the server knows.
pub const LOGIN: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "correct horse";

/// A running server. Dropped, it is stopped and its files are removed.
pub struct Rclone {
    child: Child,
    port: u16,
    scheme: &'static str,
    place: tempfile::TempDir,
}

impl Rclone {
    /// Starts a server with an empty storage at `/`.
    ///
    /// # Panics
    ///
    /// If rclone cannot be installed or does not start.
    pub fn start() -> Self {
        Self::with("http")
    }

    /// Starts one that speaks TLS under a certificate of its own, which
    /// [`Self::certificate`] has.
    ///
    /// # Panics
    ///
    /// As [`Self::start`], and if OpenSSL's command is not installed.
    pub fn start_tls() -> Self {
        Self::with("https")
    }

    fn with(scheme: &'static str) -> Self {
        // A port that is free now may be taken a moment later by another test.
        for _ in 0..10 {
            if let Some(rclone) = Self::try_start(scheme) {
                return rclone;
            }
        }
        panic!("rclone did not start in ten tries; its last messages are above");
    }

    fn try_start(scheme: &'static str) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("files")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut command = Command::new(python::program("rclone"));
        command
            .args(["serve", "webdav", "--user", LOGIN, "--pass", PASSWORD, "--config", "/dev/null"])
            .args(["--addr", &format!("127.0.0.1:{port}")])
            .arg(place.path().join("files"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if scheme == "https" {
            make_certificate(place.path());
            command.arg("--cert").arg(place.path().join("cert.pem"));
            command.arg("--key").arg(place.path().join("key.pem"));
        }
        let child = command.spawn().unwrap();
        let mut rclone = Self { child, port, scheme, place };
        rclone.answers().then_some(rclone)
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
    pub fn url(&self) -> url::Url {
        format!("{}://localhost:{}/", self.scheme, self.port).parse().unwrap()
    }

    /// Returns the folder that the storage is made of, to look at the bytes.
    pub fn files(&self) -> PathBuf {
        self.place.path().join("files")
    }

    /// Returns the file with the certificate.
    pub fn certificate(&self) -> PathBuf {
        self.place.path().join("cert.pem")
    }
}

impl Drop for Rclone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make_certificate(place: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"])
        .arg("-keyout")
        .arg(place.join("key.pem"))
        .arg("-out")
        .arg(place.join("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .expect("these tests need the Debian package `openssl`");
    assert!(made.success(), "openssl could not make a certificate");
}
