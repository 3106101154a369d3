//! Older versions of files, and the way back to one (protocol.md 6).
//!
//! Needed where a creation cannot be refused: what it has overwritten is there.

use reqwest::header::{HeaderMap, HeaderValue};

use super::dav::{DESTINATION, Dav, Outcome};
use super::failure::Failure;
use super::listing::seconds;
use super::propfind::{MultiStatus, Shown, question};
use super::request::{Load, Request};
use super::url::{DavRoot, encoded_name, split_decoded};
use super::{Family, ServerErrorKind};
use crate::model::RelPath;

/// The version of a file that stands there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The file's id.
    pub file_id: String,
    /// Its date, seconds since 1970.
    pub mtime: Option<i64>,
    /// Its length in bytes.
    pub size: u64,
}

/// An older version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Names it among the versions of its file.
    pub key: String,
    /// Its date, seconds since 1970.
    pub mtime: Option<i64>,
    /// Its length in bytes.
    pub size: Option<u64>,
}

impl Current {
    /// Whether this is what `listed` shows: Nextcloud lists the current version
    /// among the older ones, under the same date.
    pub fn is(&self, listed: &Version) -> bool {
        listed.mtime.is_some()
            && listed.mtime == self.mtime
            && listed.size.is_none_or(|size| size == self.size)
    }
}

/// Where the older versions of an account's files are.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    /// Stands in front of a file's id.
    front: String,
    /// Stands behind it.
    behind: &'static str,
    /// On Nextcloud, what versions are brought back through.
    restore: Option<String>,
}

impl Shelf {
    /// The versions of the storage at `home`, an encoded path. None where the
    /// address has none.
    pub(super) fn of(family: Family, home: &str) -> Option<Self> {
        let home = home.trim_end_matches('/');
        let meta = |base: &str| Self { front: format!("{base}/meta"), behind: "/v", restore: None };
        match family {
            Family::Nextcloud => {
                let (base, owner) = home.split_once("/remote.php/dav/files/")?;
                let own = format!("{base}/remote.php/dav/versions/{owner}");
                let known = !owner.is_empty() && !owner.contains('/');
                let restore = Some(format!("{own}/restore/target"));
                known.then(|| Self { front: format!("{own}/versions"), behind: "", restore })
            }
            Family::OwnCloud10 => {
                let (base, _) = home.split_once("/remote.php/dav/files/")?;
                Some(meta(&format!("{base}/remote.php/dav")))
            }
            Family::Ocis => {
                let (base, _) = home.split_once("/dav/spaces/")?;
                Some(meta(&format!("{base}/dav")))
            }
            Family::Plain => None,
        }
    }

    fn of_file(&self, now: &Current) -> DavRoot {
        let Self { front, behind, .. } = self;
        DavRoot::new(&format!("{front}/{}{behind}", encoded_name(&now.file_id)))
    }
}

impl Dav {
    fn shelf(&self) -> Outcome<&Shelf> {
        let missing = || Failure::new(ServerErrorKind::NotFound, "no versions are known here");
        self.older.as_ref().ok_or_else(missing)
    }

    pub(super) async fn list_versions(&self, now: &Current) -> Outcome<Vec<Version>> {
        let root = self.shelf()?.of_file(now);
        let load = Load::Xml(question(Family::Plain, false));
        let answer = self.propfind(root.dir(&RelPath::root()), "1", load).await?;
        let mut entries = MultiStatus::new(answer.into_body(), self.limits);
        let mut versions = Vec::new();
        let depth = root.names(&RelPath::root()).len();
        while let Some(shown) = entries.next().await? {
            versions.extend(read(&shown, depth)?.filter(|version| !now.is(version)));
        }
        versions.sort_by_key(|version| std::cmp::Reverse(version.mtime));
        Ok(versions)
    }

    pub(super) async fn restore_version(
        &self,
        path: &RelPath,
        now: &Current,
        version: &Version,
    ) -> Outcome<()> {
        let shelf = self.shelf()?;
        let (method, address) = match &shelf.restore {
            Some(restore) => ("MOVE", format!("{}{restore}", self.wire.client.host)),
            None => ("COPY", self.address(path)),
        };
        let destination = HeaderValue::from_str(&address);
        let destination =
            destination.map_err(|_| Failure::nonsense("a path that no header can carry"))?;
        let headers = HeaderMap::from_iter([(DESTINATION, destination)]);
        let target = shelf.of_file(now).dir(&RelPath::root()) + &encoded_name(&version.key);
        let request = Request { asked: self.asked(method), target, headers, load: Load::Nothing };
        self.written(request).await.map(drop)
    }
}

/// A version of the list; none for the list itself, which has `depth` names.
/// Servers begin the address in several ways, but not with another number of names
/// than they were asked with, or one more (`/remote.php`).
fn read(shown: &Shown, depth: usize) -> Outcome<Option<Version>> {
    let Some(props) = &shown.props else { return Ok(None) };
    // Only versions have a length; the list has none on any family.
    let Some(length) = props.length.as_deref() else { return Ok(None) };
    let names = split_decoded(shown.href.as_bytes());
    let key = names.last().filter(|_| names.len() > depth);
    let key = key.and_then(|name| String::from_utf8(name.clone()).ok());
    let key = key.ok_or_else(|| Failure::nonsense("a version without a name"))?;
    let mtime = props.modified.as_deref().and_then(seconds);
    Ok(Some(Version { key, mtime, size: length.trim().parse().ok() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_versions_beside_its_files() {
        let at = |family, home| {
            let now = Current { file_id: "s$t!7".to_owned(), mtime: None, size: 0 };
            Shelf::of(family, home).map(|shelf| shelf.of_file(&now).dir(&RelPath::root()))
        };
        let files = "/c/remote.php/dav/files/me%40h/";
        let id = "s%24t%217";
        assert_eq!(
            at(Family::Nextcloud, files),
            Some(format!("/c/remote.php/dav/versions/me%40h/versions/{id}/"))
        );
        assert_eq!(at(Family::OwnCloud10, files), Some(format!("/c/remote.php/dav/meta/{id}/v/")));
        assert_eq!(at(Family::Ocis, "/c/dav/spaces/a%24b"), Some(format!("/c/dav/meta/{id}/v/")));
        assert_eq!(at(Family::Plain, files), None);
        assert_eq!(at(Family::Nextcloud, "/remote.php/webdav"), None);
    }

    #[test]
    fn the_current_version_is_known_among_the_others_by_date_and_length() {
        let now = Current { file_id: "7".to_owned(), mtime: Some(100), size: 3 };
        let version = |mtime, size| Version { key: "k".to_owned(), mtime, size };
        assert!(now.is(&version(Some(100), Some(3))));
        assert!(!now.is(&version(Some(100), Some(4))));
        assert!(!now.is(&version(Some(99), Some(3))));
        assert!(!now.is(&version(None, Some(3))));
    }
}
