//! The files and folders of one account.

use std::collections::BTreeMap;

use super::blob::Blob;
use super::dialect::{FolderEtags, Ways};
use super::etag::Mint;
use crate::model::{Kind, RelPath};

/// One file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Survives renames, on families that have ids.
    pub id: u64,
    /// Without quotes.
    pub etag: String,
    /// `getlastmodified`, seconds since 1970.
    pub date: i64,
    /// When the server itself last wrote it, seconds since 1970.
    pub written: i64,
    /// Permission letters, where they are not the family's own ones: the root
    /// of a share. They decide for all below.
    pub letters: Option<String>,
    /// Locked by somebody.
    pub locked: bool,
    /// How what others change in here is told to the folders above.
    pub telling: Telling,
    /// What it is made of.
    pub body: Body,
}

/// When the folders above learn that others have changed something in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// With the change.
    #[default]
    AtOnce,
    /// When somebody looks into the folder: it is a storage of its own, which
    /// others reach by another way (amendment 29).
    WhenAsked,
    /// As [`Self::WhenAsked`], and there is something to tell.
    Owing,
}

/// What a node is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A file.
    File(File),
    /// A folder, with its entries by name.
    Folder(BTreeMap<String, Node>),
}

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The bytes.
    pub blob: Blob,
    /// The checksum that a client sent with them, as it wrote it.
    pub told: Option<String>,
    /// The part of the date below a second: 0 if a client gave the date, else
    /// a number that no other version has.
    pub fraction: u64,
    /// Older versions that are kept, by their dates.
    pub versions: BTreeMap<(i64, u64), Blob>,
    /// When a request of its own last brought it, seconds since 1970; 0 if
    /// none ever did (`nc:upload_time`).
    pub uploaded: i64,
    /// The bytes are a torn overwrite, and this is the length that is still listed.
    pub torn: Option<u64>,
}

impl File {
    /// The length that listings show; not the true one while the file is torn.
    pub fn listed_size(&self) -> u64 {
        self.torn.unwrap_or(self.blob.size())
    }
}

impl Node {
    /// A new folder without entries.
    pub fn folder(id: u64, etag: String, now: i64) -> Self {
        Self {
            id,
            etag,
            date: now,
            written: now,
            letters: None,
            locked: false,
            telling: Telling::AtOnce,
            body: Body::Folder(BTreeMap::new()),
        }
    }

