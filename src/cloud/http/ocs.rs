//! What a server says about itself and the account: status, capabilities, user, drives.

use std::collections::BTreeMap;
use std::io;

use http::request::Parts;
use http::{HeaderMap, Method};
use hyper::body::Incoming;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::reply::{self, Answer};
use super::route::{Page, space_of};
use super::{Skin, sign_in};
use crate::cloud::model::Home;
use crate::cloud::people::SpaceKind;
use crate::cloud::{Dialect, Manner, look, names};
use crate::model::RelPath;

const JSON: &str = "application/json; charset=utf-8";

/// `status.php`, for anybody.
pub(super) fn status(dialect: Dialect) -> Answer {
    Answer::new(200).body("application/json", status_of(dialect).to_string())
}

fn status_of(dialect: Dialect) -> Value {
    let common = json!({"installed": true, "maintenance": false, "needsDbUpgrade": false});
    let own = match dialect {
        Dialect::Nextcloud => json!({
            "version": "32.0.1.2", "versionstring": "32.0.1", "edition": "",
            "productname": "Nextcloud", "extendedSupport": false,
        }),
        Dialect::OwnCloud10 => json!({
            "version": "10.16.4.0", "versionstring": "10.16.4", "edition": "Community",
            "productname": "ownCloud", "product": "ownCloud",
        }),
        Dialect::Ocis | Dialect::Plain => json!({
            "version": "0.1.0.0", "versionstring": "0.1.0", "edition": "Community",
            "productname": "OpenCloud", "product": "OpenCloud",
            "productversion": "0.1.0+ebba86148",
        }),
    };
    merged(common, own)
}

fn merged(first: Value, second: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (first, second) else { return Value::Null };
    all.extend(more);
    Value::Object(all)
}

/// One of the pages, as far as who asks may see it.
pub(super) fn page(skin: &Skin, user: Option<&str>, page: Page, head: &Parts) -> Answer {
    let (dialect, headers) = (skin.dialect, &head.headers);
    if page != Page::Drives
        && dialect == Dialect::Nextcloud
        && !headers.contains_key("OCS-APIRequest")
    {
        return Answer::new(412).body(JSON, json!({"message": "CSRF check failed"}).to_string());
    }
    match (page, user) {
        (Page::Capabilities { v1 }, Some(_)) => fine(v1, &capabilities(skin, headers)),
        (Page::Capabilities { v1 }, None) if dialect == Dialect::Nextcloud => {
            fine(v1, &public_capabilities())
        }
        (Page::Capabilities { v1: true }, None) if dialect == Dialect::Ocis => {
            fine(true, &capabilities(skin, headers))
        }
        (Page::User { v1 }, Some(user)) => fine(v1, &user_of(skin, user)),
        (Page::Drives, Some(user)) => drives(skin, user, headers),
        (Page::Drives, None) => sign_in::refuse(dialect, headers),
        (Page::MakeAppPassword | Page::AppPassword, Some(_)) => app_password(skin, page, head),
        (_, None) => failure(401, 997, "Unauthorised"),
    }
}

fn failure(status: u16, code: u16, message: &str) -> Answer {
    let meta = json!({"status": "failure", "statuscode": code, "message": message});
    Answer::new(status).body(JSON, json!({"ocs": {"meta": meta, "data": []}}).to_string())
}

/// Makes an app password with the account's own one, or takes the one back
/// with which the request came (protocol.md 2.2).
fn app_password(skin: &Skin, page: Page, head: &Parts) -> Answer {
    let Some((login, password)) = sign_in::given(&head.headers) else {
        return failure(401, 997, "Unauthorised");
    };
    let mut cloud = skin.cloud.lock();
    let is_one = cloud.is_app_password(&login, &password);
    match (page, &head.method, is_one) {
        (Page::MakeAppPassword, &Method::GET, false) => match cloud.make_app_password(&login) {
            Some(token) => fine(false, &json!({"apppassword": token})),
            None => failure(403, 403, "could not get user credentials"),
        },
        (Page::MakeAppPassword, &Method::GET, true) => {
            failure(403, 403, "You cannot request an new apppassword with an apppassword")
        }
        (Page::AppPassword, &Method::DELETE, true) => {
            cloud.take_app_password(&login, &password);
            fine(false, &json!([]))
        }
        (Page::AppPassword, &Method::DELETE, false) => failure(403, 403, "no app password in use"),
        _ => failure(405, 405, "Method not allowed"),
    }
}

