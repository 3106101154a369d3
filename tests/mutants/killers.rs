//! Who notices a mutant: cases of the planner, stories, and scenes.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use navette::mutant::{Mutant, Part};
use navette_sim::reached::Reached;
use navette_sim::tape::FAMILIES;
use navette_sim::trial;
use navette_sim::world::Trace;

use crate::exhaustive::{Sample, Tally, bases, check_base};
use crate::memory::{Memory, Place};
use crate::scenes::Scene;
use crate::{scenes, world};

/// One of so many cases of the planner is tried.
const ONE_IN: u64 = 400;

/// What came of a mutant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Killed {
    /// After how many cases the planner's checks failed.
    pub(crate) cases: Option<u64>,
    /// The story that ended badly.
    pub(crate) story: Option<Story>,
    /// The scenes made for it, and whether each failed.
    pub(crate) scenes: Vec<(&'static str, bool)>,
    /// What the first of them complained of.
    pub(crate) complaint: String,
}

/// A story that a mutant brought to a bad end, and that ends well without it.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    /// Which one.
    pub(crate) at: Place,
    /// It was not where it had been found before.
    pub(crate) is_news: bool,
}

impl Killed {
    /// Whether it was noticed, and by every scene that was made for it.
    pub(crate) fn is_dead(&self) -> bool {
        let played = self.scenes.iter().all(|(_, failed)| *failed);
        let noticed = self.cases.is_some() || self.story.is_some() || !self.scenes.is_empty();
        played && noticed
    }

    fn complain(&mut self, complaint: &str) {
        if self.complaint.is_empty() {
            self.complaint = complaint.lines().next().unwrap_or_default().to_owned();
        }
    }
}

/// Lets everybody look for `mutant`: the planner's cases first, then stories,
/// and the scenes that were made for it. Where a scene was made because nobody
/// else had noticed, nobody else looks again but in a search.
pub(crate) fn kill(mutant: Mutant, memory: &Memory) -> Killed {
    let mut killed = Killed::default();
    let scenes: Vec<Scene> =
        scenes::all().into_iter().filter(|scene| scene.kills.contains(&mutant)).collect();
    let (known, alone) = (memory.place(mutant), scenes.is_empty());
    if mutant.about().0 == Part::Rules && known.is_none() && (alone || memory.is_search()) {
        killed.cases = cases_until_noticed(mutant, &mut killed);
    }
    if killed.cases.is_none() && (known.is_some() || alone || memory.is_search()) {
        killed.story = known
            .and_then(|at| tell(mutant, at, false, &mut killed))
            .or_else(|| search(mutant, memory, &mut killed));
    }
    for scene in scenes {
        let failed = mutant.while_alive(|| quietly(scene.play)).err();
        killed.scenes.push((scene.name, failed.is_some()));
        killed.complain(&failed.unwrap_or_default());
    }
    killed
}

/// Every base of up to three nodes, with a sample of what may be done to it.
fn each_base(go_on: impl Fn(&Tally) -> bool, tally: &mut Tally) {
    for (at, base) in bases(3, &[world::name("a"), world::name("b")]).iter().enumerate() {
        check_base(at, base, 2, Sample(ONE_IN), tally);
        if !go_on(tally) {
            return;
        }
    }
}

/// The planner's cases, while nothing is broken.
pub(crate) fn cases() -> Tally {
    let mut tally = Tally::default();
    each_base(|_| true, &mut tally);
    tally
}

fn cases_until_noticed(mutant: Mutant, killed: &mut Killed) -> Option<u64> {
    let mut tally = Tally::default();
    mutant.while_alive(|| each_base(|tally| tally.failures == 0, &mut tally));
    let first = tally.first.first()?;
    killed.complain(first);
    Some(tally.cases)
}

/// Tells the stories of all families in turn, until one ends badly.
fn search(mutant: Mutant, memory: &Memory, killed: &mut Killed) -> Option<Story> {
    let seeds = 0..memory.patience();
    let mut all = seeds.flat_map(|seed| FAMILIES.map(|(family, _)| (family, seed)));
    let mut told = 0;
    all.find_map(|(family, seed)| {
        told += 1;
        tell(mutant, Place { family, seed, told }, true, killed)
    })
}

/// Tells one story; it is one that notices if it ends well without the mutant.
fn tell(mutant: Mutant, at: Place, is_news: bool, killed: &mut Killed) -> Option<Story> {
    let bad = mutant.while_alive(|| ends_badly(&at))?;
    if ends_badly(&at).is_some() {
        return None;
    }
    killed.complain(&bad);
    Some(Story { at, is_news })
}

fn ends_badly(at: &Place) -> Option<String> {
    let (_, dialect) = FAMILIES.into_iter().find(|(family, _)| *family == at.family)?;
    let told = || trial::one(at.seed, dialect, &Trace::default(), &Reached::default());
    quietly(told).map_or_else(Some, |bad| bad.map(|bad| bad.failure.0))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does what may panic, and is meant to: nothing is printed.
fn quietly<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                before(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(act));
    QUIET.set(before);
    done.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default()
    })
}
