//! Names that are never synced: what programs and systems leave lying about.
//!
//! The list is the one that the ownCloud clients ship, so that a folder moved
//! from them to Navette shows the same files on the server.

use std::sync::LazyLock;

use globset::{Glob, GlobSet, GlobSetBuilder};

use serde::Serialize;

use super::Name;

/// Patterns of names that are kept where they are, even in the way of a
/// folder that is deleted on the other side (amendment 30).
const KEPT: &[&str] = &[
    // Half-written and backup files of editors and offices.
    "*~",
    "~$*",
    ".~lock.*",
    "~*.tmp",
    // Deletable for the ownCloud clients; but it holds what a person wrote, and
    // no server ever had it (I1).
    "*.~*",
    ".*.sw?",
    ".*.*sw?",
    "*.kate-swp",
    "*.gnucash.tmp-*",
    // Half-fetched files of browsers.
    "*.part",
    "*.filepart",
    "*.crdownload",
    // Things of the systems.
    "._*",
    ".fseventd",
    ".apdisk",
    ".directory",
    ".fuse_hidden*",
    ".nfs*",
    "My Saved Places.",
    "desktop.ini",
    // Journals and leftovers of other sync programs.
    ".synkron.*",
    ".sync.ffs_db",
    ".symform",
    ".symform-store",
    "*.unison",
    "._sync_*.db*",
    ".sync_*.db*",
    ".csync_journal.db*",
    ".owncloudsync.log*",
];

/// Patterns of names that go with a folder that is deleted on the other side:
/// the systems make them anew at any time, and nobody misses them.
const DELETABLE: &[&str] = &[
    "Icon\r*",
    ".DS_Store",
    ".ds_store",
    "Thumbs.db",
    ".TemporaryItems",
    ".Trashes",
    ".DocumentRevisions-V100",
    ".Trash-*",
];

/// What becomes of an ignored name when its folder is deleted on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ignored {
    /// It stays, and so does its folder.
    Kept,
    /// It goes with its folder.
    Deletable,
}

/// A list of names that are never synced. What lies below a folder with such
/// a name is not synced either: the caller does not look into it.
#[derive(Debug)]
pub struct Ignore {
    kept: GlobSet,
    deletable: GlobSet,
}

/// A pattern that is none would be passed over; the tests below count them.
fn set(patterns: &[&str]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()) {
        builder.add(glob);
    }
    builder.build().unwrap_or_default()
}

static BUILT_IN: LazyLock<Ignore> =
    LazyLock::new(|| Ignore { kept: set(KEPT), deletable: set(DELETABLE) });

impl Ignore {
    /// The list that holds for every pair.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The patterns of that list: `*` is any bytes, `?` any one byte.
    pub fn patterns() -> impl Iterator<Item = (&'static str, Ignored)> {
        let kept = KEPT.iter().map(|pattern| (*pattern, Ignored::Kept));
        kept.chain(DELETABLE.iter().map(|pattern| (*pattern, Ignored::Deletable)))
    }

    /// The pattern that matches this name, and what becomes of the name.
    pub(super) fn pattern_of(&self, name: &Name) -> Option<(&'static str, Ignored)> {
        let lists =
            [(&self.kept, KEPT, Ignored::Kept), (&self.deletable, DELETABLE, Ignored::Deletable)];
        lists.into_iter().find_map(|(set, patterns, ignored)| {
            let at = set.matches(name.as_str()).first().copied()?;
            Some((*patterns.get(at)?, ignored))
        })
    }

    /// Whether files and folders of this name are ignored, at any depth, and
    /// what becomes of them. A name on both lists is kept.
    pub fn matches(&self, name: &Name) -> Option<Ignored> {
        if self.kept.is_match(name.as_str()) {
            Some(Ignored::Kept)
        } else if self.deletable.is_match(name.as_str()) {
            Some(Ignored::Deletable)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(name: &str) -> Option<Ignored> {
        Ignore::built_in().matches(&Name::new(name).unwrap())
    }

    #[test]
    fn every_pattern_is_understood() {
        assert_eq!(Ignore::built_in().kept.len(), KEPT.len());
        assert_eq!(Ignore::built_in().deletable.len(), DELETABLE.len());
    }

    #[test]
    fn leftovers_of_programs_are_ignored_and_kept() {
        for name in [
            "notes.txt~",
            "~$Report.docx",
            ".~lock.Report.odt#",
            "~WRL0001.tmp",
            ".main.rs.swp",
            "film.mkv.part",
            "setup.exe.crdownload",
            "._picture.jpg",
            ".directory",
            ".fuse_hidden0000000100000001",
            ".nfs000000000001",
            "My Saved Places.",
            "desktop.ini",
            ".sync_a1b2c3.db-wal",
            "._sync_a1b2c3.db",
            ".csync_journal.db.ctmp",
            ".owncloudsync.log.1",
        ] {
            assert_eq!(verdict(name), Some(Ignored::Kept), "{name}");
        }
    }

    #[test]
    fn what_systems_make_anew_goes_with_its_folder() {
        for name in [".DS_Store", "Thumbs.db", "Icon\r", ".Trash-1000", ".Trashes"] {
            assert_eq!(verdict(name), Some(Ignored::Deletable), "{name:?}");
        }
    }

    #[test]
    fn locks_and_numbered_backups_of_editors_stay() {
        for name in [".~lock.budget.~ods#", "thesis.tex.~3~", "a.~b"] {
            assert_eq!(verdict(name), Some(Ignored::Kept), "{name}");
        }
    }

    #[test]
    fn what_a_user_names_is_synced() {
        for name in [
            "notes.txt",
            ".bashrc",
            ".gitignore",
            "Icons",
            "tmp",
            "a.tmp",
            "party.partial",
            "~home",
            ".swp",
            "swap.sw",
            "directory",
            "thumbs.database",
            "Trash-1000",
        ] {
            assert_eq!(verdict(name), None, "{name}");
        }
    }
}
