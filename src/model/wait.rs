//! Why something that differs is left as it is for now.

use serde::{Deserialize, Serialize};

/// Why something that differs is left as it is for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitReason {
    /// The remote version is too young to be sure of its etag (amendment 4).
    Racy,
    /// It changed or vanished here so recently that it may be in the middle of being saved.
    Quiet,
    /// It is open in an office program here (amendment 35).
    InUse,
    /// It is a database that was written to a moment ago (amendment 35).
    Settling,
    /// It is a database that a program has open here: it may be sent, never
    /// replaced (amendment 35).
    Open,
    /// It is always being written to, and was sent not long ago (amendment 35).
    Growing,
    /// It vanished on a server that cannot vouch for it: looked at again later (amendment 28).
    SecondLook,
    /// It changes faster than it can be read.
    Changing,
    /// A request for it ended without an answer (amendment 12).
    Quarantined,
    /// A side changed while it was looked at (amendment 6).
    TornEpoch,
    /// It, or a folder above it, could not be read (amendment 24).
    Unreadable,
    /// Its share or storage is not there (amendment 23).
    MountGone,
    /// It is only here, and in the server's trash: after the journal was lost,
    /// nobody but its user knows whether it is to come back (amendment 27).
    Discarded,
    /// This account may not do it (amendment 16).
    Forbidden,
    /// The brake holds deletions (amendment 21).
    Brake,
    /// It is larger than its user lets files be.
    OverSize,
    /// It depends on something that waits.
    Blocked,
    /// The last try failed and nothing has changed since.
    Failed,
}

impl WaitReason {
    /// Whether the wait ends by itself, sooner or later.
    pub fn passes(self) -> bool {
        match self {
            Self::Unreadable
            | Self::Discarded
            | Self::Forbidden
            | Self::Brake
            | Self::OverSize
            | Self::Failed => false,
            Self::Racy
            | Self::Quiet
            | Self::InUse
            | Self::Settling
            | Self::Open
            | Self::Growing
            | Self::SecondLook
            | Self::Changing
            | Self::Quarantined
            | Self::TornEpoch
            | Self::MountGone
            | Self::Blocked => true,
        }
    }

    /// Whether its user has chosen so: it is mentioned, and both sides count as
    /// equal all the same.
    pub fn is_chosen(self) -> bool {
        self == Self::OverSize
    }

    /// Whether the wait ends by itself at a known moment.
    pub fn is_timed(self) -> bool {
        matches!(
            self,
            Self::Racy | Self::Quiet | Self::Settling | Self::SecondLook | Self::Quarantined
        )
    }
}
