//! The server's trash: what was deleted, as far as each family shows it, and
//! the way back (amendment 14, protocol.md 6).
//!
//! Nextcloud shows id and length of everything, but under `getetag` and
//! `getlastmodified` the time of the deletion; ownCloud 10 the etag of files,
//! and the id only in the address; oCIS the length of files and nothing else
//! that would tell one version from another.

use reqwest::header::{HeaderMap, HeaderValue};

use super::dav::{DESTINATION, Dav, OVERWRITE, Outcome};
use super::failure::Failure;
use super::listing::sha1_of;
use super::propfind::{MultiStatus, Props, Shown, trash_question};
use super::request::{Load, Request};
use super::url::{DavRoot, same_name, split_decoded};
use super::{Family, ServerErrorKind};
use crate::model::{Etag, Kind, Name, RelPath, Sha1Sum};

/// Something in the server's trash, with as much of it as the server shows there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discarded {
    /// Names it for [`super::Server::trash`] and [`super::Server::restore`].
    pub key: String,
    /// Where it stood, below the remote root.
    pub location: RelPath,
    /// When it was deleted, seconds since 1970.
    pub at: Option<i64>,
    /// File or folder.
    pub kind: Kind,
    /// Its id, which a restoration keeps.
    pub file_id: Option<String>,
    /// What may be its id: oCIS names what was deleted by it, but for what lies
    /// in a deleted folder; the storage driver `posix` of OpenCloud names it by
    /// chance (reva, `decomposedfs/recycle.go`, `posix/trashbin`). So it says
    /// something only if something is known by that id.
    pub perhaps_id: Option<String>,
    /// Its version.
    pub etag: Option<Etag>,
    /// The checksum that the server vouches for.
    pub sha1: Option<Sha1Sum>,
    /// Its length in bytes; of a folder, of all that is in it.
    pub size: Option<u64>,
}

/// Where an account's trash is.
#[derive(Clone, Debug)]
pub(super) struct Bin {
    /// What it is listed at.
    root: DavRoot,
    /// On Nextcloud, what things are restored through.
    restore: Option<DavRoot>,
    /// The remote root of the pair, below the storage that the trash is of.
    below: RelPath,
}

impl Bin {
    /// The trash of the storage at `home`, an encoded path; `below` is the
    /// pair's root in it. None where the address has none (protocol.md 3.1).
    pub(super) fn of(family: Family, home: &str, below: &RelPath) -> Option<Self> {
        let home = home.trim_end_matches('/');
        let beside = |files: &str, bin: &str| {
            let (base, owner) = home.split_once(files)?;
            (!owner.is_empty() && !owner.contains('/')).then(|| format!("{base}{bin}{owner}"))
        };
        let (root, restore) = match family {
            Family::Nextcloud => {
                let own = beside("/remote.php/dav/files/", "/remote.php/dav/trashbin/")?;
                (format!("{own}/trash"), Some(DavRoot::new(&format!("{own}/restore"))))
            }
            Family::OwnCloud10 => {
                (beside("/remote.php/dav/files/", "/remote.php/dav/trash-bin/")?, None)
            }
            Family::Ocis => (beside("/dav/spaces/", "/dav/spaces/trash-bin/")?, None),
            Family::Plain => return None,
        };
        Some(Self { root: DavRoot::new(&root), restore, below: below.clone() })
    }

    /// The names of an entry below the trash. Servers begin the address in
    /// several ways; the last two names of the trash's own are the ones that count.
    fn names_of(&self, href: &str) -> Option<Vec<Vec<u8>>> {
        let own = self.root.names(&RelPath::root());
        let tail = own.get(own.len().checked_sub(2)?..)?;
        let names = split_decoded(href.as_bytes());
        let is_tail = |part: &[Vec<u8>]| part.iter().zip(tail).all(|(a, b)| same_name(a, b));
        let at = names.windows(2).position(is_tail)?;
        Some(names[at + 2..].to_vec())
    }

    /// Where something stood, below the remote root; none if elsewhere.
    fn location(&self, shown: &str) -> Option<RelPath> {
        let whole = RelPath::parse(shown.trim_matches('/')).ok()?;
        let mut names = whole.names();
        for own in self.below.names() {
            if !same_name(own.as_bytes(), names.next()?.as_bytes()) {
                return None;
            }
        }
        let names = names.map(|name| Name::new(name).ok());
        let below = names.collect::<Option<Vec<_>>>()?;
        Some(below.iter().fold(RelPath::root(), |path, name| path.join(name)))
    }

    /// The id that something of this space has if `key` is the last part of it;
    /// none of what lies in a deleted folder.
    fn id_in_space(&self, key: &str) -> Option<String> {
        let names = self.root.names(&RelPath::root());
        let space = std::str::from_utf8(names.last()?).ok()?;
        (!key.contains('/')).then(|| format!("{space}!{key}"))
    }

