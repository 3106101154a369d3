//! Steps that start as one.

use super::lab::{Lab, path};
use crate::cloud::{Fate, Request};
use crate::event::{Cause, Outcome};
use crate::model::{NodeId, RelPath, Side};
use crate::plan::{Op, Step, Why};
use crate::server::{ServerErrorKind, Together};

fn step(op: Op, after: &[usize]) -> Step {
    Step { op, why: Why::New, after: after.to_vec() }
}

/// A server that takes `least` to `most` files at once.
fn lab(least: usize, most: usize) -> Lab {
    let mut lab = Lab::new();
    lab.world.server.takes_together(Together { least, most, each: 100, bytes: 1000 });
    lab
}

/// New files here, and the steps that send them.
fn sends(lab: &mut Lab, names: &[String]) -> (Vec<NodeId>, Vec<Step>) {
    let nodes: Vec<_> = names.iter().map(|at| lab.here(at, Some(&format!("of {at}")))).collect();
    let of = |(&node, at): (&NodeId, &String)| step(Op::Send { node, to: lab.place(at) }, &[]);
    (nodes.clone(), nodes.iter().zip(names).map(of).collect())
}

#[test]
fn many_new_files_all_arrive_and_are_agreed_on() {
    let mut lab = lab(4, 20);
    let mut names = Vec::new();
    for dir in ["d", "e", "f"] {
        lab.both(dir, None);
        names.extend((0..30).map(|number| format!("{dir}/{number}")));
    }
    let (nodes, steps) = sends(&mut lab, &names);
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; steps.len()]);
    for (at, node) in names.iter().zip(nodes) {
        assert_eq!(lab.bytes_there(at), Some(format!("of {at}")));
        assert!(lab.rows().base.contains_key(&node), "{at}");
        assert!(!lab.rows().intents.contains_key(&node), "{at}");
    }
}

#[test]
fn what_a_group_asks_is_in_the_journal_before_it_leaves() {
    let mut lab = lab(2, 20);
    let names: Vec<_> = (0..5).map(|number| format!("f{number}")).collect();
    let (nodes, steps) = sends(&mut lab, &names);
    for polls in (0..400).step_by(3) {
        let ended = lab.cut(&steps, polls);
        lab.start();
        for (at, node) in names.iter().zip(&nodes) {
            let there = lab.bytes_there(at).is_some();
            let known = lab.rows().intents.contains_key(node) || lab.rows().base.contains_key(node);
            assert!(!there || known, "{at} after {polls} polls");
        }
        if ended {
            return;
        }
        for at in &names {
            let _ = lab.world.server.cloud().lock().user("anna").delete(at);
        }
    }
    panic!("it never ends");
}

#[test]
fn a_folder_is_not_moved_while_a_group_sends_into_it() {
    let mut lab = lab(2, 20);
    let dir = lab.both("d", None);
    lab.both("e", None);
    let names: Vec<_> = (0..6).map(|number| format!("d/{number}")).collect();
    let (_, mut steps) = sends(&mut lab, &names);
    let mut to = lab.place("d");
    to.parent = lab.node("e");
    let op = Op::Move { side: Side::Local, node: dir, to, alias: None, given: false };
    steps.insert(3, step(op, &[]));
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; 7]);
    assert_eq!(lab.bytes_there("d/5").as_deref(), Some("of d/5"));
}

#[test]
fn what_depends_on_a_step_of_a_group_waits_for_that_step_alone() {
    let mut lab = lab(2, 20);
    let names: Vec<_> = (0..4).map(|number| format!("f{number}")).collect();
    let (_, mut steps) = sends(&mut lab, &names);
    let dir = lab.here("after", None);
    let to = lab.place("after");
    steps.push(step(Op::MakeDir { side: Side::Remote, node: dir, to, alias: None }, &[1]));
    let missing = lab.here("gone", Some("gone"));
    steps.push(step(Op::Send { node: missing, to: lab.place("gone") }, &[]));
    lab.world.disk.user().remove(&path("gone")).unwrap();
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes[..5], vec![Outcome::Done; 5]);
    assert_eq!(run.outcomes[5], Outcome::Stale);
}

#[test]
fn a_group_that_finds_no_room_is_held_file_by_file() {
    let mut lab = lab(2, 20);
    let names: Vec<_> = (0..4).map(|number| format!("f{number}")).collect();
    let (_, steps) = sends(&mut lab, &names);
    lab.world.server.cloud().lock().set_quota("anna", Some(11));
    let run = lab.try_run(&steps).unwrap();
    let done = run.outcomes.iter().filter(|end| **end == Outcome::Done).count();
    let full = run.outcomes.iter().filter(|end| **end == Outcome::Failed(Cause::Quota)).count();
    assert_eq!((done, full), (2, 2), "{:?}", run.outcomes);
}

#[test]
fn after_a_group_has_lost_the_server_nothing_more_starts() {
    let mut lab = lab(2, 3);
    let names: Vec<_> = (0..9).map(|number| format!("f{number}")).collect();
    let (nodes, steps) = sends(&mut lab, &names);
    lab.world.server.set_faults(|request: &Request<'_>| match request.method {
        "PROPFIND" => Fate::Proceed,
        _ => Fate::Fail(ServerErrorKind::SignIn),
    });
    assert!(lab.try_run(&steps).is_err());
    let begun = nodes.iter().filter(|node| lab.rows().intents.contains_key(node)).count();
    assert_eq!(begun, 3, "only the first group");
    assert!(lab.world.server.cloud().lock().list("anna", &RelPath::root()).unwrap().1.is_empty());
}
