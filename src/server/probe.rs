//! Which family answers, and where the account's files are (protocol.md 1 and 2.3).

use reqwest::header::{HeaderMap, LOCATION};
use serde_json::Value;
use url::Url;

use super::chunks::Chunks;
use super::connect::ConnectError;
use super::failure::Failure;
use super::request::{Answer, Load, Request, Wire};
use super::status::Asked;
use super::url::{DavRoot, Pasted, encoded_name, pasted};
use super::{Family, Profile, ServerErrorKind};
use crate::model::RelPath;

/// A JSON answer is never larger than this; Nextcloud's capabilities have 14 kB.
const JSON_BYTES: usize = 1 << 20;

/// What was found at an address.
pub(super) struct Found {
    pub(super) profile: Profile,
    /// The whole storage of the account.
    pub(super) home: DavRoot,
    /// The folder in it that the pasted address names.
    pub(super) below: RelPath,
    /// The account's id.
    pub(super) user: String,
    /// How uploads go in chunks, if they do.
    pub(super) chunks: Option<Chunks>,
}

/// Finds the server behind a pasted address.
pub(super) async fn find(wire: &Wire, pasted_url: &Url) -> Result<Found, ConnectError> {
    let pasted = pasted(pasted_url);
    let anonymous = wire.anonymous();
    for base in &pasted.bases {
        if let Some((base, status)) = status_php(&anonymous, pasted_url, base).await? {
            return account(wire, &base, profile(&status)?, pasted).await;
        }
    }
    if pasted.of_family {
        // Its files under other rules, without ids, would look like another storage.
        return Err(ConnectError::NotStorage("there is no status.php".to_owned()));
    }
    Ok(Found {
        profile: plain(),
        home: DavRoot::new(pasted_url.path()),
        below: RelPath::root(),
        user: String::new(),
        chunks: None,
    })
}

