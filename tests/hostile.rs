//! A malicious server, and people who swap folders for links: the real program
//! against them. Whatever they try, nothing outside the synced folder is
//! touched or read, what is here stays, memory is bounded, what one could sign
//! in with goes nowhere else, and the run says in one sentence how it ended.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only used in tests")]

#[path = "server/ears.rs"]
mod ears;
#[path = "hostile/listings.rs"]
mod listings;
#[path = "hostile/malice.rs"]
mod malice;
#[path = "hostile/names.rs"]
mod names;
#[path = "hostile/origins.rs"]
mod origins;
#[path = "program/mod.rs"]
mod program;
#[path = "hostile/push.rs"]
mod push;
#[path = "server/scripted.rs"]
mod scripted;
#[path = "hostile/secrets.rs"]
mod secrets;
#[path = "hostile/sizes.rs"]
mod sizes;
#[path = "server/support.rs"]
mod support;
#[cfg(unix)]
#[path = "hostile/swapped.rs"]
mod swapped;
#[path = "hostile/yard.rs"]
mod yard;
