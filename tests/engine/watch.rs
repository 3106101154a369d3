//! A pair that is watched for a while: what makes it look, what makes it wait.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures::future::{FutureExt as _, LocalBoxFuture};
use navette::clock::Clock as _;
use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::disk::sim::{SimConfig, Unmounted};
use navette::engine::{Engine, Start};
use navette::event::Event;
use navette::journal::InMemory;
use navette::pair::OpenError;
use navette::server::{Heard, Server as _, ServerErrorKind as Failed};
use navette::watch::{Board, Circumstances, Ears, Opens, Pause, State, Wishes, stay};
use navette_sim::world::{SimClock, SimWorld, Turn, run};

use super::Pair;

/// Opens the pair of a test, and counts how often.
pub(crate) struct Opening<'a> {
    world: &'a SimWorld,
    journal: &'a InMemory,
    pub(crate) times: Cell<u32>,
    /// The ears that listen to a server that tells, if it is one.
    ears: RefCell<Option<Ears>>,
    tells: bool,
    around: Circumstances,
}

impl Opens for Opening<'_> {
    type World = SimWorld;
    type Clock = SimClock;

    fn clock(&self) -> &SimClock {
        &self.world.clock
    }

    fn circumstances(&self) -> Circumstances {
        self.around.clone()
    }

    async fn open(&self, start: Start) -> Result<Engine<SimWorld>, OpenError> {
        self.times.set(self.times.get() + 1);
        let (world, journal) = (self.world.clone(), self.journal.clone());
        Ok(match start {
            Start::Continue => Engine::open(world, journal).await?,
            Start::Anew => Engine::open_anew(world, journal).await?,
        })
    }

    fn listen(&self, _: &Engine<SimWorld>, ears: Ears) -> Option<LocalBoxFuture<'static, ()>> {
        *self.ears.borrow_mut() = Some(ears);
        self.tells.then(|| std::future::pending().boxed_local())
    }
}

/// Somebody at a pair that is watched.
pub(crate) struct Day<'a> {
    pub(crate) pair: &'a Pair,
    pub(crate) wishes: &'a Wishes,
    pub(crate) board: &'a Board,
    pub(crate) opening: &'a Opening<'a>,
}

impl Day<'_> {
    pub(crate) async fn seconds(&self, seconds: u64) {
        self.pair.world.clock.sleep(Duration::from_secs(seconds)).await;
    }

    pub(crate) fn requests(&self) -> u64 {
        self.pair.world.server.requests()
    }

    /// The server tells something.
    fn hears(&self, heard: Heard) {
        self.opening.ears.borrow().as_ref().unwrap().hear(heard);
    }

    pub(crate) fn state(&self) -> State {
        self.board.now().state
    }
}

pub(crate) fn watched(dialect: Dialect, files: &[&str]) -> Pair {
    let pair = Pair::on_disk(dialect, SimConfig { watched: true, ..SimConfig::default() });
    files.iter().for_each(|path| pair.write_here(path, path));
    pair
}

