//! What somebody else creates in the moment in which we create it too.

use super::lab::{Lab, steps};
use crate::cloud::{Dialect, Fate, Faults, Request, SharedCloud};
use crate::disk::sim::SimConfig;
use crate::event::{Cause, Outcome};
use crate::model::{NodeId, RelPath};
use crate::plan::{Op, Step, Why};
use crate::server::{ServerErrorKind, Together};

/// Files `f0`, `f1`, ... here, which are sent together.
fn group(lab: &mut Lab, count: usize) -> (Vec<NodeId>, Vec<Step>) {
    let together = Together { least: 2, most: 20, each: 100, bytes: 1000 };
    lab.world.server.takes_together(together);
    let mut steps = Vec::new();
    let mut nodes = Vec::new();
    for number in 0..count {
        let at = format!("f{number}");
        let node = lab.here(&at, Some("ours"));
        nodes.push(node);
        let op = Op::Send { node, to: lab.place(&at) };
        steps.push(Step { op, why: Why::New, after: Vec::new() });
    }
    (nodes, steps)
}

/// At each request of this method somebody writes the first of these, the next time the second.
fn meanwhile(lab: &Lab, method: &'static str, mut writes: Vec<Vec<(String, &'static str)>>) {
    let cloud = lab.world.server.cloud().clone();
    lab.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == method && !writes.is_empty() {
            for (at, bytes) in writes.remove(0) {
                cloud.lock().user("anna").write(&at, bytes).unwrap();
            }
        }
        Fate::Proceed
    });
}

#[test]
fn whatever_came_between_the_listing_and_the_group_stands_there_again() {
    for taken in [vec![0], vec![3], vec![5], vec![0, 1, 2], vec![0, 3, 5], vec![0, 1, 2, 3, 4, 5]] {
        let mut lab = Lab::new();
        let (nodes, steps) = group(&mut lab, 6);
        let theirs = taken.iter().map(|number| (format!("f{number}"), "theirs")).collect();
        meanwhile(&lab, "POST", vec![theirs]);
        let run = lab.try_run(&steps).unwrap();
        for (number, node) in nodes.iter().enumerate() {
            let (end, bytes) = match taken.contains(&number) {
                true => (Outcome::Stale, "theirs"),
                false => (Outcome::Done, "ours"),
            };
            assert_eq!(run.outcomes[number], end, "{number} of {taken:?}");
            assert_eq!(lab.bytes_there(&format!("f{number}")).as_deref(), Some(bytes));
            assert_eq!(lab.rows().remote.contains_key(node), end == Outcome::Done);
        }
    }
}

#[test]
fn who_goes_on_writing_while_a_version_comes_back_has_the_last_word() {
    let mut lab = Lab::new();
    let (_, steps) = group(&mut lab, 3);
    meanwhile(&lab, "POST", vec![vec![("f1".to_owned(), "theirs")]]);
    let cloud = lab.world.server.cloud().clone();
    let mut left = 2;
    lab.world.server.set_faults(move |request: &Request<'_>| {
        match request.method {
            "POST" => drop(cloud.lock().user("anna").write("f1", "theirs").unwrap()),
            "MOVE" if left > 0 => {
                left -= 1;
                let now = cloud.lock().now() + 1;
                cloud.lock().set_now(now);
                drop(cloud.lock().user("anna").write("f1", format!("newer {left}")).unwrap());
            }
            _ => {}
        }
        Fate::Proceed
    });
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes[1], Outcome::Stale);
    assert_eq!(lab.bytes_there("f1").as_deref(), Some("newer 0"));
}

/// Somebody creates `f2` when the files before it have been written, and the
/// listing after the request leaves that out.
struct LeftOut {
    cloud: SharedCloud,
    sent: bool,
}

impl Faults for LeftOut {
    fn passing(&mut self, path: &RelPath) {
        if path.as_str() == "f2" {
            drop(self.cloud.lock().user("anna").write("f2", "theirs").unwrap());
        }
    }

    fn fate(&mut self, request: &Request<'_>) -> Fate {
        self.sent |= request.method == "POST";
        match request.method {
            "PROPFIND" if self.sent && request.path.is_root() => Fate::Omit(2),
            _ => Fate::Proceed,
        }
    }
}

