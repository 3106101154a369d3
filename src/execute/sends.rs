//! Small new files that go to the server together.

use crate::world::World;

use super::outcome::Performed;
use super::verb::Verb;

/// Sends the files of a group.
pub(super) async fn perform<W: World>(
    world: &W,
    steps: Vec<(usize, Verb)>,
) -> Vec<(usize, Performed)> {
    let mut ended = Vec::new();
    for (step, verb) in steps {
        ended.push((step, verb.perform(world).await));
    }
    ended
}
