//! Says which node each thing on the server is.
//!
//! By `oc:fileid` where it is unique, otherwise by place. At its old place, a
//! fresh id whose predecessor is gone is an edit (amendment 5).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Body, Change, Content, Entry, Etag, Kind, Name, NameRules, NodeId, PairState, Place, RelPath,
    RemoteRow, Rows, Side, Stand, WaitReason, layout,
};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::{Listing, Resource, Server as _};
use crate::world::World;

use super::remote::{Epoch, Look, is_synced};
use super::{Memory, Observation, absence, content, doubt, frozen};
use folders::{as_known, walked_at};

mod folders;
mod left;
mod recognised;

/// One thing that the epoch showed.
struct Open<'a> {
    path: RelPath,
    place: Place,
    resource: &'a Resource,
    stand: Stand,
}

pub(super) struct Pairing<'a> {
    pub rows: &'a Rows,
    pub epoch: &'a Epoch,
    /// Which spellings the server takes for one.
    names: &'a NameRules,
    /// How often each id was seen.
    seen_ids: BTreeMap<&'a str, usize>,
    /// Nodes known, by id.
    rows_of: BTreeMap<&'a str, Vec<NodeId>>,
    /// Nodes known, by place: one that is missing, and not gone yet, may be at
    /// that of another one.
    rows_at: BTreeMap<Place, Vec<NodeId>>,
    /// Known folders in which everything is as it was, and was not listed.
    as_known: BTreeSet<NodeId>,
    /// The node of each folder seen.
    pub folder: BTreeMap<RelPath, NodeId>,
    pub claimed: BTreeSet<NodeId>,
    /// Nodes that are asked to go: their rows stay as they are.
    pub frozen: BTreeSet<NodeId>,
    /// Nodes that turned out to be others: they have no row any more.
    pub renamed: BTreeSet<NodeId>,
    rows_out: Vec<(NodeId, RemoteRow)>,
    /// Ids that stand under ignored names.
    pub out_of_sight: BTreeSet<&'a str>,
    /// Names in our folder of what this pair has parked and lost sight of.
    astray: Vec<Name>,
    next_node: u64,
}

/// Pairs what was seen with what is known.
pub(super) async fn pair<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &Epoch,
    memory: &mut Memory,
) -> Result<Observation, EngineError> {
    let mut pairing = Pairing::new(rows, epoch, &world.server().profile().names);
    let files = pairing.walk(world);
    pairing.claim_files(world, files);
    let mut observation = Observation {
        consistent: epoch.consistent,
        mentions: epoch.mentions.clone(),
        root: Some(epoch.root.clone()),
        server_time: epoch.time,
        ..Observation::default()
    };
    if epoch.consistent && !world.server().profile().file_ids {
        pairing.recognise_moved(&mut observation);
    }
    observation.astray = std::mem::take(&mut pairing.astray);
    absence::write_absent(world, &pairing, memory, &mut observation).await?;
    for &node in &pairing.frozen {
        // The trash tells by its old path what was deleted: the folders above
        // do not move before it has been looked at.
        let above = |node: &NodeId| rows.remote.get(node).map(|row| row.entry.place.parent);
        for waiting in std::iter::successors(Some(node), above).filter(|node| !node.is_root()) {
            doubt(&mut observation.doubts, waiting, WaitReason::Quarantined);
        }
    }
    let unsure = pairing.unsure_folders(&observation);
    let changed = pairing.changed_folders();
    for (node, mut row) in std::mem::take(&mut pairing.rows_out) {
        if pairing.frozen.contains(&node) {
            continue;
        }
        if unsure.contains(&node) {
            let known = rows.remote.get(&node).and_then(|row| row.listed.as_ref());
            row.listed = row.listed.as_ref().or(known).map(|_| Etag::outdated());
        }
        let again = row.racy && !broken(Mutant::RacyNotReadAgain);
        if again && changed.contains(&row.entry.place.parent) {
            row.entry.body = Body::File(Content::Unread);
        }
        if rows.remote.get(&node) != Some(&row) {
            observation.changes.push(Change::Remote(node, Some(row)));
        }
    }
    let passed_over = pairing.passed_over(&observation);
    observation.changes.extend(passed_over);
    let root_listed = match epoch.folders.get(&RelPath::root()) {
        _ if unsure.contains(&NodeId::ROOT) || !epoch.consistent => {
            rows.pair.root_listed.as_ref().map(|_| Etag::outdated())
        }
        // The listing itself carries the etag of exactly what it lists.
        Some(Look::Listed(listing)) => listing.dir.seen.etag.clone(),
        _ => rows.pair.root_listed.clone(),
    };
    let walked_at = walked_at(world, epoch, rows);
    let next_node = pairing.next_node;
    let pair = PairState { next_node, root_listed, walked_at, ..rows.pair.clone() };
    if pair != rows.pair {
        observation.changes.push(Change::Pair(Box::new(pair)));
    }
    Ok(observation)
}

