//! From what a server shows to what the engine knows.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use jiff::fmt::rfc2822::DateTimeParser;

use super::failure::Failure;
use super::propfind::{MultiStatus, Props, Shown};
use super::url::{same_name, split_decoded};
use super::{Family, Listing, Profile, Resource, ServerErrorKind};
use crate::model::{Etag, Kind, Name, Perms, RemoteSeen, Sha1Sum};

/// One entry as it was asked for: by Depth 0.
pub(super) struct Single {
    /// What it shows.
    pub(super) resource: Resource,
    /// Its etag as the server spells it, for a strong comparison.
    pub(super) raw_etag: Option<String>,
}

/// Reads the answer to Depth 0.
pub(super) async fn read_single(
    mut entries: MultiStatus,
    names: &[Vec<u8>],
    profile: &Profile,
) -> Result<Single, Failure> {
    let Some(shown) = entries.next().await? else {
        return Err(Failure::nonsense("an empty listing"));
    };
    if entries.next().await?.is_some() {
        return Err(Failure::nonsense("more than was asked for"));
    }
    if place(&shown, names)? != Place::Itself {
        return Err(Failure::nonsense("the answer is about something else"));
    }
    let raw_etag = shown.props.as_ref().and_then(|props| props.etag.clone());
    let resource = itself(&shown, profile)?;
    Ok(Single { resource, raw_etag })
}

/// Reads the answer to Depth 1: the folder and its children, whole or not at all.
pub(super) async fn read_listing(
    mut entries: MultiStatus,
    names: &[Vec<u8>],
    profile: &Profile,
    server_time: Option<i64>,
) -> Result<Listing, Failure> {
    let mut dir = None;
    let mut children = BTreeMap::new();
    let mut unusable = Vec::new();
    while let Some(shown) = entries.next().await? {
        match place(&shown, names)? {
            Place::Itself if dir.is_none() => dir = Some(itself(&shown, profile)?),
            Place::Itself => return Err(Failure::nonsense("the folder is listed twice")),
            Place::Child(Ok(name)) => match resource(&shown, profile) {
                Some(child) => {
                    if children.insert(name, child).is_some() {
                        return Err(Failure::nonsense("a name is listed twice"));
                    }
                }
                None => unusable.push(name.as_str().to_owned()),
            },
            Place::Child(Err(name)) => unusable.push(name),
        }
    }
    let Some(dir) = dir else {
        return Err(Failure::nonsense("the folder is not in its own listing"));
    };
    if dir.kind != Kind::Dir {
        return Err(Failure::new(ServerErrorKind::NotFound, "a file where a folder was"));
    }
    if unusable.iter().any(|name| Name::new(name).is_ok_and(|name| children.contains_key(&name))) {
        return Err(Failure::nonsense("a name is listed twice"));
    }
    Ok(Listing { dir, children: children.into_iter().collect(), unusable, server_time })
}

/// Where an entry stands, seen from the folder that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the folder.
    Itself,
    /// It is directly in it, under a name or what is none for us.
    Child(Result<Name, String>),
}

fn place(shown: &Shown, names: &[Vec<u8>]) -> Result<Place, Failure> {
    place_of(&shown.href, names)
}

/// Where an address leads. Both sides are decoded: servers spell the same path
/// in many ways (protocol.md 3.5).
pub(super) fn place_of(href: &str, names: &[Vec<u8>]) -> Result<Place, Failure> {
    let href = split_decoded(href.as_bytes());
    let below = href.len() >= names.len()
        && href.iter().zip(names).all(|(one, other)| same_name(one, other));
    match (below, &href[names.len().min(href.len())..]) {
        (true, []) => Ok(Place::Itself),
        (true, [name]) => Ok(Place::Child(usable(name))),
        _ => Err(Failure::nonsense("an entry from another folder")),
    }
}

fn usable(name: &[u8]) -> Result<Name, String> {
    let shown = || String::from_utf8_lossy(name).into_owned();
    std::str::from_utf8(name).ok().and_then(|name| Name::new(name).ok()).ok_or_else(shown)
}

