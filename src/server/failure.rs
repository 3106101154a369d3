//! What a request failed of, before it is known which request it was.

use std::error::Error as _;
use std::io;

use super::status::Asked;
use super::{Effect, ServerError, ServerErrorKind, SiteTrouble};
use crate::model::RelPath;

/// Why there is no connection, for those who type addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    NoHost,
    Refused,
    TimedOut,
    Other,
}

/// A request that failed, before it is known which.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: ServerErrorKind,
    pub(super) effect: Effect,
    pub(super) detail: String,
    pub(super) reach: Reach,
    /// The final status of the request itself, if it got one.
    pub(super) status: Option<u16>,
}

impl Failure {
    /// A failure that left no effect.
    pub(super) fn new(kind: ServerErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            effect: Effect::None,
            detail: detail.into(),
            reach: Reach::Other,
            status: None,
        }
    }

    /// An answer that no storage gives.
    pub(super) fn nonsense(detail: impl Into<String>) -> Self {
        Self::new(ServerErrorKind::Nonsense, detail)
    }

    /// A page for people instead of an answer.
    pub(super) fn page() -> Self {
        Self::new(ServerErrorKind::Site(SiteTrouble::Page), "a page instead of an answer")
    }

    /// The same, as the end of this request: a writing one may have taken effect.
    pub(super) fn after(self, asked: Asked) -> Self {
        if asked.writes() { self.unsure() } else { self }
    }

    /// The same, when it may have taken effect.
    pub(super) fn unsure(self) -> Self {
        Self { effect: Effect::Unknown, ..self }
    }

    /// Says of which request.
    pub(super) fn at(self, method: &'static str, path: &RelPath) -> ServerError {
        ServerError {
            kind: self.kind,
            effect: self.effect,
            method,
            path: path.clone(),
            detail: self.detail,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::TimedOut => ServerErrorKind::Unreachable,
            io::ErrorKind::FileTooLarge => ServerErrorKind::Nonsense,
            _ => ServerErrorKind::Torn,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<quick_xml::Error> for Failure {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) => io::Error::new(error.kind(), error.to_string()).into(),
            other => Self::nonsense(other.to_string()),
        }
    }
}

/// Says what an error on the way to an answer means.
pub(super) fn broken(error: reqwest::Error, asked: Asked) -> Failure {
    let reach = reach(&error);
    let unsent = error.is_connect() || error.is_builder();
    let garbled = hyper_cause(&error).is_some_and(hyper::Error::is_parse);
    let timed_out = error.is_timeout();
    let detail = chain(&error.without_url());
    // The TLS library's words for what its verifier found.
    let kind = if let Some(trouble) = proxy_trouble(&detail).filter(|_| unsent) {
        ServerErrorKind::Site(trouble)
    } else if unsent && detail.contains("certificate") {
        ServerErrorKind::Certificate
    } else if garbled {
        ServerErrorKind::Nonsense
    } else {
        ServerErrorKind::Unreachable
    };
    let effect = if unsent || !asked.writes() { Effect::None } else { Effect::Unknown };
    let reach = if timed_out { Reach::TimedOut } else { reach };
    Failure { effect, reach, ..Failure::new(kind, detail) }
}

/// What a proxy did to the way through it, in the words of the HTTP library.
fn proxy_trouble(detail: &str) -> Option<SiteTrouble> {
    let (_, what) = detail.split_once("tunnel error: ")?;
    Some(if what.starts_with("proxy authorization required") {
        SiteTrouble::ProxySignIn
    } else if what.starts_with("failed to create underlying connection") {
        SiteTrouble::ProxyUnreachable
    } else {
        SiteTrouble::ProxyRefused
    })
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

fn hyper_cause(error: &reqwest::Error) -> Option<&hyper::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind).last()
}

fn reach(error: &reqwest::Error) -> Reach {
    if error.is_dns() {
        Reach::NoHost
    } else if io_kind(error) == Some(io::ErrorKind::ConnectionRefused) {
        Reach::Refused
    } else {
        Reach::Other
    }
}

/// Whether the server closed the connection instead of answering.
pub(super) fn ended_early(error: &reqwest::Error) -> bool {
    let hyper = hyper_cause(error);
    hyper.is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
        || io_kind(error) == Some(io::ErrorKind::ConnectionReset)
}

/// An error with its causes in one line, without repetitions.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut line = error.to_string();
    for cause in causes(error) {
        let cause = cause.to_string();
        if !line.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line
}
