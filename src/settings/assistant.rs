//! What is written of an account and its folder at once.

use super::{Account, Folder, Result, Settings, SettingsError};

impl Settings {
    /// Adds a folder, and its account if that is new, and writes the file once:
    /// both or none of them are in it then.
    ///
    /// # Errors
    ///
    /// If the folder overlaps another one, the account is there already, or the
    /// file cannot be written.
    pub fn add_pair(&mut self, account: Option<Account>, folder: Folder) -> Result<()> {
        self.check_apart(&folder.path)?;
        if let Some(account) = account {
            if self.accounts.iter().any(|known| known.name == account.name) {
                return Err(SettingsError::AccountExists(account.name));
            }
            self.document.push_account(&account)?;
            self.accounts.push(account);
        }
        self.document.push_folder(&folder)?;
        self.folders.push(folder);
        self.document.save()
    }

    /// Trusts one certificate of an account's server, and writes the file.
    ///
    /// # Errors
    ///
    /// If the account is not there, or the file cannot be written.
    pub fn trust(&mut self, name: &str, fingerprint: &str) -> Result<()> {
        let at = self.accounts.iter().position(|account| account.name == name);
        let at = at.ok_or_else(|| SettingsError::AccountUnknown(name.to_owned()))?;
        self.accounts[at].certificate = Some(fingerprint.to_owned());
        self.document.trust(at, fingerprint);
        self.document.save()
    }
}
