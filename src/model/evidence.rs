//! What proves that a side is still as it was observed.

use std::sync::Arc;

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

use super::Sha1Sum;

/// What the file system showed of one file or folder at one moment.
///
/// Times are nanoseconds since 1970. A file is "as seen" only if *all* of it
/// is equal (amendment 19: inodes are reused at once, so an id alone proves nothing).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalSeen {
    /// Device or volume serial number.
    pub volume: u64,
    /// Inode number or 128-bit file id.
    pub file_id: u128,
    /// Birth time, where the file system keeps one.
    pub born: Option<i64>,
    /// Length in bytes; 0 for folders.
    pub size: u64,
    /// Last change of the content.
    pub mtime: i64,
    /// Last change of content or attributes.
    pub ctime: i64,
    /// Number of names that this file has; above 1 its id is no identity (amendment 25).
    pub links: u64,
}

impl LocalSeen {
    /// Whether `other` is the same object of the file system, judged by its
    /// identity alone: volume, id and, where both have one, birth time.
    pub fn same_object(&self, other: &Self) -> bool {
        self.volume == other.volume && self.file_id == other.file_id && self.born == other.born
    }

    /// Whether nothing has been written to the object since: identity, size
    /// and both times equal. `links` may differ.
    pub fn unchanged(&self, other: &Self) -> bool {
        self.same_object(other)
            && self.size == other.size
            && self.mtime == other.mtime
            && self.ctime == other.ctime
    }

    /// As [`Self::unchanged`], but blind to `ctime`: a rename, which we make
    /// ourselves between two looks, changes it on most file systems.
    pub fn same_but_moved(&self, other: &Self) -> bool {
        self.same_object(other) && self.size == other.size && self.mtime == other.mtime
    }
}

/// A version as the server names it, freed of quotes, `W/` and the `-gzip`
/// that some proxies add (protocol.md 3.4).
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(from = "String", into = "String")]
pub struct Etag(Arc<str>);

impl From<String> for Etag {
    fn from(bare: String) -> Self {
        Self(bare.into())
    }
}

impl From<Etag> for String {
    fn from(etag: Etag) -> Self {
        etag.as_str().to_owned()
    }
}

impl Etag {
    /// Takes the value of an `ETag` header or `d:getetag` property, quoted or not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("W/").unwrap_or(text);
        let text = text.trim_matches('"');
        let text = text.strip_suffix("-gzip").unwrap_or(text);
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// Takes a value that is bare already, as [`Self::as_str`] gave it.
    pub fn from_bare(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// A version that no server shows: what is known under it must be looked
    /// at again, as after any change.
    pub fn outdated() -> Self {
        Self("\"".into())
    }

    /// The bare value, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value as a header wants it: in quotes (protocol.md 3.4: unquoted fails).
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

bitflags! {
    /// What the server lets this account do with a node: the letters of
    /// `oc:permissions` (protocol.md 3.3).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Perms: u16 {
        /// `D`: delete, or leave a share.
        const DELETE = 1;
        /// `N`: rename.
        const RENAME = 1 << 1;
        /// `V`: move elsewhere.
        const MOVE = 1 << 2;
        /// `W`: write the file.
        const WRITE = 1 << 3;
        /// `C`: create files in the folder.
        const ADD_FILE = 1 << 4;
        /// `K`: create folders in the folder.
        const ADD_DIR = 1 << 5;
        /// `G`: read. Only Nextcloud says it; elsewhere it is always there.
        const READ = 1 << 6;
        /// `S`: shared with this account by somebody.
        const SHARED = 1 << 7;
        /// `M`: a mount point: a received share or an external storage.
        const MOUNT = 1 << 8;
        /// `R`: may be shared on.
        const RESHARE = 1 << 9;
    }
}

impl Perms {
    /// Everything that one may do with one's own node.
    pub const OWN: Self = Self::DELETE
        .union(Self::RENAME)
        .union(Self::MOVE)
        .union(Self::WRITE)
        .union(Self::ADD_FILE)
        .union(Self::ADD_DIR)
        .union(Self::READ);

    /// Reads the letters. Unknown letters are passed over. An empty text is no
    /// right at all; where the property is missing, the caller says [`Perms::OWN`].
    pub fn from_letters(letters: &str) -> Self {
        letters
            .chars()
            .map(|letter| match letter {
                'D' => Self::DELETE,
                'N' => Self::RENAME,
                'V' => Self::MOVE,
                'W' => Self::WRITE,
                'C' => Self::ADD_FILE,
                'K' => Self::ADD_DIR,
                'G' => Self::READ,
                'S' => Self::SHARED,
                'M' => Self::MOUNT,
                'R' => Self::RESHARE,
                _ => Self::empty(),
            })
            .collect()
    }
}

/// What the server showed of one file or folder in one listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteSeen {
    /// `oc:fileid`, which survives renames; none on plain WebDAV.
    pub file_id: Option<String>,
    /// The version; none for folders of plain WebDAV.
    pub etag: Option<Etag>,
    /// The checksum that the server vouches for, if any.
    pub sha1: Option<Sha1Sum>,
    /// What may be done with it.
    pub perms: Perms,
    /// Length of a file in bytes, where the server says it.
    pub size: Option<u64>,
    /// `getlastmodified`, seconds since 1970.
    pub mtime: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_same_however_it_is_dressed() {
        for text in ["a1", "\"a1\"", "W/\"a1\"", "\"a1-gzip\"", "W/\"a1-gzip\"", " \"a1\" "] {
            assert_eq!(Etag::parse(text).unwrap().as_str(), "a1", "{text}");
        }
        assert_eq!(Etag::parse("a-gzip-b").unwrap().as_str(), "a-gzip-b");
        for none in ["", "\"\"", "W/\"\""] {
            assert_eq!(Etag::parse(none), None, "{none:?}");
        }
    }

    #[test]
    fn letters_are_rights_and_unknown_ones_are_passed_over() {
        assert_eq!(Perms::from_letters("SRMGDNVWCK") & Perms::OWN, Perms::OWN);
        assert_eq!(Perms::from_letters("mZP"), Perms::empty());
        assert_eq!(Perms::from_letters("DW"), Perms::DELETE | Perms::WRITE);
    }
}