impl<'a> Pairing<'a> {
    fn new(rows: &'a Rows, epoch: &'a Epoch, names: &'a NameRules) -> Self {
        let mut seen_ids: BTreeMap<&str, usize> = BTreeMap::new();
        for look in epoch.folders.values() {
            if let Look::Listed(listing) = look {
                let ids =
                    listing.children.iter().filter_map(|(_, child)| child.seen.file_id.as_deref());
                ids.for_each(|id| *seen_ids.entry(id).or_default() += 1);
            }
        }
        let mut rows_of: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
        let mut rows_at: BTreeMap<Place, Vec<NodeId>> = BTreeMap::new();
        for (&node, row) in &rows.remote {
            if let Some(id) = row.seen.file_id.as_deref() {
                rows_of.entry(id).or_default().push(node);
            }
            rows_at.entry(names.key(&row.entry.place)).or_default().push(node);
        }
        let as_known = as_known(epoch, &rows_of);
        Self {
            rows,
            epoch,
            names,
            seen_ids,
            rows_of,
            rows_at,
            as_known,
            folder: BTreeMap::from([(RelPath::root(), NodeId::ROOT)]),
            claimed: BTreeSet::new(),
            frozen: frozen::of(rows),
            renamed: BTreeSet::new(),
            rows_out: Vec::new(),
            out_of_sight: BTreeSet::new(),
            astray: Vec::new(),
            next_node: rows.pair.next_node.max(1),
        }
    }

    /// The one known node that had this id, if it is unique (amendment 23: a
    /// share mounted twice shows one id in two places).
    fn known(&self, resource: &Resource) -> Option<NodeId> {
        let id = resource.seen.file_id.as_deref()?;
        if self.seen_ids.get(id).is_some_and(|&times| times > 1) {
            return None;
        }
        let &[node] = self.rows_of.get(id)?.as_slice() else { return None };
        // It cannot have left a folder in which nothing has changed, however
        // deep: this is another thing with its id.
        if self.is_below_known(node) {
            return None;
        }
        (self.is_kind(node, resource.kind) && !self.claimed.contains(&node)).then_some(node)
    }

    /// The known node that stood at this place, and is of this kind; of several
    /// the one that looks the same.
    fn settled(&self, open: &Open<'_>) -> Option<NodeId> {
        let nodes = self.rows_at.get(&self.names.key(&open.place))?.iter().copied();
        let nodes = nodes.filter(|&node| {
            self.is_kind(node, open.resource.kind) && !self.claimed.contains(&node)
        });
        nodes.max_by_key(|node| self.rows.remote[node].seen == open.resource.seen)
    }

    fn is_kind(&self, node: NodeId, kind: Kind) -> bool {
        self.rows.remote[&node].entry.body.is_dir() == (kind == Kind::Dir)
    }

    /// Whether the id that `node` had is still to be seen somewhere, where it
    /// may be this node.
    pub(super) fn is_elsewhere(&self, node: NodeId) -> bool {
        let id = self.rows.remote[&node].seen.file_id.as_deref();
        id.is_some_and(|id| self.seen_ids.contains_key(id) && !self.is_anothers(node, id))
    }

    /// Whether all that was seen under this id is another node, which is known
    /// by it too: one of two rows was written from an answer that told of the
    /// other's (a folder that was made and looked up after it had moved).
    pub(super) fn is_anothers(&self, node: NodeId, id: &str) -> bool {
        let seen = self.seen_ids.get(id).copied().unwrap_or(0);
        let known = self.rows_of.get(id).into_iter().flatten();
        let others = known.filter(|other| **other != node && self.claimed.contains(other));
        others.count() >= seen.max(1)
    }

