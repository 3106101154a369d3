//! Paths below the root of a pair, the same for disk and server.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{BadName, Name};

/// A path relative to the root of a side: names joined by `/`, empty for the
/// root itself. It can hold nothing that leaves the root.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// The root of the side.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads names joined by `/`; empty parts are passed over.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        text.split('/')
            .filter(|part| !part.is_empty())
            .try_fold(Self::root(), |path, part| Ok(path.join(&Name::new(part)?)))
    }

    /// The path of `name` in this folder.
    pub fn join(&self, name: &Name) -> Self {
        if self.is_root() {
            Self(name.as_str().into())
        } else {
            Self(format!("{}/{name}", self.0).into())
        }
    }

    /// Whether this is the root of the side.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The folder that holds this path; none for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(self.0.rfind('/').map_or_else(Self::root, |cut| Self(self.0[..cut].into())))
    }

    /// The last name; none for the root.
    pub fn name(&self) -> Option<&str> {
        if self.is_root() { None } else { self.0.rsplit('/').next() }
    }

    /// The names from the root down.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// Whether this path is `ancestor` or lies below it.
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        ancestor.is_root()
            || self
                .0
                .strip_prefix(&*ancestor.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// What leads from `ancestor` down to this path; none if it is not below.
    pub fn below(&self, ancestor: &Self) -> Option<Self> {
        if !self.starts_with(ancestor) {
            return None;
        }
        Some(Self(self.0[ancestor.0.len()..].trim_start_matches('/').into()))
    }

    /// The path that leads on from here by `rest`.
    pub fn then(&self, rest: &Self) -> Self {
        match (self.is_root(), rest.is_root()) {
            (true, _) => rest.clone(),
            (_, true) => self.clone(),
            _ => Self(format!("{}/{}", self.0, rest.0).into()),
        }
    }

    /// The path as text, without a leading `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
