//! `navette folder takeover`, and a word on other clients in a folder.

use std::path::{Path, PathBuf};

use crate::accounts;
use crate::model::{Choice, RelPath};
use crate::peer::{self, Foreign};
use crate::settings::{Account, Folder, Pair, Places, Settings, SettingsError, local_dir};

use super::args::SignInArgs;
use super::console::Console;
use super::failure::Failure;
use super::target::{Target, open_settings};
use super::{account, folder};

/// Configures a folder of another client as it was there.
pub(super) async fn run(
    console: &Console,
    dir: &Path,
    config: Option<&Path>,
    sign_in: &SignInArgs,
) -> Result<(), Failure> {
    let path = local_dir(dir)?;
    let mut settings = open_settings(console)?;
    settings.check_apart(&path)?;
    let places = config.map_or_else(peer::usual_places, |file| vec![file.to_owned()]);
    let found = peer::find(&path, &places)?;
    let account = signed_in(console, &mut settings, &found, sign_in).await?;
    let mut taken = Folder {
        path,
        account: account.name.clone(),
        remote_path: RelPath::root(),
        space: None,
        choice: Choice::default(),
    };
    accounts::take_over(&mut taken, &found);
    let pair = Pair::of(&taken, &account);
    pair.check_state(&Places::find()?.state_dir(&pair))?;
    settings.add_folder(taken.clone())?;
    folder::say(console, "folder-added", &taken);
    tell(console, &found);
    Ok(())
}

/// The account that the folder belongs to, which is added if it is new.
async fn signed_in(
    console: &Console,
    settings: &mut Settings,
    found: &peer::Folder,
    sign_in: &SignInArgs,
) -> Result<Account, Failure> {
    let name = found.server.account_name(&found.login);
    match settings.account(Some(&name)) {
        Ok(known) => Ok(known.clone()),
        Err(SettingsError::AccountUnknown(_)) => {
            let sign_in = (sign_in, None);
            account::added(console, settings, found.server.clone(), &found.login, sign_in).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Says what was taken over besides the folder, and what its user is to do.
fn tell(console: &Console, found: &peer::Folder) {
    if !found.without.is_empty() {
        console.say("takeover-without", &[("n", found.without.len().into())]);
        found.without.iter().for_each(|path| console.print(&format!("  {path}")));
    }
    if found.hides {
        console.say("takeover-hides", &[]);
    }
    console.say("takeover-end-theirs", &[]);
}

/// Says that another client is at work on the folder of a pair, or has been on
/// one that was never synced here and is in no settings.
pub(super) fn remark(console: &Console, target: &Target, is_configured: bool) {
    let is_new = !target.state_dir.exists();
    match peer::foreign(&target.pair.local) {
        Foreign::Works => at(console, "peer-at-work", &target.pair.local),
        Foreign::Rests if is_new && !is_configured => {
            at(console, "peer-journal-here", &target.pair.local);
        }
        Foreign::Rests | Foreign::None => {}
    }
}

/// Says that another client knows a folder that is about to be paired.
pub(super) fn remark_new(console: &Console, path: &Path) {
    match peer::foreign(path) {
        Foreign::Works => at(console, "peer-at-work", path),
        Foreign::Rests => at(console, "peer-journal-here", path),
        Foreign::None => {}
    }
}

fn at(console: &Console, id: &str, path: &Path) {
    let path: PathBuf = path.to_owned();
    console.remark(&console.texts.explain(id, &[("path", path.to_string_lossy().into())]));
}
