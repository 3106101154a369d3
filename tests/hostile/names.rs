//! Names that would lead elsewhere, or be taken for something else.

use std::fs;

use navette::cloud::Dialect;

use crate::malice::{contents, file, folder, home, root, storage_of, villain};
use crate::scripted::{Reply, multistatus};
use crate::yard::Yard;

/// Every byte of a text as servers may write it.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn any_file(method: &str, _: &str) -> Option<Reply> {
    (method == "GET").then(|| contents("pwned"))
}

/// As [`any_file`], below the files of a family only.
fn files_of(dialect: Dialect) -> impl Fn(&str, &str) -> Option<Reply> {
    move |method, path| {
        let below = path.starts_with(home(dialect)) && path != "/status.php";
        any_file(method, path).filter(|_| below)
    }
}

#[test]
fn names_that_would_leave_the_folder_are_reported_and_lead_nowhere() {
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let absolute = encoded(yard.path("canary.txt").to_str().unwrap());
        let names = [
            "..%2F..%2Fcanary.txt",
            "%2E%2E%2Fcanary.txt",
            "%2e%2e",
            ".",
            "a%2F..%2F..%2Fcanary.txt",
            "a%00b",
            "canary.txt%00.txt",
            "%2Fetc%2Fpasswd",
            "%ff%fe",
            absolute.as_str(),
        ];
        let entries: String = (10..)
            .zip(names)
            .map(|(number, name)| file(&format!("{}{name}", home(dialect)), number, 5))
            .collect();
        let server = storage_of(dialect, entries, files_of(dialect));
        let run = yard.ends(&server, 1, "This name is not possible on this computer");
        // And it is said again, whatever the server has for the folder's version.
        yard.ends(&server, 1, "This name is not possible on this computer");
        // Not one of them was even asked for.
        let asked: Vec<String> =
            server.heard().iter().map(|heard| heard.line().to_owned()).collect();
        assert!(
            !asked.iter().any(|line| line.starts_with("GET ") && line.contains("canary")),
            "{asked:?}"
        );
        let reported = run.out.matches("This name is not possible").count();
        assert_eq!(reported, names.len(), "{dialect:?} {}", run.out);
    }
}

#[test]
fn names_that_only_other_systems_take_for_devices_or_paths_are_names_here() {
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let names = [
            "C%3A%5Ccanary.txt",
            "..%5C..%5Ccanary.txt",
            "%5C%5C.%5CPhysicalDrive0",
            "NUL",
            "aux.txt",
            "%24HOME",
            "-rf",
        ];
        let entries: String = (10..)
            .zip(names)
            .map(|(number, name)| file(&format!("{}{name}", home(dialect)), number, 5))
            .collect();
        let server = storage_of(dialect, entries, files_of(dialect));
        let run = yard.endures(&server, &[]);
        // What is here could not be sent.
        assert_eq!(run.code, 1, "{dialect:?} {}", run.out);
        let folder = yard.path("folder");
        let here: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| ![".navette", "mine.txt", "sub"].contains(&name.as_str()))
            .collect();
        assert_eq!(here.len(), names.len(), "{here:?}");
        for name in here {
            assert_eq!(fs::read(folder.join(&name)).unwrap(), b"pwned", "{name}");
        }
    }
}

#[test]
fn an_entry_of_another_folder_makes_the_whole_listing_worthless() {
    for dialect in Dialect::ALL {
        let below = home(dialect);
        for href in [
            format!("{below}../canary.txt"),
            format!("{below}a/b"),
            format!("{below}a/../../canary.txt"),
            "/etc/passwd".to_owned(),
            "file:///etc/passwd".to_owned(),
        ] {
            // On a plain server the root of everything is the folder.
            let direct = dialect == Dialect::Plain && href.matches('/').count() < 2;
            if direct {
                continue;
            }
            let yard = Yard::new();
            let server = storage_of(dialect, file(&href, 10, 5), files_of(dialect));
            yard.ends(&server, 3, "127.0.0.1");
        }
    }
}

#[test]
fn our_own_folder_is_out_of_a_servers_reach_in_every_spelling() {
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let names =
            [".navette", ".NAVETTE", ".navette.", "NAVETT~1", ".nav%E2%80%8Cette", ".Navette%3Ax"];
        let server = villain(dialect, move |method, path| {
            let below = path.strip_prefix(home(dialect))?;
            let inside = ["marker", "lock", "staging", "aside"];
            let entries = |dir: &str, names: &[&str]| -> String {
                (10..)
                    .zip(names)
                    .map(|(number, name)| match *name {
                        "marker" | "lock" => file(&format!("{dir}{name}"), number, 5),
                        name => folder(&format!("{dir}{name}/"), number),
                    })
                    .collect()
            };
            match (method, below) {
                ("PROPFIND", "") => {
                    Some(multistatus(&format!("{}{}", root(dialect), entries(path, &names))))
                }
                // One floor only: a tree that branches without end has its own test.
                ("PROPFIND", _) if below.matches('/').count() == 1 => {
                    let this = folder(path, 9);
                    Some(multistatus(&format!("{this}{}", entries(path, &inside))))
                }
                _ => files_of(dialect)(method, path),
            }
        });
        yard.endures(&server, &[]);
        let folder = yard.path("folder");
        let mut here: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        here.sort();
        assert_eq!(here, [".navette", "mine.txt", "sub"], "{dialect:?}");
        for entry in walkdir::WalkDir::new(folder.join(".navette")) {
            let entry = entry.unwrap();
            let pwned = entry.file_type().is_file()
                && fs::read(entry.path()).unwrap_or_default() == b"pwned";
            assert!(!pwned, "{:?}", entry.path());
        }
    }
}

#[test]
fn a_name_commands_no_terminal() {
    let yard = Yard::new();
    // A sequence that clears the screen, one that sets the title, and one that
    // turns letters around.
    let names = [
        "a%1b%5b2J",
        "b%1b%5d0%3bpwned%07",
        "c%E2%80%AEgpj.exe",
        "d%0anavette%3a+all+is+well",
        "e%c2%9b2J",
    ];
    let dialect = Dialect::Nextcloud;
    let entries: String = (10..)
        .zip(names)
        .map(|(number, name)| file(&format!("{}{name}", home(dialect)), number, 5))
        .collect();
    // They cannot be fetched, so each is listed.
    let server = storage_of(dialect, entries, |_, _| None);
    for words in [&[][..], &["--json"]] {
        let run = yard.endures(&server, words);
        assert_eq!(run.code, 1, "{}", run.err);
        for text in [&run.out, &run.err] {
            let commands = |letter: &char| {
                (letter.is_control() && *letter != '\n')
                    || ('\u{202a}'..='\u{202e}').contains(letter)
            };
            let json = words.contains(&"--json") && std::ptr::eq(text, &run.out);
            let found = text.chars().find(commands).filter(|letter| !json || *letter < ' ');
            assert_eq!(found, None, "{text:?}");
            assert!(!text.lines().any(|line| line.starts_with("navette: all is well")), "{text}");
        }
    }
}
