//! Copies that the server makes by itself: no byte of the file travels.

use std::time::Duration;

use reqwest::header::HeaderValue;

use super::dav::{DESTINATION, Dav, MTIMES, OVERWRITE, Outcome, header};
use super::failure::Failure;
use super::guard::Condition;
use super::request::{Load, Request};
use super::status::Asked;
use super::{Family, Guard, ServerErrorKind, Written};
use crate::model::RelPath;

/// The server may take so much longer: it copies disks.
const COPYING: Duration = Duration::from_secs(1200);

impl Dav {
    pub(super) async fn copy_guarded(
        &self,
        from: &RelPath,
        to: &RelPath,
        guard: &Guard,
        mtime: Option<i64>,
    ) -> Outcome<Written> {
        let Condition { mut headers, if_match } = self.guard_source(from, guard).await?;
        if self.profile.family == Family::Plain && self.look(to).await?.is_some() {
            // RACE: not every plain server honours `Overwrite: F`.
            return Err(Failure::new(ServerErrorKind::Changed, "the new name is taken"));
        }
        let destination = HeaderValue::from_str(&self.address(to));
        headers.insert(
            DESTINATION,
            destination.map_err(|_| Failure::nonsense("a path that no header can carry"))?,
        );
        headers.insert(OVERWRITE, HeaderValue::from_static("F"));
        let asked = Asked { if_match, ..self.asked("COPY") };
        let (target, load) = (self.root.file(from), Load::Work(COPYING));
        let answer = self.written(Request { asked, target, headers, load }).await?;
        if let Some(mtime) = mtime.filter(|mtime| MTIMES.contains(mtime)) {
            self.set_date(to, mtime).await;
        }
        // Its version is that of before the date was set.
        let file_id = header(&answer, "OC-FileId").and_then(|_| self.file_id(&answer));
        Ok(Written { etag: None, file_id, replaced: None })
    }

    /// Gives the copy, which has the date of what it was copied from, the date
    /// of the file here. Only these two families do it (protocol.md 3.5), and a
    /// wrong date harms nothing.
    async fn set_date(&self, path: &RelPath, mtime: i64) {
        if !matches!(self.profile.family, Family::Nextcloud | Family::OwnCloud10) {
            return;
        }
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><d:propertyupdate xmlns:d=\"DAV:\"><d:set>\
             <d:prop><d:lastmodified>{mtime}</d:lastmodified></d:prop></d:set></d:propertyupdate>"
        );
        let request = Request {
            asked: self.asked("PROPPATCH"),
            target: self.root.file(path),
            headers: reqwest::header::HeaderMap::new(),
            load: Load::Xml(body),
        };
        if let Err(failure) = self.written(request).await {
            tracing::debug!(%path, detail = failure.detail, "a copy keeps its old date");
        }
    }
}
