//! The seam to the storage on the server.
//!
//! [`Server`] speaks of resources and paths below the remote root of the pair;
//! how one family or another does it is its implementation's business. Where a
//! server does not honour a condition, the implementation checks as late as it
//! can before the request (I5).

pub mod answers;

mod app_password;
mod auth;
mod bucket;
mod budget;
mod bulk;
mod certificate;
mod chunks;
mod chunks_sent;
mod chunks_there;
mod connect;
mod copy;
mod dav;
mod discreet;
mod failure;
mod feed;
mod folders;
mod gentle;
mod guard;
mod ids;
mod listing;
mod login_flow;
mod naming;
mod outfit;
mod pace;
mod portrait;
mod probe;
mod profile;
mod propfind;
mod proxy;
mod push;
mod request;
mod room;
mod session;
mod space;
mod status;
mod summed;
mod tls;
mod together;
mod transfer;
mod trash;
mod trouble;
mod tus;
mod url;
mod versions;
mod visit;
mod word;
mod zip;

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use thiserror::Error;

pub use self::budget::Budget;
pub use self::certificate::{Doubt, Fingerprint, Untrusted};
pub use self::connect::{ConnectError, Connection};
pub use self::dav::Dav;
pub use self::feed::Limits;
pub use self::folders::FolderSeen;
pub use self::login_flow::{Granted, LoginFlow};
pub use self::portrait::{Portrait, Room};
pub use self::profile::{Family, Profile, Together};
pub use self::proxy::Proxy;
pub use self::push::{Heard, Patience, Push, PushEnd};
pub use self::request::Timeouts;
pub use self::space::Space;
pub use self::tls::Tls;
pub use self::together::{Wanted, ZipLimits};
pub use self::trash::Discarded;
pub use self::trouble::{AccountTrouble, SiteTrouble};
pub use self::url::entered_url;
pub use self::versions::{Current, Version};
pub use self::visit::Visit;
use crate::model::{Etag, Kind, Name, RelPath, RemoteSeen, Sha1Sum, UploadAt};

/// One file or folder as the server shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// File or folder.
    pub kind: Kind,
    /// What it showed.
    pub seen: RemoteSeen,
    /// `oc:id` of it, only asked of the root (amendment 22).
    pub id: Option<String>,
    /// `oc:data-fingerprint`, only asked of the root; `None` where there is none.
    pub fingerprint: Option<String>,
    /// Bytes that may still be stored in this folder; `None`: not said, or no limit.
    pub quota_free: Option<u64>,
    /// A request of its own has once brought this file: Nextcloud's
    /// `nc:upload_time` is not 0. Requests for many files leave it as it was
    /// (seen on 32.0.1). False where it is not told.
    pub uploaded: bool,
}

/// A folder with its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The folder itself, from the same answer as its children.
    pub dir: Resource,
    /// Its children, by name. A name that occurs twice makes the listing an error.
    pub children: Vec<(Name, Resource)>,
    /// Names that the server shows and that are no names for us (not UTF-8
    /// after decoding, with `/`), or of which it tells nothing yet (oCIS while
    /// it works on an upload): unknown, not absent.
    pub unusable: Vec<String>,
    /// The server's clock when it answered (`Date`), seconds since 1970.
    pub server_time: Option<i64>,
}

/// What must still be so on the server when a request takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing stands at the path.
    Absent,
    /// This version stands there.
    Version(Etag),
    /// A folder, or a file of a server without versions, is there; what it
    /// holds was checked by the caller.
    Present,
}

/// Bytes as they come.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// A file on its way to the server.
pub struct Upload {
    /// Its bytes. If the stream ends early or fails, the server must not get
    /// a whole file: the implementation cuts the connection.
    pub body: ByteStream,
    /// How many bytes there are.
    pub size: u64,
    /// Their checksum. Uploads in chunks make it on the way where it is not
    /// known; others then leave it out.
    pub sha1: Option<Sha1Sum>,
    /// The file's date, seconds since 1970; left out where servers fail on it
    /// (protocol.md 0.9).
    pub mtime: Option<i64>,
    /// What an upload in several requests is called on the server. The same
    /// bytes of the same file on their way to the same place always have the
    /// same name, and nothing else has it: so a cut upload goes on where it
    /// ended, without any memory of it here.
    pub name: String,
    /// The memory that it takes all the same where the server gives each
    /// upload an address of its own.
    pub resume: Addresses,
}

/// Addresses of uploads: one that an earlier run has got, and whom to tell of
/// a new one as soon as there is one.
#[derive(Default)]
pub struct Addresses {
    /// Where this very upload has begun, as far as is known.
    pub known: Option<UploadAt>,
    /// Is told where it begins.
    pub tell: Option<Box<dyn Fn(UploadAt) + Send>>,
}

