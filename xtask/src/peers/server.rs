//! One `navette serve`, and what reached it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::measure::Figures;
use crate::run::root;

/// The account.
pub(super) const LOGIN: &str = "alice";
/// Its password.
pub(super) const PASSWORD: &str = "alice";

/// A server. Dropped, it is stopped.
pub(super) struct Server {
    child: Child,
    url: String,
    log: PathBuf,
    read: u64,
}

impl Server {
    /// Starts one with nothing on it. It keeps its data where no disk is
    /// involved, so that only the programs wait for the disk.
    pub(super) fn start(place: &Path) -> Result<Self, String> {
        let log = place.join("server.log");
        let told = |error: std::io::Error| format!("{}: {error}", log.display());
        let shared = Path::new("/dev/shm");
        let data = if shared.is_dir() { shared } else { place };
        let data = data.join(format!("navette-bench-{}", std::process::id()));
        if data.exists() {
            std::fs::remove_dir_all(&data).map_err(told)?;
        }
        let mut child = Command::new(root().join("target/release/navette"))
            .args(["serve", "--listen", "127.0.0.1:0", "--dialect", "nextcloud", "--user", LOGIN])
            .arg("--data")
            .arg(&data)
            .env("NAVETTE_LANG", "en")
            .env("NAVETTE_PASSWORD", PASSWORD)
            .env("NAVETTE_LOG", "navette::access=info")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).map_err(told)?)
            .spawn()
            .map_err(told)?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("the server says nothing")?;
        BufReader::new(out).read_line(&mut line).map_err(told)?;
        let url =
            line.trim().rsplit_once("http://").map(|(_, address)| format!("http://{address}"));
        match url {
            Some(url) => Ok(Self { child, url, log, read: 0 }),
            None => Err(format!("the server does not start: {line}")),
        }
    }

    /// Where it listens.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Adds to `figures` what has reached it since the last time.
    pub(super) fn count(&mut self, figures: &mut Figures) -> Result<(), String> {
        let told = |error: std::io::Error| format!("{}: {error}", self.log.display());
        let mut file = File::open(&self.log).map_err(told)?;
        file.seek(SeekFrom::Start(self.read)).map_err(told)?;
        let mut text = String::new();
        self.read += file.read_to_string(&mut text).map_err(told)? as u64;
        for line in text.lines().filter(|line| line.contains("navette::access")) {
            let number = |name: &str| -> f64 {
                let value = line.split_once(&format!(" {name}=")).map(|(_, rest)| rest);
                let digits = value.and_then(|rest| rest.split(' ').next());
                digits.and_then(|digits| digits.parse().ok()).unwrap_or(0.0)
            };
            figures.requests += 1.0;
            figures.sent += number("sent");
            figures.got += number("got");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
