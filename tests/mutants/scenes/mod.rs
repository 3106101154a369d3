//! Scenes for what people in the stories cannot do, or what stories do not see:
//! a disaster by a script, and what must come of it.

mod answers;
mod chosen;
mod families;
mod gates;
mod kept;
mod moments;
mod wire;

use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, SharedCloud};
use navette::disk::sim::{SimConfig, SimDisk};
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::mutant::Mutant;
use navette_sim::world::SimWorld;

use crate::Pair;

/// What a healthy engine passes, and some mutants must not.
pub(crate) struct Scene {
    /// What must hold.
    pub(crate) name: &'static str,
    /// Who must fail it.
    pub(crate) kills: &'static [Mutant],
    /// Panics if it does not hold.
    pub(crate) play: fn(),
}

/// All of them.
pub(crate) fn all() -> Vec<Scene> {
    [
        gates::SCENES,
        kept::SCENES,
        chosen::SCENES,
        answers::SCENES,
        moments::SCENES,
        families::SCENES,
        wire::SCENES,
    ]
    .into_iter()
    .flatten()
    .map(|&(name, kills, play)| Scene { name, kills, play })
    .collect()
}

/// Scenes of one subject.
type Scenes = &'static [(&'static str, &'static [Mutant], fn())];

/// An empty pair on a disk of this kind.
fn on(dialect: Dialect, disk: SimConfig) -> Pair {
    let server = Direct::new(SharedCloud::new(Cloud::new(dialect, 7)), "u", RelPath::root());
    let world = SimWorld::new(SimDisk::new(disk), server);
    world.pass(Duration::from_secs(1));
    Pair { world, journal: InMemory::new() }
}
