//! What goes wrong between an engine and the server.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use navette::cloud::{Fate, Faults, Request, SharedCloud, Spoilt};
use navette::model::{Kind, RelPath};
use navette::server::ServerErrorKind;

use crate::reached::Point;
use crate::tape::Chance;

/// A way in which something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// An error of the server before anything took effect.
    Error,
    /// The request was sent, and is carried out much later.
    Late,
    /// The body is cut: a torn upload, a torn download or listing.
    Cut,
    /// The server cannot be reached for a while.
    Unreachable,
    /// It takes effect, and the answer is lost.
    LostReply,
    /// A zip comes spoilt.
    SpoiltZip,
    /// The server asks to come back later, for a while.
    Overload,
    /// The file is locked.
    Locked,
    /// A listing leaves something out, as if it were whole.
    Short,
    /// The account's home seems not to be there.
    Nobody,
    /// The server is under maintenance for a while.
    Maintenance,
    /// The password is refused for a while.
    Refused,
    /// A file comes with another byte, of the right length.
    Garbled,
    /// An upload in pieces ends before it has any effect: it goes on where it
    /// ended, if its file is still the same. That is all that an engine sees of
    /// chunks and TUS.
    Piecemeal,
}

impl Trouble {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Error,
        Self::Late,
        Self::Cut,
        Self::Unreachable,
        Self::LostReply,
        Self::SpoiltZip,
        Self::Overload,
        Self::Locked,
    ];

    /// What came later: drawn last, so that older tapes keep their meaning.
    pub(crate) const MORE: [Self; 4] =
        [Self::Short, Self::Nobody, Self::Maintenance, Self::Refused];

    /// Whether it lasts for some requests.
    fn lasts(self) -> bool {
        let all = [Self::Unreachable, Self::Overload, Self::Maintenance, Self::Refused];
        all.contains(&self)
    }

    /// What the table of points calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "fails",
            Self::Late => "lands late",
            Self::Cut => "is cut",
            Self::Unreachable => "finds nobody",
            Self::LostReply => "loses its answer",
            Self::SpoiltZip => "brings a spoilt zip",
            Self::Overload => "is told to wait",
            Self::Locked => "is locked out",
            Self::Short => "is answered in part",
            Self::Nobody => "finds another home",
            Self::Maintenance => "meets maintenance",
            Self::Refused => "is refused",
            Self::Garbled => "brings another byte",
            Self::Piecemeal => "is interrupted",
        }
    }
}

/// What a request is about.
#[derive(Clone, Debug)]
pub(crate) struct Aim {
    /// The path of it.
    pub(crate) path: String,
    /// It may create what is not there.
    pub(crate) creates: bool,
}

/// What the stage learns from the requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire {
    /// What the last write is about, while it is on its way.
    pub(crate) aim: Arc<Mutex<Option<Aim>>>,
    /// The folder that the last GET is about, while it is on its way.
    pub(crate) zip: Arc<Mutex<Option<String>>>,
    /// Some request was to land late.
    pub(crate) late: Arc<AtomicBool>,
    /// Since the last run began, the home seemed not to be there.
    pub(crate) nobody: Arc<AtomicBool>,
    /// A listing has left something out.
    pub(crate) short: Arc<AtomicBool>,
    /// Bytes on their way to the server were cut off.
    pub(crate) torn: Arc<AtomicBool>,
    /// What requests met, to be counted on the engine's thread.
    pub(crate) met: Arc<Mutex<Vec<Point>>>,
    /// Requests, for the trace; none if nobody reads it.
    pub(crate) heard: Option<Arc<Mutex<Vec<String>>>>,
    /// Faults that are left.
    pub(crate) left: Arc<AtomicU64>,
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Decides the fate of each request of one computer.
pub(crate) struct Weather {
    /// What can go wrong.
    pub(crate) troubles: Vec<Trouble>,
    /// The draws.
    pub(crate) chance: Chance,
    /// What the stage learns.
    pub(crate) wire: Wire,
    /// The server, to know folders from files.
    pub(crate) cloud: SharedCloud,
    /// Requests until the next fault; none if it has not been drawn.
    pub(crate) next: Option<u64>,
    /// A trouble that lasts, and for how many requests.
    pub(crate) lasting: Option<(Trouble, u64)>,
}

const WRITES: [&str; 6] = ["PUT", "POST", "MKCOL", "MOVE", "COPY", "DELETE"];

impl Faults for Weather {
    fn passing(&mut self, path: &RelPath) {
        *held(&self.wire.aim) = Some(Aim { path: path.to_string(), creates: true });
    }

    fn fate(&mut self, request: &Request<'_>) -> Fate {
        let fate = self.decide(request);
        self.wire.hear(request, fate)
    }
}

/// No request fails any more; each is heard.
pub(crate) struct Calm(pub(crate) Wire);

