//! Somebody is signed in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::passage::device_name;
use super::{Passage, Refusal};
use crate::model::RelPath;
use crate::secret::Secret;
use crate::secret::keychain;
use crate::server::{ConnectError, Dav, Room, Server as _, ServerError};
use crate::settings::{Account, Address, Settings};

/// What is kept of a sign-in on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A password that the server has made for this computer alone.
    Token,
    /// The account's own password.
    Password,
}

/// Somebody is signed in, and nothing is written yet.
pub struct Session {
    /// The account; under this name it is in the settings, or will be.
    pub account: Account,
    /// With what this session signs in: its password, or one of this computer.
    pub(super) kept: Kept,
    /// It is in the settings already.
    pub is_known: bool,
    /// What those who run the server call it.
    pub title: String,
    /// The room of the storage, as far as it is known.
    pub quota: Option<Room>,
    /// The password was made by this sign-in: it is given back if nothing comes of it.
    pub(super) is_fresh: bool,
    pub(super) secret: Secret,
    pub(super) passage: Passage,
    pub(super) dav: Dav,
    /// What folders hold, as far as it was shown.
    pub(super) sizes: Mutex<BTreeMap<RelPath, Option<u64>>>,
}

impl Session {
    /// Signs in with login, or e-mail address, and password. Where the server
    /// makes passwords for single computers that can be given back, one takes
    /// its place at once.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, or refuses the account.
    pub async fn begin(
        server: Address,
        login: &str,
        password: Secret,
        passage: Passage,
        settings: &Settings,
    ) -> Result<Self, Refusal> {
        let login = login.trim();
        let account = passage.account(server.clone(), login);
        let connected = async |account: &Account, password| match Dav::connect(
            passage.connection(account, password),
        )
        .await
        {
            Ok(dav) => Ok(dav),
            Err(error) => Err(passage.refusal(error, &server).await),
        };
        let mut dav = connected(&account, password.clone()).await?;
        let mut account = told(account, &dav);
        if let Some(known) = known_as(settings, &account).filter(|known| known.user != account.user)
        {
            // App passwords belong to the login they were made for (protocol.md 0.7).
            account = told(known.clone(), &dav);
            dav = connected(&account, password.clone()).await?;
        }
        let (secret, kept) = match dav.make_app_password(&device_name()).await {
            Ok(Some(made)) => (made, Kept::Token),
            Ok(None) => (password, Kept::Password),
            Err(error) => {
                tracing::warn!(%error, "no app password");
                (password, Kept::Password)
            }
        };
        if kept == Kept::Token {
            dav = connected(&account, secret.clone()).await?;
        }
        let is_fresh = kept == Kept::Token;
        Ok(Self::signed_in(account, (secret, kept, is_fresh), passage, dav, settings).await)
    }

    /// Signs in with an app password that was just made.
    pub(super) async fn granted(
        server: Address,
        login: &str,
        secret: Secret,
        passage: Passage,
        settings: &Settings,
    ) -> Result<Self, Refusal> {
        let account = passage.account(server.clone(), login);
        let dav = Dav::connect(passage.connection(&account, secret.clone())).await;
        let dav = dav.map_err(|error| Refusal::connect(error, &server))?;
        let account = told(account, &dav);
        if let Some(known) = known_as(settings, &account).filter(|known| known.user != account.user)
            && let Ok(session) = Self::of(&known.name, passage.clone(), settings).await
        {
            // What was granted is for another login of the same account.
            if let Err(error) = dav.give_back_app_password().await {
                tracing::warn!(%error, "an app password is not given back");
            }
            return Ok(session);
        }
        let sign_in = (secret, Kept::Token, true);
        Ok(Self::signed_in(account, sign_in, passage, dav, settings).await)
    }

    /// Signs in to an account of the settings with what the keychain has of it.
    ///
    /// # Errors
    ///
    /// If there is no such account, nobody keeps its password, or the server
    /// cannot be reached or refuses it.
    pub async fn of(name: &str, passage: Passage, settings: &Settings) -> Result<Self, Refusal> {
        let account = settings.account(Some(name))?.clone();
        let secret = keychain::load(account.name.clone()).await?;
        let secret = secret.ok_or_else(|| Refusal::NoPassword(account.name.clone()))?;
        let dav = Dav::connect(passage.connection(&account, secret.clone())).await;
        let dav = dav.map_err(|error| Refusal::connect(error, &account.server))?;
        // It was exchanged where that can be done.
        let exchanges = super::exchanges(dav.profile().family);
        let kept = if exchanges { Kept::Token } else { Kept::Password };
        let sign_in = (secret, kept, false);
        Ok(Self::signed_in(account, sign_in, passage, dav, settings).await)
    }

    async fn signed_in(
        account: Account,
        (secret, kept, is_fresh): (Secret, Kept, bool),
        passage: Passage,
        dav: Dav,
        settings: &Settings,
    ) -> Self {
        let is_known = settings.account(Some(&account.name)).is_ok();
        let portrait = dav.portrait().await;
        let quota = portrait.room;
        let title = portrait.title.unwrap_or_else(|| account.server.host());
        let sizes = Mutex::default();
        Self { account, kept, is_known, title, quota, is_fresh, secret, passage, dav, sizes }
    }

    /// The way to the storage.
    pub fn dav(&self) -> &Dav {
        &self.dav
    }

    /// Gives back what was signed in with, if it was made for this alone.
    ///
    /// # Errors
    ///
    /// If the server does not take it back: its owner finds it in the list of
    /// signed-in devices.
    pub async fn abandon(&self) -> Result<(), ServerError> {
        if self.is_fresh {
            self.dav.give_back_app_password().await?;
        }
        Ok(())
    }

    /// Requests that were sent for it.
    pub fn requests(&self) -> u64 {
        self.dav.requests()
    }
}

/// The account with what the server has told of it. Where nobody says what
/// people call it, the login stands for it.
pub fn told(mut account: Account, dav: &Dav) -> Account {
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    account.user_id = told(dav.user());
    account.display_name = told(dav.display_name()).filter(|name| *name != account.user);
    account
}

/// The account of the settings that is this one, whatever login it has.
pub fn known_as<'a>(settings: &'a Settings, account: &Account) -> Option<&'a Account> {
    let site = |account: &Account| account.server.account_name("");
    let is_same = |known: &&Account| {
        site(known) == site(account)
            && (known.user == account.user
                || (known.user_id.is_some() && known.user_id == account.user_id))
    };
    let by_name = settings.accounts.iter().find(|known| known.name == account.name);
    by_name.or_else(|| settings.accounts.iter().find(is_same))
}

/// Gives an app password of an account back to its server. Whether there was
/// one: of the account's own password nothing is to be given back.
///
/// # Errors
///
/// If the server cannot be asked.
pub async fn give_back(
    account: &Account,
    password: Secret,
    passage: &Passage,
) -> Result<bool, ConnectError> {
    match Dav::connect(passage.connection(account, password)).await {
        Ok(dav) => Ok(dav.give_back_app_password().await?),
        // It is no longer accepted as it is.
        Err(ConnectError::SignIn { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
