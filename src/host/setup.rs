//! How one pair is to be watched.

use std::path::PathBuf;

use crate::settings::{Account, Folder, Pair, Places, ProxyChoice, Result, Scope, Settings};

/// A pair, and what else belongs to it on this computer.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The pair.
    pub pair: Pair,
    /// Its account.
    pub account: Account,
    /// Where its journal lies.
    pub state_dir: PathBuf,
    /// What stands between this computer and its server.
    pub proxy: ProxyChoice,
    /// The settings know it, and say what is kept here.
    pub is_configured: bool,
}

impl Setup {
    /// How that folder is configured.
    ///
    /// # Errors
    ///
    /// If the settings do not know its account, or its journal would lie in it.
    pub fn of(settings: &Settings, folder: &Folder, places: &Places) -> Result<Self> {
        let account = settings.account(Some(&folder.account))?.clone();
        let pair = Pair::of(folder, &account);
        let state_dir = places.state_dir(&pair);
        pair.check_state(&state_dir)?;
        let proxy = settings.options(&Scope::folder(&folder.path))?.proxy();
        Ok(Self { pair, account, state_dir, proxy, is_configured: true })
    }

    /// Whether a pair that is open as this says can stay so.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let way = |setup: &Self| {
            let account = &setup.account;
            let trusts = (account.ca_file.clone(), account.certificate.clone());
            (account.name.clone(), account.user_id.clone(), trusts)
        };
        self.pair == other.pair
            && self.state_dir == other.state_dir
            && self.proxy == other.proxy
            && way(self) == way(other)
    }
}
