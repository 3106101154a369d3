//! Tries to break Navette.
//!
//! The real engine, planner, executor and journal run over a simulated disk
//! and a simulated server, in one thread and in virtual time, while people act
//! on both sides, requests get lost, processes die and power fails between any
//! two steps. Then everything calms down: all sides must be equal, with every
//! byte that a user wrote and did not take back (I1, I2), and rest (I3).
//!
//! A seed is a story. Its decisions are on a tape ([`tape`]); a story that ends
//! badly is made shorter ([`shrink`]) and kept as a named regression.
//!
//! | Part | What it is |
//! |---|---|
//! | [`tape`] | decisions, recorded and played again |
//! | `plot`, `deed`, `faults`, `mishap`, `disaster` | what may happen: worlds, people, troubles |
//! | `stage`, `calm` | one story, from its first act to its end |
//! | [`world`], [`platter`] | the seams: time, tasks, the journal's disk |
//! | `oracle` | what must still be there |
//! | [`reached`] | what the stories have seen at work |
//! | [`trial`], [`shrink`] | many stories; a short one |

pub mod platter;
pub mod reached;
pub mod shrink;
pub mod tape;
pub mod trial;
pub mod wish;
pub mod world;

mod calm;
mod deed;
mod disaster;
mod faults;
mod mishap;
mod oracle;
mod plot;
mod stage;

pub use stage::{Failure, tell};
