//! testsyncmove, its part about duplicate file ids: a folder that is shared with
//! somebody twice is shown at two places, under the very ids.

use crate::lab::{Asked, Lab, with_ids};

/// `A` and all in it, shown once more in the folder `second`.
fn shown_twice(lab: &Lab, second: &str) {
    let mut cloud = lab.world.cloud().lock();
    let mut user = cloud.user("u");
    user.mkdir("A/W").unwrap();
    user.write("A/W/w1", "w1").unwrap();
    user.mkdir(second).unwrap();
    // A copy of a folder has new ids in it: each thing is copied by itself.
    for path in ["A", "A/W", "A/W/w1", "A/a1", "A/a2"] {
        let copy = format!("{second}/{path}");
        let _ = user.delete(&copy);
        user.copy_with_id(path, &copy).unwrap();
    }
}

/// Moves on both sides of the twin, part of it goes, and an edit and a deletion
/// here meet a move there. Each time both places are what they show.
#[test]
fn testsyncmove_what_is_shown_twice_under_one_id_is_never_confused() {
    // Before and behind `A`, by name.
    for second in ["0", "Z"] {
        with_ids(|lab| {
            let twin = |path: &str| path.replace("2ND", second);
            let ends = |difference: &str| -> Asked {
                let asked = lab.ends(&twin(difference));
                assert_eq!((asked.moved, asked.deleted), (0, 0), "{difference}: {asked:?}");
                asked
            };
            let both_move = |from: &str, to: &str| {
                lab.there().rename(from, to);
                lab.there().rename(&format!("{second}/{from}"), &format!("{second}/{to}"));
            };
            shown_twice(lab, second);
            ends("+A/W/w1 +2ND/A/W/w1 +2ND/A/a1 +2ND/A/a2");

            both_move("A/a1", "A/W/a1m");
            ends("-A/a1 +A/W/a1m=a1 +A/W/w1 +2ND/A/W/a1m=a1 +2ND/A/W/w1 +2ND/A/a2");

            lab.there().mkdir("A/Q");
            lab.there().mkdir(&twin("2ND/A/Q"));
            both_move("A/W", "A/Q/W");
            let moved = "-A/a1 +A/Q/W/a1m=a1 +A/Q/W/w1 +2ND/A/Q/W/a1m=a1 +2ND/A/Q/W/w1";
            ends(&format!("{moved} +2ND/A/a2"));

            // One of two goes.
            lab.there().rename(&twin("2ND/A/a2"), &twin("2ND/a2"));
            lab.there().remove("A/a2");
            ends(&format!("{moved} -A/a2 +2ND/a2"));

            lab.here().write(&twin("2ND/a2"), "mine");
            lab.there().rename(&twin("2ND/a2"), &twin("2ND/a3"));
            let asked = ends(&format!("{moved} -A/a2 +2ND/a3=mine"));
            assert_eq!(asked.put, 1);

            lab.here().remove(&twin("2ND/a3"));
            lab.there().rename(&twin("2ND/a3"), &twin("2ND/a4"));
            let asked = ends(&format!("{moved} -A/a2 +2ND/a4=mine"));
            assert_eq!((asked.put, asked.get), (0, 1));
        });
    }
}
