//! What becomes of a sign-in that is kept.

use super::passage::device_name;
use super::{Kept, Passage, Refusal, Session, give_back};
use crate::secret::Secret;
use crate::secret::keychain::{self, KeychainError};
use crate::server::{Dav, Result, Server as _};
use crate::settings::Account;

/// Has the server make a password for this computer alone, in the place of the
/// account's own; none where it makes none. What ownCloud 10 makes only its
/// owner can take back: it is made for what is kept.
///
/// # Errors
///
/// If the server cannot be asked.
pub async fn exchanged(dav: &Dav, own: &Secret) -> Result<Option<Secret>> {
    let name = device_name();
    match dav.make_app_password(&name).await? {
        Some(made) => Ok(Some(made)),
        None => dav.make_lasting_password(own, &name).await,
    }
}

impl Session {
    /// What will be kept. The password of an ownCloud 10 is exchanged only when
    /// it is: should the server refuse that after all, the password is kept.
    pub fn keeps(&self) -> Kept {
        match super::exchanges(self.dav.profile().family) {
            true => Kept::Token,
            false => self.kept,
        }
    }

    /// Whether the keychain of this computer takes what is to be kept.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub async fn keychain(&self) -> std::result::Result<(), KeychainError> {
        keychain::load_kept(self.account.name.clone()).await.map(drop)
    }

    /// Keeps the sign-in in the keychain, in the place of an older one. Where
    /// there is no keychain it is held until this process ends, and nowhere else.
    pub(super) async fn keep(&self) -> Taken {
        let name = self.account.name.clone();
        let before = keychain::load(name.clone()).await.ok().flatten();
        let secret = self.lasting().await;
        if before.as_ref() != Some(&secret)
            && let Err(error) = keychain::store(name.clone(), secret.clone()).await
        {
            tracing::warn!(%error, "the password is held until the end");
            keychain::hold(name, secret.clone());
        }
        Taken { account: self.account.clone(), before, secret }
    }

    /// What is kept: of ownCloud 10 a password that is made now.
    async fn lasting(&self) -> Secret {
        if self.kept == Kept::Token {
            return self.secret.clone();
        }
        let made = exchanged(&self.dav, &self.secret).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no app password");
            None
        });
        let Some(made) = made else { return self.secret.clone() };
        let tried = Dav::connect(self.passage.connection(&self.account, made.clone())).await;
        if tried.is_ok() { made } else { self.secret.clone() }
    }

    /// Keeps what somebody has signed in with anew to the account called `name`.
    ///
    /// # Errors
    ///
    /// If it was somebody else: what was made for that is given back.
    pub async fn renew(mut self, name: &str) -> std::result::Result<Self, Refusal> {
        if self.account.name != name {
            if let Err(error) = self.abandon().await {
                tracing::warn!(%error, "an app password is not given back");
            }
            let wanted = name.to_owned();
            return Err(Refusal::OtherAccount { wanted, found: self.account.name.clone() });
        }
        self.keep().await.settled(&self.passage).await;
        self.is_fresh = false;
        Ok(self)
    }
}

/// A sign-in that was taken into the keychain.
pub(super) struct Taken {
    account: Account,
    before: Option<Secret>,
    secret: Secret,
}

impl Taken {
    /// It stays: what it replaces is given back, if that was made for us.
    pub(super) async fn settled(self, passage: &Passage) {
        let replaced = self.before.filter(|before| *before != self.secret);
        let Some(before) = replaced else { return };
        if let Err(error) = give_back(&self.account, before, passage).await {
            tracing::warn!(%error, "an older app password is not given back");
        }
    }

    /// It is not needed after all: the keychain is as it was.
    pub(super) async fn undone(self) {
        let name = self.account.name;
        let undone = match self.before {
            Some(before) => keychain::store(name, before).await,
            None => keychain::forget(name).await,
        };
        if let Err(error) = undone {
            tracing::debug!(%error, "the keychain is not put back");
        }
    }
}
