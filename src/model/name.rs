//! Names of files and folders, and when two of them are one on a disk.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

/// One component of a path: valid UTF-8, not empty, no `/`, no NUL, not `.` or `..`.
///
/// Names that a file system holds but that are not UTF-8 never become a
/// `Name`: they are reported where they are read (amendment 24).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

/// Why a text is not a name.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("not a file name: {0:?}")]
pub struct BadName(pub String);

impl Name {
    /// Checks `text` and takes it as a name.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let forbidden =
            text.is_empty() || text == "." || text == ".." || text.contains(['/', '\0']);
        if forbidden { Err(BadName(text.to_owned())) } else { Ok(Self(text.into())) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Which differences between names a file system does not see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folding {
    /// `Readme` and `README` are one file (Windows, macOS, FAT).
    pub case: bool,
    /// `é` composed and decomposed are one file (macOS).
    pub normalization: bool,
}

impl Folding {
    /// What is equal for two names exactly when the file system takes them for one.
    pub fn key(self, name: &Name) -> Name {
        if !self.case && !self.normalization {
            return name.clone();
        }
        let composed: String = if self.normalization {
            name.as_str().nfc().collect()
        } else {
            name.as_str().to_owned()
        };
        let folded = if self.case {
            composed.chars().flat_map(char::to_lowercase).collect()
        } else {
            composed
        };
        Name(folded.into())
    }
}

/// Who made a conflict copy, and when: the part of its name in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// UTC, as `2026-11-22 135419`.
    pub date: String,
    /// The device's name, already free of characters that a file name may not hold.
    pub device: String,
}
