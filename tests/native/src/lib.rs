//! Tries to break Navette as it is shipped.
//!
//! The real program works as a process of its own on the real file system,
//! against `navette serve` in each dialect or Apache's `mod_dav`, while people
//! act on both sides and things go wrong: it is killed at any moment, a proxy
//! between cuts, stalls, truncates, loses and reorders what passes, the disk is
//! full, a folder cannot be read, the clock jumps. Then everything calms down,
//! and both sides must be equal, with every byte that a user wrote and did not
//! take back.
//!
//! A seed decides what is done. When things happen is up to the computer: so
//! whatever is demanded here must hold whatever the timing.
//!
//! People are quick: a client stands still (SIGSTOP), and the proxy lets no
//! request through, for the moment in which somebody looks and acts. So what
//! they overwrite or delete is what they saw, and nobody is blamed for what a
//! person did blindly.
//!
//! | Part | What it is |
//! |---|---|
//! | [`luck`] | what a seed decides |
//! | [`place`] | a folder or a storage, as people see and change it |
//! | [`people`], [`oracle`] | what they do, and what must then still be there |
//! | [`client`] | Navette, and the programs it is compared with |
//! | [`server`], [`proxy`] | what they talk to, and what is between |
//! | [`trouble`] | full disks, closed folders, clocks that jump |
//! | [`case`], [`judge`] | one case, and what is found at its end |
//! | [`idle`] | a pair with which nothing happens, and what that costs |
//! | [`soak`], [`compare`] | for as long as asked; beside others |

#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "real time passes here, outside the engine")]

pub mod case;
pub mod client;
pub mod compare;
pub mod idle;
pub mod judge;
pub mod luck;
pub mod measure;
pub mod oracle;
pub mod people;
pub mod place;
pub mod proxy;
pub mod server;
pub mod soak;
pub mod trouble;

#[path = "../../real/mod.rs"]
mod real;

/// The account that every server here knows.
pub use real::{LOGIN, PASSWORD};
