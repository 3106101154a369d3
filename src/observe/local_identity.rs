//! Says which node each thing on this computer is.
//!
//! A thing keeps its identity by its file id; at its old place, a fresh id is
//! an editor's way of saving (spec.md 3, *Identity*). Folders are paired from
//! the root down, then files, so that a file's place is known by its parent's
//! node, however its folder was renamed.

use std::collections::{BTreeMap, BTreeSet};

use crate::disk::Disk as _;
use crate::model::{Change, Kind, LocalSeen, Name, NodeId, Place, RelPath, Rows, Stand, layout};
use crate::mutant::{Mutant, broken};
use crate::world::World;

use super::Observation;
use super::local::{Epoch, Look};
use super::local_rows::write_seen;
use super::restless::Restless;

mod absent;

type Object = (u64, u128);

fn object(seen: &LocalSeen) -> Object {
    (seen.volume, seen.file_id)
}

/// One thing that the epoch showed, with the node it was found to be.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    /// Where it physically is.
    pub path: RelPath,
    /// What it is.
    pub kind: Kind,
    /// What it showed.
    pub seen: LocalSeen,
    /// Where the user means it to be.
    pub place: Place,
    /// Which node it is.
    pub node: NodeId,
    /// How place and path differ.
    pub stand: Stand,
}

struct Pairing<'a> {
    rows: &'a Rows,
    epoch: &'a Epoch,
    stable_ids: bool,
    /// Things seen, by file id.
    seen_at: BTreeMap<Object, Vec<&'a RelPath>>,
    /// Nodes known, by file id.
    rows_of: BTreeMap<Object, Vec<NodeId>>,
    /// Nodes known, by where they physically stand.
    row_at: BTreeMap<Place, NodeId>,
    /// The node of each folder seen.
    folder: BTreeMap<RelPath, NodeId>,
    /// Where the copies stand that stay though they are not selected.
    kept: Vec<RelPath>,
    claimed: BTreeSet<NodeId>,
    sightings: Vec<Sighting>,
    next_node: u64,
}

/// Pairs what was seen with what is known, and reads what is new or changed.
/// None if only a part was looked at and something seems to be missing: where
/// it went is known only after a whole look.
pub(super) async fn pair<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &Epoch,
    restless: &mut Restless,
) -> Option<Observation> {
    let mut pairing = Pairing::new(rows, epoch, world.disk().volume().stable_ids);
    pairing.folders();
    pairing.files();
    if !epoch.whole && pairing.misses() {
        return None;
    }
    let mut observation = Observation {
        consistent: epoch.consistent,
        volume_time: epoch.time,
        mentions: epoch.mentions(),
        folders: pairing.sightings.iter().filter(|s| s.kind == Kind::Dir).count() as u64,
        files: pairing.sightings.iter().filter(|s| s.kind == Kind::File).count() as u64,
        ..Observation::default()
    };
    let sightings = std::mem::take(&mut pairing.sightings);
    write_seen(world, rows, epoch, restless, sightings, &mut observation).await;
    pairing.write_absent(world, &mut observation);
    if pairing.next_node != rows.pair.next_node {
        let pair = crate::model::PairState { next_node: pairing.next_node, ..rows.pair.clone() };
        observation.changes.push(Change::Pair(Box::new(pair)));
    }
    Some(observation)
}

impl<'a> Pairing<'a> {
    fn new(rows: &'a Rows, epoch: &'a Epoch, stable_ids: bool) -> Self {
        let mut seen_at: BTreeMap<Object, Vec<&RelPath>> = BTreeMap::new();
        for (path, (seen, _)) in &epoch.folders {
            seen_at.entry(object(seen)).or_default().push(path);
        }
        // Files are indexed under their folder's path: for uniqueness the
        // number of names counts, not which they are.
        for (path, listed) in epoch.listed() {
            for (_, seen) in listed.children.values().filter(|(kind, _)| *kind == Kind::File) {
                seen_at.entry(object(seen)).or_default().push(path);
            }
        }
        for (path, seen) in &epoch.parked_files {
            seen_at.entry(object(seen)).or_default().push(path);
        }
        let mut rows_of: BTreeMap<Object, Vec<NodeId>> = BTreeMap::new();
        let mut row_at = BTreeMap::new();
        for (&node, row) in &rows.local {
            rows_of.entry(object(&row.seen)).or_default().push(node);
            let name = match &row.stand {
                Stand::Home => row.entry.place.name.clone(),
                Stand::Alias(alias) => alias.clone(),
                Stand::Parked => continue,
            };
            row_at.insert(Place::new(row.entry.place.parent, name), node);
        }
        Self {
            rows,
            epoch,
            stable_ids,
            seen_at,
            rows_of,
            row_at,
            folder: BTreeMap::from([(RelPath::root(), NodeId::ROOT)]),
            kept: Vec::new(),
            claimed: BTreeSet::new(),
            sightings: Vec::new(),
            next_node: rows.pair.next_node.max(1),
        }
    }

