//! A server, and a computer on which nothing is configured.

use std::path::PathBuf;

use navette::accounts::{Desk, Passage, Refusal, Session};
use navette::cloud::{Dialect, ServeOptions, SharedCloud, serve};
use navette::secret::Secret;
use navette::server::Proxy;
use navette::settings::{Address, Settings};

/// The password of the account.
pub const PASSWORD: &str = "correct horse";

/// The families.
pub const ALL: [Dialect; 4] =
    [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis, Dialect::Plain];

/// A computer on which nothing is configured, and the address of a server.
pub struct Stage {
    dir: tempfile::TempDir,
    /// The server.
    pub url: String,
    /// What it stores.
    pub cloud: SharedCloud,
}

/// Tells a story with a server of this family; it is there for as long.
pub async fn with<T>(dialect: Dialect, story: impl AsyncFnOnce(&Stage) -> T) -> T {
    with_options(options(dialect), story).await
}

/// What [`with`] serves: an account whose password is no other word.
pub fn options(dialect: Dialect) -> ServeOptions {
    let users = vec![("alice".to_owned(), PASSWORD.to_owned())];
    ServeOptions { users, ..ServeOptions::new(dialect) }
}

/// As [`with`], with a server of these options.
pub async fn with_options<T>(options: ServeOptions, story: impl AsyncFnOnce(&Stage) -> T) -> T {
    let base = options.base.clone();
    let (tell, told) = tokio::sync::oneshot::channel();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let ready = |ready| drop(tell.send(ready));
    let serving = serve(options, ready, async { drop(ended.await) });
    let telling = async {
        let ready: navette::cloud::Ready = told.await.unwrap();
        let stage = Stage {
            dir: tempfile::tempdir().unwrap(),
            url: format!("http://{}{base}", ready.address),
            cloud: ready.cloud,
        };
        let came = story(&stage).await;
        drop(end);
        came
    };
    let (served, came) = futures::join!(serving, telling);
    served.unwrap();
    came
}

impl Stage {
    /// A path on the computer.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    /// Where things are on it.
    pub fn desk(&self) -> Desk {
        Desk {
            settings: self.path("config/settings.toml"),
            pairs: self.path("data/pairs"),
            clients: vec![self.path("config/ownCloud/owncloud.cfg")],
            home: Some(self.path("home")),
        }
    }

    /// The server's address.
    pub fn address(&self) -> Address {
        Address::parse(&self.url).unwrap()
    }

    /// What is configured now.
    pub fn settings(&self) -> Settings {
        self.desk().settings().unwrap()
    }

    /// Signs in.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Session, Refusal> {
        let (server, password) = (self.address(), Secret::new(password));
        Session::begin(server, login, password, passage(), &self.settings()).await
    }

    /// How many app passwords the account has.
    pub fn app_passwords(&self, user: &str) -> usize {
        self.cloud.lock().app_passwords_of(user)
    }
}

/// By no passage but the straight way.
pub fn passage() -> Passage {
    Passage { proxy: Proxy::Direct, ..Passage::default() }
}
