//! How a file gets a conflict name without replacing anything (amendment 31).

use std::collections::BTreeSet;

use crate::clock::Clock as _;
use crate::disk::{Disk as _, DiskError, DiskErrorKind};
use crate::model::{Kind, Name, RelPath, Stamp};
use crate::world::World;

use super::guard::folder_of;

/// So many copies of one second are not made by people.
const TRIES: usize = 1000;

/// Gives the thing at `from` a conflict name made from `home`, in `home`'s
/// folder, or in the root if that folder is gone. Returns where it is now.
pub(super) async fn beside<W: World>(
    world: &W,
    from: &RelPath,
    home: &RelPath,
) -> Result<RelPath, DiskError> {
    into(world, from, &folder_of(home), home.name().unwrap_or("file")).await
}

/// Gives the thing at `from` a conflict name made from `name`, in `dir`, or in
/// the root if that is gone. Returns where it is now.
pub(super) async fn into<W: World>(
    world: &W,
    from: &RelPath,
    dir: &RelPath,
    name: &str,
) -> Result<RelPath, DiskError> {
    let stamp = Stamp::at(world.clock().wall(), &world.called());
    let (mut dir, mut name) = (dir.clone(), named(name));
    let mut taken = BTreeSet::new();
    loop {
        let free = name.conflict(Kind::File, &stamp, |name| taken.contains(name));
        let to = dir.join(&free);
        let Err(error) = world.disk().rename(from, &to).await else { return Ok(to) };
        match error.kind {
            DiskErrorKind::Exists if taken.len() < TRIES => drop(taken.insert(free)),
            // Gone, or a file by now.
            DiskErrorKind::NotFound | DiskErrorKind::WrongType if !dir.is_root() => {
                dir = RelPath::root();
            }
            // This volume takes shorter names only, or not these characters.
            DiskErrorKind::BadName if name != named("copy") => name = named("copy"),
            _ => return Err(error),
        }
    }
}

#[allow(clippy::expect_used, reason = "a plain word is a name")]
fn named(name: &str) -> Name {
    Name::new(name).or_else(|_| Name::new("file")).expect("a plain word is a name")
}
