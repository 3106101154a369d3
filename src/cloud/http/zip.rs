//! Several files in one zip, as each family is asked for it and sends it
//! (protocol.md 5, owncloud10.md *ZIP*; for oCIS the source of reva).

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use bytes::Bytes;
use url::form_urlencoded;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::reply::{self, Answer};
use super::route::space_of;
use super::{Asked, Place};
use crate::cloud::faults::{Fate, Spoilt};
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::{Cloud, Dialect};
use crate::model::{Kind, RelPath};

/// The cookie that ownCloud 10 wants to see on its pages.
const SESSION: &str = "ocsession=";

/// What ownCloud 10 sets with every answer about files.
pub(super) fn session(user: &str) -> String {
    format!("{SESSION}{user}; path=/; HttpOnly")
}

/// A zip that is asked for.
pub(super) struct Wish {
    /// Whose files.
    user: String,
    /// The folder that they are in.
    pub(super) dir: RelPath,
    /// Where each is; none: there is no such file.
    files: Vec<Option<RelPath>>,
}

impl Wish {
    /// What a GET asks for, if it is a zip.
    pub(super) fn of(asked: &Asked<'_>) -> Option<Self> {
        let parameters: Vec<_> =
            form_urlencoded::parse(asked.query.unwrap_or_default().as_bytes()).collect();
        let all = |wanted: &'static str| {
            let named = parameters.iter().filter(move |(key, _)| key == wanted);
            named.map(|(_, value)| value.as_ref())
        };
        match (asked.skin.dialect, asked.place) {
            (Dialect::Nextcloud, Place::Files { path, .. }) => {
                all("accept").find(|accept| *accept == "zip")?;
                let names: Vec<String> = serde_json::from_str(all("files").next()?).ok()?;
                Some(Self::named(asked.user, path.clone(), names.iter().map(String::as_str)))
            }
            (Dialect::OwnCloud10, Place::Zip) => {
                let dir = RelPath::parse(all("dir").next()?).ok()?;
                Some(Self::named(asked.user, dir, all("files[]")))
            }
            (Dialect::Ocis, Place::Zip) => Some(Self::by_ids(asked, all("id"))),
            _ => None,
        }
    }

    fn named<'a>(user: &str, dir: RelPath, names: impl Iterator<Item = &'a str>) -> Self {
        let files = names.map(|name| RelPath::parse(&format!("{dir}/{name}")).ok()).collect();
        Self { user: user.to_owned(), dir, files }
    }

    /// Ids name files wherever they are, in the account's own space or another
    /// that it sees.
    fn by_ids<'a>(asked: &Asked<'_>, ids: impl Iterator<Item = &'a str>) -> Self {
        let ids: Vec<&str> = ids.collect();
        let mut keys = vec![asked.user.to_owned()];
        keys.extend(asked.skin.cloud.lock().spaces_of(asked.user).map(|(key, _)| key.to_owned()));
        let first = ids.first().and_then(|id| id.split_once('!')).map_or("", |(space, _)| space);
        let user = keys.into_iter().find(|key| space_of(asked.skin, key) == first);
        let user = user.unwrap_or_else(|| asked.user.to_owned());
        let cloud = asked.skin.cloud.lock();
        let mut found = BTreeMap::new();
        find(&cloud, &user, &RelPath::root(), &ids, &mut found);
        let files: Vec<_> = ids.iter().map(|id| found.get(*id).cloned()).collect();
        let dir = files.iter().flatten().next().and_then(RelPath::parent).unwrap_or_default();
        Self { user, dir, files }
    }

    /// The answer, as its fate wants it.
    pub(super) fn answer(&self, asked: &Asked<'_>, fate: &Fate) -> Answer {
        let dialect = asked.skin.dialect;
        let known = asked.header("Cookie").is_some_and(|cookies| cookies.contains(SESSION));
        if dialect == Dialect::OwnCloud10 && !known {
            return Answer::new(302).header("Location", "/index.php/login");
        }
        let mut cloud = asked.skin.cloud.lock();
        let mut read = |path: &Option<RelPath>| {
            let path = path.as_ref()?;
            let name = path.name().unwrap_or_default().to_owned();
            Some((name, cloud.read(&self.user, path).ok()?.blob.bytes().clone()))
        };
        let found: Vec<_> = self.files.iter().map(&mut read).collect();
        let whole = found.iter().all(Option::is_some);
        let spoilt = match fate {
            Fate::Spoil(spoilt) => Some(*spoilt),
            _ => None,
        };
        let zip = match dialect {
            Dialect::Nextcloud if !whole => {
                return reply::refuse(dialect, &Refusal::NotFound, Method::Read);
            }
            // The walk ends at the first that is missing; its error gets into the zip.
            Dialect::Ocis if !whole => {
                let first: Vec<_> = found.into_iter().map_while(|file| file).collect();
                zipped(&first, dialect, None).map(|zip| with_text(zip, "not found", true))
            }
            _ => {
                let files: Vec<_> = found.into_iter().flatten().collect();
                zipped(&files, dialect, spoilt)
            }
        };
        match zip {
            Some(zip) => Answer::new(200).body("application/zip", zip).streamed(),
            None => Answer::new(500),
        }
    }
}

