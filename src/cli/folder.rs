//! `navette folder`.

use std::path::Path;

use crate::accounts::Passage;
use crate::model::{Choice, RelPath};
use crate::server::Dav;
use crate::settings::{Account, Folder, Places, local_dir, remote_path};

use super::args::FolderCommand;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::open_settings;
use super::{password, relocate, select, sign_in, takeover};

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &FolderCommand) -> Result<Exit, Failure> {
    match command {
        FolderCommand::Add { local_dir, account, remote_path, space, password_file, without } => {
            let wanted = Wanted { account: account.as_deref(), remote_path, without };
            let space = space.as_deref().map(|space| (space, password_file.as_deref()));
            add(console, local_dir, &wanted, space).await?;
        }
        FolderCommand::List => list(console)?,
        FolderCommand::Select(args) => return select::run(console, args).await,
        FolderCommand::Remove { local_dir } => remove(console, local_dir)?,
        FolderCommand::Relocate { local_dir, new_dir } => {
            return relocate::run(console, local_dir, new_dir).await;
        }
        FolderCommand::Takeover { local_dir, config, sign_in } => {
            takeover::run(console, local_dir, config.as_deref(), sign_in).await?;
        }
    }
    Ok(Exit::Equal)
}

/// The other side, as it was typed.
struct Wanted<'a> {
    account: Option<&'a str>,
    remote_path: &'a str,
    without: &'a [RelPath],
}

async fn add(
    console: &Console,
    local: &Path,
    wanted: &Wanted<'_>,
    space: Option<(&str, Option<&Path>)>,
) -> Result<(), Failure> {
    let remote_path = remote_path(wanted.remote_path)?;
    let path = local_dir(local)?;
    let mut settings = open_settings(console)?;
    let account = settings.account(wanted.account)?.clone();
    let choice = Choice { without: wanted.without.iter().cloned().collect(), ..Choice::default() };
    let mut folder =
        Folder { path, account: account.name.clone(), remote_path, space: None, choice };
    if let Some((space, password_file)) = space {
        let passage = sign_in::passage(&settings, Some(&account.name)).await;
        folder.space = found_space(console, &account, &passage, space, password_file).await?;
    }
    let pair = crate::settings::Pair::of(&folder, &account);
    pair.check_state(&Places::find()?.state_dir(&pair))?;
    takeover::remark_new(console, &folder.path);
    settings.add_folder(folder.clone())?;
    say(console, "folder-added", &folder);
    Ok(())
}

/// The id of the space that is called so on the account's server: names change.
async fn found_space(
    console: &Console,
    account: &Account,
    passage: &Passage,
    wanted: &str,
    password_file: Option<&Path>,
) -> Result<Option<String>, Failure> {
    let secret = password::of(console, password_file, &account.server, &account.user).await?;
    let mut connection = passage.connection(account, secret);
    connection.space = Some(wanted.to_owned());
    let dav = Dav::connect(connection).await;
    let dav = dav.map_err(|error| sign_in::refused(account, error))?;
    Ok(dav.space().map(|space| space.id.clone()))
}

fn list(console: &Console) -> Result<(), Failure> {
    let settings = open_settings(console)?;
    if settings.folders.is_empty() {
        console.say("folder-list-none", &[]);
    }
    settings.folders.iter().for_each(|folder| say(console, "folder-line", folder));
    Ok(())
}

fn remove(console: &Console, local: &Path) -> Result<(), Failure> {
    let mut settings = open_settings(console)?;
    // A folder whose disk is gone is still configured, under the path it had.
    let path = local_dir(local).or_else(|_| std::path::absolute(local));
    let path = path.map_err(|error| Failure::File(local.to_owned(), error))?;
    settings.remove_folder(&path)?;
    console.say("folder-removed", &[("path", path.to_string_lossy().into())]);
    Ok(())
}

/// Says something of a configured folder.
pub(super) fn say(console: &Console, id: &str, folder: &Folder) {
    let args = [
        ("path", folder.path.to_string_lossy().into()),
        ("remote", format!("/{}", folder.remote_path).into()),
        ("account", folder.account.as_str().into()),
    ];
    console.say(id, &args);
}
