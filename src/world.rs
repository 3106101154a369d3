//! All seams of one pair together.

use crate::clock::Clock;
use crate::disk::Disk;
use crate::entropy::Entropy;
use crate::event::Event;
use crate::model::{Reserve, Timing};
use crate::server::Server;

/// What the engine of one pair works on: a disk, a server, a clock, a source
/// of chance, and somebody who wants to know.
pub trait World {
    /// The folder on this computer.
    type Disk: Disk;
    /// The storage on the server.
    type Server: Server;
    /// Time.
    type Clock: Clock;
    /// Chance.
    type Entropy: Entropy;

    /// The folder on this computer.
    fn disk(&self) -> &Self::Disk;
    /// The storage on the server.
    fn server(&self) -> &Self::Server;
    /// Time.
    fn clock(&self) -> &Self::Clock;
    /// Chance.
    fn entropy(&self) -> &Self::Entropy;
    /// How long to wait for what.
    fn timing(&self) -> &Timing;
    /// This device's name, by which a folder knows who works on it.
    fn device(&self) -> &str;
    /// What this device is called in conflict names. It may change at any moment.
    fn called(&self) -> String {
        self.device().to_owned()
    }
    /// What tells this computer from a copy of it; empty where the system has
    /// no such word (amendment 26).
    fn machine(&self) -> &str {
        ""
    }
    /// How much of the disk downloads leave free. It may change at any moment.
    fn reserve(&self) -> Reserve {
        Reserve::NOTHING
    }
    /// Tells what is going on. Must return at once.
    fn tell(&self, event: Event);
}
