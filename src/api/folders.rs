//! Which folders of the server are kept here, as others ask and choose.

use std::rc::Rc;

use serde_json::{Value, json};

use super::call::{only, ours};
use super::pairs::Watched;
use super::params::{Params, Refusal};
use crate::model::RelPath;
use crate::watch::{Leaving, Selection, known_folders};

/// The folders of the server, and what of them is kept here.
pub(super) fn told(meant: &[Rc<Watched>]) -> Result<Value, Refusal> {
    let told = meant.iter().map(|pair| {
        let folders = known_folders(&pair.state_dir).map_err(|_| Refusal::NoJournal)?;
        Ok(json!({"folder": pair.pair.local.to_string_lossy(), "folders": folders}))
    });
    Ok(json!({"pairs": told.collect::<Result<Vec<_>, _>>()?}))
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