/// Makes an app password of ownCloud 10, for the id of an account and its own
/// password (owncloud10.md).
pub(super) async fn token(skin: &Skin, head: &Parts, body: Incoming) -> io::Result<Answer> {
    let body = reply::collect(body).await?;
    if head.method != Method::POST {
        return Ok(Answer::new(405));
    }
    let form: BTreeMap<String, String> = match serde_json::from_slice(&body) {
        Ok(json) => json,
        Err(_) => form_urlencoded::parse(&body).into_owned().collect(),
    };
    let [Some(user), Some(password), Some(_)] =
        ["user", "password", "name"].map(|key| form.get(key))
    else {
        return Ok(Answer::new(422).body(JSON, "{}"));
    };
    let mut cloud = skin.cloud.lock();
    // Not by the e-mail address, and not with another token.
    let right = cloud.has_user(user) && cloud.signs_in(user, password);
    let right = right && !cloud.is_app_password(user, password);
    let made = if right { cloud.make_app_password(user) } else { None };
    Ok(match made {
        Some(token) => Answer::new(200).body(JSON, json!({"token": token}).to_string()),
        None => Answer::new(401).body(JSON, "{}"),
    })
}

fn fine(v1: bool, data: &Value) -> Answer {
    let code = if v1 { 100 } else { 200 };
    let meta = json!({"status": "ok", "statuscode": code, "message": "OK"});
    Answer::new(200).body(JSON, json!({"ocs": {"meta": meta, "data": data}}).to_string())
}

fn public_capabilities() -> Value {
    let version = version(Dialect::Nextcloud);
    json!({"version": version, "capabilities": {
        "bruteforce": {"delay": 0, "allow-listed": false},
        "theming": {"name": "Nextcloud"},
    }})
}

fn version(dialect: Dialect) -> Value {
    match dialect {
        Dialect::Nextcloud => json!({
            "major": 32, "minor": 0, "micro": 1, "string": "32.0.1", "edition": "",
            "extendedSupport": false,
        }),
        Dialect::OwnCloud10 => json!({
            "major": 10, "minor": 16, "micro": 4, "string": "10.16.4", "edition": "Community",
            "product": "ownCloud",
        }),
        Dialect::Ocis | Dialect::Plain => json!({
            "major": 0, "minor": 1, "micro": 0, "string": "0.1.0", "edition": "Community",
            "product": "OpenCloud", "productversion": "0.1.0+ebba86148",
        }),
    }
}

/// What the family announces, and how changes are told, if they are.
fn capabilities(skin: &Skin, headers: &HeaderMap) -> Value {
    let mut all = announced(skin.dialect);
    if skin.cloud.teller().manner() == Manner::Absent {
        return all;
    }
    match (skin.dialect, all.pointer_mut("/capabilities")) {
        (Dialect::Nextcloud, Some(capabilities)) => {
            let host = headers.get("host").and_then(|host| host.to_str().ok());
            let base = format!("{}{}", host.unwrap_or_default(), skin.base);
            capabilities["theming"] = json!({"name": "Nextcloud"});
            capabilities["notify_push"] = json!({
                "type": ["files", "activities", "notifications"],
                "endpoints": {
                    "websocket": format!("ws://{base}/push/ws"),
                    "pre_auth": format!("http://{base}/index.php/apps/notify_push/pre_auth"),
                },
            });
        }
        (Dialect::Ocis, Some(capabilities)) => capabilities["core"]["support-sse"] = json!(true),
        _ => {}
    }
    all
}

