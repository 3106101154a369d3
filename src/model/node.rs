//! Identity: which node, what kind, on which side, at which place.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Name;

/// Names one file or folder for as long as the journal lives, however often it
/// is renamed on either side. Never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u64);

impl NodeId {
    /// The root of the pair: the synced folder itself. It has no entry in any
    /// tree; it is only ever a parent.
    pub const ROOT: Self = Self(0);

    /// Whether this is the root of the pair.
    pub fn is_root(self) -> bool {
        self == Self::ROOT
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Whether a node holds bytes or other nodes. Fixed for life: a file that
/// becomes a folder is a new node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
}

/// One of the two sides that are kept equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The folder on this computer.
    Local,
    /// The storage on the server.
    Remote,
}

impl Side {
    /// The word for programs; the journal has its own.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
        }
    }

    /// The opposite side.
    pub fn other(self) -> Self {
        match self {
            Self::Local => Self::Remote,
            Self::Remote => Self::Local,
        }
    }
}

/// Where a node stands: its parent and its name there. Two registers that
/// merge separately, so that a rename here and a move there both survive.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The folder it stands in; [`NodeId::ROOT`] for the top level.
    pub parent: NodeId,
    /// Its name in that folder.
    pub name: Name,
}

impl Place {
    /// The place called `name` in `parent`.
    pub fn new(parent: NodeId, name: Name) -> Self {
        Self { parent, name }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{}", self.parent, self.name)
    }
}
