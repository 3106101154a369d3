//! A sentence and a remedy for a folder that is not moved.

use std::path::Path;

use crate::relocate::RelocateError;

use super::{Said, Texts};

/// Returns why a folder is not moved whose journal lies at `place`.
pub fn relocate(texts: &Texts, error: &RelocateError, place: &str) -> Said {
    use RelocateError as E;
    let of = |id: &str, path: &Path| texts.explain(id, &[("path", path.to_string_lossy().into())]);
    match error {
        E::Missing(path) => of("usage-folder-missing", path),
        E::Within(path) => of("usage-relocate-within", path),
        E::Taken(path) => of("usage-relocate-taken", path),
        E::NoParent(path) => of("usage-relocate-no-parent", path),
        E::InUse => texts.explain("error-relocate-in-use", &[]),
        E::InTheWay(path) => of("error-relocate-in-the-way", path),
        E::Restless(path) => of("error-relocate-restless", path),
        E::Damaged(path) => of("error-disk-broken", path),
        E::Room { needed, free } => {
            let args = [("needed", texts.size(*needed).into()), ("free", texts.size(*free).into())];
            texts.explain("error-relocate-room", &args)
        }
        E::File { path, source } => {
            let reason = source.to_string();
            let args =
                [("path", path.to_string_lossy().into()), ("reason", super::plain(&reason).into())];
            texts.explain("error-relocate-file", &args)
        }
        E::Disk(error) => super::disk(texts, error),
        E::Journal(error) => super::journal(texts, error, place),
        E::Settings(error) => super::settings(texts, error),
    }
}
