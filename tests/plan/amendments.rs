//! The smallest case of each rule that was found by adversarial modelling,
//! with the number of its amendment.

use std::collections::BTreeSet;

use navette::model::{Folding, NodeId, Sha1Sum, Side, Stand};
use navette::plan::{Look, Op, Plan, Record, Situation, Wait, WaitReason, plan};

use crate::notation::{content, show_op, show_plan, tree, world};
use crate::world::{Chance, World, entry, name};

pub(crate) fn ops(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| show_op(&step.op).trim().to_owned()).collect()
}

pub(crate) fn planned(world: &World) -> Plan {
    plan(&world.situation())
}

pub(crate) fn settled(world: &mut World) -> Plan {
    world.settle(&mut Chance::new(3), 12).unwrap()
}

pub(crate) fn situation(base: &str, local: &str, remote: &str) -> Situation {
    world(base, local, remote).situation()
}

#[track_caller]
pub(crate) fn assert_ops(plan: &Plan, expected: &[&str]) {
    assert_eq!(ops(plan), expected, "\n{}", show_plan(plan));
}

pub(crate) fn waits(plan: &Plan) -> Vec<(u64, WaitReason)> {
    plan.waits.iter().map(|wait| (wait.node.0, wait.reason)).collect()
}

// 4, 12, I9

#[test]
fn a_racy_version_is_not_written_over_but_may_be_fetched() {
    let mut racy = situation("#1 f=v1 #2 g=v1", "#1 f=mine #2 g=v1", "#1 f=v1 #2 g=theirs");
    for node in [1, 2] {
        racy.waiting.insert((NodeId(node), Side::Remote), WaitReason::Racy);
    }
    let plan = plan(&racy);
    assert_ops(&plan, &["here  replace #2"]);
    let held = Wait { node: NodeId(1), side: Some(Side::Local), reason: WaitReason::Racy };
    assert_eq!(plan.waits, [held]);
}

#[test]
fn what_waits_holds_back_only_what_depends_on_it() {
    let mut held =
        situation("#1 a=v1 #2 b=v2 #3 c=v3", "#1 b=v1 #2 d=v2 #3 e=v3", "#1 a=v1 #2 b=v2 #3 c=v3");
    held.waiting.insert((NodeId(2), Side::Remote), WaitReason::Quarantined);
    let plan = plan(&held);
    assert_ops(&plan, &["there move #3 to e"]);
    assert_eq!(waits(&plan), [(1, WaitReason::Blocked), (2, WaitReason::Quarantined)]);
}

#[test]
fn nothing_is_deleted_while_something_in_it_waits() {
    let mut held = situation("#1 d/ #2 d/f=v1 #3 d/g=v2", "", "#1 d/ #2 d/f=v1 #3 d/g=v2");
    held.waiting.insert((NodeId(2), Side::Remote), WaitReason::Racy);
    let plan = plan(&held);
    assert_ops(&plan, &["there remove #3"]);
    assert_eq!(waits(&plan), [(1, WaitReason::Blocked), (2, WaitReason::Racy)]);
}

// 6

#[test]
fn in_a_torn_epoch_only_creates_and_edits_run() {
    let mut torn = situation(
        "#1 a=v1 #2 b=v2 #3 c=v3 #4 d=v4",
        "#1 moved=v1 #3 c=v3 #4 d=mine #50 new=v9 #51 twin=mine",
        "#1 a=v1 #2 b=v2 #4 d=v4 #60 other=v8 #61 twin=theirs",
    );
    torn.consistent = false;
    let plan = plan(&torn);
    assert_ops(&plan, &["here  fetch #60 other", "there send #50 new", "there update #4"]);
    let torn: Vec<u64> = plan
        .waits
        .iter()
        .filter(|wait| wait.reason == WaitReason::TornEpoch)
        .map(|wait| wait.node.0)
        .collect();
    assert_eq!(torn, [1, 2, 3, 51]);
}

#[test]
fn equal_bytes_deleted_on_both_sides_are_a_missed_move_and_stay() {
    let mut world = world("#1 f=v1 #2 g=v1", "#2 g=v1", "#1 f=v1");
    let plan = planned(&world);
    assert!(plan.steps.is_empty(), "{}", show_plan(&plan));
    settled(&mut world);
    world.check_equal().unwrap();
    assert_eq!(world.local.tree.0.len(), 2);
}

