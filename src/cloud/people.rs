//! Whose a home is: what people are called and sign in with, and the spaces
//! of oCIS, which belong to several (protocol.md 2.3 and 3.1).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::model::Cloud;

/// Whose a home is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Signs in as well as the account's id does, which it is not.
    pub email: Option<String>,
    /// What people call the account.
    pub display_name: Option<String>,
    /// App passwords, each with the login that it is good for.
    #[serde(default)]
    pub app_passwords: BTreeMap<String, String>,
    /// It is nobody's home, but a space of its own.
    pub space: Option<Space>,
}

/// What a space is to those who see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpaceKind {
    /// Shared by its members.
    Project,
    /// A folder that somebody else shares, which shows as a space of its own.
    Mountpoint,
}

/// A space that is no home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// What people call it.
    pub name: String,
    /// Project or mount point.
    pub kind: SpaceKind,
    /// The ids of the accounts that see it.
    pub members: BTreeSet<String>,
}

impl Cloud {
    /// Says what people call an account, and the e-mail address with which it
    /// signs in too.
    pub fn describe(&mut self, user: &str, display_name: Option<&str>, email: Option<&str>) {
        self.revision += 1;
        if let Some(home) = self.homes.get_mut(user) {
            home.owner.display_name = display_name.map(str::to_owned);
            home.owner.email = email.map(str::to_owned);
        }
    }

    /// The id of the account that signs in as `login`: its id or its e-mail address.
    pub fn account_of(&self, login: &str) -> Option<&str> {
        let by_id = self.homes.get_key_value(login).map(|(id, _)| id.as_str());
        by_id.or_else(|| {
            let mail = |email: &str| email.eq_ignore_ascii_case(login);
            let mut found = self.homes.iter();
            found
                .find(|(_, home)| home.owner.email.as_deref().is_some_and(mail))
                .map(|(id, _)| &**id)
        })
    }

    /// Makes a space, empty, or only changes who sees one that is there.
    /// Returns under which name it is kept, as the accounts are.
    pub fn add_space(&mut self, name: &str, kind: SpaceKind, members: &[&str]) -> String {
        // No login holds a slash.
        let key = format!("space/{name}");
        self.make_home(&key, None);
        let members = members.iter().map(|&member| member.to_owned()).collect();
        if let Some(home) = self.homes.get_mut(&key) {
            home.owner.space = Some(Space { name: name.to_owned(), kind, members });
        }
        key
    }

    /// The spaces that an account sees besides its own, with the names under
    /// which they are kept.
    pub fn spaces_of(&self, user: &str) -> impl Iterator<Item = (&str, &Space)> {
        self.homes.iter().filter_map(move |(key, home)| {
            let space = home.owner.space.as_ref()?;
            space.members.contains(user).then_some((key.as_str(), space))
        })
    }
}
