//! One planned operation with everything that it needs from the rows.

use crate::model::{Rows, Side};
use crate::plan::Op;
use crate::world::World;

use super::arrange::{MakeDir, Shift, ShiftThere};
use super::fetch::{Fetch, Read};
use super::grown;
use super::outcome::{Performed, Refusal};
use super::remove::{Remove, RemoveThere};
use super::replace::Replace;
use super::send::Send;
use super::twins::Twins;

/// An effect, ready to run. It owns what it knows: the journal may change meanwhile.
#[derive(Debug)]
pub(super) enum Verb {
    MakeDirHere(MakeDir),
    MakeDirThere(MakeDir),
    Shift(Shift),
    ShiftThere(ShiftThere),
    Fetch(Fetch),
    Replace(Replace),
    Read(Read),
    Send(Send),
    Remove(Remove),
    RemoveThere(RemoveThere),
}

impl Verb {
    /// Resolves paths and takes evidence. `number` is free in the put-aside
    /// store. None: the rows no longer know what the plan was made from.
    pub(super) fn prepare(rows: &Rows, op: &Op, number: u64, twins: &Twins) -> Option<Self> {
        Some(match op {
            Op::MakeDir { side: side @ Side::Local, node, to, alias } => {
                Self::MakeDirHere(MakeDir::prepare(rows, *side, *node, to, alias.as_ref())?)
            }
            Op::MakeDir { side: side @ Side::Remote, node, to, .. } => {
                Self::MakeDirThere(MakeDir::prepare(rows, *side, *node, to, None)?)
            }
            Op::Move { side: Side::Local, node, to, alias, given } => {
                Self::Shift(Shift::to_place(rows, *node, to, alias.as_ref(), *given)?)
            }
            Op::Move { side: Side::Remote, node, to, .. } => {
                Self::ShiftThere(ShiftThere::to_place(rows, *node, to)?)
            }
            Op::Park { side: Side::Local, node } => Self::Shift(Shift::to_staging(rows, *node)?),
            Op::Park { side: Side::Remote, node } => {
                Self::ShiftThere(ShiftThere::to_staging(rows, *node)?)
            }
            Op::Fetch { node, to, alias, given } => {
                Self::Fetch(Fetch::prepare(rows, *node, to, alias.as_ref(), *given, twins)?)
            }
            Op::Replace { node, keep } => {
                Self::Replace(Replace::prepare(rows, *node, keep.as_ref(), number, twins)?)
            }
            Op::Send { node, to } => Self::Send(Send::new(rows, *node, to, twins)?),
            Op::Update { node } => Self::Send(Send::over(rows, *node)?),
            Op::Remove { side: Side::Local, node, .. } => {
                Self::Remove(Remove::prepare(rows, *node, number)?)
            }
            Op::Remove { side: Side::Remote, node, with } => {
                Self::RemoveThere(RemoveThere::prepare(rows, *node, with)?)
            }
            Op::Read { node } => Self::Read(Read::prepare(rows, *node)?),
        })
    }

    /// Carries it out.
    pub(super) async fn perform<W: World>(self, world: &W) -> Performed {
        self.attempt(world).await.unwrap_or_else(Performed::from)
    }

    async fn attempt<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        match self {
            Self::MakeDirHere(verb) => verb.here(world).await,
            Self::MakeDirThere(verb) => verb.there(world).await,
            Self::Shift(verb) => verb.perform(world).await,
            Self::ShiftThere(verb) => verb.perform(world).await,
            Self::Fetch(verb) => verb.perform(world).await,
            Self::Replace(verb) => verb.perform(world).await,
            Self::Read(verb) => verb.perform(world).await,
            Self::Send(verb) => grown::send(world, verb).await,
            Self::Remove(verb) => verb.perform(world).await,
            Self::RemoveThere(verb) => verb.perform(world).await,
        }
    }
}

/// Whether `op` may use its number in the put-aside store.
pub(super) fn wants_number(op: &Op) -> bool {
    matches!(op, Op::Replace { .. } | Op::Remove { side: Side::Local, .. })
}