    fn item(&self, family: Family, shown: &Shown) -> Option<Discarded> {
        let props = shown.props.as_ref()?;
        let names = self.names_of(&shown.href)?;
        let key: Vec<_> = names.iter().map(|name| std::str::from_utf8(name).ok()).collect();
        let key = key.into_iter().collect::<Option<Vec<_>>>()?.join("/");
        let location = self.location(props.location.as_deref()?)?;
        let folder = props.collection == Some(true);
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let etag = |props: &Props| props.etag.as_deref().and_then(Etag::parse);
        let last = || key.rsplit('/').next().map(str::to_owned);
        let perhaps_id = match family {
            Family::Ocis => self.id_in_space(&key),
            _ => None,
        };
        Some(Discarded {
            location,
            at: props.deleted.as_deref().and_then(|text| text.parse().ok()),
            kind: if folder { Kind::Dir } else { Kind::File },
            file_id: match family {
                Family::OwnCloud10 => last(),
                _ => props.file_id.clone().filter(|id| !id.is_empty()),
            },
            perhaps_id,
            etag: etag(props).filter(|_| family == Family::OwnCloud10 && !folder),
            sha1: props.checksums.as_deref().and_then(sha1_of).filter(|_| !folder),
            size: number(&props.size).or_else(|| number(&props.length).filter(|_| !folder)),
            key,
        })
    }
}

impl Dav {
    fn bin(&self) -> Outcome<&Bin> {
        let missing = || Failure::new(ServerErrorKind::NotFound, "no trash is known here");
        self.bin.as_ref().ok_or_else(missing)
    }

    pub(super) async fn list_trash(&self, inside: Option<&Discarded>) -> Outcome<Vec<Discarded>> {
        let bin = self.bin()?;
        let key = inside.map(|item| item.key.as_str()).unwrap_or_default();
        let target = format!("{}/", keyed(&bin.root, key));
        let load = Load::Xml(trash_question());
        let answer = self.propfind(target, "1", load).await?;
        let mut entries = MultiStatus::new(answer.into_body(), self.limits);
        let mut items = Vec::new();
        let depth = key.split('/').filter(|name| !name.is_empty()).count();
        while let Some(shown) = entries.next().await? {
            let names = bin.names_of(&shown.href);
            let Some(names) = names else {
                return Err(Failure::nonsense("an entry from another folder"));
            };
            if names.len() == depth {
                continue;
            }
            match bin.item(self.profile.family, &shown) {
                Some(item) => items.push(item),
                // Inside a deleted folder everything counts.
                None if inside.is_some() => {
                    return Err(Failure::nonsense("something in the trash without a place"));
                }
                None => {}
            }
        }
        Ok(items)
    }

    pub(super) async fn restore_to(&self, item: &Discarded, to: &RelPath) -> Outcome<()> {
        let bin = self.bin()?;
        let address = match &bin.restore {
            Some(restore) => {
                let name = item.key.rsplit('/').next().unwrap_or_default();
                format!("{}{}", self.wire.client.host, keyed(restore, name))
            }
            None => self.address(to),
        };
        let destination = HeaderValue::from_str(&address);
        let destination =
            destination.map_err(|_| Failure::nonsense("a path that no header can carry"))?;
        let mut headers = HeaderMap::from_iter([(DESTINATION, destination)]);
        // On Nextcloud it takes itself another name where its own is taken, and
        // the condition never holds: every name in `restore/` counts as taken.
        if bin.restore.is_none() {
            headers.insert(OVERWRITE, HeaderValue::from_static("F"));
        }
        let target = keyed(&bin.root, &item.key);
        let request = Request { asked: self.asked("MOVE"), target, headers, load: Load::Nothing };
        self.written(request).await.map(drop)
    }
}

/// The encoded path of a key below `root`.
fn keyed(root: &DavRoot, key: &str) -> String {
    // A key is made of names as a path is; one that is none leads nowhere.
    root.file(&RelPath::parse(key).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(family: Family, home: &str) -> String {
        let bin = Bin::of(family, home, &RelPath::root()).unwrap();
        bin.root.dir(&RelPath::root())
    }

    #[test]
    fn each_family_has_its_trash_beside_its_files() {
        let files = "/cloud/remote.php/dav/files/me%40h/";
        assert_eq!(bin(Family::Nextcloud, files), "/cloud/remote.php/dav/trashbin/me%40h/trash/");
        assert_eq!(bin(Family::OwnCloud10, files), "/cloud/remote.php/dav/trash-bin/me%40h/");
        assert_eq!(bin(Family::Ocis, "/dav/spaces/a%24b"), "/dav/spaces/trash-bin/a%24b/");
        for (family, home) in [
            (Family::Plain, "/dav/files/me"),
            (Family::OwnCloud10, "/remote.php/webdav"),
            (Family::Nextcloud, "/remote.php/dav/files/"),
        ] {
            assert!(Bin::of(family, home, &RelPath::root()).is_none(), "{home}");
        }
    }

    #[test]
    fn a_place_in_the_trash_is_one_below_the_remote_root_or_none() {
        let below = RelPath::parse("Documents/é").unwrap();
        let bin = Bin::of(Family::OwnCloud10, "/remote.php/dav/files/me", &below).unwrap();
        let at = |text| bin.location(text).map(|path| path.to_string());
        assert_eq!(at("Documents/é/a/b").as_deref(), Some("a/b"));
        assert_eq!(at("/Documents/e\u{301}/a").as_deref(), Some("a"));
        assert_eq!(at("Documents/other"), None);
        assert_eq!(at("Documents"), None);
        assert_eq!(at("a/../b"), None);
    }

    #[test]
    fn an_entry_is_known_however_the_server_begins_its_address() {
        let bin = Bin::of(Family::Ocis, "/dav/spaces/s%24t", &RelPath::root()).unwrap();
        let names = |href| bin.names_of(href).map(|names| names.len());
        assert_eq!(names("/dav/spaces/trash-bin/s$t/k/a%20b"), Some(2));
        assert_eq!(names("/remote.php/dav/spaces/trash-bin/s%24t/k"), Some(1));
        assert_eq!(names("/dav/spaces/s%24t/k"), None);
    }
}
