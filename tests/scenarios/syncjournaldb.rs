//! testsyncjournaldb: what is written down of one thing says nothing of another.
//!
//! The peers keep paths, and search them with the patterns of SQL. Ours keeps
//! nodes and their folders; the rows themselves are tried in `tests/journal`.

use crate::lab::on_all;

/// `%`, `_`, `*` and `\` stand for something else in some pattern or other.
#[test]
fn testsyncjournaldb_a_folder_goes_alone_whatever_its_name_means_in_a_pattern() {
    on_all(|lab| {
        for special in ["fo%", "fo_", "fo*", "fo?", "fo[o]", "fo'"] {
            for (one, _) in lab.sides() {
                one.write(&format!("{special}/deep/file"), "goes");
                for like in ["foo/deep/file", "fo/file", "fooo"] {
                    one.write(like, "stays");
                }
                lab.ends(&format!(
                    "+{special}/deep/file=goes +foo/deep/file=stays +fo/file=stays +fooo=stays"
                ));
                one.remove(special);
                let asked = lab.ends("+foo/deep/file=stays +fo/file=stays +fooo=stays");
                assert_eq!(asked.put, 0, "{special} {:?}", lab.dialect());
                for like in ["foo", "fo", "fooo"] {
                    one.remove(like);
                }
                lab.ends("");
            }
        }
    });
}
