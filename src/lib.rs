//! Navette keeps a folder on this computer equal to a storage on a server.
//!
//! Data flows one way: **observe → plan → execute → journal**.
//!
//! - [`model`]: the words. Nodes, registers, evidence, rows.
//! - [`disk`], [`server`], [`clock`], [`entropy`]: the seams to the world, each
//!   with its real implementation and one in memory.
//! - [`journal`]: what is known, in SQLite.
//! - [`observe`]: looks at both sides and writes down what it saw; decides nothing.
//! - [`plan`]: pure. Base and both observations in, ordered operations out.
//! - [`execute`]: carries operations out, each under a guard; decides nothing.
//! - [`engine`]: one pass after another until both sides are equal.
//! - [`accounts`]: from an address to a folder that is synced.
//! - [`activity`]: what was done, kept for a while.
//! - [`explain`]: why one path is, or is not, in sync.
//! - [`conflicts`]: two versions of one file, and what is kept.
//! - [`asides`]: what was put aside, and bringing it back.
//! - [`names`]: what something can be called, and calling it otherwise.
//! - [`preview`]: what a person sees of a file before deciding.
//! - [`concern`]: what needs a person.
//! - [`cloud`]: a server in memory that behaves like each family: for demo,
//!   tests and simulation.
//! - [`check`]: compares every file by its content, and reports.
//! - [`diagnose`]: an archive for whoever helps.
//! - [`doctor`]: looks at all that a pair depends on.
//! - [`log`]: what a watching Navette writes of its work.
//! - [`relocate`]: moves the folder of a pair, also to another disk.
//! - [`peer`]: what other clients have written down of a folder.
//! - [`surroundings`]: metered connections, batteries, networks that come.
//! - [`overview`]: the one picture of everything.
//! - [`host`]: watches pairs, whatever comes and goes.
//! - [`folders`]: what is done with configured folders and accounts as a whole.
//! - [`desktop`]: what tray and notifications show beside the window.
//! - [`text`], [`cli`]: what people read and type.

pub mod accounts;
pub mod activity;
pub mod api;
pub mod asides;
pub mod check;
pub mod cli;
pub mod clock;
pub mod cloud;
pub mod concern;
pub mod conflicts;
pub mod demo;
pub mod desktop;
pub mod diagnose;
pub mod disk;
pub mod doctor;
pub mod engine;
pub mod entropy;
pub mod event;
pub mod execute;
pub mod explain;
pub mod folders;
pub mod host;
pub mod journal;
pub mod log;
pub mod model;
#[cfg(feature = "mutants")]
pub mod mutant;
#[cfg(not(feature = "mutants"))]
mod mutant;
pub mod names;
pub mod observe;
pub mod overview;
pub mod pair;
pub mod peer;
pub mod plan;
pub mod preview;
pub mod relocate;
pub mod report;
pub mod secret;
pub mod server;
pub mod settings;
pub mod surroundings;
pub mod text;
pub mod watch;
pub mod world;
