//! Many small files of one folder in one answer: the zip that servers make for
//! people who download a folder (protocol.md 5).
//!
//! - Nextcloud (31 and later): GET of the folder, `accept=zip` and a JSON list
//!   of names in the query.
//! - ownCloud 10: a page of its web interface, which wants the cookie that
//!   every answer about files sets (owncloud10.md, *ZIP*).
//! - oCIS: the archiver that its capabilities name, asked by ids; a file gets
//!   its base name.
//!
//! No answer says which versions it holds, or how long it will be. Whoever
//! uses the bytes proves them by a listing that is made afterwards (I4). All
//! that goes wrong here is a reason to fetch each file by itself, and none to
//! stop: a refusal of these pages says nothing of the account's files.

use percent_encoding::utf8_percent_encode;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use serde_json::Value;
use url::Url;

use bytes::Bytes;

use super::dav::{Dav, Outcome};
use super::failure::Failure;
use super::request::{Load, Request, whole};
use super::url::RESERVED;
use super::{Family, ServerErrorKind, zip};
use crate::model::{Name, RelPath};

/// Files in one answer, at most.
const FILES: usize = 256;
/// Bytes of the files in one answer, at most: they are held in memory.
const BYTES: u64 = 8 << 20;
/// Bytes of each file, at most.
const EACH: u64 = 1 << 20;
/// Bytes that the files' names or ids may take in the address: with the path
/// of the folder it stays below the 4 KiB or more that every web server takes.
const QUERY: usize = 3 << 10;
/// What an answer has besides files and names, for each file: local header,
/// descriptor, entry in the directory, with extra fields.
const FRAME: usize = 512;
/// And once.
const SLACK: usize = 64 << 10;

/// A file that is wanted together with others of its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is called in the folder.
    pub name: Name,
    /// Its length in the listing. What comes with another length is dropped.
    pub size: u64,
    /// Its id, which some servers are asked by.
    pub file_id: Option<String>,
}

/// How much a server may be asked for in one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZipLimits {
    /// Files.
    pub files: usize,
    /// Bytes of all files together.
    pub bytes: u64,
    /// Bytes of each file.
    pub each: u64,
    /// What [`Self::length`] of all files may add up to.
    pub query: usize,
    /// Files are asked for by their ids; without one they cannot be.
    pub by_id: bool,
}

impl ZipLimits {
    /// Those of a family that makes zips, as far as it does not announce others.
    pub(crate) fn of(family: Family) -> Option<Self> {
        let by_id = family == Family::Ocis;
        let limits = Self { files: FILES, bytes: BYTES, each: EACH, query: QUERY, by_id };
        (family != Family::Plain).then_some(limits)
    }

    /// How long a file makes the address of the request; none: it cannot be
    /// asked for.
    pub fn length(&self, wanted: &Wanted) -> Option<usize> {
        let encoded = |text: &str| utf8_percent_encode(text, RESERVED).map(str::len).sum::<usize>();
        match self.by_id {
            true => Some("id=&".len() + encoded(wanted.file_id.as_ref()?)),
            // Quotes and comma, or the name of the parameter; what JSON escapes takes twice.
            false => Some("files%5B%5D=&".len() + 2 * encoded(wanted.name.as_str())),
        }
    }
}

/// How a server is asked for a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// GET of the folder itself.
    Folder,
    /// The page at this address; the pair's root is `below` the storage.
    Page { at: String, below: RelPath },
    /// The archiver at this address.
    Archiver { at: String },
}

impl Way {
    /// The way of a server whose web root is `base`, with these capabilities;
    /// none where it has none.
    pub(super) fn of(
        family: Family,
        base: &str,
        files: Option<&Value>,
        host: &Url,
    ) -> Option<Self> {
        match family {
            Family::Nextcloud => Some(Self::Folder),
            Family::OwnCloud10 => Some(Self::Page {
                at: format!("{base}/index.php/apps/files/ajax/download.php"),
                below: RelPath::root(),
            }),
            Family::Ocis => {
                let archivers = files?.get("archivers")?.as_array()?;
                let at = archivers.iter().find_map(|one| archiver(base, one, host))?;
                Some(Self::Archiver { at })
            }
            Family::Plain => None,
        }
    }

    /// The same, for a pair whose root is `root` in the storage.
    pub(super) fn below(self, root: &RelPath) -> Self {
        match self {
            Self::Page { at, .. } => Self::Page { at, below: root.clone() },
            other => other,
        }
    }

    /// The path and query of the request.
    fn target(&self, dav: &Dav, dir: &RelPath, wanted: &[Wanted]) -> Option<String> {
        let encoded = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let names = || wanted.iter().map(|file| file.name.as_str());
        Some(match self {
            Self::Folder => {
                let list = serde_json::to_string(&names().collect::<Vec<_>>()).ok()?;
                format!("{}?accept=zip&files={}", dav.root.dir(dir), encoded(&list))
            }
            Self::Page { at, below } => {
                let whole: Vec<_> = below.names().chain(dir.names()).collect();
                let files = names().map(|name| format!("&files%5B%5D={}", encoded(name)));
                let files: String = files.collect();
                format!("{at}?dir={}{files}", encoded(&format!("/{}", whole.join("/"))))
            }
            Self::Archiver { at } => {
                let ids = wanted
                    .iter()
                    .map(|file| Some(format!("id={}&", encoded(file.file_id.as_ref()?))));
                let ids: String = ids.collect::<Option<_>>()?;
                format!("{at}?{ids}output-format=zip")
            }
        })
    }
}

