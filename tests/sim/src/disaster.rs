//! What nobody can undo: a journal, a folder or the server is lost, damaged or
//! set back, between two runs.

use navette::cloud::{Cloud, Dialect};
use navette::disk::sim::DiskImage;

use crate::mishap::Mishap;
use crate::platter::Image;
use crate::reached::Point;
use crate::stage::{NAMES, Stage};
use crate::world::Stagehand as _;

/// What happens between two runs, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disaster {
    /// The journal comes back as it was some time ago.
    JournalRestored,
    /// The journal is gone.
    JournalLost,
    /// The journal becomes unreadable in one place.
    JournalDamaged,
    /// The server is set back to a backup, and says so.
    ServerRestored,
    /// The folder comes back from a backup.
    FolderRestored,
    /// The folder of one computer is copied to another one, marker and all.
    FolderCopied,
}

/// What there was some time ago, if it was kept.
#[derive(Debug, Default)]
pub(crate) struct Backups {
    pub(crate) journals: Vec<Option<Image>>,
    folders: Vec<Option<DiskImage>>,
    server: Option<Cloud>,
}

impl Backups {
    pub(crate) fn of(computers: usize) -> Self {
        Self {
            journals: (0..computers).map(|_| None).collect(),
            folders: (0..computers).map(|_| None).collect(),
            server: None,
        }
    }
}

impl Disaster {
    pub(crate) const ALL: [Self; 3] =
        [Self::JournalRestored, Self::JournalLost, Self::JournalDamaged];
    /// What came later: drawn last, so that older tapes keep their meaning.
    pub(crate) const MORE: [Self; 3] =
        [Self::ServerRestored, Self::FolderRestored, Self::FolderCopied];

    /// Whether it can happen to so many computers and a server of this family.
    pub(crate) fn can_happen(self, dialect: Dialect, computers: usize) -> bool {
        match self {
            // Elsewhere nothing tells a backup from what somebody has done.
            Self::ServerRestored => dialect.ways().fingerprint,
            Self::FolderCopied => computers > 1,
            _ => true,
        }
    }

    /// What the table of points calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::JournalRestored => "an old journal",
            Self::JournalLost => "the journal lost",
            Self::JournalDamaged => "the journal damaged",
            Self::ServerRestored => "an old server",
            Self::FolderRestored => "an old folder",
            Self::FolderCopied => "another's folder",
        }
    }

    /// Whether nobody knows any more after it what was asked of the server, or
    /// the server is not the one that was asked.
    pub(crate) fn loses_notes(self) -> bool {
        Self::ALL.contains(&self) || self == Self::ServerRestored
    }

    /// Whether a journal may know less after it than has been done.
    pub(crate) fn forgets(self) -> bool {
        !matches!(self, Self::ServerRestored)
    }
}

impl Stage {
    /// Whether a disaster explains a gate: then its user decides to start anew,
    /// again if a power cut has taken that decision.
    pub(crate) fn decides_anew(&self, computer: usize) -> bool {
        let all = [Disaster::ServerRestored, Disaster::FolderCopied];
        // Without its journal an engine may have begun a new pair in the empty
        // mount point, and meets the old one when the volume is back.
        let begun_anew = self.plot.mishaps.contains(&Mishap::Unmounted)
            && self.plot.disasters.iter().any(|disaster| disaster.forgets());
        let explained =
            begun_anew || all.iter().any(|disaster| self.plot.disasters.contains(disaster));
        self.computers[computer].anew.set(explained);
        explained
    }

    /// Keeps what a later disaster needs, once.
    pub(crate) fn back_up(&self) {
        let mut backups = self.backups.borrow_mut();
        let wants = |disaster| self.plot.disasters.contains(&disaster);
        if wants(Disaster::ServerRestored) && backups.server.is_none() && self.schedule.once_in(2) {
            backups.server = Some(self.cloud.lock().clone());
        }
        if wants(Disaster::FolderRestored) {
            for (kept, world) in backups.folders.iter_mut().zip(&self.computers) {
                // Without a marker it would be another folder, for its user to decide about.
                let marked = world.disk.snapshot_all().contains_key(".navette/marker");
                if kept.is_none() && self.schedule.once_in(2) && marked {
                    *kept = Some(world.disk.image());
                }
            }
        }
    }

    /// Whether a damaged journal was not noticed before. What looks it has owed
    /// since it was damaged is lost with it.
    pub(crate) fn notices_damage(&self) -> bool {
        let noticed = self.damaged.take();
        if noticed {
            self.entrust_hidden();
        }
        noticed
    }

    fn entrust_hidden(&self) {
        let withdrawn = self.withdrawn();
        self.oracle.borrow_mut().entrust_hidden(&self.computers, &self.cloud, &withdrawn);
    }

    /// A disaster strikes a computer.
    pub(crate) fn strike(&self, computer: usize, disaster: Disaster) {
        let journal = &self.journals[computer];
        if Disaster::ALL.contains(&disaster) {
            self.forget_late(computer);
            self.entrust_hidden();
        }
        let before = self.computers[computer].disk.snapshot_all();
        match disaster {
            Disaster::JournalRestored => {
                match self.backups.borrow_mut().journals[computer].take() {
                    Some(image) => journal.restore_image(&image),
                    None => return,
                }
            }
            Disaster::JournalLost => journal.wipe(),
            Disaster::JournalDamaged => {
                journal.damage(&self.faults);
                self.damaged.set(true);
            }
            Disaster::ServerRestored => {
                let Some(older) = self.backups.borrow_mut().server.take() else { return };
                self.end_mishaps();
                // What is still on its way to it has been sent to the newer one.
                self.land_all();
                self.cloud.lock().restore_backup(&older, "after the backup");
                self.cloud.lock().set_quota("u", None);
                let _ = self.cloud.lock().user("u").own_everything();
                self.computers.iter().for_each(|world| world.anew.set(true));
            }
            Disaster::FolderRestored => {
                let Some(older) = self.backups.borrow_mut().folders[computer].take() else {
                    return;
                };
                self.end_mishaps();
                self.computers[computer].disk.restore(&older);
            }
            Disaster::FolderCopied => {
                let other = (computer + 1) % self.computers.len();
                self.end_mishaps();
                let [(_, config), (_, others)] =
                    [computer, other].map(|at| self.plot.computers[at]);
                // Names that one of them takes for one cannot all be copied there.
                if config.folding != others.folding {
                    return;
                }
                let image = self.computers[other].disk.image();
                self.computers[computer].disk.restore(&image);
                self.computers[computer].anew.set(true);
            }
        }
        // An image of the journal before the loss would be that of another pair.
        self.backups.borrow_mut().journals[computer] = None;
        if disaster == Disaster::ServerRestored {
            self.oracle.borrow_mut().bury_fetched(&self.computers, &self.cloud);
        }
        if matches!(disaster, Disaster::FolderRestored | Disaster::FolderCopied) {
            self.oracle.borrow_mut().bury_replaced(&before, &self.computers, &self.cloud);
        }
        self.oracle.borrow_mut().bury(&self.computers, &self.cloud, &[]);
        self.trace.note(|| format!("== {}: {}", NAMES[computer], disaster.word()));
        self.reached.mark(Point::Trouble(disaster.word()));
    }
}
