//! The planner, proved on a pure model of two sides.
//!
//! Ordinary runs check a sample of the exhaustive cases; with
//! `NAVETTE_EXHAUSTIVE=1` every one of them is checked.

#[path = "plan/world.rs"]
mod world;

#[path = "plan/exhaustive.rs"]
mod exhaustive;
