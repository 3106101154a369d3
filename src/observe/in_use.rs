//! Files that a program works on, told by what stands beside them (amendment 35).
//!
//! An office program leaves a lock file while a document is open: what it has
//! written so far may be half a document, and a document that is replaced
//! under it would be overwritten by the next save. A database is several files
//! that belong together only while nobody writes to any of them.

use std::collections::BTreeMap;

use crate::model::{LocalSeen, Name, Timing, WaitReason};

/// A lock file that is older was left behind by a program that crashed.
const STALE: i64 = 24 * 3600 * 1_000_000_000;

/// How the lock files of LibreOffice and of Microsoft Office begin.
const LOCKS: [&str; 2] = [".~lock.", "~$"];

/// What databases keep beside their file.
const BESIDE: [&str; 3] = ["-wal", "-journal", "-shm"];

/// The files of one folder that a program works on.
#[derive(Debug, Default)]
pub(super) struct InUse {
    /// Those that are left alone on both sides, and why.
    pub(super) busy: BTreeMap<Name, WaitReason>,
    /// Databases that are quiet, with all that stands beside them. A program
    /// may have them open all the same.
    pub(super) quiet: Vec<Vec<Name>>,
}

/// Whether a name is one by which programs tell what they work on.
pub(super) fn tells_of_use(name: &Name) -> bool {
    let name = name.as_str();
    name.starts_with(LOCKS[0])
        || name.starts_with(LOCKS[1])
        || BESIDE.iter().any(|end| name.ends_with(end))
}

/// The files of one folder that are in use at `now` (nanoseconds since 1970,
/// by the volume's clock). `entries` are all names, ignored ones too.
pub(super) fn in_use(entries: &BTreeMap<Name, LocalSeen>, now: i64, timing: &Timing) -> InUse {
    let InUse { busy: mut found, mut quiet } = InUse::default();
    for (name, seen) in entries {
        if now.saturating_sub(seen.mtime) < STALE {
            let open = locked_by(name.as_str(), entries).cloned();
            found.extend(open.map(|name| (name, WaitReason::InUse)));
        }
        for group in BESIDE.iter().filter_map(|end| database(name.as_str(), end, entries)) {
            let latest = group.iter().map(|(_, seen)| seen.mtime).max().unwrap_or(i64::MIN);
            let rest = i64::try_from(timing.database.as_nanos()).unwrap_or(i64::MAX);
            if now.saturating_sub(latest) < rest {
                found.extend(
                    group.into_iter().map(|(name, _)| (name.clone(), WaitReason::Settling)),
                );
            } else {
                quiet.push(group.into_iter().map(|(name, _)| name.clone()).collect());
            }
        }
    }
    quiet.sort();
    quiet.dedup();
    InUse { busy: found, quiet }
}

/// The document that the lock file `name` speaks of: `.~lock.report.odt#` of
/// LibreOffice, `~$report.docx` of Microsoft Office, where Word leaves out one
/// or two letters of long names.
fn locked_by<'a>(name: &str, entries: &'a BTreeMap<Name, LocalSeen>) -> Option<&'a Name> {
    if let Some(document) = name.strip_prefix(LOCKS[0]).and_then(|rest| rest.strip_suffix('#')) {
        return entries.keys().find(|name| name.as_str() == document);
    }
    let rest = name.strip_prefix(LOCKS[1])?;
    entries.keys().filter(|name| !name.as_str().starts_with(LOCKS[1])).find(|name| {
        let letters = name.as_str().char_indices().map(|(at, _)| at).take(3);
        letters.into_iter().any(|at| name.as_str()[at..] == *rest)
    })
}

/// A database with all that stands beside it, if `name` is one of those files.
fn database<'a>(
    name: &str,
    end: &str,
    entries: &'a BTreeMap<Name, LocalSeen>,
) -> Option<Vec<(&'a Name, &'a LocalSeen)>> {
    let main = name.strip_suffix(end)?;
    entries.keys().find(|name| name.as_str() == main)?;
    let belongs = |name: &str| {
        name.strip_prefix(main).is_some_and(|rest| rest.is_empty() || BESIDE.contains(&rest))
    };
    Some(entries.iter().filter(|(name, _)| belongs(name.as_str())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * 1_000_000_000;
    const NOW: i64 = 1_000_000 * HOUR;

    fn look(entries: &[(&str, i64)]) -> InUse {
        let seen = |age| LocalSeen {
            volume: 1,
            file_id: 1,
            born: None,
            size: 1,
            mtime: NOW - age,
            ctime: NOW - age,
            links: 1,
        };
        let entries =
            entries.iter().map(|(name, age)| (Name::new(name).unwrap(), seen(*age))).collect();
        in_use(&entries, NOW, &Timing::default())
    }

    fn used(entries: &[(&str, i64)]) -> Vec<(String, WaitReason)> {
        look(entries).busy.into_iter().map(|(name, reason)| (name.to_string(), reason)).collect()
    }

    #[test]
    fn an_open_document_is_known_by_its_lock_file() {
        for (document, lock) in [
            ("report.odt", ".~lock.report.odt#"),
            ("Book1.xlsx", "~$Book1.xlsx"),
            ("Document.docx", "~$cument.docx"),
            ("Letters.docx", "~$etters.docx"),
            ("Été.docx", "~$é.docx"),
        ] {
            let found = used(&[(document, HOUR), (lock, HOUR), ("other.docx", HOUR)]);
            assert_eq!(found, [(document.to_owned(), WaitReason::InUse)], "{lock}");
        }
    }

    #[test]
    fn a_lock_file_that_a_crash_left_behind_holds_nothing_after_a_day() {
        assert!(used(&[("report.odt", 30 * HOUR), (".~lock.report.odt#", 25 * HOUR)]).is_empty());
        assert!(used(&[(".~lock.gone.odt#", HOUR)]).is_empty());
    }

    #[test]
    fn a_database_waits_until_all_its_files_are_quiet() {
        let young = 1_000_000_000;
        let found =
            used(&[("a.db", HOUR), ("a.db-wal", young), ("a.db-shm", HOUR), ("b.db", young)]);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.db", "a.db-shm", "a.db-wal"]);
        assert!(found.iter().all(|(_, reason)| *reason == WaitReason::Settling));
        let quiet = look(&[("a.db", HOUR), ("a.db-shm", HOUR), ("a.db-wal", HOUR)]);
        assert!(quiet.busy.is_empty());
        let groups: Vec<Vec<&str>> =
            quiet.quiet.iter().map(|group| group.iter().map(Name::as_str).collect()).collect();
        assert_eq!(groups, [["a.db", "a.db-shm", "a.db-wal"]]);
        assert!(used(&[("a-journal", young)]).is_empty(), "a diary is no database");
    }
}
