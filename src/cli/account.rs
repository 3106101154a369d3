//! `navette account`.

use crate::secret::Secret;
use crate::secret::keychain::{self, KeychainError};
use crate::server::{ConnectError, Dav};
use crate::settings::{Account, Address, SettingsError};
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
    let server = Address::parse(server)?;
    let mut settings = open_settings(console)?;
    let secret = password::given(sign_in.password_file.as_deref())?;
    let ca_file = sign_in.ca_file.as_deref().map(std::path::absolute).transpose();
    let ca_file = ca_file
        .map_err(|error| Failure::File(sign_in.ca_file.clone().unwrap_or_default(), error))?;
    let mut account = Account::new(server, user.to_owned(), ca_file);
    if settings.account(Some(&account.name)).is_ok() {
        return Err(SettingsError::AccountExists(account.name).into());
    }
    let secret = secret.or_else(|| password::ask(console, user, &account.server));
    let unasked = match &secret {
        Some(secret) => known(&mut account, secret.clone()).await?,
        None => None,
    };
    settings.add_account(account.clone())?;
    console.say("account-added", &[("name", account.name.as_str().into())]);
    if let Some(error) = unasked {
        let said = text::connect(&console.texts, &error, &account.server.host());
        console.say("account-unasked", &[("reason", said.sentence.into())]);
    }
    keep(console, account.name, secret).await;
    Ok(())
}

/// Tries to sign in, without a session that would accept any password
/// (owncloud10.md), and takes over what the server calls the account. Returns
/// why it could not be asked; what it refuses is a failure.
async fn known(account: &mut Account, secret: Secret) -> Result<Option<ConnectError>, Failure> {
    match Dav::connect(sign_in::connection(account, secret)).await {
        Ok(dav) => {
            let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            account.user_id = told(dav.user());
            // Where nobody says it, the login stands for it.
            account.display_name = told(dav.display_name()).filter(|name| *name != account.user);
            Ok(None)
        }
        Err(error) if sign_in::unasked(&error) => Ok(Some(error)),
        Err(error) => Err(sign_in::refused(account, error)),
    }
}

/// Keeps the password if it can, and says what became of it. An account
/// without a kept password is one all the same.
async fn keep(console: &Console, account: String, secret: Option<Secret>) {
    let Some(secret) = secret else { return console.say("keychain-nothing-stored", &[]) };
    match keychain::store(account, secret).await {
        Ok(()) => console.say("keychain-kept", &[]),
        Err(error) => {
            tracing::warn!(%error, "password not stored");
            console.print(&text::keychain(&console.texts, &error).to_string());
        }
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
    settings.remove_account(name)?;
    match keychain::forget(name.to_owned()).await {
        // Where there is none, nothing was kept either.
        Ok(()) | Err(KeychainError::None(_)) => {}
        Err(error) => console.remark(&text::keychain(&console.texts, &error)),
    }
    console.say("account-removed", &[("name", name.into())]);
    Ok(())
}