fn plain() -> Profile {
    Profile {
        family: Family::Plain,
        product: "WebDAV".to_owned(),
        file_ids: false,
        tree_etags: false,
        checksums: false,
        keeps_mtime: false,
        trash: false,
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

/// Asks `base` for its status. Within the same origin a redirect is followed
/// once; another origin never gets the password.
async fn status_php(
    wire: &Wire,
    origin: &Url,
    base: &str,
) -> Result<Option<(String, Value)>, ConnectError> {
    let mut base = base.to_owned();
    for _ in 0..2 {
        let asked = ask(wire, format!("{base}/status.php"), &[200, 301, 302, 307, 308]).await;
        let answer = match asked {
            Ok(answer) => answer,
            Err(failure) => return not_there(failure).map(|()| None),
        };
        if answer.status.is_success() {
            let status = json(answer).await?.filter(|status| status.get("installed").is_some());
            return Ok(status.map(|status| (base, status)));
        }
        let target = answer.headers.get(LOCATION).and_then(|target| target.to_str().ok());
        let Some(target) = target.and_then(|target| origin.join(target).ok()) else {
            return Ok(None);
        };
        let Some(path) = target.path().strip_suffix("/status.php") else { return Ok(None) };
        if target.origin() != origin.origin() {
            let mut moved = target.clone();
            moved.set_path(path);
            moved.set_query(None);
            return Err(ConnectError::Redirected(moved));
        }
        base = path.to_owned();
    }
    Ok(None)
}

/// Whether a failure only says that there is no such thing: then another way
/// may lead on. A server in trouble says nothing of the kind.
fn not_there(failure: Failure) -> Result<(), ConnectError> {
    match failure.status {
        Some(100..=499) if !matches!(failure.kind, ServerErrorKind::Busy(_)) => Ok(()),
        _ => Err(failed(failure)),
    }
}

/// The JSON of an answer; `None` if it is something else, such as a page. A
/// cut answer is an error: what it leaves out would count as not offered.
async fn json(answer: Answer) -> Result<Option<Value>, ConnectError> {
    let whole = answer.whole(JSON_BYTES).await;
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
    if is("maintenance") || is("needsDbUpgrade") {
        return Err(ConnectError::Maintenance);
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
        checksums: family != Family::Nextcloud,
        keeps_mtime: true,
        trash: true,
    })
}

fn family(status: &Value) -> Family {
    let has = |name: &str| status.get(name).is_some();
    let product = status.get("product").and_then(Value::as_str);
    let version = status.get("version").and_then(Value::as_str).unwrap_or_default();
    let major: u32 = version.split('.').next().and_then(|part| part.parse().ok()).unwrap_or(0);
    if has("productversion") || matches!(product, Some("Infinite Scale" | "OpenCloud")) {
        Family::Ocis
    } else if has("extendedSupport") || (product.is_none() && major > 10) {
        Family::Nextcloud
    } else {
        Family::OwnCloud10
    }
}

/// Signs in: capabilities, the account's id, the place of its files.
async fn account(
    wire: &Wire,
    base: &str,
    mut profile: Profile,
    pasted: Pasted,
) -> Result<Found, ConnectError> {
    let capabilities = ocs(wire, base, "capabilities").await?;
    let capability = |at: &str| {
        capabilities.as_ref().and_then(|data| data.pointer(&format!("/capabilities/{at}")))
    };
    let undelete = capability("files/undelete").and_then(Value::as_bool);
    profile.trash = undelete.unwrap_or(profile.trash);
    let user = ocs(wire, base, "user").await?.and_then(|data| {
        data.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
    });
    let space = match (profile.family, pasted.space) {
        (Family::Ocis, Some(space)) => Some(format!("{base}/dav/spaces/{}", encoded_name(&space))),
        (Family::Ocis, None) => personal_space(wire, base).await?,
        _ => None,
    };
    let home = match (space, &user) {
        (Some(space), _) => space,
        (None, Some(user)) => format!("{base}/remote.php/dav/files/{}", encoded_name(user)),
        // Where OCS is closed, the old address needs no id (protocol.md 2.7).
        (None, None) => format!("{base}/remote.php/webdav"),
    };
    let takes_chunks = capability("dav/chunking").and_then(Value::as_str) == Some("1.0")
        && profile.family != Family::Ocis;
    let chunks = user.as_ref().filter(|_| takes_chunks).map(|user| {
        let folder = format!("{base}/remote.php/dav/uploads/{}", encoded_name(user));
        let most = capability("files/chunked_upload/max_size").and_then(Value::as_u64);
        Chunks::new(DavRoot::new(&folder), profile.family, most)
    });
    let (home, user) = (DavRoot::new(&home), user.unwrap_or_default());
    Ok(Found { profile, home, below: pasted.below, user, chunks })
}

/// Asks an OCS route; `None` where it is closed or unknown.
async fn ocs(wire: &Wire, base: &str, route: &str) -> Result<Option<Value>, ConnectError> {
    let target = format!("{base}/ocs/v2.php/cloud/{route}?format=json");
    let answer = match ask(wire, target, &[200]).await {
        Ok(answer) => answer,
        Err(failure) if failure.kind == ServerErrorKind::SignIn => return Err(failed(failure)),
        Err(failure) => return not_there(failure).map(|()| None),
    };
    Ok(json(answer).await?.and_then(|mut json| json.pointer_mut("/ocs/data").map(Value::take)))
}

/// The address of the personal space. The older address of the same files
/// holds a virtual folder whose version never changes (protocol.md 3.1).
async fn personal_space(wire: &Wire, base: &str) -> Result<Option<String>, ConnectError> {
    let answer = match ask(wire, format!("{base}/graph/v1.0/me/drives"), &[200]).await {
        Ok(answer) => answer,
        Err(failure) => return not_there(failure).map(|()| None),
    };
    let drives = json(answer).await?.unwrap_or_default();
    let personal = drives.get("value").and_then(Value::as_array).and_then(|drives| {
        drives
            .iter()
            .find(|drive| drive.get("driveType").and_then(Value::as_str) == Some("personal"))
    });
    let url = personal.and_then(|drive| drive.pointer("/root/webDavUrl")).and_then(Value::as_str);
    // The server's idea of its own host may be wrong; only the path counts.
    Ok(url.and_then(|url| Url::parse(url).ok()).map(|url| url.path().to_owned()))
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
        assert_eq!(profile(&owncloud).unwrap().family, Family::OwnCloud10);
        assert_eq!(profile(&owncloud).unwrap().product, "ownCloud 10.16.4");
        assert_eq!(profile(&opencloud).unwrap().family, Family::Ocis);
        assert_eq!(profile(&opencloud).unwrap().product, "OpenCloud 0.1.0+x");
        assert_eq!(profile(&hidden).unwrap().family, Family::OwnCloud10);
    }

    #[test]
    fn a_server_under_maintenance_is_not_worked_with() {
        for field in ["maintenance", "needsDbUpgrade"] {
            let status = json!({"installed": true, field: true});
            assert!(matches!(profile(&status), Err(ConnectError::Maintenance)), "{field}");
        }
        let status = json!({"installed": false});
        assert!(matches!(profile(&status), Err(ConnectError::NotStorage(_))));
    }
}
