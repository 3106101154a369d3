//! A real Apache with `mod_dav` on a free port of this computer, for one test.

#![allow(dead_code, unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only used in tests")]

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The account that the server knows.
pub const LOGIN: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "correct horse";

const MODULES: &str = "/usr/lib/apache2/modules";

/// A running server. Dropped, it is stopped and its files are removed.
pub struct Apache {
    child: Child,
    port: u16,
    place: tempfile::TempDir,
}

impl Apache {
    /// Starts a server with an empty storage at `/`.
    ///
    /// # Panics
    ///
    /// If Apache is not installed or does not start.
    pub fn start() -> Self {
        // A port that is free now may be taken a moment later by another test.
        for _ in 0..10 {
            if let Some(apache) = Self::try_start() {
                return apache;
            }
        }
        panic!("Apache did not start in ten tries; its last messages are above");
    }

    fn try_start() -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let config = place.path().join("apache.conf");
        prepare(place.path());
        fs::write(&config, config_text(place.path(), port)).unwrap();
        let child = Command::new(program())
            .args(["-X", "-f"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut apache = Self { child, port, place };
        apache.answers().then_some(apache)
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
    pub fn url(&self) -> url::Url {
        format!("http://127.0.0.1:{}/", self.port).parse().unwrap()
    }

    /// Returns the folder that the storage is made of, to look at the bytes.
    pub fn files(&self) -> PathBuf {
        self.place.path().join("files")
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // In debug mode (-X) it is one process, so nothing is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> &'static str {
    let program = "/usr/sbin/apache2";
    assert!(Path::new(program).exists(), "these tests need the Debian package `apache2`");
    program
}

fn prepare(place: &Path) {
    for folder in ["files", "locks"] {
        fs::create_dir(place.join(folder)).unwrap();
    }
    // `{SHA}`: Apache reads it everywhere, and the fixture needs no htpasswd.
    let sum = sha1_base64(PASSWORD);
    let mut users = fs::File::create(place.join("users")).unwrap();
    writeln!(users, "{LOGIN}:{{SHA}}{sum}").unwrap();
    #[cfg(unix)]
    open_to_everybody(place);
}

/// Started by root, Apache works as another user, who must get at the files.
#[cfg(unix)]
fn open_to_everybody(place: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for folder in ["", "files", "locks"] {
        fs::set_permissions(place.join(folder), fs::Permissions::from_mode(0o777)).unwrap();
    }
}

fn sha1_base64(text: &str) -> String {
    use sha1::Digest as _;
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sum = sha1::Sha1::digest(text.as_bytes());
    let mut encoded = String::new();
    for bytes in sum.chunks(3) {
        let mut three = [0; 3];
        three[..bytes.len()].copy_from_slice(bytes);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63] as char;
            encoded.push(if place <= bytes.len() { letter } else { '=' });
        }
    }
    encoded
}

fn config_text(place: &Path, port: u16) -> String {
    let modules = [
        "mpm_event",
        "authn_core",
        "authn_file",
        "authz_core",
        "authz_user",
        "auth_basic",
        "dav",
        "dav_fs",
        "dir",
        "mime",
    ];
    let modules: String =
        modules.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n")).concat();
    let place = place.display();
    // Only root may change who the server is; for everybody else the lines do nothing.
    format!(
        "ServerRoot {place}\n\
         ServerName 127.0.0.1\n\
         Listen 127.0.0.1:{port}\n\
         PidFile {place}/pid\n\
         ErrorLog {place}/error.log\n\
         DefaultRuntimeDir {place}\n\
         Mutex file:{place}/locks default\n\
         User nobody\n\
         Group nogroup\n\
         {modules}\
         DocumentRoot {place}/files\n\
         DavLockDB {place}/locks/db\n\
         TypesConfig /dev/null\n\
         DirectoryIndex disabled\n\
         <Directory {place}/files>\n\
         Dav On\n\
         AuthType Basic\n\
         AuthName storage\n\
         AuthUserFile {place}/users\n\
         Require valid-user\n\
         </Directory>\n"
    )
}
