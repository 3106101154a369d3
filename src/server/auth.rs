//! The secret of an account.

use std::fmt;

use reqwest_dav::Auth;

/// A password or app password. No log, error or debug print ever shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the password itself, for the one place that sends or stores it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

/// Returns what every request signs in with.
pub(super) fn basic(login: &str, password: &Secret) -> Auth {
    Auth::Basic(login.to_owned(), password.expose().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_nowhere() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some(Secret(...))");
    }
}
