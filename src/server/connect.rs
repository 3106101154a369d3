//! Getting to a server: what is needed, and what can go wrong before the first sync.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;
use url::Url;

use super::budget::Budget;
use super::bulk::Bulk;
use super::certificate::Fingerprint;
use super::dav::Dav;
use super::discreet::Hidden;
use super::failure::{Failure, Reach};
use super::feed::Limits;
use super::listing::Single;
use super::outfit::{Outfit, wire};
use super::probe::{self, Found, Site};
use super::proxy::Proxy;
use super::push::Offer;
use super::request::Timeouts;
use super::trash::Bin;
use super::url::{DavRoot, checked_url};
use super::versions::Shelf;
use super::{
    AccountTrouble, Family, Guard, Server as _, ServerError, ServerErrorKind, SiteTrouble, Space,
};
use crate::model::{Kind, RelPath};
use crate::secret::Secret;

/// Everything that is needed to reach the storage of one account.
#[derive(Clone, Debug)]
pub struct Connection {
    /// What the user pasted, as [`super::entered_url`] reads it.
    pub base: Url,
    /// The login name.
    pub login: String,
    /// The account's id, if an earlier connection has told it: only a guess,
    /// which saves a request where it is right.
    pub user_id: Option<String>,
    /// The space, by id or name, on a server that has them; none: the
    /// account's own storage, or the one that the address names.
    pub space: Option<String>,
    /// The password, better an app password.
    pub password: Secret,
    /// The folder on the server that the pair syncs; made if it is missing.
    pub remote_path: RelPath,
    /// Certificates (PEM) that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The one certificate that is trusted of this server although the system
    /// does not vouch for it.
    pub pinned: Option<Fingerprint>,
    /// What the client calls itself.
    pub user_agent: String,
    /// Waits.
    pub timeouts: Timeouts,
    /// Limits on answers.
    pub limits: Limits,
    /// How fast files go: each of these is kept to.
    pub budgets: Vec<Arc<Budget>>,
    /// What stands in between.
    pub proxy: Proxy,
}

