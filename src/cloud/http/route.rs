//! What a URL names, in each family.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Skin;
use super::login_flow::Step;
use crate::cloud::{Dialect, Manner};
use crate::model::RelPath;

/// What a URL names.
pub(super) enum Route {
    /// `status.php`.
    Status,
    /// One of the pages about the server or the account.
    Ocs(Page),
    /// Files or trash.
    Place(Place),
    /// An upload by TUS, by its secret name.
    Data(String),
    /// The websocket of `notify_push`, which is beside the server.
    Socket,
    /// Where a token for it is made.
    PreAuth,
    /// The events of oCIS.
    Events,
    /// A step of signing in by the browser.
    SignIn(Step),
    /// Where ownCloud 10 makes app passwords.
    Token,
    /// Nothing.
    Nowhere,
    /// Something of the web server's, beside the storage.
    Outside,
}

/// Pages about the server or the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// `cloud/capabilities`; whether by `v1.php`.
    Capabilities { v1: bool },
    /// `cloud/user`; whether by `v1.php`.
    User { v1: bool },
    /// `core/getapppassword`, which makes an app password.
    MakeAppPassword,
    /// `core/apppassword`, which takes back the one that is used.
    AppPassword,
    /// `graph/v1.0/me/drives`.
    Drives,
}

/// Files or trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A path in one's own home. `base` stands before it in URLs.
    Files { base: String, path: RelPath },
    /// The home of somebody else, who exists.
    Foreign { base: String },
    /// An upload in chunks or one of its chunks; `home` stands before the
    /// paths of files in URLs.
    Uploads { base: String, home: String, upload: String, chunk: Option<String> },
    /// The versions of the file of this id, or the one called so among them;
    /// `base` is the whole path of the list.
    Versions { base: String, file_id: String, key: Option<String> },
    /// Where small files go together.
    Bulk,
    /// Where zips are made, which the query tells of: the page of ownCloud 10,
    /// the archiver of oCIS.
    Zip,
    /// The trash, or the item called so in it.
    Trash { base: String, item: Option<String> },
}

impl Route {
    /// Reads the path of a URL. `user` is who asks, if that is known; for
    /// anybody else a place is named only to be refused.
    pub(super) fn of(skin: &Skin, path: &str, user: Option<&str>) -> Self {
        let below = path.strip_prefix(skin.base.as_str());
        match below.filter(|below| below.is_empty() || below.starts_with('/')) {
            Some(below) => Self::below(skin, below, user).behind(&skin.base),
            None => Self::Outside,
        }
    }

    /// The same, with `front` before every path.
    fn behind(mut self, front: &str) -> Self {
        if let Self::Place(
            Place::Files { base, .. }
            | Place::Foreign { base }
            | Place::Trash { base, .. }
            | Place::Versions { base, .. }
            | Place::Uploads { base, .. },
        ) = &mut self
        {
            base.insert_str(0, front);
        }
        if let Self::Place(Place::Uploads { home, .. }) = &mut self {
            home.insert_str(0, front);
        }
        self
    }

    fn below(skin: &Skin, path: &str, user: Option<&str>) -> Self {
        if let Some(route) = telling(skin, path) {
            return route;
        }
        match path {
            "/status.php" if skin.dialect != Dialect::Plain => return Self::Status,
            "/graph/v1.0/me/drives" if skin.dialect == Dialect::Ocis => {
                return Self::Ocs(Page::Drives);
            }
            "/index.php/apps/files/ajax/download.php" if skin.dialect == Dialect::OwnCloud10 => {
                return Self::Place(Place::Zip);
            }
            "/archiver" if skin.dialect == Dialect::Ocis => return Self::Place(Place::Zip),
            "/index.php/token/generate" if skin.dialect == Dialect::OwnCloud10 => {
                return Self::Token;
            }
            _ => {}
        }
        if let Some(step) = Step::of(path).filter(|_| skin.dialect == Dialect::Nextcloud) {
            return Self::SignIn(step);
        }
        if let Some(token) = path.strip_prefix("/data/").filter(|_| skin.dialect == Dialect::Ocis) {
            return Self::Data(token.to_owned());
        }
        if skin.dialect == Dialect::Plain {
            return files(skin.dialect, "", path);
        }
        if let Some((version, page)) =
            path.strip_prefix("/ocs/").and_then(|path| path.split_once('/'))
        {
            let v1 = version == "v1.php";
            return match page {
                _ if !v1 && version != "v2.php" => Self::Nowhere,
                "cloud/capabilities" => Self::Ocs(Page::Capabilities { v1 }),
                "cloud/user" => Self::Ocs(Page::User { v1 }),
                "core/getapppassword" if !v1 && skin.dialect == Dialect::Nextcloud => {
                    Self::Ocs(Page::MakeAppPassword)
                }
                "core/apppassword" if !v1 && skin.dialect == Dialect::Nextcloud => {
                    Self::Ocs(Page::AppPassword)
                }
                _ => Self::Nowhere,
            };
        }
        storage(skin, path, user.unwrap_or_default()).unwrap_or(Self::Nowhere)
    }
}

