//! What the planner may ask for.
//!
//! Operations name nodes, not paths: paths are resolved when an operation
//! runs, because an earlier one may have moved a folder above it. What must
//! still be true when it runs (`Expect`, I5) comes from the observed rows that
//! the plan was made from; `execute` cannot build an effect without it.

use serde::Serialize;

use crate::model::{Body, Entry, Name, NodeId, Place, Rows, Side, WaitReason};

/// One effect on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Op {
    /// Makes a folder that the other side has.
    MakeDir {
        /// Where it is made.
        side: Side,
        /// The node that appears there.
        node: NodeId,
        /// Its place.
        to: Place,
        /// The name it gets on this disk instead (local side only).
        alias: Option<Name>,
    },
    /// Renames or moves a node, out of staging too. No bytes travel.
    Move {
        /// Where.
        side: Side,
        /// What.
        node: NodeId,
        /// To which place. Equal to its present place when only the alias changes.
        to: Place,
        /// The name it gets on this disk instead (local side only).
        alias: Option<Name>,
        /// The engine, not a user, chose the new name (amendment 17).
        given: bool,
    },
    /// Moves a node into staging, to break a ring of occupied places.
    Park {
        /// Where.
        side: Side,
        /// What.
        node: NodeId,
    },
    /// Fetches the server's bytes of a node that is not here yet.
    Fetch {
        /// What.
        node: NodeId,
        /// Where it appears on this computer.
        to: Place,
        /// The name it gets on this disk instead.
        alias: Option<Name>,
        /// The engine, not a user, chose the name.
        given: bool,
    },
    /// Fetches the server's bytes over the local ones, where the node stands.
    Replace {
        /// What.
        node: NodeId,
        /// The local bytes are a user's that the server never had: they become
        /// this new node, in the same folder under this name (amendment 10).
        keep: Option<(NodeId, Name)>,
    },
    /// Sends a file that the server does not have.
    Send {
        /// What.
        node: NodeId,
        /// Where it appears on the server.
        to: Place,
    },
    /// Sends the local bytes over the server's, where the node stands.
    Update {
        /// What.
        node: NodeId,
    },
    /// Takes a node away from a side: a local file is put aside, an empty local
    /// folder removed, a remote file or whole dead folder deleted.
    Remove {
        /// Where.
        side: Side,
        /// The topmost node that goes.
        node: NodeId,
        /// All nodes that go with it, `node` included; more than one only on
        /// the remote side (amendments 16, 42).
        with: Vec<NodeId>,
    },
    /// Reads the server's bytes to know them, without changing anything
    /// (amendment 18): nothing can be decided for this node before.
    Read {
        /// What.
        node: NodeId,
    },
}

impl Op {
    /// The node that the operation is about.
    pub fn node(&self) -> NodeId {
        match self {
            Self::MakeDir { node, .. }
            | Self::Move { node, .. }
            | Self::Park { node, .. }
            | Self::Fetch { node, .. }
            | Self::Replace { node, .. }
            | Self::Send { node, .. }
            | Self::Update { node }
            | Self::Remove { node, .. }
            | Self::Read { node } => *node,
        }
    }

    /// Bytes to send or to fetch for it, as far as known.
    pub fn size(&self, rows: &Rows) -> u64 {
        match self {
            Self::Fetch { node, .. } | Self::Replace { node, .. } | Self::Read { node } => {
                rows.remote.get(node).and_then(|row| row.seen.size).unwrap_or(0)
            }
            Self::Send { node, .. } | Self::Update { node } => {
                rows.local.get(node).map_or(0, |row| row.seen.size)
            }
            _ => 0,
        }
    }

    /// Whether it sends or fetches a file.
    pub fn moves_file(&self) -> bool {
        matches!(
            self,
            Self::Fetch { .. } | Self::Replace { .. } | Self::Send { .. } | Self::Update { .. }
        )
    }

    /// Whether the server is asked for it.
    pub fn asks_server(&self) -> bool {
        let moves_bytes = matches!(self, Self::Fetch { .. } | Self::Replace { .. });
        moves_bytes || self.side() != Some(Side::Local)
    }

    /// The side that the operation changes; none for a mere reading.
    pub fn side(&self) -> Option<Side> {
        match self {
            Self::MakeDir { side, .. }
            | Self::Move { side, .. }
            | Self::Park { side, .. }
            | Self::Remove { side, .. } => Some(*side),
            Self::Fetch { .. } | Self::Replace { .. } => Some(Side::Local),
            Self::Send { .. } | Self::Update { .. } => Some(Side::Remote),
            Self::Read { .. } => None,
        }
    }
}

