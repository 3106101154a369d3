//! The whole engine in memory: seeded users, faults and crashes, virtual time.
//!
//! Each seed is one story: a tree on both sides, users who edit while the
//! engine runs, requests that get lost, processes that die and power that
//! fails between any two steps. Then everything calms down, and both sides
//! must be equal, with every byte that a user wrote and did not take back
//! (I1, I2), and the engine must rest (I3).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "sim/oracle.rs"]
mod oracle;
#[path = "sim/story.rs"]
mod story;
#[path = "sim/world.rs"]
mod world;

use navette::cloud::Dialect;
use story::{Plot, tell};

/// Seeds of the ordinary run, for each dialect.
const SEEDS: u64 = 50;

fn smoke(dialect: Dialect) {
    let chosen = std::env::var("NAVETTE_SEED").ok().and_then(|seed| seed.parse().ok());
    let many = std::env::var("NAVETTE_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    let seeds = chosen.map_or(0..many.unwrap_or(SEEDS), |seed: u64| seed..seed + 1);
    let mut failures = Vec::new();
    for seed in seeds {
        if let Err(failure) = tell(&Plot::of(seed, dialect)) {
            failures.push(format!("seed {seed} of {dialect:?}: {failure}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} stories end badly:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn stories_on_nextcloud_end_well() {
    smoke(Dialect::Nextcloud);
}

#[test]
fn stories_on_owncloud_10_end_well() {
    smoke(Dialect::OwnCloud10);
}

#[test]
fn stories_on_ocis_end_well() {
    smoke(Dialect::Ocis);
}

#[test]
fn stories_on_plain_webdav_end_well() {
    smoke(Dialect::Plain);
}

#[test]
fn stories_fetch_files_together() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let traces = (0..20).filter_map(|seed| tell(&Plot::of(seed, dialect)).ok()).flatten();
        let zips = traces.filter_map(|line| line.strip_prefix("zips ")?.parse::<u32>().ok());
        let zips: u32 = zips.sum();
        assert!(zips >= 20, "{zips} on {dialect:?}");
    }
}

#[test]
fn a_story_told_twice_is_the_same() {
    for seed in 0..5 {
        let plot = Plot::of(seed, Dialect::Nextcloud);
        assert_eq!(tell(&plot), tell(&plot), "seed {seed}");
    }
}
