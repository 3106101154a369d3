//! Files that programs never stop writing to, and databases that they hold open
//! (amendment 35).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use navette::clock::Clock as _;
use navette::cloud::{Dialect, Fate, Request};
use navette::engine::Engine;
use navette::event::Cause;
use navette::model::{RelPath, WaitReason};
use navette::report::{End, Report, SyncOptions};

use crate::Pair;
use navette_sim::world::{Turn, run};

const MINUTE: Duration = Duration::from_secs(60);

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

/// A program that writes to one file again and again: at every fortieth step of
/// the engine, and whenever half a second has passed.
struct Writer {
    name: &'static str,
    /// Makes the file's next state of its present one.
    next: fn(&[u8], usize) -> Vec<u8>,
    number: usize,
    /// It ends after so many.
    lines: usize,
    /// All that the file has ever held.
    states: BTreeSet<Vec<u8>>,
    puts: Arc<AtomicUsize>,
}

impl Writer {
    fn new(pair: &Pair, name: &'static str, next: fn(&[u8], usize) -> Vec<u8>) -> Self {
        let puts = Arc::<AtomicUsize>::default();
        let counting = puts.clone();
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if request.method == "PUT" && request.path.as_str() == name {
                counting.fetch_add(1, Ordering::Relaxed);
            }
            Fate::Proceed
        });
        Self { name, next, number: 0, lines: usize::MAX, states: BTreeSet::new(), puts }
    }

    fn write(&mut self, pair: &Pair) {
        if self.number < self.lines {
            self.number += 1;
            let next = (self.next)(&here(pair, self.name), self.number);
            pair.world.disk.user().write(&path(self.name), &next).unwrap();
            self.states.insert(next);
        }
    }

    /// Syncs while it writes.
    fn at_work(&mut self, pair: &Pair) -> Report {
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await.unwrap();
            let report = engine.sync(&SyncOptions::default()).await.unwrap();
            engine.close().unwrap();
            report
        };
        let (mut steps, mut last) = (0_u32, Duration::ZERO);
        let turn = || {
            steps += 1;
            let now = pair.world.clock.now();
            if steps % 40 == 0 || now.saturating_sub(last) > Duration::from_millis(500) {
                last = now;
                self.write(pair);
            }
            Turn::Go
        };
        run(&pair.world, future, turn).expect("nobody cuts it off")
    }

    fn puts(&self) -> usize {
        self.puts.load(Ordering::Relaxed)
    }
}

fn there(pair: &Pair, name: &str) -> Option<Vec<u8>> {
    pair.world.cloud().lock().user("u").bytes(name).map(|bytes| bytes.to_vec())
}

fn here(pair: &Pair, name: &str) -> Vec<u8> {
    pair.world.disk.snapshot()[name].clone().unwrap()
}

fn waits(report: &Report) -> Vec<(&str, &Cause)> {
    report.items.iter().map(|item| (item.path.as_str(), &item.cause)).collect()
}

fn with_one_more_line(now: &[u8], number: usize) -> Vec<u8> {
    [now, format!("line {number}\n").as_bytes()].concat()
}

#[test]
fn a_log_that_never_rests_goes_out_as_it_was_at_one_moment_every_ten_minutes() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["other"]);
        pair.write_here("log", "the first line\n");
        let mut writer = Writer::new(&pair, "log", with_one_more_line);
        let report = writer.at_work(&pair);
        assert_eq!(report.end, End::Unfinished, "{dialect:?}");
        let growing = Cause::Waits(WaitReason::Growing);
        assert_eq!(waits(&report), [("log", &growing)], "{dialect:?}");
        let first = there(&pair, "log").unwrap();
        let now = here(&pair, "log");
        assert!(writer.states.contains(&first) && now.starts_with(&first), "{dialect:?}");
        assert_eq!((report.counts.sent, writer.puts()), (1, 1), "{dialect:?}");

        let report = writer.at_work(&pair);
        assert_eq!(waits(&report), [("log", &growing)], "{dialect:?}");
        assert_eq!(writer.puts(), 1, "{dialect:?}");

        pair.world.pass(11 * MINUTE);
        assert_eq!(writer.at_work(&pair).counts.updated, 1, "{dialect:?}");
        let second = there(&pair, "log").unwrap();
        assert!(writer.states.contains(&second) && second.len() > first.len(), "{dialect:?}");

        pair.world.pass(MINUTE);
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.conflicts), (End::Equal, 0), "{dialect:?}");
        assert_eq!(there(&pair, "log").unwrap(), here(&pair, "log"), "{dialect:?}");
    }
}

#[test]
fn a_file_that_is_rewritten_in_its_midst_never_goes_out_as_a_mixture() {
    fn rewritten(now: &[u8], number: usize) -> Vec<u8> {
        let mut next = [now, b"more"].concat();
        next[0] = u8::try_from(number % 251).unwrap();
        next
    }
    let pair = Pair::synced(Dialect::Nextcloud, &["other"]);
    pair.write_here("mailbox", "x");
    let mut writer = Writer::new(&pair, "mailbox", rewritten);
    assert_eq!(writer.at_work(&pair).end, End::Unfinished);
    assert!(there(&pair, "mailbox").is_none_or(|bytes| writer.states.contains(&bytes)));
    pair.world.pass(MINUTE);
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(there(&pair, "mailbox").unwrap(), here(&pair, "mailbox"));
}

/// Wherever in its way it comes to rest: it goes out whole, in that run or in
/// the next one, and never conflicts with itself.
#[test]
fn a_log_that_comes_to_rest_goes_out_whole() {
    let mut ends = BTreeSet::new();
    for lines in 1..40 {
        let pair = Pair::synced(Dialect::OwnCloud10, &["other"]);
        pair.write_here("log", "the first line\n");
        let mut writer = Writer::new(&pair, "log", with_one_more_line);
        writer.lines = lines;
        let report = writer.at_work(&pair);
        ends.insert(report.end == End::Equal);
        if report.end == End::Unfinished {
            pair.world.pass(MINUTE);
            assert_eq!(pair.sync().unwrap().end, End::Equal, "{lines}");
        }
        assert_eq!(there(&pair, "log").unwrap(), here(&pair, "log"), "{lines}");
        assert_eq!(pair.here(), ["log", "other"], "{lines}");
    }
    assert_eq!(ends.len(), 2, "both ways were gone");
}

#[test]
fn an_open_database_is_sent_when_it_is_quiet_and_never_replaced() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a.db", "a.db-wal"]);
    pair.world.pass(MINUTE);
    let program = pair.world.disk.user().hold_open(&path("a.db")).unwrap();
    pair.world.disk.user().late_write(program, b"written by the program").unwrap();
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal, "{report:?}");
    assert_eq!(there(&pair, "a.db").unwrap(), b"written by the program");

    pair.world.pass(MINUTE);
    pair.write_there("a.db", "from another computer");
    pair.world.pass(MINUTE);
    let report = pair.sync().unwrap();
    assert_eq!(waits(&report), [("a.db", &Cause::Waits(WaitReason::Open))]);
    assert_eq!(here(&pair, "a.db"), b"written by the program");

    pair.world.disk.user().close(program);
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(here(&pair, "a.db"), b"from another computer");
}
