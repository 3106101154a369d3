//! Which folders of the server are kept here, as others ask and choose.

use std::rc::Rc;

use serde::Serialize;
use serde_json::{Value, json};

use super::call::{only, ours};
use super::pairs::Watched;
use super::params::{Params, Refusal};
use crate::model::{Perms, RelPath};
use crate::watch::{Choosable, Leaving, Selection, Tick, known_folders};

/// A folder of the server, as its user chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct PairFolder {
    /// Its path below the root of the pair.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Bytes in it, as far as they are known.
    pub size: u64,
    /// There are folders in it.
    pub has_folders: bool,
    /// Somebody shares it with this account.
    pub shared: bool,
    /// Nothing can be made or changed in it.
    pub read_only: bool,
    /// It is mounted there from elsewhere.
    pub external: bool,
    /// How much of it is kept here.
    #[cfg_attr(feature = "types", ts(type = "\"all\" | \"part\" | \"none\" | \"kept\""))]
    pub tick: Tick,
}

/// The folders of the server, and what of them is kept here: all, or those
/// directly in one.
pub(super) fn told(meant: &[Rc<Watched>], within: Option<&str>) -> Result<Value, Refusal> {
    let within = within.map(|path| RelPath::parse(path.trim_matches('/'))).transpose();
    let within = within.map_err(|_| Refusal::BadParams)?;
    let told = meant.iter().map(|pair| {
        let folders = known_folders(&pair.state_dir).map_err(|_| Refusal::NoJournal)?;
        let folder = pair.pair.local.to_string_lossy();
        Ok(match &within {
            None => json!({"folder": folder, "folders": folders}),
            Some(within) => {
                let inside =
                    folders.into_iter().filter(|known| known.path.parent() == Some(within.clone()));
                let inside: Vec<_> = inside.map(pair_folder).collect();
                json!({"folder": folder, "folders": inside})
            }
        })
    });
    Ok(json!({"pairs": told.collect::<Result<Vec<_>, _>>()?}))
}

fn pair_folder(known: Choosable) -> PairFolder {
    let Choosable { path, tick, size, folders, perms } = known;
    let external = perms.contains(Perms::MOUNT) && !perms.contains(Perms::SHARED);
    PairFolder {
        name: path.name().unwrap_or_default().to_owned(),
        path: path.as_str().to_owned(),
        size,
        has_folders: folders > 0,
        shared: perms.contains(Perms::SHARED),
        read_only: !perms.intersects(Perms::ADD_FILE | Perms::ADD_DIR),
        external,
        tick,
    }
}

/// Has one pair keep other folders.
pub(super) fn select(meant: &[Rc<Watched>], params: &Params) -> Result<(), Refusal> {
    if params.folder.is_none() {
        return Err(Refusal::BadParams);
    }
    let pair = ours(only(meant)?)?;
    let paths = |texts: &[String]| -> Option<Vec<RelPath>> {
        texts.iter().map(|text| RelPath::parse(text).ok()).collect()
    };
    let (tick, untick) = (paths(&params.tick), paths(&params.untick));
    let (tick, untick) = tick.zip(untick).ok_or(Refusal::BadParams)?;
    let known = known_folders(&pair.state_dir).map_err(|_| Refusal::NoJournal)?;
    let is_known = |path: &RelPath| known.iter().any(|folder| folder.path == *path);
    if !untick.iter().all(is_known) || tick.iter().any(RelPath::is_root) {
        return Err(Refusal::NoChoice);
    }
    let leaving = if params.keep { Leaving::Keep } else { Leaving::Trash };
    pair.wishes.select(Selection { tick, untick, leaving });
    Ok(())
}
