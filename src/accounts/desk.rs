//! Where things are on this computer.

use std::path::PathBuf;

use directories::UserDirs;

use super::{Means, Refusal};
use crate::peer;
use crate::secret::keychain;
use crate::settings::{Pair, Places, ProxyChoice, Settings};

use super::means::{proxy_chosen, proxy_entry};

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

    /// By what means the server of an account, or a new one, is reached.
    ///
    /// # Errors
    ///
    /// If the settings cannot be read.
    pub async fn means(&self, account: Option<&str>) -> Result<Means, Refusal> {
        let settings = self.settings()?;
        let password = match proxy_chosen(&settings, account) {
            ProxyChoice::At(url) => match proxy_entry(&url) {
                Some(entry) => keychain::load(entry).await.ok().flatten(),
                None => None,
            },
            ProxyChoice::System | ProxyChoice::Direct => None,
        };
        Ok(Means::of(&settings, account, password))
    }
}
