//! What a server was found to be able to do.

use std::time::Duration;

use super::{ZipLimits, pace};
use crate::model::{NameRules, Sums};

/// The families of servers (protocol.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Family {
    /// Nextcloud.
    Nextcloud,
    /// ownCloud 10.
    OwnCloud10,
    /// oCIS and OpenCloud.
    Ocis,
    /// Any other WebDAV server.
    Plain,
}

/// What this server was found to do. Decides between ways; a missing
/// capability means the plainer way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Which family it belongs to.
    pub family: Family,
    /// Product and version, for people.
    pub product: String,
    /// Files and folders have ids that survive a rename.
    pub file_ids: bool,
    /// A folder's etag changes when anything below it does.
    pub tree_etags: bool,
    /// The server computes or keeps SHA-1 checksums that can be trusted.
    pub checksums: bool,
    /// `X-OC-Mtime` sets a file's date.
    pub keeps_mtime: bool,
    /// What is deleted lands in a trash from which it can be taken back.
    pub trash: bool,
    /// A DELETE of a file can carry the version that it is about (`If-Match`,
    /// protocol.md 0.15). That of a folder nowhere can.
    pub guards_deletes: bool,
    /// Small files of one folder come together, so many at a time; `None`: each
    /// by itself.
    pub zips: Option<ZipLimits>,
    /// Which names it takes.
    pub names: NameRules,
    /// It refuses a creation where something stands. Otherwise what came there
    /// within the last round trip is overwritten (protocol.md 0.2).
    pub guards_creations: bool,
    /// How many small new files it takes in one request, if it does.
    pub together: Option<Together>,
    /// How often it wants to be asked at most whether something has changed.
    pub poll: Duration,
}

/// How often a server is asked that does not say how often it wants to be.
const POLL: Duration = Duration::from_secs(30);
/// How often one whose folders do not tell of changes below them: all of it
/// must be listed.
const WALK: Duration = Duration::from_secs(300);
/// Neither more often nor less, whatever it says.
const POLLS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));

/// How often a server wants to be asked, by the word of its capabilities
/// (`core.pollinterval`): some mean seconds, others thousandths of them.
pub(super) fn poll(family: Family, told: Option<u64>) -> Duration {
    let told = told.map(|told| match told {
        0..1000 => Duration::from_secs(told),
        _ => Duration::from_millis(told),
    });
    match family {
        Family::Plain => WALK,
        _ => told.unwrap_or(POLL).clamp(POLLS.0, POLLS.1),
    }
}

impl Profile {
    /// What is worth knowing of a file of `size` bytes before it leaves. The
    /// checksum is where the server's word counts; where it is only repeated to
    /// other clients, files that leave in chunks get it on their way.
    pub fn sums(&self, size: u64) -> Sums {
        match self.family {
            _ if self.checksums => Sums::Both,
            Family::Nextcloud if size <= pace::START => Sums::Both,
            _ => Sums::Ours,
        }
    }
}

/// How small new files go to the server in one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// Fewer files are not worth it.
    pub least: usize,
    /// Files of a request.
    pub most: usize,
    /// Bytes of a file: the server keeps it in memory (protocol.md 4.7).
    pub each: u64,
    /// Bytes of a request: proxies limit it.
    pub bytes: u64,
}

impl Together {
    /// Nextcloud's `dav/bulk` (protocol.md 4.7).
    pub const NEXTCLOUD: Self = Self { least: 4, most: 100, each: 1 << 20, bytes: 10 << 20 };
}
