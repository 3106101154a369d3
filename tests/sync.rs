//! The whole program against real servers: a tree of thousands of files goes
//! up, comes down elsewhere byte for byte, and follows what people do to it.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "apache/mod.rs"]
mod apache;
#[path = "sync/edits.rs"]
mod edits;
#[path = "program/mod.rs"]
mod program;
#[path = "sync/sample.rs"]
mod sample;
#[path = "sync/story.rs"]
mod story;

use program::{Home, Storage, assert_equal, tree};
use story::Server;

#[test]
fn a_tree_of_thousands_goes_through_a_nextcloud() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    story::tell(&home, &storage.url(), Server::WithIds);
}

#[test]
fn a_tree_of_thousands_goes_through_an_owncloud() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    story::tell(&home, &storage.url(), Server::WithIds);
}

#[test]
fn a_tree_of_thousands_goes_through_an_infinite_scale() {
    let home = Home::new();
    let storage = Storage::start(&home, "ocis");
    story::tell(&home, &storage.url(), Server::WithIds);
}

#[test]
fn a_tree_of_thousands_goes_through_a_plain_server() {
    let home = Home::new();
    let storage = Storage::start(&home, "plain");
    story::tell(&home, &storage.url(), Server::Plain);
}

#[test]
fn a_tree_of_thousands_goes_through_apache() {
    let home = Home::new();
    let apache = apache::Apache::start();
    let here = story::tell(&home, apache.url().as_str(), Server::Plain);
    assert_equal(&here, &tree(&apache.files()));
}

#[test]
fn a_program_that_is_killed_again_and_again_finishes_all_the_same() {
    for dialect in ["nextcloud", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        story::tell_of_kills(&home, &storage.url());
    }
}
