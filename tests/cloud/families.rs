//! One table of what each family does, each entry asserted on the model alone.

use navette::cloud::refusal::{Method, NameFault};
use navette::cloud::request::{Conditions, Put, SentDate, Shown, Tags};
use navette::cloud::{Blob, Cloud, Dialect, Refusal, Shot};
use navette::model::RelPath;

use Dialect::{Nextcloud, Ocis, OwnCloud10, Plain};

pub(crate) fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

/// A cloud with one file `d/e/f.txt`, a while ago.
fn cloud(dialect: Dialect) -> Cloud {
    let mut cloud = Cloud::new(dialect, 7);
    cloud.user("alice").write("d/e/f.txt", "one").unwrap();
    later(&mut cloud, 100);
    cloud
}

fn later(cloud: &mut Cloud, seconds: i64) {
    cloud.set_now(cloud.now() + seconds);
}

fn look(cloud: &Cloud, at: &str) -> Shown {
    cloud.look("alice", &path(at)).unwrap()
}

fn put(cloud: &mut Cloud, at: &str, bytes: &'static str, date: Option<i64>) -> Result<(), Refusal> {
    let date = date.map(SentDate::Seconds);
    let put = Put { date, ..Put::plain(Blob::new(bytes)) };
    cloud.put("alice", &path(at), &put).map(drop)
}

fn guarded(bytes: &'static str, conditions: Conditions) -> Put {
    Put { conditions, ..Put::plain(Blob::new(bytes)) }
}

/// Runs `law` on a fresh cloud of each family and compares with what is expected of it.
fn each<T: std::fmt::Debug + PartialEq>(
    expected: [(Dialect, T); 4],
    law: impl Fn(&mut Cloud) -> T,
) {
    for (dialect, expected) in expected {
        assert_eq!(law(&mut cloud(dialect)), expected, "{dialect:?}");
    }
}

#[test]
fn a_change_below_shows_in_the_etags_of_the_folders_above_as_the_family_does() {
    let law = |cloud: &mut Cloud| {
        let etags = |cloud: &Cloud| ["", "d", "d/e"].map(|at| look(cloud, at).etag);
        let before = etags(cloud);
        put(cloud, "d/e/new.txt", "x", None).unwrap();
        let after = etags(cloud);
        let changed: Vec<bool> = before.iter().zip(&after).map(|(a, b)| a != b).collect();
        (changed, after[0] == after[1] && after[1] == after[2])
    };
    each(
        [
            (Nextcloud, (vec![true, true, true], true)),
            (OwnCloud10, (vec![true, true, true], true)),
            (Ocis, (vec![true, true, true], false)),
            (Plain, (vec![false, false, true], false)),
        ],
        law,
    );
}

#[test]
fn ids_and_etags_survive_a_rename() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        let before = ["d", "d/e/f.txt"].map(|at| look(&cloud, at));
        cloud.user("alice").rename("d", "g").unwrap();
        later(&mut cloud, 100);
        let after = ["g", "g/e/f.txt"].map(|at| look(&cloud, at));
        for (before, after) in before.iter().zip(&after) {
            assert_eq!((&before.id, &before.etag), (&after.id, &after.etag), "{dialect:?}");
            assert_eq!(before.id.is_some(), dialect != Plain);
        }
    }
}

#[test]
fn an_overwrite_with_the_same_date_may_leave_the_etag() {
    // Same given date and length; same given date; same second, no date given.
    let law = |cloud: &mut Cloud| {
        let mut kept = |first: &'static str, second: &'static str, date: Option<i64>| {
            let at = format!("{first}{second}{}", date.is_some());
            put(cloud, &at, first, date).unwrap();
            let before = look(cloud, &at).etag;
            put(cloud, &at, second, date).unwrap();
            before == look(cloud, &at).etag
        };
        let date = Some(1_600_000_000);
        [
            kept("aaa", "bbb", date),
            kept("aaa", "longer", date),
            kept("aaa", "bbb", None),
            kept("aaa", "longer", None),
        ]
    };
    each(
        [
            (Nextcloud, [true, false, true, false]),
            (OwnCloud10, [true, true, true, true]),
            (Ocis, [true, true, false, false]),
            (Plain, [false, false, false, false]),
        ],
        law,
    );
}

