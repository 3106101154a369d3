//! `navette account`.

use crate::accounts::{self, Browser, Desk, Passage, Refusal, Session, device_name};
use crate::clock::SystemClock;
use crate::secret::Secret;
use crate::secret::keychain::{self, KeychainError};
use crate::server::{ConnectError, Dav, Fingerprint};
use crate::settings::{Account, Address, Settings, SettingsError};
use crate::text;

use super::args::{AccountCommand, SignInArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::open_settings;
use super::{interrupt, password, sign_in};

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &AccountCommand) -> Result<Exit, Failure> {
    match command {
        AccountCommand::Add { server, user: None, sign_in, certificate, .. } => {
            add_by_browser(console, server, (sign_in, *certificate)).await?;
        }
        AccountCommand::Add { server, user: Some(user), sign_in, certificate, .. } => {
            add(console, server, user, (sign_in, *certificate)).await?;
        }
        AccountCommand::SignIn { name, browser, password_file } => {
            let again = Again { name, password_file: password_file.as_deref() };
            again.sign_in(console, *browser).await?;
        }
        AccountCommand::Trust { name, fingerprint } => {
            accounts::trust(&Desk::here()?, name, *fingerprint).await?;
            let fingerprint = fingerprint.to_string();
            let args = [("name", name.as_str().into()), ("fingerprint", fingerprint.into())];
            console.say("account-trusted", &args);
        }
        AccountCommand::List => list(console)?,
        AccountCommand::Remove { name } => remove(console, name).await?,
    }
    Ok(Exit::Equal)
}

async fn add(
    console: &Console,
    server: &str,
    user: &str,
    sign_in: (&SignInArgs, Option<Fingerprint>),
) -> Result<(), Failure> {
    let (typed, server) = (server, Address::parse(server)?);
    let mut settings = open_settings(console)?;
    added(console, &mut settings, server, user, sign_in).await?;
    tell_folder(console, typed);
    Ok(())
}

/// Says how to sync the folder alone that a pasted page shows.
fn tell_folder(console: &Console, typed: &str) {
    if let Some(path) = Address::shown_folder(typed) {
        console.say("account-page-folder", &[("path", path.as_str().into())]);
    }
}

/// Adds an account by the server's page. What it grants must be kept, for
/// nobody else knows it.
async fn add_by_browser(
    console: &Console,
    typed: &str,
    (sign_in, pinned): (&SignInArgs, Option<Fingerprint>),
) -> Result<(), Failure> {
    let settings = open_settings(console)?;
    let passage = sign_in::passage(&settings, None).await;
    let passage = Passage { ca_file: ca_file(sign_in)?, pinned, ..passage };
    let server = accounts::recognise(typed, &passage).await?.address;
    let session = by_browser(console, Browser::begin(server, passage).await?).await?;
    if session.is_known {
        let exists = SettingsError::AccountExists(session.account.name.clone());
        return Err(given_up(&session, exists.into()).await);
    }
    if let Err(error) = session.keychain().await {
        return Err(given_up(&session, Failure::Keychain(error)).await);
    }
    session.add_account(&Desk::here()?).await?;
    console.say("account-added", &[("name", session.account.name.as_str().into())]);
    let host = session.account.server.host();
    console.say("account-app-password", &[("host", host.into())]);
    tell_folder(console, typed);
    Ok(())
}

/// Nothing comes of a sign-in: what was made for it is given back.
async fn given_up(session: &Session, failure: Failure) -> Failure {
    if let Err(error) = session.abandon().await {
        tracing::warn!(%error, "an app password is not given back");
    }
    failure
}

