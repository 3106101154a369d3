//! What befalls computers and the server for a while, and ends again: the disk
//! is full or cannot be read, a program holds a file, a share is closed, goes
//! away and comes back.

use std::time::Duration;

use navette::cloud::{Dialect, Withdrawn};
use navette::disk::DiskErrorKind;
use navette::disk::sim::{Unmounted, UserHandle};
use navette::model::RelPath;

use crate::reached::Point;
use crate::stage::{NAMES, Stage, Where};

/// Something that lasts for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// No room on the disk of a computer.
    DiskFull,
    /// Something here cannot be read.
    Unreadable,
    /// A program holds a file here, and writes to it when it is done.
    LateWriter,
    /// The volume is away, or only its mount point is there.
    Unmounted,
    /// No room on the server.
    Quota,
    /// A folder or file there may only be read.
    ReadOnly,
    /// A share goes away and comes back.
    ShareGone,
    /// A storage there tells only when it is asked what others change in it.
    LateStorage,
    /// Folders here cannot be made durable a few times.
    SyncFails,
    /// Events are lost here, or are too many.
    EventsLost,
}

/// A mishap under way.
#[derive(Debug)]
pub(crate) enum Underway {
    Full(usize),
    Denied(usize, RelPath),
    Held(usize, UserHandle),
    Quota,
    ReadOnly(String),
    Shared(String),
    Withdrawn(Box<Withdrawn>),
    Late(String),
}

impl Mishap {
    pub(crate) const ALL: [Self; 8] = [
        Self::DiskFull,
        Self::Unreadable,
        Self::LateWriter,
        Self::Unmounted,
        Self::Quota,
        Self::ReadOnly,
        Self::ShareGone,
        Self::LateStorage,
    ];

    /// Whether it is about what belongs to somebody else.
    pub(crate) fn is_foreign(self) -> bool {
        matches!(self, Self::ReadOnly | Self::ShareGone | Self::LateStorage)
    }

    /// Whether a server of this family can bring it about.
    pub(crate) fn can_happen(self, dialect: Dialect) -> bool {
        !self.is_foreign() || dialect.ways().letters
    }

    fn word(self) -> &'static str {
        match self {
            Self::DiskFull => "no room on the disk",
            Self::Unreadable => "something unreadable",
            Self::LateWriter => "a late writer",
            Self::Unmounted => "a volume unmounted",
            Self::Quota => "no room on the server",
            Self::ReadOnly => "something that may only be read",
            Self::ShareGone => "a share that goes away",
            Self::LateStorage => "a storage that tells late",
            Self::SyncFails => "folders that cannot be synced",
            Self::EventsLost => "events lost",
        }
    }
}

impl Stage {
    /// Something begins to go wrong, or ends.
    pub(crate) fn something_befalls(&self, running: bool) {
        let under_way = self.under_way.borrow().len() as u64;
        if under_way > 0 && !self.faults.once_in(3) {
            let at = usize::try_from(self.faults.below(under_way)).unwrap_or(0);
            let mishap = self.under_way.borrow_mut().swap_remove(at);
            self.goes_on(mishap);
            return;
        }
        let Some(mishap) = self.faults.pick(&self.plot.mishaps).copied() else { return };
        if self.begin(mishap, running).is_some() {
            self.reached.mark(Point::Trouble(mishap.word()));
        }
    }

