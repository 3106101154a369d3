//! What each verb achieves.

use super::lab::{Lab, name, path, steps};
use crate::cloud::Dialect;
use crate::disk::sim::SimConfig;
use crate::event::Outcome;
use crate::model::{Body, Digest, NodeId, Side, Stand};
use crate::plan::Op;

fn hash(bytes: &str) -> Body {
    Body::known(Digest::of(bytes.as_bytes()).hash)
}

#[test]
fn a_file_of_the_server_is_fetched_and_agreed_on() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        lab.both("d", None);
        let node = lab.there("d/f", Some("bytes of the server"));
        lab.look_there_unread("d/f");
        let to = lab.place("d/f");
        let run = lab.run(vec![Op::Fetch { node, to, alias: None, given: false }]);
        assert_eq!(run.outcomes, [Outcome::Done]);
        assert_eq!(run.bytes_down, 19);
        assert_eq!(lab.bytes_here("d/f").unwrap(), "bytes of the server");
        assert_eq!(lab.rows().base[&node].entry.body, hash("bytes of the server"));
        assert_eq!(lab.rows().base[&node].size, 19);
        assert!(lab.staged().is_empty());
    }
}

#[test]
fn a_fetched_file_under_an_alias_keeps_its_true_name_in_the_rows() {
    let mut lab = Lab::new();
    let node = lab.there("README", Some("x"));
    let to = lab.place("README");
    let op = Op::Fetch { node, to, alias: Some(name("README (case 2)")), given: false };
    assert_eq!(lab.one(op), Outcome::Done);
    assert_eq!(lab.shown_here(), ["README (case 2)"]);
    assert_eq!(lab.at(Side::Local, node).unwrap(), "README (case 2)");
    assert_eq!(lab.rows().base[&node].entry.place.name, name("README"));
}

#[test]
fn a_new_version_replaces_the_old_one_which_is_put_aside() {
    for config in [SimConfig::default(), SimConfig::windows()] {
        let mut lab = Lab::with(Dialect::Nextcloud, config);
        let node = lab.both("f", Some("old"));
        lab.write_there("f", Some("new bytes"));
        lab.look_there_unread("f");
        assert_eq!(lab.one(Op::Replace { node, keep: None }), Outcome::Done);
        assert_eq!(lab.bytes_here("f").unwrap(), "new bytes");
        assert_eq!(lab.shown_here(), ["f"]);
        assert_eq!(lab.rows().base[&node].entry.body, hash("new bytes"));
        let aside = &lab.rows().asides[&0];
        assert!(aside.on_server);
        assert_eq!(lab.bytes_here(&format!(".navette/aside/{}", aside.stored)).unwrap(), "old");
        assert!(lab.staged().is_empty());
    }
}

#[test]
fn local_bytes_that_the_server_never_had_are_kept_as_a_node_of_their_own() {
    for config in [SimConfig::default(), SimConfig::windows()] {
        let mut lab = Lab::with(Dialect::Nextcloud, config);
        let node = lab.both("f.txt", Some("old"));
        lab.write_here("f.txt", "mine");
        lab.look_here("f.txt");
        lab.write_there("f.txt", Some("theirs"));
        lab.look_there("f.txt");
        let copy = NodeId(50);
        let op = Op::Replace { node, keep: Some((copy, name("f (conflict).txt"))) };
        assert_eq!(lab.one(op), Outcome::Done);
        assert_eq!(lab.bytes_here("f.txt").unwrap(), "theirs");
        assert_eq!(lab.bytes_here("f (conflict).txt").unwrap(), "mine");
        let row = &lab.rows().local[&copy];
        assert_eq!(
            (row.entry.body, row.given.clone()),
            (hash("mine"), Some(name("f (conflict).txt")))
        );
        assert_eq!(lab.rows().base[&node].entry.body, hash("theirs"));
        assert!(!lab.rows().base.contains_key(&copy));
    }
}

#[test]
fn a_taken_conflict_name_is_not_replaced() {
    let mut lab = Lab::new();
    let node = lab.both("f.txt", Some("mine"));
    lab.write_there("f.txt", Some("theirs"));
    lab.look_there("f.txt");
    lab.here("c.txt", Some("another"));
    let op = Op::Replace { node, keep: Some((NodeId(50), name("c.txt"))) };
    assert_eq!(lab.one(op), Outcome::Done);
    assert_eq!(lab.bytes_here("c.txt").unwrap(), "another");
    let kept = lab.at(Side::Local, NodeId(50)).unwrap();
    assert!(kept.starts_with("c (conflict "), "{kept}");
    assert_eq!(lab.bytes_here(&kept).unwrap(), "mine");
}

