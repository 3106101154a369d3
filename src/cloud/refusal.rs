//! Why a cloud refuses a request, and how each family says so.

use thiserror::Error;

use super::dialect::{Dialect, NameRules, Ways};

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// Too many bytes or characters.
    TooLong,
    /// A character that the family does not take.
    Character,
    /// A control character.
    Control,
    /// A line break: ownCloud 10 breaks on it.
    Newline,
    /// Nothing but blanks.
    Blank,
    /// A name that the server keeps for itself.
    Reserved,
    /// A name on ownCloud 10's black list.
    Blacklisted,
    /// An ending that the server keeps for itself.
    Extension,
    /// Not a name at all.
    NoName,
}

/// Why a request was refused. Nothing has changed unless a variant says so.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody has this account.
    #[error("no such account")]
    NoUser,
    /// Nothing is there.
    #[error("nothing is there")]
    NotFound,
    /// The folder above is missing, or is a file.
    #[error("the folder above is missing")]
    NoParent,
    /// Something is where a folder was to be made.
    #[error("something is there already")]
    Exists,
    /// Something is at the target of a move that must not overwrite.
    #[error("something is at the target already")]
    TargetExists,
    /// `If-Match` or `If-None-Match` does not hold; the etag that is there.
    #[error("a condition does not hold")]
    Precondition(Option<String>),
    /// A file was to be written where a folder is.
    #[error("a folder is there")]
    IsFolder,
    /// This account may not.
    #[error("not allowed")]
    Forbidden,
    /// The name is not taken.
    #[error("the name is refused: {0:?}")]
    BadName(NameFault),
    /// The bytes do not have the checksum that came with them.
    #[error("the checksum is another")]
    Checksum,
    /// The chunks do not sum up to what was announced.
    #[error("the chunks have another length in all")]
    ChunkSum,
    /// The date cannot be used. The file *has been stored*, with today's date.
    #[error("the date is refused, the file is stored")]
    BadDate,
    /// The body ended early. On Nextcloud an existing file *is torn*.
    #[error("the body ended early")]
    Cut,
    /// An old version of the same date is in the way, for good.
    #[error("an old version is in the way")]
    Wedged,
    /// Somebody has it locked.
    #[error("locked")]
    Locked,
    /// No room.
    #[error("no room")]
    Quota,
    /// A move to where it is, or into itself.
    #[error("source and target are one")]
    SameSpot,
    /// The name is too long for the trash.
    #[error("the name is too long for the trash")]
    TooLongForTrash,
}

/// What a request was, as far as the answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// PROPFIND, GET, HEAD.
    Read,
    /// PUT.
    Put,
    /// MKCOL.
    MakeDir,
    /// MOVE and COPY.
    Move,
    /// DELETE.
    Delete,
    /// PROPPATCH.
    Patch,
}

impl Refusal {
    /// The status with which a family answers.
    pub fn status(&self, dialect: Dialect, method: Method) -> u16 {
        let ways = dialect.ways();
        match self {
            Self::NoUser | Self::NotFound => 404,
            Self::NoParent if method == Method::Put => ways.no_parent,
            Self::Exists => 405,
            Self::TargetExists => 412,
            Self::Precondition(_) if method == Method::Put => ways.match_failed,
            Self::Precondition(_) => 412,
            Self::NoParent | Self::IsFolder => 409,
            Self::Forbidden | Self::SameSpot | Self::TooLongForTrash => 403,
            Self::BadName(fault) => name_status(ways, *fault),
            Self::Checksum | Self::ChunkSum | Self::Cut => 400,
            Self::BadDate | Self::Wedged => 500,
            Self::Locked if method == Method::Move && ways.locked_move_fails => 500,
            Self::Locked => 423,
            Self::Quota => 507,
        }
    }

