//! What may go wrong with a request between the engine and the cloud.

use crate::model::RelPath;
use crate::server::ServerErrorKind;

/// A request that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Counts from 1.
    pub number: u64,
    /// `PROPFIND`, `GET`, `PUT`, `POST` of many files, `MKCOL`, `MOVE`, `COPY`
    /// or `DELETE`.
    pub method: &'static str,
    /// The path below the remote root; of a move, where from; of many files,
    /// the first; of a zip, which is a GET, the folder. Of a chunk over HTTP
    /// `.uploads/<upload>/<chunk>`.
    pub path: &'a RelPath,
    /// Length of the body that is sent, of a PUT.
    pub size: Option<u64>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes through.
    Proceed,
    /// It fails of this before it takes effect.
    Fail(ServerErrorKind),
    /// It takes effect, and the answer is lost.
    LoseReply,
    /// It seems lost, and takes effect when [`super::Direct::land_late`] is
    /// called, under the conditions it was sent with. A reading is just lost.
    Late,
    /// The body is cut after so many bytes: of an upload on the way there, of
    /// a download or listing on the way back. A request without a body is lost.
    CutBody(u64),
    /// If it is a zip, it comes spoilt in this way; anything else as it should.
    Spoil(Spoilt),
    /// If it is a file on the way back, one of its bytes is another one. In
    /// process only.
    Garble,
    /// If it is a listing, it leaves one entry out, as if it were whole: the
    /// one of this number, counted round. In process only.
    Omit(u64),
    /// If it reads, nobody ever answers. In process only.
    Silent,
    /// If it is a listing of the root, it is that of a home which is not there,
    /// where the family shows such a one (protocol.md 0.1). In process only.
    Nobody,
}

/// What can be wrong with a zip that comes whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoilt {
    /// The server failed in the middle: an error message follows the first
    /// files, and the answer ends as if all were well (protocol.md 5).
    Unfinished,
    /// The first file is called otherwise.
    Name,
    /// A byte of the first file is another one.
    Byte,
}

/// Decides the fate of every request.
pub trait Faults: Send {
    /// Decides this one.
    fn fate(&mut self, request: &Request<'_>) -> Fate;

    /// Is told of each file of a request of many, before it is written.
    fn passing(&mut self, _path: &RelPath) {}
}

/// Everything goes through.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn fate(&mut self, _: &Request<'_>) -> Fate {
        Fate::Proceed
    }
}

impl<F: FnMut(&Request<'_>) -> Fate + Send> Faults for F {
    fn fate(&mut self, request: &Request<'_>) -> Fate {
        self(request)
    }
}