/// Waits until somebody has signed in on the server's page.
async fn by_browser(console: &Console, browser: Browser) -> Result<Session, Failure> {
    console.say("account-browser-open", &[("page", browser.page().as_str().into())]);
    console.say("account-browser-waits", &[("minutes", accounts::PAGE_MINUTES.into())]);
    if let Err(error) = open::that_detached(browser.page().as_str()) {
        tracing::info!(%error, "no browser was opened");
    }
    let (clock, settings) = (SystemClock::new(), || Desk::here()?.settings());
    tokio::select! {
        biased;
        () = interrupt::wanted() => Err(Failure::Interrupted),
        session = browser.signed_in(&clock, settings) => Ok(session?),
    }
}

fn ca_file(sign_in: &SignInArgs) -> Result<Option<std::path::PathBuf>, Failure> {
    let ca_file = sign_in.ca_file.as_deref().map(std::path::absolute).transpose();
    ca_file.map_err(|error| Failure::File(sign_in.ca_file.clone().unwrap_or_default(), error))
}

/// Adds an account, after trying to sign in, and keeps its password.
pub(super) async fn added(
    console: &Console,
    settings: &mut Settings,
    server: Address,
    user: &str,
    (sign_in, pinned): (&SignInArgs, Option<Fingerprint>),
) -> Result<Account, Failure> {
    let secret = password::given(sign_in.password_file.as_deref())?;
    let mut account = Account::new(server, user.to_owned(), ca_file(sign_in)?);
    account.certificate = pinned.map(|pinned| pinned.to_string());
    if settings.account(Some(&account.name)).is_ok() {
        return Err(SettingsError::AccountExists(account.name).into());
    }
    let secret = secret.or_else(|| password::ask(console, user, &account.server));
    let passage = sign_in::passage(settings, Some(&account.name)).await;
    let tried = match &secret {
        Some(secret) => Some(known(&mut account, secret.clone(), &passage).await?),
        None => None,
    };
    settings.add_account(account.clone())?;
    console.say("account-added", &[("name", account.name.as_str().into())]);
    if let Some(Err(error)) = &tried {
        let said = text::connect(&console.texts, error, &account.server.host());
        console.say("account-unasked", &[("reason", said.sentence.into())]);
    }
    if keep(console, account.name.clone(), secret.clone()).await
        && let (Some(Ok(dav)), Some(secret)) = (tried, secret)
    {
        exchange(console, &account, &dav, &secret, &passage).await;
    }
    Ok(account)
}

/// Has the server make an app password, and keeps that one instead of the
/// account's own, which is kept already: where anything fails, it stays so.
async fn exchange(
    console: &Console,
    account: &Account,
    dav: &Dav,
    own: &Secret,
    passage: &Passage,
) {
    let made = match accounts::exchanged(dav, own).await {
        Ok(Some(made)) => made,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%error, device = device_name(), "no app password"),
    };
    let host = account.server.host();
    match keychain::store(account.name.clone(), made.clone()).await {
        Ok(()) => console.say("account-app-password", &[("host", host.into())]),
        Err(error) => {
            tracing::warn!(%error, "the app password cannot be kept");
            give_back(console, account, made, passage).await;
        }
    }
}

/// Gives an app password back to the server; of the account's own password
/// nothing is to be given back.
async fn give_back(console: &Console, account: &Account, password: Secret, passage: &Passage) {
    let host = account.server.host();
    let left = match accounts::give_back(account, password, passage).await {
        Ok(true) => return console.say("account-app-password-gone", &[("host", host.into())]),
        Ok(false) => return,
        Err(error) => text::connect(&console.texts, &error, &host),
    };
    let args = [("host", host.as_str().into()), ("reason", left.sentence.into())];
    console.say("account-app-password-left", &args);
}