/// Where a download goes on that was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// How many bytes are here already.
    pub offset: u64,
    /// The version that they belong to.
    pub etag: Etag,
}

/// What the answer to a write says of the resource. What it leaves out must be
/// learnt by [`Server::stat`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The new version.
    pub etag: Option<Etag>,
    /// The id.
    pub file_id: Option<String>,
    /// Whether something stood there before, if the answer tells.
    pub replaced: Option<bool>,
}

/// A small new file on its way to the server with others.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it is to stand.
    pub path: RelPath,
    /// All its bytes.
    pub bytes: Bytes,
    /// Their checksum.
    pub sha1: Sha1Sum,
    /// The file's date, seconds since 1970.
    pub mtime: i64,
}

impl Part {
    /// Whether a file can go to `path` together with others. Its path stands
    /// in a header of its own, where control characters would end it and the
    /// server passes over blanks at the end (protocol.md 4.7).
    pub fn takes(path: &RelPath) -> bool {
        let text = path.as_str();
        !text.chars().any(char::is_control) && !text.ends_with(char::is_whitespace)
    }
}

/// A file on its way from the server.
pub struct Download {
    /// Where in the file the bytes begin: at 0, whatever was asked, if the
    /// server cannot or must not go on in the middle.
    pub offset: u64,
    /// The version that the bytes belong to, if the answer says it.
    pub etag: Option<Etag>,
    /// Length of the whole file, if the answer says it.
    pub size: Option<u64>,
    /// The checksum of the whole file, if the answer says it and the family can be believed.
    pub sha1: Option<Sha1Sum>,
    /// The bytes.
    pub body: ByteStream,
}

/// Whether a request that failed may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The server refused it, or it never got there.
    None,
    /// It was sent and no answer came: it may have taken effect, or still will
    /// (amendment 12).
    Unknown,
}

/// What a request failed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerErrorKind {
    /// No connection, or no answer over it: name, route, port, cut, time-out.
    Unreachable,
    /// The certificate is not trusted or does not fit.
    Certificate,
    /// Login or password refused (401).
    SignIn,
    /// The account is refused for another reason than its password.
    Account(AccountTrouble),
    /// No storage works at this address for now.
    Site(SiteTrouble),
    /// Not allowed for this account (403).
    Forbidden,
    /// Nothing there, or the folder above it is missing (404, 409 on writes).
    NotFound,
    /// The guard did not hold (412; 409 on oCIS): an observation, not a failure.
    Changed,
    /// Something is there already (405 on MKCOL).
    Exists,
    /// In use by somebody; try again soon (423, and 500 with LockedException).
    Locked,
    /// No room (507).
    Quota,
    /// Larger than the server takes (413).
    TooLarge,
    /// The server refuses the name (400 InvalidPath).
    BadName,
    /// Overload (503, 429); when to try again, if it said so.
    Busy(Option<Duration>),
    /// This part of the storage is not there for now (503 storage).
    StorageGone,
    /// The bytes that arrived are not the ones announced: cut, wrong length or checksum.
    Torn,
    /// Not the answer of a storage: HTML, half an XML, too much XML, nonsense.
    Nonsense,
    /// The local body of an upload failed or ended early.
    Body,
    /// An upload was cut, or refused for its size, before it had any effect.
    /// Sent again it goes on where it ended, or in smaller pieces.
    Interrupted,
    /// Any other refusal, with its status.
    Status(u16),
}

impl ServerErrorKind {
    /// Whether it is about the way, the server or the account as a whole: the
    /// next request would fail of it too.
    pub fn stops_all(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Certificate | Self::Busy(_) | Self::Site(_))
            || self.refuses_account()
    }

    /// Whether the server refuses the account: each further request counts as
    /// one more attempt to sign in (protocol.md 2.1).
    pub fn refuses_account(&self) -> bool {
        matches!(self, Self::SignIn | Self::Account(_))
    }
}

/// A request that failed.
#[derive(Clone, Debug, Error)]
#[error("{method} {path}: {detail}")]
pub struct ServerError {
    /// What it failed of.
    pub kind: ServerErrorKind,
    /// Whether it may have taken effect all the same.
    pub effect: Effect,
    /// `PROPFIND`, `PUT`, ...
    pub method: &'static str,
    /// The path below the remote root.
    pub path: RelPath,
    /// What the server or the network said, for the log. Never holds a secret.
    pub detail: String,
}

/// The result of a request.
pub type Result<T> = std::result::Result<T, ServerError>;

