//! Carries planned operations out, each under a guard, and proves what was
//! achieved. It decides nothing.
//!
//! The order of one step (I5, I8; the ordering law):
//!
//! 1. `intent`: what the server will be asked is in the journal first.
//! 2. The verb (`fetch`, `send`, `arrange`, `remove`) takes owned copies of the
//!    rows it needs, checks them against the world (`guard`), acts, and proves
//!    what came of it. A world that is not as observed is an observation
//!    ([`Outcome::Stale`]), not an error.
//! 3. `run`: the folders that were touched are made durable, in batches.
//!    Steps that one request answers start as one (`group`).
//! 4. Only then are the rows committed, with the base that they agree on
//!    (`agree`), in one transaction a batch.
//!
//! User bytes are never unlinked or overwritten here, only displaced: under a
//! conflict name beside their place, or into the put-aside store ([`aside`]).
//! What a cut leaves in staging is put right by [`sweep`], by names alone.
//!
//! May import `model`, `disk`, `server`, `journal`, `clock`, `event`, `report`,
//! `world`, and the planner's words (`Op`, `Step`); never `observe`.
//!
//! [`Outcome::Stale`]: crate::event::Outcome::Stale

mod agree;
mod arrange;
pub mod aside;
mod astray;
mod claims;
mod conflict;
mod deleted;
mod fetch;
mod fetches;
mod group;
mod grown;
mod guard;
mod headroom;
mod intent;
mod lanes;
mod leftovers;
mod naming;
mod outcome;
mod outdated;
mod overwrite;
mod partial;
mod passing;
mod remove;
mod renames;
mod replace;
mod room;
mod run;
mod send;
mod sends;
mod stage;
mod sweep;
#[cfg(test)]
mod tests;
mod twins;
mod unsent;
mod verb;
mod versions;
mod width;

pub use astray::bring_back_astray;
pub use deleted::look_after_deletions;
pub use overwrite::look_after_creations;
pub use renames::rename;
pub use run::{Run, run};
pub use sweep::{Fate, Swept, sweep};
pub use versions::{
    Settled, Shape, Unsettled, Versions, bring_back_both, bring_back_copy, keep_both, keep_copy,
    keep_original, put_aside_again, rename_back,
};
pub use width::Width;
