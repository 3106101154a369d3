//! Room for uploads, over HTTP.

use navette::cloud::Dialect;
use navette::model::RelPath;
use navette::server::Server as _;

use crate::families::{connected, family, with};

/// What Nextcloud lists as room is up to five minutes old.
#[tokio::test]
async fn room_that_was_just_made_counts_though_listings_do_not_show_it_yet() {
    with(family(Dialect::Nextcloud), async |cloud, base| {
        let root = RelPath::root();
        cloud.lock().set_quota("alice", Some(10));
        let dav = connected(&base).await;
        assert_eq!(dav.room(&root).await.unwrap(), Some(10));
        for (quota, room) in [(Some(1000), Some(1000)), (Some(5), Some(5)), (None, None)] {
            cloud.lock().set_quota("alice", quota);
            let listed = dav.stat(&root).await.unwrap().unwrap().quota_free;
            assert_eq!(listed, Some(10), "the listing is old");
            assert_eq!(dav.room(&root).await.unwrap(), room);
        }
    })
    .await;
}
