//! `navette config`.

use crate::accounts::Desk;
use crate::settings::{KEYS, Scope, local_dir};

use super::args::{ConfigCommand, ScopeArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::password;
use super::target::open_settings;

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &ConfigCommand) -> Result<Exit, Failure> {
    let mut settings = open_settings(console)?;
    match command {
        ConfigCommand::List { scope } => {
            let scope = meant(scope)?;
            for key in KEYS {
                let (value, level) = settings.chosen(&scope, key.name)?;
                let level = level.map_or("none".to_owned(), |level| level.to_string());
                let args =
                    [("key", key.name.into()), ("value", value.into()), ("level", level.into())];
                console.say("config-line", &args);
            }
        }
        ConfigCommand::Get { key, scope } => {
            console.print(&settings.chosen(&meant(scope)?, key)?.0);
        }
        ConfigCommand::Set { key, value, scope } => {
            let scope = meant(scope)?;
            settings.choose(&scope, key, Some(value))?;
            say(console, key, settings.chosen(&scope, key)?.0);
        }
        ConfigCommand::ProxyPassword { password_file, forget, account } => {
            let given = password::for_proxy(console, password_file.as_deref(), *forget)?;
            let id = if given.is_some() { "config-proxy-kept" } else { "config-proxy-forgotten" };
            Desk::here()?.keep_proxy_password(account.as_deref(), given).await?;
            console.say(id, &[]);
        }
        ConfigCommand::Unset { key, scope } => {
            let scope = meant(scope)?;
            settings.choose(&scope, key, None)?;
            say(console, key, settings.chosen(&scope, key)?.0);
        }
    }
    Ok(Exit::Equal)
}

fn say(console: &Console, key: &str, value: String) {
    console.say("config-set", &[("key", key.into()), ("value", value.into())]);
}

/// For whom, as it was typed.
fn meant(args: &ScopeArgs) -> Result<Scope, Failure> {
    Ok(match (&args.account, &args.folder) {
        (Some(account), _) => Scope::Account(account.clone()),
        (None, Some(folder)) => {
            // One whose disk is gone is configured all the same.
            let path = local_dir(folder).or_else(|_| std::path::absolute(folder));
            Scope::Folder(path.map_err(|error| Failure::File(folder.clone(), error))?)
        }
        (None, None) => Scope::Everything,
    })
}
