//! testchunkingng and testuploadreset: an upload is cut, its answer is lost, or
//! somebody writes meanwhile.
//!
//! Here a file arrives in one step, as chunks do with their final MOVE. What
//! becomes of the chunks themselves (gone on with, one lost, one too many, all
//! there, three refusals) is played over HTTP in `tests/server/transfers.rs`;
//! that the condition is sent only with an overwrite, and how addresses are
//! written, in `tests/server/said.rs`.

use navette::cloud::Fate;

use crate::lab::on_all;

/// The reply to the last step is lost, though it took effect: a new file.
#[test]
fn testchunkingng_late_abort_hard_of_a_new_file() {
    on_all(|lab| {
        lab.here().write("A/new", "mine");
        lab.dooms("PUT", "A/new", Fate::LoseReply, 1);
        let asked = lab.ends("+A/new=mine");
        assert_eq!(asked.put, 1, "it is not sent again");
    });
}

#[test]
fn testchunkingng_late_abort_hard_of_an_edit() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        lab.dooms("PUT", "A/a1", Fate::LoseReply, 1);
        let asked = lab.ends("-A/a1 +A/a1=mine");
        assert_eq!(asked.put, 1, "it is not sent again");
    });
}

#[test]
fn testchunkingng_late_abort_hard_and_then_edited_again() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        lab.dooms("PUT", "A/a1", Fate::LoseReply, 1);
        let _ = lab.runs_once();
        lab.here().write("A/a1", "mine-again");
        lab.ends("-A/a1 +A/a1=mine-again");
    });
}

#[test]
fn testchunkingng_late_abort_hard_and_then_deleted_here() {
    on_all(|lab| {
        lab.here().write("A/new", "mine");
        lab.here().write("A/a1", "mine");
        lab.dooms("PUT", "A/new", Fate::LoseReply, 1);
        lab.dooms("PUT", "A/a1", Fate::LoseReply, 1);
        let _ = lab.runs_once();
        lab.here().remove("A/new");
        lab.here().remove("A/a1");
        lab.ends("-A/a1");
    });
}

/// The last step was sent and lands only later.
#[test]
fn testchunkingng_late_abort_recoverable() {
    on_all(|lab| {
        lab.here().write("A/new", "mine");
        lab.here().write("A/a1", "mine");
        lab.dooms("PUT", "A/new", Fate::Late, 1);
        lab.dooms("PUT", "A/a1", Fate::Late, 1);
        lab.ends("-A/a1 +A/a1=mine +A/new=mine");
    });
}

#[test]
fn testchunkingng_edited_on_the_server_during_the_upload() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        // An overwrite meets its version by a condition on oCIS too.
        let method = if lab.has_ids() { "PUT" } else { "PROPFIND" };
        lab.meanwhile(method, "A/a1", |cloud| {
            cloud.user("u").write("A/a1", "theirs").unwrap();
        });
        lab.ends("-A/a1 +A/a1=theirs +A/a1!=mine");
    });
}

#[test]
fn testchunkingng_edited_here_during_the_upload() {
    on_all(|lab| {
        lab.here().write("A/a1", &"mine".repeat(100));
        let (disk, path) = (lab.world.disk.clone(), lab.path("A/a1"));
        let mut left = 1;
        lab.runs_while(|requests| {
            if requests.iter().any(|line| line == "PUT A/a1") && left > 0 {
                left -= 1;
                disk.user().write(&path, b"mine-again").unwrap();
            }
        });
        assert_eq!(left, 0, "nobody edited");
        lab.ends("-A/a1 +A/a1=mine-again");
    });
}

/// The connection drops before the new version is told: no conflict with oneself.
#[test]
fn testchunkingng_a_dropped_connection_is_no_conflict() {
    on_all(|lab| {
        for size in [10, 10_000] {
            let text = "x".repeat(size);
            lab.here().write("A/a1", &text);
            lab.dooms("PUT", "A/a1", Fate::LoseReply, 1);
            let (report, asked) = lab.syncs();
            assert_eq!((report.counts.conflicts, asked.put), (0, 1));
            assert_eq!(lab.there().text("A/a1"), Some(text));
        }
    });
}

/// The peers give up an upload after three refusals. Ours looks again at each.
#[test]
fn testuploadreset_refusals_end_when_the_condition_holds() {
    on_all(|lab| {
        lab.here().write("A/a1", "mine");
        let refused = Fate::Fail(navette::server::ServerErrorKind::Changed);
        lab.dooms("PUT", "A/a1", refused, 3);
        lab.ends("-A/a1 +A/a1=mine");
    });
}
