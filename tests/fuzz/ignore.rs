//! The names that are never synced, on any text: the patterns match what they
//! say, letter by letter, come to an end, and never take our own folder.

use navette::model::{Ignore, Ignored, Name, layout};

/// Takes each line as a name.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.split('\n') {
        let Ok(name) = Name::new(line) else { continue };
        let verdict = Ignore::built_in().matches(&name);
        assert_eq!(verdict, read_slowly(line), "{line:?}");
        assert!(!layout::is_own(&name) || layout::is_kept_apart(&name));
        assert!(!layout::is_own(&name) || verdict.is_none(), "our own folder is not ignored");
    }
}

/// The same verdict, by the plainest reading of the patterns.
fn read_slowly(name: &str) -> Option<Ignored> {
    let fits = |wanted: Ignored| {
        let mut patterns = Ignore::patterns().filter(|(_, ignored)| *ignored == wanted);
        patterns.any(|(pattern, _)| matches(pattern.as_bytes(), name.as_bytes()))
    };
    [Ignored::Kept, Ignored::Deletable].into_iter().find(|ignored| fits(*ignored))
}

/// Whether `name` fits `pattern`, of which `*` is any bytes and `?` any one.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // Which beginnings of the pattern fit the letters so far.
    let mut fits = vec![false; pattern.len() + 1];
    fits[0] = true;
    let stars = |fits: &mut Vec<bool>| {
        for (at, letter) in pattern.iter().enumerate() {
            if *letter == b'*' && fits[at] {
                fits[at + 1] = true;
            }
        }
    };
    stars(&mut fits);
    for letter in name {
        let mut next = vec![false; fits.len()];
        for (at, wanted) in pattern.iter().enumerate() {
            if fits[at] && (*wanted == b'?' || wanted == letter) {
                next[at + 1] = true;
            }
            if *wanted == b'*' && fits[at + 1] {
                next[at + 1] = true;
            }
        }
        fits = next;
        stars(&mut fits);
    }
    fits[pattern.len()]
}
