//! What every path must keep, wherever it came from.

use std::path::{Component, Path};

use navette::model::{Name, RelPath};

/// Makes sure that a path is made of names that are let in, and that joined to
/// the synced folder it leads into it.
pub fn stays_inside(path: &RelPath) {
    for name in path.names() {
        assert!(Name::new(name).is_ok(), "{name:?} in {path:?}");
        assert!(!name.is_empty() && name != "." && name != "..", "{path:?}");
        assert!(!name.contains(['/', '\0']), "{path:?}");
    }
    let folder = Path::new("/home/user/folder");
    let full = folder.join(path.as_str());
    let below = full.strip_prefix(folder).unwrap_or_else(|_| panic!("{full:?} is outside"));
    assert!(below.components().all(|part| matches!(part, Component::Normal(_))), "{full:?}");
    assert_eq!(below.components().count(), path.names().count(), "{full:?}");
}
