//! The ways of each family, where a story would have to be lucky.

use std::time::Duration;

use navette::cloud::request::{Conditions, Put, SentDate};
use navette::cloud::{Blob, Dialect, Fate, Faults, NoFaults, Request, SharedCloud};
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::model::{Digest, RelPath};
use navette::mutant::Mutant;
use navette::plan::AllowDeletes;
use navette::report::{End, SyncOptions};
use navette_sim::world::{Turn, run};

use super::{Scenes, on};
use crate::Pair;

pub(super) const SCENES: Scenes = &[
    ("an old date used twice is seen by the checksum", &[Mutant::EtagAlone], old_date),
    ("a checksum that nobody verified proves nothing", &[Mutant::ChecksumBelieved], wrong_sum),
    ("two who create one file at once both keep it", &[Mutant::OverwrittenUnlooked], || {
        created_at_once(Fate::Proceed)
    }),
    (
        "two who create one file at once both keep it without an answer",
        &[Mutant::OverwrittenUnlooked, Mutant::CreationForgotten],
        || created_at_once(Fate::LoseReply),
    ),
    (
        "what a listing after a request for many leaves out is looked up",
        &[Mutant::UnlistedIsOurs],
        left_out,
    ),
    ("what is filled while it is deleted comes back", &[Mutant::TrashUnlooked], || {
        filled_while_deleted(Fate::Proceed)
    }),
    (
        "a deletion that comes late takes nothing new along",
        &[Mutant::TrashUnlooked, Mutant::NoQuarantine],
        || filled_while_deleted(Fate::Late),
    ),
    (
        "a deletion of an earlier process takes nothing new along",
        &[Mutant::WakesTrusting],
        deleted_by_another_process,
    ),
    ("a new file under a reused id is a new file", &[Mutant::ReusedIdTrusted], reused_id),
    ("what is only presumed equal is read when asked", &[Mutant::PresumedIsProved], presumed),
    ("a swap can be cut off at any step", &[Mutant::ParkedUnknown], swapped),
];

const ALL: SyncOptions =
    SyncOptions { allow: AllowDeletes::All, no_wait: false, dry_run: false, verify: false };

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

/// A program writes on the server, and says date and checksum itself.
fn put(pair: &Pair, at: &str, text: &str, date: i64, checksum: Option<String>) {
    let (blob, date) = (Blob::new(text.to_owned()), Some(SentDate::Seconds(date)));
    let put = Put { blob, date, checksum, conditions: Conditions::none() };
    pair.world.cloud().lock().put("u", &path(at), &put).unwrap();
    pair.world.pass(Duration::from_secs(60));
}

fn shows(pair: &Pair, text: &str) -> bool {
    pair.world.disk.snapshot().values().flatten().any(|bytes| bytes == text.as_bytes())
}

fn settled(pair: &Pair) {
    pair.world.server.set_faults(NoFaults);
    pair.world.server.land_late();
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.run(ALL).unwrap().end, End::Equal);
    assert_eq!(pair.here(), pair.there());
}

/// Somebody creates `f2` when the files before it have been written, and the
/// listing after the request leaves that out.
struct LeftOut(SharedCloud, bool);

impl Faults for LeftOut {
    fn passing(&mut self, path: &RelPath) {
        if path.as_str() == "f2" {
            drop(self.0.lock().user("u").write("f2", "theirs").unwrap());
        }
    }

    fn fate(&mut self, request: &Request<'_>) -> Fate {
        self.1 |= request.method == "POST";
        match request.method {
            "PROPFIND" if self.1 && request.path.is_root() => Fate::Omit(2),
            _ => Fate::Proceed,
        }
    }
}

fn left_out() {
    let pair = Pair::new(Dialect::Nextcloud);
    (0..4).for_each(|number| pair.write_here(&format!("f{number}"), &format!("ours {number}")));
    pair.world.pass(Duration::from_secs(60));
    pair.world.server.set_faults(LeftOut(pair.world.cloud().clone(), false));
    pair.run(SyncOptions { no_wait: true, ..ALL }).unwrap();
    settled(&pair);
    assert!(shows(&pair, "theirs") && shows(&pair, "ours 2"), "{:?}", pair.here());
}

