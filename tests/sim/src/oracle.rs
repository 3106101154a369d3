//! Knows what must still be somewhere: every content that a user wrote and
//! that no user has since overwritten or deleted where it was shown.

use std::collections::{BTreeMap, BTreeSet};

use navette::cloud::Shot;

use crate::world::SimWorld;

/// A tree as people see it: folders (`None`) and files by path.
pub(crate) type Picture = BTreeMap<String, Option<Vec<u8>>>;

/// The contents that users wrote.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    written: BTreeSet<Vec<u8>>,
    superseded: BTreeSet<Vec<u8>>,
}

/// This computer's tree without the engine's own things.
pub(crate) fn local(world: &SimWorld) -> Picture {
    world.disk.snapshot()
}

/// The server's tree without the engine's own things.
pub(crate) fn remote(world: &SimWorld) -> Picture {
    let mut cloud = world.cloud().lock();
    let shots = cloud.user("u").snapshot();
    let shots = shots.into_iter().map(|(path, shot)| {
        let bytes = match shot {
            Shot::Dir => None,
            Shot::File(bytes) => Some(bytes.to_vec()),
        };
        (path.to_string(), bytes)
    });
    shots.filter(|(path, _)| !path.starts_with(".navette")).collect()
}

impl Oracle {
    /// A user wrote these bytes, over `over` if anything was there.
    pub(crate) fn wrote(&mut self, bytes: Vec<u8>, over: Option<&Vec<u8>>) {
        self.superseded.extend(over.cloned());
        self.written.insert(bytes);
    }

    /// A user deleted a file that showed these bytes.
    pub(crate) fn deleted(&mut self, bytes: &[u8]) {
        self.superseded.insert(bytes.to_vec());
    }

    /// Contents that must exist and are not among `there`.
    fn missing<'a>(&self, there: impl Iterator<Item = &'a Option<Vec<u8>>>) -> Vec<String> {
        let there: BTreeSet<&Vec<u8>> = there.flatten().collect();
        let must = self.written.difference(&self.superseded);
        must.filter(|bytes| !there.contains(bytes))
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }

    /// Whether what somebody wrote is only among older versions: the engine
    /// has overwritten it and is about to bring it back.
    pub(crate) fn is_overwritten(&self, world: &SimWorld) -> bool {
        let (here, there) = (world.disk.snapshot_all(), remote(world));
        let older = world.cloud().lock().user("u").older();
        let older: BTreeSet<Vec<u8>> = older.into_iter().map(|bytes| bytes.to_vec()).collect();
        let shown: BTreeSet<&Vec<u8>> = here.values().chain(there.values()).flatten().collect();
        let must = self.written.difference(&self.superseded);
        must.filter(|bytes| !shown.contains(bytes)).any(|bytes| older.contains(bytes))
    }

    /// I1 at any moment: what must exist exists somewhere, if only in staging,
    /// put aside, or in the server's trash or among its older versions.
    pub(crate) fn check_somewhere(&self, world: &SimWorld) -> Result<(), String> {
        let here = world.disk.snapshot_all();
        let (there, trashed) = {
            let mut cloud = world.cloud().lock();
            let older = cloud.user("u").older();
            let trashed = cloud.user("u").discarded().into_iter().chain(older);
            (cloud.user("u").snapshot(), trashed.collect::<Vec<_>>())
        };
        let there = there.into_values().filter_map(|shot| match shot {
            Shot::Dir => None,
            Shot::File(bytes) => Some(bytes),
        });
        let there: Vec<Option<Vec<u8>>> =
            there.chain(trashed).map(|bytes| Some(bytes.to_vec())).collect();
        let missing = self.missing(here.values().chain(&there));
        if missing.is_empty() { Ok(()) } else { Err(format!("LOST {missing:?}")) }
    }

    /// I1 and I2 at rest: both sides are equal and show all that must be there.
    pub(crate) fn check_rest(&self, world: &SimWorld) -> Result<(), String> {
        let (here, there) = (local(world), remote(world));
        if here != there {
            let show = |picture: &Picture| {
                let lines = picture.iter().map(|(path, bytes)| match bytes {
                    Some(bytes) => format!("{path}={}", String::from_utf8_lossy(bytes)),
                    None => format!("{path}/"),
                });
                lines.collect::<Vec<_>>().join(" ")
            };
            return Err(format!("UNEQUAL\n  here:  {}\n  there: {}", show(&here), show(&there)));
        }
        let missing = self.missing(here.values());
        if missing.is_empty() { Ok(()) } else { Err(format!("NOT SHOWN {missing:?}")) }
    }
}
