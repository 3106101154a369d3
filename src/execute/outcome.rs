//! What an effect hands back, and how failures of the seams become outcomes.

use crate::disk::{DiskError, DiskErrorKind};
use crate::event::{Cause, Outcome};
use crate::model::{Change, RelPath};
use crate::report::EngineError;
use crate::server::{Effect, ServerError, ServerErrorKind};

/// What came of one effect. The main loop makes `sync` durable before it
/// commits `changes` (the ordering law).
#[derive(Debug)]
pub(super) struct Performed {
    /// How it ended.
    pub(super) outcome: Outcome,
    /// What is known now.
    pub(super) changes: Vec<Change>,
    /// Local folders whose entries changed.
    pub(super) sync: Vec<RelPath>,
    /// Bytes of files sent.
    pub(super) up: u64,
    /// Bytes of files fetched.
    pub(super) down: u64,
    /// Why no further step may start.
    pub(super) stop: Option<EngineError>,
}

impl Performed {
    /// A step that ended as `outcome` and taught nothing.
    pub(super) fn ended(outcome: Outcome) -> Self {
        Self { outcome, changes: Vec::new(), sync: Vec::new(), up: 0, down: 0, stop: None }
    }

    /// A step that is done.
    pub(super) fn done(changes: Vec<Change>, sync: Vec<RelPath>) -> Self {
        Self { changes, sync, ..Self::ended(Outcome::Done) }
    }
}

/// Why an effect did not take place.
#[derive(Debug)]
pub(super) struct Refusal {
    outcome: Outcome,
    /// Boxed, for it is rare and large.
    stop: Option<Box<EngineError>>,
}

impl Refusal {
    /// A side is not as it was observed.
    pub(super) const STALE: Self = Self { outcome: Outcome::Stale, stop: None };

    /// Whether the step ends so.
    pub(super) fn is(&self, outcome: &Outcome) -> bool {
        self.outcome == *outcome
    }

    /// Nobody knows whether it was done.
    pub(super) fn unknown(cause: Cause) -> Self {
        Self { outcome: Outcome::Unknown(cause), stop: None }
    }

    /// What it failed of; none if a side was not as observed.
    pub(super) fn cause(self) -> Option<Cause> {
        match self.outcome {
            Outcome::Failed(cause) | Outcome::Unknown(cause) => Some(cause),
            Outcome::Done | Outcome::Stale | Outcome::Skipped => None,
        }
    }

    /// It failed of `cause`, with nothing done.
    pub(super) fn failed(cause: Cause) -> Self {
        Self { outcome: Outcome::Failed(cause), stop: None }
    }
}

impl From<Refusal> for Performed {
    fn from(refusal: Refusal) -> Self {
        Self { stop: refusal.stop.map(|stop| *stop), ..Self::ended(refusal.outcome) }
    }
}

/// What a failed primitive means to the user. None: the disk is not as observed.
pub(super) fn disk_cause(kind: DiskErrorKind) -> Option<Cause> {
    match kind {
        DiskErrorKind::NotFound
        | DiskErrorKind::Exists
        | DiskErrorKind::NotEmpty
        | DiskErrorKind::WrongType => None,
        DiskErrorKind::Denied | DiskErrorKind::ReadOnly => Some(Cause::Unwritable),
        DiskErrorKind::Full => Some(Cause::DiskFull),
        DiskErrorKind::Busy => Some(Cause::Busy),
        DiskErrorKind::Linked => Some(Cause::ThroughLink),
        DiskErrorKind::BadName => Some(Cause::NameImpossible),
        DiskErrorKind::Unsupported | DiskErrorKind::Broken => Some(Cause::DiskBroken),
    }
}

impl From<DiskError> for Refusal {
    fn from(error: DiskError) -> Self {
        tracing::debug!(%error, "disk refused");
        disk_cause(error.kind).map_or(Self::STALE, Self::failed)
    }
}

/// As the conversion, for an attempt to read: what is denied is unreadable.
pub(super) fn unreadable(error: DiskError) -> Refusal {
    match error.kind {
        DiskErrorKind::Denied => Refusal::failed(Cause::Unreadable),
        _ => error.into(),
    }
}

impl From<ServerError> for Refusal {
    fn from(error: ServerError) -> Self {
        tracing::debug!(%error, kind = ?error.kind, effect = ?error.effect, "server refused");
        let unknown = error.effect == Effect::Unknown;
        // One lost answer says nothing of the account: the next request will.
        if error.kind.stops_all() && !(unknown && error.kind == ServerErrorKind::Unreachable) {
            let cause = Cause::ServerTrouble;
            let outcome = match error.kind {
                _ if unknown => Outcome::Unknown(cause),
                // It says nothing of this step, which was not even looked at.
                ServerErrorKind::Busy(_) => Outcome::Skipped,
                _ => Outcome::Failed(cause),
            };
            return Self { outcome, stop: Some(Box::new(error.into())) };
        }
        if unknown {
            return Self::unknown(Cause::ServerTrouble);
        }
        match error.kind {
            ServerErrorKind::NotFound | ServerErrorKind::Changed | ServerErrorKind::Exists => {
                Self::STALE
            }
            ServerErrorKind::Forbidden if error.method == "GET" => Self::failed(Cause::NoDownload),
            ServerErrorKind::Forbidden => Self::failed(Cause::Forbidden),
            ServerErrorKind::Locked => Self::failed(Cause::Locked),
            ServerErrorKind::Quota => Self::failed(Cause::Quota),
            ServerErrorKind::TooLarge => Self::failed(Cause::TooLarge),
            ServerErrorKind::BadName => Self::failed(Cause::NameRefused),
            ServerErrorKind::StorageGone => Self::failed(Cause::MountGone),
            ServerErrorKind::Torn => Self::failed(Cause::Torn),
            ServerErrorKind::Body => Self::failed(Cause::Changing),
            ServerErrorKind::Nonsense
            | ServerErrorKind::Interrupted
            | ServerErrorKind::Status(_)
            | ServerErrorKind::Unreachable
            | ServerErrorKind::Certificate
            | ServerErrorKind::SignIn
            | ServerErrorKind::Account(_)
            | ServerErrorKind::Site(_)
            | ServerErrorKind::Busy(_) => Self::failed(Cause::ServerTrouble),
        }
    }
}
