//! The servers of the suite: what each is called, where it is, and what it can.

#![allow(dead_code, reason = "shared between the tests")]

use std::any::Any;
use std::path::PathBuf;

use navette::model::RelPath;
use navette::secret::Secret;
use navette::server::{Connection, Dav, Guard, Server as _, entered_url};

use crate::program::{self, Device, Home, Storage};
use crate::real::{Real, apache, nginx, rclone, wsgidav};

/// What a server tells of its files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// Ids, and etags of folders that change with all below.
    Ids,
    /// Neither: everything is looked at each time, what is gone is believed
    /// after a minute, and moves are known by what moved.
    Nothing,
}

/// A server, an account on it, and a place for the computers that sync with it.
pub struct Stage {
    /// What the server tells of its files.
    pub tells: Tells,
    /// A minute is spent on this server to see what is gone believed by a
    /// second computer too; on the others of its kind only by the server.
    pub patient: bool,
    /// It keeps the dates that files had here.
    pub keeps_dates: bool,
    /// The folder that the storage is made of, where that can be looked at.
    pub files: Option<PathBuf>,
    url: String,
    login: String,
    password: String,
    remote: String,
    // Declared before the home, so that it ends first.
    _running: Box<dyn Any>,
    home: Home,
}

impl Stage {
    /// `navette serve` in this dialect.
    pub fn serve(dialect: &str) -> Self {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let tells = if dialect == "plain" { Tells::Nothing } else { Tells::Ids };
        Self {
            tells,
            patient: true,
            keeps_dates: tells == Tells::Ids,
            ..Self::plain(home, storage.url(), None, storage)
        }
    }

    /// Apache's `mod_dav`.
    pub fn apache() -> Self {
        Self { patient: true, ..Self::real(apache::start()) }
    }

    /// `rclone serve webdav`.
    pub fn rclone() -> Self {
        Self::real(rclone::start())
    }

    /// WsgiDAV.
    pub fn wsgidav() -> Self {
        Self::real(wsgidav::start())
    }

    /// nginx with `dav_ext`, which tells no versions at all.
    pub fn nginx() -> Self {
        Self::real(nginx::start())
    }

    fn real(server: Real) -> Self {
        Self::plain(Home::new(), server.url().to_string(), Some(server.files()), server)
    }

    /// The server of `NAVETTE_TEST_SERVER`, `NAVETTE_TEST_USER` and
    /// `NAVETTE_TEST_PASSWORD`, in a fresh folder of its own; without them a
    /// Nextcloud of ours, so that this way is tried too.
    pub fn given() -> Self {
        let given = |name: &str| std::env::var(format!("NAVETTE_TEST_{name}"));
        let remote = format!("navette-test-{}", uuid::Uuid::new_v4());
        let Ok(url) = given("SERVER") else {
            return Self { remote, ..Self::serve("nextcloud") };
        };
        let (login, password) = (given("USER").unwrap(), given("PASSWORD").unwrap());
        let mut stage = Self {
            patient: true,
            login,
            password,
            remote,
            ..Self::plain(Home::new(), url, None, ())
        };
        let (tree_etags, keeps_dates) = stage.ask(async |dav| {
            let profile = dav.profile();
            (profile.tree_etags, profile.keeps_mtime)
        });
        stage.tells = if tree_etags { Tells::Ids } else { Tells::Nothing };
        stage.keeps_dates = keeps_dates;
        stage
    }

    fn plain(home: Home, url: String, files: Option<PathBuf>, running: impl Any) -> Self {
        Self {
            tells: Tells::Nothing,
            patient: false,
            keeps_dates: false,
            files,
            url,
            login: program::LOGIN.to_owned(),
            password: program::PASSWORD.to_owned(),
            remote: String::new(),
            _running: Box::new(running),
            home,
        }
    }

    /// Asks the server something at the top of the account.
    pub fn ask<T>(&self, question: impl AsyncFnOnce(Dav) -> T) -> T {
        self.ask_below("", question)
    }

    /// Asks the server something in a folder of this name, which is made for it.
    pub fn ask_in<T>(&self, folder: &str, question: impl AsyncFnOnce(Dav) -> T) -> T {
        self.ask_below(&format!("{}/{folder}", self.remote), question)
    }

    fn ask_below<T>(&self, folder: &str, question: impl AsyncFnOnce(Dav) -> T) -> T {
        let url = entered_url(&self.url).unwrap();
        let connection = Connection {
            remote_path: RelPath::parse(folder.trim_start_matches('/')).unwrap(),
            ..Connection::new(url, self.login.clone(), Secret::new(self.password.clone()))
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { question(Dav::connect(connection).await.unwrap()).await })
    }

    /// Returns the names at the top of the account.
    pub fn names(&self) -> Vec<String> {
        self.ask(async |dav| {
            let listing = dav.list(&RelPath::root()).await.unwrap();
            listing.children.iter().map(|(name, _)| name.to_string()).collect()
        })
    }

    /// Takes the folder of its own away, with all that the tests made in it.
    pub fn clear(&self) {
        let folder = RelPath::parse(&self.remote).unwrap();
        assert!(!folder.is_root(), "the whole account is nobody's to clear");
        self.ask(async |dav| dav.delete(&folder, &Guard::Present).await.unwrap());
    }

    /// Returns a computer of this name.
    pub fn device(&self, name: &str) -> Device<'_> {
        let mut device = self.home.device(name, &self.url);
        device.login.clone_from(&self.login);
        device.password.clone_from(&self.password);
        device.remote.clone_from(&self.remote);
        device
    }
}
