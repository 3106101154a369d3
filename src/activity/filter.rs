//! Which entries somebody wants to see.

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use super::{Entry, Verb};

/// A pattern that is none.
#[derive(Debug, Error)]
#[error("no pattern: {0}")]
pub struct NoPattern(String);

/// Paths that are meant: one, with all that lies below it, or a pattern in
/// which `*` and `?` stand within a name and `**` for any folders.
#[derive(Clone, Debug)]
pub struct Filter {
    path: String,
    glob: Option<GlobMatcher>,
}

impl Filter {
    /// Reads what was typed.
    ///
    /// # Errors
    ///
    /// If it is a pattern that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, NoPattern> {
        let path = text.trim_matches('/').to_owned();
        let is_pattern = path.contains(['*', '?', '[', '{']);
        let glob = is_pattern.then(|| GlobBuilder::new(&path).literal_separator(true).build());
        let glob = glob.transpose().map_err(|error| NoPattern(error.to_string()))?;
        Ok(Self { path, glob: glob.map(|glob| glob.compile_matcher()) })
    }

    /// Whether this path is meant. A name with a sign of patterns in it is
    /// meant by itself too.
    pub fn takes(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.path.as_str());
        let is_it = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let matched = |glob: &GlobMatcher| {
            // What lies below a folder that is meant is meant.
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            ends.into_iter().any(|end| glob.is_match(path.get(..end).unwrap_or(path)))
        };
        self.path.is_empty() || is_it || self.glob.as_ref().is_some_and(matched)
    }

    /// Whether the entry is about such a path, now or before, or its copy.
    pub fn takes_entry(&self, entry: &Entry) -> bool {
        let others = [&entry.more.from, &entry.more.copy].into_iter().flatten();
        self.takes(&entry.path) || others.into_iter().any(|path| self.takes(path))
    }
}

/// Which entries are wanted, newest first.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Only those before this one.
    pub before: Option<i64>,
    /// Only those after this one.
    pub after: Option<i64>,
    /// Only those since then, in seconds since 1970.
    pub since: Option<i64>,
    /// Only those about such paths.
    pub filter: Option<Filter>,
    /// Only those with this in a path, whatever the case of its letters; empty: all.
    pub text: String,
    /// Only those with one of these verbs; none: all.
    pub verbs: Vec<Verb>,
    /// So many at most; none: all.
    pub limit: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_itself_and_what_lies_below_and_a_pattern_what_it_matches() {
        for (filter, takes, passes) in [
            ("a/b", &["a/b", "a/b/c", "a/b/c/d"][..], &["a/bc", "a", "b/a/b"][..]),
            ("/a/", &["a", "a/b"], &["ab"]),
            ("", &["a", "a/b"], &[]),
            ("*.txt", &["a.txt"], &["a/b.txt", "a.txt2"]),
            ("**/*.txt", &["a.txt", "a/b/c.txt"], &["a/b"]),
            ("ph*", &["photos", "photos/a/b"], &["a/photos"]),
            ("a[1].txt", &["a[1].txt", "a1.txt"], &["a2.txt"]),
        ] {
            let filter = Filter::parse(filter).unwrap();
            assert!(takes.iter().all(|path| filter.takes(path)), "{filter:?}");
            assert!(!passes.iter().any(|path| filter.takes(path)), "{filter:?}");
        }
        assert!(Filter::parse("a[").is_err());
    }
}
