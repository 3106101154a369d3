//! What each family makes of deletions, locks, cut requests and backups,
//! asserted on the model alone.

use navette::cloud::refusal::Method;
use navette::cloud::request::{Conditions, Put};
use navette::cloud::{Blob, Cloud, Dialect, Refusal, Shot};

use Dialect::{Nextcloud, Ocis, OwnCloud10, Plain};

use crate::families::{cloud, each, later, look, path, put};

#[test]
fn what_is_deleted_can_be_taken_back_with_its_id_where_there_is_a_trash() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        let before = look(&cloud, "d/e/f.txt");
        cloud.user("alice").delete("d/e").unwrap();
        assert_eq!(cloud.trash("alice").unwrap().len(), usize::from(dialect != Plain));
        let restored = cloud.user("alice").restore("d/e");
        if dialect == Plain {
            assert_eq!(restored, Err(Refusal::NotFound));
            continue;
        }
        assert_eq!(look(&cloud, "d/e/f.txt").id, before.id);
        assert_eq!(look(&cloud, "d/e/f.txt").etag, before.etag);
        assert!(cloud.trash("alice").unwrap().is_empty());
    }
}

#[test]
fn what_is_deleted_below_a_share_is_a_copy_in_ones_own_trash() {
    let mut cloud = cloud(Nextcloud);
    cloud.user("alice").share("d", Some("SRGDNVCK")).unwrap();
    let before = look(&cloud, "d/e/f.txt");
    cloud.user("alice").delete("d/e").unwrap();
    cloud.user("alice").restore("d/e").unwrap();
    assert_ne!(look(&cloud, "d/e/f.txt").id, before.id);
    assert_eq!(cloud.user("alice").bytes("d/e/f.txt").unwrap(), "one");
}

#[test]
fn a_name_that_is_taken_meanwhile_does_not_stop_a_restoration() {
    let mut cloud = cloud(Nextcloud);
    cloud.user("alice").delete("d/e/f.txt").unwrap();
    cloud.user("alice").write("d/e/f.txt", "new").unwrap();
    cloud.user("alice").restore("d/e/f.txt").unwrap();
    assert_eq!(cloud.user("alice").bytes("d/e/f (restored).txt").unwrap(), "one");
    assert_eq!(cloud.user("alice").bytes("d/e/f.txt").unwrap(), "new");
}

#[test]
fn what_a_move_replaces_is_in_the_trash() {
    let mut cloud = cloud(OwnCloud10);
    put(&mut cloud, "g", "two", None).unwrap();
    let none = Conditions::none();
    let (from, to) = (path("g"), path("d/e/f.txt"));
    assert_eq!(cloud.rename("alice", &from, &to, false, &none), Err(Refusal::TargetExists));
    assert!(!cloud.rename("alice", &from, &to, true, &none).unwrap().created);
    assert_eq!(cloud.trash("alice").unwrap()[0].location, to);
    assert_eq!(cloud.user("alice").bytes("d/e/f.txt").unwrap(), "two");
}

#[test]
fn a_locked_file_is_refused_in_the_familys_words() {
    let law = |cloud: &mut Cloud| {
        let dialect = cloud.dialect();
        cloud.user("alice").lock("d/e/f.txt", true).unwrap();
        let status =
            |result: Result<(), Refusal>, method| result.unwrap_err().status(dialect, method);
        let written = put(cloud, "d/e/f.txt", "x", None);
        let moved = cloud.user("alice").rename("d/e/f.txt", "g").map(drop);
        let folder = cloud.user("alice").rename("d", "g").map(drop);
        let deleted = cloud.user("alice").delete("d");
        [
            status(written, Method::Put),
            status(moved, Method::Move),
            status(folder, Method::Move),
            status(deleted, Method::Delete),
        ]
    };
    each(
        [
            (Nextcloud, [423, 500, 500, 423]),
            (OwnCloud10, [423, 500, 500, 423]),
            (Ocis, [423; 4]),
            (Plain, [423; 4]),
        ],
        law,
    );
}

