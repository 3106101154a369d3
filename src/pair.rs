//! Puts the parts of one pair together: the one place that knows which disk,
//! server, clock and journal the engine really works with.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use thiserror::Error;

use crate::activity::Recorder;
use crate::clock::{Clock as _, SystemClock};
use crate::disk::{self, Native};
use crate::entropy::SystemEntropy;
use crate::event::Event;
use crate::journal::{Journal, OnDisk};
use crate::model::{Reserve, Timing};
use crate::report::EngineError;
use crate::secret::Secret;
use crate::server::{Budget, ConnectError, Connection, Dav, Fingerprint, Proxy, Server};
use crate::settings::{self, Account, Pair};
use crate::world::World;

mod choice;
mod nowhere;

pub use choice::Chooses;
pub use nowhere::Nowhere;

/// The engine of a real pair.
pub type Engine = crate::engine::Engine<Here<Dav>>;

/// Hears what goes on.
pub type Listener = Box<dyn Fn(Event)>;

/// Everything that is needed to work on a pair.
pub struct Opening {
    /// The pair.
    pub pair: Pair,
    /// Where its journal lies.
    pub state_dir: PathBuf,
    /// The id of its account, if it is known already.
    pub user_id: Option<String>,
    /// The password of its account.
    pub password: Secret,
    /// Certificates (PEM) that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// This device's name; none: the computer's.
    pub device: Option<String>,
    /// Begin with a comparison, whatever the gates say.
    pub anew: bool,
    /// Hear from the system where something changes.
    pub watched: bool,
    /// Writes down what is done.
    pub activity: Rc<Recorder>,
    /// What it has to keep to.
    pub terms: Terms,
    /// Hears what goes on.
    pub listener: Listener,
}

/// What the work on a pair has to keep to. What is shared may change meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How fast files go: each of these is kept to, and shared with others.
    pub budgets: Vec<Arc<Budget>>,
    /// How much of the disk downloads leave free.
    pub reserve: Rc<Cell<Reserve>>,
    /// Whether links within the folder are followed.
    pub links: Arc<AtomicBool>,
    /// What this device is called in conflict names, if not by its own name.
    pub called: Rc<RefCell<Option<String>>>,
    /// What stands between this computer and the server.
    pub proxy: Proxy,
    /// The one certificate that is trusted although the system does not vouch for it.
    pub pinned: Option<Fingerprint>,
}

/// The one certificate that an account trusts of its server, if it is one.
pub fn pinned(account: &Account) -> Option<Fingerprint> {
    account.certificate.as_deref().and_then(Fingerprint::parse)
}

/// Why a pair cannot be worked on.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder is not there.
    #[error("the folder is not there")]
    Missing,
    /// Something else stands in its place.
    #[error("not a folder")]
    NotAFolder,
    /// Nobody keeps its password.
    #[error("no password")]
    NoPassword,
    /// The server cannot be worked with.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Anything else.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<disk::OpenError> for OpenError {
    fn from(error: disk::OpenError) -> Self {
        match error {
            disk::OpenError::Missing => Self::Missing,
            disk::OpenError::NotAFolder => Self::NotAFolder,
            disk::OpenError::InUse => Self::Engine(EngineError::InUse),
            disk::OpenError::Disk(error) => Self::Engine(error.into()),
        }
    }
}

/// The seams of a pair on this computer.
pub struct Here<S> {
    disk: Native,
    server: S,
    clock: SystemClock,
    entropy: SystemEntropy,
    timing: Timing,
    device: String,
    called: Rc<RefCell<Option<String>>>,
    machine: String,
    reserve: Rc<Cell<Reserve>>,
    listener: Listener,
}

impl<S: Server> World for Here<S> {
    type Disk = Native;
    type Server = S;
    type Clock = SystemClock;
    type Entropy = SystemEntropy;

    fn disk(&self) -> &Native {
        &self.disk
    }

    fn server(&self) -> &S {
        &self.server
    }

    fn clock(&self) -> &SystemClock {
        &self.clock
    }

