//! When to look next. Pure: moments in, a moment out.

use std::time::Duration;

use crate::clock::Moment;

/// A burst of changes here is over when nothing stirred for so long.
const SETTLED: Duration = Duration::from_millis(1000);
/// Where something stirs all the time, it is looked at after so long anyhow.
const RESTLESS: Duration = Duration::from_secs(10);
/// One word of the server is seldom alone.
const HEARD: Duration = Duration::from_millis(200);
/// With a server that tells of changes, it is asked only so often: words get lost.
const TOLD: Duration = Duration::from_secs(300);

/// The first pause after a trouble; each further one in a row is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest of them.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// A network that has just come needs a moment,
const ARRIVAL: Duration = Duration::from_millis(500);
/// and not all who were waiting for it come at once.
const ARRIVAL_SPREAD: Duration = Duration::from_millis(2500);

/// What to do next, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Run the engine.
    Run(Moment),
    /// Ask both sides whether anything changed.
    Ask(Moment),
    /// Nothing before somebody says so.
    Never,
}

/// Why nothing is done for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// It may go on by itself: the network, the server, a disk that is away.
    Passing,
    /// The server has said how long to leave it alone.
    Asked(Duration),
    /// Something on this computer, which may be put right at any moment.
    Near,
    /// Only somebody's decision helps: sign in again, answer a gate.
    Lasting,
}

/// The times of one pair.
#[derive(Clone, Debug)]
pub struct Pace {
    poll: Duration,
    /// The server tells of changes.
    told: bool,
    /// When it began to stir here, and when it did last.
    stirred: Option<(Moment, Moment)>,
    heard: Option<Moment>,
    /// A run that was asked for, or that may achieve what the last could not.
    due: Option<Moment>,
    checked: Moment,
    hindered: Option<(Hindrance, Moment)>,
    /// Hindrances in a row.
    times: u32,
}

impl Pace {
    /// Begins with a run.
    pub fn new(now: Moment) -> Self {
        Self {
            poll: TOLD,
            told: false,
            stirred: None,
            heard: None,
            due: Some(now),
            checked: now,
            hindered: None,
            times: 0,
        }
    }

    /// The server wants to be asked at most so often.
    pub fn polls(&mut self, poll: Duration) {
        self.poll = poll;
    }

    /// Something happened here.
    pub fn stirs(&mut self, now: Moment) {
        let first = self.stirred.map_or(now, |(first, _)| first);
        self.stirred = Some((first, now));
    }

    /// The server said that something happened there.
    pub fn hears(&mut self, now: Moment) {
        self.heard.get_or_insert(now);
    }

    /// From now on the server tells of changes, or does not any more.
    pub fn listens(&mut self, told: bool, now: Moment) {
        self.told = told;
        if told {
            // What happened before nobody has told.
            self.hears(now);
        }
    }

    /// Somebody wants a run now, whatever hinders it.
    pub fn wants(&mut self, now: Moment) {
        (self.checked, self.due, self.hindered) = (now, Some(now), None);
    }

    /// A run begins: it will see all that was stirred and heard of before.
    pub fn begins(&mut self) {
        (self.stirred, self.heard, self.due) = (None, None, None);
    }

    /// A run, or a question, has come to its end. `again`: after so long another
    /// run may achieve more.
    pub fn checked(&mut self, now: Moment, again: Option<Duration>) {
        (self.checked, self.hindered, self.times) = (now, None, 0);
        self.due = again.map(|again| now + again);
    }

    /// A question has found that there is something to look at.
    pub fn found(&mut self, now: Moment) {
        (self.hindered, self.times) = (None, 0);
        (self.checked, self.due) = (now, Some(now));
    }