#[test]
fn the_folder_tells_of_an_overwrite_that_the_file_does_not() {
    for dialect in [Nextcloud, OwnCloud10] {
        let mut cloud = cloud(dialect);
        put(&mut cloud, "d/e/f.txt", "aaa", Some(1_600_000_000)).unwrap();
        let before = (look(&cloud, "d/e/f.txt").etag, look(&cloud, "").etag);
        put(&mut cloud, "d/e/f.txt", "bbb", Some(1_600_000_000)).unwrap();
        assert_eq!(look(&cloud, "d/e/f.txt").etag, before.0);
        assert_ne!(look(&cloud, "").etag, before.1);
        assert_eq!(cloud.user("alice").bytes("d/e/f.txt").unwrap(), "bbb");
    }
}

#[test]
fn a_second_old_version_of_one_date_blocks_a_file_on_ocis_until_it_is_deleted() {
    let law = |cloud: &mut Cloud| {
        let results = ["a", "b", "c"].map(|bytes| put(cloud, "x", bytes, Some(5_000_000)).is_ok());
        let other_date = put(cloud, "x", "d", Some(6_000_000));
        cloud.user("alice").delete("x").unwrap();
        (results, other_date.is_ok(), put(cloud, "x", "e", Some(5_000_000)).is_ok())
    };
    let fine = ([true; 3], true, true);
    each(
        [
            (Nextcloud, fine),
            (OwnCloud10, fine),
            (Ocis, ([true, true, false], false, true)),
            (Plain, fine),
        ],
        law,
    );
}

#[test]
fn conditions_of_a_put_are_as_weak_as_the_family() {
    let law = |cloud: &mut Cloud| {
        let at = path("d/e/f.txt");
        let dialect = cloud.dialect();
        let mut answer = |put: Put| match cloud.put("alice", &at, &put) {
            Ok(_) => 204,
            Err(refusal) => refusal.status(dialect, Method::Put),
        };
        let stale = answer(guarded("x", Conditions::version("\"stale\"".into())));
        let create = answer(guarded("x", Conditions::absent()));
        [stale, create]
    };
    each(
        [
            (Nextcloud, [412, 412]),
            (OwnCloud10, [412, 412]),
            (Ocis, [409, 204]),
            (Plain, [412, 412]),
        ],
        law,
    );
}

#[test]
fn the_right_etag_lets_a_put_through_and_an_unquoted_one_does_not() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        let etag = look(&cloud, "d/e/f.txt").etag;
        let bare = Conditions::version(etag.trim_matches('"').to_owned());
        let right = Conditions::version(etag.clone());
        let at = path("d/e/f.txt");
        assert_eq!(
            cloud.put("alice", &at, &guarded("two", bare)),
            Err(Refusal::Precondition(Some(etag))),
            "{dialect:?}"
        );
        cloud.put("alice", &at, &guarded("two", right)).unwrap();
    }
}

#[test]
fn conditions_of_a_move_and_a_delete_are_ignored_on_ocis() {
    let law = |cloud: &mut Cloud| {
        let stale = Conditions::version("\"stale\"".into());
        let moved = cloud.rename("alice", &path("d/e/f.txt"), &path("g"), false, &stale).is_ok();
        let from = if moved { "g" } else { "d/e/f.txt" };
        (moved, cloud.delete("alice", &path(from), &stale).is_ok())
    };
    each(
        [
            (Nextcloud, (false, false)),
            (OwnCloud10, (false, false)),
            (Ocis, (true, true)),
            (Plain, (false, false)),
        ],
        law,
    );
}

#[test]
fn a_folder_never_matches_on_the_php_families() {
    let law = |cloud: &mut Cloud| {
        let right = Conditions::version(look(cloud, "d").etag);
        cloud.delete("alice", &path("d"), &right).is_ok()
    };
    each([(Nextcloud, false), (OwnCloud10, false), (Ocis, true), (Plain, true)], law);
}