#[test]
fn what_a_listing_after_a_group_leaves_out_is_looked_up() {
    let mut lab = Lab::new();
    let (_, steps) = group(&mut lab, 4);
    let cloud = lab.world.server.cloud().clone();
    lab.world.server.set_faults(LeftOut { cloud, sent: false });
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes[2], Outcome::Stale, "{:?}", run.outcomes);
    assert_eq!(lab.bytes_there("f2").as_deref(), Some("theirs"));
}

#[test]
fn what_the_listing_shows_is_not_sent_at_all() {
    let mut lab = Lab::new();
    let (_, steps) = group(&mut lab, 4);
    lab.write_there("f2", Some("theirs"));
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes[2], Outcome::Stale);
    assert_eq!(lab.bytes_there("f2").as_deref(), Some("theirs"));
    assert!(lab.world.server.cloud().lock().user("anna").older().is_empty());
}

#[test]
fn a_name_in_another_form_is_the_same_name() {
    let mut lab = Lab::new();
    let (_, mut steps) = group(&mut lab, 3);
    let node = lab.here("e\u{301}", Some("ours"));
    let op = Op::Send { node, to: lab.place("e\u{301}") };
    steps.push(Step { op, why: Why::New, after: Vec::new() });
    lab.write_there("\u{e9}", Some("theirs"));
    let run = lab.try_run(&steps).unwrap();
    assert_eq!(run.outcomes[3], Outcome::Stale);
    assert_eq!(lab.bytes_there("\u{e9}").as_deref(), Some("theirs"));
}

#[test]
fn a_group_that_the_server_does_not_take_goes_file_by_file() {
    for kind in [ServerErrorKind::Status(405), ServerErrorKind::TooLarge, ServerErrorKind::Locked] {
        let mut lab = Lab::new();
        let (_, steps) = group(&mut lab, 5);
        lab.world.server.set_faults(move |request: &Request<'_>| match request.method {
            "POST" => Fate::Fail(kind.clone()),
            _ => Fate::Proceed,
        });
        assert_eq!(lab.try_run(&steps).unwrap().outcomes, vec![Outcome::Done; 5]);
    }
}

#[test]
fn a_group_without_an_answer_leaves_every_file_unknown_with_its_intent() {
    for fate in [Fate::LoseReply, Fate::Late, Fate::CutBody(9)] {
        let mut lab = Lab::new();
        let (nodes, steps) = group(&mut lab, 4);
        let doom = fate.clone();
        lab.world.server.set_faults(move |request: &Request<'_>| match request.method {
            "POST" => doom.clone(),
            _ => Fate::Proceed,
        });
        let run = lab.try_run(&steps).unwrap();
        assert_eq!(run.outcomes, vec![Outcome::Unknown(Cause::ServerTrouble); 4]);
        for node in nodes {
            assert!(run.quarantined.contains(&node));
            let intent = &lab.rows().intents[&node];
            assert!(intent.unknown && intent.sent.len() == 1 && intent.asked.len() == 1);
        }
        let there = lab.shown_there().len();
        assert_eq!(
            there,
            match fate {
                Fate::LoseReply => 4,
                Fate::Late => 0,
                _ => 2,
            }
        );
    }
}

/// Somebody creates a file right before its turn in the request has come.
struct Between {
    cloud: SharedCloud,
    at: &'static str,
}

impl Faults for Between {
    fn fate(&mut self, _: &Request<'_>) -> Fate {
        Fate::Proceed
    }

    fn passing(&mut self, path: &RelPath) {
        if path.as_str() == self.at {
            self.cloud.lock().user("anna").write(self.at, "theirs").unwrap();
        }
    }
}

#[test]
fn whatever_came_between_two_files_of_a_group_stands_there_again() {
    for at in ["f0", "f1", "f3", "f5"] {
        let mut lab = Lab::new();
        let (_, steps) = group(&mut lab, 6);
        let cloud = lab.world.server.cloud().clone();
        lab.world.server.set_faults(Between { cloud, at });
        let run = lab.try_run(&steps).unwrap();
        for (number, outcome) in run.outcomes.iter().enumerate() {
            let taken = format!("f{number}") == at;
            let (end, bytes) =
                if taken { (Outcome::Stale, "theirs") } else { (Outcome::Done, "ours") };
            assert_eq!(*outcome, end, "{number}, taken is {at}");
            assert_eq!(lab.bytes_there(&format!("f{number}")).as_deref(), Some(bytes));
        }
    }
}