#[test]
fn equal_bytes_deleted_on_both_sides_may_go_if_they_live_on_elsewhere() {
    let plan = plan(&situation("#1 f=v1 #2 g=v1 #3 h=v1", "#2 g=v1 #3 h=v1", "#1 f=v1 #3 h=v1"));
    assert_ops(&plan, &["here  remove #2", "there remove #1"]);
}

// 15

#[test]
fn names_that_are_one_here_get_an_alias_and_the_server_is_not_renamed() {
    let mut world = world("", "", "#1 Readme=v1 #2 README=v2");
    world.folding = Folding { case: true, normalization: false };
    assert_ops(
        &planned(&world),
        &["here  fetch #1 Readme", "here  fetch #2 README shown as \"README (case 2)\""],
    );
    settled(&mut world);
    assert_eq!(world.remote.tree, tree("#1 Readme=v1 #2 README=v2").0);
    assert_eq!(world.local.stands.len(), 1);

    // The alias goes when the clash does.
    world.remote.tree.0.remove(&NodeId(1));
    settled(&mut world);
    assert!(world.local.stands.is_empty());
    assert_eq!(world.local.tree, tree("#2 README=v2").0);
}

#[test]
fn an_alias_stays_as_it_is_from_pass_to_pass() {
    let mut world = world("", "", "#1 Readme=v1 #2 README=v2 #3 readme=v3");
    world.folding = Folding { case: true, normalization: false };
    settled(&mut world);
    let before = world.local.stands.clone();
    world.remote.tree.0.insert(NodeId(9), entry(0, name("other"), content("v9")));
    assert_ops(&planned(&world), &["here  fetch #9 other"]);
    settled(&mut world);
    assert_eq!(world.local.stands, before);
}

#[test]
fn what_comes_under_the_name_of_an_alias_gets_an_alias_too() {
    let mut world = world("", "", "#1 a=v1 #2 A=v2");
    world.folding = Folding { case: true, normalization: false };
    settled(&mut world);
    world.remote.tree.0.insert(NodeId(9), entry(0, name("a (case 2)"), content("v9")));
    assert_ops(&planned(&world), &["here  fetch #9 a (case 2) shown as \"a (case 2) (case 2)\""]);
    settled(&mut world);
    assert_eq!(world.local.stands.len(), 2);
    assert_ops(&planned(&world), &[]);
}

#[test]
fn a_name_that_this_disk_cannot_show_gets_an_alias() {
    let mut odd = situation("", "", "#1 a:b.txt=v1");
    odd.showable.windows = true;
    assert_ops(&plan(&odd), &["here  fetch #1 a:b.txt shown as \"a_b (case 2).txt\""]);
}

#[test]
fn folders_that_differ_by_case_become_one_where_the_disk_folds() {
    let mut world = world("", "#50 docs/ #51 docs/a=v1", "#1 Docs/ #2 Docs/b=v2");
    world.folding = Folding { case: true, normalization: false };
    settled(&mut world);
    world.check_equal().unwrap();
    assert_eq!(world.remote.tree, tree("#1 Docs/ #2 Docs/b=v2 #51 Docs/a=v1").0);
}

#[test]
fn a_case_only_rename_there_is_a_rename_here_even_where_the_disk_folds() {
    let mut world = world("#1 readme=v1", "#1 readme=v1", "#1 README=v1");
    world.folding = Folding { case: true, normalization: true };
    assert_ops(&planned(&world), &["here  move #1 to README"]);
    settled(&mut world);
    world.check_equal().unwrap();
}

// 17

#[test]
fn a_name_that_the_engine_gave_is_no_move_by_the_user() {
    let mut world = world("#1 f=v1", "#1 f (conflict 2026-11-01 000000 dev)=v1", "");
    world.given.insert(NodeId(1));
    assert_ops(&planned(&world), &["here  remove #1"]);
    world.given.clear();
    assert_ops(&planned(&world), &["there send #1 f (conflict 2026-11-01 000000 dev)"]);
}

// 18

