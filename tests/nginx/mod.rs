//! A real nginx with `dav` and `dav_ext` on a free port of this computer, for one test.

#![allow(dead_code, unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The account that the server knows.
pub const LOGIN: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "correct horse";

const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so";

/// A running server. Dropped, it is stopped and its files are removed.
pub struct Nginx {
    child: Child,
    port: u16,
    place: tempfile::TempDir,
}

impl Nginx {
    /// Starts a server with an empty storage at `/`.
    ///
    /// # Panics
    ///
    /// If nginx is not installed or does not start.
    pub fn start() -> Self {
        // A port that is free now may be taken a moment later by another test.
        for _ in 0..10 {
            if let Some(server) = Self::try_start() {
                return server;
            }
        }
        panic!("nginx did not start in ten tries; its last messages are above");
    }

    fn try_start() -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        for folder in ["files", "work"] {
            fs::create_dir(place.path().join(folder)).unwrap();
        }
        fs::write(place.path().join("users"), format!("{LOGIN}:{{PLAIN}}{PASSWORD}\n")).unwrap();
        let config = place.path().join("nginx.conf");
        fs::write(&config, config_text(place.path(), port)).unwrap();
        let child = Command::new("/usr/sbin/nginx")
            .arg("-e")
            .arg(place.path().join("error.log"))
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut server = Self { child, port, place };
        server.answers().then_some(server)
    }

    fn answers(&mut self) -> bool {
        for _ in 0..500 {
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

    /// Returns the address of the storage.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Returns the folder that the storage is made of, to look at the bytes.
    pub fn files(&self) -> PathBuf {
        self.place.path().join("files")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One process, so nothing is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn config_text(place: &Path, port: u16) -> String {
    let place = place.display();
    let work: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {place}/work/{what};\n"))
        .concat();
    format!(
        "load_module {MODULE};\n\
         daemon off; master_process off;\n\
         pid {place}/pid; error_log {place}/error.log;\n\
         events {{}}\n\
         http {{\n\
         access_log off; client_max_body_size 0; {work}\
         server {{\n\
         listen 127.0.0.1:{port}; root {place}/files;\n\
         auth_basic storage; auth_basic_user_file {place}/users;\n\
         location / {{\n\
         dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS;\n\
         }} }} }}\n"
    )
}
