//! Which family answers, and where the account's files are (protocol.md 1 and 2.3).

use reqwest::header::{HeaderMap, LOCATION};
use serde_json::Value;
use url::Url;

use super::chunks::Chunks;
use super::connect::ConnectError;
use super::failure::Failure;
use super::profile::poll;
use super::push;
use super::request::{Answer, Load, Request, Wire, site_trouble};
use super::status::Asked;
use super::together::{self, Way};
use super::tus::Tus;
use super::url::{DavRoot, Pasted, encoded_name, pasted};
use super::{
    AccountTrouble, Family, Profile, SiteTrouble, Space, Together, ZipLimits, naming, space,
};
use crate::model::{NameRules, RelPath};
use crate::mutant::{Mutant, broken};

/// A JSON answer is never larger than this; Nextcloud's capabilities have 14 kB.
const JSON_BYTES: usize = 1 << 20;

/// A server of one of the families, found without signing in.
pub(super) struct Site {
    /// The path in front of `status.php`.
    pub(super) base: String,
    pub(super) profile: Profile,
    pasted: Pasted,
}

/// What an account has on its server.
pub(super) struct Found {
    pub(super) profile: Profile,
    /// The whole storage of the account.
    pub(super) home: DavRoot,
    /// The folder in it that the pasted address names.
    pub(super) below: RelPath,
    /// The account's id, which may differ from the login (protocol.md 2.3).
    pub(super) user: String,
    /// What people call the account; the id where the server does not say it.
    pub(super) display_name: String,
    /// What the server calls itself, if it says so.
    pub(super) title: Option<String>,
    /// The space of oCIS that the home is.
    pub(super) space: Option<Space>,
    /// Where the list of all spaces is, from the origin.
    pub(super) spaces_at: String,
    /// How uploads go in chunks, if they do.
    pub(super) chunks: Option<Chunks>,
    /// How uploads go by TUS, if they do.
    pub(super) tus: Option<Tus>,
    /// How it is asked for zips, if it makes them.
    pub(super) zips: Option<Way>,
    /// How it tells of changes by itself, if it does.
    pub(super) push: Option<push::Way>,
}

impl Site {
    /// Where the files of `user` are, on the families that name people there.
    pub(super) fn home_of(&self, user: &str) -> DavRoot {
        DavRoot::new(&format!("{}/remote.php/dav/files/{}", self.base, encoded_name(user)))
    }
}

/// Finds the server behind a pasted address; none: not one of the families.
pub(super) async fn site(wire: &Wire, pasted_url: &Url) -> Result<Option<Site>, ConnectError> {
    let pasted = pasted(pasted_url);
    let Some((base, status)) = told(wire, pasted_url, &pasted).await? else { return Ok(None) };
    profile(&status).map(|profile| Some(Site { base, profile, pasted }))
}

/// What the server behind a pasted address says of itself, and the path at
/// which it does; none: not one of the families.
pub(super) async fn told(
    wire: &Wire,
    pasted_url: &Url,
    pasted: &Pasted,
) -> Result<Option<(String, Value)>, ConnectError> {
    let anonymous = wire.anonymous();
    let mut pages = false;
    for base in &pasted.bases {
        match status_php(&anonymous, pasted_url, base).await? {
            Shown::Status(base, status) => return Ok(Some((base, status))),
            Shown::Page => pages = true,
            Shown::Nothing => {}
        }
    }
    match (pasted.of_family, pages) {
        (false, _) => Ok(None),
        // Its files under other rules, without ids, would look like another storage.
        (true, true) => Err(ConnectError::Site(SiteTrouble::Page)),
        (true, false) => Err(ConnectError::NotStorage("there is no status.php".to_owned())),
    }
}

