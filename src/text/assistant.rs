//! What the assistant says.

use crate::accounts::Refusal;

use super::{Said, Texts, connect, keychain, peer, plain, settings};

/// Returns why an account or a folder is not added.
pub fn refusal(texts: &Texts, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::Settings(error) => settings(texts, error),
        Refusal::Connect { error, host } => connect(texts, error, host),
        Refusal::NoWay(host) => {
            texts.explain("error-no-way-to-sign-in", &[("host", host.as_str().into())])
        }
        Refusal::PageExpired(host) => {
            texts.explain("error-page-expired", &[("host", host.as_str().into())])
        }
        Refusal::GivenUp => texts.explain("error-given-up", &[]),
        Refusal::OtherAccount { wanted, found } => {
            let args = [("wanted", wanted.as_str().into()), ("found", found.as_str().into())];
            texts.explain("error-other-account", &args)
        }
        Refusal::NoPattern(pattern, why) => {
            let args = [("pattern", pattern.as_str().into()), ("reason", plain(why).into())];
            texts.explain("usage-pattern-bad", &args)
        }
        Refusal::Place(path, error) => {
            let reason = error.to_string();
            let args = [("path", path.to_string_lossy().into()), ("reason", plain(&reason).into())];
            texts.explain("error-place", &args)
        }
        Refusal::Peer(error) => peer(texts, error),
        Refusal::NoPassword(name) => {
            texts.explain("error-password-kept-nowhere", &[("name", name.as_str().into())])
        }
        Refusal::Keychain(error) => keychain(texts, error),
    }
}
