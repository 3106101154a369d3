//! testowncloudpropagator: names as long as a server and a disk take them.
//!
//! The peers cut the names of their temporary files. Ours are numbers; conflict
//! names are cut between letters (`src/model/name.rs`).

use crate::lab::on_all;

#[test]
fn testowncloudpropagator_the_longest_names_travel_and_conflict() {
    on_all(|lab| {
        // 226 bytes each: ownCloud 10 takes 227 of a new file.
        for name in ["x".repeat(226), "é".repeat(113), format!("{}xx", "🦀".repeat(56))] {
            let path = format!("A/{name}");
            lab.here().write(&path, "new");
            lab.ends(&format!("+{path}=new"));
            lab.there().write(&path, "edited there");
            lab.syncs();
            assert_eq!(lab.here().text(&path).as_deref(), Some("edited there"));

            lab.here().write(&path, "mine");
            lab.there().write(&path, "theirs");
            let (report, _) = lab.syncs();
            assert_eq!(report.counts.conflicts, 1, "{:?}", lab.dialect());
            let here = lab.here().shows();
            assert_eq!((here.len(), &here), (8 + 2, &lab.there().shows()), "{:?}", lab.dialect());
            assert!(here.contains(&format!("{path}=theirs")));
            let copy = here.iter().find(|line| line.ends_with("=mine")).unwrap();
            assert!(copy.starts_with(&path[..50]) && copy.contains("!="), "{copy}");
            let all = lab.world.disk.snapshot().into_keys();
            all.filter(|at| at.len() > 100).for_each(|at| lab.here().remove(&at));
            lab.ends("");
        }
    });
}