    fn begin(&self, mishap: Mishap, running: bool) -> Option<()> {
        let last = self.computers.len() as u64;
        let computer = usize::try_from(self.faults.below(last)).unwrap_or(0);
        let world = &self.computers[computer];
        let something = |at: Where, is_dir: Option<bool>| {
            let picture = self.picture(at);
            let paths = picture.iter().filter(|(_, bytes)| is_dir != Some(bytes.is_some()));
            let paths: Vec<&String> = paths.map(|(path, _)| path).collect();
            self.faults.pick(&paths).map(|path| (*path).clone())
        };
        let begun = match mishap {
            Mishap::DiskFull => {
                world.disk.set_capacity(self.faults.below(60));
                Underway::Full(computer)
            }
            Mishap::Unreadable => {
                let path = RelPath::parse(&something(Where::Here(computer), None)?).ok()?;
                let all = [DiskErrorKind::Denied, DiskErrorKind::Busy, DiskErrorKind::Broken];
                world.disk.fault(&path, *self.faults.pick(&all)?);
                Underway::Denied(computer, path)
            }
            Mishap::LateWriter => {
                let path = RelPath::parse(&something(Where::Here(computer), Some(false))?).ok()?;
                Underway::Held(computer, world.disk.user().hold_open(&path).ok()?)
            }
            Mishap::Unmounted => {
                if self.unmounted.borrow().contains(&computer) {
                    return None;
                }
                // An engine at work holds the folder itself, not its path: to it
                // the volume is gone, and no mount point shows.
                // Nor can one that was never here tell a mount point from a folder.
                let known = world.disk.snapshot_all().contains_key(".navette/marker");
                let all: &[Unmounted] = match running || !known {
                    true => &[Unmounted::Gone],
                    false => &[Unmounted::Gone, Unmounted::Empty],
                };
                world.disk.unmount(*self.faults.pick(all)?);
                self.unmounted.borrow_mut().insert(computer);
                self.trace.note(|| format!("   {} unmounted", NAMES[computer]));
                return Some(());
            }
            Mishap::SyncFails => {
                let count = 1 + self.faults.below(6);
                world.disk.fail_syncs(u32::try_from(count).unwrap_or(1));
                return Some(());
            }
            Mishap::EventsLost => {
                match self.faults.once_in(3) {
                    true => world.disk.overflow_events(),
                    false => world.disk.lose_events(),
                }
                return Some(());
            }
            Mishap::Quota => {
                let quota = self.faults.below(60);
                self.cloud.lock().set_quota("u", Some(quota));
                Underway::Quota
            }
            Mishap::ReadOnly => {
                let path = something(Where::There, None)?;
                self.share(&path, "SRG")?;
                Underway::ReadOnly(path)
            }
            Mishap::ShareGone => {
                let path = something(Where::There, Some(true))?;
                self.share(&path, &format!("S{}", self.plot.dialect.ways().own_folder))?;
                Underway::Shared(path)
            }
            Mishap::LateStorage => {
                let path = something(Where::There, Some(true))?;
                self.share(&path, &format!("M{}", self.plot.dialect.ways().own_folder))?;
                self.cloud.lock().user("u").lag(&path, true).ok()?;
                Underway::Late(path)
            }
        };
        self.trace.note(|| format!("   begins: {begun:?}"));
        self.under_way.borrow_mut().push(begun);
        Some(())
    }

    /// Makes something a share of somebody else's, unless it is one, lies in
    /// one, or holds one.
    fn share(&self, path: &str, letters: &str) -> Option<()> {
        let under_way = self.under_way.borrow();
        let taken = under_way.iter().any(|other| match other {
            Underway::ReadOnly(at) | Underway::Shared(at) | Underway::Late(at) => {
                format!("{path}/").starts_with(&format!("{at}/"))
                    || format!("{at}/").starts_with(&format!("{path}/"))
            }
            _ => false,
        });
        if taken {
            return None;
        }
        self.cloud.lock().user("u").share(path, Some(letters)).ok()
    }