    /// The one known node that this object was, if ids can be trusted for it:
    /// unique on both sides of the comparison (amendment 25), of the same kind,
    /// with an equal birth time, or, where there are none, equal size and date.
    fn known(&self, kind: Kind, seen: &LocalSeen) -> Option<NodeId> {
        let many_names = kind == Kind::File && seen.links > 1;
        if !self.stable_ids || many_names || self.seen_at.get(&object(seen))?.len() > 1 {
            return None;
        }
        let &[node] = self.rows_of.get(&object(seen))?.as_slice() else { return None };
        let row = self.rows.local.get(&node)?;
        let same_kind = row.entry.body.is_dir() == (kind == Kind::Dir);
        let proved = seen.born.is_some() || kind == Kind::Dir || row.seen.same_but_moved(seen);
        let proved = proved || broken(Mutant::ReusedIdTrusted);
        (same_kind && row.seen.same_object(seen) && proved).then_some(node)
    }

    /// The known node of this kind that stood at this place.
    fn settled(&self, kind: Kind, place: &Place) -> Option<NodeId> {
        let &node = self.row_at.get(place)?;
        let same_kind = self.rows.local[&node].entry.body.is_dir() == (kind == Kind::Dir);
        (same_kind && !self.claimed.contains(&node)).then_some(node)
    }

    fn is_same_object(&self, node: NodeId, seen: &LocalSeen) -> bool {
        self.rows.local[&node].seen.same_object(seen)
    }

    /// Whether the object that `node` was is still to be seen somewhere.
    fn is_elsewhere(&self, node: NodeId) -> bool {
        self.stable_ids && self.seen_at.contains_key(&object(&self.rows.local[&node].seen))
    }

    /// Claims a parked node's thing: it counts as standing at its old place,
    /// whatever its inode says (amendment 8).
    fn parked(&mut self, path: &RelPath, kind: Kind, seen: LocalSeen) -> Option<NodeId> {
        let (node, _) = layout::read_staged(path.name()?)?;
        let place = self.rows.local.get(&node)?.entry.place.clone();
        self.claim(path.clone(), kind, seen, place, node, Stand::Parked);
        Some(node)
    }

    fn claim(
        &mut self,
        path: RelPath,
        kind: Kind,
        seen: LocalSeen,
        place: Place,
        node: NodeId,
        stand: Stand,
    ) {
        self.claimed.insert(node);
        self.sightings.push(Sighting { path, kind, seen, place, node, stand });
    }

    /// Claims `node` for something seen at a physical place, translating an
    /// alias that still stands back to the true name.
    fn settle(
        &mut self,
        path: RelPath,
        kind: Kind,
        seen: LocalSeen,
        physical: Place,
        node: NodeId,
    ) {
        let row = self.rows.local.get(&node);
        let alias_stands = row.is_some_and(|row| {
            row.stand == Stand::Alias(physical.name.clone())
                && row.entry.place.parent == physical.parent
        });
        match row {
            Some(row) if alias_stands => {
                let place = row.entry.place.clone();
                self.claim(path, kind, seen, place, node, Stand::Alias(physical.name));
            }
            _ => self.claim(path, kind, seen, physical, node, Stand::Home),
        }
    }

    fn fresh(&mut self) -> NodeId {
        self.next_node += 1;
        NodeId(self.next_node - 1)
    }

    fn folders(&mut self) {
        let epoch = self.epoch;
        for (path, (seen, _)) in &epoch.folders {
            if path.is_root() {
                continue;
            }
            if layout::read_staged(path.name().unwrap_or_default()).is_some()
                && path.parent().as_ref() == Some(&layout::staging())
            {
                if let Some(node) = self.parked(path, Kind::Dir, *seen) {
                    self.folder.insert(path.clone(), node);
                }
                continue;
            }
            let Some(place) = self.place(path) else {
                self.keep_alone(path, seen);
                continue;
            };
            let Some(node) = self.folder_at(path, &place, seen) else { continue };
            // What is in a copy that only stays is no part of the pair.
            if self.rows.pair.chosen.kept.contains(&node) {
                self.kept.push(path.clone());
            } else {
                self.folder.insert(path.clone(), node);
            }
            self.settle(path.clone(), Kind::Dir, *seen, place, node);
        }
    }

    /// Where a path is, by its folder's node; none if its folder waits.
    fn place(&self, path: &RelPath) -> Option<Place> {
        let parent = *self.folder.get(&path.parent()?)?;
        Some(Place::new(parent, Name::new(path.name()?).ok()?))
    }

