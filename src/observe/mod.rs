//! Looks at both sides and writes down what it saw. Decides nothing.
//!
//! Each side is looked at in an *epoch*: one complete look during which
//! nothing was seen to change. What an epoch shows is paired with the nodes
//! that the journal knows (`*_identity`), and the differences become
//! [`Change`]s of the observed rows. An absence is written down only when it is
//! confirmed (I7); until then the old row stays and a *doubt* says why.

mod absence;
mod content;
mod frozen;
mod in_use;
mod local;
mod local_identity;
mod local_rows;
mod moved;
mod own;
mod reading;
mod remote;
mod remote_identity;
mod restless;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::{Clock as _, Moment};
use crate::disk::{Changed, Disk as _};
use crate::event::Cause;
use crate::model::{Change, Name, NodeId, Rows, Side, WaitReason};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::Resource;
use crate::world::World;

/// What one look at one side showed.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// The rows that differ from the journal's.
    pub changes: Vec<Change>,
    /// Nodes whose row may not be what is really there, and why.
    pub doubts: BTreeMap<NodeId, WaitReason>,
    /// Nodes that a program here works on: left as they are on both sides
    /// until it is done (amendment 35).
    pub in_use: BTreeMap<NodeId, WaitReason>,
    /// Databases that a program here has open: they may be sent, never
    /// replaced (amendment 35).
    pub open: BTreeSet<NodeId>,
    /// The side did not change while it was looked at.
    pub consistent: bool,
    /// What a user should know of: path, cause, and whether it spoils the equality.
    pub mentions: Vec<Mention>,
    /// This computer's volume: its clock before the look, nanoseconds since 1970.
    pub volume_time: i64,
    /// Files and folders there.
    pub files: u64,
    /// Folders there.
    pub folders: u64,
    /// New files on the server that may be what is missing there: to be read
    /// before anything else is decided of them (amendment 28).
    pub to_read: BTreeSet<NodeId>,
    /// Names in our folder on the server of what an earlier journal has parked
    /// there, and this one knows nothing of.
    pub astray: Vec<Name>,
    /// What the remote root showed.
    pub root: Option<Resource>,
    /// The server's clock, seconds since 1970, if it said so.
    pub server_time: Option<i64>,
}

/// Something seen that is no node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where.
    pub path: String,
    /// Why it is no node, or not yet.
    pub cause: Cause,
    /// Both sides cannot be called equal because of it.
    pub blocks: bool,
}

/// What is remembered from look to look but not from run to run.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Nodes missing on a server that cannot vouch for it, since when.
    missing: BTreeMap<NodeId, Moment>,
    /// Nodes of which a request is still unaccounted for, until when.
    quarantined: BTreeMap<NodeId, Moment>,
    /// What the last look at this computer showed.
    here: Option<local::Epoch>,
    /// Files here that are always being written to.
    restless: restless::Restless,
    /// Nodes of which an earlier run left a request open, until when it may
    /// still land. That matters only once their files here are gone: as long as
    /// they are here, whatever lands is compared with them.
    left_open: BTreeMap<NodeId, Moment>,
    /// A step here has failed in its midst, or could not be made durable: what
    /// it put into staging may have a row that says otherwise.
    rows_may_lag: bool,
}

impl Memory {
    /// Keeps every node in quarantine (amendment 12) of which an earlier run
    /// left a request unaccounted for.
    pub fn wake<W: World>(&mut self, world: &W, rows: &Rows) {
        if broken(Mutant::WakesTrusting) {
            return;
        }
        let (unsure, open): (Vec<_>, Vec<_>) = rows.intents.iter().partition(|(_, intent)| {
            // Nothing of the last two can be refused if it lands only now.
            intent.unknown || intent.deleting || intent.creating
        });
        self.quarantine(world, unsure.into_iter().map(|(&node, _)| node));
        let until = world.clock().now() + world.timing().quarantine;
        self.left_open.extend(open.into_iter().map(|(&node, _)| (node, until)));
    }

    /// The next look at this computer is whole: what was passed over may count now.
    pub fn forget_here(&mut self) {
        self.here = None;
    }

    /// Begins the quarantine of these nodes now.
    pub fn quarantine<W: World>(&mut self, world: &W, nodes: impl IntoIterator<Item = NodeId>) {
        let until = world.clock().now() + world.timing().quarantine;
        self.quarantined.extend(nodes.into_iter().map(|node| (node, until)));
    }

    /// From now on staging is looked at by its names: something may stand there
    /// of which the rows do not say so.
    pub fn doubt_rows(&mut self) {
        self.rows_may_lag = true;
    }

    /// Whether a request for this node may still land.
    pub fn is_quarantined<W: World>(&self, world: &W, node: NodeId) -> bool {
        self.quarantined.get(&node).is_some_and(|&until| until > world.clock().now())
    }

    /// The moment at which the next wait of this memory ends.
    pub fn next_moment<W: World>(&self, world: &W) -> Option<Moment> {
        let looks = self.missing.values().map(|&since| since + world.timing().second_look);
        looks.chain(self.quarantined.values().copied()).filter(|&at| at > world.clock().now()).min()
    }
}

/// Looks at this computer.
pub async fn observe_local<W: World>(
    world: &W,
    rows: &Rows,
    memory: &mut Memory,
) -> Result<Observation, EngineError> {
    loop {
        let epoch = local::look(world, rows, memory.here.take(), memory.rows_may_lag).await?;
        let seen = local_identity::pair(world, rows, &epoch, &mut memory.restless).await;
        if let Some(seen) = seen {
            memory.here = Some(epoch);
            return Ok(seen);
        }
        // What seems to be gone may stand where no event told us to look: the
        // next look, which has no memory, is whole (I7).
    }
}

/// Whether something may have changed on this computer since the last look,
/// which the next one will then look at.
pub async fn stirs_here<W: World>(world: &W, memory: &mut Memory) -> Result<bool, EngineError> {
    let changed = world.disk().changed().await?;
    Ok(match (changed, &mut memory.here) {
        (Changed::At(paths), Some(epoch)) => epoch.stirs(world, paths),
        _ => {
            memory.here = None;
            true
        }
    })
}

/// Whether something may have changed on the server since the last look.
pub async fn stirs_there<W: World>(world: &W, rows: &Rows) -> Result<bool, EngineError> {
    remote::stirs(world, rows).await
}

/// Looks at the server.
pub async fn observe_remote<W: World>(
    world: &W,
    rows: &Rows,
    memory: &mut Memory,
) -> Result<Observation, EngineError> {
    let begun = world.clock().now();
    let epoch = remote::look(world, rows).await?;
    let mut seen = remote_identity::pair(world, rows, &epoch, memory).await?;
    own::recognise(rows, &mut seen, memory, begun);
    Ok(seen)
}

fn doubt(doubts: &mut BTreeMap<NodeId, WaitReason>, node: NodeId, reason: WaitReason) {
    doubts.entry(node).or_insert(reason);
}

/// Whether `node` or a folder above it, by the rows of `side`, is in `set`.
fn is_in_or_below(rows: &Rows, side: Side, node: NodeId, set: &BTreeSet<NodeId>) -> bool {
    let mut at = node;
    loop {
        if set.contains(&at) {
            return true;
        }
        match rows.entry(side, at) {
            Some(entry) => at = entry.place.parent,
            None => return false,
        }
    }
}
