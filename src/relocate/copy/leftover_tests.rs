//! What a copy meets that was cut off, on every system.

use super::*;

// Whoever may do everything (root) does not see the difference.
#[test]
fn a_file_that_may_only_be_read_and_was_cut_off_is_written_anew() {
    let dir = tempfile::tempdir().unwrap();
    let [original, new] = ["original", "new"].map(|name| dir.path().join(name));
    fs::write(&original, "whole").unwrap();
    fs::write(&new, "cut").unwrap();
    for path in [&original, &new] {
        let mut rights = fs::metadata(path).unwrap().permissions();
        rights.set_readonly(true);
        fs::set_permissions(path, rights).unwrap();
    }
    assert!(written(&original, &new).unwrap().is_some());
    assert_eq!(fs::read(&new).unwrap(), b"whole");
    assert!(fs::metadata(&new).unwrap().permissions().readonly());
}
