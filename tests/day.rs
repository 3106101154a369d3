//! A day in the life of a watched computer: one `navette watch` keeps two
//! folders equal to their storage through work, sleep, a lost network, the
//! server's maintenance, restarts, another password and a full disk.

#![cfg(target_os = "linux")]
#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]
#![allow(clippy::disallowed_methods, reason = "a real program takes real time")]

#[path = "day/office.rs"]
mod office;
#[path = "day/outside.rs"]
mod outside;
#[path = "program/mod.rs"]
mod program;

use std::fs;
use std::time::Duration;

use office::Office;
use outside::Weather;

#[test]
fn two_folders_stay_equal_through_a_whole_day() {
    let mut office = Office::open();
    morning(&office);
    sleep(&office);
    network_loss(&office);
    maintenance(&office);
    restarts(&mut office);
    another_password(&office);
    full_disk(&office);
    assert_eq!(office.close(), Some(0), "in the evening it ends well");
}

/// People work on both sides.
fn morning(office: &Office) {
    office.write("work/report.txt", "first words");
    office.write("work/data/a.csv", "1,2");
    office.there("notes", "from a colleague.txt", b"have a look");
    office.equal("in the morning");
    office.write("work/report.txt", "first words, and second ones");
    fs::rename(office.path("work/data"), office.path("work/measured")).unwrap();
    fs::remove_file(office.path("notes/from a colleague.txt")).unwrap();
    office.there("work", "report 2.txt", b"another one");
    office.equal("at work");
    assert!(office.path("work/measured/a.csv").exists());
    assert_eq!(office.bytes("notes", "from a colleague.txt"), None);
}

/// The lid is closed for eight hours; the others go on.
fn sleep(office: &Office) {
    office.falls_asleep();
    office.there("work", "over lunch.txt", b"made meanwhile");
    office.clock.set("+8h");
    office.wakes_up();
    office.equal("after sleep");
    office.clock.set("+0");
}

/// Nothing gets through; what is written meanwhile goes out afterwards.
fn network_loss(office: &Office) {
    office.relay.cut();
    office.write("work/offline.txt", "written in the train");
    office.until("hindered", |pairs| pairs.iter().any(|pair| pair["state"] == "hindered"));
    office.there("notes", "online.txt", b"written in the office");
    office.relay.mend();
    office.equal("with the network back");
}

/// The server says that it is being worked on, and is left alone meanwhile.
fn maintenance(office: &Office) {
    office.weather(Weather::Maintenance);
    office.write("notes/during maintenance.txt", "patience");
    let pairs = office.until("waiting for the server", |pairs| {
        pairs.iter().any(|pair| pair["state"] == "hindered")
    });
    let said = |pair: &serde_json::Value| pair["said"]["sentence"].to_string();
    assert!(pairs.iter().any(|pair| said(pair).contains("maintenance")), "{pairs:#?}");
    office.weather(Weather::Fine);
    office.equal("after maintenance");
}

/// Ended properly, and then not; what happened meanwhile is found.
fn restarts(office: &mut Office) {
    assert_eq!(office.close(), Some(0));
    office.write("work/while closed.txt", "nobody watched");
    office.there("work", "while closed there.txt", b"nor there");
    office.start();
    office.equal("after a restart");
    office.write("work/large.bin", vec![7; 30 << 20]);
    office.until("sending", |pairs| pairs.iter().any(|pair| pair["state"] == "syncing"));
    office.kill();
    office.start();
    office.equal("after a kill");
    assert_eq!(office.bytes("work", "large.bin").map(|bytes| bytes.len()), Some(30 << 20));
}

/// Once the server refuses the account, nothing more is asked of it until its
/// user has seen to it.
fn another_password(office: &Office) {
    office.server_takes("a new secret");
    office.write("work/with the new password.txt", "later");
    office.until("stopped", |pairs| pairs.iter().any(|pair| pair["state"] == "stopped"));
    // The other pair learns of it at its own next question.
    office.tell("sync", &office.path("notes"));
    let pairs = office.until("all stopped", |pairs| pairs.iter().all(|p| p["state"] == "stopped"));
    assert!(pairs[0]["said"]["remedy"].is_string(), "{pairs:#?}");
    let asked = office.requests();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(office.requests(), asked, "each further request would be one more attempt");
    office.keep_password("a new secret");
    office.tell("resume", &office.path("work"));
    office.tell("resume", &office.path("notes"));
    office.equal("with the new password");
}

/// What does not fit is held and said, all else goes on; with room it comes.
fn full_disk(office: &Office) {
    if !office.is_small() {
        // Only root may mount a small disk; the seam's own is tried in
        // `native a_full_disk_in_the_seam_keeps_back_only_what_does_not_fit`.
        return;
    }
    let large = vec![9; 24 << 20];
    office.there("notes", "too large.bin", &large);
    office.there("notes", "small.txt", b"this fits");
    let pairs = office.until("held", |pairs| {
        office.path("notes/small.txt").exists()
            && pairs.iter().any(|pair| pair["left"][0]["path"] == "too large.bin")
    });
    assert!(!office.path("notes/too large.bin").exists(), "{pairs:#?}");
    office.make_room();
    office.tell("resume", &office.path("notes"));
    office.equal("with room again");
    assert_eq!(fs::read(office.path("notes/too large.bin")).unwrap(), large);
}