/// Why an operation is planned, for the user who asks (`navette plan`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Why {
    /// New on the other side.
    New,
    /// Changed on the other side.
    Edited,
    /// Renamed or moved on the other side.
    Moved,
    /// Deleted on the other side.
    Deleted,
    /// Changed on both sides: both versions are kept.
    Conflict,
    /// Its name is taken, by another node or by this disk's rules.
    Clash,
    /// It stands in the way of another operation.
    InTheWay,
    /// Deleted here and needed there, or forbidden to delete: it comes back.
    Restored,
    /// It must be known before anything is decided.
    Unknown,
    /// No longer to be kept here (selection).
    Deselected,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::New,
        Self::Edited,
        Self::Moved,
        Self::Deleted,
        Self::Conflict,
        Self::Clash,
        Self::InTheWay,
        Self::Restored,
        Self::Unknown,
        Self::Deselected,
    ];

    /// The word for programs, which is promised.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Edited => "edited",
            Self::Moved => "moved",
            Self::Deleted => "deleted",
            Self::Conflict => "conflict",
            Self::Clash => "clash",
            Self::InTheWay => "in-the-way",
            Self::Restored => "restored",
            Self::Unknown => "unknown",
            Self::Deselected => "deselected",
        }
    }
}

/// An operation in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What to do.
    pub op: Op,
    /// Why.
    pub why: Why,
    /// Steps that must have succeeded before, as indices into
    /// [`super::Plan::steps`], each smaller than this step's own. Steps without
    /// a path between them may run at the same time, in any order (I9: a step
    /// that fails keeps back only those that name it here, directly or not).
    pub after: Vec<usize>,
}

/// A change of the journal alone, before any step runs. In order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Record {
    /// The local node `local` and the remote node `remote` are one: the local
    /// row moves to `remote`, local children follow, `local` is gone.
    Unify {
        /// The node known only here.
        local: NodeId,
        /// The node known only there.
        remote: NodeId,
    },
    /// The local row of `node` becomes the new node `fork`, known only here;
    /// local children follow.
    Fork {
        /// The node that loses its local row.
        node: NodeId,
        /// The new node.
        fork: NodeId,
    },
    /// What both sides now show becomes base, or base goes where neither has it.
    Agree {
        /// The node.
        node: NodeId,
        /// The new base registers.
        base: Option<Entry>,
    },
    /// The server vouches for the checksum of the bytes that are here: its
    /// version counts as read.
    Prove {
        /// The node.
        node: NodeId,
        /// What it holds.
        body: Body,
    },
    /// Both sides show the node at one place with the same length and date:
    /// its content is presumed equal until one of them changes (amendment 32).
    Presume {
        /// The node.
        node: NodeId,
        /// The new base registers, with the content that this computer has.
        base: Entry,
    },
    /// Base is dropped though a side still has the node (amendments 2, 16, 30).
    Forget {
        /// The node.
        node: NodeId,
    },
    /// A dead folder stays on the server with what is never synced in it, and is
    /// no node any more (amendment 30).
    Leave {
        /// The node.
        node: NodeId,
    },
    /// The selection changes: this node is kept here from now on, in part
    /// (amendment 3).
    Select {
        /// The node.
        node: NodeId,
        /// What of it is not here, each the topmost of its kind: that stays away.
        away: Vec<NodeId>,
    },
}

/// A difference that this plan leaves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wait {
    /// What waits.
    pub node: NodeId,
    /// The side whose change is held back, if one is.
    pub side: Option<Side>,
    /// Why.
    pub reason: WaitReason,
}

/// Deletions that wait for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Brake {
    /// The side that would lose the files.
    #[serde(serialize_with = "word_of")]
    pub side: Side,
    /// The files that would go.
    pub files: Vec<NodeId>,
    /// All that waits for the answer: these files, and folders that would go with them.
    #[serde(skip)]
    pub held: Vec<NodeId>,
    /// Files on that side.
    pub of: u64,
    /// Which rule holds them.
    pub rule: BrakeRule,
}

/// Writes a side as programs read it.
fn word_of<S: serde::Serializer>(side: &Side, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(side.word())
}

/// The rules of the brake (amendment 21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum BrakeRule {
    /// At least 20 files and half of the pair, 100 and a tenth, or 1,000.
    Many,
    /// Nothing would be left.
    RootEmptied,
    /// A top-level folder of at least 20 files would go whole.
    TopFolder,
    /// As many files would be overwritten, and hardly one left unchanged.
    Overwritten,
    /// More than `--allow-deletes=N` allows.
    NotAllowed,
}

impl BrakeRule {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Many => "Many",
            Self::RootEmptied => "RootEmptied",
            Self::TopFolder => "TopFolder",
            Self::Overwritten => "Overwritten",
            Self::NotAllowed => "NotAllowed",
        }
    }
}
