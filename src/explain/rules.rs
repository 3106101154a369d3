//! Rules that keep a path out of the sync.
//!
//! Here is the place for further levels: each is asked about every name of the
//! path, from the top down, and says which of its patterns took it.

use globset::Glob;
use serde::Serialize;

use crate::model::{Ignore, RelPath};

/// Where a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The list that holds for every pair.
    BuiltIn,
}

/// A rule that takes a path, or a folder above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Where it stands.
    pub level: Level,
    /// Its pattern.
    pub pattern: String,
    /// The path that it takes.
    pub path: String,
}

/// The rules that take `path` or a folder above it, from the top down.
pub(super) fn of(path: &RelPath) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut at = RelPath::root();
    for name in path.names().filter_map(|name| crate::model::Name::new(name).ok()) {
        at = at.join(&name);
        let taken = Ignore::built_in().matches(&name).is_some();
        let pattern = taken.then(|| {
            let mut patterns = Ignore::patterns().map(|(pattern, _)| pattern);
            patterns.find(|pattern| is_match(pattern, name.as_str()))
        });
        rules.extend(pattern.flatten().map(|pattern| Rule {
            level: Level::BuiltIn,
            pattern: pattern.to_owned(),
            path: at.as_str().to_owned(),
        }));
    }
    rules
}

fn is_match(pattern: &str, name: &str) -> bool {
    Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}
