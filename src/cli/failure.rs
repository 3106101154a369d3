//! How a command ends, and why it ends early.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::accounts::Refusal;
use crate::activity::ActivityError;
use crate::api::AskError;
use crate::demo::DemoError;
use crate::journal::JournalError;
use crate::pair::OpenError;
use crate::peer::PeerError;
use crate::relocate::RelocateError;
use crate::report::{EngineError, Gate};
use crate::secret::keychain::KeychainError;
use crate::server::ConnectError;
use crate::settings::SettingsError;
use crate::text::{self, Said, Texts};
use crate::watch::Unfulfilled;

/// How the process ends; the numbers are promised (`navette --help`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Both sides are equal, or the command did what it should.
    Equal = 0,
    /// Finished, but something is held, failed or waits.
    Unfinished = 1,
    /// Wrong usage.
    Usage = 2,
    /// The server cannot be reached, or refuses the sign-in.
    Server = 3,
    /// A safety gate waits for a decision.
    Gate = 4,
    /// Another process works on this pair.
    InUse = 5,
    /// This computer stands in the way.
    Computer = 6,
    /// Interrupted by the user or the system.
    Interrupted = 130,
}

/// Why a command ends early.
#[derive(Debug)]
pub(super) enum Failure {
    /// The settings, or what was asked of them.
    Settings(SettingsError),
    /// No pair is configured for this folder.
    NoPair(PathBuf),
    /// Nothing gave a password.
    NoPassword,
    /// The keychain has the password and does not give it.
    Keychain(KeychainError),
    /// A file named by an option cannot be read.
    File(PathBuf, io::Error),
    /// A file that was to be written is not.
    Unwritten(PathBuf, io::Error),
    /// Nothing can listen there.
    Listen(SocketAddr, io::Error),
    /// The pair cannot be opened, or its run stopped.
    Pair {
        /// Why.
        error: Box<OpenError>,
        /// The server's name, for people.
        host: String,
        /// Where the journal lies.
        place: PathBuf,
    },
    /// No account or folder is added.
    Refused(Box<Refusal>),
    /// What another client has left cannot be taken over.
    Peer(PeerError),
    /// A folder is not moved; its journal lies there.
    Relocate(RelocateError, PathBuf),
    /// There is no folder to watch.
    NoFolders,
    /// No folder was named, and there is not only one.
    WhichFolder,
    /// A line that is none of the grammar of `.gitignore`, and why.
    NoPattern(String, String),
    /// A folder of the server cannot be chosen so.
    NotChoosable(String, Unfulfilled),
    /// What was done cannot be read.
    Activity(ActivityError),
    /// Wrong usage of `conflicts`, by its message.
    Conflicts(&'static str),
    /// This is no pattern of paths.
    BadPattern(String),
    /// Nobody watches, or not this folder.
    Ask(AskError),
    /// Nothing is put aside under this number.
    NotAside(u64),
    /// The demo's folders are not equal at its end.
    Differ(String),
    /// The system gives no thread or timer to work with.
    System(io::Error),
    /// The user or the system wants an end.
    Interrupted,
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<PeerError> for Failure {
    fn from(error: PeerError) -> Self {
        Self::Peer(error)
    }
}

impl From<ActivityError> for Failure {
    fn from(error: ActivityError) -> Self {
        Self::Activity(error)
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        let pair = |error| Self::Pair {
            error: Box::new(error),
            host: "localhost".to_owned(),
            place: PathBuf::new(),
        };
        match error {
            DemoError::Stage { path, source } => Self::File(path, source),
            DemoError::Cloud(error) => Self::System(error),
            DemoError::Open(error) => pair(error),
            DemoError::Engine(error) => pair(OpenError::Engine(error)),
            DemoError::Differ(path) => Self::Differ(path),
            DemoError::Settings(error) => error.into(),
            DemoError::Keychain(error) => Self::Keychain(error),
        }
    }
}

impl Failure {
    /// Returns how the process ends.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Settings(error) => settings_exit(error),
            Self::Refused(refusal) => refusal_exit(refusal),
            Self::NoPair(_)
            | Self::NoPassword
            | Self::NoFolders
            | Self::WhichFolder
            | Self::NoPattern(..)
            | Self::NotChoosable(..)
            | Self::NotAside(_)
            | Self::Conflicts(_)
            | Self::BadPattern(_)
            | Self::Ask(AskError::NoSuchFolder | AskError::Undecided(_)) => Exit::Usage,
            Self::Peer(error) => peer_exit(error),
            Self::Relocate(error, _) => relocate_exit(error),
            Self::Activity(_) => Exit::Computer,
            Self::Ask(AskError::Nobody | AskError::NotWatched | AskError::NotOpen) => {
                Exit::Unfinished
            }
            Self::Ask(AskError::Broken(_) | AskError::Nonsense(_)) => Exit::Computer,
            Self::Keychain(_)
            | Self::File(..)
            | Self::Unwritten(..)
            | Self::Listen(..)
            | Self::System(_) => Exit::Computer,
            Self::Pair { error, .. } => open_exit(error),
            Self::Differ(_) => Exit::Unfinished,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// Returns one sentence and the remedy.
    pub(super) fn explain(&self, texts: &Texts) -> Said {
        match self {
            Self::Settings(error) => text::settings(texts, error),
            Self::Refused(refusal) => text::refusal(texts, refusal),
            Self::Peer(error) => text::peer(texts, error),
            Self::Relocate(error, place) => text::relocate(texts, error, &place.to_string_lossy()),
            Self::NoPair(path) => {
                texts.explain("usage-no-pair", &[("path", path.to_string_lossy().into())])
            }
            Self::NoPassword => texts.explain("usage-password-none", &[]),
            Self::NoFolders => texts.explain("watch-no-folders", &[]),
            Self::WhichFolder => texts.explain("usage-folder-which", &[]),
            Self::NoPattern(pattern, why) => {
                let why = text::plain(why);
                let args = [("pattern", pattern.as_str().into()), ("reason", why.into())];
                texts.explain("usage-pattern-bad", &args)
            }
            Self::NotChoosable(path, why) => {
                let id = match why {
                    Unfulfilled::Unknown => "usage-select-unknown",
                    Unfulfilled::InKept => "usage-select-in-kept",
                    Unfulfilled::Moving => "usage-select-moving",
                };
                texts.explain(id, &[("path", path.as_str().into())])
            }
            Self::Activity(_) => texts.explain("activity-unreadable", &[]),
            Self::Conflicts(id) => texts.explain(id, &[]),
            Self::BadPattern(path) => {
                texts.explain("activity-bad-path", &[("path", path.as_str().into())])
            }
            Self::Ask(error) => error.said(texts),
            Self::Keychain(error) => text::keychain(texts, error),
            Self::File(path, error) => {
                let (path, reason) = (path.to_string_lossy(), error.to_string());
                let args = [("path", path.into()), ("reason", text::plain(&reason).into())];
                texts.explain("error-file-unreadable", &args)
            }
            Self::Unwritten(path, error) => {
                let (path, reason) = (path.to_string_lossy(), error.to_string());
                let args = [("path", path.into()), ("reason", text::plain(&reason).into())];
                texts.explain("error-file-unwritten", &args)
            }
            Self::Listen(address, error) => {
                let (address, reason) = (address.to_string(), error.to_string());
                let args = [("address", address.into()), ("reason", text::plain(&reason).into())];
                texts.explain("error-listen", &args)
            }
            Self::Pair { error, host, place } => {
                text::open(texts, error, host, &place.to_string_lossy())
            }
            Self::NotAside(number) => {
                texts.explain("usage-trash-number", &[("number", number.to_string().into())])
            }
            Self::Differ(path) => texts.explain("error-differ", &[("path", path.as_str().into())]),
            Self::System(_) => texts.explain("error-system", &[]),
            Self::Interrupted => texts.explain("run-interrupted", &[]),
        }
    }

    /// Returns what the log gets to know.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Settings(error) => error.to_string(),
            Self::Refused(refusal) => refusal.to_string(),
            Self::Peer(error) => error.to_string(),
            Self::Relocate(error, _) => error.to_string(),
            Self::Keychain(error) => error.to_string(),
            Self::File(path, error) | Self::Unwritten(path, error) => {
                format!("{}: {error}", path.display())
            }
            Self::Listen(address, error) => format!("{address}: {error}"),
            Self::System(error) => error.to_string(),
            Self::Ask(error) => error.to_string(),
            Self::Activity(error) => error.to_string(),
            Self::Pair { error, .. } => error.to_string(),
            Self::NoPair(_)
            | Self::NoPassword
            | Self::NoFolders
            | Self::WhichFolder
            | Self::NoPattern(..)
            | Self::NotChoosable(..)
            | Self::NotAside(_)
            | Self::BadPattern(_)
            | Self::Conflicts(_)
            | Self::Differ(_)
            | Self::Interrupted => {
                format!("{self:?}")
            }
        }
    }
}

