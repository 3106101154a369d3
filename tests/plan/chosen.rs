//! What a user chooses to keep here, and never to sync (amendments 1 to 3, 30).

use std::collections::BTreeSet;

use navette::model::{NodeId, Place, Tree};
use navette::plan::Record;

use crate::amendments::{assert_ops, planned, settled};
use crate::notation::{content, tree, world};
use crate::world::name;

// 1

#[test]
fn a_folder_deleted_here_keeps_what_is_not_kept_here() {
    let mut world = world("#1 P/", "", "#1 P/ #2 P/X/ #3 P/X/f=v1");
    world.deselected.insert(NodeId(2));
    assert_ops(&planned(&world), &["here  make folder #1 P"]);
    settled(&mut world);
    assert_eq!(world.remote.tree, tree("#1 P/ #2 P/X/ #3 P/X/f=v1").0);
    assert_eq!(world.local.tree, tree("#1 P/").0);
}

#[test]
fn a_hidden_folder_turns_a_whole_delete_into_deletes_of_what_is_known() {
    let mut world = world("#1 P/ #4 P/g=v2", "", "#1 P/ #2 P/X/ #4 P/g=v2");
    world.deselected.insert(NodeId(2));
    assert_ops(&planned(&world), &["here  make folder #1 P", "there remove #4"]);
}

// 2

#[test]
fn a_file_moved_there_out_of_sight_and_edited_here_becomes_one_new_file() {
    let mut world = world("#1 f=v1", "#1 f=mine", "#2 X/ #1 X/f=theirs");
    world.deselected.insert(NodeId(2));
    settled(&mut world);
    assert_eq!(world.remote.tree, tree("#2 X/ #1 X/f=theirs #100 f=mine").0);
    assert_eq!(world.local.tree, tree("#100 f=mine").0);
}

#[test]
fn a_file_moved_there_out_of_sight_and_untouched_here_is_taken_away() {
    let mut world = world("#1 f=v1", "#1 f=v1", "#2 X/ #1 X/f=v1");
    world.deselected.insert(NodeId(2));
    let plan = planned(&world);
    assert_ops(&plan, &["here  remove #1"]);
    assert!(plan.records.contains(&Record::Forget { node: NodeId(1) }), "before it goes");
    settled(&mut world);
    assert_eq!(world.remote.tree, tree("#2 X/ #1 X/f=v1").0);
    assert_eq!(world.base, Tree::default());
}

#[test]
fn what_is_moved_here_out_of_sight_stays_until_the_server_shows_it() {
    let before = "#1 c/ #2 c/f=v1 #3 c/b/ #4 c/b/g=v1";
    let mut world = world(before, "#3 b/ #4 b/g=v1 #1 b/c/ #2 b/c/f=v1", before);
    world.deselected.insert(NodeId(3));
    assert_ops(
        &planned(&world),
        &["there move #3 to b", "there move #1 to #3/c", "here  remove #4"],
    );
    settled(&mut world);
    assert_eq!(world.remote.tree, tree("#3 b/ #4 b/g=v1 #1 b/c/ #2 b/c/f=v1").0);
    assert_eq!(world.local.tree, Tree::default());
}

// 3

#[test]
fn a_folder_made_here_under_a_hidden_name_is_partly_kept() {
    let mut world = world("", "#50 X/ #51 X/new=mine", "#2 X/ #3 X/f=v1 #4 X/sub/");
    world.deselected.insert(NodeId(2));
    let plan = planned(&world);
    let away = vec![NodeId(3), NodeId(4)];
    assert!(plan.records.contains(&Record::Select { node: NodeId(2), away }));
    settled(&mut world);
    assert_eq!(world.deselected, BTreeSet::from([NodeId(3), NodeId(4)]));
    assert_eq!(world.local.tree, tree("#2 X/ #51 X/new=mine").0);
    assert!(world.remote.tree.contains(NodeId(51)));
}

#[test]
fn what_is_not_here_of_a_folder_that_is_partly_kept_was_deleted_by_nobody() {
    let there = "#2 X/ #3 X/sub/ #4 X/sub/f=v1 #5 X/g=v1 #6 X/sub/h=v1 #7 X/sub/d/ #8 X/sub/d/i=v1";
    // Some was taken away already, some not yet, when the folder came to be kept in part.
    let mut world = world(there, "#50 X/ #51 X/new=mine #3 X/sub/ #6 X/sub/h=v1", there);
    world.base.0.remove(&NodeId(2));
    world.deselected.insert(NodeId(2));
    settled(&mut world);
    let all = tree(there).0;
    for node in all.iter().map(|(node, _)| node) {
        assert!(world.remote.tree.contains(node), "{node:?}");
    }
    assert_eq!(world.deselected, BTreeSet::from([NodeId(4), NodeId(5), NodeId(7)]));
}

// 30

#[test]
fn a_folder_that_is_no_longer_wanted_here_is_never_deleted_there() {
    let all = "#1 d/ #2 d/f=v1 #3 d/e/ #4 d/e/g=v2 #5 h=v3";
    let mut world = world(all, all, all);
    world.deselected.insert(NodeId(1));
    settled(&mut world);
    assert_eq!(world.remote.tree, tree(all).0);
    assert_eq!(world.local.tree, tree("#5 h=v3").0);
    assert_eq!(world.base, tree("#5 h=v3").0);
}

#[test]
fn what_is_never_synced_keeps_its_folders_where_they_are_and_nothing_else() {
    let all = "#1 d/ #2 d/f=v1 #3 d/e/ #4 d/e/g=v2 #5 d/h/ #6 d/h/i=v3";
    let mut world = world(all, "", all);
    world.holding.insert(NodeId(3));
    let plan = planned(&world);
    assert_ops(
        &plan,
        &["there remove #2", "there remove #4", "there remove #5 with all of [#5, #6]"],
    );
    assert_eq!(plan.records, [], "what dies in them is looked at where it went");
    settled(&mut world);
    assert_eq!((world.remote.tree, world.base), (Tree::default(), Tree::default()));
}

#[test]
fn what_was_never_sent_stays_when_its_folder_is_no_longer_wanted() {
    let all = "#1 d/ #2 d/f=v1";
    let mut world = world(all, "#1 d/ #2 d/f=mine #50 d/new=v9", all);
    world.deselected.insert(NodeId(1));
    settled(&mut world);
    assert!(world.contents().contains(&content("mine")));
    assert!(world.contents().contains(&content("v9")));
    assert_eq!(world.remote.tree.get(NodeId(2)).unwrap().body, content("v1"));
}

#[test]
fn what_comes_to_the_place_of_a_copy_that_only_stays_gets_an_alias() {
    let mut world = world("", "", "#1 d=v1 #2 e/ #3 e/f=v2");
    world.kept.insert(NodeId(50), Place::new(NodeId::ROOT, name("d")));
    world.kept.insert(NodeId(51), Place::new(NodeId::ROOT, name("e")));
    let plan = planned(&world);
    assert_ops(
        &plan,
        &[
            "here  make folder #2 e shown as \"e (case 2)\"",
            "here  fetch #1 d shown as \"d (case 2)\"",
            "here  fetch #3 #2/f",
        ],
    );
    settled(&mut world);
    // It has its name once the copy has gone.
    world.kept.clear();
    assert_ops(&planned(&world), &["here  move #1 to d", "here  move #2 to e"]);
}
