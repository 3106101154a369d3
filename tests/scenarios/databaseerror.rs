//! testdatabaseerror: the journal fails at its n-th commit, for every n.

use std::cell::Cell;
use std::rc::Rc;

use navette::cloud::Dialect;
use navette::journal::{InMemory, JournalError, JournalFiles, Lease, Result, Seal};
use navette::report::{End, EngineError};
use rusqlite::Connection;

use crate::lab::Lab;
use navette_sim::world::Turn;

/// A journal that takes so many commits, and then no more, as on a full or
/// broken disk.
struct Failing {
    files: InMemory,
    left: Rc<Cell<u32>>,
}

impl Failing {
    /// From the last one on SQLite itself refuses to write.
    fn count(&self, journal: &Connection) -> Result<()> {
        match self.left.get() {
            0 => journal.pragma_update(None, "query_only", true)?,
            left => self.left.set(left - 1),
        }
        Ok(())
    }
}

impl JournalFiles for Failing {
    fn lease(&self) -> Result<Lease> {
        self.files.lease()
    }

    fn open(&self) -> Result<Connection> {
        self.files.open()
    }

    fn look(&self) -> Result<Option<Connection>> {
        self.files.look()
    }

    fn had_one(&self) -> Result<bool> {
        self.files.had_one()
    }

    fn put_aside(&self) -> Result<String> {
        self.files.put_aside()
    }

    fn back_up(&self, journal: &Connection) -> Result<()> {
        self.files.back_up(journal)
    }

    fn backups(&self) -> Result<Vec<u64>> {
        self.files.backups()
    }

    fn restore(&self, backup: u64) -> Result<()> {
        self.files.restore(backup)
    }

    fn seal(&self) -> Result<()> {
        self.files.seal()
    }

    fn unseal(&self) -> Result<Seal> {
        self.files.unseal()
    }

    fn wrote(&self, journal: &mut Connection) -> Result<()> {
        self.files.wrote(journal)?;
        self.count(journal)
    }

    fn synced(&self, journal: &mut Connection) -> Result<()> {
        self.files.synced(journal)?;
        self.count(journal)
    }
}

/// Changes of every kind, on both sides.
fn changes(lab: &Lab) {
    lab.here().write("A/new", "here");
    lab.here().write("A/a1", "mine");
    lab.here().rename("B", "D");
    lab.here().remove("C/c1");
    lab.there().write("A/a2", "theirs");
    lab.there().write("A/a1", "theirs");
    lab.there().rename("C/c2", "S/c2");
    lab.there().remove("S/s1");
    lab.there().mkdir("E");
}

const ENDS: &str = "+A/new=here -A/a1 +A/a1=theirs +A/a1!=mine -A/a2 +A/a2=theirs \
     -B/b1 -B/b2 +D/b1 +D/b2 -C/c1 -C/c2 +C/ +S/c2 -S/s1 +E/";

#[test]
fn testdatabaseerror_every_commit_may_fail() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let mut failures = 0;
        for commits in 0.. {
            let lab = Lab::start(dialect);
            changes(&lab);
            let left = Rc::new(Cell::new(commits));
            let failing = Failing { files: lab.journal.clone(), left };
            match lab.runs_on(failing, || Turn::Go) {
                Ok(report) => {
                    assert_eq!(report.end, End::Equal, "{dialect:?} after {commits}");
                    break;
                }
                Err(EngineError::Journal(JournalError::Sqlite(_))) => failures += 1,
                Err(other) => panic!("{dialect:?} after {commits}: {other:?}"),
            }
            lab.ends(ENDS);
        }
        assert!(failures > 5, "{dialect:?}: only {failures} commits ever failed");
    }
}
