//! One table of what each family does, each entry asserted on the model alone.

use navette::cloud::refusal::{Method, NameFault};
use navette::cloud::request::{Conditions, Put, SentDate, Shown, Tags};
use navette::cloud::{Blob, Cloud, Dialect, Refusal};
use navette::model::RelPath;

use Dialect::{Nextcloud, Ocis, OwnCloud10, Plain};

pub(crate) fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

/// A cloud with one file `d/e/f.txt`, a while ago.
pub(crate) fn cloud(dialect: Dialect) -> Cloud {
    let mut cloud = Cloud::new(dialect, 7);
    cloud.user("alice").write("d/e/f.txt", "one").unwrap();
    later(&mut cloud, 100);
    cloud
}

pub(crate) fn later(cloud: &mut Cloud, seconds: i64) {
    cloud.set_now(cloud.now() + seconds);
}

pub(crate) fn look(cloud: &Cloud, at: &str) -> Shown {
    cloud.look("alice", &path(at)).unwrap()
}

pub(crate) fn put(
    cloud: &mut Cloud,
    at: &str,
    bytes: &'static str,
    date: Option<i64>,
) -> Result<(), Refusal> {
    let date = date.map(SentDate::Seconds);
    let put = Put { date, ..Put::plain(Blob::new(bytes)) };
    cloud.put("alice", &path(at), &put).map(drop)
}

pub(crate) fn guarded(bytes: &'static str, conditions: Conditions) -> Put {
    Put { conditions, ..Put::plain(Blob::new(bytes)) }
}

/// Runs `law` on a fresh cloud of each family and compares with what is expected of it.
pub(crate) fn each<T: std::fmt::Debug + PartialEq>(
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
