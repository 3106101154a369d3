//! Carries out a plan's records: changes of the journal alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    BaseRow, Body, Change, Entry, Intent, LocalRow, NodeId, PairState, RelPath, RemoteRow, Rows,
    Side,
};
use crate::plan::{Plan, Record};

/// The changes that the records of a plan come to. `rows` is what the plan was
/// made from.
pub(super) fn changes(rows: &Rows, plan: &Plan) -> Vec<Change> {
    if plan.records.is_empty() && plan.next_node <= rows.pair.next_node {
        return Vec::new();
    }
    let mut shown = Shown::of(rows);
    let relabels = |record: &Record| matches!(record, Record::Unify { .. } | Record::Fork { .. });
    let mut children = match plan.records.iter().any(relabels) {
        true => Children::of(rows),
        false => Children::default(),
    };
    for record in &plan.records {
        let next = match record {
            Record::Unify { local, remote } => children.relabel(&shown, *local, *remote),
            Record::Fork { node, fork } => children.relabel(&shown, *node, *fork),
            Record::Agree { node, base } => vec![agree(&shown, *node, base.as_ref())],
            Record::Prove { node, body } => prove(&shown, *node, *body),
            Record::Presume { node, base } => vec![presume(&shown, *node, base)],
            Record::Forget { node } => vec![Change::Base(*node, None)],
            Record::Leave { node } => leave(&shown, *node),
            Record::Select { node, away } => vec![select(&shown, *node, away)],
        };
        shown.extend(next);
    }
    if plan.next_node > shown.pair().next_node {
        let pair = PairState { next_node: plan.next_node, ..shown.pair().clone() };
        shown.extend(vec![Change::Pair(Box::new(pair))]);
    }
    shown.changes
}

/// The rows as they will be, without a copy of them: a million files have no
/// room in memory twice.
struct Shown<'a> {
    rows: &'a Rows,
    changes: Vec<Change>,
    /// Where in `changes` the last one of a row stands.
    base: BTreeMap<NodeId, usize>,
    local: BTreeMap<NodeId, usize>,
    remote: BTreeMap<NodeId, usize>,
    intents: BTreeMap<NodeId, usize>,
    pair: Option<usize>,
}

impl<'a> Shown<'a> {
    fn of(rows: &'a Rows) -> Self {
        let none = BTreeMap::new;
        let (base, local, remote, intents) = (none(), none(), none(), none());
        Self { rows, changes: Vec::new(), base, local, remote, intents, pair: None }
    }

    fn extend(&mut self, next: Vec<Change>) {
        for change in next {
            let at = self.changes.len();
            match &change {
                Change::Base(node, _) => drop(self.base.insert(*node, at)),
                Change::Local(node, _) => drop(self.local.insert(*node, at)),
                Change::Remote(node, _) => drop(self.remote.insert(*node, at)),
                Change::Intent(node, _) => drop(self.intents.insert(*node, at)),
                Change::Pair(_) => self.pair = Some(at),
                Change::Hold(..) | Change::Aside(..) | Change::Upload(..) => {}
            }
            self.changes.push(change);
        }
    }

    fn base(&self, node: NodeId) -> Option<&BaseRow> {
        match self.base.get(&node).map(|&at| &self.changes[at]) {
            Some(Change::Base(_, row)) => row.as_ref(),
            _ => self.rows.base.get(&node),
        }
    }

    fn local(&self, node: NodeId) -> Option<&LocalRow> {
        match self.local.get(&node).map(|&at| &self.changes[at]) {
            Some(Change::Local(_, row)) => row.as_ref(),
            _ => self.rows.local.get(&node),
        }
    }

    fn remote(&self, node: NodeId) -> Option<&RemoteRow> {
        match self.remote.get(&node).map(|&at| &self.changes[at]) {
            Some(Change::Remote(_, row)) => row.as_ref(),
            _ => self.rows.remote.get(&node),
        }
    }

    fn intent(&self, node: NodeId) -> Option<&Intent> {
        match self.intents.get(&node).map(|&at| &self.changes[at]) {
            Some(Change::Intent(_, row)) => row.as_ref(),
            _ => self.rows.intents.get(&node),
        }
    }

    fn pair(&self) -> &PairState {
        match self.pair.map(|at| &self.changes[at]) {
            Some(Change::Pair(pair)) => pair,
            _ => &self.rows.pair,
        }
    }
}