/// Requests below one remote root.
#[allow(async_fn_in_trait, reason = "the engine is one future on one thread")]
pub trait Server {
    /// What this server does.
    fn profile(&self) -> &Profile;

    /// What stands at `path`; `None` if nothing does *and its parent is
    /// there*, so that `None` confirms an absence (I7).
    /// For the root also id, fingerprint and quota.
    async fn stat(&self, path: &RelPath) -> Result<Option<Resource>>;

    /// A folder and its children. Fails rather than give a part.
    async fn list(&self, dir: &RelPath) -> Result<Listing>;

    /// Bytes that may still be stored in the folder `dir`; `None`: no limit is
    /// known. Some servers tell more than there is (protocol.md 4.1).
    async fn room(&self, dir: &RelPath) -> Result<Option<u64>>;

    /// A file's bytes, unencoded. If the body ends before the announced
    /// length, the stream ends with an error.
    async fn get(&self, path: &RelPath) -> Result<Download>;

    /// As [`Self::get`], from `from` on if that version is still there;
    /// [`Download::offset`] says where the bytes begin.
    async fn get_from(&self, path: &RelPath, from: &Resume) -> Result<Download>;

    /// The bytes of several files directly in `dir`, within the limits of
    /// [`Profile::zips`], in one answer. None for each that did not come with
    /// the wanted length, whole.
    ///
    /// Nothing says which *versions* came: the caller must prove it (I4). No
    /// failure of this is about the account or the server as a whole, whatever
    /// it looks like; the files can be fetched by [`Self::get`] all the same.
    async fn get_together(&self, dir: &RelPath, wanted: &[Wanted]) -> Result<Vec<Option<Bytes>>>;

    /// Writes a whole file. [`ServerErrorKind::Interrupted`]: nothing has taken
    /// effect, and the same upload sent again goes on; it comes only as long
    /// as trying again makes sense.
    async fn put(&self, path: &RelPath, guard: &Guard, upload: Upload) -> Result<Written>;

    /// Writes several small files in one request, *over whatever stands there*:
    /// the caller looks before and after. What came of each, in their order; a
    /// part that failed without effect may go again by [`Self::put`].
    /// Only where [`Profile::together`] says so.
    async fn put_together(&self, parts: &[Part]) -> Vec<Result<Written>>;

    /// Versions of the file at `path` that are older than the one that stands
    /// there, which has this `now`; the newest first. `NotFound` where the
    /// server keeps none.
    async fn versions(&self, path: &RelPath, now: &Current) -> Result<Vec<Version>>;

    /// Makes an older version of the file at `path` the current one. The one
    /// that is replaced becomes an older one.
    async fn bring_back(&self, path: &RelPath, now: &Current, version: &Version) -> Result<()>;

    /// Gives up what [`Self::put`] left of the upload called `name` on its way
    /// to `path`. Nothing there is success.
    async fn forget_upload(&self, path: &RelPath, name: &str) -> Result<()>;

    /// Makes a folder; [`ServerErrorKind::Exists`] if anything is there.
    async fn make_dir(&self, path: &RelPath) -> Result<Written>;

    /// Moves a file or folder; `guard` speaks of the source. Never replaces:
    /// [`ServerErrorKind::Changed`] if the target is taken or the guard fails.
    async fn rename(&self, from: &RelPath, to: &RelPath, guard: &Guard) -> Result<Written>;

    /// Copies a file on the server and gives the copy the date `mtime`, where
    /// that can be done; `guard` speaks of the source. Never replaces. What the
    /// copy holds must be proved by the caller: not every server honours the
    /// guard.
    async fn copy(
        &self,
        from: &RelPath,
        to: &RelPath,
        guard: &Guard,
        mtime: Option<i64>,
    ) -> Result<Written>;

    /// Deletes a file, or a folder with all in it. Absent already is success.
    async fn delete(&self, path: &RelPath, guard: &Guard) -> Result<()>;

    /// What lies in the trash: all that was deleted below the remote root, or,
    /// with `inside`, what lies in one deleted folder.
    /// [`ServerErrorKind::NotFound`] where there is no trash to look into.
    async fn trash(&self, inside: Option<&Discarded>) -> Result<Vec<Discarded>>;

    /// Takes something back out of the trash, to `to`. Never replaces:
    /// [`ServerErrorKind::Changed`] if that place is taken, `NotFound` if its
    /// folder is gone; Nextcloud chooses another name or the root itself then.
    async fn restore(&self, item: &Discarded, to: &RelPath) -> Result<()>;

    /// Requests sent so far, for reports (I3).
    fn requests(&self) -> u64;
}
