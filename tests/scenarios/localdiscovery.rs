//! testlocaldiscovery: what is found here, and what may come of it.
//!
//! The peers look only at what their watcher has seen, and keep lists of it.
//! Ours looks at everything in each run. Most names are taken as they are; the
//! peers ask before they sync one with blanks around it.

use navette::cloud::request::{Conditions, Put, SentDate};
use navette::cloud::{Blob, Dialect, Refusal};
use navette::disk::sim::SimConfig;
use navette::event::Cause;
use navette::report::End;

use crate::lab::{Lab, on_all};

/// Nextcloud's client once took what it had not been able to send for deleted.
#[test]
fn testlocaldiscovery_what_finds_no_room_on_the_server_stays_here() {
    on_all(|lab| {
        // The start tree has 16 bytes.
        lab.world.cloud().lock().set_quota("u", Some(16));
        lab.here().write("N/big", "no room for this");
        lab.here().write("N/d/big", "nor for this");
        lab.here().mkdir("N/empty");
        lab.here().write("A/a1", "a1 that has grown");
        let before = lab.here().shows();
        for number in 0..3 {
            let report = lab.runs().unwrap();
            assert_eq!(report.end, End::Unfinished, "{:?}", lab.dialect());
            assert!(report.items.iter().any(|item| item.cause == Cause::Quota));
            assert_eq!(lab.here().shows(), before, "{:?}, run {number}", lab.dialect());
            assert_eq!(lab.there().text("A/a1").as_deref(), Some("a1"));
            // The folder above is listed again in the next run.
            lab.there().rename(&format!("C/c{}", number % 2 + 1), &format!("C/x{number}"));
            lab.there().rename(&format!("C/x{number}"), &format!("C/c{}", number % 2 + 1));
        }
        lab.world.cloud().lock().set_quota("u", None);
        lab.syncs();
        assert_eq!((lab.here().shows(), lab.there().shows()), (before.clone(), before));
    });
}

/// In front, behind, around; beside a file without; on both sides at once.
#[test]
fn testlocaldiscovery_names_with_blanks_around_them_are_names() {
    on_all(|lab| {
        for (side, folder) in [(lab.here(), "A"), (lab.there(), "B")] {
            for name in [" before", "after ", " around ", "in between", "after", " d /inside "] {
                side.write(&format!("{folder}/{name}"), name.trim());
            }
        }
        for side in [lab.here(), lab.there()] {
            side.write("C/both ", "equal");
        }
        let (report, asked) = lab.syncs();
        assert_eq!((report.items, report.counts.conflicts), (vec![], 0), "{:?}", lab.dialect());
        assert_eq!((asked.moved, asked.deleted), (0, 0));
        let here = lab.here().shows();
        assert_eq!((here.len(), &here), (8 + 13, &lab.there().shows()), "{:?}", lab.dialect());
        // Their owners may rename them, on either side.
        lab.there().rename("A/after ", "A/after all");
        lab.here().rename("B/ before", "B/before");
        let (_, asked) = lab.syncs();
        assert_eq!((asked.put, asked.deleted), (0, 0));
        let here = lab.here().shows();
        assert!(here.contains("A/after all=after") && here.contains("B/before"), "{here:?}");
        assert_eq!(here, lab.there().shows(), "{:?}", lab.dialect());
    });
}

/// Windows cannot show a blank at the end. There the name gets an alias, the
/// file without the blank keeps its own, and the server is not renamed.
#[test]
fn testlocaldiscovery_a_blank_at_the_end_gets_an_alias_where_windows_refuses_it() {
    for dialect in Dialect::ALL {
        let lab = Lab::on(dialect, SimConfig::windows());
        lab.there().write("A/after ", "with");
        lab.there().write("A/after", "without");
        lab.there().write("A/ before", "first");
        let before = lab.there().shows();
        lab.syncs();
        assert_eq!(lab.there().shows(), before, "{dialect:?}");
        assert_eq!(lab.here().text("A/after").as_deref(), Some("without"), "{dialect:?}");
        assert_eq!(lab.here().text("A/ before").as_deref(), Some("first"), "{dialect:?}");
        let here = lab.here().shows();
        assert_eq!(here.len(), 3, "{dialect:?}: {here:?}");
        let alias = here.iter().find(|line| line.ends_with("=with")).unwrap();
        let alias = alias.trim_end_matches("=with");
        lab.here().write(alias, "edited");
        lab.syncs();
        assert_eq!(lab.there().text("A/after ").as_deref(), Some("edited"), "{dialect:?}");
    }
}

/// 1970, before it, and beyond 32 bits: Nextcloud's client blocks such files
/// for ever. Where the server takes the date, the file comes.
#[test]
fn testlocaldiscovery_an_odd_date_on_the_server_blocks_no_file() {
    on_all(|lab| {
        let dates = [0, -3600, 0xffff_ffff, 0x1_0000_0000];
        for (number, date) in dates.into_iter().enumerate() {
            let path = lab.path(&format!("A/{number}"));
            let put = Put {
                blob: Blob::new(format!("text {number}")),
                date: Some(SentDate::Seconds(date)),
                checksum: None,
                conditions: Conditions::none(),
            };
            match lab.world.cloud().lock().put("u", &path, &put) {
                // Stored all the same, with the server's own date.
                Ok(_) | Err(Refusal::BadDate) => {}
                Err(other) => panic!("{date}: {other}"),
            }
            // Nextcloud's own tools set any date.
            let _ = lab.world.cloud().lock().user("u").touch(path.as_str(), date);
        }
        let (report, asked) = lab.syncs();
        assert_eq!(report.items, [], "{:?}", lab.dialect());
        assert!((1..=4).contains(&asked.get) && asked.put == 0, "{asked:?}");
        for number in 0..4 {
            let expected = format!("text {number}");
            assert_eq!(lab.here().text(&format!("A/{number}")), Some(expected));
        }
        lab.here().write("A/0", "edited");
        lab.syncs();
        assert_eq!(lab.there().text("A/0").as_deref(), Some("edited"), "{:?}", lab.dialect());
        let (_, asked) = lab.syncs();
        assert_eq!(asked.work(), 0);
    });
}

/// Nextcloud's client takes the date from its journal then. Ours does not
/// care: the bytes are those that both sides agreed on.
#[test]
fn testlocaldiscovery_an_odd_date_here_of_bytes_that_are_agreed_costs_nothing() {
    on_all(|lab| {
        for date in [0, -3600, 0xffff_ffff, 0x1_0000_0000] {
            lab.here().touch("A/a1", date);
            let asked = lab.ends("");
            assert_eq!(asked.work(), 0, "{date} {:?}", lab.dialect());
        }
    });
}
