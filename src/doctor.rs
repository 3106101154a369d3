//! Looks at everything that a pair depends on, and says what is not as it
//! should be, with the remedy. Nothing is changed but a scratch folder, which
//! goes again, inside `.navette/`.
//!
//! What is found is data ([`Finding`]); words are made of it elsewhere. What is
//! sound and what is not is decided by plain functions of numbers, so that each
//! limit has its test.

mod here;
mod proxy;
mod there;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Clock;
use crate::journal::{Journal, OnDisk};
use crate::secret::Secret;
use crate::secret::keychain::KeychainError;
use crate::server::{ConnectError, Connection, Family, Fingerprint, Proxy, Tls};
use crate::settings::Pair;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Remark,
    /// In the way.
    Trouble,
}

/// How the keychain answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keychain {
    /// It keeps the password.
    Keeps,
    /// It answers, and does not.
    Empty,
    /// There is none.
    None,
    /// It is locked.
    Locked,
    /// It fails.
    Failed,
}

impl Keychain {
    /// How it stands that answered so when it was asked for a password.
    pub fn of(answer: &Result<Option<Secret>, KeychainError>) -> Self {
        match answer {
            Ok(Some(_)) => Self::Keeps,
            Ok(None) => Self::Empty,
            Err(KeychainError::None(_)) => Self::None,
            Err(KeychainError::Locked(_)) => Self::Locked,
            Err(KeychainError::Failed(_)) => Self::Failed,
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub enum Finding {
    /// The folder cannot be opened.
    FolderAway,
    /// Room on the disk of the folder, in bytes.
    Room {
        /// Free for this user.
        free: u64,
        /// All there is.
        total: u64,
    },
    /// Folders that can be watched, and those that there are.
    Watches {
        /// What the system allows this user.
        limit: u64,
        /// Folders of the pair, as far as they are known.
        folders: u64,
    },
    /// Names that differ only by case, or by how accents are written, are one.
    Names {
        /// By case.
        case: bool,
        /// By how accents are written.
        accents: bool,
        /// Names that Windows does not show are refused.
        windows: bool,
    },
    /// The step of dates on that disk.
    Dates(Duration),
    /// Whether files keep their ids when they are renamed.
    Ids(bool),
    /// Whether two files can be exchanged in one step.
    Exchange(bool),
    /// The keychain.
    Keychain(Keychain),
    /// The proxy that is used, without its login.
    Proxy(Option<String>),
    /// The journal: whether it can be read; none if the pair was never synced.
    Journal(Option<bool>),
    /// Nobody knows the password.
    NoPassword,
    /// The server cannot be worked with.
    Server(Box<ConnectError>),
    /// It answers and accepts the account: what it is.
    SignedIn {
        /// Product and version.
        product: String,
        /// The family.
        family: Family,
    },
    /// By how many seconds this computer's clock is ahead of the server's.
    Clock(i64),
    /// How the way to it is encrypted; none: it is this computer.
    Tls(Option<Tls>, i64),
    /// What this server lacks.
    Lacks(Lack),
    /// A defect that servers of its family are known to have.
    Defect(Defect),
}

/// What a server lacks, and what follows from it ([SERVERS.md]).
///
/// [SERVERS.md]: ../../docs/SERVERS.md
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// It tells of changes only when it is asked.
    Push,
    /// What is deleted there is gone.
    Trash,
    /// Its folders do not tell what happens below them.
    TreeEtags,
    /// No ids: a move is known by its bytes.
    Ids,
    /// No checksums that prove anything.
    Checksums,
    /// Conditions on new files are not honoured.
    Guards,
    /// Dates of files are its own.
    Dates,
    /// It takes small new files one by one, though its family takes many.
    Together,
    /// It gives small new files one by one, though its family gives many.
    Zips,
}

/// What servers of a family are known to do wrong, found on running ones
/// ([SERVERS.md], the traps). Navette goes around each; other programs may not.
///
/// [SERVERS.md]: ../../docs/SERVERS.md
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// An overwrite that is cut leaves half a file (trap 17; Nextcloud 32.0.1).
    TornOverwrites,
    /// An overwrite within a second of the last leaves the version as it was
    /// (trap 13; ownCloud 10.16).
    SameSecond,
    /// Conditions on moves and deletions are not honoured (trap 15; OpenCloud).
    UnguardedMoves,
    /// A third overwrite under one date is refused for ever (trap 14; OpenCloud).
    SameDate,
}

impl Defect {
    /// Those of a family.
    pub fn of(family: Family) -> &'static [Self] {
        match family {
            Family::Nextcloud => &[Self::TornOverwrites],
            Family::OwnCloud10 => &[Self::SameSecond],
            Family::Ocis => &[Self::UnguardedMoves, Self::SameDate],
            // Each is another: what it lacks was asked.
            Family::Plain => &[],
        }
    }
}

/// What is to be looked at.
pub struct Patient {
    /// The pair.
    pub pair: Pair,
    /// Where its journal lies.
    pub state_dir: PathBuf,
    /// The id of its account, if it is known.
    pub user_id: Option<String>,
    /// The password, if somebody knows it.
    pub password: Option<Secret>,
    /// Certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The one certificate that is trusted of the server besides.
    pub pinned: Option<Fingerprint>,
    /// What the keychain said.
    pub keychain: Keychain,
    /// The proxy that is used.
    pub proxy: Proxy,
}

