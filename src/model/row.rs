//! What the journal remembers of each node: base, both observations, and what
//! was asked of the server.
//!
//! [`Rows`] is the journal's content in memory. It changes only by [`Change`]s
//! that the journal has committed, so memory never knows more than the disk.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Body, Chosen, Digest, Entry, Etag, Hash, LocalSeen, Name, NodeId, Place, RelPath, RemoteSeen,
    Sha1Sum, Side, Tree, layout,
};

/// Where a node really is on a side, when that is not its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stand {
    /// At its place.
    #[default]
    Home,
    /// In its folder, under a name that the engine made because this disk
    /// cannot show the true one (amendment 15). Local only.
    Alias(Name),
    /// In staging, on its way to another place (amendment 8).
    Parked,
}

/// What both sides were proved to show (I4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseRow {
    /// The agreed registers. A file's content is always known.
    pub entry: Entry,
    /// The checksum of the agreed content.
    pub sha1: Option<Sha1Sum>,
    /// The length of the agreed content.
    pub size: u64,
    /// The server's version at the agreement (amendment 27).
    pub etag: Option<Etag>,
    /// The content was never compared: both sides showed the same length and
    /// date at a first comparison (amendment 32). It is what this computer
    /// had, and no licence to delete or overwrite on either side.
    pub presumed: bool,
}

/// What this computer showed when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalRow {
    /// The registers, with the place that the user means: for a node that
    /// stands elsewhere, the place it was taken from.
    pub entry: Entry,
    /// The checksum of the content, if it is a file.
    pub sha1: Option<Sha1Sum>,
    /// The proof.
    pub seen: LocalSeen,
    /// The hash was taken so soon after the last change that a later write may
    /// not have changed the times: hash again (amendment 34).
    pub racy: bool,
    /// Where it really is.
    pub stand: Stand,
    /// The name that the engine, not the user, gave it: a conflict name
    /// (amendment 17). While it still has it, that is no rename.
    pub given: Option<Name>,
}

/// What the server showed when it was last listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteRow {
    /// The registers. `Unread` content: a version that we know nothing of.
    pub entry: Entry,
    /// The proof.
    pub seen: RemoteSeen,
    /// Of a folder: the etag under which its children were last listed.
    pub listed: Option<Etag>,
    /// Of a folder: it then held what is never synced and does not go with its
    /// folder (amendment 30), what has no name here, or a folder with nothing
    /// else in it.
    pub holds_ignored: bool,
    /// The version is so young that another one may share its etag (amendment 4).
    pub racy: bool,
    /// Where it really is. Never an alias.
    pub stand: Stand,
}

/// All that was asked of the server for one node since the last agreement
/// (amendment 11): it makes our own lost replies recognisable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Every content sent.
    pub sent: Vec<Digest>,
    /// Every place asked for.
    pub asked: Vec<Place>,
    /// A request has ended without an answer: it may still land (amendment 12).
    pub unknown: bool,
    /// It was asked to go, under no condition: what went is still to be looked
    /// at in the trash (amendment 14).
    pub deleting: bool,
    /// Where it was when it was asked to go: the trash tells it by that path,
    /// whoever moves its folder before the look.
    pub gone_from: Option<RelPath>,
    /// It was asked to be made, under no condition: what it may have
    /// overwritten is still to be looked for among older versions.
    pub creating: bool,
}

/// Where an upload in pieces arrives, on servers that give each an address of
/// its own (TUS, protocol.md 4.6): it outlives the process that has begun it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadAt {
    /// What the upload is called here. It follows from the place, the bytes and
    /// the very file: the address is good for no other one.
    pub name: String,
    /// The path on the server. A secret: whoever knows it may write.
    pub address: String,
}

impl std::fmt::Debug for UploadAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadAt").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why a node waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HoldReason {
    /// A share or external storage is not there; it counts as unavailable, not deleted (amendment 23).
    MountGone,
}

/// A node that waits for the user or for new evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The side whose state is held back.
    pub side: Side,
    /// Why.
    pub reason: HoldReason,
    /// Since when, in seconds since 1970.
    pub since: i64,
}

/// A file that was put aside instead of being deleted or overwritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// Where it stood.
    pub path: RelPath,
    /// Its name in the put-aside folder.
    pub stored: Name,
    /// The proof of what was put aside; a late writer changes it (amendment 20).
    pub seen: LocalSeen,
    /// Its content, if it was known.
    pub hash: Option<Hash>,
    /// When, in seconds since 1970.
    pub at: i64,
    /// The server once held these bytes. Those that it never had are not
    /// purged to make room (amendment 37).
    pub on_server: bool,
}

