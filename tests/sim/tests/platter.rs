//! The journal's disk keeps what was synced, and may lose the rest.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use navette::journal::{Health, Journal};
use navette::model::Change;
use navette_sim::platter::Platter;
use navette_sim::tape::Dice;

/// A journal in which the next id of a node is `next`.
fn count_to(platter: &Platter, next: u64) -> Journal {
    let (mut journal, _) = Journal::open(platter.clone()).unwrap();
    commit(&mut journal, next);
    journal
}

fn commit(journal: &mut Journal, next: u64) {
    let mut pair = journal.rows().pair.clone();
    pair.next_node = next;
    journal.commit(vec![Change::Pair(pair.into())]).unwrap();
}

fn counted(platter: &Platter) -> (u64, Health) {
    let (journal, health) = Journal::open(platter.clone()).unwrap();
    (journal.rows().pair.next_node, health)
}

fn die(platter: &Platter, journal: Journal) {
    platter.kill();
    drop(journal);
}

#[test]
fn a_killed_process_loses_nothing() {
    let platter = Platter::new();
    die(&platter, count_to(&platter, 100));
    assert_eq!(counted(&platter), (100, Health::Unclean));
}

#[test]
fn a_closed_journal_is_clean() {
    let platter = Platter::new();
    count_to(&platter, 100).close().unwrap();
    assert_eq!(counted(&platter), (100, Health::Clean));
}

#[test]
fn a_power_cut_takes_the_last_commits_and_never_what_a_barrier_has_saved() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let platter = Platter::new();
        let mut journal = count_to(&platter, 100);
        journal.barrier().unwrap();
        (101..110).for_each(|next| commit(&mut journal, next));
        die(&platter, journal);
        platter.power_cut(&Dice::new(seed));
        let (next, health) = counted(&platter);
        assert_eq!(health, Health::Unclean, "cut {seed}");
        seen.insert(next);
    }
    assert_eq!(seen.first(), Some(&100), "{seen:?}");
    assert_eq!(seen.last(), Some(&109), "{seen:?}");
    assert!(seen.len() > 4, "{seen:?}");
}

#[test]
fn a_damaged_database_is_noticed_or_harmless() {
    for seed in 0..100 {
        let platter = Platter::new();
        count_to(&platter, 100).close().unwrap();
        platter.damage(&Dice::new(seed));
        let (next, health) = counted(&platter);
        assert!(next == 100 || matches!(health, Health::Lost { .. }), "{seed}: {next} {health:?}");
    }
}

#[test]
fn an_older_image_comes_back_as_it_was() {
    let platter = Platter::new();
    count_to(&platter, 100).close().unwrap();
    let image = platter.image();
    count_to(&platter, 200).close().unwrap();
    platter.restore_image(&image);
    assert_eq!(counted(&platter).0, 100);
    platter.wipe();
    assert_eq!(counted(&platter).1, Health::New);
}
