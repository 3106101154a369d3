//! Where mutants died before: so that an ordinary run tells one story each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use navette::mutant::Mutant;
use navette_sim::tape::FAMILIES;

use crate::killers::Killed;

/// What `cargo xtask mutants --search` found last.
const FOUND: &str = include_str!("dies_at.txt");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutants/dies_at.txt");

/// Asks for another way of looking: `search`, and which mutants.
const ASKED: &str = "NAVETTE_MUTANTS";

/// Stories of each family that are told if one does not end badly where it did.
const PATIENCE: u64 = 250;
/// The same in a search.
const LONG_PATIENCE: u64 = 3000;

/// A story, and how many were told until it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) family: &'static str,
    pub(crate) seed: u64,
    pub(crate) told: u64,
}

/// What is known of earlier runs, and what is asked for in this one.
pub(crate) struct Memory {
    places: BTreeMap<Mutant, Place>,
    chosen: Vec<Mutant>,
    search: bool,
    /// Stories of each family that are told before it is given up.
    patience: u64,
}

impl Memory {
    /// As the environment says: `search` forgets, a number is the patience, and
    /// further words choose mutants.
    pub(crate) fn asked_for() -> Self {
        let asked = std::env::var(ASKED).unwrap_or_default();
        let words = asked.split_whitespace();
        let (numbers, mut words): (Vec<&str>, Vec<&str>) =
            words.partition(|word| word.parse::<u64>().is_ok());
        let search = words.first() == Some(&"search");
        words.retain(|word| *word != "search");
        let patience = numbers.first().and_then(|number| number.parse().ok());
        let patience = patience.unwrap_or(if search { LONG_PATIENCE } else { PATIENCE });
        let is_chosen = |mutant: &Mutant| words.is_empty() || words.contains(&&*name(*mutant));
        let chosen = Mutant::ALL.iter().copied().filter(is_chosen).collect();
        Self { places: FOUND.lines().filter_map(place).collect(), chosen, search, patience }
    }

    /// Those that are to be killed.
    pub(crate) fn chosen(&self) -> &[Mutant] {
        &self.chosen
    }

    /// Whether stories are looked for anew.
    pub(crate) fn is_search(&self) -> bool {
        self.search
    }

    /// Where `mutant` died before.
    pub(crate) fn place(&self, mutant: Mutant) -> Option<Place> {
        self.places.get(&mutant).copied().filter(|_| !self.search)
    }

    /// Stories of each family that are told before it is given up.
    pub(crate) fn patience(&self) -> u64 {
        self.patience
    }

    /// Writes down what a search has found.
    pub(crate) fn keep(mut self, killed: &BTreeMap<Mutant, Killed>) {
        if !self.search {
            return;
        }
        for (mutant, killed) in killed {
            match &killed.story {
                Some(story) => drop(self.places.insert(*mutant, story.at)),
                None => drop(self.places.remove(mutant)),
            }
        }
        let mut text = String::new();
        for (mutant, Place { family, seed, told }) in &self.places {
            let _ = writeln!(text, "{} {family} {seed} after {told}", name(*mutant));
        }
        std::fs::write(FILE, text).unwrap();
    }
}

pub(crate) fn name(mutant: Mutant) -> String {
    format!("{mutant:?}")
}

/// Reads a line; one of a mutant that is no more is passed over.
fn place(line: &str) -> Option<(Mutant, Place)> {
    let words: Vec<&str> = line.split(' ').collect();
    let [mutant, family, seed, "after", told] = words[..] else { panic!("dies_at.txt: {line}") };
    let mutant = Mutant::ALL.iter().copied().find(|other| name(*other) == mutant)?;
    let (family, _) = FAMILIES.into_iter().find(|(word, _)| *word == family)?;
    Some((mutant, Place { family, seed: seed.parse().unwrap(), told: told.parse().unwrap() }))
}