    /// The name of the exception in the error body, as the Sabre library says it.
    pub fn exception(&self, dialect: Dialect, method: Method) -> &'static str {
        match self {
            Self::Locked if self.status(dialect, method) == 500 => r"OCP\Lock\LockedException",
            Self::Locked if dialect == Dialect::Ocis => r"Sabre\DAV\Exception\Locked",
            Self::Locked => r"OCA\DAV\Connector\Sabre\Exception\FileLocked",
            Self::BadName(NameFault::TooLong) if dialect == Dialect::OwnCloud10 => {
                r"OCP\Files\FileNameTooLongException"
            }
            Self::BadName(NameFault::Blacklisted) => r"Sabre\DAV\Exception\Forbidden",
            Self::BadName(_) if dialect == Dialect::Ocis => r"Sabre\DAV\Exception\BadRequest",
            Self::BadName(_) => r"OCA\DAV\Connector\Sabre\Exception\InvalidPath",
            Self::BadDate => "InvalidArgumentException",
            _ => sabre_exception(self.status(dialect, method)),
        }
    }

    /// The sentence in the error body; empty where the family leaves it so.
    pub fn message(&self, dialect: Dialect) -> &'static str {
        match self {
            Self::NoUser => "Principal not found",
            Self::NotFound if dialect == Dialect::Ocis => "Resource not found",
            Self::NotFound => "File could not be located",
            Self::NoParent => "The destination node is not found",
            Self::Exists => "The resource you tried to create already exists",
            Self::TargetExists => {
                "The destination node already exists, and the overwrite header is set to false"
            }
            Self::Precondition(_) => {
                "An If-Match header was specified, but none of the specified ETags matched."
            }
            Self::IsFolder => "PUT is not allowed on non-files.",
            Self::Forbidden => "",
            Self::BadName(fault) => name_message(dialect, *fault),
            Self::Checksum => {
                "The computed checksum does not match the one received from the client."
            }
            Self::ChunkSum => "Chunks on server do not sum up",
            Self::BadDate => {
                "X-OC-MTime header must be a valid positive unix timestamp greater than one day."
            }
            Self::Cut => "Expected filesize does not match the number of bytes received.",
            Self::Wedged => "error: already exists",
            Self::Locked => "is locked",
            Self::Quota if dialect == Dialect::Nextcloud => "Insufficient space",
            Self::Quota => "",
            Self::SameSpot => "Source and destination uri are identical.",
            Self::TooLongForTrash => "",
        }
    }
}

fn name_status(ways: &Ways, fault: NameFault) -> u16 {
    match fault {
        NameFault::Blacklisted => 403,
        NameFault::Newline => 502,
        NameFault::TooLong if ways.names == NameRules::FileSystem => 403,
        _ => 400,
    }
}

fn name_message(dialect: Dialect, fault: NameFault) -> &'static str {
    match fault {
        NameFault::TooLong if dialect == Dialect::Ocis => {
            "name validation failed: must not be longer than 255"
        }
        NameFault::Blank if dialect == Dialect::Ocis => "name validation failed: must not be empty",
        _ if dialect == Dialect::Ocis => r"name validation failed: must not contain \",

        NameFault::TooLong => "Filename is too long",
        NameFault::Character => r#""\" is not allowed inside a file or folder name."#,
        NameFault::Control | NameFault::Newline => {
            "File name contains at least one invalid character"
        }
        NameFault::Blank => "File name cannot be empty",
        NameFault::Reserved => "Filename is a reserved word",
        NameFault::Blacklisted => "",
        NameFault::Extension => "This is a forbidden file type.",
        NameFault::NoName => "This is not a file name.",
    }
}

fn sabre_exception(status: u16) -> &'static str {
    match status {
        400 => r"Sabre\DAV\Exception\BadRequest",
        403 => r"Sabre\DAV\Exception\Forbidden",
        404 => r"Sabre\DAV\Exception\NotFound",
        405 => r"Sabre\DAV\Exception\MethodNotAllowed",
        409 => r"Sabre\DAV\Exception\Conflict",
        412 => r"Sabre\DAV\Exception\PreconditionFailed",
        507 => r"Sabre\DAV\Exception\InsufficientStorage",
        _ => r"Sabre\DAV\Exception",
    }
}
