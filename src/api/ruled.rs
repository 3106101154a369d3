//! Which line decides whether something is synced, for the window.

use std::path::Path;

use serde::Serialize;

use super::document::Said;
use crate::model::{Kind, RelPath};
use crate::settings::{Settings, SettingsError, Verdict};
use crate::text::{self, Texts};

/// Which line decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct RuleVerdict {
    /// It is not synced.
    pub left_out: bool,
    /// The line, as it is written; null if none speaks of it.
    pub rule: Option<String>,
    /// The level of the line.
    pub level: Option<String>,
    /// What that comes to, for people.
    pub said: Said,
}

impl RuleVerdict {
    /// What the settings and the folder at `dir` say of `path` below it, with words
    /// of `texts`. A `/` at its end says that it is a folder.
    ///
    /// # Errors
    ///
    /// If the folder is not configured, or this is no path.
    pub fn found(
        texts: &Texts,
        settings: &Settings,
        dir: &Path,
        path: &str,
    ) -> Result<Self, SettingsError> {
        let folder = settings.known(dir)?;
        let below = RelPath::parse(path.trim_end_matches('/'));
        let below = below.map_err(|_| SettingsError::RemotePathBad(path.to_owned()))?;
        let kind = if path.ends_with('/') { Kind::Dir } else { Kind::File };
        Ok(Self::of(texts, &below, kind, settings.verdict(folder, &below, kind)))
    }

    /// What was found of `path`, with words of `texts`.
    pub fn of(texts: &Texts, path: &RelPath, kind: Kind, verdict: Verdict) -> Self {
        let sentence = text::ruled(texts, path, kind, &verdict);
        Self {
            left_out: verdict.left_out,
            rule: verdict.rule.map(|rule| rule.pattern),
            level: verdict.level.map(str::to_owned),
            said: Said { sentence, remedy: None },
        }
    }
}
