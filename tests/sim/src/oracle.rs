//! Knows what must still be somewhere: every content that a user wrote and
//! that no user has since overwritten or deleted where it was shown.

use std::collections::{BTreeMap, BTreeSet};

use navette::cloud::{SharedCloud, Shot};
use navette::event::Cause;
use navette::report::Report;

use crate::world::SimWorld;

/// A tree as people see it: folders (`None`) and files by path.
pub(crate) type Picture = BTreeMap<String, Option<Vec<u8>>>;

/// The contents that users wrote.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    written: BTreeSet<Vec<u8>>,
    superseded: BTreeSet<Vec<u8>>,
    deleted: BTreeSet<Vec<u8>>,
    /// Contents of which there was more than one file.
    copied: BTreeSet<Vec<u8>>,
}

/// What a computer shows under other names than the server (amendment 15), by
/// the path there.
#[derive(Debug, Default)]
pub(crate) struct Aliases(BTreeMap<String, String>);

impl Aliases {
    /// As a run reports them.
    pub(crate) fn of(report: &Report) -> Self {
        let shown = report.items.iter().filter_map(|item| match &item.cause {
            Cause::ShownAs(alias) => Some((item.path.clone(), alias.clone())),
            _ => None,
        });
        Self(shown.collect())
    }

    /// Where this computer shows what the server shows at `path`.
    fn here(&self, path: &str) -> String {
        let (mut there, mut here) = (String::new(), String::new());
        for name in path.split('/') {
            there = if there.is_empty() { name.to_owned() } else { format!("{there}/{name}") };
            let shown = self.0.get(&there).map_or(name, String::as_str);
            here = if here.is_empty() { shown.to_owned() } else { format!("{here}/{shown}") };
        }
        here
    }
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
    shots.filter(|(path, _)| path.split('/').next() != Some(".navette")).collect()
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
        self.deleted.insert(bytes.to_vec());
    }

    /// There is another file with these bytes now.
    pub(crate) fn copied(&mut self, bytes: &[u8]) {
        self.copied.insert(bytes.to_vec());
    }

    /// Whether something of this length was ever written.
    pub(crate) fn knows_length(&self, length: usize) -> bool {
        self.written.iter().any(|bytes| bytes.len() == length)
    }

    /// Whether something is shown that was deleted, and of which there was
    /// never another file.
    pub(crate) fn revived(&self, shown: &Picture) -> bool {
        let gone = self.deleted.difference(&self.copied);
        let shown: BTreeSet<&Vec<u8>> = shown.values().flatten().collect();
        gone.into_iter().any(|bytes| shown.contains(bytes))
    }

    /// Somebody could not write, for the disk is full: an empty file may be
    /// left, which nobody misses.
    pub(crate) fn failed_to_write(&mut self) {
        self.written.insert(Vec::new());
        self.superseded.insert(Vec::new());
    }

    /// Others have these: what was in a share that was left.
    pub(crate) fn entrust(&mut self, left: &[impl AsRef<[u8]>]) {
        self.superseded.extend(left.iter().map(|bytes| bytes.as_ref().to_vec()));
    }

    /// A disaster has taken what is nowhere any more: nobody is blamed for it.
    pub(crate) fn bury(
        &mut self,
        computers: &[SimWorld],
        cloud: &SharedCloud,
        withdrawn: &[Vec<u8>],
    ) {
        let lost = self.nowhere(computers, cloud, withdrawn);
        self.superseded.extend(lost);
    }

    /// A journal is lost: that something in the server's trash, or among its
    /// older versions, was meant to come back is known to nobody any more.
    pub(crate) fn entrust_hidden(
        &mut self,
        computers: &[SimWorld],
        cloud: &SharedCloud,
        withdrawn: &[Vec<u8>],
    ) {
        let all = computers.iter().map(|world| world.disk.snapshot_all());
        let all: Vec<Picture> = all.chain([there(cloud)]).collect();
        let shown = all.iter().flat_map(|picture| picture.values().flatten());
        let shown: BTreeSet<&Vec<u8>> = shown.chain(withdrawn).collect();
        let hidden: Vec<Vec<u8>> =
            self.needed().filter(|bytes| !shown.contains(bytes)).cloned().collect();
        self.superseded.extend(hidden);
    }

    /// A folder was replaced by an older one, or by another one: what only it
    /// had is not missed, though the server may have it where nobody sees it.
    pub(crate) fn bury_replaced(
        &mut self,
        before: &Picture,
        computers: &[SimWorld],
        cloud: &SharedCloud,
    ) {
        let after = computers.iter().map(|world| world.disk.snapshot_all());
        let after: Vec<Picture> = after.chain([there(cloud)]).collect();
        let after: BTreeSet<&Vec<u8>> =
            after.iter().flat_map(|picture| picture.values().flatten()).collect();
        let gone = before.values().flatten().filter(|bytes| !after.contains(bytes));
        let gone: Vec<Vec<u8>> = gone.cloned().collect();
        self.superseded.extend(gone);
    }

    /// A server was set back: what a run that was cut off had fetched from the
    /// newer one, and shown to nobody, or put aside because that one did not
    /// have it any more, is not missed either.
    pub(crate) fn bury_fetched(&mut self, computers: &[SimWorld], cloud: &SharedCloud) {
        let here = computers.iter().map(|world| world.disk.snapshot_all());
        let shown = |path: &String| !path.starts_with(".navette/");
        let shown = here.map(|all| all.into_iter().filter(|(path, _)| shown(path)).collect());
        let lost = self.not_among(shown.collect(), cloud, &[]);
        self.superseded.extend(lost);
    }

    /// Contents that must exist.
    fn needed(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.written.difference(&self.superseded)
    }

    /// Contents that must exist and are not among `there`, to be told.
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
        withdrawn: &[Vec<u8>],
    ) -> Result<(), String> {
        let missing = self.nowhere(computers, cloud, withdrawn);
        let missing = missing.iter().map(|bytes| String::from_utf8_lossy(bytes));
        let missing: Vec<_> = missing.collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("LOST {missing:?}")) }
    }

    /// What must exist and does not.
    fn nowhere(
        &self,
        computers: &[SimWorld],
        cloud: &SharedCloud,
        withdrawn: &[Vec<u8>],
    ) -> Vec<Vec<u8>> {
        let here = computers.iter().map(|world| world.disk.snapshot_all()).collect();
        self.not_among(here, cloud, withdrawn)
    }

    fn not_among(
        &self,
        here: Vec<Picture>,
        cloud: &SharedCloud,
        withdrawn: &[Vec<u8>],
    ) -> Vec<Vec<u8>> {
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
        let trashed = trashed.chain(withdrawn.iter().map(Vec::as_slice));
        let here = here.iter().flat_map(|picture| picture.values().flatten().map(Vec::as_slice));
        let all: BTreeSet<&[u8]> = here.chain(there).chain(trashed).collect();
        self.needed().filter(|bytes| !all.contains(bytes.as_slice())).cloned().collect()
    }

    /// I1 and I2 at rest: all sides are equal and show all that must be there.
    /// A piece of what was written may stand beside it if an upload was `torn`,
    /// and its file has changed here, or may not be changed there any more,
    /// since (SPEC.md, *What is known not to hold yet*).
    pub(crate) fn check_rest(
        &self,
        computers: &[SimWorld],
        aliases: &[Aliases],
        cloud: &SharedCloud,
        torn: bool,
    ) -> Result<(), String> {
        let there = there(cloud);
        for (world, aliases) in computers.iter().zip(aliases) {
            let here = here(world);
            let seen = there.iter().map(|(path, bytes)| (aliases.here(path), bytes.clone()));
            if here != seen.collect::<Picture>() {
                return Err(format!(
                    "UNEQUAL\n  {}: {}\n  there: {}",
                    world.name,
                    shown(&here),
                    shown(&there)
                ));
            }
        }
        let is_piece = |bytes: &[u8]| torn && self.written.iter().any(|it| it.starts_with(bytes));
        let foreign = |bytes: &&Vec<u8>| !self.written.contains(*bytes) && !is_piece(bytes);
        if let Some(bytes) = there.values().flatten().find(foreign) {
            return Err(format!("WRITTEN BY NOBODY {:?}", String::from_utf8_lossy(bytes)));
        }
        let missing = self.missing(&there.values().flatten().map(Vec::as_slice).collect());
        if missing.is_empty() { Ok(()) } else { Err(format!("NOT SHOWN {missing:?}")) }
    }
}