impl Connection {
    /// A connection to the whole storage of an account, with the usual waits and limits.
    pub fn new(base: Url, login: impl Into<String>, password: Secret) -> Self {
        Self {
            base,
            login: login.into(),
            user_id: None,
            space: None,
            password,
            remote_path: RelPath::root(),
            ca_file: None,
            pinned: None,
            user_agent: user_agent(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            budgets: Vec::new(),
            proxy: Proxy::System,
        }
    }
}

/// `Navette/0.1.0 (linux)`: never `mirall`, which servers judge by its version
/// (protocol.md 1).
fn user_agent() -> String {
    format!("Navette/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS)
}

/// Why a server cannot be worked with.
#[derive(Clone, Debug, Error)]
pub enum ConnectError {
    /// This is no address of a server.
    #[error("not the address of a server: {0:?}")]
    BadUrl(String),
    /// A password would cross the network unencrypted.
    #[error("{0} would get the password unencrypted: only https is used beyond this computer")]
    InsecureHttp(String),
    /// The file with the additional certificates cannot be used.
    #[error("the certificates cannot be read: {0}")]
    CaFile(String),
    /// The name of the server is not known.
    #[error("no such server: {0}")]
    NoHost(String),
    /// The server's computer refuses the connection at this port.
    #[error("the server refuses the connection: {0}")]
    Refused(String),
    /// No answer in time.
    #[error("the server does not answer: {0}")]
    TimedOut(String),
    /// Any other failure of the network.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The certificate is not trusted or belongs to another server.
    #[error("the server's certificate is not trusted: {0}")]
    Certificate(String),
    /// Login or password is wrong.
    #[error("the server refuses login or password: {detail}")]
    SignIn {
        /// What the server said, for the log.
        detail: String,
        /// Its page on which people sign in, and ask for a new password.
        page: Option<Url>,
    },
    /// Something answers, but no storage.
    #[error("this is not a storage: {0}")]
    NotStorage(String),
    /// The server is overloaded.
    #[error("the server is busy")]
    Busy,
    /// The account is refused for another reason than its password.
    #[error("the server refuses the account: {0:?}")]
    Account(AccountTrouble),
    /// No storage works at this address for now.
    #[error("no storage works there for now: {0:?}")]
    Site(SiteTrouble),
    /// The server sends us to another address; whether to trust it is the user's decision.
    #[error("the server now lives at {0}")]
    Redirected(Url),
    /// The storage that answers is not this account's (protocol.md 0.1).
    #[error("the storage that answers does not belong to this account")]
    ForeignHome,
    /// There is no one space that is called so.
    #[error("no such space: {wanted:?} among {there:?}")]
    NoSpace {
        /// What was asked for.
        wanted: String,
        /// What there is; nothing where the server has no spaces.
        there: Vec<Space>,
    },
    /// A file stands where the remote folder should be.
    #[error("on the server, {0:?} is a file")]
    NotAFolder(RelPath),
    /// Another refusal.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl ConnectError {
    /// The same refusal, with the page that helps.
    fn with_page(self, page: Option<Url>) -> Self {
        match self {
            Self::SignIn { detail, .. } => Self::SignIn { detail, page },
            other => other,
        }
    }

    /// What a failed request means for the one who wants to connect.
    pub(super) fn of(failure: Failure, method: &'static str, path: &RelPath) -> Self {
        match (&failure.kind, failure.reach) {
            (ServerErrorKind::Account(trouble), _) => Self::Account(*trouble),
            (ServerErrorKind::Site(trouble), _) => Self::Site(trouble.clone()),
            (ServerErrorKind::Unreachable, Reach::NoHost) => Self::NoHost(failure.detail),
            (ServerErrorKind::Unreachable, Reach::Refused) => Self::Refused(failure.detail),
            (ServerErrorKind::Unreachable, Reach::TimedOut) => Self::TimedOut(failure.detail),
            (ServerErrorKind::Unreachable, Reach::Other) => Self::Unreachable(failure.detail),
            (ServerErrorKind::Certificate, _) => Self::Certificate(failure.detail),
            (ServerErrorKind::SignIn, _) => Self::SignIn { detail: failure.detail, page: None },
            (ServerErrorKind::Nonsense, _) => Self::NotStorage(failure.detail),
            (ServerErrorKind::Busy(_), _) => Self::Busy,
            _ => Self::Server(failure.at(method, path)),
        }
    }
}

/// The page of a server for people who sign in.
fn sign_in_page(origin: &Url, site: &Site) -> Option<Url> {
    let has_one = matches!(site.profile.family, Family::Nextcloud | Family::OwnCloud10);
    let mut page = origin.clone();
    page.set_path(&format!("{}/index.php/login", site.base));
    has_one.then_some(page)
}

impl Dav {
    /// Finds out what answers at an address, signs in, and makes the remote
    /// folder if it is missing. Nothing else is changed on the server.
    pub async fn connect(connection: Connection) -> Result<Self, ConnectError> {
        let hidden = Hidden::of(&connection.login, &connection.password);
        Self::connect_to(connection).await.map_err(|error| hidden.refusal(error))
    }

    async fn connect_to(connection: Connection) -> Result<Self, ConnectError> {
        let base = checked_url(connection.base.clone())?;
        let outfit = Outfit::of(&connection, &base).await?;
        let mut dav = Self {
            wire: wire(&connection, &base, &outfit)?,
            profile: probe::plain(),
            root: DavRoot::new(base.path()),
            url: base.clone(),
            user: String::new(),
            display_name: connection.login.clone(),
            title: None,
            space: None,
            limits: connection.limits,
            instance: None,
            bin: None,
            account: None,
            bulk: None,
            older: None,
            chunks: None,
            tus: None,
            zips: None,
            offer: None,
            spaces_at: String::new(),
        };
        let site = probe::site(&dav.wire, &base).await?;
        let below = match site {
            Some(site) => {
                let page = sign_in_page(&base, &site);
                dav.sign_in(site, &connection, outfit)
                    .await
                    .map_err(|error| error.with_page(page))?
            }
            None if connection.space.is_some() => {
                let wanted = connection.space.clone().unwrap_or_default();
                return Err(ConnectError::NoSpace { wanted, there: Vec::new() });
            }
            None => {
                let home = dav.home().await?;
                dav.home_checked(home)?;
                RelPath::root()
            }
        };
        dav.wire.session.begin();
        let path = connection
            .remote_path
            .names()
            .fold(below.as_str().to_owned(), |path, name| format!("{path}/{name}"));
        let path = RelPath::parse(&path).unwrap_or_default();
        dav.made(&path).await?;
        let home = dav.root.dir(&RelPath::root());
        dav.bin = Bin::of(dav.profile.family, &home, &path);
        dav.older = Shelf::of(dav.profile.family, &home);
        dav.bulk = dav.profile.together.and_then(|_| Bulk::of(&home, &path));
        // Without a way back, nothing is sent that cannot be refused.
        dav.profile.together = dav.profile.together.filter(|_| dav.older.is_some());
        dav.profile.together = dav.profile.together.filter(|_| dav.bulk.is_some());
        dav.zips = dav.zips.map(|way| way.below(&path));
        dav.root = dav.root.below(&path);
        dav.url.set_path(&dav.root.dir(&RelPath::root()));
        Ok(dav)
    }

    /// Signs in to a server of one of the families. Returns the folder that the
    /// pasted address names.
    ///
    /// The first request with the password goes to the files: what is wrong
    /// with an account is said there in full, and by OCS only in part
    /// (owncloud10.md). It asks for the home as if the login were the id, which
    /// costs nothing where that is so.
    async fn sign_in(
        &mut self,
        site: Site,
        to: &Connection,
        outfit: Outfit,
    ) -> Result<RelPath, ConnectError> {
        self.wire.status = Some(format!("{}/status.php", site.base));
        self.profile = site.profile.clone();
        self.account = (self.profile.family == Family::Nextcloud).then(|| site.base.clone());
        let is_told = self.profile.family == Family::Ocis;
        self.wire.initiator = is_told.then(|| uuid::Uuid::new_v4().to_string().into());
        let guess = site.home_of(to.user_id.as_ref().unwrap_or(&to.login));
        let mut home = None;
        if self.profile.family != Family::Ocis {
            self.root = guess.clone();
            home = match self.home().await {
                Err(ConnectError::Server(_) | ConnectError::NotStorage(_)) => None,
                found => found?,
            };
        }
        let found = probe::account(&self.wire, site, to.space.as_deref()).await?;
        if found.home != guess {
            home = None;
        }
        let Found { profile, home: root, below, user, .. } = found;
        (self.profile, self.root, self.user) = (profile, root, user);
        (self.display_name, self.title) = (found.display_name, found.title);
        self.space = found.space;
        self.spaces_at = found.spaces_at;
        (self.chunks, self.tus, self.zips) = (found.chunks, found.tus, found.zips);
        self.offer = found.push.map(|way| Offer { way, outfit });
        if home.is_none() {
            home = self.home().await?;
        }
        self.instance = self.home_checked(home)?;
        Ok(below)
    }

    /// Looks at the root of the storage.
    async fn home(&self) -> Result<Option<Single>, ConnectError> {
        let root = RelPath::root();
        let found = self.look(&root).await;
        found.map_err(|failure| ConnectError::of(failure, "PROPFIND", &root))
    }

    /// Checks that the storage is this account's: a foreign one answers as well,
    /// but without version and id (protocol.md 0.1). Returns what the ids of
    /// this server end with.
    fn home_checked(&self, found: Option<Single>) -> Result<Option<String>, ConnectError> {
        let Some(found) = found else {
            return Err(ConnectError::NotStorage("nothing is there (404)".to_owned()));
        };
        let found = found.resource;
        if found.kind != Kind::Dir {
            return Err(ConnectError::NotStorage("a file, not a folder".to_owned()));
        }
        if self.profile.family == Family::Plain {
            return Ok(None);
        }
        let (Some(_), Some(id), Some(file_id)) = (found.seen.etag, found.id, found.seen.file_id)
        else {
            return Err(ConnectError::ForeignHome);
        };
        Ok(instance(&id, &file_id))
    }

    /// Makes the folders down to `path` that are missing.
    async fn made(&self, path: &RelPath) -> Result<(), ConnectError> {
        let mut at = RelPath::root();
        for name in path.names() {
            at = RelPath::parse(&format!("{at}/{name}")).unwrap_or_default();
            match self.check(&at, &Guard::Present).await {
                Ok(Some(found)) if found.resource.kind == Kind::Dir => {}
                Ok(_) => return Err(ConnectError::NotAFolder(at)),
                Err(failure) if failure.kind == ServerErrorKind::Changed => {
                    match self.make_dir(&at).await {
                        Err(error) if error.kind != ServerErrorKind::Exists => {
                            return Err(error.into());
                        }
                        _ => {}
                    }
                }
                Err(failure) => return Err(ConnectError::of(failure, "PROPFIND", &at)),
            }
        }
        Ok(())
    }
}

/// What follows the number in an `oc:id` such as `00000122ocfhvi9no36m`.
fn instance(id: &str, file_id: &str) -> Option<String> {
    let instance = id.trim_start_matches('0').strip_prefix(file_id)?;
    (!instance.is_empty()).then(|| instance.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_apart_into_number_and_instance() {
        assert_eq!(instance("00000005ochkhkdan28m", "5").as_deref(), Some("ochkhkdan28m"));
        assert_eq!(instance("123456789oc1", "123456789").as_deref(), Some("oc1"));
        assert_eq!(instance("00000050oc1", "5").as_deref(), Some("0oc1"));
        assert_eq!(instance("a$b!c", "a$b!c"), None);
    }

    #[test]
    fn a_connection_does_not_show_its_password() {
        let base = crate::server::entered_url("h.example").unwrap();
        let connection = Connection::new(base, "me", Secret::new("hunter2"));
        assert!(!format!("{connection:?}").contains("hunter2"));
        assert!(!connection.user_agent.contains("mirall"));
    }
}