pub(super) fn plain() -> Profile {
    Profile {
        family: Family::Plain,
        product: "WebDAV".to_owned(),
        file_ids: false,
        tree_etags: false,
        checksums: false,
        keeps_mtime: false,
        trash: false,
        guards_deletes: false,
        zips: None,
        names: NameRules::none(),
        guards_creations: true,
        together: None,
        poll: poll(Family::Plain, None),
    }
}

async fn ask(wire: &Wire, target: String, wanted: &[u16]) -> Result<Answer, Failure> {
    // Before the family is known, its peculiarities do not matter.
    let asked = Asked { method: "GET", family: Family::Plain, if_match: false };
    let request = Request { asked, target, headers: HeaderMap::new(), load: Load::Nothing };
    wire.send(request, wanted).await
}

fn failed(failure: Failure) -> ConnectError {
    ConnectError::of(failure, "GET", &RelPath::root())
}

/// What answers for `status.php`.
enum Shown {
    /// The status, and the base that it was found at.
    Status(String, Value),
    /// Something for people.
    Page,
    Nothing,
}

/// Asks `base` for its status. Within the same origin a redirect is followed
/// once; another origin never gets the password.
async fn status_php(wire: &Wire, origin: &Url, base: &str) -> Result<Shown, ConnectError> {
    let mut base = base.to_owned();
    for _ in 0..2 {
        let asked = ask(wire, format!("{base}/status.php"), &[200, 301, 302, 307, 308]).await;
        let answer = match asked {
            Ok(answer) => answer,
            // The one thing that is wrong with this request can be its host;
            // ownCloud 10 says so in a page (owncloud10.md).
            Err(failure) if failure.status == Some(400) => {
                return Err(ConnectError::Site(SiteTrouble::UntrustedHost));
            }
            Err(failure) => return no_status(failure),
        };
        if answer.status.is_success() {
            let page = answer.is_page();
            return Ok(match json(answer).await?.filter(is_status) {
                Some(status) => Shown::Status(base, status),
                None if page => Shown::Page,
                None => Shown::Nothing,
            });
        }
        let target = answer.headers.get(LOCATION).and_then(|target| target.to_str().ok());
        let Some(target) = target.and_then(|target| origin.join(target).ok()) else {
            return Ok(Shown::Nothing);
        };
        let Some(path) = target.path().strip_suffix("/status.php") else {
            return Ok(Shown::Nothing);
        };
        if target.origin() != origin.origin() {
            let mut moved = target.clone();
            moved.set_path(path);
            moved.set_query(None);
            return Err(ConnectError::Redirected(moved));
        }
        base = path.to_owned();
    }
    Ok(Shown::Nothing)
}

/// Whether this is what `status.php` says, and not just any JSON.
fn is_status(shown: &Value) -> bool {
    shown.get("installed").is_some()
}

/// A storage of another kind may want a login even for what it does not have.
fn no_status(failure: Failure) -> Result<Shown, ConnectError> {
    if failure.kind.refuses_account() && failure.status.is_some() {
        return Ok(Shown::Nothing);
    }
    not_there(failure).map(|()| Shown::Nothing)
}

/// Whether a failure only says that there is no such thing: then another way
/// may lead on. A server in trouble says nothing of the kind.
fn not_there(failure: Failure) -> Result<(), ConnectError> {
    match failure.status {
        Some(100..=499) if !failure.kind.stops_all() => Ok(()),
        _ => Err(failed(failure)),
    }
}

/// The JSON of an answer; `None` if it is something else, such as a page. A
/// cut answer is an error: what it leaves out would count as not offered.
async fn json(answer: Answer) -> Result<Option<Value>, ConnectError> {
    json_of(answer, JSON_BYTES).await
}

/// As [`json`], of at most so many bytes.
async fn json_of(answer: Answer, most: usize) -> Result<Option<Value>, ConnectError> {
    let whole = answer.whole(most).await;
    whole.map(|bytes| serde_json::from_slice(&bytes).ok()).map_err(failed)
}

