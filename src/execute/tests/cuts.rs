//! Every verb, cut between any two primitives: by the end of the process, and
//! by a power cut that takes un-synced work and the journal's last commits
//! along. After the next start the user's bytes are somewhere a user finds them.

use super::lab::{Lab, Row, name, path, steps};
use crate::cloud::Dialect;
use crate::disk::sim::SimConfig;
use crate::entropy::Entropy as _;
use crate::model::{NodeId, Side, Stand};
use crate::plan::Op;

/// What is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// The process.
    Process,
    /// The power; so many commits of the journal survive.
    Power { commits: usize, seed: u64 },
}

/// Cuts the steps that `make` gives after every number of polls, starts again
/// and lets `check` look. The start itself is cut as well, once per run, at
/// another moment each time.
fn cut_everywhere(
    config: SimConfig,
    make: impl Fn(&mut Lab) -> Vec<Op>,
    check: impl Fn(&Lab, &str),
) {
    let powers =
        (0..6).map(|seed| Cut::Power { commits: usize::try_from(seed % 3).unwrap(), seed });
    for cut in std::iter::once(Cut::Process).chain(powers) {
        for polls in 0..2000 {
            let mut lab = Lab::with(Dialect::Nextcloud, config);
            let ops = make(&mut lab);
            lab.journal.as_mut().unwrap().barrier().unwrap();
            lab.world.disk.settle();
            let ended = lab.cut(&steps(ops), polls);
            if let Cut::Power { commits, seed } = cut {
                let chance = Row::default();
                (0..=seed).for_each(|_| _ = chance.bits());
                lab.world.disk.crash(&chance);
                lab.files.power_cut(commits);
            }
            lab.cut_start(polls % 17);
            lab.start();
            let what = format!("{cut:?} after {polls} polls");
            let left: Vec<_> =
                lab.staged().into_iter().filter(|name| !name.ends_with(".park")).collect();
            assert!(left.is_empty(), "{what}: {left:?} in staging");
            for (number, aside) in &lab.rows().asides {
                let at = format!(".navette/aside/{}", aside.stored);
                assert!(lab.bytes_here(&at).is_some(), "{what}: aside {number} is not there");
            }
            check(&lab, &what);
            if ended {
                assert!(polls > 0);
                break;
            }
            assert!(polls < 1999, "it never ended");
        }
    }
}

fn configs() -> [SimConfig; 2] {
    [SimConfig::default(), SimConfig::windows()]
}

#[test]
fn a_cut_fetch_leaves_the_whole_file_or_nothing() {
    cut_everywhere(
        SimConfig::default(),
        |lab| {
            let node = lab.there("f", Some("bytes of the server"));
            vec![Op::Fetch { node, to: lab.place("f"), alias: None, given: false }]
        },
        |lab, what| match lab.bytes_here("f") {
            Some(bytes) => assert_eq!(bytes, "bytes of the server", "{what}"),
            None => assert!(lab.rows().local.is_empty(), "{what}: a row without a file"),
        },
    );
}

#[test]
fn a_cut_replace_keeps_the_old_bytes_and_shows_old_or_new() {
    for config in configs() {
        cut_everywhere(
            config,
            |lab| {
                let node = lab.both("f", Some("old"));
                lab.write_there("f", Some("new bytes"));
                lab.look_there_unread("f");
                vec![Op::Replace { node, keep: None }]
            },
            |lab, what| {
                assert!(lab.has_here("old"), "{what}: the old bytes are gone");
                let shown = lab.bytes_here("f").unwrap_or_else(|| panic!("{what}: no file"));
                assert!(shown == "old" || shown == "new bytes", "{what}: {shown}");
                assert_eq!(lab.shown_here(), ["f"], "{what}: a needless copy");
            },
        );
    }
}

#[test]
fn a_cut_replace_of_an_edited_file_keeps_the_edit_in_sight() {
    for config in configs() {
        cut_everywhere(
            config,
            |lab| {
                let node = lab.both("f", Some("old"));
                lab.write_here("f", "mine");
                lab.look_here("f");
                lab.write_there("f", Some("theirs"));
                lab.look_there_unread("f");
                vec![Op::Replace { node, keep: Some((NodeId(50), name("copy"))) }]
            },
            |lab, what| {
                assert!(lab.shows_here("mine"), "{what}: {:?}", lab.shown_here());
                assert!(lab.bytes_here("f").is_some(), "{what}: no file");
                assert!(lab.shown_here().len() <= 2, "{what}: {:?}", lab.shown_here());
            },
        );
    }
}