impl Faults for Calm {
    fn fate(&mut self, request: &Request<'_>) -> Fate {
        self.0.hear(request, Fate::Proceed)
    }
}

impl Wire {
    fn hear(&self, request: &Request<'_>, fate: Fate) -> Fate {
        if let Some(heard) = &self.heard {
            let Request { number, method, path, size } = request;
            held(heard).push(format!("   #{number} {method} {path} {size:?}: {fate:?}"));
        }
        fate
    }
}

impl Weather {
    fn decide(&mut self, request: &Request<'_>) -> Fate {
        let is_write = WRITES.contains(&request.method);
        self.watch(request);
        if let Some((trouble, left)) = self.lasting.take() {
            self.lasting = (left > 1).then(|| (trouble, left - 1));
            return self.suffer(request, trouble, is_write);
        }
        let is_zip = held(&self.wire.zip).is_some();
        let garbled = request.method == "GET" && self.troubles.contains(&Trouble::Garbled);
        let weight = if is_zip {
            30
        } else if is_write || garbled {
            8
        } else {
            1
        };
        if self.wire.left.load(Ordering::Relaxed) == 0 || !self.due(weight) {
            return Fate::Proceed;
        }
        self.wire.left.fetch_sub(1, Ordering::Relaxed);
        let Some(trouble) = self.chance.pick(&self.troubles).copied() else {
            return Fate::Proceed;
        };
        if trouble.lasts() {
            self.lasting = Some((trouble, 1 + self.chance.below(4)));
        }
        self.suffer(request, trouble, is_write)
    }

    /// Whether the next fault is due: writes and zips come nearer to it than
    /// readings.
    fn due(&mut self, weight: u64) -> bool {
        let next = self.next.unwrap_or_else(|| 1 + self.chance.below(60));
        let rest = next.saturating_sub(weight);
        self.next = (rest > 0).then_some(rest);
        rest == 0
    }

    fn watch(&self, request: &Request<'_>) {
        if matches!(request.method, "DELETE" | "MOVE" | "PUT" | "POST") {
            let creates = matches!(request.method, "PUT" | "POST");
            *held(&self.wire.aim) = Some(Aim { path: request.path.to_string(), creates });
        }
        if request.method == "GET" {
            let there = self.cloud.lock().look("u", request.path);
            if there.is_ok_and(|there| there.kind == Kind::Dir) {
                *held(&self.wire.zip) = Some(request.path.to_string());
                held(&self.wire.met).push(Point::Asked("a folder as a zip"));
            }
        }
    }

    fn suffer(&self, request: &Request<'_>, trouble: Trouble, is_write: bool) -> Fate {
        let fate = match trouble {
            Trouble::Error => Fate::Fail(ServerErrorKind::Status(500)),
            Trouble::Late if is_write => {
                self.wire.late.store(true, Ordering::Relaxed);
                Fate::Late
            }
            Trouble::Cut => {
                self.wire.torn.fetch_or(is_write, Ordering::Relaxed);
                Fate::CutBody(self.chance.below(12))
            }
            Trouble::Unreachable => Fate::Fail(ServerErrorKind::Unreachable),
            Trouble::SpoiltZip if held(&self.wire.zip).is_some() => {
                let all = [Spoilt::Unfinished, Spoilt::Name, Spoilt::Byte];
                Fate::Spoil(self.chance.pick(&all).copied().unwrap_or(Spoilt::Byte))
            }
            Trouble::Overload => Fate::Fail(ServerErrorKind::Busy(None)),
            Trouble::Locked if is_write => Fate::Fail(ServerErrorKind::Locked),
            Trouble::Maintenance => {
                Fate::Fail(ServerErrorKind::Site(navette::server::SiteTrouble::Maintenance))
            }
            Trouble::Refused => Fate::Fail(ServerErrorKind::SignIn),
            Trouble::Short if request.method == "PROPFIND" => {
                self.wire.short.store(true, Ordering::Relaxed);
                Fate::Omit(self.chance.below(8))
            }
            Trouble::Nobody if request.method == "PROPFIND" && request.path.is_root() => {
                self.wire.nobody.store(true, Ordering::Relaxed);
                Fate::Nobody
            }
            Trouble::Garbled if request.method == "GET" && held(&self.wire.zip).is_none() => {
                Fate::Garble
            }
            Trouble::Piecemeal if request.method == "PUT" => {
                Fate::Fail(ServerErrorKind::Interrupted)
            }
            Trouble::LostReply | Trouble::Late => Fate::LoseReply,
            Trouble::Piecemeal
            | Trouble::SpoiltZip
            | Trouble::Locked
            | Trouble::Short
            | Trouble::Nobody
            | Trouble::Garbled => return Fate::Proceed,
        };
        held(&self.wire.met).push(Point::Fault(request.method, trouble.word()));
        fate
    }
}