#[test]
fn a_file_cannot_be_put_where_its_folder_is_missing_or_a_folder_stands() {
    let law = |cloud: &mut Cloud| {
        let dialect = cloud.dialect();
        [put(cloud, "no/where", "x", None), put(cloud, "d/e", "x", None)]
            .map(|result| result.unwrap_err().status(dialect, Method::Put))
    };
    each(
        [(Nextcloud, [404, 409]), (OwnCloud10, [409; 2]), (Ocis, [409; 2]), (Plain, [409; 2])],
        law,
    );
}

#[test]
fn a_cut_overwrite_tears_the_file_on_nextcloud_under_its_old_properties() {
    let law = |cloud: &mut Cloud| {
        let (file, folder) = (look(cloud, "d/e/f.txt"), look(cloud, "d/e"));
        let half = Put::plain(Blob::new("TW"));
        assert_eq!(cloud.put_cut("alice", &path("d/e/f.txt"), &half), Refusal::Cut);
        assert_eq!(look(cloud, "d/e/f.txt"), file, "the properties are the old ones");
        let read = cloud.read("alice", &path("d/e/f.txt")).unwrap();
        let seen = (read.blob.bytes().clone(), read.shown.etag == file.etag);
        let after = look(cloud, "d/e/f.txt");
        let put_right = (after.etag != file.etag, after.size);
        (seen, look(cloud, "d/e").etag != folder.etag, put_right)
    };
    let whole = (("one".into(), true), false, (false, 3));
    each(
        [
            (Nextcloud, (("TW".into(), true), true, (true, 2))),
            (OwnCloud10, whole.clone()),
            (Ocis, whole.clone()),
            (Plain, whole),
        ],
        law,
    );
}

#[test]
fn a_cut_new_file_leaves_nothing() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        cloud.put_cut("alice", &path("new"), &Put::plain(Blob::new("TW")));
        assert_eq!(cloud.look("alice", &path("new")), Err(Refusal::NotFound));
    }
}

#[test]
fn the_same_operations_give_the_same_ids_and_etags() {
    for dialect in Dialect::ALL {
        let run = |seed| {
            let mut cloud = Cloud::new(dialect, seed);
            cloud.user("alice").write("a/b", "1").unwrap();
            cloud.user("bob").write("c", "2").unwrap();
            later(&mut cloud, 5);
            cloud.user("alice").rename("a", "z").unwrap();
            cloud.user("alice").delete("z/b").unwrap();
            cloud
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}

#[test]
fn after_a_backup_is_restored_the_fingerprint_differs_and_no_etag_comes_twice() {
    let mut cloud = cloud(OwnCloud10);
    let backup = cloud.clone();
    put(&mut cloud, "x", "1", None).unwrap();
    let lost = look(&cloud, "x");
    assert_eq!(look(&cloud, "").fingerprint.as_deref(), Some(""));
    cloud.restore_backup(&backup, "restored-1");
    assert_eq!(look(&cloud, "").fingerprint.as_deref(), Some("restored-1"));
    assert_eq!(cloud.look("alice", &path("x")), Err(Refusal::NotFound));
    put(&mut cloud, "x", "2", None).unwrap();
    assert_ne!(look(&cloud, "x").etag, lost.etag);
    assert_ne!(look(&cloud, "x").id, lost.id);
}

#[test]
fn a_folder_cannot_be_moved_into_itself() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        assert_eq!(cloud.user("alice").rename("d", "d/e/g"), Err(Refusal::SameSpot));
        assert_eq!(cloud.user("alice").snapshot().len(), 3);
    }
}

#[test]
fn a_copy_is_a_new_thing() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        cloud.user("alice").copy("d", "g").unwrap();
        let (old, new) = (look(&cloud, "d/e/f.txt"), look(&cloud, "g/e/f.txt"));
        assert_ne!(old.etag, new.etag, "{dialect:?}");
        assert!(old.id.is_none() || old.id != new.id, "{dialect:?}");
        let snapshot = cloud.user("alice").snapshot();
        assert_eq!(snapshot[&path("g/e/f.txt")], Shot::File("one".into()));
    }
}
