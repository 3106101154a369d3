//! A write on its way to the cloud, which may land later than its sender thinks.

use super::bulk::BulkPart;
use super::model::Cloud;
use super::refusal::{Method, Refusal};
use super::request::{Conditions, Done, Put};
use crate::model::RelPath;
use crate::mutant::{Mutant, broken};

/// A write with all that it needs to take effect at any time. Paths are those
/// of the account.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// PUT.
    Put { path: RelPath, put: Put },
    /// MKCOL.
    MakeDir { path: RelPath },
    /// MOVE, with `Overwrite: F`.
    Rename { from: RelPath, to: RelPath, conditions: Conditions },
    /// COPY, with `Overwrite: F`, and the date that the copy gets afterwards.
    Copy { from: RelPath, to: RelPath, conditions: Conditions, date: Option<i64> },
    /// DELETE.
    Delete { path: RelPath, conditions: Conditions },
    /// MOVE out of the trash, with `Overwrite: F`; where the family chooses the
    /// place itself, `to` is none.
    Restore { id: u64, to: Option<RelPath> },
    /// POST of many files.
    Together { parts: Vec<BulkPart> },
    /// MOVE or COPY of an older version to where it becomes the current one.
    RollBack { file_id: String, key: String, moves: bool },
}

impl Call {
    /// As it stands in the request.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Put { .. } => "PUT",
            Self::MakeDir { .. } => "MKCOL",
            Self::Rename { .. } | Self::Restore { .. } => "MOVE",
            Self::Copy { .. } => "COPY",
            Self::Together { .. } => "POST",
            Self::RollBack { moves, .. } => {
                if *moves {
                    "MOVE"
                } else {
                    "COPY"
                }
            }
            Self::Delete { .. } => "DELETE",
        }
    }

    /// What the answer depends on.
    pub(super) fn method(&self) -> Method {
        match self {
            Self::Put { .. } | Self::Together { .. } => Method::Put,
            Self::MakeDir { .. } => Method::MakeDir,
            Self::Rename { .. }
            | Self::Copy { .. }
            | Self::Restore { .. }
            | Self::RollBack { .. } => Method::Move,
            Self::Delete { .. } => Method::Delete,
        }
    }

    /// Under which it is sent; not everything is.
    pub(super) fn conditions(&self) -> Option<&Conditions> {
        match self {
            Self::Put { put, .. } => Some(&put.conditions),
            Self::Rename { conditions, .. }
            | Self::Copy { conditions, .. }
            | Self::Delete { conditions, .. } => Some(conditions),
            Self::MakeDir { .. }
            | Self::Restore { .. }
            | Self::Together { .. }
            | Self::RollBack { .. } => None,
        }
    }

    /// Length of the body, of a PUT.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::Put { put, .. } => Some(put.blob.size()),
            Self::MakeDir { .. }
            | Self::Rename { .. }
            | Self::Copy { .. }
            | Self::Delete { .. }
            | Self::Restore { .. }
            | Self::Together { .. }
            | Self::RollBack { .. } => None,
        }
    }

    /// Takes effect.
    pub(super) fn land(&self, cloud: &mut Cloud, user: &str) -> Result<Option<Done>, Refusal> {
        match self {
            Self::Put { path, put } => cloud.put(user, path, put).map(Some),
            Self::MakeDir { path } => cloud.make_dir(user, path).map(Some),
            Self::Rename { from, to, conditions } => {
                let overwrite = broken(Mutant::MoveOverwrites);
                cloud.rename(user, from, to, overwrite, conditions).map(Some)
            }
            Self::Copy { from, to, conditions, date } => {
                let done = cloud.copy(user, from, to, false, conditions)?;
                if let Some(date) = date {
                    cloud.set_date(user, to, *date)?;
                }
                Ok(Some(done))
            }
            Self::Delete { path, conditions } => {
                cloud.delete(user, path, conditions).map(|()| None)
            }
            Self::Together { parts } => {
                cloud.put_bulk(user, parts);
                Ok(None)
            }
            Self::RollBack { file_id, key, .. } => cloud.roll_back(user, file_id, key).map(Some),
            Self::Restore { id, to } => cloud.restore(user, *id, to.as_ref(), false).map(Some),
        }
    }

    /// Takes effect as far as it can when its body ends after `length` bytes.
    pub(super) fn land_cut(&self, cloud: &mut Cloud, user: &str, length: u64) {
        if let Self::Put { path, put } = self {
            let arrived = Put { blob: put.blob.start(length), ..put.clone() };
            // Refused by every family; what it tears is in the model.
            let _ = cloud.put_cut(user, path, &arrived);
        }
    }
}
