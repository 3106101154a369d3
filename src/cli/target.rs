//! From what was typed to the pair that is meant.

use std::path::{Path, PathBuf};

use crate::model::RelPath;
use crate::pair::{self, Chooses, Engine, Terms};
use crate::server::{Fingerprint, Proxy};
use crate::settings::{
    Address, Options, Pair, Places, ProxyChoice, Scope, Settings, local_dir, remote_path,
};
use crate::text::Texts;
use crate::watch::{Choices, Live};

use super::args::{PairArgs, SideArgs};
use super::console::Console;
use super::failure::Failure;
use super::password;

/// A pair, and what else belongs to it on this computer.
pub(super) struct Target {
    /// The pair.
    pub(super) pair: Pair,
    /// The id of its account, as far as it is known.
    pub(super) user_id: Option<String>,
    /// Where its journal lies.
    pub(super) state_dir: PathBuf,
    /// The certificates that its account names.
    pub(super) ca_file: Option<PathBuf>,
    /// What the settings say is kept here, if they know the pair.
    pub(super) chooses: Option<Chooses>,
    /// What is configured, if the pair is.
    pub(super) settings: Option<Settings>,
    /// The name of its account.
    pub(super) account: String,
}

impl Target {
    /// Finds the pair: from the options if they name a server, else from the
    /// settings, which are not even read otherwise.
    pub(super) fn find(console: &Console, args: &PairArgs) -> Result<Self, Failure> {
        let local = local_dir(&args.local_dir);
        let side = &args.side;
        let mut chooses = None;
        let (pair, user_id, ca_file, settings, account) = match (&side.server, &side.user) {
            (Some(server), Some(user)) => {
                let (local, server) = (local?, Address::parse(server)?);
                let path = side.remote_path.as_deref().map(remote_path).transpose()?;
                let remote_path = path.unwrap_or_else(RelPath::root);
                let (user, space) = (user.clone(), side.space.clone());
                let name = server.account_name(&user);
                (Pair { local, server, user, remote_path, space }, None, None, None, name)
            }
            _ => {
                let settings = open_settings(console)?;
                let local = local.or_else(|error| {
                    // One whose disk is gone is configured all the same.
                    let path = std::path::absolute(&args.local_dir).ok();
                    path.filter(|path| settings.folder(path).is_some()).ok_or(error)
                })?;
                let Some(folder) = settings.folder(&local) else {
                    return Err(Failure::NoPair(local));
                };
                let account = settings.account(Some(&folder.account))?;
                chooses = Some(Chooses::new(Places::find()?.settings(), local));
                let (user_id, ca_file) = (account.user_id.clone(), account.ca_file.clone());
                let (pair, name) = (Pair::of(folder, account), account.name.clone());
                (pair, user_id, ca_file, Some(settings), name)
            }
        };
        let state_dir = match &side.state_dir {
            Some(dir) => {
                std::path::absolute(dir).map_err(|error| Failure::File(dir.clone(), error))?
            }
            None => Places::find()?.state_dir(&pair),
        };
        pair.check_state(&state_dir)?;
        Ok(Self { pair, user_id, state_dir, ca_file, chooses, settings, account })
    }

    /// Takes what the settings say is kept here, as they are now.
    pub(super) fn heed(&self, engine: &mut Engine) -> Result<(), Failure> {
        let heeded = self.chooses.as_ref().map(|chooses| chooses.heed(engine));
        heeded.unwrap_or(Ok(())).map_err(|error| self.failed(error))
    }

    /// Writes into the settings what is kept here now, by its present paths.
    pub(super) fn give_back(&self, engine: &mut Engine) -> Result<(), Failure> {
        let given = self.chooses.as_ref().map(|chooses| chooses.give_back(engine));
        given.unwrap_or(Ok(())).map_err(|error| self.failed(error))
    }

    /// What is chosen for it now; nothing for a pair that is not configured.
    fn options(&self) -> Result<Options, Failure> {
        let Some(settings) = &self.settings else { return Ok(Options::default()) };
        Ok(settings.options(&Scope::folder(&self.pair.local))?)
    }

    /// What is chosen to stand between this computer and its server.
    pub(super) fn proxy_choice(&self) -> Result<ProxyChoice, Failure> {
        Ok(self.options()?.proxy())
    }

    /// What this computer is called in conflict names.
    pub(super) fn called(&self) -> Result<String, Failure> {
        Ok(self.options()?.computer_name().unwrap_or_else(pair::device))
    }

    /// Whether links in it are followed.
    pub(super) fn follows_links(&self) -> Result<bool, Failure> {
        Ok(self.options()?.follows_links())
    }

    /// What is chosen for it, now and later.
    pub(super) fn choices(&self, live: &mut Live) -> Result<Choices, Failure> {
        let scope = Scope::folder(&self.pair.local);
        Ok(live.pair(self.settings.as_ref(), scope, &self.account)?)
    }

    /// What stands between this computer and its server.
    pub(super) async fn proxy(&self) -> Result<Proxy, Failure> {
        Ok(password::with_proxy(self.proxy_choice()?).await)
    }

    /// The one certificate that its account trusts of the server.
    pub(super) fn pinned(&self) -> Option<Fingerprint> {
        let account = self.settings.as_ref()?.account(Some(&self.account)).ok()?;
        pair::pinned(account)
    }

    /// What the work on it has to keep to.
    pub(super) async fn terms(&self, choices: &Choices) -> Result<Terms, Failure> {
        let Choices { budgets, reserve, links, called, .. } = choices.clone();
        let (proxy, pinned) = (self.proxy().await?, self.pinned());
        Ok(Terms { budgets, reserve, links, called, proxy, pinned })
    }

    /// Makes a failure of the pair one of the command.
    pub(super) fn failed(&self, error: impl Into<crate::pair::OpenError>) -> Failure {
        Failure::Pair {
            error: Box::new(error.into()),
            host: self.pair.server.host(),
            place: self.state_dir.clone(),
        }
    }
}

/// The pair that is meant, or all that are configured.
pub(super) fn all(
    console: &Console,
    local_dir: Option<&Path>,
    side: &SideArgs,
) -> Result<Vec<Target>, Failure> {
    let dirs: Vec<PathBuf> = match local_dir {
        Some(dir) => vec![dir.to_owned()],
        None => open_settings(console)?.folders.into_iter().map(|folder| folder.path).collect(),
    };
    if dirs.is_empty() {
        return Err(Failure::NoFolders);
    }
    let found = dirs
        .into_iter()
        .map(|local_dir| Target::find(console, &PairArgs { local_dir, side: side.clone() }));
    found.collect()
}

/// Opens the settings, and remarks on keys that this version does not know.
pub(super) fn open_settings(console: &Console) -> Result<Settings, Failure> {
    let path = Places::find()?.settings();
    let settings = Settings::open(&path)?;
    for key in settings.unknown_keys() {
        console.remark(&unknown_key(&console.texts, &path.to_string_lossy(), &key));
    }
    Ok(settings)
}

fn unknown_key(texts: &Texts, path: &str, key: &str) -> crate::text::Said {
    texts.explain("settings-unknown-key", &[("path", path.into()), ("key", key.into())])
}