    fn entropy(&self) -> &SystemEntropy {
        &self.entropy
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn device(&self) -> &str {
        &self.device
    }

    fn called(&self) -> String {
        self.called.borrow().clone().unwrap_or_else(|| self.device.clone())
    }

    fn machine(&self) -> &str {
        &self.machine
    }

    fn reserve(&self) -> Reserve {
        self.reserve.get()
    }

    fn tell(&self, event: Event) {
        (self.listener)(event);
    }
}

impl<S> Here<S> {
    fn new(disk: Native, server: S, timing: Timing, listener: Listener) -> Self {
        Self {
            disk,
            server,
            clock: SystemClock::new(),
            entropy: SystemEntropy,
            timing,
            device: device(),
            called: Rc::default(),
            machine: settings::machine(),
            reserve: Rc::default(),
            listener,
        }
    }
}

/// Opens a pair: first the folder, which is then ours alone, then the server,
/// then the journal.
///
/// # Errors
///
/// If one of them cannot be worked with; nothing is changed then but the
/// remote folder, which may have been made.
pub async fn open(opening: Opening) -> Result<Engine, OpenError> {
    let mut disk = Native::open(&opening.pair.local)?;
    disk.heed_links(opening.terms.links);
    if opening.watched {
        disk.watch(&opening.pair.local).await;
    }
    let Pair { server, user, remote_path, space, .. } = opening.pair;
    let dav = Dav::connect(Connection {
        remote_path,
        space,
        user_id: opening.user_id,
        ca_file: opening.ca_file,
        budgets: opening.terms.budgets,
        proxy: opening.terms.proxy,
        pinned: opening.terms.pinned,
        ..Connection::new(server.url().clone(), user, opening.password)
    });
    let dav = dav.await?;
    let (activity, listener, clock) = (opening.activity, opening.listener, SystemClock::new());
    let hears = move |event: Event| {
        activity.hear(&event, clock.wall());
        listener(event);
    };
    let mut world = Here::new(disk, dav, Timing::default(), Box::new(hears));
    world.device = opening.device.unwrap_or(world.device);
    world.reserve = opening.terms.reserve;
    world.called = opening.terms.called;
    let journal = OnDisk::new(opening.state_dir);
    Ok(if opening.anew {
        Engine::open_anew(world, journal).await?
    } else {
        Engine::open(world, journal).await?
    })
}

/// The two sides of a pair, to look at: nothing is locked, and what is known
/// of the pair is read beside whoever writes it.
pub struct Sides {
    /// The folder.
    pub disk: Native,
    /// The storage.
    pub server: Dav,
}

/// Opens both sides of a pair to look at them, beside whoever works on it.
/// Only the remote folder may be made, if it is missing.
///
/// # Errors
///
/// If one of them cannot be reached.
pub async fn sides(
    pair: &Pair,
    user_id: Option<String>,
    password: Secret,
    (ca_file, proxy, pinned): (Option<PathBuf>, Proxy, Option<Fingerprint>),
) -> Result<Sides, OpenError> {
    let disk = Native::unlocked(&pair.local)?;
    let server = Dav::connect(Connection {
        remote_path: pair.remote_path.clone(),
        space: pair.space.clone(),
        user_id,
        ca_file,
        proxy,
        pinned,
        ..Connection::new(pair.server.url().clone(), pair.user.clone(), password)
    });
    Ok(Sides { disk, server: server.await? })
}

/// Opens folder and journal of a pair without its server, for what was put
/// aside here. `timing` says what is old enough to be purged.
///
/// # Errors
///
/// If one of them cannot be worked with, or another process works on them.
pub fn open_aside(
    pair: &Pair,
    state_dir: PathBuf,
    timing: Timing,
) -> Result<(Here<Nowhere>, Journal), OpenError> {
    let disk = Native::open(&pair.local)?;
    let files = OnDisk::new(state_dir);
    let (journal, _) = Journal::open(files).map_err(EngineError::from)?;
    Ok((Here::new(disk, Nowhere, timing, Box::new(drop)), journal))
}

/// This computer's name, as conflict names show it: letters, digits and `-`.
pub(crate) fn device() -> String {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    let clean: String =
        name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    let clean = clean.trim_matches('-');
    if clean.is_empty() { "computer".to_owned() } else { clean.to_owned() }
}