    /// A run could not begin, or was broken off. `chance`, from 0 to 1, spreads
    /// those who would else all come back at the same moment.
    pub fn hindered(&mut self, now: Moment, hindrance: Hindrance, chance: f64) {
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.times));
        let pause = pause.min(LONGEST_PAUSE);
        let pause = match hindrance {
            Hindrance::Asked(asked) => asked.max(FIRST_PAUSE),
            Hindrance::Near => FIRST_PAUSE,
            _ => pause,
        };
        self.times = self.times.saturating_add(1);
        let spread = pause.mul_f64(0.2 * chance.clamp(0.0, 1.0));
        self.hindered = Some((hindrance, now + pause + spread));
    }

    /// A network has come, or come back: what went wrong with the one before may go
    /// right now. `chance` as above.
    pub fn arrives(&mut self, now: Moment, chance: f64) {
        if let Some((Hindrance::Passing, until)) = self.hindered {
            let soon = now + ARRIVAL + ARRIVAL_SPREAD.mul_f64(chance.clamp(0.0, 1.0));
            self.hindered = Some((Hindrance::Passing, until.min(soon)));
            self.times = 0;
        }
    }

    /// Whether nothing is done now because something hinders it.
    pub fn is_hindered(&self, now: Moment) -> bool {
        match self.hindered {
            Some((Hindrance::Lasting, _)) => true,
            Some((_, until)) => now < until,
            None => false,
        }
    }

    /// What made the pair pause by itself is over, and much may have happened
    /// meanwhile. What hindered it before hinders it still: nobody has decided.
    pub fn eases(&mut self, now: Moment) {
        if self.hindered.is_none() {
            (self.checked, self.due) = (now, Some(now));
        }
    }

    /// What is next.
    pub fn next(&self) -> Next {
        match self.hindered {
            Some((Hindrance::Lasting, _)) => return Next::Never,
            Some((_, until)) => return Next::Run(until),
            None => {}
        }
        let settled = self.stirred.map(|(first, last)| (last + SETTLED).min(first + RESTLESS));
        let heard = self.heard.map(|heard| heard + HEARD);
        let run = self.due.into_iter().chain(settled).chain(heard).min();
        let ask = self.checked + if self.told { self.poll.max(TOLD) } else { self.poll };
        match run {
            Some(run) if run <= ask => Next::Run(run),
            _ => Next::Ask(ask),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: Duration = Duration::from_secs(30);

    fn at(seconds: f64) -> Moment {
        Duration::from_secs_f64(seconds)
    }

    /// A pace that has just come to rest.
    fn rested() -> Pace {
        let mut pace = Pace::new(at(0.0));
        assert_eq!(pace.next(), Next::Run(at(0.0)));
        pace.polls(POLL);
        pace.begins();
        pace.checked(at(0.0), None);
        pace
    }

    #[test]
    fn at_rest_the_server_is_asked_as_often_as_it_wants() {
        assert_eq!(rested().next(), Next::Ask(at(30.0)));
    }

    #[test]
    fn a_burst_of_changes_is_one_run_a_second_after_its_end() {
        let mut pace = rested();
        for tenth in 0..30 {
            pace.stirs(at(f64::from(tenth) / 10.0));
        }
        assert_eq!(pace.next(), Next::Run(at(2.9) + SETTLED));
        pace.begins();
        pace.checked(at(5.0), None);
        assert_eq!(pace.next(), Next::Ask(at(35.0)));
    }

    #[test]
    fn what_never_rests_is_looked_at_all_the_same() {
        let mut pace = rested();
        for second in 1..40 {
            pace.stirs(at(f64::from(second)));
        }
        assert_eq!(pace.next(), Next::Run(at(1.0) + RESTLESS));
    }

    #[test]
    fn what_stirs_during_a_run_leads_to_another() {
        let mut pace = rested();
        pace.begins();
        pace.stirs(at(2.0));
        pace.checked(at(3.0), None);
        assert_eq!(pace.next(), Next::Run(at(2.0) + SETTLED));
    }

    #[test]
    fn a_server_that_tells_is_seldom_asked() {
        let mut pace = rested();
        pace.listens(true, at(1.0));
        assert_eq!(pace.next(), Next::Run(at(1.0) + HEARD), "once, for what nobody told");
        pace.begins();
        pace.checked(at(2.0), None);
        assert_eq!(pace.next(), Next::Ask(at(2.0) + TOLD));
        pace.hears(at(9.0));
        pace.hears(at(9.1));
        assert_eq!(pace.next(), Next::Run(at(9.0) + HEARD));
        pace.listens(false, at(9.2));
        pace.begins();
        pace.checked(at(10.0), None);
        assert_eq!(pace.next(), Next::Ask(at(40.0)));
    }

    #[test]
    fn what_a_question_has_found_is_looked_at_at_once() {
        let mut pace = rested();
        pace.found(at(31.0));
        assert_eq!(pace.next(), Next::Run(at(31.0)));
    }

    #[test]
    fn what_may_go_on_later_is_tried_then() {
        let mut pace = rested();
        pace.checked(at(1.0), Some(at(5.0)));
        assert_eq!(pace.next(), Next::Run(at(6.0)));
    }

    #[test]
    fn pauses_grow_and_nothing_that_stirs_shortens_them() {
        let mut pace = rested();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pace.begins();
            pace.stirs(at(0.0));
            pace.hindered(at(0.0), Hindrance::Passing, 0.0);
            let Next::Run(until) = pace.next() else { panic!("it goes on") };
            pauses.push(until.as_secs());
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300]);
        pace.checked(at(1.0), None);
        pace.hindered(at(1.0), Hindrance::Passing, 1.0);
        assert_eq!(pace.next(), Next::Run(at(7.0)), "with all of its spread");
    }

    #[test]
    fn a_server_that_says_how_long_is_left_alone_for_so_long() {
        let mut pace = rested();
        pace.hindered(at(0.0), Hindrance::Asked(at(120.0)), 0.0);
        assert_eq!(pace.next(), Next::Run(at(120.0)));
    }

    #[test]
    fn a_network_that_comes_ends_the_pauses_of_the_one_before_and_no_other() {
        let mut pace = rested();
        for _ in 0..6 {
            pace.hindered(at(0.0), Hindrance::Passing, 0.0);
        }
        assert_eq!(pace.next(), Next::Run(at(160.0)));
        pace.arrives(at(7.0), 0.0);
        assert_eq!(pace.next(), Next::Run(at(7.5)));
        pace.arrives(at(7.1), 1.0);
        assert_eq!(pace.next(), Next::Run(at(7.5)), "and never later than it was");
        pace.hindered(at(8.0), Hindrance::Passing, 0.0);
        assert_eq!(pace.next(), Next::Run(at(13.0)), "what goes wrong again begins anew");
        pace.hindered(at(0.0), Hindrance::Asked(at(120.0)), 0.0);
        pace.arrives(at(1.0), 0.0);
        assert_eq!(pace.next(), Next::Run(at(120.0)), "the server has said how long");
        let mut pace = rested();
        pace.arrives(at(1.0), 0.0);
        assert_eq!(pace.next(), Next::Ask(at(30.0)), "at rest nothing hurries");
    }

    #[test]
    fn the_end_of_a_pause_by_itself_is_a_run_but_no_decision() {
        let mut pace = rested();
        pace.eases(at(7.0));
        assert_eq!(pace.next(), Next::Run(at(7.0)));
        pace.hindered(at(8.0), Hindrance::Asked(at(60.0)), 0.0);
        pace.eases(at(9.0));
        assert_eq!(pace.next(), Next::Run(at(68.0)));
        assert!(pace.is_hindered(at(67.0)) && !pace.is_hindered(at(68.0)));
        pace.hindered(at(70.0), Hindrance::Lasting, 0.0);
        pace.eases(at(71.0));
        assert_eq!(pace.next(), Next::Never);
        assert!(pace.is_hindered(at(1e6)));
    }

    #[test]
    fn what_only_a_decision_helps_waits_for_it() {
        let mut pace = rested();
        pace.hindered(at(0.0), Hindrance::Lasting, 0.0);
        pace.stirs(at(1.0));
        pace.hears(at(1.0));
        assert_eq!(pace.next(), Next::Never);
        pace.wants(at(99.0));
        assert_eq!(pace.next(), Next::Run(at(1.0) + HEARD), "the oldest reason counts");
        pace.begins();
        pace.wants(at(99.0));
        assert_eq!(pace.next(), Next::Run(at(99.0)), "and no question comes before it");
    }
}
