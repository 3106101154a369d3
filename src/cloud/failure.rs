//! Failures as the real client understands a family's answers (protocol.md 10).

use super::dialect::Dialect;
use super::refusal::{Method, Refusal};
use crate::model::RelPath;
use crate::server::{Effect, ServerError, ServerErrorKind};

/// What was asked, as far as the meaning of the answer depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'a> {
    pub(super) dialect: Dialect,
    pub(super) method: Method,
    /// As it stands in the request.
    pub(super) name: &'static str,
    /// Below the remote root.
    pub(super) path: &'a RelPath,
    /// With `If-Match`.
    pub(super) if_match: bool,
}

impl Sent<'_> {
    /// A failure of this request.
    pub(super) fn failed(
        &self,
        kind: ServerErrorKind,
        effect: Effect,
        detail: &str,
    ) -> ServerError {
        let (method, path) = (self.name, self.path.clone());
        ServerError { kind, effect, method, path, detail: detail.to_owned() }
    }

    /// It failed on purpose before it took effect.
    pub(super) fn stopped(&self, kind: ServerErrorKind) -> ServerError {
        self.failed(kind, Effect::None, "failed on purpose")
    }

    /// No answer came.
    pub(super) fn lost(&self) -> ServerError {
        let effect = if self.method == Method::Read { Effect::None } else { Effect::Unknown };
        self.failed(ServerErrorKind::Unreachable, effect, "no answer")
    }

    /// The answer broke off in the middle.
    pub(super) fn half(&self) -> ServerError {
        self.failed(ServerErrorKind::Nonsense, Effect::None, "half an XML document")
    }

    /// The guard was looked at and does not hold.
    pub(super) fn changed(&self) -> ServerError {
        self.failed(ServerErrorKind::Changed, Effect::None, "not as expected any more")
    }

    /// The cloud refused it.
    pub(super) fn refused(&self, refusal: &Refusal) -> ServerError {
        let status = refusal.status(self.dialect, self.method);
        let kind = self.kind(refusal, status);
        // A failure inside the server says nothing about what it did before.
        let unsure = matches!(status, 500 | 502) && kind != ServerErrorKind::Locked;
        let effect = if unsure { Effect::Unknown } else { Effect::None };
        self.failed(kind, effect, &refusal.to_string())
    }

    fn kind(&self, refusal: &Refusal, status: u16) -> ServerErrorKind {
        let ocis = self.dialect == Dialect::Ocis;
        match status {
            // GET of a folder gets a page, where it is not forbidden.
            _ if *refusal == Refusal::IsFolder && self.method == Method::Read => {
                match self.dialect {
                    Dialect::Plain => ServerErrorKind::Forbidden,
                    _ => ServerErrorKind::Nonsense,
                }
            }
            400 if matches!(refusal, Refusal::BadName(_)) => ServerErrorKind::BadName,
            400 => ServerErrorKind::Torn,
            403 => ServerErrorKind::Forbidden,
            404 => ServerErrorKind::NotFound,
            405 => ServerErrorKind::Exists,
            409 if self.if_match && ocis => ServerErrorKind::Changed,
            409 => ServerErrorKind::NotFound,
            412 => ServerErrorKind::Changed,
            423 => ServerErrorKind::Locked,
            500 if *refusal == Refusal::Locked => ServerErrorKind::Locked,
            507 => ServerErrorKind::Quota,
            other => ServerErrorKind::Status(other),
        }
    }
}