fn itself(shown: &Shown, profile: &Profile) -> Result<Resource, Failure> {
    resource(shown, profile).ok_or_else(|| match shown.status {
        Some(404) => Failure::new(ServerErrorKind::NotFound, "404 in the listing"),
        _ => Failure::nonsense("an entry without properties"),
    })
}

/// What is known of an entry; `None` where the server shows that it is there
/// and nothing else (oCIS while it works on an upload): unknown, not absent.
fn resource(shown: &Shown, profile: &Profile) -> Option<Resource> {
    let props = shown.props.as_ref()?;
    let kind = match props.collection {
        Some(true) => Kind::Dir,
        Some(false) => Kind::File,
        None if props.length.is_some() => Kind::File,
        None => return None,
    };
    let size = if kind == Kind::File { size(props) } else { None };
    let modified = props.modified.as_deref().and_then(seconds);
    let version = || modified.zip(size).and_then(|(date, size)| by_date(date, size));
    let seen = RemoteSeen {
        file_id: filled(&props.file_id).filter(|_| profile.file_ids),
        // A plain server's folder version speaks of its own entries at best.
        etag: props
            .etag
            .as_deref()
            .filter(|_| kind == Kind::File || profile.tree_etags)
            .and_then(Etag::parse)
            .or_else(|| version().filter(|_| profile.family == Family::Plain)),
        sha1: props.checksums.as_deref().filter(|_| profile.checksums).and_then(sha1_of),
        perms: perms(props, profile.family),
        size,
        mtime: modified,
    };
    Some(Resource {
        kind,
        seen,
        id: filled(&props.id),
        fingerprint: filled(&props.fingerprint),
        // Negative: not computed, unknown, or no limit (protocol.md 3.2).
        quota_free: props.quota.as_deref().and_then(|bytes| bytes.parse().ok()),
        uploaded: props.uploaded.as_deref().is_some_and(|time| !matches!(time, "" | "0")),
    })
}

/// The version of a file on a server that shows none: nginx with `dav_ext`
/// leaves the etag out of its listings, and this is how it words it elsewhere.
fn by_date(date: i64, size: u64) -> Option<Etag> {
    Etag::parse(&format!("{date:x}-{size:x}"))
}

fn filled(text: &Option<String>) -> Option<String> {
    text.clone().filter(|text| !text.is_empty())
}

fn size(props: &Props) -> Option<u64> {
    let said = |text: &Option<String>| text.as_deref().and_then(|bytes| bytes.parse().ok());
    said(&props.length).or_else(|| said(&props.size))
}

/// Only Nextcloud has a letter for reading; elsewhere whoever may do anything
/// may read (protocol.md 3.3).
fn perms(props: &Props, family: Family) -> Perms {
    match props.permissions.as_deref() {
        None => Perms::OWN,
        Some("") => Perms::empty(),
        Some(letters) if family == Family::Nextcloud => Perms::from_letters(letters),
        Some(letters) => Perms::from_letters(letters) | Perms::READ,
    }
}

/// The SHA-1 in `SHA1:<hex> MD5:<hex> ...`.
pub(super) fn sha1_of(checksums: &str) -> Option<Sha1Sum> {
    checksums.split_whitespace().find_map(|sum| {
        let (algorithm, hex) = sum.split_once(':')?;
        algorithm.eq_ignore_ascii_case("SHA1").then(|| Sha1Sum::from_hex(hex)).flatten()
    })
}

/// Reads a date in any of the forms that servers use, as seconds since 1970.
pub(super) fn seconds(date: &str) -> Option<i64> {
    let date = date.trim();
    if let Ok(time) = httpdate::parse_http_date(date) {
        return i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok();
    }
    let lenient = DateTimeParser::new().relaxed_weekday(true);
    let moment = lenient.parse_timestamp(date).or_else(|_| date.parse::<jiff::Timestamp>());
    moment.ok().map(jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests;