/// What is known of the pair as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairState {
    /// A random name of this pair on this device, for what it parks on the server.
    pub tag: String,
    /// Names that it had before its journal was lost: what is parked under
    /// them is known to nobody any more.
    pub former_tags: Vec<String>,
    /// The next node id; ids are never reused.
    pub next_node: u64,
    /// The next number in the put-aside store.
    pub next_aside: u64,
    /// The nonces that the marker in the folder may show (amendment 26): two
    /// while a new one is being written, so that a crash in between is harmless.
    pub nonces: Vec<String>,
    /// `oc:id` of the remote root (amendment 22).
    pub remote_root: Option<String>,
    /// The etag of the remote root under which its children were last listed.
    pub root_listed: Option<Etag>,
    /// When every folder was last listed, whatever its etag said: seconds
    /// since 1970. None where etags of folders tell nothing.
    pub walked_at: Option<i64>,
    /// `oc:data-fingerprint` of the remote root (amendment 22).
    pub fingerprint: Option<String>,
    /// Remote folders that are not kept here, by node (amendment 3).
    pub deselected: BTreeSet<NodeId>,
    /// What else was chosen.
    pub chosen: Chosen,
    /// Files removed from each side lately: when (seconds since 1970), where,
    /// how many. What the brake counts (amendment 21).
    pub removals: Vec<(i64, Side, u64)>,
    /// Deletes need more than content equal to base (amendment 27): the
    /// journal was lost or is older than the folder.
    pub merging: bool,
    /// The smallest large file that the server has refused for its size.
    pub too_large: Option<TooLarge>,
}

/// A file was larger than the server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooLarge {
    /// Its length in bytes.
    pub size: u64,
    /// When that was, in seconds since 1970.
    pub at: i64,
}

/// One change of the journal. `None` removes the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What both sides agreed on.
    Base(NodeId, Option<BaseRow>),
    /// What this computer shows.
    Local(NodeId, Option<LocalRow>),
    /// What the server shows.
    Remote(NodeId, Option<RemoteRow>),
    /// What was asked of the server.
    Intent(NodeId, Option<Intent>),
    /// Where its upload arrives.
    Upload(NodeId, Option<UploadAt>),
    /// Why a node waits.
    Hold(NodeId, Option<Hold>),
    /// What was put aside, by its number.
    Aside(u64, Option<Aside>),
    /// The pair as a whole.
    Pair(Box<PairState>),
}

/// The journal's content in memory, in order of id (I10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The agreement.
    pub base: BTreeMap<NodeId, BaseRow>,
    /// This computer.
    pub local: BTreeMap<NodeId, LocalRow>,
    /// The server.
    pub remote: BTreeMap<NodeId, RemoteRow>,
    /// Open requests.
    pub intents: BTreeMap<NodeId, Intent>,
    /// Uploads in pieces that have begun.
    pub uploads: BTreeMap<NodeId, UploadAt>,
    /// What waits.
    pub holds: BTreeMap<NodeId, Hold>,
    /// What was put aside.
    pub asides: BTreeMap<u64, Aside>,
    /// The pair as a whole.
    pub pair: PairState,
}

fn put<K: Ord, V>(rows: &mut BTreeMap<K, V>, key: K, row: Option<V>) {
    match row {
        Some(row) => rows.insert(key, row),
        None => rows.remove(&key),
    };
}

/// Lets two rows that say the same hold it once: of a million files each text
/// would be in memory three times.
fn share<T: Clone + PartialEq>(text: &mut T, known: &T) {
    if text == known {
        text.clone_from(known);
    }
}

