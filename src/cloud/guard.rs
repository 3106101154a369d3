//! Guards of the direct server, as the real client keeps them: by conditions
//! where a family honours them, else by looking as late as possible (I5).

use super::direct::Direct;
use super::failure::Sent;
use super::request::{Conditions, Shown};
use crate::model::{Etag, Kind, RelPath};
use crate::mutant::{Mutant, broken};
use crate::server::{Family, Guard, Result, ServerErrorKind};

impl Direct {
    /// The conditions of a PUT.
    pub(super) async fn guard_put(&self, path: &RelPath, guard: &Guard) -> Result<Conditions> {
        match (self.family(), guard) {
            (Family::Nextcloud | Family::OwnCloud10, Guard::Absent) => {
                let refuses = !broken(Mutant::NoIfNoneMatch);
                Ok(if refuses { Conditions::absent() } else { Conditions::none() })
            }
            (Family::Nextcloud | Family::OwnCloud10 | Family::Ocis, Guard::Version(etag)) => {
                Ok(Conditions::version(etag.quoted()))
            }
            _ => {
                // RACE: what changes between this look and the PUT is
                // overwritten where the condition is ignored (protocol.md 0.2).
                let there = self.seen(path).await?;
                if !holds(guard, there.as_ref()) {
                    return Err(self.sent("PUT", path).changed());
                }
                Ok(match (guard, there) {
                    (Guard::Absent, _) => Conditions::absent(),
                    (Guard::Version(_), Some(there)) if !there.etag.starts_with("W/") => {
                        Conditions::version(there.etag)
                    }
                    _ => Conditions::none(),
                })
            }
        }
    }

    /// The conditions of a MOVE or DELETE, which speak of its source. Nothing
    /// there is left to the request itself.
    pub(super) async fn guard_source(&self, sent: Sent<'_>, guard: &Guard) -> Result<Conditions> {
        match (self.family(), guard) {
            (_, Guard::Present) => Ok(Conditions::none()),
            (Family::Nextcloud | Family::OwnCloud10, Guard::Version(etag)) => {
                Ok(Conditions::version(etag.quoted()))
            }
            _ => {
                // RACE: what changes from here on goes along (protocol.md 0.15).
                match self.seen(sent.path).await? {
                    Some(there) if !holds(guard, Some(&there)) => Err(sent.changed()),
                    _ => Ok(Conditions::none()),
                }
            }
        }
    }

    /// After a refused `If-Match`: whether the source is a folder of the very
    /// version that was asked for, which never matches (owncloud10.md). `None`:
    /// there is nothing any more.
    pub(super) async fn is_that_folder(
        &self,
        path: &RelPath,
        guard: &Guard,
    ) -> Result<Option<bool>> {
        let there = self.seen(path).await?;
        Ok(there.map(|there| there.kind == Kind::Dir && holds(guard, Some(&there))))
    }

    /// What stands at `path`; `None` on 404, which alone confirms nothing.
    pub(super) async fn seen(&self, path: &RelPath) -> Result<Option<Shown>> {
        match self.look(path).await {
            Err(missing) if missing.kind == ServerErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }
}

fn holds(guard: &Guard, there: Option<&Shown>) -> bool {
    match (guard, there) {
        (Guard::Absent, None) | (Guard::Present, Some(_)) => true,
        (Guard::Version(etag), Some(there)) => Etag::parse(&there.etag).as_ref() == Some(etag),
        (Guard::Absent, Some(_)) | (Guard::Present | Guard::Version(_), None) => false,
    }
}
