//! testsyncdelete: a folder dies on one side while the other makes use of it.

use crate::lab::on_all;

#[test]
fn testsyncdelete_dir_with_a_new_file_on_the_other_side() {
    on_all(|lab| {
        lab.here().remove("A");
        lab.there().write("A/new", "there");
        lab.there().remove("B");
        lab.here().write("B/new", "here");
        lab.ends("-A/a1 -A/a2 -B/b1 -B/b2 +A/new=there +B/new=here");
    });
}

/// Issue 1329 of ownCloud's client.
#[test]
fn testsyncdelete_1329_a_dir_that_was_just_removed_comes_again() {
    on_all(|lab| {
        for (one, _) in lab.sides() {
            one.remove("B");
            lab.ends("-B/b1 -B/b2");
            one.mkdir("B");
            one.write("B/b1", "again");
            lab.ends("-B/b1 -B/b2 +B/b1=again");
            one.write("B/b1", "b1");
            one.write("B/b2", "b2");
            lab.ends("");
        }
    });
}