    /// File or folder.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::File(_) => Kind::File,
            Body::Folder(_) => Kind::Dir,
        }
    }

    /// The file's part, of a file.
    pub fn file(&self) -> Option<&File> {
        match &self.body {
            Body::File(file) => Some(file),
            Body::Folder(_) => None,
        }
    }

    /// The entries, of a folder.
    pub fn entries(&self) -> Option<&BTreeMap<String, Self>> {
        match &self.body {
            Body::File(_) => None,
            Body::Folder(entries) => Some(entries),
        }
    }

    /// The entries to change, of a folder.
    pub fn entries_mut(&mut self) -> Option<&mut BTreeMap<String, Self>> {
        match &mut self.body {
            Body::File(_) => None,
            Body::Folder(entries) => Some(entries),
        }
    }

    /// What stands at `path` below this node.
    pub fn find(&self, path: &RelPath) -> Option<&Self> {
        path.names().try_fold(self, |node, name| node.entries()?.get(name))
    }

    /// What stands at `path` below this node, to change it.
    pub fn find_mut(&mut self, path: &RelPath) -> Option<&mut Self> {
        path.names().try_fold(self, |node, name| node.entries_mut()?.get_mut(name))
    }

    /// The nodes from this one down to `path`, as far as they are there.
    pub fn line<'a>(&'a self, path: &'a RelPath) -> impl Iterator<Item = &'a Self> {
        let below = path.names().scan(Some(self), |at, name| {
            *at = at.and_then(|node| node.entries()?.get(name));
            *at
        });
        std::iter::once(self).chain(below)
    }

    /// Puts a node at `path`; whatever was there is given back. Nothing
    /// happens if the folder above is missing: the node itself comes back.
    pub fn place(&mut self, path: &RelPath, node: Self) -> Option<Self> {
        let folder = path.parent().and_then(|parent| self.find_mut(&parent)?.entries_mut());
        match (folder, path.name()) {
            (Some(entries), Some(name)) => entries.insert(name.to_owned(), node),
            _ => Some(node),
        }
    }

    /// Takes away what stands at `path`.
    pub fn take(&mut self, path: &RelPath) -> Option<Self> {
        self.find_mut(&path.parent()?)?.entries_mut()?.remove(path.name()?)
    }

    /// Length of all files in here, as listed.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::File(file) => file.listed_size(),
            Body::Folder(entries) => entries.values().map(Self::size).sum(),
        }
    }

    /// Whether this or anything below is locked.
    pub fn any_locked(&self) -> bool {
        self.locked || self.entries().is_some_and(|all| all.values().any(Self::any_locked))
    }

    /// Calls `visit` with every node below, and its path below `at`; parents first.
    pub fn walk<'a>(&'a self, at: &str, visit: &mut impl FnMut(String, &'a Self)) {
        for (name, node) in self.entries().into_iter().flatten() {
            let path = if at.is_empty() { name.clone() } else { format!("{at}/{name}") };
            visit(path.clone(), node);
            node.walk(&path, visit);
        }
    }

    /// A copy with new ids and etags throughout, unlocked.
    pub fn copy(&self, ways: &Ways, mint: &mut Mint, now: i64) -> Self {
        let mut copy = self.clone();
        copy.id = mint.number();
        copy.locked = false;
        copy.letters = None;
        copy.telling = Telling::AtOnce;
        copy.written = now;
        match &mut copy.body {
            Body::File(file) => copy.etag = file_etag(ways, mint, file.blob.size(), now),
            Body::Folder(entries) => {
                copy.etag = folder_etag(ways, mint, now);
                for node in entries.values_mut() {
                    *node = node.copy(ways, mint, now);
                }
            }
        }
        copy
    }

    /// Gives the folders down to `folder` new etags and dates, as the family
    /// does after something in `folder` changed.
    pub fn touch_down_to(&mut self, folder: &RelPath, ways: &Ways, mint: &mut Mint, now: i64) {
        if ways.folder_etags == FolderEtags::Nearest {
            if let Some(node) = self.find_mut(folder) {
                node.touch(folder_etag(ways, mint, now), now);
            }
            return;
        }
        let shared = folder_etag(ways, mint, now);
        self.touch(shared.clone(), now);
        let mut at = self;
        for name in folder.names() {
            let Some(next) = at.entries_mut().and_then(|entries| entries.get_mut(name)) else {
                return;
            };
            let own = ways.folder_etags == FolderEtags::OwnUpwards;
            next.touch(if own { folder_etag(ways, mint, now) } else { shared.clone() }, now);
            at = next;
        }
    }

    /// As [`Self::touch_down_to`], after somebody changed something in
    /// `folder` by another way than through this server: what lies in a storage
    /// that tells only when it is asked is told no further up than its root.
    pub fn touch_behind(&mut self, folder: &RelPath, ways: &Ways, mint: &mut Mint, now: i64) {
        let Some(depth) = self.line(folder).position(|node| node.telling != Telling::AtOnce) else {
            return self.touch_down_to(folder, ways, mint, now);
        };
        let names: Vec<&str> = folder.names().collect();
        let path = |names: &[&str]| RelPath::parse(&names.join("/")).unwrap_or_default();
        let (above, inside) = names.split_at(depth);
        let Some(storage) = self.find_mut(&path(above)) else { return };
        storage.telling = Telling::Owing;
        if let Some((first, rest)) = inside.split_first()
            && let Some(next) = storage.entries_mut().and_then(|all| all.get_mut(*first))
        {
            next.touch_down_to(&path(rest), ways, mint, now);
        }
    }

    fn touch(&mut self, etag: String, now: i64) {
        self.etag = etag;
        self.date = now;
        self.written = now;
    }
}

/// A new etag for a file of this length.
pub fn file_etag(ways: &Ways, mint: &mut Mint, size: u64, now: i64) -> String {
    match ways.folder_etags {
        FolderEtags::Nearest => inode_etag(mint, size, now),
        FolderEtags::SharedUpwards | FolderEtags::OwnUpwards => mint.long_etag(),
    }
}

/// A new etag for a folder.
pub fn folder_etag(ways: &Ways, mint: &mut Mint, now: i64) -> String {
    match ways.folder_etags {
        FolderEtags::Nearest => inode_etag(mint, 4096, now),
        FolderEtags::SharedUpwards => mint.short_etag(),
        FolderEtags::OwnUpwards => mint.long_etag(),
    }
}

/// As mod_dav makes them: length and date in microseconds. The counter stands
/// for the microseconds, so that two writes never have the same date.
fn inode_etag(mint: &mut Mint, size: u64, now: i64) -> String {
    let micros = now.unsigned_abs() * 1_000_000 + mint.number() % 1_000_000;
    format!("{size:x}-{micros:x}")
}