#[test]
fn a_cut_removal_leaves_the_file_in_sight_or_in_the_store() {
    cut_everywhere(
        SimConfig::default(),
        |lab| {
            let node = lab.both("f", Some("bytes"));
            vec![Op::Remove { side: Side::Local, node, with: vec![node] }]
        },
        |lab, what| {
            assert!(lab.has_here("bytes"), "{what}");
            let aside = !lab.shows_here("bytes");
            assert_eq!(aside, !lab.rows().asides.is_empty(), "{what}: unknown to the journal");
            if !aside {
                return;
            }
            assert!(lab.rows().pair.next_aside > 0, "{what}: the number could be given again");
        },
    );
}

#[test]
fn a_cut_swap_leaves_every_node_where_the_rows_say_or_where_its_id_shows() {
    cut_everywhere(
        SimConfig::default(),
        |lab| {
            let (a, b) = (lab.both("a", Some("one")), lab.both("b", Some("two")));
            let (at_a, at_b) = (lab.place("a"), lab.place("b"));
            let go = |node, to| Op::Move { side: Side::Local, node, to, alias: None, given: false };
            vec![Op::Park { side: Side::Local, node: a }, go(b, at_a), go(a, at_b)]
        },
        |lab, what| {
            assert!(lab.has_here("one") && lab.has_here("two"), "{what}");
            let parked = lab.staged();
            let a = lab.node("a");
            assert_eq!(
                parked.len() == 1,
                lab.rows().local[&a].stand == Stand::Parked,
                "{what}: {parked:?}"
            );
        },
    );
}

#[test]
fn a_parked_folder_keeps_what_is_in_it() {
    cut_everywhere(
        SimConfig::default(),
        |lab| {
            let dir = lab.both("d", None);
            lab.both("d/f", Some("inside"));
            vec![Op::Park { side: Side::Local, node: dir }]
        },
        |lab, what| {
            assert!(lab.has_here("inside"), "{what}");
            let at = lab.at(Side::Local, lab.node("d/f")).unwrap();
            assert_eq!(lab.bytes_here(&at).as_deref(), Some("inside"), "{what}: {at}");
        },
    );
}

#[test]
fn a_cut_upload_leaves_its_intent() {
    cut_everywhere(
        SimConfig::default(),
        |lab| {
            let node = lab.here("f", Some("mine"));
            vec![Op::Send { node, to: lab.place("f") }]
        },
        |lab, what| {
            assert!(lab.shows_here("mine"), "{what}");
            let node = lab.node("f");
            let known = lab.rows().remote.contains_key(&node);
            let asked = lab.rows().intents.contains_key(&node);
            let arrived = lab.bytes_there("f").is_some();
            // Without a power cut the journal explains whatever is on the server.
            assert!(!what.starts_with("Process") || !arrived || known || asked, "{what}");
        },
    );
}

#[test]
fn bytes_written_while_a_replace_is_cut_are_kept() {
    for config in configs() {
        for (write_at, polls) in (0..60).flat_map(|at| [(at, at + 2), (at, at + 6), (at, 500)]) {
            let mut lab = Lab::with(Dialect::Nextcloud, config);
            let node = lab.both("f", Some("old"));
            lab.write_there("f", Some("theirs"));
            lab.look_there_unread("f");
            let ops = steps(vec![Op::Replace { node, keep: None }]);
            lab.cut_while(&ops, polls, |turn, world| {
                let user = world.disk.user();
                // An editor saves; without exchange the place may be free.
                if turn == write_at && user.save_by_rename(&path("f"), b"newest").is_err() {
                    user.create(&path("f"), b"newest").unwrap();
                }
            });
            lab.start();
            let wrote = lab.has_here("newest");
            assert!(!wrote || lab.shows_here("newest"), "{config:?}: {write_at}, {polls}");
            assert!(wrote || polls <= write_at || write_at > 15, "{config:?}: {write_at}, {polls}");
        }
    }
}

#[test]
fn a_late_writer_through_an_open_handle_is_not_lost_in_a_replace() {
    for write_at in 0..60 {
        let mut lab = Lab::new();
        let node = lab.both("f", Some("old"));
        lab.write_there("f", Some("theirs"));
        lab.look_there_unread("f");
        let handle = lab.world.disk.user().hold_open(&path("f")).unwrap();
        let ops = steps(vec![Op::Replace { node, keep: None }]);
        lab.cut_while(&ops, 500, |turn, world| {
            if turn == write_at {
                world.disk.user().late_write(handle, b"late bytes").unwrap();
            }
        });
        lab.start();
        assert!(lab.has_here("late bytes") || write_at > 15, "{write_at}");
    }
}
