//! What the clients talk to: `navette serve` in each dialect, and Apache.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use url::Url;

use crate::real::{Real, apache};
use crate::{LOGIN, PASSWORD};

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `navette serve` as a Nextcloud.
    Nextcloud,
    /// `navette serve` as an ownCloud 10.
    OwnCloud10,
    /// `navette serve` as an oCIS.
    Ocis,
    /// `navette serve` as plain WebDAV.
    Plain,
    /// Apache's `mod_dav`.
    Apache,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Nextcloud, Self::OwnCloud10, Self::Ocis, Self::Plain, Self::Apache];

    /// Its name in commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nextcloud => "nextcloud",
            Self::OwnCloud10 => "owncloud10",
            Self::Ocis => "ocis",
            Self::Plain => "plain",
            Self::Apache => "apache",
        }
    }

    /// Whether it gives files ids, etags that change with all below, and
    /// keeps their dates; the others tell little but lengths.
    pub fn tells_ids(self) -> bool {
        !matches!(self, Self::Plain | Self::Apache)
    }

    /// Whether it can refuse to create what is there already, whatever the
    /// request (SPEC.md, *What is known not to hold yet*).
    pub fn refuses_creations(self) -> bool {
        !matches!(self, Self::Nextcloud | Self::Ocis)
    }

    /// Where its files begin.
    fn files(self) -> &'static str {
        if self.tells_ids() { "/remote.php/dav/files/alice/" } else { "/" }
    }
}

enum Process {
    Serve(Child),
    Apache(Real),
}

/// A server. Dropped, it is stopped.
pub struct Server {
    family: Family,
    process: Process,
    address: String,
    data: PathBuf,
}

impl Server {
    /// Starts one with nothing on it; it keeps what it stores below `place`.
    pub fn start(family: Family, navette: &Path, place: &Path) -> Self {
        let data = place.join("storage");
        if family == Family::Apache {
            let real = apache::start();
            let address = format!("127.0.0.1:{}", real.url().port().unwrap());
            return Self { family, process: Process::Apache(real), address, data };
        }
        let mut child = Command::new(navette)
            .args(["serve", "--listen", "127.0.0.1:0", "--user", LOGIN])
            .args(["--dialect", family.word(), "--data"])
            .arg(&data)
            .env("NAVETTE_LANG", "en")
            .env("NAVETTE_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", navette.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (_, address) = line.trim().rsplit_once("http://").expect("it says where it listens");
        let address = address.to_owned();
        Self { family, process: Process::Serve(child), address, data }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where people find the files, not by way of any proxy.
    pub fn files(&self) -> Url {
        files_at(&self.address, self.family)
    }

    /// What the storage consists of, as files on this disk: all contents that
    /// it holds, in trash and older versions too.
    pub fn keeps(&self) -> PathBuf {
        match &self.process {
            Process::Serve(_) => self.data.join("contents"),
            Process::Apache(real) => real.files(),
        }
    }
}

/// Where the files of such a server begin, reached at this address.
pub fn files_at(address: &str, family: Family) -> Url {
    format!("http://{address}{}", family.files()).parse().unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        // Apache ends itself.
        if let Process::Serve(child) = &mut self.process {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
