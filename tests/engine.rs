//! The engine at its gates: what stops a run, what waits, and what a lost or
//! restored journal, folder or server leads to. Whole engine, everything in
//! memory, virtual time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "engine/activity.rs"]
mod activity;
#[path = "engine/check.rs"]
mod check;
#[path = "engine/circumstances.rs"]
mod circumstances;
#[path = "engine/conflicts.rs"]
mod conflicts;
#[path = "engine/decisions.rs"]
mod decisions;
#[path = "engine/deleted.rs"]
mod deleted;
#[path = "engine/gates.rs"]
mod gates;
#[path = "engine/growing.rs"]
mod growing;
#[path = "engine/ignored.rs"]
mod ignored;
#[path = "engine/lost.rs"]
mod lost;
#[path = "engine/marker.rs"]
mod marker;
#[path = "engine/moves.rs"]
mod moves;
#[path = "engine/overload.rs"]
mod overload;
#[path = "engine/owed.rs"]
mod owed;
#[path = "engine/pair.rs"]
mod pair;
#[path = "engine/presumed.rs"]
mod presumed;
#[path = "engine/reserve.rs"]
mod reserve;
#[path = "engine/selection.rs"]
mod selection;
#[path = "engine/set_back.rs"]
mod set_back;
#[path = "engine/several.rs"]
mod several;
#[path = "engine/spellings.rs"]
mod spellings;
#[path = "engine/together.rs"]
mod together;
#[path = "engine/transfers.rs"]
mod transfers;
#[path = "engine/undurable.rs"]
mod undurable;
#[path = "engine/unlisted.rs"]
mod unlisted;
#[path = "engine/watch.rs"]
mod watch;
#[path = "engine/watched.rs"]
mod watched;
#[path = "engine/zips.rs"]
mod zips;

use pair::Pair;
