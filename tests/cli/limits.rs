//! What is chosen by `navette config`, and pauses that last.

use std::fs;
use std::time::{Duration, Instant};

use crate::watching::{Watch, files};
use crate::{Home, Storage, given};

/// A home with an account and its folder.
fn configured(storage: &Storage, home: &Home) {
    let sign_in = ["--user", "alice", "--password-file", &home.password()];
    let add = [&["account", "add", "--server", &storage.url], &sign_in[..]].concat();
    assert_eq!(home.run(&add).0, 0);
    assert_eq!(home.run(&["folder", "add", &home.folder()]).0, 0);
}

#[test]
fn options_are_chosen_for_all_for_an_account_or_for_a_folder() {
    let home = Home::new();
    let (account, folder) = ("alice@127.0.0.1:9", home.folder());
    let add = ["account", "add", "--server", "http://127.0.0.1:9", "--user", "alice"];
    assert_eq!(home.run(&[&add[..], &["--password-file", &home.password()]].concat()).0, 0);
    assert_eq!(home.run(&["folder", "add", &folder]).0, 0);

    let (code, out, err) = home.run(&["config", "set", "upload_limit", "2mb/s"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "upload_limit is now 2 MB/s.\n", ""));
    let words = ["config", "set", "hours", "20:00-06:00", "--account", account];
    assert_eq!(home.run(&words).0, 0);
    assert_eq!(home.run(&["config", "set", "reserve", "2 GB", "--folder", &folder]).0, 0);
    let get = |key: &str| home.run(&["config", "get", key, "--folder", &folder]).1;
    assert_eq!((get("hours"), get("reserve")), ("20:00-06:00\n".into(), "2 GB\n".into()));
    assert_eq!(get("on_metered"), "pause\n", "as usual");
    let (_, out, _) = home.run(&["config", "list", "--folder", &folder]);
    assert!(out.contains("upload_limit = 2 MB/s (chosen for everything)\n"), "{out}");
    assert!(out.contains("hours = 20:00-06:00 (chosen for the account)\n"), "{out}");
    assert!(out.contains("reserve = 2 GB (chosen for the folder)\n"), "{out}");
    assert!(out.contains("proxy = system (as usual)\n"), "{out}");

    let (code, out, _) = home.french(&["config", "unset", "hours", "--account", account]);
    assert_eq!((code, out.as_str()), (0, "hours vaut maintenant always.\n"));
    assert_eq!(get("hours"), "always\n");
}

#[test]
fn what_cannot_be_chosen_is_said_with_what_can() {
    let home = Home::new();
    for (words, said) in [
        (&["config", "set", "upload_limit", "fast"][..], "Write: none | gentle | 2 MB/s"),
        (&["config", "set", "hours", "late"], "20:00-06:00"),
        (&["config", "set", "proxy", "http://me:hidden@proxy.test"], "socks5://"),
        (&["config", "set", "colour", "blue"], "no option colour"),
        (&["config", "get", "colour"], "no option colour"),
        (&["config", "set", "hours", "always", "--account", "nobody"], "nobody"),
        (&["config", "set", "hours", "always", "--folder", "/not/there"], "not configured"),
    ] {
        let (code, out, err) = home.run(words);
        assert_eq!((code, out.as_str()), (2, ""), "{words:?}");
        assert!(err.contains(said), "{words:?}: {err}");
    }
}

#[test]
fn a_rate_that_is_typed_holds_for_this_sync() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    fs::write(home.path("folder/f"), vec![7; 1_000_000]).unwrap();
    let (password, folder) = (home.password(), home.folder());
    let words = given(&storage.url, &password, &folder);
    #[allow(clippy::disallowed_methods, reason = "a real program takes real time")]
    let begun = Instant::now();
    assert_eq!(home.run(&[&words[..], &["--limit-up", "200 KB/s"]].concat()).0, 0);
    assert!(begun.elapsed() > Duration::from_millis(4500), "{:?}", begun.elapsed());
    let (code, _, err) = home.run(&[&words[..], &["--limit-up", "1 B/s"]].concat());
    assert!(code == 2 && err.contains("2 MB/s"), "{err}");
}

#[test]
fn a_pause_outlives_the_program_and_ends_when_somebody_says_so() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&storage, &home);
    let mut watch = Watch::configured(&home, &[]);
    watch.until("at rest", files(0));
    assert_eq!(home.run(&["pause"]).0, 0);
    watch.until_state("paused");
    assert_eq!(watch.end(), Some(0));
    fs::write(home.path("folder/f"), "kept").unwrap();

    let mut watch = Watch::configured(&home, &[]);
    let status = watch.until_state("paused");
    assert_eq!(status["pairs"][0]["runs"], 0, "it has not even begun: {status:#}");
    assert!(status["pairs"][0]["reason"].is_null(), "{status:#}");
    assert_eq!(home.run(&["resume"]).0, 0);
    watch.until("sent", files(1));
    assert_eq!(watch.end(), Some(0));
    let watch = Watch::configured(&home, &[]);
    watch.until("at rest", files(1));
}

#[test]
fn what_is_chosen_while_somebody_watches_holds_at_once() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&storage, &home);
    let watch = Watch::configured(&home, &[]);
    watch.until("at rest", files(0));
    // An hour that is not now, whenever the test runs.
    let now = jiff::Zoned::now();
    let (from, to) = ((now.hour() + 12) % 24, (now.hour() + 13) % 24);
    let hours = format!("{from:02}:00-{to:02}:00");
    assert_eq!(home.run(&["config", "set", "hours", &hours]).0, 0);
    let status = watch.until_state("paused");
    let pair = &status["pairs"][0];
    assert_eq!(pair["reason"], "hours", "{status:#}");
    assert!(pair["until"].is_i64(), "{status:#}");
    assert!(pair["said"]["sentence"].as_str().unwrap().contains("outside of its hours"));
    fs::write(home.path("folder/f"), "sent all the same").unwrap();
    assert_eq!(home.run(&["status"]).0, 1, "whoever pauses is not known to be equal");
    let (code, out, err) = home.run(&["sync", &home.folder()]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    watch.until("sent, whatever the hour", files(1));
    assert_eq!(home.run(&["config", "unset", "hours"]).0, 0);
    watch.until_state("up-to-date");
}

#[cfg(target_os = "linux")]
#[test]
fn a_metered_connection_that_the_system_tells_of_pauses_the_real_program() {
    use crate::bus::{Bus, network};
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let bus = Bus::start();
    let _network = runtime.block_on(network(&bus, 1, 70, "/one"));
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    configured(&storage, &home);
    let watch = Watch::configured(&home, &[("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)]);
    let status = watch.until_state("paused");
    assert_eq!(status["pairs"][0]["reason"], "metered", "{status:#}");
    let (_, out, _) = home.french(&["status"]);
    assert!(out.contains("la connexion est limitée"), "{out}");
    assert_eq!(home.run(&["resume"]).0, 0);
    watch.until("going on", files(0));
    assert_eq!(home.run(&["config", "set", "on_metered", "go-on"]).0, 0);
    fs::write(home.path("folder/f"), "sent").unwrap();
    watch.until("sent", files(1));
}
