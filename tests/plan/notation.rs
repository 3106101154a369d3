//! Trees and plans as text.
//!
//! A tree is `#1 d/ #2 d/f=v1`: node 1 is the folder `d`, node 2 the file `f`
//! in it with the bytes `v1`; `=?` are bytes that nobody has read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use navette::model::{Body, Content, Entry, Hash, Name, NodeId, Place, Side, Tree};
use navette::plan::{Op, Plan, Record};

use crate::world::{World, name};

/// The bytes called `word`.
pub(crate) fn content(word: &str) -> Body {
    let mut hash = [0; 32];
    hash[..word.len()].copy_from_slice(word.as_bytes());
    Body::known(Hash(hash))
}

/// Reads a tree. Nodes with unread bytes are the second part.
pub(crate) fn tree(text: &str) -> (Tree, Vec<NodeId>) {
    let (mut tree, mut unread) = (Tree::default(), Vec::new());
    let mut folders = BTreeMap::from([(String::new(), NodeId::ROOT)]);
    for item in text.split('#').skip(1) {
        let (id, rest) = item.trim().split_once(' ').expect("an id and a path");
        let node = NodeId(id.parse().expect("a number"));
        let (path, body) = match rest.trim().split_once('=') {
            Some((path, "?")) => {
                unread.push(node);
                (path.to_owned(), content("unread"))
            }
            Some((path, word)) => (path.to_owned(), content(word)),
            None => (rest.trim().trim_end_matches('/').to_owned(), Body::Dir),
        };
        let (above, last) = path.rsplit_once('/').unwrap_or(("", &path));
        let place = Place::new(folders[above], name(last));
        if body.is_dir() {
            folders.insert(path, node);
        }
        tree.0.insert(node, Entry { place, body });
    }
    (tree, unread)
}

/// A world of three trees.
pub(crate) fn world(base: &str, local: &str, remote: &str) -> World {
    let (remote, unread) = tree(remote);
    let mut world = World::new(&tree(base).0, &tree(local).0, &remote);
    world.unread.extend(unread);
    world.next_node = 100;
    world
}

fn path(tree: &Tree, node: NodeId) -> String {
    let mut names: Vec<&str> =
        tree.get(node).map(|entry| entry.place.name.as_str()).into_iter().collect();
    names.extend(
        tree.ancestors(node).filter_map(|above| Some(tree.get(above)?.place.name.as_str())),
    );
    names.reverse();
    names.join("/")
}

fn word(body: Body) -> String {
    match body {
        Body::Dir => "/".into(),
        Body::File(Content::Unread) => "=?".into(),
        Body::File(Content::Known(Hash(bytes))) => {
            let word = bytes.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte));
            format!("={}", word.collect::<String>())
        }
    }
}

/// Writes a tree as [`tree`] reads it.
pub(crate) fn show_tree(tree: &Tree) -> String {
    let items: Vec<String> = tree
        .iter()
        .map(|(node, entry)| format!("{node:?} {}{}", path(tree, node), word(entry.body)))
        .collect();
    if items.is_empty() { "(empty)".into() } else { items.join(" ") }
}

fn place(place: &Place) -> String {
    if place.parent.is_root() { place.name.to_string() } else { format!("{place:?}") }
}

fn on(side: Side) -> &'static str {
    match side {
        Side::Local => "here ",
        Side::Remote => "there",
    }
}

fn shown_as(alias: &Option<Name>) -> String {
    alias.as_ref().map_or_else(String::new, |alias| format!(" shown as {alias:?}"))
}

/// One operation in words.
pub(crate) fn show_op(op: &Op) -> String {
    match op {
        Op::MakeDir { side, node, to, alias } => {
            format!("{} make folder {node:?} {}{}", on(*side), place(to), shown_as(alias))
        }
        Op::Move { side, node, to, alias, given } => {
            let given = if *given { " (name given)" } else { "" };
            format!("{} move {node:?} to {}{}{given}", on(*side), place(to), shown_as(alias))
        }
        Op::Park { side, node } => format!("{} park {node:?}", on(*side)),
        Op::Fetch { node, to, alias, .. } => {
            format!("here  fetch {node:?} {}{}", place(to), shown_as(alias))
        }
        Op::Replace { node, keep: None } => format!("here  replace {node:?}"),
        Op::Replace { node, keep: Some((copy, name)) } => {
            format!("here  replace {node:?}, keep mine as {copy:?} {name}")
        }
        Op::Send { node, to } => format!("there send {node:?} {}", place(to)),
        Op::Update { node } => format!("there update {node:?}"),
        Op::Remove { side, node, with } if with.len() > 1 => {
            format!("{} remove {node:?} with all of {with:?}", on(*side))
        }
        Op::Remove { side, node, .. } => format!("{} remove {node:?}", on(*side)),
        Op::Read { node } => format!("      read {node:?}"),
    }
}

fn show_record(record: &Record) -> String {
    match record {
        Record::Unify { local, remote } => format!("{local:?} here and {remote:?} there are one"),
        Record::Fork { node, fork } => format!("{node:?} here is now {fork:?}"),
        Record::Agree { node, base: None } => format!("agree that {node:?} is gone"),
        Record::Agree { node, base: Some(entry) } => {
            format!("agree on {node:?} {}{}", place(&entry.place), word(entry.body))
        }
        Record::Prove { node, body } => format!("the server holds {node:?}{}", word(*body)),
        Record::Presume { node, base } => {
            format!("presume {node:?}{}", word(base.body))
        }
        Record::Forget { node } => format!("forget {node:?}"),
        Record::Leave { node } => format!("leave {node:?}"),
        Record::Select { node, .. } => format!("select {node:?}"),
    }
}

/// A plan in words, one line for each thing.
pub(crate) fn show_plan(plan: &Plan) -> String {
    let mut text = String::new();
    for record in &plan.records {
        let _ = writeln!(text, "  note  {}", show_record(record));
    }
    for (index, step) in plan.steps.iter().enumerate() {
        let after = if step.after.is_empty() {
            String::new()
        } else {
            let after: Vec<String> = step.after.iter().map(|at| (at + 1).to_string()).collect();
            format!(", after {}", after.join(" and "))
        };
        let why = format!("{:?}", step.why).to_lowercase();
        let _ = writeln!(text, "  {}. {}  [{why}{after}]", index + 1, show_op(&step.op));
    }
    for wait in &plan.waits {
        let _ = writeln!(text, "  wait  {:?} {:?} {:?}", wait.node, wait.side, wait.reason);
    }
    for brake in &plan.brakes {
        let _ = writeln!(
            text,
            "  brake {:?} {:?}, {} files",
            brake.side,
            brake.rule,
            brake.files.len()
        );
    }
    if text.is_empty() { "  nothing\n".into() } else { text }
}