/// Local folders that hold what is agreed on for the first time: a run that was
/// killed may have put it there without making it durable, and a journal that
/// is newer than the disk would send its loss as a deletion (I8).
pub(super) fn adopting_folders(rows: &Rows, plan: &Plan) -> BTreeSet<RelPath> {
    let adopted = plan.records.iter().filter_map(|record| match record {
        Record::Agree { node, base: Some(_) } if !rows.base.contains_key(node) => Some(*node),
        _ => None,
    });
    let paths = adopted.filter_map(|node| rows.path(Side::Local, node));
    paths.filter_map(|path| path.parent()).collect()
}

/// What stands in each local folder, kept while nodes change their ids: a
/// first comparison of two full sides relabels every one of them.
#[derive(Default)]
struct Children(BTreeMap<NodeId, BTreeSet<NodeId>>);

impl Children {
    fn of(rows: &Rows) -> Self {
        let mut children: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for (&node, row) in &rows.local {
            children.entry(row.entry.place.parent).or_default().insert(node);
        }
        Self(children)
    }

    /// Gives the local row of `from` to the node `to`, with its children, and
    /// with what was asked of the server for it.
    fn relabel(&mut self, rows: &Shown<'_>, from: NodeId, to: NodeId) -> Vec<Change> {
        let Some(row) = rows.local(from) else { return Vec::new() };
        let mut changes = vec![Change::Local(from, None), Change::Local(to, Some(row.clone()))];
        if let Some(siblings) = self.0.get_mut(&row.entry.place.parent) {
            siblings.remove(&from);
            siblings.insert(to);
        }
        let below = self.0.remove(&from).unwrap_or_default();
        for &child in &below {
            if let Some(row) = rows.local(child) {
                let mut row = row.clone();
                row.entry.place.parent = to;
                changes.push(Change::Local(child, Some(row)));
            }
        }
        self.0.entry(to).or_default().extend(below);
        if let Some(intent) = rows.intent(from)
            && rows.remote(from).is_none()
        {
            changes.push(Change::Intent(from, None));
            changes.push(Change::Intent(to, Some(intent.clone())));
        }
        changes
    }
}

fn agree(rows: &Shown<'_>, node: NodeId, base: Option<&Entry>) -> Change {
    Change::Base(node, base.map(|entry| base_row(rows, node, entry)))
}

/// The base row of an agreement, with what both sides know of the content.
fn base_row(rows: &Shown<'_>, node: NodeId, entry: &Entry) -> BaseRow {
    let before = rows.base(node).filter(|row| row.entry.body == entry.body);
    let local = rows.local(node).filter(|row| row.entry.body == entry.body);
    let remote = rows.remote(node).filter(|row| row.entry.body == entry.body);
    BaseRow {
        entry: entry.clone(),
        sha1: local.and_then(|row| row.sha1).or_else(|| before.and_then(|row| row.sha1)),
        size: local.map_or_else(|| before.map_or(0, |row| row.size), |row| row.seen.size),
        etag: remote
            .map_or_else(|| before.and_then(|row| row.etag.clone()), |row| row.seen.etag.clone()),
        presumed: before.is_some_and(|row| row.presumed) && remote.is_none(),
    }
}

/// The server's version is known without having been fetched.
fn prove(rows: &Shown<'_>, node: NodeId, body: Body) -> Vec<Change> {
    let row = rows.remote(node).cloned();
    row.map(|mut row| {
        row.entry.body = body;
        Change::Remote(node, Some(row))
    })
    .into_iter()
    .collect()
}

/// The base row of a presumption: what this computer has, under the version
/// that looked like it.
fn presume(rows: &Shown<'_>, node: NodeId, entry: &Entry) -> Change {
    let here = rows.local(node);
    let row = BaseRow {
        entry: entry.clone(),
        sha1: here.and_then(|row| row.sha1),
        size: here.map_or(0, |row| row.seen.size),
        etag: rows.remote(node).and_then(|row| row.seen.etag.clone()),
        presumed: true,
    };
    Change::Base(node, Some(row))
}

/// Lets a folder be that stays on the server. So does the one around it, then.
fn leave(rows: &Shown<'_>, node: NodeId) -> Vec<Change> {
    let above = rows.remote(node).map(|row| row.entry.place.parent);
    let above = above.and_then(|above| Some((above, rows.remote(above)?.clone())));
    let holds = above
        .map(|(above, row)| Change::Remote(above, Some(RemoteRow { holds_ignored: true, ..row })));
    let gone = [Change::Remote(node, None), Change::Base(node, None), Change::Intent(node, None)];
    gone.into_iter().chain(holds).collect()
}

/// Keeps `node` here from now on, but for what is `away`.
fn select(rows: &Shown<'_>, node: NodeId, away: &[NodeId]) -> Change {
    let mut pair = rows.pair().clone();
    pair.deselected.remove(&node);
    pair.deselected.extend(away);
    Change::Pair(Box::new(pair))
}
