//! What the assistant tells the window (`ui/src/lib/types/assistant.ts`). Other
//! programs cannot ask for it: it is about secrets.

use serde::{Deserialize, Serialize};
use url::Url;

use super::document::{Quota, Said};
use crate::accounts::{self, Fate, Kept, PAGE_MINUTES, Session};
use crate::model::RelPath;
use crate::server::{self, FolderSeen};
use crate::settings::remote_path;
use crate::text::{self, Texts};

/// The families of servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Nextcloud.
    Nextcloud,
    /// ownCloud 10.
    OwnCloud10,
    /// oCIS and OpenCloud.
    Ocis,
    /// Any other WebDAV server.
    Plain,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// On the server's page, in the browser.
    Browser,
    /// With login and password.
    Password,
}

/// What answered at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Recognised {
    /// The address as it is kept: of the storage, not of the page that was pasted.
    pub address: String,
    /// Its host, for people.
    pub host: String,
    /// Which family.
    pub family: Family,
    /// What kind of server it says it is.
    pub product: String,
    /// Its version, where it says it.
    pub version: Option<String>,
    /// What those who run it call it, or its host.
    pub title: String,
    /// Nobody on the way can read along.
    pub encrypted: bool,
    /// In the order in which they are offered.
    pub ways: Vec<Way>,
    /// The password is exchanged for one of this computer.
    pub exchanges: bool,
    /// The server has a local password beside the institution's: explain both.
    pub two_passwords: bool,
    /// It serves nobody for now.
    pub maintenance: bool,
}

impl From<accounts::Recognised> for Recognised {
    fn from(found: accounts::Recognised) -> Self {
        let way = |way: &accounts::Way| match way {
            accounts::Way::Browser => Way::Browser,
            accounts::Way::Password => Way::Password,
        };
        Self {
            address: found.address.as_str().to_owned(),
            host: found.address.host(),
            family: match found.family {
                server::Family::Nextcloud => Family::Nextcloud,
                server::Family::OwnCloud10 => Family::OwnCloud10,
                server::Family::Ocis => Family::Ocis,
                server::Family::Plain => Family::Plain,
            },
            product: found.product,
            version: found.version,
            title: found.title,
            encrypted: found.encrypted,
            ways: found.ways.iter().map(way).collect(),
            exchanges: found.exchanges,
            two_passwords: found.two_passwords,
            maintenance: found.maintenance,
        }
    }
}

/// What is kept of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum KeptAs {
    /// A password for this computer alone, in the keychain.
    Token,
    /// The account's own password, in the keychain.
    Password,
    /// Nothing: there is no keychain, or it is locked. It is held until Navette ends.
    Nowhere,
}

/// Somebody is signed in, and nothing is written yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct SignedIn {
    /// Names this sign-in until it is finished or abandoned.
    pub session: String,
    /// The login.
    pub login: String,
    /// What people call the account.
    pub display_name: Option<String>,
    /// What those who run the server call it.
    pub title: String,
    /// The room there.
    pub quota: Option<Quota>,
    /// What is kept of the sign-in.
    pub kept: KeptAs,
    /// An account that is there already: it is taken, no second one is made.
    pub existing: Option<String>,
}

/// Tells of a session, and asks whether there is a keychain for it.
pub async fn signed_in(name: String, session: &Session) -> SignedIn {
    let account = &session.account;
    SignedIn {
        session: name,
        login: account.user.clone(),
        display_name: account.display_name.clone(),
        title: session.title.clone(),
        quota: session.quota.map(quota),
        kept: match (session.keychain().await, session.keeps()) {
            (Err(_), _) => KeptAs::Nowhere,
            (Ok(()), Kept::Token) => KeptAs::Token,
            (Ok(()), Kept::Password) => KeptAs::Password,
        },
        existing: session.is_known.then(|| account.name.clone()),
    }
}

fn quota(room: server::Room) -> Quota {
    Quota { used: room.used, total: room.total }
}

/// The browser is open at the server's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct BrowserSignIn {
    /// Names it until somebody has signed in, or it is given up.
    pub id: String,
    /// The page.
    pub url: String,
    /// So long it is valid.
    pub minutes: u64,
}

impl From<(String, Url)> for BrowserSignIn {
    fn from((id, url): (String, Url)) -> Self {
        Self { id, url: url.into(), minutes: PAGE_MINUTES }
    }
}

/// A place on this computer that is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Place {
    /// The folder.
    pub path: String,
    /// Bytes that are free on its disk.
    pub free: u64,
    /// Bytes that its disk has in all.
    pub total: u64,
    /// What its disk is called, if it is not the usual one.
    pub volume: Option<String>,
    /// It is where such folders usually are.
    pub usual: bool,
}

impl From<accounts::Place> for Place {
    fn from(place: accounts::Place) -> Self {
        let path = place.path.to_string_lossy().into_owned();
        let (free, total) = (place.free, place.total);
        Self { path, free, total, volume: place.volume, usual: place.usual }
    }
}

/// What is at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PlaceKind {
    /// It is made.
    New,
    /// It is empty.
    Empty,
    /// It holds files.
    HoldsFiles,
    /// It is another client's.
    OfAnotherClient,
    /// It lies in the folder of another pair, or around it.
    Nested,
    /// It is the folder of a pair.
    Ours,
    /// It cannot be.
    Unfit,
}

/// The client whose folder a place is: it can be taken over without a download
/// if it is the `same` account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct PlaceClient {
    /// What it is called.
    pub name: String,
    /// It belongs to this very account.
    pub same: bool,
    /// It is at work on the folder.
    pub running: bool,
    /// The folder of the server.
    pub remote_path: String,
    /// Folders below that one that are not wanted here.
    pub without: Vec<String>,
}