/// Looks at everything.
pub async fn examine(patient: Patient, clock: &impl Clock) -> Vec<Finding> {
    let mut found = here::folder(&patient.pair.local).await;
    let journal = OnDisk::new(&patient.state_dir);
    let rows = Journal::read_only(&journal);
    found.push(Finding::Journal(match &rows {
        Ok(None) => None,
        Ok(Some(_)) => Some(true),
        Err(_) => Some(false),
    }));
    let folders = rows
        .ok()
        .flatten()
        .map_or(0, |rows| rows.local.values().filter(|row| row.entry.body.is_dir()).count() as u64);
    found.extend(here::watches(folders));
    found.push(Finding::Keychain(patient.keychain));
    found.push(Finding::Proxy(proxy::named(&patient.proxy, patient.pair.server.url())));
    let Some(password) = patient.password else {
        found.push(Finding::NoPassword);
        return found;
    };
    let Pair { server, user, space, .. } = patient.pair;
    // Of the whole storage: so no remote folder is made.
    let connection = Connection {
        space,
        user_id: patient.user_id,
        ca_file: patient.ca_file,
        pinned: patient.pinned,
        proxy: patient.proxy,
        ..Connection::new(server.url().clone(), user, password)
    };
    found.extend(there::server(connection, clock).await);
    found
}

impl Finding {
    /// How bad it is.
    pub fn grade(&self) -> Grade {
        match self {
            Self::FolderAway | Self::Server(_) | Self::Journal(Some(false)) => Grade::Trouble,
            Self::Room { free, total } => here::room(*free, *total),
            Self::Watches { limit, folders } => here::enough(*limit, *folders),
            Self::Names { windows, .. } => remark_if(*windows),
            Self::Dates(step) => remark_if(*step >= Duration::from_secs(1)),
            Self::Ids(kept) | Self::Exchange(kept) => remark_if(!kept),
            Self::Keychain(Keychain::Keeps) => Grade::Ok,
            Self::Keychain(Keychain::Failed) => Grade::Trouble,
            Self::Keychain(_) | Self::NoPassword | Self::Lacks(_) => Grade::Remark,
            Self::Proxy(_)
            | Self::Journal(_)
            | Self::SignedIn { .. }
            | Self::Tls(None, _)
            | Self::Defect(_) => Grade::Ok,
            Self::Clock(ahead) => there::clock(*ahead),
            Self::Tls(Some(tls), now) => there::certificate(tls.ends, *now),
        }
    }

    /// What it is called in documents.
    pub fn name(&self) -> &'static str {
        match self {
            Self::FolderAway => "no-folder",
            Self::Room { .. } => "room",
            Self::Watches { .. } => "watches",
            Self::Names { .. } => "names",
            Self::Dates(_) => "dates",
            Self::Ids(_) => "ids",
            Self::Exchange(_) => "exchange",
            Self::Keychain(_) => "keychain",
            Self::Proxy(_) => "proxy",
            Self::Journal(_) => "journal",
            Self::NoPassword => "no-password",
            Self::Server(_) => "server",
            Self::SignedIn { .. } => "signed-in",
            Self::Clock(_) => "clock",
            Self::Tls(..) => "tls",
            Self::Lacks(_) => "lacks",
            Self::Defect(_) => "defect",
        }
    }

    /// What was found as plain values, without names of any kind.
    pub fn values(&self) -> serde_json::Value {
        use serde_json::json;
        match self {
            Self::FolderAway | Self::NoPassword | Self::Server(_) => json!({}),
            Self::Room { free, total } => json!({ "free": free, "total": total }),
            Self::Watches { limit, folders } => json!({ "limit": limit, "folders": folders }),
            Self::Names { case, accents, windows } => {
                json!({ "case": case, "accents": accents, "windows": windows })
            }
            Self::Dates(step) => json!({ "step_seconds": step.as_secs_f64() }),
            Self::Ids(kept) | Self::Exchange(kept) => json!({ "kept": kept }),
            Self::Keychain(keychain) => json!({ "keychain": keychain }),
            Self::Proxy(proxy) => json!({ "used": proxy.is_some() }),
            Self::Journal(read) => json!({ "readable": read }),
            Self::SignedIn { product, family } => json!({ "product": product, "family": family }),
            Self::Clock(ahead) => json!({ "ahead_seconds": ahead }),
            Self::Tls(tls, now) => {
                json!(tls.as_ref().map(
                    |tls| json!({ "version": tls.version, "days": there::days(tls.ends, *now) })
                ))
            }
            Self::Lacks(lack) => json!({ "lack": lack }),
            Self::Defect(defect) => json!({ "defect": defect }),
        }
    }
}

fn remark_if(wrong: bool) -> Grade {
    if wrong { Grade::Remark } else { Grade::Ok }
}

/// Days until a certificate ends, rounded down.
pub fn days_left(ends: i64, now: i64) -> i64 {
    there::days(ends, now)
}
