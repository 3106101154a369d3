//! testsyncfileitem: the order in which things are done.
//!
//! The peers sort paths by a rule of their own, so that a folder comes before
//! what is in it though `-` and a blank sort before `/`. Here each step names
//! those that must have come before it, whatever the names are.

use crate::lab::{Lab, on_all};

const NAMES: [&str; 6] = ["N/inside", "N-/inside", "N- /inside", "N /-/inside", "N/- /-", "N!/N"];

/// The requests that make or remove `path`, in their order.
fn when(heard: &[String], method: &str, path: &str) -> usize {
    let line = format!("{method} {path}");
    heard.iter().position(|heard| *heard == line).unwrap_or_else(|| panic!("{line}: {heard:?}"))
}

fn check_folders_come_first(lab: &Lab, heard: &[String]) {
    for path in NAMES {
        let names: Vec<&str> = path.split('/').collect();
        for depth in 1..names.len() {
            let folder = names[..depth].join("/");
            let made = when(heard, "MKCOL", &folder);
            let next = names[..=depth].join("/");
            let then = if depth + 1 < names.len() { "MKCOL" } else { "PUT" };
            assert!(made < when(heard, then, &next), "{path} on {:?}: {heard:?}", lab.dialect());
        }
    }
}

#[test]
fn testsyncfileitem_folders_come_before_what_is_in_them_whatever_they_are_called() {
    on_all(|lab| {
        NAMES.iter().for_each(|path| lab.here().write(path, path));
        lab.heard();
        lab.runs().unwrap();
        check_folders_come_first(lab, &lab.heard());
        let shown = lab.there().shows();
        assert!(NAMES.iter().all(|path| lab.there().text(path).as_deref() == Some(path)));
        assert_eq!(lab.here().shows(), shown);
        // And down again, after everything went.
        for folder in ["N", "N-", "N- ", "N ", "N!"] {
            lab.here().remove(folder);
        }
        lab.ends("");
        NAMES.iter().for_each(|path| lab.there().write(path, path));
        lab.syncs();
        assert_eq!(lab.here().shows(), shown, "{:?}", lab.dialect());
    });
}
