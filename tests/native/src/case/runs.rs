//! The runs of a case: those in trouble, and those that make everything right.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::client::{Patience, Program, Running, asks_to_wait};
use crate::place::Place as _;

use super::Trouble;
use super::stage::Stage;

/// What happens while a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Somebody does something somewhere.
    Act,
    /// The client of this computer is killed.
    Kill(usize),
    /// The clock jumps.
    Jump,
}

/// A run of Navette that waits for longer than this is interrupted, as its
/// user would, who has seen enough.
const PATIENCE: Duration = Duration::from_secs(4);

/// No program may take longer for a run than this. The longest wait of
/// Navette's rules is a minute.
const ENDLESS: Duration = Duration::from_secs(240);

impl Stage {
    /// A first run that nothing and nobody disturbs.
    pub(super) fn first_run(&mut self) -> Result<(), String> {
        let mut running = self.clients[0].start(Patience::Usual);
        self.oracle.note("== first run".to_owned());
        match running.wait(ENDLESS) {
            Some(status) if status.success() => Ok(()),
            other => Err(format!("the first run: {other:?}\n{}", running.tail())),
        }
    }

    /// All clients run once, at the same time, while these things happen.
    pub(super) fn live(
        &mut self,
        patience: Patience,
        events: Vec<(Duration, Event)>,
    ) -> Result<(), String> {
        self.oracle.note("== run".to_owned());
        let mut running: Vec<Option<Running>> =
            self.clients.iter().map(|client| Some(client.start(patience))).collect();
        self.oracle.run_begins();
        let (begun, met, mut later) = (Instant::now(), self.proxy.met(), 0);
        for (at, event) in events {
            while begun.elapsed() < at && !all_ended(&mut running) {
                std::thread::sleep(Duration::from_millis(3));
            }
            self.met.beside += u64::from(event == Event::Act && !all_ended(&mut running));
            match event {
                Event::Act if self.case.quiet => later += 1,
                Event::Act => self.somebody_acts_beside(&running),
                Event::Kill(victim) => self.kill(victim, &mut running[victim]),
                Event::Jump => self.jump(),
            }
        }
        let patience = match self.case.program {
            Program::Navette => PATIENCE,
            _ => ENDLESS,
        };
        let mut properly = running.iter().all(Option::is_some);
        for number in 0..running.len() {
            let Some(mut running) = running[number].take() else { continue };
            properly &= self.end(number, &mut running, patience)?;
        }
        self.oracle.run_ended(properly && self.proxy.met() == met);
        (0..later).for_each(|_| self.somebody_acts());
        Ok(())
    }

    /// Somebody acts while clients run. The one whose side it is stands still
    /// meanwhile; who acts on the server does so between two requests.
    pub(super) fn somebody_acts_beside(&mut self, running: &[Option<Running>]) {
        let side = self.somewhere();
        if side == self.clients.len() {
            let proxy = Arc::clone(&self.proxy);
            let _held = proxy.hold();
            self.act_at(side);
        } else {
            if let Some(running) = &running[side] {
                running.stop();
            }
            self.act_at(side);
            if let Some(running) = &running[side] {
                running.go_on();
            }
        }
    }

    pub(super) fn kill(&mut self, victim: usize, running: &mut Option<Running>) {
        let Some(mut killed) = running.take_if(|running| running.ended().is_none()) else { return };
        killed.kill();
        self.clients[victim].after_kill();
        self.met.kills += 1;
        self.oracle.note(format!("== killed {victim} after {:?}", killed.age()));
    }

    pub(super) fn jump(&mut self) {
        if let Some(clock) = &self.clock {
            let to = clock.jump(&self.faults);
            self.met.jumps += 1;
            self.oracle.note(format!("== the clock jumps to {to}"));
        }
    }