fn settings_exit(error: &SettingsError) -> Exit {
    match error {
        SettingsError::NoHome
        | SettingsError::Unreadable { .. }
        | SettingsError::Unwritable { .. }
        | SettingsError::Broken { .. }
        | SettingsError::FolderMissing(_) => Exit::Computer,
        _ => Exit::Usage,
    }
}

fn refusal_exit(refusal: &Refusal) -> Exit {
    match refusal {
        Refusal::Connect { error, .. } => connect_exit(error),
        Refusal::Place(..) => Exit::Computer,
        Refusal::NoPassword(_) | Refusal::OtherAccount { .. } => Exit::Usage,
        _ => Exit::Server,
    }
}

fn peer_exit(error: &PeerError) -> Exit {
    match error {
        PeerError::Unknown(_) | PeerError::Standins(_) | PeerError::Nothing(_) => Exit::Usage,
        PeerError::Running(_) => Exit::InUse,
        PeerError::Server(error) => settings_exit(error),
        PeerError::Unreadable { .. } | PeerError::Broken { .. } => Exit::Computer,
    }
}

fn relocate_exit(error: &RelocateError) -> Exit {
    use RelocateError as E;
    match error {
        E::Within(_) | E::Taken(_) | E::NoParent(_) => Exit::Usage,
        E::InUse => Exit::InUse,
        E::Settings(error) => settings_exit(error),
        E::Missing(_)
        | E::InTheWay(_)
        | E::Restless(_)
        | E::Damaged(_)
        | E::Room { .. }
        | E::File { .. }
        | E::Disk(_)
        | E::Journal(_) => Exit::Computer,
    }
}

fn open_exit(error: &OpenError) -> Exit {
    match error {
        OpenError::NotAFolder | OpenError::NoPassword => Exit::Usage,
        OpenError::Missing => Exit::Computer,
        OpenError::Connect(error) => connect_exit(error),
        OpenError::Engine(error) => engine_exit(error),
    }
}

fn connect_exit(error: &ConnectError) -> Exit {
    match error {
        ConnectError::BadUrl(_)
        | ConnectError::InsecureHttp(_)
        | ConnectError::NotAFolder(_)
        | ConnectError::NoSpace { .. } => Exit::Usage,
        ConnectError::CaFile(_) => Exit::Computer,
        _ => Exit::Server,
    }
}

fn engine_exit(error: &EngineError) -> Exit {
    match error {
        EngineError::Server(_) => Exit::Server,
        EngineError::Gate(Gate::FolderMissing) => Exit::Computer,
        EngineError::Gate(_) => Exit::Gate,
        EngineError::InUse | EngineError::Journal(JournalError::InUse) => Exit::InUse,
        EngineError::Disk(_) | EngineError::Journal(_) => Exit::Computer,
    }
}
