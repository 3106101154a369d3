//! Every answer that the client relies on, asked of real servers: the same
//! questions of `navette serve` in each dialect, Apache, rclone, WsgiDAV and
//! nginx. What a server is not found to do ([`navette::server::Profile`]) is
//! not asked of it.
//!
//! `NAVETTE_TEST_SERVER`, `NAVETTE_TEST_USER` and `NAVETTE_TEST_PASSWORD` name
//! a server of your own: `cargo test --test conformance given` asks it in a
//! fresh folder, which is removed afterwards.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "conformance/files.rs"]
mod files;
#[path = "conformance/folders.rs"]
mod folders;
#[path = "conformance/large.rs"]
mod large;
#[path = "conformance/many.rs"]
mod many;
#[path = "program/mod.rs"]
mod program;
#[path = "real/mod.rs"]
mod real;
#[path = "conformance/safety.rs"]
mod safety;
#[path = "sync/stage.rs"]
mod stage;
#[path = "server/support.rs"]
mod support;

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use navette::cloud::{Dialect, Fate, Request, ServeOptions, Spoilt, serve};
use navette::server::{Dav, Guard, Server as _, ServerError, Written};

use stage::Stage;
use support::connection;

/// A question to a server, in an empty folder of its own.
type Question = for<'a> fn(&'a Dav) -> LocalBoxFuture<'a, ()>;

/// The questions, by name.
macro_rules! questions {
    ($($place:ident::$question:ident),+ $(,)?) => {
        [$((stringify!($question), (|dav| Box::pin($place::$question(dav))) as Question)),+]
    };
}

/// Writes another version over a file, under another date: under the old one
/// some servers keep the version (protocol.md 0.13).
pub async fn replace(
    dav: &Dav,
    at: &str,
    guard: &Guard,
    bytes: &[u8],
) -> Result<Written, ServerError> {
    let mut upload = support::upload(bytes);
    upload.mtime = upload.mtime.map(|date| date + 60 * i64::try_from(bytes.len()).unwrap());
    dav.put(&support::path(at), guard, upload).await
}

/// All questions. Each finds out by itself what of it concerns the server.
const QUESTIONS: [(&str, Question); 22] = questions! {
    folders::the_root_tells_who_it_is,
    folders::a_folder_is_made_once,
    folders::what_stands_nowhere_is_absent_only_in_a_folder_that_is_there,
    folders::a_listing_says_of_its_folder_what_a_question_says,
    folders::a_folder_tells_what_happens_below_it,
    folders::a_folder_that_moves_takes_everything_along_under_the_same_ids,
    folders::a_folder_goes_with_all_that_is_in_it,
    folders::the_room_is_told_or_unlimited,
    files::a_file_travels_with_its_properties,
    files::names_keep_their_spelling,
    files::a_write_tells_the_version_that_is_listed,
    files::a_rename_keeps_id_date_and_bytes,
    files::a_copy_is_another_file_with_the_same_bytes,
    safety::a_new_file_overwrites_nothing,
    safety::an_overwrite_meets_its_version,
    safety::a_move_meets_its_version_and_replaces_nothing,
    safety::a_deletion_meets_its_version_and_may_come_twice,
    large::reading_goes_on_only_in_the_same_version,
    large::a_large_file_arrives_whole_and_is_replaced_whole,
    many::small_files_that_go_together_arrive_whole,
    many::files_that_come_together_are_whole,
    many::what_was_deleted_or_overwritten_can_be_brought_back,
};

/// Asks all of a server; tells everything that it answered wrongly at once.
fn conforms(stage: &Stage) {
    let mut wrong = Vec::new();
    for (name, question) in QUESTIONS {
        let asked = || stage.ask_in(name, async |dav| question(&dav).await);
        if std::panic::catch_unwind(AssertUnwindSafe(asked)).is_err() {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new(), "the reasons are above");
}

#[test]
fn nextcloud() {
    conforms(&Stage::serve("nextcloud"));
}

#[test]
fn owncloud() {
    conforms(&Stage::serve("owncloud10"));
}

#[test]
fn infinite_scale() {
    conforms(&Stage::serve("ocis"));
}

#[test]
fn plain_webdav() {
    conforms(&Stage::serve("plain"));
}

#[test]
fn apache() {
    conforms(&Stage::apache());
}

#[test]
fn rclone() {
    conforms(&Stage::rclone());
}

#[test]
fn wsgidav() {
    conforms(&Stage::wsgidav());
}

#[test]
fn nginx() {
    conforms(&Stage::nginx());
}

#[test]
fn a_given_server() {
    let stage = Stage::given();
    conforms(&stage);
    stage.clear();
}

/// A suite that finds nothing wrong in a server that breaks its promises would
/// prove nothing.
#[test]
fn a_server_whose_answers_are_spoilt_is_found_out() {
    let faults = |request: &Request<'_>| match request.method {
        "GET" | "POST" => Fate::Spoil(Spoilt::Byte),
        _ => Fate::Proceed,
    };
    let options =
        ServeOptions { faults: Box::new(faults), ..ServeOptions::new(Dialect::Nextcloud) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = runtime.block_on(async {
        let (tell, told) = tokio::sync::oneshot::channel();
        let serving =
            serve(options, |ready| assert!(tell.send(ready).is_ok()), std::future::pending());
        tokio::select! {
            ended = serving => panic!("the server ended: {ended:?}"),
            found = async {
                let url = format!("http://{}/", told.await.unwrap().address).parse().unwrap();
                let dav = Dav::connect(connection(url, "alice", "alice")).await.unwrap();
                let question = many::files_that_come_together_are_whole(&dav);
                AssertUnwindSafe(question).catch_unwind().await
            } => found,
        }
    });
    assert!(found.is_err());
}
