//! Many entries that say the same: a first sync of thousands of files is one line.

use super::{Entry, Kept};

/// So many of one kind are told one by one.
const FEW: usize = 5;

/// Entries that are told as one, in the order of time.
#[derive(Clone, Debug)]
pub struct Burst<'a> {
    /// The first.
    pub first: &'a Entry,
    /// How many.
    pub files: usize,
    /// Bytes of all.
    pub bytes: u64,
    /// The folder in which all of them are; empty for the top.
    pub folder: String,
}

/// Gathers entries, oldest first, that follow one another, belong to one pass
/// and do the same for the same reason. Few of a kind stay alone.
pub fn bursts(entries: &[Kept]) -> Vec<Burst<'_>> {
    let same = |one: &Kept, other: &Kept| {
        let kind = |kept: &Kept| {
            let more = &kept.entry.more;
            (kept.batch, kept.entry.verb, more.side.clone(), more.why.clone(), more.cause.clone())
        };
        kind(one) == kind(other)
    };
    let mut bursts = Vec::new();
    for group in entries.chunk_by(same) {
        match group {
            group if group.len() > FEW => bursts.extend(together(group)),
            group => {
                bursts.extend(group.iter().flat_map(|kept| together(std::slice::from_ref(kept))))
            }
        }
    }
    bursts
}

fn together(group: &[Kept]) -> Option<Burst<'_>> {
    let first = &group.first()?.entry;
    let folders = group.iter().map(|kept| folder(&kept.entry.path));
    let folder = folders.reduce(common).unwrap_or_default().to_owned();
    let bytes = group.iter().fold(0_u64, |sum, kept| sum.saturating_add(kept.entry.more.bytes));
    Some(Burst { first, files: group.len(), bytes, folder })
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The deepest folder that holds both.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let mut folder = one;
    while !(other == folder || other.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    {
        if folder.is_empty() {
            return folder;
        }
        folder = self::folder(folder);
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::super::Verb;
    use super::*;

    fn kept(batch: i64, verb: Verb, path: &str) -> Kept {
        let mut entry = Entry::new(7, verb, path);
        entry.more.bytes = 10;
        Kept { id: 0, batch, entry }
    }

    #[test]
    fn many_of_a_kind_are_one_line_with_the_folder_that_holds_them() {
        let mut entries: Vec<Kept> = (0..50)
            .map(|file| kept(1, Verb::Fetched, &format!("a/b{}/{file}", file % 2)))
            .collect();
        entries.push(kept(1, Verb::Deleted, "x"));
        entries.push(kept(2, Verb::Fetched, "a/c"));
        let told = bursts(&entries);
        let told: Vec<_> =
            told.iter().map(|burst| (burst.files, burst.bytes, burst.folder.as_str())).collect();
        assert_eq!(told, [(50, 500, "a"), (1, 10, ""), (1, 10, "a")]);
    }

    #[test]
    fn few_of_a_kind_and_those_of_different_passes_stay_alone() {
        let entries: Vec<Kept> =
            (0..8).map(|file| kept(file / 4, Verb::Sent, &format!("{file}"))).collect();
        assert_eq!(bursts(&entries).len(), 8);
    }

    #[test]
    fn the_common_folder_is_one_of_whole_names() {
        for (one, other, both) in
            [("a/b", "a/bc", "a"), ("a/b", "a/b/c", "a/b"), ("a", "b", ""), ("", "a", "")]
        {
            assert_eq!((common(one, other), common(other, one)), (both, both));
        }
    }
}