#[test]
fn an_unread_version_is_simply_fetched_if_there_is_no_edit_here() {
    assert_ops(&plan(&situation("#1 f=v1", "#1 f=v1", "#1 f=?")), &["here  replace #1"]);
    assert_ops(&plan(&situation("", "", "#1 f=?")), &["here  fetch #1 f"]);
}

#[test]
fn an_unread_version_is_read_before_anything_is_compared() {
    for (base, local, remote) in [
        ("#1 f=v1", "#1 f=mine", "#1 f=?"),
        ("#1 f=v1", "", "#1 f=?"),
        ("", "#1 f=mine", "#1 f=?"),
        ("", "#50 f=mine", "#1 f=?"),
        ("#2 d/ #1 d/f=v1", "", "#2 d/ #1 d/f=?"),
    ] {
        let plan = plan(&situation(base, local, remote));
        assert_ops(&plan, &["read #1"]);
        let unclear = plan.waits.iter().filter(|wait| wait.node != NodeId(2));
        assert_eq!(unclear.count(), 0, "the reading is a step, not a wait");
    }
}

#[test]
fn a_touch_on_the_server_is_no_edit() {
    let mut world = world("#1 f=v1", "#1 f=mine", "#1 f=v1");
    world.unread.insert(NodeId(1));
    settled(&mut world);
    world.check_equal().unwrap();
    assert_eq!(world.remote.tree, tree("#1 f=mine").0);
}

// 23

#[test]
fn a_vanished_mount_is_out_of_reach_not_deleted() {
    let mut gone =
        situation("#1 M/ #2 M/f=v1 #3 M/g=v2", "#1 M/ #2 M/f=mine #3 M/g=v2 #50 M/new=v9", "");
    gone.waiting.insert((NodeId(1), Side::Remote), WaitReason::MountGone);
    let plan = plan(&gone);
    assert_ops(&plan, &[]);
    assert!(plan.records.is_empty());
    let all = [1, 2, 50].map(|node| (node, WaitReason::MountGone));
    assert_eq!(waits(&plan), all);
}

// 27

#[test]
fn after_a_lost_journal_a_doubtful_delete_brings_the_file_back() {
    let mut merging = situation("#1 a=v1 #2 b=v2", "", "#1 a=v1 #2 b=v2");
    merging.trusted_deletes = Some(BTreeSet::from([NodeId(2)]));
    let plan = plan(&merging);
    assert_ops(&plan, &["here  fetch #1 a", "there remove #2"]);
    assert_eq!(plan.records, [Record::Forget { node: NodeId(1) }]);
}

// 31

#[test]
fn a_conflict_of_a_conflict_has_one_mark() {
    let text = "f (conflict 2026-01-01 000000 old).txt";
    let plan = plan(&situation(
        &format!("#1 {text}=v1"),
        &format!("#1 {text}=mine"),
        &format!("#1 {text}=theirs"),
    ));
    assert_ops(
        &plan,
        &["here  replace #1, keep mine as #100 f (conflict 2026-11-22 135419 dev).txt"],
    );
}

#[test]
fn a_conflict_name_that_is_taken_is_counted_on() {
    let taken = "f (conflict 2026-11-22 135419 dev).txt";
    let plan =
        plan(&situation("#1 f.txt=v1", "#1 f.txt=mine", &format!("#1 f.txt=theirs #2 {taken}=v2")));
    assert!(ops(&plan).contains(
        &"here  replace #1, keep mine as #100 f (conflict 2026-11-22 135419 dev 2).txt".to_owned()
    ));
}

// Parking

#[test]
fn what_was_left_in_staging_goes_to_its_place() {
    for (remote, expected) in [
        ("#1 a=v1", vec!["here  move #1 to a"]),
        ("#1 b=v1", vec!["here  move #1 to b"]),
        ("", vec!["here  remove #1"]),
        ("#1 a=theirs", vec!["here  move #1 to a", "here  replace #1"]),
    ] {
        let mut world = world("#1 a=v1", "#1 a=v1", remote);
        world.local.stands.insert(NodeId(1), Stand::Parked);
        assert_ops(&planned(&world), &expected);
        settled(&mut world);
        world.check_equal().unwrap();
    }
}

