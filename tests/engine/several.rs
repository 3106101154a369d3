//! Several pairs of one account.

use std::time::Duration;

use navette::cloud::{Dialect, Direct};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::report::End;

use crate::Pair;
use navette_sim::world::SimWorld;

/// Two folders of one computer, one of which is paired with a folder of the
/// server that lies in the other's: each takes the other's changes as anybody's.
#[test]
fn two_pairs_whose_folders_on_the_server_lie_in_one_another_stay_equal() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let outer = Pair::synced(dialect, &["a", "sub/b"]);
        let sub = RelPath::parse("sub").unwrap();
        let server = Direct::new(outer.world.cloud().clone(), "u", sub);
        let clock = outer.world.clock.clone();
        let world = SimWorld { clock, ..SimWorld::new(SimDisk::new(SimConfig::default()), server) };
        let inner = Pair { world, journal: InMemory::new() };
        let rest = || {
            for _ in 0..3 {
                inner.world.pass(Duration::from_secs(10));
                outer.world.pass(Duration::from_secs(10));
                assert_eq!(inner.sync().unwrap().end, End::Equal, "{dialect:?}");
                assert_eq!(outer.sync().unwrap().end, End::Equal, "{dialect:?}");
            }
        };
        rest();
        inner.write_here("c/d", "inner");
        outer.write_here("sub/e", "outer");
        rest();
        inner.remove_here("b");
        outer.write_here("sub/c/d", "outer");
        inner.write_here("e", "inner");
        rest();
        assert_eq!(inner.here(), ["c", "c/d", "e"], "{dialect:?}");
        assert_eq!(outer.here(), ["a", "sub", "sub/c", "sub/c/d", "sub/e"], "{dialect:?}");
        let at = |pair: &Pair, path: &str| pair.world.disk.snapshot()[path].clone();
        assert_eq!(at(&inner, "c/d"), at(&outer, "sub/c/d"));
        assert_eq!(at(&inner, "e"), at(&outer, "sub/e"));
        assert!(outer.there().iter().all(|path| !path.contains("conflict")), "{dialect:?}");
    }
}