/// Where below `dir` the files of these ids are, until all are found.
fn find(
    cloud: &Cloud,
    user: &str,
    dir: &RelPath,
    ids: &[&str],
    found: &mut BTreeMap<String, RelPath>,
) {
    let Ok((_, entries)) = cloud.list(user, dir) else { return };
    for (name, shown) in entries {
        if found.len() == ids.len() {
            return;
        }
        let path = RelPath::parse(&format!("{dir}/{name}")).unwrap_or_default();
        match shown.id.filter(|id| ids.contains(&id.as_str())) {
            _ if shown.kind == Kind::Dir => find(cloud, user, &path, ids, found),
            Some(id) => drop(found.insert(id, path)),
            None => {}
        }
    }
}

/// Files as the family streams them: stored, lengths behind the bytes; those
/// in PHP in the shape for large files.
fn zipped(files: &[(String, Bytes)], dialect: Dialect, spoilt: Option<Spoilt>) -> Option<Bytes> {
    let half = (files.len() / 2).max(1);
    let files = if spoilt == Some(Spoilt::Unfinished) { files.get(..half)? } else { files };
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(dialect != Dialect::Ocis);
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (at, (name, bytes)) in files.iter().enumerate() {
        let mangled = at == 0 && spoilt == Some(Spoilt::Name);
        let name = if mangled { format!("{name}_") } else { name.clone() };
        writer.start_file(name, options).ok()?;
        writer.write_all(bytes).ok()?;
    }
    let mut zip = writer.finish().ok()?.into_inner();
    match spoilt {
        Some(Spoilt::Unfinished) => {
            let error = reply::sabre(r"OCP\Lock\LockedException", "is locked");
            return Some(with_text(zip.into(), &String::from_utf8_lossy(&error), false));
        }
        Some(Spoilt::Byte) => {
            let first = files.iter().position(|(_, bytes)| !bytes.is_empty());
            let start = first.and_then(|first| {
                let mut archive = ZipArchive::new(Cursor::new(&zip)).ok()?;
                usize::try_from(archive.by_index(first).ok()?.data_start()?).ok()
            });
            if let Some(byte) = start.and_then(|start| zip.get_mut(start)) {
                *byte ^= 1;
            }
        }
        Some(Spoilt::Name) | None => {}
    }
    Some(zip.into())
}

/// A zip with a text in front of its directory, or in its place.
fn with_text(zip: Bytes, text: &str, closed: bool) -> Bytes {
    let start = ZipArchive::new(Cursor::new(&zip)).map(|zip| zip.central_directory_start());
    let start = start.ok().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    let end = if closed { zip.slice(start..) } else { Bytes::new() };
    [&zip[..start], text.as_bytes(), &end].concat().into()
}