/// Reads `status.php`. Product names are theming; the family shows in which
/// fields there are.
fn profile(status: &Value) -> Result<Profile, ConnectError> {
    let text = |name: &str| status.get(name).and_then(Value::as_str).unwrap_or_default();
    let is = |name: &str| status.get(name).and_then(Value::as_bool).unwrap_or(false);
    if !is("installed") {
        return Err(ConnectError::NotStorage("the server is not set up yet".to_owned()));
    }
    if let Some(trouble) = site_trouble(status) {
        return Err(ConnectError::Site(trouble));
    }
    let family = family(status);
    let version = match text("productversion") {
        "" => text("versionstring"),
        version => version,
    };
    let product = format!("{} {version}", text("productname"));
    Ok(Profile {
        family,
        product: product.trim().to_owned(),
        file_ids: true,
        tree_etags: true,
        // Nextcloud keeps what a client said, right or wrong (protocol.md 0.4).
        checksums: family != Family::Nextcloud || broken(Mutant::ChecksumBelieved),
        keeps_mtime: true,
        trash: true,
        guards_deletes: family != Family::Ocis,
        zips: ZipLimits::of(family).filter(|_| makes_zips(family, text("version"))),
        names: NameRules::none(),
        guards_creations: family != Family::Ocis,
        together: None,
        poll: poll(family, None),
    })
}

/// Nextcloud makes zips of folders by WebDAV from 31 on.
fn makes_zips(family: Family, version: &str) -> bool {
    family != Family::Nextcloud || major(version) >= 31
}

pub(super) fn major(version: &str) -> u32 {
    version.split('.').next().and_then(|part| part.parse().ok()).unwrap_or(0)
}

pub(super) fn family(status: &Value) -> Family {
    let has = |name: &str| status.get(name).is_some();
    let product = status.get("product").and_then(Value::as_str);
    let version = status.get("version").and_then(Value::as_str).unwrap_or_default();
    if has("productversion") || matches!(product, Some("Infinite Scale" | "OpenCloud")) {
        Family::Ocis
    } else if has("extendedSupport") || (product.is_none() && major(version) > 10) {
        Family::Nextcloud
    } else {
        Family::OwnCloud10
    }
}

/// What the server has told of an account.
pub(super) struct Told {
    /// Its capabilities; none where that route is closed.
    pub(super) capabilities: Option<Value>,
    /// The account's own page, or nothing.
    pub(super) user: Value,
    /// The spaces of oCIS.
    pub(super) spaces: Vec<Space>,
}

/// Learns what the account has: capabilities, its id, the place of its files.
pub(super) async fn account(
    wire: &Wire,
    site: Site,
    space: Option<&str>,
) -> Result<Found, ConnectError> {
    let base = site.base.as_str();
    let capabilities = ocs(wire, base, "capabilities").await?;
    let user = ocs(wire, base, "user").await?.unwrap_or_default();
    let spaces = match site.profile.family {
        Family::Ocis => drives(wire, base).await?,
        _ => Vec::new(),
    };
    let origin = Url::parse(&wire.client.host).ok();
    found(site, Told { capabilities, user, spaces }, origin.as_ref(), space)
}

