//! The cloud itself: accounts, each with its tree, and what may be asked of them.
//!
//! Pure: no clock, no chance, no I/O. Time is [`Cloud::set_now`], ids and
//! etags come from a seed and a counter, so that the same requests in the same
//! order give the same answers. Contents are held in memory.

use std::collections::BTreeMap;

use super::dialect::{Dialect, Ways};
use super::etag::Mint;
use super::names;
use super::people::Owner;
use super::refusal::Refusal;
use super::trash::Trashed;
use super::tree::{self, Node};
use super::tus::Arrival;
use super::uploads::Chunks;
use super::user::User;
use crate::model::RelPath;

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Whose it is.
    pub owner: Owner,
    /// What opens it, by Basic; nothing does if `None`.
    pub password: Option<String>,
    /// The files.
    pub root: Node,
    /// What was deleted, by id.
    pub trash: BTreeMap<u64, Trashed>,
    /// Bytes that may be stored; no limit if `None`.
    pub quota: Option<u64>,
    /// `oc:data-fingerprint`.
    pub fingerprint: String,
    /// Shares that this account has left: their owners have them still.
    pub left: Vec<Node>,
    /// Uploads that are not whole yet, by name.
    pub uploads: BTreeMap<String, Chunks>,
}

/// A server of one family, with all its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    pub(super) dialect: Dialect,
    pub(super) mint: Mint,
    pub(super) now: i64,
    pub(super) revision: u64,
    pub(super) homes: BTreeMap<String, Home>,
    /// Files that arrive in pieces, by their secret names.
    pub(super) arrivals: BTreeMap<String, Arrival>,
    /// Nothing that is deleted can be taken back, whatever the family does.
    trashless: bool,
    /// Who acts now does so by another way than through this server.
    pub(super) behind: bool,
}

impl Cloud {
    /// A cloud without accounts. The seed decides all ids and etags.
    pub fn new(dialect: Dialect, seed: u64) -> Self {
        let now = 1_795_351_038;
        Self {
            dialect,
            mint: Mint::new(seed),
            now,
            revision: 0,
            homes: BTreeMap::new(),
            arrivals: BTreeMap::new(),
            trashless: false,
            behind: false,
        }
    }

    /// The same without a trash, as an administrator may choose.
    pub fn without_trash(self) -> Self {
        Self { trashless: true, ..self }
    }

    /// The family.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What the family does.
    pub fn ways(&self) -> &'static Ways {
        if self.trashless { self.dialect.ways_without_trash() } else { self.dialect.ways() }
    }

    /// The server's clock, seconds since 1970.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Sets the server's clock, seconds since 1970.
    pub fn set_now(&mut self, now: i64) {
        self.now = now;
    }

    /// Grows with every change of anything that is to last.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Makes an account with an empty home, or only sets the password of one
    /// that is there.
    pub fn add_user(&mut self, name: &str, password: &str) {
        self.make_home(name, Some(password));
    }

    pub(super) fn make_home(&mut self, name: &str, password: Option<&str>) {
        self.revision += 1;
        let password = password.map(str::to_owned);
        if let Some(home) = self.homes.get_mut(name) {
            home.password = password;
            return;
        }
        let (ways, now) = (self.ways(), self.now);
        let etag = tree::folder_etag(ways, &mut self.mint, now);
        let root = Node::folder(self.mint.number(), etag, now);
        let home = Home {
            owner: Owner::default(),
            password,
            root,
            trash: BTreeMap::new(),
            quota: None,
            fingerprint: String::new(),
            left: Vec::new(),
            uploads: BTreeMap::new(),
        };
        self.homes.insert(name.to_owned(), home);
    }

    /// Whether there is such an account.
    pub fn has_user(&self, name: &str) -> bool {
        self.homes.contains_key(name)
    }

    /// Whether this password opens the account that signs in so.
    pub fn signs_in(&self, login: &str, password: &str) -> bool {
        let home = self.account_of(login).and_then(|id| self.homes.get(id));
        home.is_some_and(|home| home.password.as_deref() == Some(password))
            || self.is_app_password(login, password)
    }

    /// Acts as the person behind an account would through the web page. The
    /// account is made if there is none, with its name as the password.
    pub fn user(&mut self, name: &str) -> User<'_> {
        if !self.has_user(name) {
            self.add_user(name, name);
        }
        User::new(self, name)
    }

    /// Limits the bytes of an account.
    pub fn set_quota(&mut self, user: &str, quota: Option<u64>) {
        self.revision += 1;
        if let Some(home) = self.homes.get_mut(user) {
            home.quota = quota;
        }
    }

    /// Sets back all accounts to an older state of this cloud, as an
    /// administrator does from a backup, and shows `fingerprint` from now on.
    /// Ids and etags that were given since are not given again.
    pub fn restore_backup(&mut self, older: &Self, fingerprint: &str) {
        self.revision += 1;
        self.homes = older.homes.clone();
        for home in self.homes.values_mut() {
            home.fingerprint = fingerprint.to_owned();
        }
    }

    /// The path as this family keeps it.
    pub fn tidy(&self, path: &RelPath) -> RelPath {
        names::tidy(self.ways(), path)
    }

    pub(super) fn home(&self, user: &str) -> Result<&Home, Refusal> {
        self.homes.get(user).ok_or(Refusal::NoUser)
    }

    /// The home to change, with all else that a change needs.
    pub(super) fn change(&mut self, user: &str) -> Result<Change<'_>, Refusal> {
        self.revision += 1;
        let (ways, now, behind) = (self.ways(), self.now, self.behind);
        let home = self.homes.get_mut(user).ok_or(Refusal::NoUser)?;
        Ok(Change { home, ways, mint: &mut self.mint, now, behind })
    }
}

/// A home that is about to change.
pub(super) struct Change<'a> {
    pub(super) home: &'a mut Home,
    pub(super) ways: &'static Ways,
    pub(super) mint: &'a mut Mint,
    pub(super) now: i64,
    behind: bool,
}

impl Change<'_> {
    /// Tells the folders above `path` that something there changed.
    pub(super) fn touch_above(&mut self, path: &RelPath) {
        let Some(parent) = path.parent() else { return };
        let root = &mut self.home.root;
        if self.behind {
            root.touch_behind(&parent, self.ways, self.mint, self.now);
        } else {
            root.touch_down_to(&parent, self.ways, self.mint, self.now);
        }
    }
}
