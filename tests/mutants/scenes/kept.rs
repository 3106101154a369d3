//! What is kept, on this disk and by the rights of a share.

use std::time::Duration;

use navette::cloud::Dialect;
use navette::disk::DiskErrorKind;
use navette::disk::sim::SimConfig;
use navette::journal::Journal;
use navette::model::{Body, Change, NodeId, PairState, RelPath, Side, Tree};
use navette::mutant::Mutant;
use navette::plan::{AllowDeletes, Op};
use navette::report::{End, SyncOptions};
use navette_sim::platter::Platter;
use navette_sim::tape::Dice;
use navette_sim::world::{Turn, run};

use super::{Scenes, on};
use crate::Pair;
use crate::world::{Chance, World, bytes, entry, name};

pub(super) const SCENES: Scenes = &[
    ("a forbidden edit stays here beside the server's version", &[Mutant::RightsIgnored], rights),
    ("names that a disk takes for one are both shown", &[Mutant::NoAliases], aliases),
    ("what is not kept here is not deleted there", &[Mutant::HiddenIsDeleted], hidden),
    (
        "what is moved into a folder that is not kept stays until the server shows it",
        &[Mutant::HiddenBeforeItMoved],
        moved_out_of_sight,
    ),
    (
        "equal bytes deleted on both sides may have been moved",
        &[Mutant::MissedMovesGo],
        missed_move,
    ),
    (
        "what a cut exchange has left of a user's comes back",
        &[Mutant::SwapPurged, Mutant::SweepOmitted],
        swapped,
    ),
    ("what is deleted there is put aside here", &[Mutant::NotPutAside], put_aside),
    (
        "what could not be made durable is not in the journal",
        &[Mutant::UnsyncedCommitted],
        not_durable,
    ),
    ("a barrier of the journal survives a power cut", &[Mutant::JournalAsync], barrier),
];

fn rights() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_there("team/plan", "of others");
    pair.world.cloud().lock().user("u").share("team", Some("SRG")).unwrap();
    pair.world.cloud().lock().user("u").share("team/plan", Some("SRG")).unwrap();
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.write_here("team/plan", "mine");
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Unfinished);
    let here = pair.world.disk.snapshot();
    assert_eq!(here["team/plan"].as_deref(), Some(&b"of others"[..]));
    assert!(here.values().flatten().any(|bytes| bytes == b"mine"));
}

fn aliases() {
    let pair = on(Dialect::Nextcloud, SimConfig::macos());
    pair.write_there("a", "small");
    pair.write_there("A", "large");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.here().len(), 2);
}

/// What was taken away here because it is not kept here is no deletion.
fn hidden() {
    let tree: Tree =
        [(NodeId(1), entry(0, name("d"), Body::Dir)), (NodeId(2), entry(1, name("f"), bytes(2)))]
            .into_iter()
            .collect();
    let mut world = World::new(&tree, &Tree::default(), &tree);
    world.deselected.insert(NodeId(1));
    world.settle(&mut Chance::new(1), 6).unwrap();
    assert_eq!((&world.local.tree, &world.remote.tree), (&Tree::default(), &tree));
}

/// A folder that is not kept here goes with what its user has just moved into
/// it, but not before the server has it there.
fn moved_out_of_sight() {
    let file = (NodeId(3), entry(2, name("f"), bytes(3)));
    let tree = |above| {
        let kept = (NodeId(1), entry(0, name("a"), Body::Dir));
        [kept, (NodeId(2), entry(above, name("b"), Body::Dir)), file.clone()].into_iter().collect()
    };
    let (before, moved): (Tree, Tree) = (tree(0), tree(1));
    let mut world = World::new(&before, &moved, &before);
    world.deselected.insert(NodeId(1));
    let plan = world.plan().unwrap();
    let taken = |op: &Op| matches!(op, Op::Remove { side: Side::Local, .. });
    assert!(!plan.steps.iter().any(|step| taken(&step.op)), "{plan:?}");
    world.settle(&mut Chance::new(1), 6).unwrap();
    assert_eq!((&world.local.tree, &world.remote.tree), (&Tree::default(), &moved));
}

/// Of two files with the same bytes one was deleted here, the other there.
fn missed_move() {
    let file = |node, at| (NodeId(node), entry(0, name(at), bytes(5)));
    let both: Tree = [file(1, "a"), file(2, "b")].into_iter().collect();
    let (one, other) = ([file(1, "a")].into_iter().collect(), [file(2, "b")].into_iter().collect());
    let mut world = World::new(&both, &one, &other);
    world.settle(&mut Chance::new(1), 6).unwrap();
    assert!(world.contents().contains(&bytes(5)));
}

/// The name tells the hash of the server's bytes: these are not they.
fn swapped() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let at = RelPath::parse(&format!(".navette/staging/77.{}.swap", "ab".repeat(32))).unwrap();
    pair.world.disk.user().create(&at, b"a user's").unwrap();
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    let here = pair.world.disk.snapshot();
    assert!(here.values().flatten().any(|bytes| bytes == b"a user's"), "{here:?}");
}

fn put_aside() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    pair.remove_there("b");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    let all = pair.world.disk.snapshot_all();
    assert!(all.values().flatten().any(|bytes| bytes == b"b"), "{all:?}");
}

fn not_durable() {
    for seed in 0..8 {
        let pair = Pair::synced(Dialect::OwnCloud10, &["d/a"]);
        pair.write_there("d/b", "theirs");
        pair.world.pass(Duration::from_secs(60));
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let options = SyncOptions { no_wait: true, allow: AllowDeletes::All, ..Default::default() };
        let future = async move {
            let mut engine = navette::engine::Engine::open(world, journal).await?;
            engine.sync(&options).await
        };
        // The disk breaks between the effect and the folder's sync, and then the power fails.
        let folder = RelPath::parse("d").unwrap();
        let mut steps = 0;
        let _ = run(&pair.world, future, || {
            if pair.world.disk.snapshot().contains_key("d/b") {
                pair.world.disk.fault(&folder, DiskErrorKind::Broken);
                steps += 1;
            }
            if steps > 40 { Turn::Cut } else { Turn::Go }
        });
        pair.world.disk.heal(&folder);
        pair.world.disk.crash(&Dice::new(seed));
        pair.world.pass(Duration::from_secs(60));
        let all = SyncOptions { allow: AllowDeletes::All, ..SyncOptions::default() };
        assert_eq!(pair.run(all).unwrap().end, End::Equal, "{seed}");
        assert_eq!(pair.there(), ["d", "d/a", "d/b"], "{seed}");
    }
}

fn barrier() {
    let counted = |next_node| Change::Pair(Box::new(PairState { next_node, ..Default::default() }));
    for seed in 0..8 {
        let platter = Platter::new();
        let (mut journal, _) = Journal::open(platter.clone()).unwrap();
        journal.commit(vec![counted(100)]).unwrap();
        journal.barrier().unwrap();
        journal.commit(vec![counted(200)]).unwrap();
        platter.kill();
        drop(journal);
        platter.power_cut(&Dice::new(seed));
        let (journal, _) = Journal::open(platter).unwrap();
        assert!(journal.rows().pair.next_node >= 100, "{seed}");
    }
}