/// Tries to sign in, without a session that would accept any password
/// (owncloud10.md), and takes over what the server calls the account. Returns
/// the way to it, or why it could not be asked; what it refuses is a failure.
async fn known(
    account: &mut Account,
    secret: Secret,
    passage: &Passage,
) -> Result<Result<Dav, ConnectError>, Failure> {
    match Dav::connect(passage.connection(account, secret)).await {
        Ok(dav) => {
            *account = accounts::told(account.clone(), &dav);
            Ok(Ok(dav))
        }
        Err(error) if accounts::is_unasked(&error) => Ok(Err(error)),
        Err(error) => match passage.refusal(error, &account.server).await {
            Refusal::Connect { error, .. } => Err(sign_in::refused(account, *error)),
            refusal => Err(refusal.into()),
        },
    }
}

/// Keeps the password if it can, and says what became of it. An account
/// without a kept password is one all the same. Returns whether it is kept.
async fn keep(console: &Console, account: String, secret: Option<Secret>) -> bool {
    let Some(secret) = secret else {
        console.say("keychain-nothing-stored", &[]);
        return false;
    };
    let kept = keychain::store(account, secret).await;
    match &kept {
        Ok(()) => console.say("keychain-kept", &[]),
        Err(error) => {
            tracing::warn!(%error, "password not stored");
            console.print(&text::keychain(&console.texts, error).to_string());
        }
    }
    kept.is_ok()
}

/// An account to which somebody signs in again.
struct Again<'a> {
    name: &'a str,
    password_file: Option<&'a std::path::Path>,
}

impl Again<'_> {
    async fn sign_in(&self, console: &Console, browser: bool) -> Result<(), Failure> {
        let settings = open_settings(console)?;
        let account = settings.account(Some(self.name))?.clone();
        let passage = sign_in::passage(&settings, Some(self.name)).await;
        let session = if browser {
            let begun = Browser::again(&account, passage).await?;
            by_browser(console, begun).await?
        } else {
            let given = password::given(self.password_file)?;
            let given = given.or_else(|| password::ask(console, &account.user, &account.server));
            let password = given.ok_or(Failure::NoPassword)?;
            let (server, login) = (account.server.clone(), account.user.as_str());
            Session::begin(server, login, password, passage, &settings).await?
        };
        if let Err(error) = session.keychain().await {
            return Err(given_up(&session, Failure::Keychain(error)).await);
        }
        session.renew(self.name).await?;
        console.say("account-signed-in", &[("name", self.name.into())]);
        Ok(())
    }
}

fn list(console: &Console) -> Result<(), Failure> {
    let settings = open_settings(console)?;
    if settings.accounts.is_empty() {
        let said = console.texts.explain("usage-account-none", &[]);
        console.print(&said.to_string());
    }
    for account in &settings.accounts {
        let mut args = vec![
            ("name", account.name.as_str().into()),
            ("user", account.user.as_str().into()),
            ("server", account.server.as_str().into()),
        ];
        let id = match &account.display_name {
            Some(name) => {
                args.push(("display", name.as_str().into()));
                "account-line-named"
            }
            None => "account-line",
        };
        console.say(id, &args);
    }
    Ok(())
}

async fn remove(console: &Console, name: &str) -> Result<(), Failure> {
    let mut settings = open_settings(console)?;
    let account = settings.account(Some(name)).cloned();
    let passage = sign_in::passage(&settings, Some(name)).await;
    settings.remove_account(name)?;
    if let (Ok(account), Ok(Some(password))) = (account, keychain::load(name.to_owned()).await) {
        give_back(console, &account, password, &passage).await;
    }
    match keychain::forget(name.to_owned()).await {
        // Where there is none, nothing was kept either.
        Ok(()) | Err(KeychainError::None(_)) => {}
        Err(error) => console.remark(&text::keychain(&console.texts, &error)),
    }
    console.say("account-removed", &[("name", name.into())]);
    Ok(())
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Settings(error) => Self::Settings(error),
            Refusal::Keychain(error) => Self::Keychain(error),
            Refusal::Peer(error) => Self::Peer(error),
            Refusal::NoPattern(pattern, why) => Self::NoPattern(pattern, why),
            other => Self::Refused(Box::new(other)),
        }
    }
}
