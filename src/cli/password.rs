//! Where a password comes from: a file, the environment, the keychain, the
//! person at the terminal; in this order, and never an argument, which other
//! users of the computer can read.

use std::io::IsTerminal as _;
use std::path::Path;

use crate::accounts;
use crate::secret::Secret;
use crate::secret::keychain::{self, KeychainError};
use crate::server::Proxy;
use crate::settings::{Address, Pair, ProxyChoice};

use super::console::Console;
use super::failure::Failure;

/// The variable of the environment that may hold it.
const VARIABLE: &str = "NAVETTE_PASSWORD";

/// The variable that may hold the password for a proxy.
const PROXY_VARIABLE: &str = "NAVETTE_PROXY_PASSWORD";

/// The proxy that is chosen, with its password, if one is given.
pub(super) async fn with_proxy(chosen: ProxyChoice) -> Proxy {
    let password = of_proxy(&chosen).await;
    accounts::proxy(chosen, password)
}

/// The password for the proxy that is chosen: from the environment, else from
/// the keychain; none if it wants none or nobody gives one.
pub(super) async fn of_proxy(chosen: &ProxyChoice) -> Option<Secret> {
    let given = given_for_proxy().filter(|_| matches!(chosen, ProxyChoice::At(_)));
    match given {
        Some(given) => Some(given),
        None => accounts::proxy_password(chosen).await,
    }
}

/// As [`of_proxy`], from what was read of the keychain before.
pub(super) fn of_proxy_now(url: &url::Url) -> Option<Secret> {
    given_for_proxy().or_else(|| accounts::proxy_password_now(url))
}

pub(super) fn given_for_proxy() -> Option<Secret> {
    std::env::var(PROXY_VARIABLE).ok().map(Secret::new)
}

/// Returns the password for a proxy from wherever it is typed; none to forget it.
pub(super) fn for_proxy(
    console: &Console,
    file: Option<&Path>,
    forget: bool,
) -> Result<Option<Secret>, Failure> {
    if forget {
        return Ok(None);
    }
    if let Some(path) = file {
        let read = Secret::read(path);
        return read.map(Some).map_err(|error| Failure::File(path.to_owned(), error));
    }
    let asked = || {
        let question = console.texts.say("ask-proxy-password", &[]);
        let asks = std::io::stdin().is_terminal();
        asks.then(|| rpassword::prompt_password(question).ok().map(Secret::new)).flatten()
    };
    let given = given_for_proxy().or_else(asked).filter(|secret| !secret.is_empty());
    given.map(Some).ok_or(Failure::NoPassword)
}

/// Returns the password that a file or the environment gives, if one does.
pub(super) fn given(file: Option<&Path>) -> Result<Option<Secret>, Failure> {
    if let Some(path) = file {
        let read = Secret::read(path);
        return read.map(Some).map_err(|error| Failure::File(path.to_owned(), error));
    }
    Ok(std::env::var(VARIABLE).ok().map(Secret::new).filter(|secret| !secret.is_empty()))
}

/// Asks the person at the terminal; `None` if there is nobody to ask.
pub(super) fn ask(console: &Console, user: &str, server: &Address) -> Option<Secret> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let args = [("user", user.into()), ("host", server.host().into())];
    let question = console.texts.say("ask-password", &args);
    rpassword::prompt_password(question).ok().map(Secret::new).filter(|secret| !secret.is_empty())
}

/// Returns the password of a login as it is kept now, without asking anybody;
/// none if it is not kept, or cannot be read now.
pub(super) async fn again(file: Option<&Path>, server: &Address, user: &str) -> Option<Secret> {
    if let Ok(Some(secret)) = given(file) {
        return Some(secret);
    }
    keychain::load(server.account_name(user)).await.ok().flatten()
}

/// Returns the password of a pair from wherever there is one.
pub(super) async fn find(
    console: &Console,
    file: Option<&Path>,
    pair: &Pair,
) -> Result<Secret, Failure> {
    of(console, file, &pair.server, &pair.user).await
}

/// Returns the password of a login from wherever there is one.
pub(super) async fn of(
    console: &Console,
    file: Option<&Path>,
    server: &Address,
    user: &str,
) -> Result<Secret, Failure> {
    if let Some(secret) = given(file)? {
        return Ok(secret);
    }
    let kept = keychain::load(server.account_name(user)).await;
    if let Ok(Some(secret)) = kept {
        return Ok(secret);
    }
    ask(console, user, server).ok_or_else(|| match kept {
        // It is in there, perhaps; that is what the user can do something about.
        Err(error @ KeychainError::Locked(_)) => Failure::Keychain(error),
        _ => Failure::NoPassword,
    })
}
