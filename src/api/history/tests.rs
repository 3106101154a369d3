use std::path::Path;

use super::*;
use crate::text::Language;

/// A pair that has these entries, by moment and path.
fn pair(dir: &Path, name: &str, entries: &[(i64, &str)]) -> Kin {
    let state_dir = dir.join(name);
    let entries: Vec<_> = entries
        .iter()
        .map(|(at, path)| crate::activity::Entry::new(*at, Verb::Sent, *path))
        .collect();
    Store::open(&state_dir).unwrap().add(&entries, None, 1000).unwrap();
    Kin { local: PathBuf::from(format!("/{name}")), state_dir }
}

/// All pages of a query, each in short.
fn pages(pairs: &[Kin], mut query: ActivityQuery) -> Vec<Vec<String>> {
    let texts = Texts::new(Language::ENGLISH);
    let mut pages = Vec::new();
    loop {
        let page = history(&texts, pairs, &query).unwrap();
        pages.push(page.entries.iter().map(|e| format!("{}:{}", e.folder, e.path)).collect());
        query.next = page.next;
        if query.next.is_none() {
            return pages;
        }
    }
}

fn of(limit: u64) -> ActivityQuery {
    ActivityQuery { limit, ..ActivityQuery::default() }
}

#[test]
fn pages_of_all_folders_come_newest_first_and_each_entry_once() {
    let dir = tempfile::tempdir().unwrap();
    let pairs = [
        pair(dir.path(), "a", &[(1, "one"), (3, "three"), (3, "trois"), (9, "nine")]),
        pair(dir.path(), "b", &[(2, "two"), (3, "drei"), (4, "four")]),
        Kin { local: "/c".into(), state_dir: dir.path().join("never synced") },
    ];
    let all = ["/a:nine", "/b:four", "/a:trois", "/a:three", "/b:drei", "/b:two", "/a:one"];
    assert_eq!(pages(&pairs, of(100)), [all.map(str::to_owned)]);
    for limit in 1..=3 {
        let pages = pages(&pairs, of(limit));
        assert!(pages.iter().all(|page| page.len() <= usize::try_from(limit).unwrap()));
        assert_eq!(pages.concat(), all, "{limit} a page");
    }
    let of_b = ActivityQuery { folder: Some("/b".to_owned()), ..of(2) };
    assert_eq!(pages(&pairs, of_b).concat(), ["/b:four", "/b:drei", "/b:two"]);
    let since = ActivityQuery { since: Some(4), ..of(9) };
    assert_eq!(pages(&pairs, since).concat(), ["/a:nine", "/b:four"]);
}

#[test]
fn what_comes_meanwhile_moves_no_page() {
    let dir = tempfile::tempdir().unwrap();
    let pairs = [pair(dir.path(), "a", &[(1, "one"), (2, "two"), (3, "three")])];
    let texts = Texts::new(Language::ENGLISH);
    let first = history(&texts, &pairs, &of(2)).unwrap();
    let entry = crate::activity::Entry::new(4, Verb::Sent, "four");
    Store::open(&pairs[0].state_dir).unwrap().add(&[entry], None, 1001).unwrap();
    let second = history(&texts, &pairs, &ActivityQuery { next: first.next, ..of(2) }).unwrap();
    let paths: Vec<_> = second.entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!((paths, second.next), (vec!["one"], None));
}

#[test]
fn a_part_of_a_path_is_found_whatever_its_case_and_also_where_it_was_before() {
    let dir = tempfile::tempdir().unwrap();
    let mut moved = crate::activity::Entry::new(3, Verb::Moved, "new/Thèse.pdf");
    moved.more.from = Some("old \"x\"/Thèse.pdf".to_owned());
    let pair = pair(dir.path(), "a", &[(1, "Photos/Été.jpg"), (2, "notes.txt")]);
    Store::open(&pair.state_dir).unwrap().add(&[moved], None, 1001).unwrap();
    let found = |text: &str| {
        let query = ActivityQuery { text: Some(text.to_owned()), ..of(9) };
        pages(std::slice::from_ref(&pair), query).concat()
    };
    assert_eq!(found("été"), ["/a:Photos/Été.jpg"]);
    assert_eq!(found("THÈSE"), ["/a:new/Thèse.pdf"]);
    assert_eq!(found("OLD \"x\"/"), ["/a:new/Thèse.pdf"]);
    assert_eq!(found("os/"), ["/a:Photos/Été.jpg"]);
    // These are words of how it is kept, and of no path.
    assert!(found("side").is_empty() && found("*").is_empty());
    assert_eq!(found("").len(), 3);
}
