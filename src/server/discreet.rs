//! What no error says, whatever the server says: it may hand back what it was
//! sent, in a message, an address or the name of an element.

use percent_encoding::percent_decode_str;

use super::failure::Failure;
use super::{ConnectError, ServerError, ServerErrorKind, SiteTrouble};
use crate::secret::Secret;

/// What stands for a secret where it was.
const HIDDEN: &str = "***";

/// Texts with which one could sign in.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden(Vec<Secret>);

impl Hidden {
    /// The password, and what it and the login are on the wire.
    pub(super) fn of(login: &str, password: &Secret) -> Self {
        use base64::Engine as _;
        let pair = Secret::new(format!("{login}:{}", password.expose()));
        let sent = base64::engine::general_purpose::STANDARD.encode(pair.expose());
        Self(vec![Secret::new(sent), password.clone()])
    }

    /// The same, and one more text; a short one would be found in every other word.
    pub(super) fn and(&self, text: &str) -> Self {
        const LEAST: usize = 8;
        let mut hidden = self.clone();
        if text.len() >= LEAST {
            hidden.0.insert(0, Secret::new(text));
        }
        hidden
    }

    /// A text without them.
    fn text(&self, text: String) -> String {
        let secrets = || self.0.iter().filter(|secret| !secret.is_empty());
        let text = secrets().fold(text, |text, secret| match text.contains(secret.expose()) {
            true => text.replace(secret.expose(), HIDDEN),
            false => text,
        });
        // As it would stand in an address; then nothing of it is worth saying.
        let decoded = percent_decode_str(&text).decode_utf8_lossy();
        match secrets().any(|secret| decoded.contains(secret.expose())) {
            true => HIDDEN.to_owned(),
            false => text,
        }
    }

    /// A kind of failure whose address leads to where it did, without its path
    /// if that holds one of them.
    fn kind(&self, kind: ServerErrorKind) -> ServerErrorKind {
        match kind {
            ServerErrorKind::Site(trouble) => ServerErrorKind::Site(self.trouble(trouble)),
            other => other,
        }
    }

    fn trouble(&self, trouble: SiteTrouble) -> SiteTrouble {
        match trouble {
            SiteTrouble::Elsewhere(url) => SiteTrouble::Elsewhere(Box::new(self.url(*url))),
            other => other,
        }
    }

    fn url(&self, mut url: url::Url) -> url::Url {
        if self.text(url.path().to_owned()) != url.path() {
            url.set_path("/");
        }
        url
    }

    /// A failure that says none of them.
    pub(super) fn failure(&self, failure: Failure) -> Failure {
        let (kind, detail) = (self.kind(failure.kind), self.text(failure.detail));
        Failure { kind, detail, ..failure }
    }

    fn error(&self, error: ServerError) -> ServerError {
        let (kind, detail) = (self.kind(error.kind), self.text(error.detail));
        ServerError { kind, detail, ..error }
    }

    /// Why a server cannot be worked with, without any of them.
    pub(super) fn refusal(&self, error: ConnectError) -> ConnectError {
        use ConnectError as Why;
        match error {
            Why::BadUrl(text) => Why::BadUrl(self.text(text)),
            Why::NoHost(text) => Why::NoHost(self.text(text)),
            Why::Refused(text) => Why::Refused(self.text(text)),
            Why::TimedOut(text) => Why::TimedOut(self.text(text)),
            Why::Unreachable(text) => Why::Unreachable(self.text(text)),
            Why::Certificate(text) => Why::Certificate(self.text(text)),
            Why::NotStorage(text) => Why::NotStorage(self.text(text)),
            Why::SignIn { detail, page } => Why::SignIn { detail: self.text(detail), page },
            Why::Site(trouble) => Why::Site(self.trouble(trouble)),
            Why::Redirected(url) => Why::Redirected(self.url(url)),
            Why::Server(error) => Why::Server(self.error(error)),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden() -> Hidden {
        Hidden::of("me", &Secret::new("hunter2"))
    }

    #[test]
    fn what_a_server_hands_back_is_not_said_again() {
        // "me:hunter2" on the wire.
        let said = "500, your password hunter2 (Basic bWU6aHVudGVyMg==) is bad, hunter2!";
        let failure = hidden().failure(Failure::nonsense(said));
        assert_eq!(failure.detail, "500, your password *** (Basic ***) is bad, ***!");
        let refused = hidden().refusal(ConnectError::NotStorage("<hunter2>".to_owned()));
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
        assert_eq!(hidden().text("302 Found, redirected to /h%75nter2".to_owned()), "***");
    }

    #[test]
    fn an_address_keeps_its_host_and_loses_a_path_that_says_too_much() {
        let url = |text: &str| hidden().url(text.parse().unwrap()).to_string();
        assert_eq!(url("https://h.example/login"), "https://h.example/login");
        assert_eq!(url("https://h.example/x/hunter2"), "https://h.example/");
        assert_eq!(url("https://h.example/x/h%75nter2"), "https://h.example/");
    }

    #[test]
    fn an_empty_or_short_text_hides_nothing_else() {
        let none = Hidden::of("", &Secret::new(""));
        assert_eq!(none.text("a message".to_owned()), "a message");
        assert_eq!(hidden().and("/").text("/a/b".to_owned()), "/a/b");
        assert_eq!(hidden().and("/data/t0ken").text("to /data/t0ken".to_owned()), "to ***");
    }
}