    /// A mishap takes its next turn: most end.
    fn goes_on(&self, mishap: Underway) {
        self.trace.note(|| format!("   goes on: {mishap:?}"));
        match mishap {
            Underway::Full(computer) => self.computers[computer].disk.set_capacity(1 << 30),
            Underway::Denied(computer, path) => self.computers[computer].disk.heal(&path),
            Underway::Held(computer, handle) => self.writes_late(computer, handle),
            Underway::Quota => self.cloud.lock().set_quota("u", None),
            Underway::ReadOnly(path) => {
                // Its owner may have moved it meanwhile.
                let _ = self.cloud.lock().user("u").share(&path, None);
            }
            Underway::Shared(path) => {
                if let Ok(gone) = self.cloud.lock().user("u").withdraw(&path) {
                    // Among them may be what an engine has overwritten and not
                    // brought back yet: now it is its owner's.
                    self.oracle.borrow_mut().entrust(&gone.older());
                    self.under_way.borrow_mut().push(Underway::Withdrawn(Box::new(gone)));
                }
            }
            Underway::Withdrawn(gone) => {
                drop(self.cloud.lock().user("u").give_back(*gone));
            }
            Underway::Late(path) => {
                let mut cloud = self.cloud.lock();
                let mut user = cloud.user("u");
                let _ = user.lag(&path, false);
                let _ = user.share(&path, None);
            }
        }
    }

    /// A program writes to the file that it has held all the time, wherever
    /// that is now, and lets go of it.
    fn writes_late(&self, computer: usize, handle: UserHandle) {
        let disk = &self.computers[computer].disk;
        if let Some(at) = disk.user().path_of(handle) {
            let over = disk.snapshot_all().remove(at.as_str()).flatten();
            let bytes = self.token();
            if disk.user().late_write(handle, &bytes).is_ok() {
                self.say(Where::Here(computer), || {
                    format!("writes late {at}={}", String::from_utf8_lossy(&bytes))
                });
                self.oracle.borrow_mut().wrote(bytes.clone(), over.as_ref());
                self.late.borrow_mut().push((computer, bytes));
            }
        }
        disk.user().close(handle);
    }

    /// The journal of a computer is lost, and with it what had been put aside
    /// there, and when: nobody can tell any more what was written to it later.
    /// It stays in the store, where its user can look.
    pub(crate) fn forget_late(&self, computer: usize) {
        self.under_way.borrow_mut().retain(|mishap| match mishap {
            Underway::Held(at, handle) if *at == computer => {
                self.computers[computer].disk.user().close(*handle);
                false
            }
            _ => true,
        });
        let late = self.late.borrow();
        let here = late.iter().filter(|(at, _)| *at == computer);
        let here: Vec<&Vec<u8>> = here.map(|(_, bytes)| bytes).collect();
        self.oracle.borrow_mut().entrust(&here);
    }

    /// Everything is as it should be again.
    pub(crate) fn end_mishaps(&self) {
        self.mount_all();
        self.computers.iter().for_each(|world| world.disk.fail_syncs(0));
        // A share that is there has still to go before it can come back.
        while let Some(mishap) = self.under_way.borrow_mut().pop() {
            match mishap {
                Underway::Shared(_) => {}
                mishap => self.goes_on(mishap),
            }
        }
        let _ = self.cloud.lock().user("u").own_everything();
        self.pass_time(Duration::from_secs(1));
    }

    /// The volumes are there again.
    pub(crate) fn mount_all(&self) {
        for computer in std::mem::take(&mut *self.unmounted.borrow_mut()) {
            // What was put below the mount point is covered from now on.
            let covered = self.picture(Where::Here(computer)).into_values().flatten();
            self.oracle.borrow_mut().entrust(&covered.collect::<Vec<_>>());
            self.computers[computer].disk.mount();
            self.trace.note(|| format!("   {} mounted", NAMES[computer]));
        }
    }

    /// What is out of sight for a while, and not lost.
    pub(crate) fn withdrawn(&self) -> Vec<Vec<u8>> {
        let under_way = self.under_way.borrow();
        let gone = under_way.iter().filter_map(|mishap| match mishap {
            Underway::Withdrawn(gone) => Some(gone.contents()),
            _ => None,
        });
        gone.flatten().map(|bytes| bytes.to_vec()).collect()
    }
}
