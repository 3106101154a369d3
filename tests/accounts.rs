//! From an address to a folder that is synced, with servers of every family in
//! this process, and no keychain.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "accounts/browser.rs"]
mod browser;
#[path = "accounts/finish.rs"]
mod finish;
#[path = "accounts/place.rs"]
mod place;
#[path = "accounts/recognise.rs"]
mod recognise;
#[path = "accounts/remote.rs"]
mod remote;
#[path = "accounts/sign_in.rs"]
mod sign_in;
#[path = "accounts/stage.rs"]
mod stage;
