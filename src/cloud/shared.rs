//! One cloud for several parts of a program, each for a moment.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::model::Cloud;
use super::teller::{Act, News, Teller};

/// A cloud that several parts of a program use at once. Whatever one of them
/// changes in somebody's files is told to those who listen.
#[derive(Clone, Debug)]
pub struct SharedCloud(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    cloud: Mutex<Cloud>,
    teller: Teller,
}

impl SharedCloud {
    /// Takes a cloud to be shared.
    pub fn new(cloud: Cloud) -> Self {
        Self(Arc::new(Shared { cloud: Mutex::new(cloud), teller: Teller::default() }))
    }

    /// The cloud, for as long as the guard lives. Never hold it across an `await`.
    pub fn lock(&self) -> Held<'_> {
        self.lock_for(Act::default())
    }

    /// As [`Self::lock`], for something that is told as this.
    pub(super) fn lock_for(&self, act: Act) -> Held<'_> {
        let teller = &self.0.teller;
        // Every operation leaves the model whole before it can panic.
        let cloud = self.0.cloud.lock().unwrap_or_else(PoisonError::into_inner);
        let before = teller.is_heard().then(|| versions(&cloud));
        Held { cloud, teller, before, act }
    }

    /// Who tells of changes.
    pub fn teller(&self) -> &Teller {
        &self.0.teller
    }
}

/// A cloud in one's hands.
#[derive(Debug)]
pub struct Held<'a> {
    cloud: MutexGuard<'a, Cloud>,
    teller: &'a Teller,
    /// The versions of all homes, if anybody wants to hear of a change.
    before: Option<BTreeMap<String, String>>,
    act: Act,
}

impl Deref for Held<'_> {
    type Target = Cloud;

    fn deref(&self) -> &Cloud {
        &self.cloud
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Cloud {
        &mut self.cloud
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Some(before) = self.before.take() else { return };
        let mut homes = versions(&self.cloud);
        homes.retain(|key, version| before.get(key) != Some(version));
        if !homes.is_empty() {
            self.teller.tell(News { homes, act: std::mem::take(&mut self.act) });
        }
    }
}

/// The etags of all roots, which a change anywhere below changes on the
/// families that tell anything.
fn versions(cloud: &Cloud) -> BTreeMap<String, String> {
    cloud.homes.iter().map(|(key, home)| (key.clone(), home.root.etag.clone())).collect()
}