#[test]
fn the_same_situation_gives_the_same_plan() {
    let twice = || {
        plan(&situation(
            "#1 a/ #2 a/f=v1 #3 b=v2",
            "#1 a/ #2 a/f=v1 #3 b=v2 #50 c=v9",
            "#3 a=v2 #1 b/ #2 b/f=v8 #60 c=v7",
        ))
    };
    assert_eq!(twice(), twice());
    assert!(twice().steps.iter().any(|step| matches!(step.op, Op::Park { .. })));
}

// 32

const LOOK: Look = Look { size: 7, sum: None, date: Some(1_700_000_000) };

/// New files of one name on both sides, the server's unread, that look so.
fn new_on_both_sides(here: Look, there: Look) -> Plan {
    let mut world = world("", "#50 d/ #51 d/f=v1", "#60 d/ #61 d/f=v2");
    world.unread.insert(NodeId(61));
    let mut situation = world.situation();
    situation.looks =
        [((NodeId(51), Side::Local), here), ((NodeId(61), Side::Remote), there)].into();
    plan(&situation)
}

#[test]
fn files_of_one_length_and_date_are_presumed_equal_without_being_read() {
    let plan = new_on_both_sides(LOOK, LOOK);
    assert!(plan.steps.is_empty() && plan.waits.is_empty(), "{}", show_plan(&plan));
    let presumed = |record: &Record| matches!(record, Record::Presume { node: NodeId(61), base } if base.body == content("v1"));
    assert!(plan.records.iter().any(presumed), "{}", show_plan(&plan));
    let agreed = |record: &Record| matches!(record, Record::Agree { node: NodeId(61), .. });
    assert!(!plan.records.iter().any(agreed), "a presumption is no agreement");
}

#[test]
fn files_of_one_length_and_two_dates_are_read_before_anything_is_said() {
    for date in [None, Some(1_700_000_001)] {
        let plan = new_on_both_sides(LOOK, Look { date, ..LOOK });
        assert_ops(&plan, &["read #61"]);
    }
}

#[test]
fn files_of_two_lengths_or_checksums_are_different_without_being_read() {
    let sum = |byte| Some(Sha1Sum([byte; 20]));
    let lengths = new_on_both_sides(LOOK, Look { size: 8, ..LOOK });
    let sums = new_on_both_sides(Look { sum: sum(1), ..LOOK }, Look { sum: sum(2), ..LOOK });
    for plan in [lengths, sums] {
        assert_ops(
            &plan,
            &[
                "here  move #51 to #60/f (conflict 2026-11-22 135419 dev) (name given)",
                "here  fetch #61 #60/f",
                "there send #51 #60/f (conflict 2026-11-22 135419 dev)",
            ],
        );
    }
}

#[test]
fn files_of_one_checksum_are_equal_without_being_read() {
    let look = Look { sum: Some(Sha1Sum([1; 20])), date: None, ..LOOK };
    let plan = new_on_both_sides(look, look);
    assert!(plan.steps.is_empty() && plan.waits.is_empty(), "{}", show_plan(&plan));
    let proved = Record::Prove { node: NodeId(61), body: content("v1") };
    assert!(plan.records.contains(&proved), "{}", show_plan(&plan));
    let agreed = |record: &Record| matches!(record, Record::Agree { node: NodeId(61), .. });
    assert!(plan.records.iter().any(agreed), "{}", show_plan(&plan));
}

// What could not be looked at keeps its row, though the folder above has gone.

#[test]
fn a_folder_is_not_made_in_something_that_still_stands_in_it_by_its_row() {
    let mut odd =
        situation("#1 b/ #2 b/d/ #3 b/d/a/", "#1 b/ #2 b/d/ #3 b/d/a/", "#1 b/ #3 b/a/ #2 b/a/d/");
    odd.local.tree.0.remove(&NodeId(2));
    odd.waiting.insert((NodeId(3), Side::Local), WaitReason::Unreadable);
    assert_ops(&plan(&odd), &[]);
    // It can be looked at again.
    odd.waiting.clear();
    assert_ops(&plan(&odd), &["here  move #3 to #1/a", "here  make folder #2 #3/d"]);
}