/// The path of an archiver that makes zips; none if it is on another origin,
/// which never gets the password.
fn archiver(base: &str, one: &Value, host: &Url) -> Option<String> {
    let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
    let formats = one.get("formats")?.as_array()?;
    let usable = one.get("enabled")?.as_bool()?
        && text("version").starts_with("2.")
        && formats.iter().any(|format| format == "zip");
    let at = text("archiver_url");
    if !usable || at.is_empty() {
        return None;
    }
    match Url::parse(at) {
        Ok(url) => (url.origin() == host.origin()).then(|| url.path().to_owned()),
        Err(_) => Some(format!("{base}/{}", at.trim_start_matches('/'))),
    }
}

/// The limits that oCIS announces, as numbers or as text.
pub(super) fn announced(limits: ZipLimits, files: Option<&Value>) -> ZipLimits {
    let number = |key: &str| {
        let value = files?.pointer("/archivers/0")?.get(key)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok()).filter(|most| *most > 0)
    };
    let most = number("max_num_files").and_then(|most| usize::try_from(most).ok());
    ZipLimits {
        files: most.map_or(limits.files, |most| most.min(limits.files)),
        bytes: number("max_size").map_or(limits.bytes, |most| most.min(limits.bytes)),
        ..limits
    }
}

impl Dav {
    /// Asks for these files of `dir` in one answer. None for each that did not
    /// come whole.
    pub(super) async fn get_zip(
        &self,
        dir: &RelPath,
        wanted: &[Wanted],
    ) -> Outcome<Vec<Option<Bytes>>> {
        let target = self.zips.as_ref().and_then(|way| way.target(self, dir, wanted));
        let target = target.ok_or_else(|| Failure::nonsense("no zip can be asked for"))?;
        let identity = HeaderValue::from_static("identity");
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, identity)]);
        let request = Request { asked: self.asked("GET"), target, headers, load: Load::Nothing };
        let answer = self.wire.answer(request).await?;
        if answer.status != StatusCode::OK {
            let kind = ServerErrorKind::Status(answer.status.as_u16());
            return Err(Failure::new(kind, format!("no zip: {}", answer.status)));
        }
        let encoding = answer.header("Content-Encoding").unwrap_or("identity");
        if !encoding.trim().eq_ignore_ascii_case("identity") || answer.is_page() {
            return Err(Failure::nonsense("not a zip, or not as it is"));
        }
        let files: Vec<_> = wanted.iter().map(|file| (file.name.as_str(), file.size)).collect();
        let body = self.wire.down(answer.into_body());
        zip::unpack(&whole(body, most(&files)).await?, &files)
    }
}

/// How long the zip of these files can be.
fn most(files: &[(&str, u64)]) -> usize {
    let each = |&(name, size): &(&str, u64)| {
        usize::try_from(size).unwrap_or(usize::MAX).saturating_add(FRAME + 4 * name.len())
    };
    files.iter().map(each).fold(SLACK, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn host() -> Url {
        Url::parse("https://h.example/").unwrap()
    }

    fn files(archiver: &Value) -> Value {
        json!({"archivers": [archiver]})
    }

    fn archiver_at(url: &str) -> Option<Way> {
        let one = json!({"enabled": true, "version": "2.0.0", "formats": ["tar", "zip"],
            "archiver_url": url, "max_num_files": "10000", "max_size": "1073741824"});
        Way::of(Family::Ocis, "/cloud", Some(&files(&one)), &host())
    }

    #[test]
    fn an_archiver_is_asked_only_on_the_same_origin() {
        let at = |at: &str| Some(Way::Archiver { at: at.to_owned() });
        assert_eq!(archiver_at("/archiver"), at("/cloud/archiver"));
        assert_eq!(archiver_at("https://h.example/archiver"), at("/archiver"));
        assert_eq!(archiver_at("https://evil.example/archiver"), None);
        assert_eq!(archiver_at("http://h.example/archiver"), None);
        assert_eq!(archiver_at(""), None);
    }

    #[test]
    fn an_archiver_that_makes_no_zips_is_not_asked() {
        let of = |one: &Value| Way::of(Family::Ocis, "", Some(&files(one)), &host());
        let tar = json!({"enabled": true, "version": "2.0.0", "formats": ["tar"],
            "archiver_url": "/archiver"});
        let off = json!({"enabled": false, "version": "2.0.0", "formats": ["zip"],
            "archiver_url": "/archiver"});
        let old = json!({"enabled": true, "version": "1.0.0", "formats": ["zip"],
            "archiver_url": "/archiver"});
        assert_eq!([of(&tar), of(&off), of(&old)], [None, None, None]);
        assert_eq!(Way::of(Family::Ocis, "", None, &host()), None);
    }

    #[test]
    fn announced_limits_lower_ours() {
        let ours = ZipLimits::of(Family::Ocis).unwrap();
        let of = |one: &Value| announced(ours, Some(&files(one)));
        assert_eq!(of(&json!({"max_num_files": "10000", "max_size": "1073741824"})), ours);
        let less = of(&json!({"max_num_files": 3, "max_size": "100"}));
        assert_eq!((less.files, less.bytes), (3, 100));
    }

    #[test]
    fn a_name_or_an_id_takes_its_room_in_the_address() {
        let wanted = |id: Option<&str>| Wanted {
            name: Name::new("é").unwrap(),
            size: 1,
            file_id: id.map(str::to_owned),
        };
        let by_id = ZipLimits::of(Family::Ocis).unwrap();
        assert_eq!(by_id.length(&wanted(Some("a$b"))), Some("id=a%24b&".len()));
        assert_eq!(by_id.length(&wanted(None)), None);
        let by_name = ZipLimits::of(Family::Nextcloud).unwrap();
        assert!(by_name.length(&wanted(None)) > Some("%22%C3%A9%22%2C".len()));
        assert_eq!(ZipLimits::of(Family::Plain), None);
    }
}
