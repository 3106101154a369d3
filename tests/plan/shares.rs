//! What this account may not do (amendment 16).

use navette::model::{NodeId, Perms};
use navette::plan::{Record, WaitReason, plan};

use crate::amendments::{assert_ops, planned, settled, situation, waits};
use crate::notation::{content, tree, world};
use crate::world::{World, entry, name};

const CLOSED: Perms = Perms::READ;

/// A share at node 1 in which nothing may be changed.
fn share(base: &str, local: &str, remote: &str) -> World {
    let mut world = world(base, local, remote);
    world.read_only = Some(NodeId(1));
    world
}

#[test]
fn what_may_not_be_deleted_comes_back() {
    let world = share("#1 S/ #2 S/f=v1", "#1 S/", "#1 S/ #2 S/f=v1");
    assert_ops(&planned(&world), &["here  fetch #2 #1/f"]);
}

#[test]
fn a_share_is_left_with_one_delete_of_its_root() {
    let world = share("#1 S/ #2 S/d/ #3 S/d/f=v1", "", "#1 S/ #2 S/d/ #3 S/d/f=v1");
    assert_ops(&planned(&world), &["there remove #1 with all of [#1, #2, #3]"]);
}

#[test]
fn a_share_with_something_new_in_it_is_not_left() {
    let mut world = share("#1 S/ #2 S/f=v1", "", "#1 S/ #2 S/f=v1 #3 S/new=v2");
    settled(&mut world);
    world.check_equal().unwrap();
    assert_eq!(world.remote.tree, tree("#1 S/ #2 S/f=v1 #3 S/new=v2").0);
}

#[test]
fn a_forbidden_edit_becomes_one_copy_however_often_it_is_saved() {
    let mut world = share("#1 S/ #2 S/f=v1", "#1 S/ #2 S/f=mine", "#1 S/ #2 S/f=v1");
    let rest = settled(&mut world);
    assert_eq!(waits(&rest), [(100, WaitReason::Forbidden)]);
    assert_eq!(world.local.tree.get(NodeId(2)).unwrap().body, content("v1"));
    assert_eq!(world.local.tree.get(NodeId(100)).unwrap().body, content("mine"));

    // The editor saves again: that edit stays in place, and no second copy is made.
    world.local.tree.0.get_mut(&NodeId(2)).unwrap().body = content("again");
    let rest = planned(&world);
    assert_ops(&rest, &[]);
    assert_eq!(waits(&rest), [(2, WaitReason::Forbidden), (100, WaitReason::Forbidden)]);

    // Until the server's version changes.
    world.remote.tree.0.get_mut(&NodeId(2)).unwrap().body = content("v2");
    settled(&mut world);
    assert_eq!(world.local.tree.get(NodeId(2)).unwrap().body, content("v2"));
    assert!(world.contents().contains(&content("again")));
}

#[test]
fn what_may_not_be_sent_stays_and_steps_aside_for_the_server() {
    let mut world = share("#1 S/", "#1 S/ #50 S/n=mine", "#1 S/");
    let rest = settled(&mut world);
    assert_eq!(waits(&rest), [(50, WaitReason::Forbidden)]);

    world.remote.tree.0.insert(NodeId(3), entry(1, name("n"), content("theirs")));
    assert_ops(
        &planned(&world),
        &[
            "here  move #50 to #1/n (conflict 2026-11-22 135419 dev) (name given)",
            "here  fetch #3 #1/n",
        ],
    );
    let rest = settled(&mut world);
    assert_eq!(waits(&rest), [(50, WaitReason::Forbidden)]);
}

#[test]
fn what_may_not_leave_a_share_is_copied() {
    let mut world = share("#1 S/ #2 S/f=v1", "#1 S/ #2 f=v1", "#1 S/ #2 S/f=v1");
    settled(&mut world);
    world.check_equal().unwrap();
    assert_eq!(world.remote.tree, tree("#1 S/ #2 S/f=v1 #100 f=v1").0);
}

#[test]
fn a_move_into_a_share_is_held_until_it_is_in_the_way() {
    let mut world = share("#1 S/ #2 f=v1", "#1 S/ #2 S/f=v1", "#1 S/ #2 f=v1");
    let rest = settled(&mut world);
    assert_eq!(waits(&rest), [(2, WaitReason::Forbidden)]);
    assert_eq!(world.local.tree, tree("#1 S/ #2 S/f=v1").0);

    world.remote.tree.0.insert(NodeId(3), entry(1, name("f"), content("theirs")));
    settled(&mut world);
    world.check_equal().unwrap();
    assert_eq!(world.local.tree, tree("#1 S/ #2 f=v1 #3 S/f=theirs").0);
}

#[test]
fn a_dead_folder_of_a_share_with_unsent_files_is_unlinked() {
    let mut world = share("#1 S/ #2 S/d/", "#1 S/ #2 S/d/ #50 S/d/n=mine", "#1 S/");
    let plan = planned(&world);
    assert_ops(&plan, &[]);
    assert_eq!(plan.records, [Record::Forget { node: NodeId(2) }]);
    let rest = settled(&mut world);
    assert_eq!(waits(&rest), [(2, WaitReason::Forbidden), (50, WaitReason::Forbidden)]);
}

#[test]
fn the_root_of_the_pair_may_be_read_only() {
    let mut closed = situation("", "#50 n=mine", "");
    closed.perms.insert(NodeId::ROOT, CLOSED);
    let plan = plan(&closed);
    assert_ops(&plan, &[]);
    assert_eq!(waits(&plan), [(50, WaitReason::Forbidden)]);
}
