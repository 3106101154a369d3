//! Large files: what has arrived survives every kind of cut, and what cannot
//! be gone on with goes.

use std::sync::{Arc, Mutex};

use super::lab::{Lab, Row, path, steps};
use crate::cloud::{Dialect, Fate, Request};
use crate::disk::sim::SimConfig;
use crate::entropy::Entropy as _;
use crate::event::{Cause, Outcome};
use crate::execute::send::upload_name;
use crate::model::{Change, Intent, LocalRow, NodeId, UploadAt};
use crate::plan::Op;
use crate::server::ServerErrorKind;

const SIZE: usize = 3 << 20;

fn bytes() -> String {
    (0..SIZE / 8).map(|number| format!("{number:07} ")).collect()
}

/// A server with one large file, which is to be fetched.
fn lab() -> (Lab, Op) {
    let mut lab =
        Lab::with(Dialect::Nextcloud, SimConfig { block: 1 << 18, ..SimConfig::default() });
    let node = lab.there("big", Some(&bytes()));
    lab.look_there_unread("big");
    let op = fetch(&lab, node);
    (lab, op)
}

fn fetch(lab: &Lab, node: NodeId) -> Op {
    Op::Fetch { node, to: lab.place("big"), alias: None, given: false }
}

/// The fates of the GETs in their order; all others go through.
fn gets(lab: &Lab, fates: &[Fate]) -> Arc<Mutex<usize>> {
    let (fates, count) = (fates.to_vec(), Arc::new(Mutex::new(0)));
    let counting = count.clone();
    lab.world.server.set_faults(move |request: &Request<'_>| {
        if request.method != "GET" {
            return Fate::Proceed;
        }
        let mut count = counting.lock().unwrap();
        *count += 1;
        fates.get(*count - 1).cloned().unwrap_or(Fate::Proceed)
    });
    count
}

#[test]
fn a_cut_download_goes_on_where_it_ended() {
    let (mut lab, op) = lab();
    let cut = Fate::CutBody(1_000_000);
    let count = gets(&lab, &[cut.clone(), cut]);
    let run = lab.run(vec![op]);
    assert_eq!(run.outcomes, [Outcome::Done]);
    assert_eq!(run.bytes_down, SIZE as u64, "no byte comes twice");
    assert_eq!(*count.lock().unwrap(), 3);
    assert!(lab.bytes_here("big").unwrap() == bytes());
    assert!(lab.staged().is_empty());
}

#[test]
fn a_download_that_gets_nowhere_is_given_up_and_kept() {
    let (mut lab, op) = lab();
    let stuck = vec![Fate::CutBody(0); 9];
    let count = gets(&lab, &[&[Fate::CutBody(2_000_000)], stuck.as_slice()].concat());
    assert_eq!(lab.one(op.clone()), Outcome::Failed(Cause::Torn));
    assert_eq!(*count.lock().unwrap(), 5);
    assert_eq!(lab.staged().len(), 1);
    gets(&lab, &[]);
    let run = lab.run(vec![op]);
    assert_eq!(run.bytes_down, SIZE as u64 - 2_000_000);
    assert!(lab.bytes_here("big").unwrap() == bytes());
    assert!(lab.staged().is_empty());
}

#[test]
fn the_next_start_goes_on_with_a_cut_download() {
    let (mut lab, op) = lab();
    let gone = Fate::Fail(ServerErrorKind::Unreachable);
    gets(&lab, &[Fate::CutBody(2_000_000), gone]);
    assert!(lab.try_run(&steps(vec![op.clone()])).is_err());
    gets(&lab, &[]);
    assert!(lab.start().is_empty(), "the part is kept");
    assert_eq!(lab.staged().len(), 1);
    assert_eq!(lab.run(vec![op]).bytes_down, SIZE as u64 - 2_000_000);
    assert!(lab.bytes_here("big").unwrap() == bytes());
}

#[test]
fn a_part_of_another_version_is_worthless() {
    for newer in ["short".to_owned(), bytes().replace("0000001", "1111111")] {
        let (mut lab, op) = lab();
        gets(&lab, &[Fate::CutBody(2_000_000), Fate::Fail(ServerErrorKind::Unreachable)]);
        assert!(lab.try_run(&steps(vec![op])).is_err());
        gets(&lab, &[]);
        lab.write_there("big", Some(&newer));
        let node = lab.look_there_unread("big");
        let op = fetch(&lab, node);
        if newer.len() > 5 {
            assert_eq!(lab.run(vec![op]).bytes_down, newer.len() as u64);
            assert!(lab.bytes_here("big").unwrap() == newer);
        } else {
            assert_eq!(lab.start().len(), 1, "swept away");
        }
        assert!(lab.staged().is_empty());
    }
}

#[test]
fn a_version_that_changes_while_it_comes_is_never_put_together_from_two() {
    let (mut lab, op) = lab();
    gets(&lab, &[Fate::CutBody(2_000_000)]);
    let newer = bytes().replace("0000001", "1111111");
    let mut polls = 0;
    let cloud = lab.world.server.cloud().clone();
    let run = lab.run_while(vec![op], |_| {
        polls += 1;
        if polls == 20 {
            cloud.lock().user("anna").write("big", newer.clone()).unwrap();
        }
    });
    assert_eq!(run.outcomes, [Outcome::Stale]);
    assert_eq!(lab.bytes_here("big"), None);
    assert!(lab.staged().is_empty());
}

