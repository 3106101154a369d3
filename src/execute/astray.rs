//! Brings back what stands in our folder on the server and no journal knows.
//!
//! What was parked there was a user's, and nobody looks into that folder. A
//! journal that was lost, or set back by a power cut, leaves it there for ever;
//! so it goes where people see it, as if somebody had just put it there. Where
//! it once stood is not known; what it was called is.

use crate::clock::Clock as _;
use crate::disk::Disk as _;
use crate::model::{Kind, Name, RelPath, Rows, Stamp, layout};
use crate::report::EngineError;
use crate::server::{Guard, Server as _, ServerErrorKind};
use crate::world::World;

/// Moves what is `astray` to the root of the server, under its name or one
/// made from it. Whether anything was moved. What cannot be moved now is found
/// again by the next look.
///
/// RACE: a request of an earlier process may still delete one of them: it was
/// sent because what stands there had been looked at, and finds nothing now.
pub async fn bring_back_astray<W: World>(
    world: &W,
    rows: &Rows,
    astray: &[Name],
) -> Result<bool, EngineError> {
    let mut moved = false;
    for name in astray {
        let from = layout::own_dir().join(name);
        let Some(found) = world.server().stat(&from).await? else { continue };
        let to = RelPath::root().join(&free_name(world, rows, name, found.kind));
        match world.server().rename(&from, &to, &Guard::Present).await {
            Ok(_) => {
                tracing::warn!(path = %to, "brought back what was parked on the server");
                moved = true;
            }
            Err(error) if error.kind == ServerErrorKind::Changed => {}
            Err(error) if error.kind.stops_all() => return Err(error.into()),
            Err(error) => tracing::debug!(%error, "what was parked stays for now"),
        }
    }
    Ok(moved)
}

/// A name for it at the root that neither side uses.
fn free_name<W: World>(world: &W, rows: &Rows, parked: &Name, kind: Kind) -> Name {
    let folding = world.disk().volume().folding;
    let kept = layout::read_parked_remote(parked.as_str()).map(|parked| parked.name);
    let name = kept.and_then(|name| Name::new(name).ok()).unwrap_or_else(|| parked.clone());
    let taken = |name: &Name| {
        let key = folding.key(name);
        let here = rows.local.values().map(|row| &row.entry);
        let mut all = here.chain(rows.remote.values().map(|row| &row.entry));
        all.any(|entry| entry.place.parent.is_root() && folding.key(&entry.place.name) == key)
    };
    if !taken(&name) && !layout::is_own(&name) {
        return name;
    }
    name.conflict(kind, &Stamp::at(world.clock().wall(), &world.called()), taken)
}
