//! Which files stand here in two versions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::activity::Filter;
use crate::event::Version;
use crate::model::{Kind, LocalRow, Name, NodeId, Place, Rows, Side, copied};

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// A file that stands here in two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Conflict {
    /// The path of the file.
    pub path: String,
    /// The path of the copy.
    pub copy: String,
    /// The device, or the person, whose version the copy is, if its name says so.
    pub by: Option<String>,
    /// It was made by this computer.
    pub ours: bool,
    /// The copy.
    pub mine: Version,
    /// The file at its own place; none if nothing is there any more.
    pub theirs: Option<Version>,
    /// Both hold the same bytes.
    pub equal: bool,
    /// The copy and the file.
    #[serde(skip)]
    #[cfg_attr(feature = "types", ts(skip))]
    pub(super) nodes: (NodeId, Option<NodeId>),
    /// What the file is called.
    #[serde(skip)]
    #[cfg_attr(feature = "types", ts(skip))]
    pub(super) original: Name,
}

#[cfg(test)]
impl Conflict {
    /// One of which only this is known.
    pub(crate) fn told(path: &str, copy: &str, mine: Version) -> Self {
        let original = Name::new("a").unwrap();
        let (path, copy) = (path.to_owned(), copy.to_owned());
        let nodes = (NodeId(1), None);
        Self { path, copy, by: None, ours: true, mine, theirs: None, equal: false, nodes, original }
    }
}

/// Which of them are meant. Nothing said: all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only those with one of these paths: of the file, or of the copy.
    pub paths: Vec<String>,
    /// Only those below this folder, or that this pattern matches.
    pub under: Option<Filter>,
    /// Only those whose copy was changed before then, in seconds since 1970.
    pub before: Option<i64>,
    /// Only those of which both versions hold the same bytes.
    pub equal: bool,
}

impl Selection {
    fn takes(&self, conflict: &Conflict) -> bool {
        let is_it = |path: &String| *path == conflict.path || *path == conflict.copy;
        let under = |filter: &Filter| filter.takes(&conflict.path) || filter.takes(&conflict.copy);
        let old = |before: i64| conflict.mine.date.is_some_and(|date| date < before);
        (self.paths.is_empty() || self.paths.iter().any(is_it))
            && self.under.as_ref().is_none_or(under)
            && self.before.is_none_or(old)
            && (conflict.equal || !self.equal)
    }
}

/// The files that stand here in two versions, in order of their paths.
/// `names` are those of this computer.
pub fn list(rows: &Rows, selection: &Selection, names: &[&str]) -> Vec<Conflict> {
    let files = || rows.local.iter().filter(|(_, row)| !row.entry.body.is_dir());
    let copies: Vec<_> = files()
        .filter_map(|(&node, row)| Some((node, row, copied(&row.entry.place.name)?)))
        .collect();
    let wanted: BTreeSet<Place> = copies
        .iter()
        .map(|(_, row, name)| Place::new(row.entry.place.parent, name.original.clone()))
        .collect();
    let originals: BTreeMap<&Place, NodeId> = files()
        .filter(|(_, row)| wanted.contains(&row.entry.place))
        .map(|(&node, row)| (&row.entry.place, node))
        .collect();
    // Of a name, what was cut away to make it fit is not known any more.
    let ours: Vec<String> = names.iter().map(|name| made_by(name)).collect();
    let is_ours =
        |by: &str| ours.iter().any(|ours| by == ours || by.starts_with(&format!("{ours} ")));
    let conflicts = copies.into_iter().filter_map(|(node, row, name)| {
        let place = Place::new(row.entry.place.parent, name.original.clone());
        let original = originals.get(&place).copied();
        let there = original.and_then(|original| rows.local.get(&original));
        let copy = rows.home(Side::Local, node)?;
        Some(Conflict {
            path: copy.parent().unwrap_or_default().join(&name.original).as_str().to_owned(),
            copy: copy.as_str().to_owned(),
            ours: name.by.as_deref().is_some_and(is_ours),
            by: name.by,
            mine: version(row),
            theirs: there.map(version),
            equal: there.is_some_and(|there| there.entry.body == row.entry.body),
            nodes: (node, original),
            original: name.original,
        })
    });
    let mut conflicts: Vec<Conflict> =
        conflicts.filter(|conflict| selection.takes(conflict)).collect();
    conflicts.sort_by(|one, other| (&one.path, &one.copy).cmp(&(&other.path, &other.copy)));
    conflicts
}

/// What a device is called in the names of its copies.
fn made_by(device: &str) -> String {
    let stamp =
        crate::model::Stamp { date: "2000-01-01 000000".to_owned(), device: device.to_owned() };
    let name = Name::new("a").map(|name| name.conflict(Kind::File, &stamp, |_| false));
    name.ok().and_then(|name| copied(&name)?.by).unwrap_or_default()
}

fn version(row: &LocalRow) -> Version {
    let date = Some(row.seen.mtime.div_euclid(SECOND));
    Version { size: Some(row.seen.size), date }
}