/// What the account has, from what was told at `origin`.
pub(super) fn found(
    site: Site,
    told: Told,
    origin: Option<&Url>,
    space: Option<&str>,
) -> Result<Found, ConnectError> {
    let Site { base, mut profile, pasted } = site;
    let Told { capabilities, user: shown, spaces } = told;
    let base = base.as_str();
    let capability = |at: &str| {
        capabilities.as_ref().and_then(|data| data.pointer(&format!("/capabilities/{at}")))
    };
    let files = capability("files");
    let zips = profile.zips.and(origin);
    let zips = zips.and_then(|origin| Way::of(profile.family, base, files, origin));
    profile.zips = profile.zips.filter(|_| zips.is_some());
    profile.zips = profile.zips.map(|limits| together::announced(limits, files));
    let undelete = capability("files/undelete").and_then(Value::as_bool);
    profile.trash = undelete.unwrap_or(profile.trash);
    // What is overwritten by it can be found only among older versions.
    let versions = capability("files/versioning").and_then(Value::as_bool) == Some(true);
    let bulk = capability("dav/bulkupload").and_then(Value::as_str) == Some("1.0");
    let together = bulk && versions && profile.family == Family::Nextcloud;
    profile.together = together.then_some(Together::NEXTCLOUD);
    profile.poll = poll(profile.family, capability("core/pollinterval").and_then(Value::as_u64));
    profile.names = naming::rules(profile.family, capabilities.as_ref());
    let user = text_of(&shown, "id");
    let title = capability("theming").and_then(|theming| text_of(theming, "name"));
    let display_name = ["display-name", "displayname"].iter().find_map(|key| text_of(&shown, key));
    let space = match (profile.family, space) {
        (Family::Ocis, wanted) => match pasted.space.filter(|_| wanted.is_none()) {
            Some(id) => Some(space::known_by_id(spaces, id, base)),
            None => space::choose(spaces, wanted)?,
        },
        (_, Some(wanted)) => {
            let wanted = wanted.to_owned();
            return Err(ConnectError::NoSpace { wanted, there: Vec::new() });
        }
        _ => None,
    };
    let home = match (&space, &user) {
        (Some(space), _) => space.path.clone(),
        (None, Some(user)) => format!("{base}/remote.php/dav/files/{}", encoded_name(user)),
        // Where OCS is closed, the old address needs no id (protocol.md 2.7).
        (None, None) => format!("{base}/remote.php/webdav"),
    };
    let takes_chunks = capability("dav/chunking").and_then(Value::as_str) == Some("1.0")
        && profile.family != Family::Ocis;
    let chunks = user.as_ref().filter(|_| takes_chunks).map(|user| {
        let folder = format!("{base}/remote.php/dav/uploads/{}", encoded_name(user));
        let told = |name: &str| {
            capability(&format!("files/chunked_upload/{name}")).and_then(Value::as_u64)
        };
        let (most, at_once) = (told("max_size"), told("max_parallel_count"));
        Chunks::new(DavRoot::new(&folder), profile.family, most, at_once)
    });
    let (home, user) = (DavRoot::new(&home), user.unwrap_or_default());
    let display_name = display_name.unwrap_or_else(|| user.clone());
    let tus = capability("files/tus_support").filter(|tus| speaks_tus(tus)).map(|tus| {
        // 0: as much as one likes.
        Tus::new(tus.get("max_chunk_size").and_then(Value::as_u64).filter(|most| *most > 0))
    });
    let push = capabilities.as_ref().and_then(|data| data.get("capabilities")).zip(origin);
    let push = push.and_then(|(all, origin)| push::Way::of(profile.family, base, all, origin));
    let below = pasted.below;
    let spaces_at = space::list_at(base);
    Ok(Found {
        profile,
        home,
        below,
        user,
        display_name,
        title,
        space,
        spaces_at,
        chunks,
        tus,
        zips,
        push,
    })
}

