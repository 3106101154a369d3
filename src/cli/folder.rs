//! `navette folder`.

use std::path::Path;

use crate::settings::{Folder, Places, local_dir, remote_path};

use super::args::FolderCommand;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::open_settings;

/// Runs one of the commands.
pub(super) fn run(console: &Console, command: &FolderCommand) -> Result<Exit, Failure> {
    match command {
        FolderCommand::Add { local_dir, account, remote_path } => {
            add(console, local_dir, account.as_deref(), remote_path)?;
        }
        FolderCommand::List => list(console)?,
        FolderCommand::Remove { local_dir } => remove(console, local_dir)?,
    }
    Ok(Exit::Equal)
}

fn add(
    console: &Console,
    local: &Path,
    account: Option<&str>,
    remote: &str,
) -> Result<(), Failure> {
    let remote_path = remote_path(remote)?;
    let path = local_dir(local)?;
    let mut settings = open_settings(console)?;
    let account = settings.account(account)?.clone();
    let folder = Folder { path, account: account.name.clone(), remote_path };
    let pair = crate::settings::Pair::of(&folder, &account);
    pair.check_state(&Places::find()?.state_dir(&pair))?;
    settings.add_folder(folder.clone())?;
    say(console, "folder-added", &folder);
    Ok(())
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

fn say(console: &Console, id: &str, folder: &Folder) {
    let args = [
        ("path", folder.path.to_string_lossy().into()),
        ("remote", format!("/{}", folder.remote_path).into()),
        ("account", folder.account.as_str().into()),
    ];
    console.say(id, &args);
}
