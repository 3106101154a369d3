//! The table of rules as text: base, both sides, the plan, and how it ends.

use std::fmt::Write as _;

use crate::notation::{show_plan, show_tree, world};
use crate::world::Chance;

/// Plans each case, carries it out to the end, and writes all of it down.
fn table(cases: &[(&str, &str, &str, &str)]) -> String {
    let mut text = String::new();
    for (title, base, local, remote) in cases {
        let mut world = world(base, local, remote);
        let show =
            |text: &str| if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() };
        let _ = writeln!(text, "{title}");
        let _ = writeln!(text, "  base   {}", show(base));
        let _ = writeln!(text, "  local  {}", show(local));
        let _ = writeln!(text, "  remote {}", show(remote));
        let plan = navette::plan::plan(&world.situation());
        text.push_str(&show_plan(&plan));
        world.settle(&mut Chance::new(7), 6).unwrap();
        world.check_equal().unwrap();
        let _ = writeln!(text, "  end    {}\n", show_tree(&world.base));
    }
    text
}

/// Compares with the reviewed text of that name in `snapshots/`.
fn check(title: &str, text: String) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(title, text) });
}

/// The five states of a file on a side: as base, edited, moved, both, gone.
const HERE: [(&str, &str); 5] = [
    ("same", "#1 f=v1 #9 d/"),
    ("edit", "#1 f=mine #9 d/"),
    ("move", "#1 mine=v1 #9 d/"),
    ("edit+move", "#1 mine=mine #9 d/"),
    ("delete", "#9 d/"),
];
const THERE: [(&str, &str); 5] = [
    ("same", "#1 f=v1 #9 d/"),
    ("edit", "#1 f=theirs #9 d/"),
    ("move", "#1 theirs=v1 #9 d/"),
    ("edit+move", "#1 theirs=theirs #9 d/"),
    ("delete", "#9 d/"),
];

#[test]
fn every_cell_of_the_table_of_rules() {
    for (here, local) in HERE {
        let titles: Vec<String> =
            THERE.iter().map(|(there, _)| format!("{here} here, {there} there")).collect();
        let cases: Vec<_> = THERE
            .iter()
            .zip(&titles)
            .map(|((_, remote), title)| (title.as_str(), "#1 f=v1 #9 d/", local, *remote))
            .collect();
        check(&format!("{here}_here").replace('+', "_and_"), table(&cases));
    }
}

#[test]
fn registers_merge_one_by_one() {
    let text = table(&[
        ("the same edit on both sides", "#1 f=v1", "#1 f=v2", "#1 f=v2"),
        ("the same move on both sides", "#1 f=v1", "#1 g=v1", "#1 g=v1"),
        ("renamed here, moved there", "#1 f=v1 #9 d/", "#1 g=v1 #9 d/", "#9 d/ #1 d/f=v1"),
        ("moved here, renamed there", "#1 f=v1 #9 d/", "#9 d/ #1 d/f=v1", "#1 g=v1 #9 d/"),
        (
            "moved to two folders: the server's counts",
            "#1 f=v1 #8 c/ #9 d/",
            "#8 c/ #9 d/ #1 c/f=v1",
            "#8 c/ #9 d/ #1 d/f=v1",
        ),
    ]);
    check("registers_merge_one_by_one", text);
}

#[test]
fn new_on_both_sides() {
    let text = table(&[
        ("two folders of one name", "", "#50 d/ #51 d/a=v1", "#60 d/ #61 d/b=v2"),
        ("two files with the same bytes", "", "#50 f=v1", "#60 f=v1"),
        ("two files with different bytes", "", "#50 f.txt=mine", "#60 f.txt=theirs"),
        ("a file here, a folder there", "", "#50 x=mine", "#60 x/ #61 x/f=v1"),
        ("a folder here, a file there", "", "#50 x/ #51 x/f=v1", "#60 x=theirs"),
        ("different names", "", "#50 a=v1", "#60 b=v2"),
    ]);
    check("new_on_both_sides", text);
}

#[test]
fn occupied_places() {
    let text = table(&[
        ("two names swapped", "#1 a=v1 #2 b=v2", "#1 a=v1 #2 b=v2", "#1 b=v1 #2 a=v2"),
        (
            "three names rotated",
            "#1 a=v1 #2 b=v2 #3 c=v3",
            "#1 b=v1 #2 c=v2 #3 a=v3",
            "#1 a=v1 #2 b=v2 #3 c=v3",
        ),
        (
            "a chain that needs no parking",
            "#1 a=v1 #2 b=v2 #3 c=v3",
            "#1 a=v1 #2 b=v2 #3 c=v3",
            "#1 b=v1 #2 c=v2 #3 d=v3",
        ),
        (
            "two folders turned inside out",
            "#1 A/ #2 A/B/ #3 A/B/f=v1",
            "#1 A/ #2 A/B/ #3 A/B/f=v1",
            "#2 B/ #1 B/A/ #3 B/f=v1",
        ),
        ("turned inside out, names kept", "#1 a/ #2 a/a/", "#1 a/ #2 a/a/", "#2 a/ #1 a/a/"),
        ("folders moved into each other", "#1 A/ #2 B/", "#2 B/ #1 B/A/", "#1 A/ #2 A/B/"),
        ("a file became a folder", "#1 x=v1", "#1 x=v1", "#5 x/ #6 x/f=v1"),
        ("a folder became a file", "#1 x/ #2 x/f=v1", "#5 x=v2", "#1 x/ #2 x/f=v1"),
        ("a new folder takes the place of its content", "#1 a=v1", "#1 a=v1", "#5 a/ #1 a/old=v1"),
        ("two nodes, one new name", "#1 a=v1 #2 b=v2", "#1 c=v1 #2 b=v2", "#1 a=v1 #2 c=v2"),
        ("only the case changed", "#1 readme=v1", "#1 README=v1", "#1 readme=v1"),
    ]);
    check("occupied_places", text);
}

#[test]
fn the_dead_and_the_living() {
    let text = table(&[
        (
            "a folder deleted here, untouched there",
            "#1 d/ #2 d/e/ #3 d/e/f=v1 #4 d/g=v2",
            "",
            "#1 d/ #2 d/e/ #3 d/e/f=v1 #4 d/g=v2",
        ),
        (
            "a folder deleted there, untouched here",
            "#1 d/ #2 d/e/ #3 d/e/f=v1",
            "#1 d/ #2 d/e/ #3 d/e/f=v1",
            "",
        ),
        (
            "deleted here, one file in it edited there: its folder lives, its sibling dies",
            "#1 d/ #2 d/f=v1 #3 d/g=v2",
            "",
            "#1 d/ #2 d/f=v9 #3 d/g=v2",
        ),
        (
            "deleted there, a new file in it here",
            "#1 d/ #2 d/f=v1",
            "#1 d/ #2 d/f=v1 #50 d/new=v9",
            "",
        ),
        (
            "deleted here, something moved into it there",
            "#1 d/ #2 f=v1",
            "#2 f=v1",
            "#1 d/ #2 d/f=v1",
        ),
        (
            "deleted here, a file saved from it there",
            "#1 d/ #2 d/f=v1 #3 d/g=v2",
            "",
            "#1 d/ #2 f=v1 #3 d/g=v2",
        ),
    ]);
    check("the_dead_and_the_living", text);
}