fn old_date() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a"]);
    for text in ["first!", "second"] {
        put(&pair, "b", text, 1_600_000_000, None);
        settled(&pair);
        assert!(shows(&pair, text));
    }
}

fn wrong_sum() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_here("b", "mine");
    let sum = format!("SHA1:{}", Digest::of(b"mine").sha1.unwrap());
    put(&pair, "b", "them", 1_600_000_000, Some(sum));
    settled(&pair);
    assert!(shows(&pair, "mine") && shows(&pair, "them"));
}

fn created_at_once(fate: Fate) {
    let pair = Pair::new(Dialect::Ocis);
    pair.write_here("f", "ours");
    pair.world.pass(Duration::from_secs(60));
    let (cloud, mut written) = (pair.world.cloud().clone(), false);
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "PUT" && !std::mem::replace(&mut written, true) {
            cloud.lock().user("u").write("f", "theirs").unwrap();
            return fate.clone();
        }
        Fate::Proceed
    });
    pair.run(ALL).unwrap();
    settled(&pair);
    assert!(shows(&pair, "ours") && shows(&pair, "theirs"));
}

/// Somebody writes into a folder at the moment at which it is deleted there.
fn filled(dialect: Dialect, fate: Fate) -> Pair {
    let pair = Pair::synced(dialect, &["d/old", "keep"]);
    pair.remove_here("d");
    pair.world.pass(Duration::from_secs(10));
    let (cloud, mut written) = (pair.world.cloud().clone(), false);
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "DELETE" && !std::mem::replace(&mut written, true) {
            cloud.lock().user("u").write("d/new", "theirs").unwrap();
            return fate.clone();
        }
        Fate::Proceed
    });
    pair
}

fn filled_while_deleted(fate: Fate) {
    for dialect in [Dialect::Nextcloud, Dialect::Ocis] {
        let pair = filled(dialect, fate.clone());
        pair.run(ALL).unwrap();
        settled(&pair);
        assert!(shows(&pair, "theirs"), "{dialect:?}");
    }
}

fn deleted_by_another_process() {
    let pair = filled(Dialect::Nextcloud, Fate::Late);
    let hasty = SyncOptions { no_wait: true, ..ALL };
    pair.run(hasty).unwrap();
    pair.world.server.set_faults(NoFaults);
    pair.run(hasty).unwrap();
    settled(&pair);
    assert!(shows(&pair, "theirs"));
}

fn reused_id() {
    let disk = SimConfig { birth_times: false, ..SimConfig::default() };
    let pair = on(Dialect::Nextcloud, disk);
    pair.write_here("f", "agreed");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.write_there("f", "theirs");
    pair.remove_here("f");
    pair.write_here("g", "another");
    settled(&pair);
    assert_eq!(pair.here(), ["f", "g"]);
}

fn presumed() {
    let pair = Pair::new(Dialect::Nextcloud);
    let date = 1_600_000_000;
    pair.write_here("a", "mine");
    pair.world.disk.user().touch(&path("a"), date * 1_000_000_000).unwrap();
    put(&pair, "a", "them", date, None);
    assert_eq!(pair.sync().unwrap().counts.presumed, 1);
    pair.run(SyncOptions { verify: true, ..ALL }).unwrap();
    assert!(shows(&pair, "mine") && shows(&pair, "them"));
}

fn swapped() {
    for steps in 1.. {
        let pair = Pair::synced(Dialect::Nextcloud, &["x/a", "y/b"]);
        pair.world.disk.user().swap(&path("x"), &path("y")).unwrap();
        pair.world.pass(Duration::from_secs(60));
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await.unwrap();
            engine.sync(&ALL).await.unwrap();
        };
        let mut left = steps;
        let ended = run(&pair.world, future, || {
            left -= 1;
            if left == 0 { Turn::Cut } else { Turn::Go }
        });
        settled(&pair);
        assert_eq!(pair.there(), ["x", "x/b", "y", "y/a"], "cut off after {steps}");
        if ended.is_some() {
            return;
        }
    }
}