/// Watches the pair while somebody goes through a day, which begins when both
/// sides are equal.
pub(crate) fn day(pair: &Pair, story: impl AsyncFnOnce(&Day<'_>)) {
    day_with(pair, false, story);
}

/// As [`day`], with a server that tells of changes, if it does.
fn day_with(pair: &Pair, tells: bool, story: impl AsyncFnOnce(&Day<'_>)) {
    day_in(pair, tells, Circumstances::default(), story);
}

/// As [`day`], in such circumstances.
pub(crate) fn day_in(
    pair: &Pair,
    tells: bool,
    around: Circumstances,
    story: impl AsyncFnOnce(&Day<'_>),
) {
    let (wishes, board) = (Wishes::default(), Rc::new(Board::new(0)));
    let shown = board.clone();
    let clock = pair.world.clock.clone();
    let hears = Rc::new(move |event: &Event| shown.hear(event, 0, clock.now()));
    let world = SimWorld { hears, ..pair.world.clone() };
    let (times, ears) = (Cell::new(0), RefCell::new(None));
    let opening = Opening { world: &world, journal: &pair.journal, times, ears, tells, around };
    let day = Day { pair, wishes: &wishes, board: &board, opening: &opening };
    let living = async {
        day.seconds(20).await;
        assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        story(&day).await;
        wishes.end();
    };
    let both = async { futures::join!(stay(&opening, &wishes, &board), living) };
    run(&pair.world, both, || Turn::Go).expect("nobody cuts it off");
}

#[test]
fn a_change_here_is_there_two_seconds_later_and_costs_no_look_at_the_rest() {
    day(&watched(Dialect::Nextcloud, &["a/x", "b/y"]), async |day| {
        let before = day.requests();
        day.pair.write_here("a/x", "changed");
        day.seconds(4).await;
        assert_eq!(day.pair.there(), ["a", "a/x", "b", "b/y"]);
        let there = day.pair.world.cloud().lock().user("u").bytes("a/x").unwrap();
        assert_eq!(there, "changed".as_bytes());
        assert!(day.requests() - before < 12, "{} requests", day.requests() - before);
        assert!(matches!(day.state(), State::UpToDate));
    });
}

#[test]
fn at_rest_each_poll_is_one_request() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = watched(dialect, &["a/x", "b/y"]);
        let poll = pair.world.server.profile().poll.as_secs();
        day(&pair, async |day| {
            day.seconds(poll).await;
            let before = day.requests();
            day.seconds(10 * poll + 5).await;
            assert_eq!(day.requests() - before, 10, "{dialect:?}");
            assert_eq!(day.opening.times.get(), 1);
        });
    }
}

#[test]
fn a_change_there_is_here_after_the_next_poll() {
    for dialect in Dialect::ALL {
        let pair = watched(dialect, &["a/x"]);
        let poll = pair.world.server.profile().poll.as_secs();
        day(&pair, async |day| {
            day.pair.write_there("a/new", "new");
            day.seconds(poll + 10).await;
            assert_eq!(day.pair.here(), ["a", "a/new", "a/x"], "{dialect:?}");
        });
    }
}

#[test]
fn what_a_server_tells_is_looked_at_at_once_and_it_is_seldom_asked() {
    day_with(&watched(Dialect::Nextcloud, &["a/x"]), true, async |day| {
        day.pair.write_there("a/before", "nobody told");
        day.hears(Heard::Listening);
        day.seconds(5).await;
        assert_eq!(day.pair.here(), ["a", "a/before", "a/x"], "looked for once");
        assert!(day.board.now().told);
        day.seconds(300).await;
        let before = day.requests();
        day.seconds(3000).await;
        assert_eq!(day.requests() - before, 10);
        day.pair.write_there("a/new", "told");
        day.hears(Heard::Change);
        day.seconds(3).await;
        assert_eq!(day.pair.here().len(), 4);
    });
}

#[test]
fn a_word_that_got_lost_is_made_good_within_minutes_and_after_a_cut_at_once() {
    day_with(&watched(Dialect::Ocis, &["a/x"]), true, async |day| {
        day.hears(Heard::Listening);
        day.seconds(20).await;
        day.pair.write_there("a/lost", "nobody told");
        day.seconds(310).await;
        assert_eq!(day.pair.here(), ["a", "a/lost", "a/x"]);
        day.hears(Heard::Deaf);
        day.seconds(20).await;
        assert!(!day.board.now().told);
        day.pair.write_there("a/cut", "nobody could tell");
        day.hears(Heard::Listening);
        day.seconds(5).await;
        assert_eq!(day.pair.here().len(), 4);
    });
}

#[test]
fn without_words_it_is_asked_as_often_as_before() {
    let pair = watched(Dialect::Nextcloud, &["a/x"]);
    let poll = pair.world.server.profile().poll.as_secs();
    day_with(&pair, true, async |day| {
        day.hears(Heard::Listening);
        day.seconds(20).await;
        day.hears(Heard::Deaf);
        day.seconds(poll).await;
        let before = day.requests();
        day.seconds(10 * poll).await;
        assert_eq!(day.requests() - before, 10);
    });
}

#[test]
fn a_lost_event_is_made_good_within_an_hour() {
    day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
        day.pair.write_here("a/new", "new");
        day.pair.world.disk.lose_events();
        day.seconds(600).await;
        assert_eq!(day.pair.there(), ["a", "a/x"], "nobody told");
        day.seconds(3600).await;
        assert_eq!(day.pair.there(), ["a", "a/new", "a/x"]);
    });
}

#[test]
fn a_refused_password_stops_the_account_until_somebody_says_so() {
    day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
        let refuse = |_: &Request<'_>| Fate::Fail(Failed::SignIn);
        day.pair.world.server.set_faults(refuse);
        day.pair.write_here("a/x", "changed");
        day.seconds(10).await;
        assert!(matches!(day.state(), State::Stopped(_)), "{:?}", day.state());
        let before = day.requests();
        day.pair.write_here("a/y", "and more");
        day.seconds(24 * 3600).await;
        assert_eq!(day.requests(), before, "each one would be another attempt to sign in");
        day.pair.world.server.set_faults(NoFaults);
        day.wishes.resume();
        day.seconds(10).await;
        assert_eq!(day.pair.there(), ["a", "a/x", "a/y"]);
        assert!(matches!(day.state(), State::UpToDate));
    });
}

