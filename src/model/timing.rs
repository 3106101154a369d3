//! Every wait of the engine, in one place.

use std::time::Duration;

/// How long the engine waits before it believes something.
///
/// All of it is measured on the monotonic clock of the `Clock` seam: a test
/// shortens it, the simulation keeps it in virtual time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// A remote version is *racy* while its date lies this close to the moment
    /// it was listed or sent (amendment 4, protocol.md 0.13), and a local file
    /// counts as quiet when it has not changed for so long.
    pub racy: Duration,
    /// After an unknown outcome nothing is asked of the same node for this
    /// long: the lost request may still land (amendment 12).
    pub quarantine: Duration,
    /// An absence that is seen without directory etags, or a listing that is
    /// suddenly empty, is looked at again after this long (amendment 28).
    pub second_look: Duration,
    /// A database is left alone until neither it nor what belongs to it has
    /// changed for this long (amendment 35).
    pub database: Duration,
    /// A file that is always being written to is sent at most once in so long
    /// (amendment 35).
    pub growing: Duration,
    /// What was not written to for so long is not always being written to.
    pub still: Duration,
    /// A run waits for a server that has too much to do for so long together
    /// before it ends, counted anew whenever something was achieved.
    pub overload: Duration,
    /// How long a file that was put aside is kept.
    pub keep_aside: Duration,
    /// Everything on this computer is looked at again after so long, whatever
    /// its system has told of meanwhile: events can be lost.
    pub whole_look: Duration,
    /// The marker's nonce is rewritten at most this often (amendment 26).
    pub nonce: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            racy: Duration::from_secs(2),
            quarantine: Duration::from_secs(30),
            second_look: Duration::from_secs(60),
            database: Duration::from_secs(30),
            growing: Duration::from_secs(600),
            still: Duration::from_secs(10),
            overload: Duration::from_secs(300),
            keep_aside: Duration::from_secs(30 * 24 * 3600),
            whole_look: Duration::from_secs(3600),
            nonce: Duration::from_secs(60),
        }
    }
}
