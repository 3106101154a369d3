//! Names and paths, on any text: which are let in, and that every name that is
//! made of one is let in too, shown by every disk, and never ignored.

use navette::model::{Ignore, Kind, Name, RelPath, Stamp, layout};

use super::inside::stays_inside;

/// The longest name that is made.
const MAX_MADE: usize = 227;

/// Takes the text as a path, and each part of it as a name.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for part in text.split('/') {
        let admitted = Name::new(part);
        let may = !matches!(part, "" | "." | "..") && !part.contains('\0');
        assert_eq!(admitted.is_ok(), may, "{part:?}");
        if let Ok(name) = admitted {
            makes_good_names(&name);
        }
    }
    assert!(Name::new(&text).is_err() || !text.contains('/'));
    if let Ok(path) = RelPath::parse(&text) {
        stays_inside(&path);
        is_put_together_as_it_is_taken_apart(&path);
    }
}

fn is_put_together_as_it_is_taken_apart(path: &RelPath) {
    assert_eq!(RelPath::parse(path.as_str()).as_ref(), Ok(path));
    let (Some(parent), Some(name)) = (path.parent(), path.name()) else {
        assert!(path.is_root());
        return;
    };
    let name = Name::new(name).unwrap();
    assert_eq!(parent.join(&name), *path);
    assert!(path.starts_with(&parent) && !parent.starts_with(path));
    assert_eq!(parent.then(&path.below(&parent).unwrap()), *path);
}

fn makes_good_names(name: &Name) {
    let stamp = Stamp { date: "2026-11-22 135419".into(), device: "ssw".into() };
    let ignored =
        |name: &Name| layout::is_kept_apart(name) || Ignore::built_in().matches(name).is_some();
    for kind in [Kind::File, Kind::Dir] {
        let conflict = name.conflict(kind, &stamp, |_| false);
        let second = name.conflict(kind, &stamp, |taken| *taken == conflict);
        assert_ne!(conflict, second);
        let plain = name.alias(kind, true, |_| false);
        assert!(!plain.is_refused_by_windows(), "{plain:?} of {name:?}");
        let alias = name.alias(kind, false, |_| false);
        for made in [&plain, &alias] {
            assert_ne!(made, name);
            assert!(made.is_alias_of(name), "{made:?} of {name:?}");
        }
        for made in [&conflict, &second, &plain, &alias] {
            assert!(Name::new(made.as_str()).is_ok(), "{made:?} of {name:?}");
            assert!(made.as_str().len() <= MAX_MADE, "{made:?} of {name:?}");
            // It would be taken for deleted.
            assert!(!ignored(made) || ignored(name), "{made:?} of {name:?} is ignored");
        }
        for made in [&conflict, &second] {
            assert!(made.is_conflict_of(name, kind), "{made:?} of {name:?}");
        }
    }
}
