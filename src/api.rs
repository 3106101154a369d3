//! What other programs of this user can ask of a Navette that watches, and
//! tell it: JSON-RPC 2.0, one message a line, on a local socket (`docs/API.md`).
//!
//! The command line asks by it, and the window will.

mod call;
mod choices;
mod client;
mod document;
mod events;
mod folders;
mod follow;
mod server;
mod socket;
mod sync;

use std::path::PathBuf;
use std::rc::Rc;

pub use choices::answer_of;
pub use client::{AskError, Events, ask, call, events};
pub use document::{Standings, standing_of, told_of};
pub use server::serve;
pub use socket::{Listener, SocketError};
pub use sync::{Waits, sync};

use crate::activity::Recorder;
use crate::settings::Pair;
use crate::watch::{Board, Wishes};

/// One watched pair, as others see it.
pub struct Watched {
    /// The pair.
    pub pair: Pair,
    /// Where its journal lies.
    pub state_dir: PathBuf,
    /// How it stands.
    pub board: Rc<Board>,
    /// What is wanted of it.
    pub wishes: Rc<Wishes>,
    /// What it has done.
    pub activity: Rc<Recorder>,
}