impl Rows {
    /// Takes changes that are in the journal.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Base(node, mut row) => {
                    if let (Some(row), Some(there)) = (&mut row, self.remote.get(&node)) {
                        share(&mut row.entry.place.name, &there.entry.place.name);
                        share(&mut row.etag, &there.seen.etag);
                    }
                    put(&mut self.base, node, row);
                }
                Change::Local(node, mut row) => {
                    if let (Some(row), Some(base)) = (&mut row, self.base.get(&node)) {
                        row.share(base);
                    }
                    put(&mut self.local, node, row);
                }
                Change::Remote(node, mut row) => {
                    if let (Some(row), Some(base)) = (&mut row, self.base.get(&node)) {
                        row.share(base);
                    }
                    put(&mut self.remote, node, row);
                }
                Change::Intent(node, row) => put(&mut self.intents, node, row),
                Change::Upload(node, row) => put(&mut self.uploads, node, row),
                Change::Hold(node, row) => put(&mut self.holds, node, row),
                Change::Aside(number, row) => put(&mut self.asides, number, row),
                Change::Pair(pair) => self.pair = *pair,
            }
        }
    }

    /// The base as a tree.
    pub fn base_tree(&self) -> Tree {
        self.base.iter().map(|(&node, row)| (node, row.entry.clone())).collect()
    }

    /// This computer as the user means it: aliases and parked nodes at their places.
    pub fn local_tree(&self) -> Tree {
        self.local.iter().map(|(&node, row)| (node, row.entry.clone())).collect()
    }

    /// The server as its users mean it: parked nodes at their places.
    pub fn remote_tree(&self) -> Tree {
        self.remote.iter().map(|(&node, row)| (node, row.entry.clone())).collect()
    }

    /// The registers of `node` on one side.
    pub fn entry(&self, side: Side, node: NodeId) -> Option<&Entry> {
        match side {
            Side::Local => self.local.get(&node).map(|row| &row.entry),
            Side::Remote => self.remote.get(&node).map(|row| &row.entry),
        }
    }

    /// Where `node` really is on one side.
    pub fn stand(&self, side: Side, node: NodeId) -> Option<&Stand> {
        match side {
            Side::Local => self.local.get(&node).map(|row| &row.stand),
            Side::Remote => self.remote.get(&node).map(|row| &row.stand),
        }
    }

    /// The path at which `node` really is on one side, through aliases and
    /// staging. None if the node or a folder above it is not on that side.
    pub fn path(&self, side: Side, node: NodeId) -> Option<RelPath> {
        self.walk_up(side, node, true)
    }

    /// The path at which people look for `node` on one side, even while it is
    /// parked. None as for [`Self::path`].
    pub fn home(&self, side: Side, node: NodeId) -> Option<RelPath> {
        self.walk_up(side, node, false)
    }

    fn walk_up(&self, side: Side, node: NodeId, through_staging: bool) -> Option<RelPath> {
        let mut names = Vec::new();
        let mut top = RelPath::root();
        let mut at = node;
        // Rows that stand in a circle have no path.
        let most = self.local.len().max(self.remote.len());
        while !at.is_root() {
            if names.len() > most {
                return None;
            }
            let entry = self.entry(side, at)?;
            match self.stand(side, at)? {
                Stand::Home => names.push(entry.place.name.clone()),
                Stand::Alias(alias) => names.push(alias.clone()),
                Stand::Parked if !through_staging => names.push(entry.place.name.clone()),
                Stand::Parked => {
                    top = match side {
                        Side::Local => layout::staged(at, layout::Role::Park),
                        Side::Remote => {
                            layout::parked_remote(&self.pair.tag, at, &entry.place.name)
                        }
                    };
                    break;
                }
            }
            at = entry.place.parent;
        }
        Some(names.iter().rev().fold(top, |path, name| path.join(name)))
    }

    /// The path that people mean by a physical one: what stands parked counts
    /// as standing at home.
    pub fn meant(&self, side: Side, path: &RelPath) -> RelPath {
        let (folder, depth) = match side {
            Side::Local => (layout::staging(), 3),
            Side::Remote => (layout::own_dir(), 2),
        };
        let names: Vec<&str> = path.names().collect();
        let Some(name) = names.get(depth - 1).filter(|_| path.starts_with(&folder)) else {
            return path.clone();
        };
        let node = match side {
            Side::Local => layout::read_staged(name).map(|(node, _)| node),
            Side::Remote => layout::read_parked_remote(name).map(|parked| parked.node),
        };
        let home = node.and_then(|node| self.home(side, node));
        let rest = RelPath::parse(&names[depth..].join("/")).unwrap_or_default();
        home.map_or_else(|| path.clone(), |home| home.then(&rest))
    }

    /// The path of `node` as a person would say it, from whichever tree knows
    /// it. For messages only.
    pub fn spoken(&self, node: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = node;
        for _ in 0..4096 {
            let entry = self
                .entry(Side::Local, at)
                .or_else(|| self.entry(Side::Remote, at))
                .or_else(|| self.base.get(&at).map(|row| &row.entry));
            let Some(entry) = entry else { break };
            names.push(entry.place.name.as_str());
            at = entry.place.parent;
        }
        names.reverse();
        names.join("/")
    }
}

impl RemoteRow {
    /// Holds the texts that it has in common with `base` only once.
    pub fn share(&mut self, base: &BaseRow) {
        share(&mut self.entry.place.name, &base.entry.place.name);
        share(&mut self.seen.etag, &base.etag);
    }
}

impl LocalRow {
    /// Holds the texts that it has in common with `base` only once.
    pub fn share(&mut self, base: &BaseRow) {
        share(&mut self.entry.place.name, &base.entry.place.name);
    }

    /// The row of something that stands at its place under the user's name.
    pub fn home(place: Place, body: Body, sha1: Option<Sha1Sum>, seen: LocalSeen) -> Self {
        Self {
            entry: Entry { place, body },
            sha1,
            seen,
            racy: false,
            stand: Stand::Home,
            given: None,
        }
    }
}
