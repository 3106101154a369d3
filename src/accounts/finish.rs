//! The end: account, folder and what is chosen of it are written down.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Desk, Refusal, Session};
use crate::model::{Choice, RelPath, RuleTexts, check_pattern};
use crate::peer;
use crate::settings::{Folder, Pair, Settings, local_dir};

/// What somebody has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The folder on this computer; made if it is missing.
    pub place: PathBuf,
    /// The folder on the server; made if it is missing.
    pub remote_path: RelPath,
    /// The space it is in, where there are spaces; none: the account's own storage.
    pub space: Option<String>,
    /// Folders of the server, below that one, that are not kept here.
    pub without: Vec<RelPath>,
    /// What is never synced, in the grammar of `.gitignore`.
    pub rules: Vec<String>,
    /// The folder is another client's, and is taken over with what is chosen
    /// here: `examine` tells what the client has chosen.
    pub take_over: bool,
}

impl Session {
    /// Writes down account, folder, choice and rules, all of them or none, and
    /// keeps the sign-in in the keychain. Whoever follows the settings begins.
    /// Returns the folder, without links in its path.
    ///
    /// # Errors
    ///
    /// If the folder cannot be that of a pair, or something cannot be written:
    /// then everything is as it was.
    pub async fn finish(&self, plan: &Plan, desk: &Desk) -> Result<PathBuf, Refusal> {
        let mut settings = desk.settings()?;
        for line in &plan.rules {
            check_pattern(line).map_err(|why| Refusal::NoPattern(line.clone(), why))?;
        }
        let made = Made::of(&plan.place)?;
        match self.written(plan, desk, &mut settings).await {
            Ok(path) => Ok(path),
            Err(refusal) => {
                made.undone();
                Err(refusal)
            }
        }
    }

    /// Writes down the account alone, and keeps the sign-in in the keychain.
    ///
    /// # Errors
    ///
    /// If it cannot be written: then everything is as it was.
    pub async fn add_account(&self, desk: &Desk) -> Result<(), Refusal> {
        let mut settings = desk.settings()?;
        let taken = self.keep().await;
        match settings.add_account(self.account.clone()) {
            Ok(()) => Ok(()),
            Err(error) => {
                taken.undone().await;
                Err(error.into())
            }
        }
    }

    async fn written(
        &self,
        plan: &Plan,
        desk: &Desk,
        settings: &mut Settings,
    ) -> Result<PathBuf, Refusal> {
        let folder = self.folder(plan, desk)?;
        settings.check_apart(&folder.path)?;
        let pair = Pair::of(&folder, &self.account);
        pair.check_state(&desk.state_dir(&pair))?;
        let taken = self.keep().await;
        let path = folder.path.clone();
        let account = (!self.is_known).then(|| self.account.clone());
        match settings.add_pair(account, folder) {
            Ok(()) => {
                taken.settled(&self.passage).await;
                Ok(path)
            }
            Err(error) => {
                taken.undone().await;
                Err(error.into())
            }
        }
    }

    /// The folder as the settings have it.
    fn folder(&self, plan: &Plan, desk: &Desk) -> Result<Folder, Refusal> {
        let path = local_dir(&plan.place)?;
        let mut folder = Folder {
            path,
            account: self.account.name.clone(),
            remote_path: plan.remote_path.clone(),
            space: plan.space.clone(),
            choice: Choice {
                without: plan.without.iter().cloned().collect(),
                rules: RuleTexts { folder: plan.rules.clone(), ..RuleTexts::default() },
                ..Choice::default()
            },
        };
        if plan.take_over {
            let found = self.taken_over(&folder.path, desk)?;
            folder.space = found.space;
            folder.choice.rules.hidden = !found.hides;
        }
        Ok(folder)
    }

    /// What another client has chosen for its folder at `path`, which is of this
    /// account.
    pub(super) fn taken_over(&self, path: &Path, desk: &Desk) -> Result<peer::Folder, Refusal> {
        let found = peer::find(path, &desk.clients)?;
        if self.is_of(&found) {
            return Ok(found);
        }
        let wanted = found.server.account_name(&found.login);
        Err(Refusal::OtherAccount { wanted, found: self.account.name.clone() })
    }

    /// Whether a folder of another client belongs to this very account.
    pub(super) fn is_of(&self, found: &peer::Folder) -> bool {
        let site = |server: &crate::settings::Address| server.account_name("");
        let same_login = found.login == self.account.user;
        let same_id = found.user_id.is_some() && found.user_id == self.account.user_id;
        site(&found.server) == site(&self.account.server) && (same_login || same_id)
    }
}

/// Configures a folder as another client has it.
pub fn take_over(folder: &mut Folder, found: &peer::Folder) {
    folder.remote_path = found.remote_path.clone();
    folder.space = found.space.clone();
    folder.choice.without = found.without.iter().cloned().collect();
    folder.choice.rules.hidden = !found.hides;
}

/// The folders that were made for a place.
struct Made(Vec<PathBuf>);

impl Made {
    /// Makes the folder at `place`, and those above it, as far as they are missing.
    fn of(place: &Path) -> Result<Self, Refusal> {
        let missing = place.ancestors().take_while(|path| !path.as_os_str().is_empty());
        let missing: Vec<PathBuf> = missing
            .take_while(|path| fs::symlink_metadata(path).is_err())
            .map(Path::to_owned)
            .collect();
        match fs::create_dir_all(place) {
            Ok(()) => Ok(Self(missing)),
            // Something else stands there: that is said of it afterwards.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Self(Vec::new())),
            Err(error) => {
                Self(missing).undone();
                Err(Refusal::Place(place.to_owned(), error))
            }
        }
    }

    /// Takes them away again, as far as they are empty.
    fn undone(self) {
        for path in self.0 {
            if fs::remove_dir(&path).is_err() {
                return;
            }
        }
    }
}
