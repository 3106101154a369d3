//! Knows what must still be somewhere: every content that a user wrote and
//! that no user has since overwritten or deleted where it was shown.

use std::collections::{BTreeMap, BTreeSet};

use navette::cloud::{SharedCloud, Shot};

use crate::world::SimWorld;

/// A tree as people see it: folders (`None`) and files by path.
pub(crate) type Picture = BTreeMap<String, Option<Vec<u8>>>;

/// The contents that users wrote.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    written: BTreeSet<Vec<u8>>,
    superseded: BTreeSet<Vec<u8>>,
}

/// A computer's tree without the engine's own things.
pub(crate) fn here(world: &SimWorld) -> Picture {
    world.disk.snapshot()
}

/// The server's tree without the engine's own things.
pub(crate) fn there(cloud: &SharedCloud) -> Picture {
    let shots = cloud.lock().user("u").snapshot();
    let shots = shots.into_iter().map(|(path, shot)| {
        let bytes = match shot {
            Shot::Dir => None,
            Shot::File(bytes) => Some(bytes.to_vec()),
        };
        (path.to_string(), bytes)
    });
    shots.filter(|(path, _)| !path.starts_with(".navette")).collect()
}

fn shown(picture: &Picture) -> String {
    let lines = picture.iter().map(|(path, bytes)| match bytes {
        Some(bytes) => format!("{path}={}", String::from_utf8_lossy(bytes)),
        None => format!("{path}/"),
    });
    lines.collect::<Vec<_>>().join(" ")
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

    /// Contents that must exist.
    fn needed(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.written.difference(&self.superseded)
    }

    /// Contents that must exist and are not among `there`.
    fn missing(&self, there: &BTreeSet<&[u8]>) -> Vec<String> {
        let missing = self.needed().filter(|bytes| !there.contains(bytes.as_slice()));
        missing.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// Whether the server has what somebody wrote only among older versions: an
    /// engine has overwritten it and is about to bring it back.
    pub(crate) fn is_overwritten(&self, cloud: &SharedCloud) -> bool {
        let older = cloud.lock().user("u").older();
        if older.is_empty() {
            return false;
        }
        let there = there(cloud);
        let shown: BTreeSet<&Vec<u8>> = there.values().flatten().collect();
        let older: BTreeSet<&[u8]> = older.iter().map(AsRef::as_ref).collect();
        self.needed().any(|bytes| !shown.contains(bytes) && older.contains(bytes.as_slice()))
    }

    /// I1 at any moment: what must exist exists somewhere, if only in staging,
    /// put aside, or in the server's trash or among its older versions.
    pub(crate) fn check_somewhere(
        &self,
        computers: &[SimWorld],
        cloud: &SharedCloud,
    ) -> Result<(), String> {
        let here: Vec<Picture> = computers.iter().map(|world| world.disk.snapshot_all()).collect();
        let (there, trashed, older) = {
            let mut cloud = cloud.lock();
            let user = cloud.user("u");
            (user.snapshot(), user.discarded(), user.older())
        };
        let there: Vec<&[u8]> = there
            .values()
            .filter_map(|shot| match shot {
                Shot::Dir => None,
                Shot::File(bytes) => Some(bytes.as_ref()),
            })
            .collect();
        let trashed = trashed.iter().chain(&older).map(AsRef::as_ref);
        let here = here.iter().flat_map(|picture| picture.values().flatten().map(Vec::as_slice));
        let missing = self.missing(&here.chain(there).chain(trashed).collect());
        if missing.is_empty() { Ok(()) } else { Err(format!("LOST {missing:?}")) }
    }

    /// I1 and I2 at rest: all sides are equal and show all that must be there.
    pub(crate) fn check_rest(
        &self,
        computers: &[SimWorld],
        cloud: &SharedCloud,
    ) -> Result<(), String> {
        let there = there(cloud);
        for world in computers {
            let here = here(world);
            if here != there {
                return Err(format!(
                    "UNEQUAL\n  {}: {}\n  there: {}",
                    world.name,
                    shown(&here),
                    shown(&there)
                ));
            }
        }
        let missing = self.missing(&there.values().flatten().map(Vec::as_slice).collect());
        if missing.is_empty() { Ok(()) } else { Err(format!("NOT SHOWN {missing:?}")) }
    }
}
