//! What was done: when, on which side, and why. Kept for 90 days, and never more
//! than so much, in a database of its own beside the journal.
//!
//! Of its own, for it is no truth that anything rests on: a write here delays no
//! commit of the journal, a damaged one is simply begun anew, and its rows may
//! change without the journal's format. The journal knows what *is*, this knows
//! what *was*.
//!
//! An entry is written after the step is committed: a crash may lose entries,
//! and none ever claims what was not done.

mod bursts;
mod entry;
mod filter;
mod recorder;
mod store;

pub use bursts::{Burst, bursts};
pub use entry::{Entry, More, Verb};
pub use filter::{Filter, NoPattern, Query};
pub use recorder::{Kept, Recorder};
pub use store::{ActivityError, KEEP_DAYS, MOST_BYTES, MOST_ROWS, Store};
