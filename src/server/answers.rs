//! What answers say, from their bytes alone: for whoever has an answer and no
//! server. Tests and fuzz targets ask here what hostile and damaged ones lead to.
//!
//! Nothing here is a second reader: each function hands over to the one that
//! [`super::Dav`] reads the same answer with.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

use super::connect::ConnectError;
use super::listing::{Place, place_of, read_listing};
use super::propfind::MultiStatus;
use super::status::{Asked, Refusal, classify};
use super::url::DavRoot;
use super::{
    ByteStream, Effect, Family, Limits, Listing, Profile, Result, ServerErrorKind, Space, probe,
    push, space, zip,
};
use crate::model::{Name, RelPath};

/// A folder on a server, as requests and answers name it.
#[derive(Clone, Debug)]
pub struct Folder {
    root: DavRoot,
    dir: RelPath,
}

/// Where an address in a listing leads, seen from the folder that was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To the folder itself.
    Here,
    /// To something directly in it.
    Below(Name),
    /// To something directly in it, under what is no name for us.
    Unusable(String),
    /// Elsewhere: no listing of this folder says so.
    Elsewhere,
}

impl Folder {
    /// The folder `dir` below the encoded path `root`.
    pub fn new(root: &str, dir: &RelPath) -> Self {
        Self { root: DavRoot::new(root), dir: dir.clone() }
    }

    /// The encoded path that a request for it asks for.
    pub fn asked(&self) -> String {
        self.root.file(&self.dir)
    }

    /// Where `href` leads, which may be anything.
    pub fn leads(&self, href: &str) -> Leads {
        match place_of(href, &self.root.names(&self.dir)) {
            Ok(Place::Itself) => Leads::Here,
            Ok(Place::Child(Ok(name))) => Leads::Below(name),
            Ok(Place::Child(Err(shown))) => Leads::Unusable(shown),
            Err(_) => Leads::Elsewhere,
        }
    }

    /// Reads the listing of this folder by a server of this kind.
    ///
    /// # Errors
    ///
    /// If it is not whole, not of this folder, or more than `limits` allow.
    pub async fn listing(
        &self,
        body: ByteStream,
        profile: &Profile,
        limits: Limits,
    ) -> Result<Listing> {
        let names = self.root.names(&self.dir);
        let listing = read_listing(MultiStatus::new(body, limits), &names, profile, None).await;
        listing.map_err(|failure| failure.at("PROPFIND", &self.dir))
    }
}

/// What a server says of itself and of an account, each as it came.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// `status.php`.
    pub status: &'a [u8],
    /// The capabilities, by OCS.
    pub capabilities: &'a [u8],
    /// The account, by OCS.
    pub user: &'a [u8],
    /// The list of spaces.
    pub drives: &'a [u8],
}

/// What is made of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What the server does.
    pub profile: Profile,
    /// The encoded path of the account's storage.
    pub home: String,
    /// The account's id.
    pub user: String,
    /// What people call it.
    pub display_name: String,
    /// The space that its storage is, where there are spaces.
    pub space: Option<Space>,
    /// The path where changes are told, if they are.
    pub push: Option<String>,
}

/// Reads what the server at `url` says; none if it is of no family.
///
/// # Errors
///
/// If the server says that it cannot be worked with.
pub fn account(url: &Url, said: Said<'_>) -> std::result::Result<Option<Account>, ConnectError> {
    let json = |bytes| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let Some(site) = probe::site_told(url, &json(said.status))? else { return Ok(None) };
    let told = probe::Told {
        capabilities: probe::ocs_data(json(said.capabilities)),
        user: probe::ocs_data(json(said.user)).unwrap_or_default(),
        spaces: space::read(&json(said.drives)),
    };
    let found = probe::found(site, told, Some(url), None)?;
    let (profile, home) = (found.profile, found.home.file(&RelPath::root()));
    let (user, display_name, space) = (found.user, found.display_name, found.space);
    let push = found.push.map(|way| way.at().to_owned());
    Ok(Some(Account { profile, home, user, display_name, space, push }))
}

/// What a final status with this body means for a request of `method`.
pub fn refusal(
    family: Family,
    method: &'static str,
    status: u16,
    body: &[u8],
) -> Option<(ServerErrorKind, Effect)> {
    let asked = Asked { method, family, if_match: false };
    let status = StatusCode::from_u16(status).ok()?;
    Some(classify(asked, status, &HeaderMap::new(), &Refusal::read(body)))
}

/// What is told in an answer that never ends, as far as it has come: of each
/// event whether it is a change, and none for where it is cut off.
pub async fn events(body: ByteStream) -> Vec<Option<bool>> {
    push::changes(body).await
}

/// The files of these names and lengths in a zip; none for each that is not in
/// it whole, and nothing at all if it is no zip from beginning to end.
pub fn zip(answer: &[u8], wanted: &[(&str, u64)]) -> Option<Vec<Option<Bytes>>> {
    zip::unpack(answer, wanted).ok()
}
