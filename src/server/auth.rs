//! How requests sign in.

use reqwest_dav::Auth;

use crate::secret::Secret;

/// Returns what every request signs in with.
pub(super) fn basic(login: &str, password: &Secret) -> Auth {
    Auth::Basic(login.to_owned(), password.expose().to_owned())
}
