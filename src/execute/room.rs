//! Room on the server: what cannot fit is not sent.
//!
//! Each share and each mounted storage has a quota of its own, so room is
//! asked for and counted per *owner*: the topmost folder that is shared or
//! mounted, else the root of the pair. What is on its way is reserved. A
//! server that says nothing, or says too much, is believed until it refuses
//! something: then nothing as large is tried there again. A large file that
//! the server refused for its size would travel in vain in every run: that
//! refusal is remembered for a day.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Cause, Outcome};
use crate::model::{NodeId, Perms, RelPath, Rows, Side, TooLarge};
use crate::plan::Op;
use crate::server::Server;

/// A smaller file may be refused in each run: nobody minds, and a limit that
/// was raised is seen at once.
const LARGE: u64 = 8 << 20;

/// A refusal for the size of a file is believed for so long, in seconds.
const BELIEVED: i64 = 24 * 3600;

/// An upload, as far as room is concerned.
#[derive(Clone, Copy, Debug)]
struct Need {
    owner: NodeId,
    /// Bytes of the file.
    size: u64,
    /// Bytes by which the storage grows.
    more: u64,
}

/// What is known of one owner's room.
#[derive(Clone, Debug, Default)]
struct Account {
    /// Bytes that may still be stored; none: no limit known.
    free: Option<u64>,
    /// A file of this size was refused.
    refused: Option<u64>,
}

/// The room that the uploads of a plan find.
#[derive(Debug, Default)]
pub(super) struct Room {
    accounts: BTreeMap<NodeId, Account>,
    /// A file of this size is more than the server takes, wherever it is to stand.
    too_large: Option<u64>,
    /// A large file was refused in this plan.
    refused: bool,
    /// What runs.
    reserved: BTreeMap<usize, Need>,
    /// What waits for room until nothing else is left to do.
    waiting: Vec<usize>,
    /// Owners whose room is to be asked for.
    unasked: BTreeSet<NodeId>,
}

impl Room {
    /// Knows which rooms `ops` need, and what was refused lately; asks for none yet.
    pub(super) fn of<'a>(rows: &Rows, now: i64, ops: impl Iterator<Item = &'a Op>) -> Self {
        let unasked = ops.filter_map(|op| Need::of(rows, op)).map(|need| need.owner).collect();
        let known = rows.pair.too_large.filter(|large| (0..BELIEVED).contains(&(now - large.at)));
        Self { unasked, too_large: known.map(|large| large.size), ..Self::default() }
    }

    /// What the next runs must know of a refusal that has come since they were
    /// last told, at the time `now`.
    pub(super) fn refusal_to_remember(&mut self, now: i64) -> Option<TooLarge> {
        let size = self.too_large.filter(|_| std::mem::take(&mut self.refused))?;
        Some(TooLarge { size, at: now })
    }

    /// Asks the server for room, where it is not known.
    pub(super) async fn ask<S: Server>(&mut self, server: &S, rows: &Rows) {
        for owner in std::mem::take(&mut self.unasked) {
            let at = match owner.is_root() {
                true => Some(RelPath::root()),
                false => rows.path(Side::Remote, owner),
            };
            let free = match at {
                Some(at) => server.room(&at).await.unwrap_or_else(|error| {
                    // The upload itself will find out.
                    tracing::debug!(%error, "room not known");
                    None
                }),
                None => None,
            };
            self.accounts.entry(owner).or_default().free = free;
        }
    }

    /// Whether `op` may begin now; its room is reserved then, until
    /// [`Self::ended`]. Otherwise the step waits for room.
    pub(super) fn admit(&mut self, rows: &Rows, step: usize, op: &Op) -> bool {
        let Some(need) = Need::of(rows, op) else { return true };
        if self.refusal(&need).is_some() {
            self.waiting.push(step);
            return false;
        }
        let account = self.accounts.entry(need.owner).or_default();
        account.free = account.free.map(|free| free.saturating_sub(need.more));
        self.reserved.insert(step, need);
        true
    }

    fn refusal(&self, need: &Need) -> Option<Cause> {
        if self.too_large.is_some_and(|size| need.size >= size) {
            return Some(Cause::TooLarge);
        }
        let account = self.accounts.get(&need.owner)?;
        let full = need.size > 0
            && (account.free.is_some_and(|free| need.size > free)
                || account.refused.is_some_and(|size| need.size >= size));
        full.then_some(Cause::Quota)
    }

    /// A step has ended so.
    pub(super) fn ended(&mut self, step: usize, outcome: &Outcome) {
        let Some(need) = self.reserved.remove(&step) else { return };
        let account = self.accounts.entry(need.owner).or_default();
        match outcome {
            Outcome::Done | Outcome::Unknown(_) => return,
            Outcome::Failed(Cause::Quota) => {
                let least = account.refused.map_or(need.size, |size| size.min(need.size));
                account.refused = Some(least);
            }
            Outcome::Failed(Cause::TooLarge) => {
                let least = self.too_large.map_or(need.size, |size| size.min(need.size));
                self.too_large = Some(least);
                self.refused |= need.size >= LARGE;
            }
            _ => {}
        }
        account.free = account.free.map(|free| free.saturating_add(need.more));
    }

    /// After everything else has ended: asks again, for deletions may have
    /// made room. Returns the steps that may try again, and those that have no
    /// room, with the reason.
    pub(super) async fn settle<'a, S: Server>(
        &mut self,
        server: &S,
        rows: &Rows,
        op: impl Fn(usize) -> &'a Op,
    ) -> (Vec<usize>, Vec<(usize, Cause)>) {
        let waiting = std::mem::take(&mut self.waiting);
        let needs = waiting.iter().map(|&step| (step, Need::of(rows, op(step))));
        let needs: Vec<_> = needs.collect();
        self.unasked = needs.iter().filter_map(|(_, need)| Some(need.as_ref()?.owner)).collect();
        self.ask(server, rows).await;
        let (mut again, mut held) = (Vec::new(), Vec::new());
        for (step, need) in needs {
            match need.and_then(|need| self.refusal(&need)) {
                Some(cause) => held.push((step, cause)),
                None => again.push(step),
            }
        }
        (again, held)
    }
}

impl Need {
    /// What `op` needs; none if it stores nothing.
    fn of(rows: &Rows, op: &Op) -> Option<Self> {
        let (folder, old) = match op {
            Op::Send { to, .. } => (to.parent, 0),
            Op::Update { node } => {
                let row = rows.remote.get(node)?;
                (row.entry.place.parent, row.seen.size.unwrap_or(0))
            }
            _ => return None,
        };
        let size = rows.local.get(&op.node())?.seen.size;
        Some(Self { owner: owner(rows, folder), size, more: size.saturating_sub(old) })
    }
}

/// The topmost folder from `folder` upwards that is shared or mounted, else the root.
fn owner(rows: &Rows, folder: NodeId) -> NodeId {
    let (mut at, mut owner) = (folder, NodeId::ROOT);
    while !at.is_root() {
        let Some(row) = rows.remote.get(&at) else { break };
        if row.seen.perms.intersects(Perms::SHARED | Perms::MOUNT) {
            owner = at;
        }
        at = row.entry.place.parent;
    }
    owner
}
