//! What there is to choose from, and how it is chosen now.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::{NodeId, Perms, RelPath, Rows, Side};

use super::{ancestors, hidden, kept_path};

/// How much of a folder is kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tick {
    /// All of it.
    All,
    /// Not all of it.
    Part,
    /// Nothing.
    None,
    /// Nothing; but a copy has stayed, and is not synced.
    Kept,
}

/// A folder of the server, as its user chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choosable {
    /// Its path below the root of the pair.
    pub path: RelPath,
    /// How much of it is kept here.
    pub tick: Tick,
    /// Bytes in it on the server, as far as they are known.
    pub size: u64,
    /// Folders directly in it.
    pub folders: u64,
    /// What this account may do with it.
    #[serde(skip)]
    pub perms: Perms,
}

/// Returns all folders that the server has shown, in order of path, and copies
/// that stay here though the server has their folder no more.
pub fn choosable(rows: &Rows) -> Vec<Choosable> {
    let hidden = hidden(rows);
    let (mut sizes, mut folders) = (BTreeMap::new(), BTreeMap::new());
    let mut partly = BTreeSet::new();
    for (&node, row) in &rows.remote {
        if row.entry.body.is_dir() {
            *folders.entry(row.entry.place.parent).or_insert(0) += 1;
        }
        for above in ancestors(rows, node) {
            *sizes.entry(above).or_insert(0_u64) += row.seen.size.unwrap_or(0);
            if rows.pair.deselected.contains(&node) {
                partly.insert(above);
            }
        }
    }
    let kept = &rows.pair.chosen.kept;
    let tick = |node: NodeId| match () {
        () if kept.contains(&node) => Tick::Kept,
        () if hidden.contains(&node) => Tick::None,
        () if partly.contains(&node) => Tick::Part,
        () => Tick::All,
    };
    let there = rows.remote.iter().filter(|(_, row)| row.entry.body.is_dir());
    let there = there.filter_map(|(&node, row)| {
        Some(Choosable {
            path: rows.home(Side::Remote, node)?,
            tick: tick(node),
            size: sizes.get(&node).copied().unwrap_or(0),
            folders: folders.get(&node).copied().unwrap_or(0),
            perms: row.seen.perms,
        })
    });
    let only_here =
        kept.iter().filter(|node| !rows.remote.contains_key(node)).filter_map(|&node| {
            let path = kept_path(rows, node)?;
            let perms = Perms::OWN;
            Some(Choosable { path, tick: Tick::Kept, size: 0, folders: 0, perms })
        });
    let mut all: Vec<Choosable> = there.chain(only_here).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}
