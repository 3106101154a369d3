//! Where things are on this computer.

use std::path::PathBuf;

use directories::UserDirs;

use super::{Passage, Refusal};
use crate::peer;
use crate::secret::Secret;
use crate::secret::keychain;
use crate::settings::{Pair, Places, ProxyChoice, Settings};

use super::passage::{proxy_chosen, proxy_entry, proxy_password};

/// The places on this computer that an account and its folder concern.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The settings' file.
    pub settings: PathBuf,
    /// Where the journals of pairs lie.
    pub pairs: PathBuf,
    /// Settings of other clients, there or not.
    pub clients: Vec<PathBuf>,
    /// The user's own folder.
    pub home: Option<PathBuf>,
}

impl Desk {
    /// That of the user.
    ///
    /// # Errors
    ///
    /// If the system does not say where the user is at home.
    pub fn here() -> Result<Self, Refusal> {
        let places = Places::find()?;
        let home = UserDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let (settings, pairs) = (places.settings(), places.pairs());
        Ok(Self { settings, pairs, clients: peer::usual_places(), home })
    }

    /// Reads the settings as they are now.
    ///
    /// # Errors
    ///
    /// If they cannot be read or understood.
    pub fn settings(&self) -> Result<Settings, Refusal> {
        Ok(Settings::open(&self.settings)?)
    }

    /// Where the journal of a pair lies.
    pub fn state_dir(&self, pair: &Pair) -> PathBuf {
        self.pairs.join(pair.id())
    }

    /// Keeps the password for the proxy that is chosen for an account, or for
    /// everything; or forgets it.
    ///
    /// # Errors
    ///
    /// If no proxy with a login is chosen, or there is no keychain.
    pub async fn keep_proxy_password(
        &self,
        account: Option<&str>,
        password: Option<Secret>,
    ) -> Result<(), Refusal> {
        let entry = match proxy_chosen(&self.settings()?, account) {
            ProxyChoice::At(url) => proxy_entry(&url).ok_or(Refusal::NoProxyLogin)?,
            ProxyChoice::System | ProxyChoice::Direct => return Err(Refusal::NoProxyLogin),
        };
        match password {
            Some(password) => {
                keychain::store(entry.clone(), password.clone()).await?;
                keychain::hold(entry, password);
            }
            None => keychain::forget(entry).await?,
        }
        Ok(())
    }

    /// Reads from the keychain the passwords of all proxies that are chosen, so
    /// that they can be asked for at once ([`super::proxy_password_now`]).
    ///
    /// # Errors
    ///
    /// If the settings cannot be read.
    pub async fn learn_proxy_passwords(&self) -> Result<(), Refusal> {
        let settings = self.settings()?;
        let accounts = settings.accounts.iter().map(|account| Some(account.name.as_str()));
        for account in accounts.chain([None]) {
            let chosen = proxy_chosen(&settings, account);
            let Some(password) = proxy_password(&chosen).await else { continue };
            if let ProxyChoice::At(url) = chosen
                && let Some(entry) = proxy_entry(&url)
            {
                keychain::hold(entry, password);
            }
        }
        Ok(())
    }

    /// By which passage the server of an account, or a new one, is reached.
    ///
    /// # Errors
    ///
    /// If the settings cannot be read.
    pub async fn passage(&self, account: Option<&str>) -> Result<Passage, Refusal> {
        let settings = self.settings()?;
        let password = proxy_password(&proxy_chosen(&settings, account)).await;
        Ok(Passage::of(&settings, account, password))
    }
}

/// The folders of an account, as they are configured now; none where the
/// settings cannot be read.
pub fn folders_of(places: &Places, account: &str) -> Vec<PathBuf> {
    let folders = Settings::open(&places.settings()).map(|settings| settings.folders);
    let folders = folders.unwrap_or_default().into_iter();
    folders.filter(|folder| folder.account == account).map(|folder| folder.path).collect()
}
