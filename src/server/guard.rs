//! Guards: by conditions where a family honours them, else by looking as late
//! as possible (I5).

use reqwest::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use super::dav::Dav;
use super::failure::Failure;
use super::listing::Single;
use super::{Family, Guard, ServerErrorKind};
use crate::model::{Etag, Kind, RelPath};
use crate::mutant::{Mutant, broken};

/// What the server is told to check.
#[derive(Debug, Default)]
pub(super) struct Condition {
    pub(super) headers: HeaderMap,
    pub(super) if_match: bool,
}

/// What stands at the source of a MOVE or DELETE whose guard failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Nothing.
    Gone,
    /// A folder of the very version that was asked for: Sabre fails every
    /// If-Match on a folder, even a right one (owncloud10.md).
    ThatFolder,
    /// Something else.
    Other,
}

impl Condition {
    fn nothing_there() -> Self {
        let mut headers = HeaderMap::new();
        if !broken(Mutant::NoIfNoneMatch) {
            headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        }
        Self { headers, if_match: false }
    }

    fn version(quoted: &str) -> Result<Self, Failure> {
        let value = HeaderValue::from_str(quoted);
        let value = value.map_err(|_| Failure::nonsense("a version that no header can carry"))?;
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, value);
        Ok(Self { headers, if_match: true })
    }
}

impl Dav {
    /// The guard of a PUT.
    pub(super) async fn guard_put(
        &self,
        path: &RelPath,
        guard: &Guard,
    ) -> Result<Condition, Failure> {
        match (self.profile.family, guard) {
            (Family::Nextcloud | Family::OwnCloud10, Guard::Absent) => {
                Ok(Condition::nothing_there())
            }
            (Family::Nextcloud | Family::OwnCloud10 | Family::Ocis, Guard::Version(etag)) => {
                Condition::version(&etag.quoted())
            }
            _ => {
                // RACE: what changes on the server between this look and the
                // PUT is overwritten: oCIS ignores If-None-Match, rclone every
                // condition (protocol.md 0.2, 0.12). They are sent all the
                // same; Apache and later versions honour them.
                let found = self.check(path, guard).await?;
                match (guard, found.as_ref().and_then(strong)) {
                    (Guard::Absent, _) => Ok(Condition::nothing_there()),
                    (Guard::Version(_), Some(raw)) => Condition::version(raw),
                    _ => Ok(Condition::default()),
                }
            }
        }
    }

    /// The guard of a MOVE or DELETE, which speaks of its source.
    pub(super) async fn guard_source(
        &self,
        path: &RelPath,
        guard: &Guard,
    ) -> Result<Condition, Failure> {
        match (self.profile.family, guard) {
            // The request itself finds out whether anything is there.
            (_, Guard::Present) => Ok(Condition::default()),
            (Family::Nextcloud | Family::OwnCloud10, Guard::Version(etag)) => {
                Condition::version(&etag.quoted())
            }
            _ => {
                // RACE: oCIS and rclone ignore conditions on MOVE and DELETE
                // (protocol.md 0.15); what changes from here on goes along.
                self.check(path, guard).await?;
                Ok(Condition::default())
            }
        }
    }

    /// Looks what stands at `path` now, and fails with
    /// [`ServerErrorKind::Changed`] if the guard does not hold.
    pub(super) async fn check(
        &self,
        path: &RelPath,
        guard: &Guard,
    ) -> Result<Option<Single>, Failure> {
        let found = self.look(path).await?;
        if holds(guard, found.as_ref()) { Ok(found) } else { Err(changed(path)) }
    }

    /// Looks at the source after its guard failed.
    pub(super) async fn source_now(
        &self,
        path: &RelPath,
        guard: &Guard,
    ) -> Result<Source, Failure> {
        Ok(match self.look(path).await? {
            None => Source::Gone,
            Some(found) if found.resource.kind == Kind::Dir && holds(guard, Some(&found)) => {
                Source::ThatFolder
            }
            Some(_) => Source::Other,
        })
    }
}

fn holds(guard: &Guard, found: Option<&Single>) -> bool {
    match (guard, found) {
        (Guard::Absent, None) | (Guard::Present, Some(_)) => true,
        (Guard::Version(etag), Some(found)) => found.resource.seen.etag.as_ref() == Some(etag),
        (Guard::Absent, Some(_)) | (Guard::Present | Guard::Version(_), None) => false,
    }
}

/// The etag as the server spells it, where it can satisfy If-Match: Apache
/// makes it weak while the file is younger than a second or two.
fn strong(found: &Single) -> Option<&str> {
    let raw = found.raw_etag.as_deref()?;
    (raw.starts_with('"') && Etag::parse(raw).is_some()).then_some(raw)
}

fn changed(path: &RelPath) -> Failure {
    Failure::new(ServerErrorKind::Changed, format!("{path:?} is not as expected any more"))
}
