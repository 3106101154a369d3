//! Files that arrive in pieces by TUS (protocol.md 4.6). Nothing is to be seen
//! of them before the last piece.

use bytes::{Bytes, BytesMut};

use super::blob::Blob;
use super::model::Cloud;
use super::refusal::Refusal;
use super::request::{Conditions, Done, Put};
use crate::model::RelPath;

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whose.
    pub user: String,
    /// Where it will stand.
    pub path: RelPath,
    /// How many bytes there will be.
    pub length: u64,
    /// What has come.
    bytes: BytesMut,
    /// As whom its client named itself when it announced it.
    initiator: Option<String>,
    date: Option<super::request::SentDate>,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that have come.
    pub offset: u64,
    /// Bytes that will have come.
    pub length: u64,
}

/// Why a piece is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPiece {
    /// There is no such upload: it is over, or never was.
    Unknown,
    /// It does not begin where the last one ended.
    Offset,
    /// More than was announced.
    TooMuch,
    /// The whole file is refused.
    Refused(Refusal),
}

impl Cloud {
    /// Announces a file; `put` says the rest. Only now its conditions are
    /// looked at. Returns a name that nobody can guess.
    pub fn announce(
        &mut self,
        user: &str,
        path: &RelPath,
        length: u64,
        put: &Put,
        initiator: Option<&str>,
    ) -> Result<String, Refusal> {
        let path = self.tidy(path);
        self.admit_announced(user, &path, length, put)?;
        let number = self.mint.number();
        let token = self.mint.hex_of(&format!("transfer {number}"));
        let (user, initiator) = (user.to_owned(), initiator.map(str::to_owned));
        let (bytes, date) = (BytesMut::new(), put.date);
        let arrival = Arrival { user, path, length, bytes, initiator, date };
        self.arrivals.insert(token.clone(), arrival);
        Ok(token)
    }

    /// How far an upload is; none if it is over, or never was.
    pub fn arrived(&self, token: &str) -> Option<Progress> {
        let arrival = self.arrivals.get(token)?;
        Some(Progress { offset: arrival.bytes.len() as u64, length: arrival.length })
    }

    /// Where the file of an upload will stand, and as whom its client named
    /// itself, if it did.
    pub fn arriving(&self, token: &str) -> Option<(RelPath, Option<String>)> {
        let arrival = self.arrivals.get(token)?;
        Some((arrival.path.clone(), arrival.initiator.clone()))
    }

    /// Takes a piece. Returns what now stands there if it was the last one: no
    /// checksum and no condition is compared (protocol.md 0.2, 0.4).
    pub fn add_piece(
        &mut self,
        token: &str,
        offset: u64,
        piece: &Bytes,
    ) -> Result<Option<Done>, NoPiece> {
        let arrival = self.arrivals.get_mut(token).ok_or(NoPiece::Unknown)?;
        let here = arrival.bytes.len() as u64;
        if here != offset {
            return Err(NoPiece::Offset);
        }
        if here + piece.len() as u64 > arrival.length {
            return Err(NoPiece::TooMuch);
        }
        arrival.bytes.extend_from_slice(piece);
        if (arrival.bytes.len() as u64) < arrival.length {
            return Ok(None);
        }
        let Some(arrival) = self.arrivals.remove(token) else { return Err(NoPiece::Unknown) };
        let put = Put {
            blob: Blob::new(arrival.bytes),
            date: arrival.date,
            checksum: None,
            conditions: Conditions::none(),
        };
        self.put(&arrival.user, &arrival.path, &put).map(Some).map_err(NoPiece::Refused)
    }
}