    /// Whether what was seen at the place of `node` is another node.
    pub(super) fn is_replaced(&self, node: NodeId) -> bool {
        let place = &self.rows.remote[&node].entry.place;
        self.rows_out.iter().any(|(other, row)| *other != node && row.entry.place == *place)
    }

    fn has_same_id(&self, node: NodeId, resource: &Resource) -> bool {
        self.rows.remote[&node].seen.file_id == resource.seen.file_id
    }

    /// Walks the folders from the root down, and returns the files met.
    fn walk<W: World>(&mut self, world: &W) -> Vec<Open<'a>> {
        let epoch = self.epoch;
        let own = layout::own_dir();
        // Before all others: what stands at the old place of a parked node is
        // not that node, even where no id says so.
        if let Some(Look::Listed(listing)) = epoch.folders.get(&own)
            && !broken(Mutant::ParkedUnknown)
        {
            self.parked(world, listing);
        }
        let mut files = Vec::new();
        for (path, look) in epoch.folders.iter().filter(|(path, _)| **path != own) {
            let Look::Listed(listing) = look else { continue };
            let Some(&parent) = self.folder.get(path) else { continue };
            if self.frozen.contains(&parent) {
                continue;
            }
            let meant = self.rows.meant(Side::Remote, path);
            for (name, resource) in &listing.children {
                if !is_synced(self.rows, &meant, name, resource.kind) {
                    let id = resource.seen.file_id.as_deref();
                    self.out_of_sight.extend(id.filter(|_| !layout::is_kept_apart(name)));
                    continue;
                }
                let place = Place::new(parent, name.clone());
                let open = Open { path: path.join(name), place, resource, stand: Stand::Home };
                match resource.kind {
                    Kind::Dir => self.folder_at(world, open),
                    Kind::File => files.push(open),
                }
            }
        }
        files
    }

    fn folder_at<W: World>(&mut self, world: &W, open: Open<'_>) {
        let here = self.settled(&open);
        let same = here.filter(|&node| self.has_same_id(node, open.resource));
        let moved = self.known(open.resource);
        let node = match (same, moved) {
            (Some(node), _) => Some(node),
            // Amendment 6: while the server changes, a known id elsewhere may
            // be half of a move.
            (None, Some(node)) => self.epoch.consistent.then_some(node),
            (None, None) => match here.filter(|&node| !self.is_elsewhere(node)) {
                Some(node) if self.epoch.consistent => Some(node),
                None if self.is_left_behind(&open) => None,
                None if self.is_certainly_new(&open) => Some(self.fresh()),
                _ => None,
            },
        };
        if let Some(node) = node {
            self.claim(world, node, open);
        }
    }

    /// Whether something unknown may be taken as new: always in a consistent
    /// epoch, otherwise only if neither its id nor its place belongs to a node
    /// (amendment 6).
    fn is_certainly_new(&self, open: &Open<'_>) -> bool {
        let id = open.resource.seen.file_id.as_deref();
        let known = id.is_some_and(|id| {
            self.rows_of.contains_key(id) || self.seen_ids.get(id).is_some_and(|&times| times > 1)
        });
        self.epoch.consistent
            || (!known && !self.rows_at.contains_key(&self.names.key(&open.place)))
    }

    /// Nodes of this pair that stand parked on the server count as standing at
    /// their old places (amendment 8). What this pair has parked and knows
    /// nothing of any more is astray.
    fn parked<W: World>(&mut self, world: &W, listing: &'a Listing) {
        let pair = &self.rows.pair;
        for (name, resource) in &listing.children {
            let Some(parked) = layout::read_parked_remote(name.as_str()) else { continue };
            let is_ours = parked.tag == pair.tag;
            let row = self
                .rows
                .remote
                .get(&parked.node)
                .filter(|row| is_ours && parked.is_called(&row.entry.place.name))
                // Something else may have come to its place just before it was moved.
                .filter(|row| row.entry.body.is_dir() == (resource.kind == Kind::Dir));
            if let Some(row) = row {
                let (path, place) = (layout::own_dir().join(name), row.entry.place.clone());
                let open = Open { path, place, resource, stand: Stand::Parked };
                self.claim(world, parked.node, open);
            } else if is_ours || pair.former_tags.iter().any(|tag| tag == parked.tag) {
                self.astray.push(name.clone());
            }
        }
    }

    /// In this order: the same id at its place; a known id elsewhere (a move);
    /// a fresh id at a known place (an edit); what is left is new.
    fn claim_files<W: World>(&mut self, world: &W, files: Vec<Open<'a>>) {
        let files = self.claim_all(world, files, |this, open| {
            let node = this.settled(open)?;
            this.has_same_id(node, open.resource).then_some(node)
        });
        if !self.epoch.consistent {
            for open in files {
                if self.is_certainly_new(&open) {
                    let node = self.fresh();
                    self.claim(world, node, open);
                }
            }
            return;
        }
        let files = self.claim_all(world, files, |this, open| this.known(open.resource));
        let files = self.claim_all(world, files, |this, open| {
            this.settled(open).filter(|&node| !this.is_elsewhere(node))
        });
        let files = self.claim_all(world, files, Self::moved_by_checksum);
        for open in files {
            let node = self.fresh();
            self.claim(world, node, open);
        }
    }

    fn claim_all<W: World>(
        &mut self,
        world: &W,
        files: Vec<Open<'a>>,
        which: impl Fn(&Self, &Open<'a>) -> Option<NodeId>,
    ) -> Vec<Open<'a>> {
        let mut left = Vec::new();
        for open in files {
            match which(self, &open) {
                Some(node) => self.claim(world, node, open),
                None => left.push(open),
            }
        }
        left
    }

    /// Without ids: the one file that vanished with exactly this checksum
    /// (amendment 7: an etag alone is never enough).
    fn moved_by_checksum(&self, open: &Open<'_>) -> Option<NodeId> {
        let sha1 = open.resource.seen.sha1?;
        if open.resource.seen.file_id.is_some() {
            return None;
        }
        let mut vanished = self.rows.remote.iter().filter(|(node, row)| {
            row.seen.sha1 == Some(sha1)
                && !self.claimed.contains(node)
                && row.seen.size == open.resource.seen.size
        });
        match (vanished.next(), vanished.next()) {
            (Some((&node, _)), None) => Some(node),
            _ => None,
        }
    }

    fn fresh(&mut self) -> NodeId {
        self.next_node += 1;
        NodeId(self.next_node - 1)
    }

    fn claim<W: World>(&mut self, world: &W, node: NodeId, open: Open<'_>) {
        self.claimed.insert(node);
        let Open { path, place, resource, stand } = open;
        let (body, racy) =
            content::body(self.rows, node, resource, self.epoch.time, world.timing());
        let listed = match (&body, &stand) {
            (Body::Dir, Stand::Home) => self.listed(&path, node),
            _ => None,
        };
        let holds_ignored = body.is_dir() && self.holds_ignored(&path, node);
        if body.is_dir() {
            self.folder.insert(path, node);
        }
        let seen = resource.seen.clone();
        let row =
            RemoteRow { entry: Entry { place, body }, seen, listed, holds_ignored, racy, stand };
        self.rows_out.push((node, row));
    }

    /// The etag under which a folder's children are known: from its own
    /// listing if it was listed, else as before. In a torn epoch children may
    /// wait with their old rows, so the folder must be listed again.
    fn listed(&self, path: &RelPath, node: NodeId) -> Option<Etag> {
        if !self.epoch.consistent {
            return self.outdated(node);
        }
        match self.epoch.folders.get(path)? {
            Look::Listed(listing) => listing.dir.seen.etag.clone(),
            Look::AsKnown => self.rows.remote.get(&node)?.listed.clone(),
            Look::Unknown(_) => self.outdated(node),
        }
    }

    /// A folder that was listed once and must be again. That it may have
    /// changed is not forgotten: its racy children are then read again.
    fn outdated(&self, node: NodeId) -> Option<Etag> {
        self.rows.remote.get(&node)?.listed.as_ref().map(|_| Etag::outdated())
    }
}