#[test]
fn the_etag_of_a_fresh_file_is_weak_on_plain_servers_and_never_matches() {
    let mut cloud = cloud(Plain);
    put(&mut cloud, "d/x", "1", None).unwrap();
    let fresh = look(&cloud, "d/x").etag;
    assert!(fresh.starts_with("W/"));
    let same =
        guarded("2", Conditions { if_match: Some(Tags::parse(&fresh)), ..Default::default() });
    assert!(matches!(cloud.put("alice", &path("d/x"), &same), Err(Refusal::Precondition(_))));
    later(&mut cloud, 2);
    let settled = look(&cloud, "d/x").etag;
    assert_eq!(fresh.strip_prefix("W/"), Some(settled.as_str()));
    cloud.put("alice", &path("d/x"), &guarded("2", Conditions::version(settled))).unwrap();
}

#[test]
fn checksums_are_computed_kept_or_unknown() {
    let hello = "SHA1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    let law = |cloud: &mut Cloud| {
        let with = |told: Option<&str>| Put {
            checksum: told.map(str::to_owned),
            ..Put::plain(Blob::new("hello"))
        };
        let mut shown = |told: Option<&str>| {
            cloud.user("alice").delete("x").ok();
            cloud.put("alice", &path("x"), &with(told)).ok().map(|_| look(cloud, "x").checksum)
        };
        let wrong = "SHA1:0000000000000000000000000000000000000000";
        let upper = hello.to_uppercase();
        [shown(None), shown(Some(hello)), shown(Some(wrong)), shown(Some(&upper))]
    };
    let some = |text: &str| Some(Some(text.to_owned()));
    let wrong = some("SHA1:0000000000000000000000000000000000000000");
    let upper = some(&hello.to_uppercase());
    each(
        [
            (Nextcloud, [Some(None), some(hello), wrong, upper]),
            (OwnCloud10, [some(hello), some(hello), None, None]),
            (Ocis, [some(hello), some(hello), None, some(hello)]),
            (Plain, [Some(None), Some(None), Some(None), Some(None)]),
        ],
        law,
    );
}

#[test]
fn dates_given_with_a_file_are_taken_as_the_family_does() {
    let law = |cloud: &mut Cloud| {
        let now = cloud.now();
        let date = |given: &str| {
            cloud.user("alice").delete("x").ok();
            let date = Some(SentDate::parse(given));
            let put = Put { date, ..Put::plain(Blob::new("x")) };
            let ok = cloud.put("alice", &path("x"), &put).is_ok();
            let shown = look(cloud, "x").date;
            (ok, if shown == now { -1 } else { shown })
        };
        ["1600000000.5", "0", "abc"].map(date)
    };
    let any = [(true, 1_600_000_000), (true, 0), (true, 0)];
    each(
        [
            // The refused ones are stored all the same (protocol.md 0.9).
            (Nextcloud, [(true, 1_600_000_000), (false, -1), (false, -1)]),
            (OwnCloud10, any),
            (Ocis, any),
            (Plain, [(true, -1); 3]),
        ],
        law,
    );
}

#[test]
fn a_date_is_set_afterwards_only_on_the_php_families() {
    let law = |cloud: &mut Cloud| {
        let before = look(cloud, "d/e/f.txt");
        cloud.user("alice").touch("d/e/f.txt", 1_500_000_000).unwrap();
        let after = look(cloud, "d/e/f.txt");
        (after.date == 1_500_000_000, before.etag != after.etag)
    };
    let yes = (true, true);
    let no = (false, false);
    each([(Nextcloud, yes), (OwnCloud10, yes), (Ocis, no), (Plain, no)], law);
}

#[test]
fn names_are_refused_as_the_family_does() {
    let long = "n".repeat(228);
    let longer = "n".repeat(251);
    let longest = "n".repeat(256);
    let law = |cloud: &mut Cloud| {
        let dialect = cloud.dialect();
        let status = |name: &str| {
            let put = Put::plain(Blob::new("x"));
            match cloud.put("alice", &path(name), &put) {
                Ok(_) => 201,
                Err(refusal) => refusal.status(dialect, Method::Put),
            }
        };
        [
            ".htaccess",
            "a.PART",
            "a\\b",
            "a\u{1}b",
            "a\nb",
            " ",
            "con",
            "a:b",
            &long,
            &longer,
            &longest,
        ]
        .map(status)
    };
    each(
        [
            (Nextcloud, [400, 400, 400, 400, 400, 400, 201, 201, 201, 400, 400]),
            (OwnCloud10, [403, 400, 400, 400, 502, 400, 201, 201, 400, 400, 400]),
            (Ocis, [201, 201, 400, 201, 400, 400, 201, 201, 201, 201, 400]),
            (Plain, [201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 403]),
        ],
        law,
    );
}