#[test]
fn an_overloaded_server_is_left_alone_for_as_long_as_it_asks() {
    day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
        let busy = |_: &Request<'_>| Fate::Fail(Failed::Busy(Some(Duration::from_secs(600))));
        day.pair.world.server.set_faults(busy);
        day.pair.write_here("a/x", "changed");
        day.seconds(10).await;
        assert!(matches!(day.state(), State::Hindered(_)), "{:?}", day.state());
        day.pair.world.server.set_faults(NoFaults);
        let before = day.requests();
        day.seconds(580).await;
        assert_eq!(day.requests(), before);
        day.seconds(160).await;
        assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        assert_eq!(day.opening.times.get(), 1, "the engine has stayed");
    });
}

#[test]
fn a_server_that_cannot_be_reached_is_asked_more_and_more_seldom() {
    day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
        day.pair.world.server.set_faults(|_: &Request<'_>| Fate::Fail(Failed::Unreachable));
        day.pair.write_here("a/x", "changed");
        day.seconds(60).await;
        let before = day.requests();
        day.seconds(3600).await;
        assert!((10..20).contains(&(day.requests() - before)), "{}", day.requests() - before);
        day.pair.world.server.set_faults(NoFaults);
        day.seconds(400).await;
        assert!(matches!(day.state(), State::UpToDate));
    });
}

#[test]
fn in_a_pause_nothing_moves_and_afterwards_everything() {
    day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
        day.wishes.pause(Pause::Open);
        day.pair.write_here("a/y", "here");
        day.pair.write_there("a/z", "there");
        let before = day.requests();
        day.seconds(3600).await;
        assert_eq!(day.requests(), before);
        assert!(matches!(day.state(), State::Paused(Pause::Open)));
        day.wishes.resume();
        day.seconds(10).await;
        assert_eq!((day.pair.there(), day.pair.here().len()), (day.pair.here(), 4));
        let end = day.pair.world.clock.wall() + 3600;
        day.wishes.pause(Pause::Until(end));
        day.pair.write_here("a/last", "here");
        day.seconds(3500).await;
        assert_eq!(day.pair.there().len(), 4, "not yet");
        day.seconds(130).await;
        assert_eq!(day.pair.there().len(), 5, "an hour later it goes on by itself");
    });
}

#[test]
fn a_pause_breaks_off_what_is_under_way_and_loses_nothing() {
    let names: Vec<String> = (0..40).map(|number| format!("many/{number}")).collect();
    let pair = watched(Dialect::Ocis, &["a/x"]);
    day(&pair, async |day| {
        names.iter().for_each(|name| day.pair.write_here(name, name));
        let busy = async {
            while !matches!(day.state(), State::Syncing(_)) {
                day.pair.world.clock.sleep(Duration::from_millis(10)).await;
            }
        };
        busy.await;
        day.wishes.pause(Pause::Open);
        day.seconds(60).await;
        assert!(day.pair.there().len() < 43, "it was broken off");
        day.wishes.resume();
        day.seconds(60).await;
        assert_eq!((day.pair.there().len(), day.pair.there()), (43, day.pair.here()));
    });
}

#[test]
fn a_disk_that_is_away_deletes_nothing_and_is_missed_for_seconds_only() {
    for leaving in [Unmounted::Gone, Unmounted::Empty] {
        day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
            day.pair.world.disk.unmount(leaving);
            day.seconds(3600).await;
            assert!(matches!(day.state(), State::Hindered(_)), "{leaving:?}: {:?}", day.state());
            assert_eq!(day.pair.there(), ["a", "a/x"]);
            day.pair.world.disk.mount();
            day.seconds(400).await;
            assert!(matches!(day.state(), State::UpToDate), "{leaving:?}: {:?}", day.state());
        });
    }
}

#[test]
fn what_fails_is_tried_again_later_and_when_it_changes_at_once() {
    day(&watched(Dialect::Nextcloud, &["a/x"]), async |day| {
        let tries = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let counted = tries.clone();
        day.pair.world.server.set_faults(move |request: &Request<'_>| match request.method {
            "PUT" if request.path.as_str() == "a/bad" => {
                counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Fate::Fail(Failed::Status(500))
            }
            _ => Fate::Proceed,
        });
        let so_far = || tries.load(std::sync::atomic::Ordering::Relaxed);
        day.pair.write_here("a/bad", "refused");
        day.seconds(10).await;
        let first = so_far();
        assert!(first > 0, "it was tried");
        day.pair.write_here("a/good", "taken");
        day.seconds(10).await;
        assert_eq!(so_far(), first, "not again in the next run");
        assert_eq!(day.pair.there(), ["a", "a/good", "a/x"]);
        day.seconds(40).await;
        let second = so_far();
        assert!(second > first, "but after half a minute");
        day.seconds(60).await;
        assert_eq!(so_far(), second, "and then not so soon");
        day.pair.write_here("a/bad", "changed");
        day.seconds(10).await;
        assert!(so_far() > second, "a change is tried at once");
        day.pair.world.server.set_faults(NoFaults);
        day.seconds(3600).await;
        assert!(matches!(day.state(), State::UpToDate));
        assert_eq!(day.pair.there(), day.pair.here());
    });
}