fn text_of(shown: &Value, key: &str) -> Option<String> {
    shown.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether uploads can be announced and sent in pieces.
fn speaks_tus(tus: &Value) -> bool {
    let text = |name| tus.get(name).and_then(Value::as_str).unwrap_or_default();
    text("resumable") == "1.0.0" && text("extension").split(',').any(|one| one.trim() == "creation")
}

/// Asks an OCS route; `None` where it is closed or unknown.
pub(super) async fn ocs(
    wire: &Wire,
    base: &str,
    route: &str,
) -> Result<Option<Value>, ConnectError> {
    let target = format!("{base}/ocs/v2.php/cloud/{route}?format=json");
    let answer = match ask(wire, target, &[200]).await {
        Ok(answer) => answer,
        // About attempts to sign in, for nothing else has been asked yet (protocol.md 2.8).
        Err(failure) if failure.status == Some(429) => {
            return Err(ConnectError::Account(AccountTrouble::TooManyAttempts));
        }
        Err(failure) => return not_there(failure).map(|()| None),
    };
    Ok(json(answer).await?.and_then(ocs_data))
}

/// What an answer of OCS is about.
pub(super) fn ocs_data(mut answer: Value) -> Option<Value> {
    answer.pointer_mut("/ocs/data").map(Value::take)
}

/// The server that says this of itself at `url`; none: not one of the families.
pub(super) fn site_told(url: &Url, status: &Value) -> Result<Option<Site>, ConnectError> {
    let pasted = pasted(url);
    let base = pasted.bases.first().cloned().unwrap_or_default();
    if !is_status(status) {
        return Ok(None);
    }
    profile(status).map(|profile| Some(Site { base, profile, pasted }))
}

/// The spaces of the account. The older address of the personal one holds a
/// virtual folder whose version never changes (protocol.md 3.1).
async fn drives(wire: &Wire, base: &str) -> Result<Vec<Space>, ConnectError> {
    let answer = match ask(wire, space::list_at(base), &[200]).await {
        Ok(answer) => answer,
        Err(failure) => return not_there(failure).map(|()| Vec::new()),
    };
    Ok(space::read(&json_of(answer, space::LIST_BYTES).await?.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_family_is_known_by_its_status() {
        let nextcloud = json!({"installed": true, "maintenance": false, "needsDbUpgrade": false,
            "version": "32.0.1.2", "versionstring": "32.0.1", "edition": "",
            "productname": "Nextcloud", "extendedSupport": false});
        let owncloud = json!({"installed": true, "maintenance": false, "needsDbUpgrade": false,
            "version": "10.16.4.0", "versionstring": "10.16.4", "edition": "Community",
            "productname": "ownCloud", "product": "ownCloud"});
        let opencloud = json!({"installed": true, "maintenance": false, "needsDbUpgrade": false,
            "version": "0.1.0.0", "versionstring": "0.1.0", "edition": "Community",
            "productname": "OpenCloud", "product": "OpenCloud", "productversion": "0.1.0+x"});
        let hidden = json!({"installed": true, "version": "", "productname": ""});
        assert_eq!(profile(&nextcloud).unwrap().family, Family::Nextcloud);
        assert!(!profile(&nextcloud).unwrap().checksums);
        assert!(profile(&nextcloud).unwrap().zips.is_some());
        assert_eq!(profile(&owncloud).unwrap().family, Family::OwnCloud10);
        assert_eq!(profile(&owncloud).unwrap().product, "ownCloud 10.16.4");
        assert_eq!(profile(&opencloud).unwrap().family, Family::Ocis);
        assert_eq!(profile(&opencloud).unwrap().product, "OpenCloud 0.1.0+x");
        assert_eq!(profile(&hidden).unwrap().family, Family::OwnCloud10);
    }

    #[test]
    fn an_older_nextcloud_makes_no_zips() {
        let older = json!({"installed": true, "maintenance": false, "version": "30.0.4.1",
            "versionstring": "30.0.4", "productname": "Nextcloud", "extendedSupport": false});
        let profile = profile(&older).unwrap();
        assert_eq!((profile.family, profile.zips), (Family::Nextcloud, None));
    }

    #[test]
    fn a_server_under_maintenance_is_not_worked_with() {
        let fields = [
            ("maintenance", SiteTrouble::Maintenance),
            ("needsDbUpgrade", SiteTrouble::UpgradePending),
        ];
        for (field, trouble) in fields {
            let Err(ConnectError::Site(found)) = profile(&json!({"installed": true, field: true}))
            else {
                panic!("{field} passed over");
            };
            assert_eq!(found, trouble);
        }
        let status = json!({"installed": false});
        assert!(matches!(profile(&status), Err(ConnectError::NotStorage(_))));
    }
}