#[test]
fn a_read_makes_the_bytes_known_and_writes_nothing() {
    let mut lab = Lab::new();
    let node = lab.there("f", Some("x"));
    lab.look_there_unread("f");
    let before = lab.world.disk.snapshot();
    let run = lab.run(vec![Op::Read { node }]);
    assert_eq!(run.read.into_iter().collect::<Vec<_>>(), [node]);
    assert_eq!(lab.rows().remote[&node].entry.body, hash("x"));
    assert_eq!(lab.world.disk.snapshot(), before);
}

#[test]
fn a_new_file_is_sent_and_agreed_on() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        lab.both("d", None);
        let node = lab.here("d/f", Some("mine"));
        let to = lab.place("d/f");
        let run = lab.run(vec![Op::Send { node, to }]);
        assert_eq!(run.outcomes, [Outcome::Done], "{dialect:?}");
        assert_eq!(run.bytes_up, 4);
        assert_eq!(lab.bytes_there("d/f").unwrap(), "mine");
        assert_eq!(lab.rows().base[&node].entry.body, hash("mine"));
        assert!(lab.rows().intents.is_empty());
        // What the row says is what the server shows.
        let row = lab.rows().remote[&node].seen.clone();
        lab.look_there("d/f");
        assert_eq!(lab.rows().remote[&node].seen.etag, row.etag, "{dialect:?}");
        assert_eq!(lab.rows().remote[&node].seen.file_id, row.file_id, "{dialect:?}");
    }
}

#[test]
fn a_new_version_is_sent_over_the_old_one() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let node = lab.both("f", Some("old"));
        lab.write_here("f", "new");
        lab.look_here("f");
        assert_eq!(lab.one(Op::Update { node }), Outcome::Done, "{dialect:?}");
        assert_eq!(lab.bytes_there("f").unwrap(), "new");
        assert_eq!(lab.rows().base[&node].entry.body, hash("new"));
        assert!(lab.rows().intents.is_empty());
    }
}

#[test]
fn other_bytes_never_get_a_date_that_the_file_already_had() {
    let mut lab = Lab::with(Dialect::OwnCloud10, SimConfig::default());
    let node = lab.both("f", Some("old"));
    lab.write_here("f", "new");
    let date = lab.rows().remote[&node].seen.mtime.unwrap();
    lab.world.disk.user().touch(&path("f"), date * 1_000_000_000).unwrap();
    lab.look_here("f");
    assert_eq!(lab.one(Op::Update { node }), Outcome::Done);
    lab.look_there("f");
    assert_eq!(lab.rows().remote[&node].seen.mtime, Some(date + 1));
}

#[test]
fn a_large_file_is_streamed() {
    let mut lab =
        Lab::with(Dialect::Nextcloud, SimConfig { block: 1 << 18, ..SimConfig::default() });
    let bytes = "0123456789abcdef".repeat((4 << 20) / 16 + 1);
    let node = lab.here("big", Some(&bytes));
    let to = lab.place("big");
    let run = lab.run(vec![Op::Send { node, to }]);
    assert_eq!(run.outcomes, [Outcome::Done]);
    assert_eq!(lab.bytes_there("big").unwrap(), bytes);
    let moved: u64 = lab.world.events.borrow().iter().map(moved).sum();
    assert_eq!(moved, bytes.len() as u64);
}

fn moved(event: &crate::event::Event) -> u64 {
    match event {
        crate::event::Event::Moved { bytes, .. } => *bytes,
        _ => 0,
    }
}

#[test]
fn folders_are_made_parents_first_on_either_side() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let a = lab.here("a", None);
        let b = lab.here("a/b", None);
        let (to_a, to_b) = (lab.place("a"), lab.place("a/b"));
        let run = lab.run(vec![
            Op::MakeDir { side: Side::Remote, node: a, to: to_a, alias: None },
            Op::MakeDir { side: Side::Remote, node: b, to: to_b, alias: None },
        ]);
        assert_eq!(run.outcomes, [Outcome::Done, Outcome::Done]);
        assert!(lab.shown_there().contains(&"a/b/".to_owned()));
        assert!(lab.rows().base.contains_key(&a) && lab.rows().base.contains_key(&b));
    }
    let mut lab = Lab::new();
    let a = lab.there("a", None);
    let to = lab.place("a");
    let op = Op::MakeDir { side: Side::Local, node: a, to, alias: None };
    assert_eq!(lab.one(op), Outcome::Done);
    assert_eq!(lab.shown_here(), ["a/"]);
    assert!(lab.rows().base.contains_key(&a));
}

#[test]
fn a_move_follows_on_either_side_without_a_byte() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        lab.both("d", None);
        let node = lab.both("f", Some("bytes"));
        let mut to = lab.place("d/f");
        to.name = name("g");
        lab.world.disk.user().rename(&path("f"), &path("d/g")).unwrap();
        let mut row = lab.rows().local[&node].clone();
        row.entry.place = to.clone();
        lab.commit(vec![crate::model::Change::Local(node, Some(row))]);
        let run = lab.run(vec![Op::Move {
            side: Side::Remote,
            node,
            to: to.clone(),
            alias: None,
            given: false,
        }]);
        assert_eq!((run.outcomes, run.bytes_up), (vec![Outcome::Done], 0), "{dialect:?}");
        assert_eq!(lab.bytes_there("d/g").unwrap(), "bytes");
        assert_eq!(lab.rows().remote[&node].entry.body, hash("bytes"), "{dialect:?}");
        assert_eq!(lab.rows().base[&node].entry.place, to);
        assert!(lab.rows().intents.is_empty());
    }
}

