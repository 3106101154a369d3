//! The journal: what goes in comes out, whole or not at all, whatever happens
//! to the process, the power or the disk.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod health;
mod power_cut;
mod rows;
mod strategy;