#[test]
fn a_folder_that_goes_meanwhile_takes_only_its_own_files_along() {
    let mut lab = Lab::new();
    let (_, mut all) = group(&mut lab, 2);
    lab.both("d", None);
    for name in ["a", "b"] {
        let at = format!("d/{name}");
        let node = lab.here(&at, Some("ours"));
        let op = Op::Send { node, to: lab.place(&at) };
        all.push(Step { op, why: Why::New, after: Vec::new() });
    }
    let cloud = lab.world.server.cloud().clone();
    lab.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "POST" {
            cloud.lock().user("anna").delete("d").unwrap();
        }
        Fate::Proceed
    });
    let run = lab.try_run(&all).unwrap();
    assert_eq!(run.outcomes, [Outcome::Done, Outcome::Done, Outcome::Stale, Outcome::Stale]);
}

#[test]
fn a_creation_alone_overwrites_nobody_on_any_family() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let mut lab = Lab::with(dialect, SimConfig::default());
        let node = lab.here("f", Some("ours"));
        meanwhile(&lab, "PUT", vec![vec![("f".to_owned(), "theirs")]]);
        let run = lab.try_run(&steps(vec![Op::Send { node, to: lab.place("f") }])).unwrap();
        assert_eq!(run.outcomes, [Outcome::Stale], "{dialect:?}");
        assert_eq!(lab.bytes_there("f").as_deref(), Some("theirs"), "{dialect:?}");
    }
}

/// The next start looks after what the last run could not.
fn look_after(lab: &mut Lab) {
    lab.start();
    let journal = lab.journal.as_mut().unwrap();
    let look = crate::execute::look_after_creations(&lab.world, journal, |_| false);
    futures::executor::block_on(look).unwrap();
}

#[test]
fn a_run_that_dies_before_it_has_looked_is_made_good_by_the_next() {
    for dialect in [Dialect::Nextcloud, Dialect::Ocis] {
        for polls in 0.. {
            let mut lab = Lab::with(dialect, SimConfig::default());
            let (nodes, steps) = group(&mut lab, 3);
            let method = if dialect == Dialect::Ocis { "PUT" } else { "POST" };
            meanwhile(&lab, method, vec![vec![("f1".to_owned(), "theirs")]]);
            let ended = lab.cut(&steps, polls);
            look_after(&mut lab);
            let older = lab.world.server.cloud().lock().user("anna").older();
            let hidden = older.iter().any(|bytes| &bytes[..] == b"theirs");
            let shown = lab.bytes_there("f1");
            assert!(!hidden || shown.as_deref() == Some("theirs"), "{dialect:?} after {polls}");
            for node in nodes {
                assert!(lab.rows().intents.get(&node).is_none_or(|intent| !intent.creating));
            }
            if ended {
                break;
            }
        }
    }
}

#[test]
fn a_lost_answer_hides_nobodys_version_for_good() {
    let mut lab = Lab::new();
    let (nodes, steps) = group(&mut lab, 3);
    let cloud = lab.world.server.cloud().clone();
    lab.world.server.set_faults(move |request: &Request<'_>| match request.method {
        "POST" => {
            cloud.lock().user("anna").write("f2", "theirs").unwrap();
            Fate::LoseReply
        }
        _ => Fate::Proceed,
    });
    lab.try_run(&steps).unwrap();
    assert_eq!(lab.bytes_there("f2").as_deref(), Some("ours"));
    assert!(lab.rows().intents[&nodes[2]].creating);
    look_after(&mut lab);
    assert_eq!(lab.bytes_there("f2").as_deref(), Some("theirs"));
    assert_eq!(lab.bytes_there("f1").as_deref(), Some("ours"));
    // Looked at once more, it stays so.
    look_after(&mut lab);
    assert_eq!(lab.bytes_there("f2").as_deref(), Some("theirs"));
}
