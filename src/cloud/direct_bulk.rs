//! Files that go together, and older versions, behind the engine's own seam.

use super::blob::Blob;
use super::bulk::{BulkEnd, BulkPart};
use super::call::Call;
use super::direct::{Direct, yield_now};
use super::failure::Sent;
use super::faults::Fate;
use super::model::Cloud;
use super::refusal::{Method, Refusal};
use super::request::{Conditions, Put, SentDate};
use crate::model::RelPath;
use crate::server::{
    Current, Effect, Family, Part, Result, ServerError, ServerErrorKind, Version, Written,
};

impl Direct {
    pub(super) async fn post_bulk(&self, parts: &[Part]) -> Vec<Result<Written>> {
        let Some(first) = parts.first() else { return Vec::new() };
        let asked: Vec<BulkPart> = parts.iter().map(|part| self.asked(part)).collect();
        let size = parts.iter().map(|part| part.bytes.len() as u64).sum();
        let failed = |end: &dyn Fn(Sent<'_>) -> ServerError| -> Vec<Result<Written>> {
            let sent = |part: &Part| Err(end(self.posted(&part.path)));
            parts.iter().map(sent).collect()
        };
        let fate = self.fate("POST", &first.path, Some(size));
        yield_now().await;
        let end = match fate {
            Fate::Fail(kind) => return failed(&|sent| sent.stopped(kind.clone())),
            Fate::Late => {
                self.keep(Call::Together { parts: asked });
                return failed(&|sent| sent.lost());
            }
            Fate::CutBody(length) => {
                self.cloud().lock().put_bulk_cut(self.user(), &asked, length);
                return failed(&|sent| sent.lost());
            }
            _ => self.one_after_another(parts, &asked).await,
        };
        yield_now().await;
        if fate == Fate::LoseReply {
            return failed(&|sent| sent.lost());
        }
        let mut ends = end.parts.into_iter();
        let of = |part: &Part| {
            let sent = self.posted(&part.path);
            match ends.next() {
                Some(Ok(done)) => {
                    Ok(Written { replaced: None, ..self.written(Some(done), Method::Put) })
                }
                Some(Err(refusal)) => Err(refused(sent, &refusal)),
                None => {
                    let kind = ServerErrorKind::Status(400);
                    Err(sent.failed(kind, Effect::None, "not worked on"))
                }
            }
        };
        parts.iter().map(of).collect()
    }

    /// Others may act between two files of a request.
    async fn one_after_another(&self, parts: &[Part], asked: &[BulkPart]) -> BulkEnd {
        let mut end = BulkEnd::default();
        for (part, asked) in parts.iter().zip(asked) {
            self.passing(&part.path);
            yield_now().await;
            let one = self.cloud().lock().put_bulk(self.user(), std::slice::from_ref(asked));
            end.parts.extend(one.parts);
            end.stopped = one.stopped;
            if end.stopped {
                break;
            }
        }
        end
    }

    fn asked(&self, part: &Part) -> BulkPart {
        let put = Put {
            blob: Blob::new(part.bytes.clone()),
            date: Some(SentDate::Seconds(part.mtime)),
            checksum: Some(format!("sha1:{}", part.sha1)),
            conditions: Conditions::none(),
        };
        BulkPart { path: self.whole(&part.path), put }
    }

    fn posted<'a>(&self, path: &'a RelPath) -> Sent<'a> {
        Sent { method: Method::Put, ..self.sent("POST", path) }
    }

    pub(super) async fn list_versions(
        &self,
        path: &RelPath,
        now: &Current,
    ) -> Result<Vec<Version>> {
        let sent = self.sent("PROPFIND", path);
        let read = |cloud: &mut Cloud, user: &str, _: &RelPath| cloud.versions(user, &now.file_id);
        let (versions, cut) = self.ask(sent, read).await?;
        if cut.is_some() {
            return Err(sent.half());
        }
        let all = versions.into_iter().map(|older| Version {
            key: older.key,
            mtime: Some(older.at),
            size: Some(older.size),
        });
        Ok(all.filter(|version| !now.is(version)).collect())
    }

    pub(super) async fn restore_version(
        &self,
        path: &RelPath,
        now: &Current,
        version: &Version,
    ) -> Result<()> {
        let moves = self.family() == Family::Nextcloud;
        let (file_id, key) = (now.file_id.clone(), version.key.clone());
        self.send(path, Call::RollBack { file_id, key, moves }).await.map(drop)
    }
}

/// A file that is refused is named in the answer, without a status.
fn refused(sent: Sent<'_>, refusal: &Refusal) -> ServerError {
    let kind = match refusal {
        Refusal::Locked => ServerErrorKind::Locked,
        _ => ServerErrorKind::Status(400),
    };
    sent.failed(kind, Effect::None, &refusal.to_string())
}
