//! App passwords: made with the account's own password, on Nextcloud each good
//! for the login with which it was made (protocol.md 0.7 and 2.2).

use super::Dialect;
use super::model::Cloud;

impl Cloud {
    /// Makes an app password for the account that signs in as `login`; none if
    /// there is no such account.
    pub fn make_app_password(&mut self, login: &str) -> Option<String> {
        let id = self.account_of(login)?.to_owned();
        self.revision += 1;
        let chance = blake3::hash(&self.mint.number().to_le_bytes());
        let hex = chance.to_hex();
        let token = match self.dialect() {
            Dialect::OwnCloud10 => format!("{hex}{hex}"),
            _ => format!("{hex}{}", &hex[..8]),
        };
        let home = self.homes.get_mut(&id)?;
        home.owner.app_passwords.insert(token.clone(), login.to_owned());
        Some(token)
    }

    /// Takes an app password back. Whether it was one of this login.
    pub fn take_app_password(&mut self, login: &str, token: &str) -> bool {
        let Some(id) = self.account_of(login).map(str::to_owned) else { return false };
        let had = self.is_app_password(login, token);
        if had && let Some(home) = self.homes.get_mut(&id) {
            self.revision += 1;
            home.owner.app_passwords.remove(token);
        }
        had
    }

    /// How many app passwords an account has.
    pub fn app_passwords_of(&self, user: &str) -> usize {
        self.homes.get(user).map_or(0, |home| home.owner.app_passwords.len())
    }

    /// Whether this is an app password of the account; on Nextcloud one that was
    /// made with this very login.
    pub fn is_app_password(&self, login: &str, token: &str) -> bool {
        let home = self.account_of(login).and_then(|id| self.homes.get(id));
        home.is_some_and(|home| {
            let made = home.owner.app_passwords.get(token);
            made.is_some_and(|made| made == login || self.dialect() == Dialect::OwnCloud10)
        })
    }
}