#[test]
fn a_long_name_reaches_owncloud_10_by_move_and_is_stuck_there() {
    let mut cloud = cloud(OwnCloud10);
    let long = "n".repeat(240);
    cloud.user("alice").rename("d/e/f.txt", &long).unwrap();
    assert_eq!(put(&mut cloud, &long, "x", None), Err(Refusal::BadName(NameFault::TooLong)));
    assert_eq!(cloud.user("alice").delete(&long), Err(Refusal::TooLongForTrash));
}

#[test]
fn decomposed_names_are_composed_on_the_php_families() {
    let law = |cloud: &mut Cloud| {
        put(cloud, "caf\u{e9}", "one", None).unwrap();
        put(cloud, "cafe\u{301}", "two", None).unwrap();
        let names = cloud.user("alice").snapshot();
        names.keys().filter(|path| path.as_str().starts_with("caf")).count()
    };
    each([(Nextcloud, 1), (OwnCloud10, 1), (Ocis, 2), (Plain, 2)], law);
}

#[test]
fn permission_letters_are_the_familys_and_a_share_hands_them_down() {
    let law = |cloud: &mut Cloud| {
        let own = ["d", "d/e/f.txt"].map(|at| look(cloud, at).letters);
        cloud.user("alice").share("d", Some("SD")).unwrap();
        let read_only = look(cloud, "d/e/f.txt").letters;
        (own, read_only)
    };
    let some = |text: &str| Some(text.to_owned());
    each(
        [
            (Nextcloud, ([some("RGDNVCK"), some("RGDNVW")], some("SG"))),
            (OwnCloud10, ([some("RDNVCK"), some("RDNVW")], some("S"))),
            (Ocis, ([some("RDNVCKZP"), some("RDNVWZP")], some("S"))),
            (Plain, ([None, None], None)),
        ],
        law,
    );
}

#[test]
fn nothing_below_a_read_only_share_can_be_changed_but_the_share_can_be_left() {
    for dialect in Dialect::ALL {
        let mut cloud = cloud(dialect);
        cloud.user("alice").share("d", Some("SD")).unwrap();
        let refused = [
            put(&mut cloud, "d/e/f.txt", "x", None),
            put(&mut cloud, "d/new", "x", None),
            cloud.user("alice").mkdir("d/sub"),
            cloud.user("alice").delete("d/e/f.txt"),
            cloud.user("alice").rename("d/e/f.txt", "g").map(drop),
            cloud.user("alice").rename("d/e/f.txt", "d/e/g").map(drop),
        ];
        assert_eq!(refused, [const { Err(Refusal::Forbidden) }; 6], "{dialect:?}");
        cloud.user("alice").rename("d", "mine").unwrap();
        cloud.user("alice").delete("mine").unwrap();
        assert!(cloud.trash("alice").unwrap().is_empty());
    }
}

#[test]
fn a_full_account_refuses_bytes_and_on_nextcloud_folders() {
    let law = |cloud: &mut Cloud| {
        cloud.set_quota("alice", Some(3));
        let full = put(cloud, "x", "y", None);
        assert_eq!(full, Err(Refusal::Quota));
        let empty = put(cloud, "x", "", None).is_ok();
        let folder = cloud.user("alice").mkdir("m").is_ok();
        (empty, folder, look(cloud, "").quota)
    };
    each(
        [
            (Nextcloud, (true, false, Some(0))),
            (OwnCloud10, (true, true, Some(0))),
            (Ocis, (true, true, Some(3))),
            (Plain, (true, true, None)),
        ],
        law,
    );
}

#[test]
fn an_account_without_limit_says_so_in_the_familys_words() {
    let law = |cloud: &mut Cloud| look(cloud, "").quota;
    each([(Nextcloud, Some(-3)), (OwnCloud10, Some(-3)), (Ocis, Some(-2)), (Plain, None)], law);
}

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