/// A URL where changes are told.
fn telling(skin: &Skin, path: &str) -> Option<Route> {
    let route = match (skin.dialect, path) {
        (Dialect::Nextcloud, "/push/ws") => Route::Socket,
        (Dialect::Nextcloud, "/index.php/apps/notify_push/pre_auth") => Route::PreAuth,
        (Dialect::Ocis, "/ocs/v2.php/apps/notifications/api/v1/notifications/sse") => Route::Events,
        _ => return None,
    };
    Some(match (skin.cloud.teller().manner(), route) {
        (Manner::Absent, Route::Socket) => Route::Outside,
        (Manner::Absent, _) => Route::Nowhere,
        (_, route) => route,
    })
}

/// A URL below `remote.php`, or `/dav` of oCIS.
fn storage(skin: &Skin, path: &str, user: &str) -> Option<Route> {
    if let Some(rest) = path.strip_prefix("/remote.php/webdav") {
        return Some(files(skin.dialect, "/remote.php/webdav", rest));
    }
    let (prefix, rest) = match path.strip_prefix("/remote.php/dav/") {
        Some(rest) => ("/remote.php/dav", rest),
        None => ("/dav", path.strip_prefix("/dav/").filter(|_| skin.dialect == Dialect::Ocis)?),
    };
    if rest == "bulk" && skin.ways().together.is_some() {
        return Some(Route::Place(Place::Bulk));
    }
    let (collection, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (first, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let owner = decode(skin.dialect, first)?;
    let base = format!("{prefix}/{collection}/{first}");
    match (skin.dialect, collection) {
        (_, "uploads") if skin.ways().chunks && owner == user => {
            let rest = rest.trim_matches('/');
            let (upload, chunk) = rest
                .split_once('/')
                .map_or((rest, None), |(upload, chunk)| (upload, Some(chunk.to_owned())));
            let home = format!("{prefix}/files/{first}");
            let upload = upload.to_owned();
            Some(Route::Place(Place::Uploads { base, home, upload, chunk }))
        }
        (Dialect::Nextcloud, "versions") if owner == user => {
            let (id, key) = rest.strip_prefix("/versions/").and_then(one_or_two)?;
            versions(skin.dialect, format!("{base}/versions/{id}"), id, key)
        }
        (Dialect::OwnCloud10 | Dialect::Ocis, "meta") => {
            let (v, key) = rest.strip_prefix('/').and_then(one_or_two)?;
            (v == "v").then(|| versions(skin.dialect, format!("{base}/v"), first, key)).flatten()
        }
        (_, "files") => Some(home(skin, user, &owner, &base, rest)),
        (Dialect::Nextcloud, "trashbin") if owner == user => {
            trash(skin.dialect, base + "/trash", rest.strip_prefix("/trash")?)
        }
        (Dialect::OwnCloud10, "trash-bin") if owner == user => trash(skin.dialect, base, rest),
        (Dialect::Ocis, "spaces") if first == "trash-bin" => {
            let rest = rest.strip_prefix('/')?;
            let (space, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let own = decode(skin.dialect, space)? == space_of(skin, user);
            own.then(|| trash(skin.dialect, format!("{base}/{space}"), rest)).flatten()
        }
        (Dialect::Ocis, "spaces") if owner == space_of(skin, user) => {
            Some(files(skin.dialect, &base, rest))
        }
        _ => None,
    }
}

fn home(skin: &Skin, user: &str, owner: &str, base: &str, rest: &str) -> Route {
    // Nextcloud finds a home by the e-mail address too (protocol.md 2.3).
    let by_mail = skin.dialect == Dialect::Nextcloud
        && skin.cloud.lock().account_of(owner).is_some_and(|account| account == user);
    if owner == user || by_mail || user.is_empty() {
        return files(skin.dialect, base, rest);
    }
    let exists = skin.cloud.lock().has_user(owner);
    if exists && skin.ways().foreign_home_empty && rest.trim_matches('/').is_empty() {
        return Route::Place(Place::Foreign { base: base.to_owned() });
    }
    Route::Nowhere
}

fn files(dialect: Dialect, base: &str, rest: &str) -> Route {
    let path = decode(dialect, rest).and_then(|text| RelPath::parse(&text).ok());
    match path {
        Some(path) => Route::Place(Place::Files { base: base.to_owned(), path }),
        None => Route::Nowhere,
    }
}

/// The one or two names of a path.
fn one_or_two(path: &str) -> Option<(&str, Option<&str>)> {
    let path = path.trim_matches('/');
    let (first, second) =
        path.split_once('/').map_or((path, None), |(first, second)| (first, Some(second)));
    (!first.is_empty()).then_some((first, second))
}

fn versions(dialect: Dialect, base: String, id: &str, key: Option<&str>) -> Option<Route> {
    let file_id = decode(dialect, id)?;
    let key = key.map(|key| decode(dialect, key));
    let key = key.map_or(Some(None), |key| key.map(Some))?;
    Some(Route::Place(Place::Versions { base, file_id, key }))
}

fn trash(dialect: Dialect, base: String, rest: &str) -> Option<Route> {
    let item = decode(dialect, rest.trim_matches('/'))?;
    let item = (!item.is_empty()).then_some(item);
    Some(Route::Place(Place::Trash { base, item }))
}

/// Whose files a request of `user` is about: its own, or those of the space
/// that the path names, if the account sees it.
pub(super) fn acting(skin: &Skin, path: &str, user: String) -> String {
    if skin.dialect != Dialect::Ocis {
        return user;
    }
    let named = path.split('/').skip_while(|part| !matches!(*part, "spaces" | "meta")).skip(1);
    let named = named.filter_map(|part| decode(skin.dialect, part)).find(|id| id != "trash-bin");
    // Of a file the id names the space too.
    let space = |id: String| id.split('!').next().unwrap_or_default().to_owned();
    let Some(named) = named.map(space) else {
        return user;
    };
    let keys: Vec<String> =
        skin.cloud.lock().spaces_of(&user).map(|(key, _)| key.to_owned()).collect();
    keys.into_iter().find(|key| space_of(skin, key) == named).unwrap_or(user)
}

/// The id of a person's own space on oCIS, or of the space that is kept so.
pub(super) fn space_of(skin: &Skin, user: &str) -> String {
    let cloud = skin.cloud.lock();
    let root = cloud.look(user, &RelPath::root()).ok().and_then(|root| root.id);
    root.and_then(|id| id.split_once('!').map(|(space, _)| space.to_owned())).unwrap_or_default()
}

/// What a URL's path means; the PHP families take for Latin-1 what is not UTF-8.
fn decode(dialect: Dialect, text: &str) -> Option<String> {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if dialect.ways().composes_names => {
            Some(error.into_bytes().into_iter().map(char::from).collect())
        }
        Err(_) => None,
    }
}

/// The path below the same base that a `Destination` header names.
pub(super) fn destination(dialect: Dialect, base: &str, value: &str) -> Option<RelPath> {
    let path = match value.find("://") {
        Some(scheme) => {
            let rest = &value[scheme + 3..];
            &rest[rest.find('/')?..]
        }
        None => value,
    };
    let decoded = decode(dialect, path)?;
    let rest = decoded.strip_prefix(&decode(dialect, base)?)?;
    rest.starts_with('/').then(|| RelPath::parse(rest).ok()).flatten()
}

/// What stays as it is in hrefs.
const RAW: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'(')
    .remove(b')')
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'$')
    .remove(b'!');

