//! The planner, proved on a pure model of two sides.
//!
//! Ordinary runs check a sample of the exhaustive cases; with
//! `NAVETTE_EXHAUSTIVE=1` every one of them is checked.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap fails the test")]

#[path = "plan/amendments.rs"]
mod amendments;
#[path = "plan/brake.rs"]
mod brake;
#[path = "plan/chosen.rs"]
mod chosen;
#[path = "plan/exhaustive.rs"]
mod exhaustive;
#[path = "plan/notation.rs"]
mod notation;
#[path = "plan/random.rs"]
mod random;
#[path = "plan/rules.rs"]
mod rules;
#[path = "plan/shares.rs"]
mod shares;
#[path = "plan/steps.rs"]
mod steps;
#[path = "plan/wide.rs"]
mod wide;
#[path = "plan/world.rs"]
mod world;

use exhaustive::{Sample, bases, check_base, on_all_cores};

#[test]
fn every_pair_of_small_changes_reaches_rest_and_loses_nothing() {
    let sample = Sample::one_in(240);
    let bases = bases(3, &[world::name("a"), world::name("b")]);
    assert_eq!(bases.len(), 101);
    let tally = on_all_cores(&bases, |at, base, tally| check_base(at, base, 2, sample, tally));
    tally.assert_clean();
    if sample.is_whole() {
        assert_eq!(tally.cases, 12_634_931);
    }
}
