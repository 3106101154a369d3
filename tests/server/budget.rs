//! Every way on which files go keeps to the budget, and none that goes slowly on
//! purpose is taken for a silence.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use navette::cloud::Dialect;
use navette::model::{Digest, Rate};
use navette::server::{
    Budget, Connection, Dav, Guard, Part, Resume, Server as _, Timeouts, Wanted,
};
use url::Url;

use crate::families::{alice, family, with};
use crate::support::{get, path, put};

const MB: usize = 1 << 20;

/// A budget that holds nothing up, and counts what passes.
fn counting() -> Arc<Budget> {
    let budget = Arc::new(Budget::default());
    budget.turn(Rate::Fixed(1 << 40), Rate::Fixed(1 << 40));
    budget
}

async fn connected(base: &Url, budget: &Arc<Budget>) -> Dav {
    let budgets = vec![budget.clone()];
    Dav::connect(Connection { budgets, ..alice(base) }).await.unwrap()
}

/// What goes up and down while `work` goes on.
async fn moved<T>(budget: &Budget, work: impl Future<Output = T>) -> (u64, u64, T) {
    let before = budget.moved();
    let done = work.await;
    let after = budget.moved();
    (after.0 - before.0, after.1 - before.1, done)
}

#[tokio::test]
async fn every_way_up_and_down_passes_the_budget_once() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |_, base| {
            let budget = counting();
            let dav = connected(&base, &budget).await;
            // One request; pieces, where there are pieces; one small write over a file.
            for (name, length) in [("small", 3000), ("large", 11 * MB), ("small", 100_000)] {
                let guard = match dav.stat(&path(name)).await.unwrap() {
                    Some(found) => found.seen.etag.map_or(Guard::Present, Guard::Version),
                    None => Guard::Absent,
                };
                let bytes = vec![7; length];
                let (up, down, _) = moved(&budget, async {
                    put(&dav, name, &guard, &bytes).await.unwrap();
                })
                .await;
                assert_eq!((up, down), (length as u64, 0), "{dialect:?} {name} {length}");
                let (up, down, got) = moved(&budget, get(&dav, name)).await;
                assert_eq!((up, down), (0, length as u64), "{dialect:?} {name} {length}");
                assert!(got == bytes);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn the_rest_of_a_file_passes_the_budget() {
    with(family(Dialect::Nextcloud), async |_, base| {
        let budget = counting();
        let dav = connected(&base, &budget).await;
        put(&dav, "f", &Guard::Absent, &[7; 5000]).await.unwrap();
        let etag = dav.stat(&path("f")).await.unwrap().unwrap().seen.etag.unwrap();
        let (_, down, length) = moved(&budget, async {
            let rest = dav.get_from(&path("f"), &Resume { offset: 2000, etag }).await.unwrap();
            let rest: Vec<Bytes> = futures::TryStreamExt::try_collect(rest.body).await.unwrap();
            rest.concat().len()
        })
        .await;
        assert_eq!((down, length), (3000, 3000));
    })
    .await;
}

#[tokio::test]
async fn files_that_go_and_come_together_pass_the_budget() {
    with(family(Dialect::Nextcloud), async |_, base| {
        let budget = counting();
        let dav = connected(&base, &budget).await;
        dav.make_dir(&path("d")).await.unwrap();
        let bytes = Bytes::from(vec![7; 10_000]);
        let part = |name: &str| Part {
            path: path(&format!("d/{name}")),
            bytes: bytes.clone(),
            sha1: Digest::of(&bytes).sha1.unwrap(),
            mtime: 1_700_000_000,
        };
        let parts = [part("a"), part("b"), part("c")];
        let (up, _, ends) = moved(&budget, dav.put_together(&parts)).await;
        assert!(ends.iter().all(Result::is_ok) && up > 30_000, "{up}");
        let listing = dav.list(&path("d")).await.unwrap();
        let files = listing.children.iter().map(|(name, child)| Wanted {
            name: name.clone(),
            size: 10_000,
            file_id: child.seen.file_id.clone(),
        });
        let wanted: Vec<_> = files.collect();
        let dir = path("d");
        let (_, down, files) = moved(&budget, dav.get_together(&dir, &wanted)).await;
        assert!(files.unwrap().iter().all(Option::is_some) && down > 30_000, "{down}");
    })
    .await;
}

#[tokio::test]
async fn listings_and_questions_are_held_by_nobody() {
    with(family(Dialect::Nextcloud), async |_, base| {
        let budget = counting();
        let dav = connected(&base, &budget).await;
        let (up, down, _) = moved(&budget, dav.list(&path(""))).await;
        assert_eq!((up, down), (0, 0));
    })
    .await;
}

/// Each piece is as much as half a second brings, and each silence that is
/// allowed is shorter than the whole way.
#[tokio::test]
async fn slowness_on_purpose_is_no_silence() {
    for dialect in [Dialect::Nextcloud, Dialect::Ocis, Dialect::Plain] {
        with(family(dialect), async |_, base| {
            let budget = Arc::new(Budget::default());
            budget.turn(Rate::Fixed(60_000), Rate::Fixed(60_000));
            let quick = Timeouts { idle: Duration::from_millis(1500), ..Timeouts::default() };
            let budgets = vec![budget.clone()];
            let to = Connection { budgets, timeouts: quick, ..alice(&base) };
            let dav = Dav::connect(to).await.unwrap();
            let bytes = vec![7; 240_000];
            put(&dav, "slow", &Guard::Absent, &bytes).await.unwrap();
            assert!(get(&dav, "slow").await == bytes, "{dialect:?}");
            assert_eq!(budget.moved(), (240_000, 240_000), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_gentle_transfer_gets_through_and_asks_without_the_account() {
    with(family(Dialect::Nextcloud), async |_, base| {
        let budget = Arc::new(Budget::default());
        budget.turn(Rate::Gentle, Rate::Gentle);
        let dav = connected(&base, &budget).await;
        let before = dav.requests();
        put(&dav, "f", &Guard::Absent, &[7; 100_000]).await.unwrap();
        assert_eq!(get(&dav, "f").await.len(), 100_000);
        // The file twice, and one question in each direction.
        assert_eq!(dav.requests() - before, 4);
    })
    .await;
}