    /// Lets a run come to its end; whether it ended properly.
    fn end(
        &mut self,
        number: usize,
        running: &mut Running,
        patience: Duration,
    ) -> Result<bool, String> {
        match running.wait(patience) {
            Some(status) => {
                let code = status.code();
                let said = running.said();
                // Full, or so full that it would not keep its reserve.
                let full = said.contains("disk-full") || said.contains("\"reserve\"");
                self.met.full += u64::from(code == Some(6) || full);
                self.oracle.note(format!("== run of {number} ended: {code:?}"));
                self.check_end(code, running)?;
                Ok(match self.case.program {
                    // What is only presumed equal is sent again when it is
                    // deleted on the server (SPEC.md, *The first comparison*).
                    Program::Navette => report(self.case.program, &running.said())
                        .is_some_and(|report| report["counts"]["presumed"] == 0),
                    _ => code == Some(0),
                })
            }
            None if self.case.program == Program::Navette => {
                running.interrupt();
                self.oracle.note(format!("== run of {number} interrupted"));
                self.check_end(Some(130), running)?;
                Ok(false)
            }
            None => {
                running.kill();
                self.clients[number].after_kill();
                Err(format!("a run did not end in {patience:?}\n{}", running.tail()))
            }
        }
    }

    /// Whether the troubles explain how a run of Navette ended.
    fn check_end(&self, code: Option<i32>, running: &Running) -> Result<(), String> {
        if self.case.program != Program::Navette {
            return Ok(());
        }
        let said = running.said();
        if said.contains("panicked at") || said.contains("stack backtrace") {
            return Err(format!("it panicked\n{}", running.tail()));
        }
        let explained: &[i32] = match self.case.trouble {
            Trouble::Wires | Trouble::WiresAndKills => &[0, 1, 3, 130],
            Trouble::FullDisk => &[0, 1, 6, 130],
            _ => &[0, 1, 130],
        };
        match code {
            Some(code) if explained.contains(&code) => Ok(()),
            _ => Err(format!("a run ended with {code:?}\n{}", running.tail())),
        }
    }

    /// Runs the clients until nothing happens any more.
    pub(super) fn come_to_rest(&mut self) -> Result<(), String> {
        let most = match (self.case.program, self.clients.len()) {
            (Program::Navette, 1) => 4,
            (Program::Navette, _) => 8,
            _ => 5,
        };
        let mut last = String::new();
        let mut before = self.ends();
        for _ in 0..most {
            let (mut calm, mut wait) = (true, None);
            for number in 0..self.clients.len() {
                let mut running = self.clients[number].start(Patience::Thorough);
                let status = running.wait(ENDLESS);
                if status.is_none() {
                    running.kill();
                    return Err(format!("a run did not end in {ENDLESS:?}\n{}", running.tail()));
                }
                let code = status.and_then(|status| status.code());
                self.oracle.note(format!("== quiet run of {number} ended: {code:?}"));
                self.check_end(code, &running)?;
                self.decide(number, &running.said());
                wait = asks_to_wait(&running.said());
                calm &= code == Some(0) && is_idle(self.case.program, &running.said());
                last = format!("the last run ended with {code:?}\n{}", running.tail());
            }
            let after = self.ends();
            calm &= after.here == before.here && after.there == before.there;
            if calm {
                return Ok(());
            }
            if let Some(wait) = wait {
                self.oracle.note(format!("== {wait:?} as it asks"));
                std::thread::sleep(wait);
            }
            before = after;
        }
        Err(format!("no rest after {most} quiet runs; {last}"))
    }

    /// What is only here, and in the server's trash, waits for its user while
    /// the first comparison has not come to its end (amendment 27). Here users
    /// keep it: a new name says so.
    fn decide(&mut self, computer: usize, said: &str) {
        let Some(report) = report(self.case.program, said) else { return };
        let items = report["items"].as_array().cloned().unwrap_or_default();
        for item in items.iter().filter(|item| item["cause"]["waits"] == "discarded") {
            let Some(path) = item["path"].as_str() else { continue };
            let kept = format!("{path}-kept");
            // A folder above it may have been renamed just now.
            if self.folders[computer].rename(path, &kept).is_ok() {
                self.oracle.note(format!("one keeps {path} as {kept}"));
                self.oracle.kept();
            }
        }
    }
}

fn all_ended(running: &mut [Option<Running>]) -> bool {
    running.iter_mut().flatten().all(|running| running.ended().is_some())
}

/// What Navette reports of a run.
fn report(program: Program, said: &str) -> Option<serde_json::Value> {
    let mut lines = said.lines().filter(|_| program == Program::Navette);
    lines.find_map(|line| serde_json::from_str(line).ok())
}

/// Whether a run moved no bytes, as far as the program says.
fn is_idle(program: Program, said: &str) -> bool {
    let report = report(program, said);
    report.is_none_or(|report| report["bytes_up"] == 0 && report["bytes_down"] == 0)
}