/// What the family announces, without what is not served here.
fn announced(dialect: Dialect) -> Value {
    let capabilities = match dialect {
        Dialect::Nextcloud => json!({
            "core": {"pollinterval": 60, "webdav-root": "remote.php/webdav"},
            "bruteforce": {"delay": 0, "allow-listed": false},
            "files": {
                "blacklisted_files": names::WORDS,
                "forbidden_filenames": names::WORDS,
                "forbidden_filename_basenames": [],
                "forbidden_filename_characters": names::CHARACTERS,
                "forbidden_filename_extensions": names::ENDINGS,
                "windows_compatible_filenames": false,
                "undelete": true,
                "versioning": true,
                "delete_from_trash": true,
                "bigfilechunking": true,
                "chunked_upload": {"max_size": 104_857_600, "max_parallel_count": 5},
            },
            "dav": {"chunking": "1.0", "bulkupload": "1.0"},
        }),
        Dialect::OwnCloud10 => json!({
            "core": {
                "pollinterval": 30000, "webdav-root": "remote.php/webdav",
                "status": status_of(dialect),
            },
            "checksums": {"supportedTypes": ["SHA1"], "preferredUploadType": "SHA1"},
            "files": {
                "blacklisted_files": names::WORDS,
                "blacklisted_files_regex": names::ENDINGS_PATTERN,
                "undelete": true,
                "bigfilechunking": true,
            },
            "dav": {"chunking": "1.0", "propfind": {"depth_infinity": false}, "trashbin": "1.0"},
        }),
        Dialect::Ocis | Dialect::Plain => json!({
            "core": {
                "pollinterval": 60, "webdav-root": "remote.php/webdav",
                "status": status_of(dialect),
            },
            "checksums": {"supportedTypes": ["sha1"], "preferredUploadType": "sha1"},
            "files": {
                "blacklisted_files": [], "undelete": true,
                "archivers": [{
                    "enabled": true, "version": "2.0.0", "formats": ["tar", "zip"],
                    "archiver_url": "/archiver",
                    "max_num_files": "10000", "max_size": "1073741824",
                }],
                "tus_support": {
                    "version": "1.0.0", "resumable": "1.0.0",
                    "extension": "creation,creation-with-upload",
                    "max_chunk_size": 10_000_000, "http_method_override": "",
                },
            },
            "dav": {"chunking": "", "trashbin": "1.0"},
            "spaces": {"version": "1.0.0", "enabled": true, "projects": true},
        }),
    };
    json!({"version": version(dialect), "capabilities": capabilities})
}

fn user_of(skin: &Skin, user: &str) -> Value {
    let (owner, quota) = match skin.cloud.lock().home(user) {
        Ok(home) => (home.owner.clone(), quota_of(home)),
        Err(_) => Default::default(),
    };
    let display_name = owner.display_name.unwrap_or_else(|| user.to_owned());
    let email = owner.email.unwrap_or_else(|| format!("{user}@example.test"));
    let common = json!({"id": user, "display-name": display_name, "email": email});
    let own = match skin.dialect {
        Dialect::Nextcloud => {
            json!({
                "displayname": display_name, "enabled": true, "language": "en", "quota": quota,
            })
        }
        Dialect::OwnCloud10 => json!({"language": "en"}),
        Dialect::Ocis | Dialect::Plain => json!({"user-type": "primary"}),
    };
    merged(common, own)
}

/// What Nextcloud works out anew for the page about an account, unlike the
/// room in its listings.
fn quota_of(home: &Home) -> Value {
    let (used, disk) = (home.root.size(), 1_u64 << 40);
    match (home.quota, look::room(home)) {
        (Some(quota), Some(free)) => {
            json!({"free": free, "used": used, "total": quota, "quota": quota})
        }
        // That of the disk.
        _ => json!({"free": disk, "used": used, "total": disk + used, "quota": -3}),
    }
}

/// The spaces that a person sees here, the own one first.
fn drives(skin: &Skin, user: &str, headers: &HeaderMap) -> Answer {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let spaces: Vec<_> = {
        let cloud = skin.cloud.lock();
        cloud.spaces_of(user).map(|(key, space)| (key.to_owned(), space.clone())).collect()
    };
    let own = drive(skin, user, "personal", user, host);
    let others = spaces.iter().map(|(key, space)| {
        let kind = match space.kind {
            SpaceKind::Project => "project",
            SpaceKind::Mountpoint => "mountpoint",
        };
        drive(skin, key, kind, &space.name, host)
    });
    let all: Vec<Value> = std::iter::once(own).chain(others).collect();
    Answer::new(200).body(JSON, json!({"value": all}).to_string())
}

fn drive(skin: &Skin, key: &str, kind: &str, name: &str, host: &str) -> Value {
    let id = space_of(skin, key);
    let root = skin.cloud.lock().look(key, &RelPath::root()).ok();
    let (used, total) = match skin.cloud.lock().home(key) {
        Ok(home) => (home.root.size(), home.quota.unwrap_or(0)),
        Err(_) => (0, 0),
    };
    json!({
        "driveAlias": format!("{kind}/{}", name.to_lowercase()),
        "driveType": kind,
        "id": id,
        "name": name,
        "quota": {
            "remaining": total.saturating_sub(used), "state": "normal",
            "total": total, "used": used,
        },
        "root": {
            "eTag": root.map(|root| root.etag),
            "id": id,
            "webDavUrl": format!("http://{host}{}/dav/spaces/{id}", skin.base),
        },
    })
}