#[test]
fn a_local_move_keeps_the_evidence_fresh() {
    let mut lab = Lab::new();
    lab.both("d", None);
    let node = lab.both("f", Some("bytes"));
    let to = lab.place("d/f");
    for given in [true, false] {
        let op = Op::Move { side: Side::Local, node, to: to.clone(), alias: None, given };
        assert_eq!(lab.one(op), Outcome::Done);
    }
    assert_eq!(lab.shown_here(), ["d/", "d/f"]);
    assert_eq!(lab.rows().local[&node].given, Some(name("f")));
    let old = lab.rows().local[&node].seen;
    lab.look_here("d/f");
    assert_eq!(lab.rows().local[&lab.node("d/f")].seen, old);
}

#[test]
fn two_nodes_swap_their_names_through_staging_on_either_side() {
    for side in [Side::Local, Side::Remote] {
        let mut lab = Lab::new();
        let (a, b) = (lab.both("a", Some("one")), lab.both("b", Some("two")));
        let (at_a, at_b) = (lab.place("a"), lab.place("b"));
        let go = |node, to| Op::Move { side, node, to, alias: None, given: false };
        let run = lab.run(vec![Op::Park { side, node: a }, go(b, at_a), go(a, at_b)]);
        assert_eq!(run.outcomes, vec![Outcome::Done; 3], "{side:?}");
        let bytes = |at| if side == Side::Local { lab.bytes_here(at) } else { lab.bytes_there(at) };
        assert_eq!((bytes("a").unwrap(), bytes("b").unwrap()), ("two".into(), "one".into()));
        assert!(lab.staged().is_empty());
        assert_eq!(lab.shown_there(), ["a", "b"], "our folder is gone from the server");
    }
}

#[test]
fn a_parked_node_stays_at_its_place_in_the_rows() {
    let mut lab = Lab::new();
    let node = lab.both("a", Some("one"));
    assert_eq!(lab.one(Op::Park { side: Side::Local, node }), Outcome::Done);
    assert_eq!(lab.rows().local[&node].entry.place, lab.place("a"));
    assert_eq!(lab.rows().local[&node].stand, Stand::Parked);
    assert_eq!(lab.at(Side::Local, node).unwrap(), format!(".navette/staging/{}.park", node.0));
}

#[test]
fn a_removed_file_is_put_aside_and_forgotten() {
    let mut lab = Lab::new();
    let node = lab.both("f", Some("bytes"));
    lab.world.server.cloud().lock().user("anna").delete("f").unwrap();
    lab.commit(vec![crate::model::Change::Remote(node, None)]);
    assert_eq!(lab.one(Op::Remove { side: Side::Local, node, with: vec![node] }), Outcome::Done);
    assert!(lab.shown_here().is_empty());
    assert!(lab.has_here("bytes"));
    assert!(lab.rows().base.is_empty() && lab.rows().local.is_empty());
    let aside = &lab.rows().asides[&0];
    assert_eq!((aside.path.as_str(), aside.on_server), ("f", true));
    assert_eq!(lab.rows().pair.next_aside, 1);
}

#[test]
fn a_dead_folder_goes_from_the_server_whole() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let nodes = vec![lab.both("d", None), lab.both("d/f", Some("x"))];
        let user = lab.world.disk.user();
        user.remove(&path("d/f")).unwrap();
        user.remove(&path("d")).unwrap();
        for &node in &nodes {
            lab.commit(vec![crate::model::Change::Local(node, None)]);
        }
        lab.look_there("d");
        let op = Op::Remove { side: Side::Remote, node: nodes[0], with: nodes.clone() };
        assert_eq!(lab.one(op), Outcome::Done, "{dialect:?}");
        assert!(lab.shown_there().is_empty());
        assert!(lab.rows().base.is_empty() && lab.rows().remote.is_empty());
    }
}

#[test]
fn a_folder_is_removed_after_its_last_child_in_one_run() {
    let mut lab = Lab::new();
    let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
    lab.world.server.cloud().lock().user("anna").delete("d").unwrap();
    for node in [dir, file] {
        lab.commit(vec![crate::model::Change::Remote(node, None)]);
    }
    let remove = |node| Op::Remove { side: Side::Local, node, with: vec![node] };
    let run = lab.try_run(&steps(vec![remove(file), remove(dir)])).unwrap();
    assert_eq!(run.outcomes, [Outcome::Done, Outcome::Done]);
    assert!(lab.shown_here().is_empty());
}
