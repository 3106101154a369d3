//! `navette account`.

use crate::secret::Secret;
use crate::secret::keychain::{self, KeychainError};
use crate::server::{ConnectError, Dav, Proxy};
use crate::settings::{Account, Address, Settings, SettingsError};
use crate::text;

use super::args::{AccountCommand, SignInArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::open_settings;
use super::{password, sign_in};

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &AccountCommand) -> Result<Exit, Failure> {
    match command {
        AccountCommand::Add { server, user, sign_in } => {
            add(console, server, user, sign_in).await?
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
    sign_in: &SignInArgs,
) -> Result<(), Failure> {
    let (typed, server) = (server, Address::parse(server)?);
    let mut settings = open_settings(console)?;
    added(console, &mut settings, server, user, sign_in).await?;
    if let Some(path) = Address::shown_folder(typed) {
        console.say("account-page-folder", &[("path", path.as_str().into())]);
    }
    Ok(())
}

/// Adds an account, after trying to sign in, and keeps its password.
pub(super) async fn added(
    console: &Console,
    settings: &mut Settings,
    server: Address,
    user: &str,
    sign_in: &SignInArgs,
) -> Result<Account, Failure> {
    let secret = password::given(sign_in.password_file.as_deref())?;
    let ca_file = sign_in.ca_file.as_deref().map(std::path::absolute).transpose();
    let ca_file = ca_file
        .map_err(|error| Failure::File(sign_in.ca_file.clone().unwrap_or_default(), error))?;
    let mut account = Account::new(server, user.to_owned(), ca_file);
    if settings.account(Some(&account.name)).is_ok() {
        return Err(SettingsError::AccountExists(account.name).into());
    }
    let secret = secret.or_else(|| password::ask(console, user, &account.server));
    let proxy = sign_in::proxy(settings, &account.name)?;
    let tried = match &secret {
        Some(secret) => Some(known(&mut account, secret.clone(), &proxy).await?),
        None => None,
    };
    settings.add_account(account.clone())?;
    console.say("account-added", &[("name", account.name.as_str().into())]);
    if let Some(Err(error)) = &tried {
        let said = text::connect(&console.texts, error, &account.server.host());
        console.say("account-unasked", &[("reason", said.sentence.into())]);
    }
    if keep(console, account.name.clone(), secret).await
        && let Some(Ok(dav)) = tried
    {
        exchange(console, &account, &dav, &proxy).await;
    }
    Ok(account)
}

/// Has the server make an app password, and keeps that one instead of the
/// account's own, which is kept already: where anything fails, it stays so.
async fn exchange(console: &Console, account: &Account, dav: &Dav, proxy: &Proxy) {
    let made = match dav.make_app_password(&sign_in::device_name()).await {
        Ok(Some(made)) => made,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%error, "no app password"),
    };
    let host = account.server.host();
    match keychain::store(account.name.clone(), made.clone()).await {
        Ok(()) => console.say("account-app-password", &[("host", host.into())]),
        Err(error) => {
            tracing::warn!(%error, "the app password cannot be kept");
            give_back(console, account, made, proxy).await;
        }
    }
}

/// Gives an app password back to the server; of the account's own password
/// nothing is to be given back.
async fn give_back(console: &Console, account: &Account, password: Secret, proxy: &Proxy) {
    let host = account.server.host();
    let left = match Dav::connect(sign_in::connection(account, password, proxy)).await {
        Ok(dav) => match dav.give_back_app_password().await {
            Ok(true) => {
                return console.say("account-app-password-gone", &[("host", host.into())]);
            }
            Ok(false) => return,
            Err(error) => text::server(&console.texts, &error, &host),
        },
        // It is no longer accepted as it is.
        Err(ConnectError::SignIn { .. }) => return,
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
    proxy: &Proxy,
) -> Result<Result<Dav, ConnectError>, Failure> {
    match Dav::connect(sign_in::connection(account, secret, proxy)).await {
        Ok(dav) => {
            let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            account.user_id = told(dav.user());
            // Where nobody says it, the login stands for it.
            account.display_name = told(dav.display_name()).filter(|name| *name != account.user);
            Ok(Ok(dav))
        }
        Err(error) if sign_in::unasked(&error) => Ok(Err(error)),
        Err(error) => Err(sign_in::refused(account, error)),
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
    let proxy = sign_in::proxy(&settings, name)?;
    settings.remove_account(name)?;
    if let (Ok(account), Ok(Some(password))) = (account, keychain::load(name.to_owned()).await) {
        give_back(console, &account, password, &proxy).await;
    }
    match keychain::forget(name.to_owned()).await {
        // Where there is none, nothing was kept either.
        Ok(()) | Err(KeychainError::None(_)) => {}
        Err(error) => console.remark(&text::keychain(&console.texts, &error)),
    }
    console.say("account-removed", &[("name", name.into())]);
    Ok(())
}
