//! testselectivesync, and what others of their tests do with folders that are
//! not selected.

use navette::engine::{Engine, Leaving, Selection};
use navette::report::{Report, SyncOptions};
use navette_sim::world::{Turn, run};

use crate::lab::{Lab, on_all, with_ids};

/// The user wants no more of a folder here.
fn deselect(lab: &Lab, path: &str, leaving: Leaving) -> Report {
    let selection = Selection { untick: vec![lab.path(path)], leaving, ..Selection::default() };
    select(lab, &selection)
}

fn select(lab: &Lab, selection: &Selection) -> Report {
    let (world, journal) = (&lab.world, lab.journal.clone());
    let future = async {
        let mut engine = Engine::open(world.clone(), journal).await.unwrap();
        assert_eq!(engine.select(selection).await.unwrap(), []);
        let report = engine.sync(&SyncOptions::default()).await.unwrap();
        engine.close().unwrap();
        report
    };
    run(world, future, || Turn::Go).expect("nobody cuts it off")
}

/// Theirs: the file in a folder that is not selected is ignored for several
/// runs. Ours: the folder's copy was kept, and nothing in it is looked at.
#[test]
fn testsyncengine_a_touched_file_of_a_folder_that_is_not_selected_stays() {
    on_all(|lab| {
        deselect(lab, "B", Leaving::Keep);
        lab.here().write("B/b1", "touched");
        for _ in 0..3 {
            let (report, asked) = lab.syncs();
            assert_eq!((report.items.len(), asked.work()), (0, 0), "{:?}", lab.dialect());
        }
        assert_eq!(lab.here().text("B/b1").as_deref(), Some("touched"));
        assert_eq!(lab.there().text("B/b1").as_deref(), Some("b1"));
    });
}

#[test]
fn testsyncmove_a_folder_that_is_not_selected_outlives_a_rename_above_it() {
    with_ids(|lab| {
        lab.there().mkdir("A/sub");
        lab.there().write("A/sub/f", "f");
        lab.syncs();
        deselect(lab, "A/sub", Leaving::Trash);
        lab.here().rename("A", "X");
        lab.syncs();
        assert!(lab.there().shows().contains("X/sub/f"), "{:?}", lab.there().shows());
        lab.there().rename("X", "Y");
        lab.syncs();
        assert!(lab.there().shows().contains("Y/sub/f"), "{:?}", lab.there().shows());
        assert!(!lab.here().shows().iter().any(|shown| shown.starts_with("Y/sub")));
    });
}

/// Theirs: it is no deletion that has to be asked about. Nor is it here.
#[test]
fn testallfilesdeleted_taking_everything_out_of_the_selection_asks_nothing() {
    on_all(|lab| {
        for folder in ["A", "B", "C", "S"] {
            if lab.there().shows().iter().any(|shown| shown.starts_with(folder)) {
                let report = deselect(lab, folder, Leaving::Trash);
                assert_eq!(report.brakes, [], "{:?}", lab.dialect());
            }
        }
        assert!(!lab.here().shows().iter().any(|shown| shown.starts_with("A/")));
        assert!(lab.there().shows().iter().any(|shown| shown.starts_with("A/")));
    });
}

/// Theirs by the white list `/`. Ours: what is ticked comes with all in it.
#[test]
fn testselectivesync_what_is_ticked_comes_with_all_that_is_in_it() {
    on_all(|lab| {
        let before = lab.here().shows();
        deselect(lab, "A", Leaving::Trash);
        assert_ne!(lab.here().shows(), before);
        let tick = Selection { tick: vec![lab.path("A")], ..Selection::default() };
        select(lab, &tick);
        assert_eq!(lab.here().shows(), before, "{:?}", lab.dialect());
    });
}
