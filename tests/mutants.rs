//! Each rule of the planner, left out on purpose, is noticed by the checks.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap fails the test")]

#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "plan/exhaustive.rs"]
mod exhaustive;
#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "plan/steps.rs"]
mod steps;
#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "plan/world.rs"]
mod world;

use exhaustive::{Sample, Tally, bases, check_base};
use navette::plan::Mutant;

/// How many cases it takes to notice that `rule` is left out.
fn cases_to_notice(rule: Mutant) -> Option<u64> {
    let mut tally = Tally::default();
    rule.while_broken(|| {
        for (at, base) in bases(3, &[world::name("a"), world::name("b")]).iter().enumerate() {
            check_base(at, base, 2, Sample(400), &mut tally);
            if tally.failures > 0 {
                println!("{rule:?}: {}", tally.first[0]);
                return Some(tally.cases);
            }
        }
        None
    })
}

#[test]
fn every_broken_rule_is_noticed() {
    let survivors: Vec<Mutant> =
        Mutant::ALL.into_iter().filter(|&rule| cases_to_notice(rule).is_none()).collect();
    assert!(survivors.is_empty(), "nobody misses {survivors:?}");
}

#[test]
fn no_check_fails_while_no_rule_is_broken() {
    let mut tally = Tally::default();
    for (at, base) in bases(3, &[world::name("a"), world::name("b")]).iter().enumerate() {
        check_base(at, base, 2, Sample(400), &mut tally);
    }
    tally.assert_clean();
}
