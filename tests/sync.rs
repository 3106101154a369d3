//! The whole program against real servers, the same cases over each: a tree of
//! thousands of files goes up, comes down elsewhere byte for byte, and follows
//! what people do to it.
//!
//! `NAVETTE_TEST_SERVER`, `NAVETTE_TEST_USER` and `NAVETTE_TEST_PASSWORD` name
//! a server of your own: `cargo test --test sync given` works in a fresh folder
//! on it, and removes that folder afterwards.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "sync/cases.rs"]
mod cases;
#[path = "sync/edits.rs"]
mod edits;
#[path = "sync/habits.rs"]
mod habits;
#[path = "sync/killed.rs"]
mod killed;
#[path = "program/mod.rs"]
mod program;
#[path = "real/mod.rs"]
mod real;
#[path = "sync/sample.rs"]
mod sample;
#[path = "sync/stage.rs"]
mod stage;
#[path = "sync/story.rs"]
mod story;

use stage::Stage;

/// One module for each server, with a test for each case.
macro_rules! suite {
    ($($server:ident, $stage:expr =>
        $($(#[$only:meta])? $place:ident::$case:ident),+;)*) => {
        $(mod $server {
            use crate::Stage;
            $($(#[$only])? #[test]
            fn $case() {
                crate::$place::$case(&$stage);
            })+
        })*
    };
}

suite! {
    on_nextcloud, Stage::serve("nextcloud") => story::thousands, story::kills, cases::full_sides,
        cases::large_file, cases::storage_follows, cases::places, habits::saves,
        #[cfg(unix)] habits::links, habits::used_again, habits::spellings, #[cfg(unix)] habits::logs;
    on_owncloud, Stage::serve("owncloud10") => story::thousands, cases::full_sides,
        cases::large_file, cases::storage_follows, cases::places, habits::saves,
        #[cfg(unix)] habits::links, habits::used_again, habits::spellings;
    on_infinite_scale, Stage::serve("ocis") => story::thousands, cases::full_sides,
        cases::large_file, cases::storage_follows, cases::places, habits::saves,
        #[cfg(unix)] habits::links, habits::used_again, habits::spellings;
    on_plain_webdav, Stage::serve("plain") => story::thousands, story::kills, cases::full_sides,
        cases::large_file, cases::storage_follows, #[cfg(unix)] habits::links;
    on_apache, Stage::apache() => story::thousands, cases::full_sides,
        cases::large_file, cases::storage_follows, #[cfg(unix)] habits::links, habits::used_again;
    on_rclone, Stage::rclone() => story::thousands, cases::full_sides,
        cases::large_file, cases::storage_follows;
    on_wsgidav, Stage::wsgidav() => story::thousands, cases::full_sides,
        cases::large_file, cases::storage_follows;
    on_nginx, Stage::nginx() => cases::full_sides, cases::large_file, cases::storage_follows;
}

#[test]
fn a_given_server_is_worked_on_in_a_folder_of_its_own() {
    let stage = Stage::given();
    let before = stage.names();
    story::thousands(&stage);
    assert!(stage.names().len() == before.len() + 1);
    stage.clear();
    assert_eq!(stage.names(), before);
}