/// What is at a place on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct PlaceReport {
    /// The place.
    pub path: String,
    /// What is there.
    pub kind: PlaceKind,
    /// How many files it holds.
    pub files: u64,
    /// There are more.
    pub more_files: bool,
    /// How many bytes they have.
    pub bytes: u64,
    /// Bytes that are free there.
    pub free: u64,
    /// The client whose folder it is.
    pub client: Option<PlaceClient>,
    /// Its fate in one sentence, or why it cannot be.
    pub said: Said,
}

impl PlaceReport {
    /// Tells of a place.
    pub fn of(texts: &Texts, report: &accounts::Report) -> Self {
        let (kind, found, client) = match &report.fate {
            Fate::New => (PlaceKind::New, None, None),
            Fate::Empty => (PlaceKind::Empty, None, None),
            Fate::Holds(found) => (PlaceKind::HoldsFiles, Some(*found), None),
            Fate::OfClient(found, client) => {
                (PlaceKind::OfAnotherClient, Some(*found), Some(client_of(client)))
            }
            Fate::Nested(_) => (PlaceKind::Nested, None, None),
            Fate::Ours => (PlaceKind::Ours, None, None),
            Fate::Unfit(_) => (PlaceKind::Unfit, None, None),
        };
        let found = found.unwrap_or_default();
        Self {
            path: report.path.to_string_lossy().into_owned(),
            kind,
            files: found.files,
            more_files: found.more,
            bytes: found.bytes,
            free: report.free,
            client,
            said: text::fate(texts, report).into(),
        }
    }
}

fn client_of(client: &accounts::Client) -> PlaceClient {
    let knows = client.knows.as_ref();
    PlaceClient {
        name: client.name.to_owned(),
        same: client.same,
        running: client.running,
        remote_path: format!("/{}", knows.map_or("", |knows| knows.remote_path.as_str())),
        without: knows
            .map_or_else(Vec::new, |knows| knows.without.iter().map(ToString::to_string).collect()),
    }
}

/// A folder of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct RemoteFolder {
    /// Its whole path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The bytes of all in it; null where the server does not say it.
    pub size: Option<u64>,
    /// Whether there are folders in it; null where the server does not say it.
    pub has_folders: Option<bool>,
    /// Somebody shares it with this account.
    pub shared: bool,
    /// Nothing can be added to it.
    pub read_only: bool,
    /// It lies on another storage.
    pub external: bool,
}

impl RemoteFolder {
    /// Tells of a folder in `dir`.
    pub fn of(dir: &RelPath, folder: FolderSeen) -> Self {
        let path = dir.join(&folder.name);
        Self {
            path: format!("/{path}"),
            name: folder.name.as_str().to_owned(),
            size: folder.size,
            has_folders: folder.has_folders,
            shared: folder.shared,
            read_only: folder.read_only,
            external: folder.external,
        }
    }
}

/// Whether what is wanted fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Fit {
    /// Bytes that come here at most; null where the server does not say it.
    pub download: Option<u64>,
    /// Bytes of the disk that they may take.
    pub disk_free: u64,
    /// They fit, as far as is known.
    pub disk_fits: bool,
    /// The room on the server.
    pub quota: Option<Quota>,
    /// Why not.
    pub said: Option<Said>,
}

impl Fit {
    /// Tells whether it fits.
    pub fn of(texts: &Texts, fit: &accounts::Fit) -> Self {
        Self {
            download: fit.download,
            disk_free: fit.disk_free,
            disk_fits: fit.disk_fits,
            quota: fit.quota.map(quota),
            said: text::fit(texts, fit).map(Into::into),
        }
    }
}

/// What somebody has decided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Plan {
    /// The sign-in.
    pub session: String,
    /// The folder on this computer.
    pub place: String,
    /// The folder on the server.
    pub remote_path: String,
    /// Folders of the server, below that one, that are not kept here.
    pub without: Vec<String>,
    /// What is never synced.
    pub rules: Vec<String>,
    /// The folder is another client's, and is taken over as it is there.
    pub take_over: bool,
}

impl Plan {
    /// What is meant by it.
    ///
    /// # Errors
    ///
    /// If a path on the server is none.
    pub fn meant(&self) -> Result<accounts::Plan, accounts::Refusal> {
        let without = self.without.iter().map(|path| remote_path(path));
        let without: Result<Vec<RelPath>, _> = without.collect();
        Ok(accounts::Plan {
            place: self.place.clone().into(),
            without: without?.into_iter().filter(|path| !path.is_root()).collect(),
            rules: self.rules.clone(),
            take_over: self.take_over,
            space: None,
            remote_path: remote_path(&self.remote_path)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_server_are_read_as_the_window_writes_them() {
        let plan = |remote: &str, without: &[&str]| Plan {
            session: String::new(),
            place: "/x".to_owned(),
            remote_path: remote.to_owned(),
            without: without.iter().map(|path| (*path).to_owned()).collect(),
            rules: Vec::new(),
            take_over: false,
        };
        let path = |text| RelPath::parse(text).unwrap();
        let meant = plan("/Work", &["a/b", "/c/", "/"]).meant().unwrap();
        assert_eq!(
            (meant.remote_path, meant.without),
            (path("Work"), vec![path("a/b"), path("c")])
        );
        assert!(plan("/..", &[]).meant().is_err() && plan("/", &["../x"]).meant().is_err());
    }
}
