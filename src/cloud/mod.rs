//! A server in memory that behaves like each family, for demo, tests and simulation.
//!
//! - [`Cloud`] is the model: pure, deterministic, four [`Dialect`]s in one
//!   table of [`dialect::Ways`].
//! - [`Direct`] puts it behind the engine's own [`crate::server::Server`] seam, in
//!   process, with [`Faults`] at every request.
//! - [`serve()`] puts it on HTTP, for any client, and tells of changes by itself.
//! - [`Cloud::user`] acts as the person at the other end.
//!
//! All contents are held in memory: this serves demonstrations and tests, not archives.

pub mod app_passwords;
mod blob;
pub mod bulk;
mod call;
pub mod dialect;
pub mod direct;
mod direct_bulk;
mod direct_trash;
mod direct_zip;
pub mod etag;
mod failure;
pub mod faults;
mod guard;
pub mod http;
mod look;
pub mod model;
pub mod names;
pub mod people;
pub mod refusal;
pub mod request;
mod shared;
pub mod storages;
pub mod teller;
pub mod trash;
pub mod tree;
pub mod tus;
pub mod uploads;
pub mod user;
pub mod versions;
mod write;

pub use blob::Blob;
pub use dialect::Dialect;
pub use direct::Direct;
pub use faults::{Fate, Faults, NoFaults, Request, Spoilt};
pub use http::{Ready, ServeOptions, serve};
pub use model::Cloud;
pub use refusal::Refusal;
pub use shared::{Held, SharedCloud};
pub use storages::Withdrawn;
pub use teller::{Manner, Teller};
pub use user::{Shot, User};
