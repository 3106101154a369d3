//! testexcludedfiles: names that are never synced.
//!
//! The list is the one that ownCloud's client ships (`src/model/ignore.rs`).
//! What users add to it: `tests/engine/ignored.rs`.

use crate::lab::on_all;

const NEVER: [&str; 6] = ["a1~", ".~lock.other#", ".a1.swp", ".DS_Store", "Thumbs.db", "._a1"];

/// They stay where they are: not sent, not fetched, and not deleted for it.
#[test]
fn testexcludedfiles_what_is_ignored_stays_on_its_side() {
    on_all(|lab| {
        for name in NEVER {
            lab.here().write(&format!("A/{name}"), "here");
            lab.there().write(&format!("B/{name}"), "there");
        }
        lab.here().write(".directory/inside", "here");
        lab.there().write(".nfs1/inside", "there");
        let (report, asked) = lab.syncs();
        assert_eq!((report.items, asked.work()), (vec![], 0), "{:?}", lab.dialect());
        for _ in 0..2 {
            let [here, there] = [lab.here().shows(), lab.there().shows()];
            assert_eq!((here.len(), there.len()), (8 + 7, 8 + 7), "{:?}", lab.dialect());
            assert!(here.contains("A/a1~=here") && here.contains(".directory/inside=here"));
            assert!(there.contains("B/a1~=there") && there.contains(".nfs1/inside=there"));
            // Their folders are looked at again.
            lab.here().write("A/a1", "edited");
            lab.there().write("B/b1", "edited");
            lab.syncs();
            lab.here().write("A/a1", "a1");
            lab.there().write("B/b1", "b1");
            lab.syncs();
        }
    });
}