#[test]
fn a_part_that_lies_about_itself_is_thrown_away() {
    let (mut lab, op) = lab();
    gets(&lab, &[Fate::CutBody(2_000_000), Fate::Fail(ServerErrorKind::Unreachable)]);
    assert!(lab.try_run(&steps(vec![op.clone()])).is_err());
    let part = format!(".navette/staging/{}", lab.staged()[0]);
    lab.write_here(&part, &"x".repeat(2_000_000));
    gets(&lab, &[]);
    assert_eq!(lab.run(vec![op]).bytes_down, SIZE as u64);
    assert!(lab.bytes_here("big").unwrap() == bytes());
    assert!(lab.staged().is_empty());
}

#[test]
fn a_power_cut_never_puts_wrong_bytes_into_a_file_that_went_on() {
    for seed in 0..12 {
        for polls in [10, 30, 50, 70, 90, 110] {
            let (mut lab, op) = lab();
            lab.journal.as_mut().unwrap().barrier().unwrap();
            lab.world.disk.settle();
            gets(&lab, &[Fate::CutBody(1_000_000), Fate::CutBody(700_000)]);
            lab.cut(&steps(vec![op.clone()]), polls);
            let chance = Row::default();
            (0..=seed).for_each(|_| _ = chance.bits());
            lab.world.disk.crash(&chance);
            lab.files.power_cut(9);
            gets(&lab, &[]);
            lab.start();
            if lab.bytes_here("big").is_none() {
                assert_eq!(lab.one(op), Outcome::Done, "seed {seed}, {polls} polls");
            }
            assert!(lab.bytes_here("big").unwrap() == bytes(), "seed {seed}, {polls} polls");
        }
    }
}

#[test]
fn a_young_version_is_not_put_together_from_pieces() {
    let (mut lab, op) = lab();
    let node = lab.node("big");
    let mut row = lab.rows().remote[&node].clone();
    row.racy = true;
    lab.commit(vec![Change::Remote(node, Some(row))]);
    gets(&lab, &[Fate::CutBody(2_000_000)]);
    assert_eq!(lab.one(op), Outcome::Failed(Cause::Torn));
    assert!(lab.staged().is_empty());
}

#[test]
fn what_a_cut_upload_has_left_is_removed_unless_the_file_is_still_the_same() {
    for (change, kept) in [("none", true), ("edited", false), ("deleted", false)] {
        let mut lab =
            Lab::with(Dialect::Nextcloud, SimConfig { block: 1 << 18, ..SimConfig::default() });
        let node = lab.here("big", Some(&bytes()));
        let to = lab.place("big");
        let name = upload_name("tag", &path("big"), &lab.rows().local[&node]).unwrap();
        lab.world.server.set_faults(|request: &Request<'_>| match request.method {
            "PUT" => Fate::Fail(ServerErrorKind::Unreachable),
            _ => Fate::Proceed,
        });
        assert!(lab.try_run(&steps(vec![Op::Send { node, to }])).is_err());
        lab.world.server.cloud().lock().begin_upload("anna", &name).unwrap();
        match change {
            "edited" => lab.write_here("big", "an edit"),
            "deleted" => lab.world.disk.user().remove_tree(&path("big")).unwrap(),
            _ => {}
        }
        lab.start();
        let there = lab.world.server.cloud().lock().chunks("anna", &name).is_ok();
        assert_eq!(there, kept, "{change}");
    }
}

#[test]
fn the_address_of_an_upload_is_kept_for_the_very_file_alone() {
    for (change, kept) in [("none", true), ("edited", false), ("deleted", false)] {
        let mut lab = Lab::with(Dialect::Ocis, SimConfig::default());
        let node = lab.here("big", Some("its bytes"));
        let name = upload_name("tag", &path("big"), &lab.rows().local[&node]).unwrap();
        let intent = Intent { asked: vec![lab.place("big")], ..Intent::default() };
        let at = UploadAt { name, address: "/data/secret".to_owned() };
        lab.commit(vec![Change::Intent(node, Some(intent)), Change::Upload(node, Some(at))]);
        match change {
            "edited" => lab.write_here("big", "an edit"),
            "deleted" => lab.world.disk.user().remove_tree(&path("big")).unwrap(),
            _ => {}
        }
        lab.start();
        assert_eq!(lab.rows().uploads.contains_key(&node), kept, "{change}");
        if kept {
            let to = lab.place("big");
            assert_eq!(lab.one(Op::Send { node, to }), Outcome::Done);
            assert!(lab.rows().uploads.is_empty(), "it is over");
        }
    }
}

#[test]
fn an_upload_is_called_after_the_bytes_and_the_very_file() {
    let mut lab = Lab::with(Dialect::Nextcloud, SimConfig::default());
    let node = lab.here("f", Some("same bytes"));
    let before = lab.rows().local[&node].clone();
    let name = |row: &LocalRow| upload_name("tag", &path("f"), row).unwrap();
    // Written to and back again: parts of the bytes in between may be there.
    lab.write_here("f", "other bytes");
    lab.write_here("f", "same bytes");
    lab.look_here("f");
    let after = &lab.rows().local[&node];
    assert_eq!(before.entry.body, after.entry.body);
    assert_ne!(name(&before), name(after));
    assert_ne!(name(after), upload_name("tag", &path("g"), after).unwrap());
    assert_ne!(name(after), upload_name("other", &path("f"), after).unwrap());
}
