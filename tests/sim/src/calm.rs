//! The calm after a story: nothing fails, nobody acts, and all must become right.

use std::sync::atomic::Ordering;
use std::time::Duration;

use navette::event::Cause;
use navette::model::{NameReason, RelPath, WaitReason};
use navette::plan::AllowDeletes;
use navette::report::{End, EngineError, Report, SyncOptions};

use crate::faults::Calm;
use crate::oracle::Aliases;
use crate::plot::Cast;
use crate::reached::Point;
use crate::stage::{Stage, sync};
use crate::world::{Task, run_all};

/// Longer than a share is waited for, and than folders are believed to be as known.
const A_WEEK: Duration = Duration::from_secs(8 * 24 * 3600);
/// Folders in folders of a share may be waited for one after the other.
const WEEKS: usize = 3;
/// Longer than anything is kept aside here.
const A_MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

/// How often rules may still turn up, as copies.
const MOST_RULES: usize = 5;

impl Stage {
    /// The faults stop, nobody acts: now everything must become right.
    pub(crate) fn calm(&self) -> Result<(), String> {
        self.trace.note(|| "== calm".to_owned());
        self.lively.set(false);
        for world in &self.computers {
            world.server.set_faults(Calm(self.wire.clone()));
            world.server.land_late();
        }
        if !self.plot.mishaps.is_empty() {
            self.end_mishaps();
        }
        self.pass_time(Duration::from_secs(60));
        // A folder that a server which was set back does not show can be wanted
        // only once another computer has brought it back.
        let mut chosen = self.want_all() || self.plot.chooses;
        let mut last = self.settle()?;
        // A run that was cut off had perhaps still to bring some of them.
        for _ in 0..MOST_RULES {
            let more = self.want_all();
            if !chosen && !more {
                break;
            }
            chosen = more;
            self.pass_time(Duration::from_secs(60));
            last = self.settle()?;
        }
        if self.plot.mishaps.iter().any(|mishap| mishap.is_foreign()) {
            // A share that its owner has deleted counts as unavailable for a
            // week (amendment 23).
            // What was in it begins to be waited for once it is given up.
            for _ in 0..WEEKS {
                self.pass_time(A_WEEK);
                last = self.settle()?;
            }
        }
        if self.wire.short.load(Ordering::Relaxed) {
            // What a listing left out is seen when all folders are listed again.
            self.pass_time(A_WEEK);
            last = self.settle()?;
        }
        if !self.late.borrow().is_empty() {
            // What was written to after it had been put aside comes back when
            // its time is over (amendment 20).
            self.pass_time(A_MONTH);
            last = self.settle()?;
        }
        let aliases: Vec<Aliases> = last.iter().map(Aliases::of).collect();
        let torn = self.wire.torn.load(Ordering::Relaxed);
        self.oracle.borrow().check_rest(&self.computers, &aliases, &self.cloud, torn)?;
        if let Some(report) = last.iter().find(|report| report.end != End::Equal) {
            return Err(format!("NOT EQUAL by its own word: {:?}", report.items));
        }
        let before = self.cloud.lock().revision();
        let rest = self.quiet_runs()?;
        let moved = rest.iter().any(|report| report.bytes_up + report.bytes_down > 0);
        if self.cloud.lock().revision() != before || moved {
            return Err(format!("NO REST: {rest:?}"));
        }
        self.rate();
        Ok(())
    }

    /// Runs until nothing moves any more; the last reports.
    fn settle(&self) -> Result<Vec<Report>, String> {
        let mut last = Vec::new();
        // A computer's last look may be older than what another one has sent.
        let most = if self.computers.len() > 1 { 8 } else { 3 };
        for _ in 0..most {
            let before = self.cloud.lock().revision();
            last = self.quiet_runs()?;
            let equal = last.iter().all(|report| report.end == End::Equal);
            if equal && (self.computers.len() == 1 || self.cloud.lock().revision() == before) {
                break;
            }
            self.people_decide(&last);
        }
        Ok(last)
    }

    /// What is only here, and in the server's trash, waits for its user after
    /// the journal was lost (amendment 27); what only another spelling keeps
    /// apart waits for another name. Here users keep all of it: a new name says so.
    fn people_decide(&self, reports: &[Report]) {
        for (world, report) in self.computers.iter().zip(reports) {
            for (number, item) in report.items.iter().enumerate() {
                let kept = match &item.cause {
                    Cause::Waits(WaitReason::Discarded) => format!("{}-kept", item.path),
                    Cause::NameForbidden(NameReason::SpelledLike(_)) => {
                        let folder = item.path.rsplit_once('/').map(|(folder, _)| folder);
                        folder.map_or_else(String::new, |folder| format!("{folder}/"))
                            + &format!("named-{number}")
                    }
                    _ => continue,
                };
                let paths = (RelPath::parse(&item.path), RelPath::parse(&kept));
                if let (Ok(from), Ok(to)) = paths {
                    // A folder above it may have been renamed just now.
                    let done = world.disk.user().rename(&from, &to).is_ok();
                    self.trace.note(|| format!("   user {} keeps {kept}: {done}", world.name));
                    self.reached.mark(Point::Trouble("a user decides"));
                }
            }
        }
    }

    fn quiet_runs(&self) -> Result<Vec<Report>, String> {
        // What was only presumed equal is proved before it is judged (amendment 32).
        let options =
            SyncOptions { allow: AllowDeletes::All, verify: true, ..SyncOptions::default() };
        let mut reports = Vec::new();
        for (number, (world, journal)) in self.computers.iter().zip(&self.journals).enumerate() {
            let run = || {
                let task = Task::new(sync(world.clone(), journal.clone(), options));
                run_all(self, vec![task])?.pop().flatten().ok_or("cut off")
            };
            let mut report = run()?;
            if matches!(report, Err(EngineError::Journal(_))) && self.notices_damage() {
                report = run()?;
            }
            if matches!(report, Err(EngineError::Gate(_))) && self.decides_anew(number) {
                report = run()?;
            }
            let report = report.map_err(|error| format!("calm, yet {error:?}"))?;
            self.trace.note(|| format!("{} ends {:?} {:?}", world.name, report.end, report.items));
            reports.push(report);
        }
        Ok(reports)
    }

    /// With one person alone no copy is needed, and nothing comes back that
    /// was deleted: how often the engine makes one, or lets it.
    fn rate(&self) {
        let undisturbed = self.plot.disasters.is_empty() && self.plot.mishaps.is_empty();
        if self.plot.cast == Cast::All || !undisturbed || self.computers.len() > 1 {
            return;
        }
        let troubled =
            self.wire.left.load(Ordering::Relaxed) < self.plot.faults || self.plot.crashes > 0;
        let (all, copied, revived) = if troubled {
            ("one person alone, with troubles", "of these, a copy", "of these, something revived")
        } else {
            ("one person alone", "of these, a copy without need", "of these, revived without need")
        };
        self.reached.mark(Point::Rate(all));
        let shown = self.computers[0].disk.snapshot();
        if shown.keys().any(|path| path.contains("(conflict ")) {
            self.reached.mark(Point::Rate(copied));
        }
        if self.oracle.borrow().revived(&shown) {
            self.reached.mark(Point::Rate(revived));
        }
    }
}