/// The href of a path below `base`, as the family writes it.
pub(super) fn href(dialect: Dialect, base: &str, path: &str, folder: bool) -> String {
    let encoded: String = utf8_percent_encode(path, RAW)
        .map(|part| match dialect.ways().composes_names && part.starts_with('%') {
            true => part.to_lowercase(),
            false => part.to_owned(),
        })
        .collect();
    let slash = if folder && !encoded.is_empty() { "/" } else { "" };
    format!("{base}/{encoded}{slash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hrefs_are_written_as_the_family_does() {
        assert_eq!(href(Dialect::Nextcloud, "/b", "\u{e9}:a b", false), "/b/%c3%a9:a%20b");
        assert_eq!(href(Dialect::Ocis, "/b", "\u{e9}:a b", true), "/b/%C3%A9:a%20b/");
        assert_eq!(href(Dialect::Plain, "", "", true), "/");
    }

    #[test]
    fn a_destination_is_a_url_or_a_path_below_the_same_base() {
        let base = "/remote.php/dav/files/alice";
        let inside = |value| destination(Dialect::Nextcloud, base, value);
        let expected = RelPath::parse("a b").ok();
        assert_eq!(inside("http://h:1/remote.php/dav/files/alice/a%20b"), expected);
        assert_eq!(inside("/remote.php/dav/files/alice/a%20b"), expected);
        assert_eq!(inside("/remote.php/webdav/a"), None);
        assert_eq!(inside("/remote.php/dav/files/alicex/a"), None);
        assert_eq!(inside("http://h"), None);
    }
}
