//! What runs when, and what a failure keeps back.

use super::lab::{Lab, path, steps};
use crate::cloud::{Fate, Request};
use crate::disk::DiskErrorKind;
use crate::event::{Event, Outcome};
use crate::model::Side;
use crate::plan::{Op, Step, Why};
use crate::report::EngineError;
use crate::server::ServerErrorKind;

#[test]
fn a_failed_step_keeps_back_only_what_depends_on_it() {
    let mut lab = Lab::new();
    let (d, f, g) = (lab.here("d", None), lab.here("d/f", Some("x")), lab.here("g", Some("y")));
    lab.world.server.set_faults(|request: &Request<'_>| match request.method {
        "MKCOL" => Fate::Fail(ServerErrorKind::Forbidden),
        _ => Fate::Proceed,
    });
    let (to_d, to_f, to_g) = (lab.place("d"), lab.place("d/f"), lab.place("g"));
    let step = |op, after: &[usize]| Step { op, why: Why::New, after: after.to_vec() };
    let run = lab
        .try_run(&[
            step(Op::MakeDir { side: Side::Remote, node: d, to: to_d, alias: None }, &[]),
            step(Op::Send { node: f, to: to_f }, &[0]),
            step(Op::Send { node: g, to: to_g }, &[]),
        ])
        .unwrap();
    assert!(matches!(run.outcomes[0], Outcome::Failed(_)));
    assert_eq!(run.outcomes[1..], [Outcome::Skipped, Outcome::Done]);
    let ends = |event: &&Event| matches!(event, Event::Finished { .. });
    assert_eq!(lab.world.events.borrow().iter().filter(ends).count(), 3);
}

#[test]
fn without_a_server_nothing_more_starts_and_what_is_done_is_kept() {
    let mut lab = Lab::new();
    let mut ops = Vec::new();
    for at in ["a", "b", "c"] {
        let node = lab.here(at, Some(at));
        ops.push(Op::Send { node, to: lab.place(at) });
    }
    let mut puts = 0;
    lab.world.server.set_faults(move |request: &Request<'_>| {
        puts += u64::from(request.method == "PUT");
        if puts > 1 { Fate::Fail(ServerErrorKind::SignIn) } else { Fate::Proceed }
    });
    let error = lab.try_run(&steps(ops)).unwrap_err();
    assert!(matches!(error, EngineError::Server(error) if error.kind == ServerErrorKind::SignIn));
    assert_eq!(lab.shown_there(), ["a"]);
    assert!(lab.rows().base.contains_key(&lab.node("a")));
    assert!(!lab.rows().remote.contains_key(&lab.node("b")));
    assert_eq!(puts_of(&lab), 2, "the third one never started");
}

fn puts_of(lab: &Lab) -> usize {
    let starts = |event: &&Event| matches!(event, Event::Started { .. });
    lab.world.events.borrow().iter().filter(starts).count()
}

#[test]
fn many_steps_without_order_all_run() {
    let mut lab = Lab::new();
    let mut all = Vec::new();
    for number in 0..600 {
        let at = format!("f{number}");
        lab.write_there(&at, Some("x"));
        let node = lab.look_there(&at);
        let op = Op::Fetch { node, to: lab.place(&at), alias: None, given: false };
        all.push(Step { op, why: Why::New, after: Vec::new() });
    }
    let run = lab.try_run(&all).unwrap();
    assert!(run.outcomes.iter().all(|outcome| *outcome == Outcome::Done));
    assert_eq!(lab.rows().base.len(), 600);
}

#[test]
fn a_result_that_cannot_be_made_durable_is_not_written_down() {
    let mut lab = Lab::new();
    lab.both("d", None);
    let node = lab.there("d/f", Some("x"));
    let to = lab.place("d/f");
    let op = Op::Fetch { node, to, alias: None, given: false };
    // The disk breaks between the effect and the folder's sync.
    let run = lab.run_while(vec![op], |world| {
        if world.disk.snapshot().contains_key("d/f") {
            world.disk.fault(&path("d"), DiskErrorKind::Broken);
        }
    });
    assert!(matches!(run.outcomes[..], [Outcome::Failed(_)]), "{:?}", run.outcomes);
    assert!(!lab.rows().local.contains_key(&node));
    assert!(!lab.rows().base.contains_key(&node));
}

#[test]
fn a_folder_is_not_moved_while_something_below_it_is_under_way() {
    let mut lab = Lab::new();
    let dir = lab.both("d", None);
    lab.both("e", None);
    let mut all = Vec::new();
    for number in 0..4 {
        let at = format!("d/f{number}");
        lab.write_there(&at, Some("x"));
        let node = lab.look_there(&at);
        let op = Op::Fetch { node, to: lab.place(&at), alias: None, given: false };
        all.push(Step { op, why: Why::New, after: Vec::new() });
    }
    let mut to = lab.place("d");
    to.parent = lab.node("e");
    let op = Op::Move { side: Side::Local, node: dir, to, alias: None, given: false };
    all.insert(2, Step { op, why: Why::Moved, after: Vec::new() });
    let run = lab.try_run(&all).unwrap();
    assert_eq!(run.outcomes, vec![Outcome::Done; 5]);
    assert!(lab.shown_here().contains(&"e/d/f3".to_owned()), "{:?}", lab.shown_here());
}
