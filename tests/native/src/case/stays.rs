//! Cases whose clients stay: nobody starts them, but after they were killed.

use std::time::{Duration, Instant};

use crate::client::Running;
use crate::luck::Luck;

use super::runs::Event;
use super::stage::Stage;
use super::{Case, Trouble};

/// How long a client that stays may take until it stands as it should, once
/// nothing goes wrong any more. Plain servers are asked every five minutes by
/// themselves; here they are asked to.
const ENDLESS: Duration = Duration::from_secs(240);

/// How long between two looks at how the clients stand.
const LOOK: Duration = Duration::from_secs(1);

impl Case {
    /// Clients stay while people act and things go wrong.
    pub(super) fn stayed(&self, stage: &mut Stage, luck: &Luck) -> Result<(), String> {
        for _ in 0..4 + luck.below(6) {
            stage.prelude(luck);
        }
        let mut staying: Vec<Option<Running>> =
            stage.clients.iter().map(|client| Some(client.stay())).collect();
        stage.begin_to_stay();
        for _ in 0..4 + luck.below(3) {
            let events = self.events(luck);
            stage.trouble_begins();
            stage.live_on(&mut staying, events);
            stage.trouble_ends();
            for _ in 0..luck.below(4) {
                stage.somebody_acts_beside(&staying);
            }
        }
        stage.calm();
        let stood = stage.stand_well(&mut staying);
        // Whoever stays ends well when its system wants it to.
        for (number, client) in staying.iter_mut().enumerate() {
            let Some(mut client) = client.take() else { continue };
            stage.see_off(number, &mut client)?;
        }
        stood
    }
}

impl Stage {
    fn begin_to_stay(&mut self) {
        self.oracle.note("== they stay".to_owned());
        self.oracle.run_begins();
        if !matches!(self.case.trouble, Trouble::Edits) {
            // When what is in trouble comes to its proper end is not seen from
            // outside: so nothing is said of what comes back.
            self.oracle.run_ended(false);
            self.oracle.run_begins();
        }
    }

    /// Things happen; who is killed is started again.
    fn live_on(&mut self, staying: &mut [Option<Running>], events: Vec<(Duration, Event)>) {
        let begun = Instant::now();
        for (at, event) in events {
            std::thread::sleep(at.saturating_sub(begun.elapsed()));
            match event {
                Event::Act => {
                    self.met.beside += 1;
                    self.somebody_acts_beside(staying);
                }
                Event::Kill(victim) => {
                    self.kill(victim, &mut staying[victim]);
                    staying[victim] = Some(self.clients[victim].stay());
                }
                Event::Jump => self.jump(),
            }
        }
    }

    /// Waits until both sides are equal and each client says so, or says that
    /// somebody must decide something.
    fn stand_well(&mut self, staying: &mut [Option<Running>]) -> Result<(), String> {
        let until = Instant::now() + ENDLESS;
        let mut told = Vec::new();
        while Instant::now() < until {
            for (number, client) in staying.iter_mut().enumerate() {
                if client.as_mut().is_some_and(|client| client.ended().is_some()) {
                    return Err(format!("{number} does not stay"));
                }
            }
            told = self.clients.iter().map(|client| client.ask(&["status", "--json"])).collect();
            let states: Vec<&str> = told.iter().map(state).collect();
            if states.contains(&"needs-you") {
                self.oracle.note(format!("== they stand so: {states:?}"));
                return Ok(());
            }
            if states.iter().all(|state| *state == "up-to-date") {
                let ends = self.ends();
                if ends.are_equal(self.case.program) {
                    self.oracle.note("== they stand well".to_owned());
                    return Ok(());
                }
            }
            // What was done on the server is seen when it is asked again, and
            // what gave up goes on, if somebody wants it.
            self.clients.iter().for_each(|client| drop(client.ask(&["resume"])));
            std::thread::sleep(LOOK);
        }
        let tails = staying.iter().flatten().map(Running::tail).collect::<Vec<_>>().join("\n");
        Err(format!("they do not come to rest in {ENDLESS:?}: {told:#?}\n{tails}"))
    }

    fn see_off(&mut self, number: usize, client: &mut Running) -> Result<(), String> {
        client.interrupt();
        let code = client.ended().and_then(|status| status.code());
        self.oracle.note(format!("== {number} was asked to end: {code:?}"));
        let said = client.said();
        if said.contains("panicked at") || said.contains("stack backtrace") {
            return Err(format!("it panicked\n{}", client.tail()));
        }
        match code {
            Some(0) => {
                self.oracle.run_ended(self.case.trouble == Trouble::Edits);
                Ok(())
            }
            _ => Err(format!("who stays ended with {code:?}\n{}", client.tail())),
        }
    }
}

/// How the one pair of a client stands.
fn state(told: &Option<serde_json::Value>) -> &str {
    let pair = told.as_ref().map(|told| &told["pairs"][0]["state"]);
    pair.and_then(serde_json::Value::as_str).unwrap_or("silent")
}
