//! How the words of the model stand in the journal's columns.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::model::{
    Body, Content, Etag, Hash, HoldReason, LocalSeen, Name, NodeId, Perms, Place, RelPath, Sha1Sum,
    Side, Stand,
};

/// Sixty-four bits without a sign, kept as the same bits with one.
#[derive(Clone, Copy)]
pub(super) struct Bits(pub u64);

/// A 128-bit file id, kept as sixteen bytes, highest first.
#[derive(Clone, Copy)]
pub(super) struct FileId(pub u128);

impl ToSql for Bits {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.cast_signed().into())
    }
}

impl FromSql for Bits {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_i64()?.cast_unsigned()))
    }
}

impl ToSql for NodeId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.cast_signed().into())
    }
}

impl FromSql for NodeId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Bits::column_result(value).map(|bits| Self(bits.0))
    }
}

impl ToSql for FileId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_be_bytes().to_vec().into())
    }
}

impl FromSql for FileId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bytes(value).map(|bytes| Self(u128::from_be_bytes(bytes)))
    }
}

impl ToSql for Hash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_slice().into())
    }
}

impl FromSql for Hash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bytes(value).map(Self)
    }
}

impl ToSql for Sha1Sum {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_slice().into())
    }
}

impl FromSql for Sha1Sum {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bytes(value).map(Self)
    }
}

impl ToSql for Name {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Name {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::new(value.as_str()?).map_err(FromSqlError::other)
    }
}

impl ToSql for RelPath {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for RelPath {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).map_err(FromSqlError::other)
    }
}

impl ToSql for Etag {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Etag {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_bare(value.as_str()?).ok_or_else(|| no_such("etag", ""))
    }
}

impl ToSql for Perms {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.bits().into())
    }
}

impl FromSql for Perms {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u16::column_result(value).map(Self::from_bits_truncate)
    }
}

impl ToSql for Side {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let word = match self {
            Self::Local => "local",
            Self::Remote => "remote",
        };
        Ok(word.into())
    }
}

impl FromSql for Side {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "local" => Ok(Self::Local),
            "remote" => Ok(Self::Remote),
            other => Err(no_such("side", other)),
        }
    }
}

impl ToSql for HoldReason {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let word = match self {
            Self::MountGone => "mount-gone",
        };
        Ok(word.into())
    }
}

impl FromSql for HoldReason {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "mount-gone" => Ok(Self::MountGone),
            other => Err(no_such("reason", other)),
        }
    }
}

fn bytes<const N: usize>(value: ValueRef<'_>) -> FromSqlResult<[u8; N]> {
    let blob = value.as_blob()?;
    blob.try_into()
        .map_err(|_| FromSqlError::InvalidBlobSize { expected_size: N, blob_size: blob.len() })
}

fn no_such(what: &str, found: &str) -> FromSqlError {
    FromSqlError::Other(format!("no such {what}: {found:?}").into())
}

/// `kind` and `hash` of a body.
pub(super) fn body_columns(body: Body) -> (u8, Option<Hash>) {
    match body {
        Body::Dir => (0, None),
        Body::File(_) => (1, body.hash()),
    }
}

/// `stand` and `alias`.
pub(super) fn stand_columns(stand: &Stand) -> (u8, Option<&Name>) {
    match stand {
        Stand::Home => (0, None),
        Stand::Alias(name) => (1, Some(name)),
        Stand::Parked => (2, None),
    }
}

/// The columns of one row, read from left to right.
pub(super) struct Columns<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl<'r> Columns<'r> {
    /// Starts at the first column.
    pub(super) fn of(row: &'r Row<'r>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub(super) fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let at = self.next;
        self.next += 1;
        self.row.get(at)
    }

    /// `parent`, `name`.
    pub(super) fn place(&mut self) -> rusqlite::Result<Place> {
        Ok(Place { parent: self.take()?, name: self.take()? })
    }

    /// `kind`, `hash`.
    pub(super) fn body(&mut self) -> rusqlite::Result<Body> {
        let kind: u8 = self.take()?;
        let hash: Option<Hash> = self.take()?;
        Ok(if kind == 0 {
            Body::Dir
        } else {
            Body::File(hash.map_or(Content::Unread, Content::Known))
        })
    }

    /// `volume`, `file_id`, `born`, `size`, `mtime`, `ctime`, `links`.
    pub(super) fn seen(&mut self) -> rusqlite::Result<LocalSeen> {
        Ok(LocalSeen {
            volume: self.take::<Bits>()?.0,
            file_id: self.take::<FileId>()?.0,
            born: self.take()?,
            size: self.take::<Bits>()?.0,
            mtime: self.take()?,
            ctime: self.take()?,
            links: self.take::<Bits>()?.0,
        })
    }
}