    fn folder_at(&mut self, path: &RelPath, place: &Place, seen: &LocalSeen) -> Option<NodeId> {
        let here = self.settled(Kind::Dir, place);
        if let Some(node) = here
            && (!self.stable_ids || self.is_same_object(node, seen))
        {
            return Some(node);
        }
        if let Some(node) = self.known(Kind::Dir, seen).filter(|node| !self.claimed.contains(node))
        {
            // Amendment 6: a folder that moved during the look may be seen
            // without its children, or they without it.
            return self.epoch.consistent.then_some(node);
        }
        if let Some(node) = here.filter(|&node| !self.is_elsewhere(node)) {
            return Some(node);
        }
        let waits =
            !self.epoch.consistent && (here.is_some() || self.rows_of.contains_key(&object(seen)));
        if waits || self.holds_only_ignored(path) {
            return None;
        }
        Some(self.fresh())
    }

    /// Whether there is nothing in a folder but ignored names: what is left of
    /// a folder that was deleted on the server (amendment 30). It becomes a
    /// node when something else is put into it.
    fn holds_only_ignored(&self, path: &RelPath) -> bool {
        let Some((seen, Look::Listed(listed))) = self.epoch.folders.get(path) else {
            return false;
        };
        if self.kept(seen).is_some() {
            return true;
        }
        let below = listed.children.iter().all(|(name, (kind, _))| {
            *kind == Kind::Dir && self.holds_only_ignored(&path.join(name))
        });
        below && (listed.holds_ignored || !listed.children.is_empty())
    }

    /// The copy that stays though it is not selected, if this folder is one.
    fn kept(&self, seen: &LocalSeen) -> Option<NodeId> {
        let known = self.rows_of.get(&object(seen)).into_iter().flatten().copied();
        let mut known = known.filter(|node| self.rows.pair.chosen.kept.contains(node));
        known.next().filter(|_| self.stable_ids)
    }

    /// A copy that stays in a folder that is no node any more, because nothing
    /// else is in it, has no place; but it is there.
    fn keep_alone(&mut self, path: &RelPath, seen: &LocalSeen) {
        if let Some(node) = self.kept(seen).filter(|node| !self.claimed.contains(node)) {
            let place = self.rows.local[&node].entry.place.clone();
            self.kept.push(path.clone());
            self.claim(path.clone(), Kind::Dir, *seen, place, node, Stand::Home);
        }
    }

    fn files(&mut self) {
        let epoch = self.epoch;
        for (path, &seen) in &epoch.parked_files {
            self.parked(path, Kind::File, seen);
        }
        let mut open: BTreeMap<Place, (RelPath, LocalSeen)> = BTreeMap::new();
        for (path, listed) in epoch.listed() {
            let Some(&parent) = self.folder.get(path) else { continue };
            for (name, (kind, seen)) in &listed.children {
                if *kind == Kind::File {
                    open.insert(Place::new(parent, name.clone()), (path.join(name), *seen));
                }
            }
        }
        // In this order: the same object at its place; a fresh object at a
        // known place (an editor's save); a known object elsewhere (a move);
        // whatever stands at a known place that nobody else claims.
        self.claim_files(&mut open, |this, place, seen| {
            let node = this.settled(Kind::File, place)?;
            this.is_same_object(node, seen).then_some(node)
        });
        self.claim_files(&mut open, |this, place, seen| {
            let node = this.settled(Kind::File, place)?;
            (!this.rows_of.contains_key(&object(seen)) || !this.stable_ids).then_some(node)
        });
        if epoch.consistent {
            self.claim_files(&mut open, |this, _, seen| {
                this.known(Kind::File, seen).filter(|node| !this.claimed.contains(node))
            });
            self.claim_files(&mut open, |this, place, _| this.settled(Kind::File, place));
        }
        for (place, (path, seen)) in open {
            // Amendment 6, in a torn epoch: an object known elsewhere, seen
            // twice, or at a place of a node that waits, waits too.
            let known = self.rows_of.contains_key(&object(&seen))
                || self.seen_at.get(&object(&seen)).is_some_and(|paths| paths.len() > 1)
                || self.row_at.contains_key(&place);
            if epoch.consistent || !known {
                let node = self.fresh();
                self.claim(path, Kind::File, seen, place, node, Stand::Home);
            }
        }
    }

    fn claim_files(
        &mut self,
        open: &mut BTreeMap<Place, (RelPath, LocalSeen)>,
        which: impl Fn(&Self, &Place, &LocalSeen) -> Option<NodeId>,
    ) {
        let places: Vec<Place> = open.keys().cloned().collect();
        for place in places {
            let Some(node) = open.get(&place).and_then(|(_, seen)| which(self, &place, seen))
            else {
                continue;
            };
            if let Some((path, seen)) = open.remove(&place) {
                self.settle(path, Kind::File, seen, place, node);
            }
        }
    }
}
