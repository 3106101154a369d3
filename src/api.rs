//! What other programs of this user can ask of a Navette that watches, and
//! tell it: JSON-RPC 2.0, one message a line, on a local socket (`docs/API.md`).
//!
//! The command line asks by it, and so does the window.

mod accounts;
mod asides;
mod assistant;
mod bell;
mod borrow;
mod call;
mod choices;
mod client;
mod concerns;
mod decide;
mod describe;
mod document;
mod errand;
mod events;
mod folders;
mod follow;
mod gather;
mod history;
mod lent;
mod page;
mod pairs;
mod params;
mod ruled;
mod server;
mod socket;
mod sync;

pub use accounts::accounts;
pub use asides::{Aside, Checked, asides, told as brought};
pub use assistant::{
    BrowserSignIn, Family, Fit, KeptAs, Place, PlaceClient, PlaceKind, PlaceReport, Plan,
    Recognised, RemoteFolder, SignedIn, Way, signed_in,
};
pub use borrow::{Borrowed, borrow};
pub use choices::{Answered, Outcome, answer_of};
pub use client::{AskError, Events, ask, call, events, page};
pub use concerns::{Concern, concerns};
pub use decide::Answer;
pub use describe::{standing_of, told_of};
pub use document::{
    Account, Brake, Entry, Left, Moving, PairState, Progress, Quota, Said, Side, Standing,
    Standings,
};
pub use folders::PairFolder;
pub use gather::{Told, gather};
pub use history::{ActivityPage, ActivityQuery, Kin, history};
pub use lent::{Desk, Lent};
pub use pairs::{Pairs, Watched};
pub use ruled::RuleVerdict;
pub use server::serve;
pub use socket::{Listener, SocketError};
pub use sync::{Waits, sync};
