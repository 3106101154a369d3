//! Which folders of the server are kept here, as others ask and choose.

use serde_json::{Value, json};

use super::call::{Params, Refusal};
use super::{Standings, Watched};
use crate::model::RelPath;
use crate::watch::{Leaving, Selection, known_folders};

/// The folders of the server, and what of them is kept here.
pub(super) fn told(meant: &[(usize, &Watched)]) -> Result<Value, Refusal> {
    let told = meant.iter().map(|(_, pair)| {
        let folders = known_folders(&pair.state_dir).map_err(|_| Refusal::NoJournal)?;
        Ok(json!({"folder": pair.pair.local.to_string_lossy(), "folders": folders}))
    });
    Ok(json!(Standings { pairs: told.collect::<Result<_, _>>()? }))
}

/// Has one pair keep other folders.
pub(super) fn select(meant: &[(usize, &Watched)], params: &Params) -> Result<(), Refusal> {
    let ([(_, pair)], true) = (meant, params.folder.is_some()) else {
        return Err(Refusal::BadParams);
    };
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
