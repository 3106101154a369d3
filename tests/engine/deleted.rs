//! What is deleted on the server under no condition is looked at in its trash,
//! and comes back if somebody had just put something into it.

use navette::cloud::{Dialect, Fate, Request};
use navette::plan::AllowDeletes;
use navette::report::{End, Report, SyncOptions};

use super::Pair;

const FAMILIES: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];

/// A pair with a folder `s/d` that is deleted here, `s` being somebody's share
/// if `shared`.
fn deleting(dialect: Dialect, shared: bool) -> Pair {
    let pair = Pair::synced(dialect, &["s/d/a", "s/d/e/b", "s/k", "k"]);
    if shared {
        pair.world.cloud().lock().user("u").share("s", Some("SRGDNVCK")).unwrap();
        pair.write_there("s/k", "changed, so that the letters are seen");
        assert_eq!(pair.sync().unwrap().end, End::Equal);
    }
    pair.remove_here("s/d");
    pair
}

fn deletes(pair: &Pair) -> Report {
    let allow = AllowDeletes::All;
    pair.run(SyncOptions { allow, ..SyncOptions::default() }).unwrap()
}

#[test]
fn what_somebody_puts_into_a_dying_folder_is_shown_again() {
    for (dialect, shared) in FAMILIES.iter().flat_map(|family| [(*family, false), (*family, true)])
    {
        let pair = deleting(dialect, shared);
        let cloud = pair.world.cloud().clone();
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if request.method == "DELETE" && cloud.lock().user("u").bytes("s/d/a").is_some() {
                drop(cloud.lock().user("u").write("s/d/e/new", "theirs").unwrap());
            }
            Fate::Proceed
        });
        deletes(&pair);
        let what = format!("{dialect:?}, shared: {shared}");
        assert!(pair.there().contains(&"s/d/e/new".to_owned()), "{what}: {:?}", pair.there());
        assert_eq!(pair.here(), pair.there(), "{what}");
    }
}

/// Its id is another one than that of what was to go, and its place the same.
#[test]
fn what_somebody_moves_to_the_place_of_a_dying_folder_comes_back() {
    for dialect in FAMILIES {
        let pair = Pair::synced(dialect, &["d/a", "e/b"]);
        pair.remove_here("d");
        let cloud = pair.world.cloud().clone();
        pair.world.server.set_faults(move |request: &Request<'_>| {
            let mut cloud = cloud.lock();
            if request.method == "DELETE" && cloud.user("u").bytes("e/b").is_some() {
                cloud.user("u").rename("d", "f").unwrap();
                cloud.user("u").rename("e", "d").unwrap();
            }
            Fate::Proceed
        });
        deletes(&pair);
        let bytes = pair.world.cloud().lock().user("u").bytes("d/b");
        assert_eq!(bytes.as_deref(), Some(&b"e/b"[..]), "{dialect:?}: {:?}", pair.there());
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
    }
}

#[test]
fn a_folder_that_dies_as_it_was_seen_stays_dead() {
    for (dialect, shared) in FAMILIES.iter().flat_map(|family| [(*family, false), (*family, true)])
    {
        let pair = deleting(dialect, shared);
        assert_eq!(deletes(&pair).end, End::Equal);
        assert_eq!(pair.there(), ["k", "s", "s/k"], "{dialect:?}, shared: {shared}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}, shared: {shared}");
    }
}
