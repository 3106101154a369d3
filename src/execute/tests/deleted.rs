//! What is deleted on the server under no condition is looked at afterwards
//! (amendment 14): whatever somebody writes into the last round trip comes back.

use std::sync::{Arc, Mutex};

use super::lab::{Lab, path};
use crate::cloud::{Dialect, Fate, Request};
use crate::disk::sim::SimConfig;
use crate::event::Outcome;
use crate::model::{Body, Content, NodeId, Side, Stand};
use crate::plan::Op;
use crate::server::{Server as _, ServerErrorKind};

fn lab(dialect: Dialect) -> Lab {
    Lab::with(dialect, SimConfig::default())
}

fn remove(node: NodeId, with: Vec<NodeId>) -> Op {
    Op::Remove { side: Side::Remote, node, with }
}

/// Lets somebody act on the server the moment the first request that takes
/// something away is on its way.
fn in_the_window(lab: &Lab, act: impl Fn(&mut crate::cloud::User<'_>) + Send + 'static) {
    let cloud = lab.world.server.cloud().clone();
    let mut acted = false;
    lab.world.server.set_faults(move |request: &Request<'_>| {
        if !acted && matches!(request.method, "DELETE" | "MOVE") {
            acted = true;
            act(&mut cloud.lock().user("anna"));
        }
        Fate::Proceed
    });
}

/// How often each method is used.
fn counted(lab: &Lab) -> Arc<Mutex<Vec<String>>> {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = seen.clone();
    lab.world.server.set_faults(move |request: &Request<'_>| {
        log.lock().unwrap().push(format!("{} {}", request.method, request.path));
        Fate::Proceed
    });
    seen
}

/// The files on the server that somebody sees, parked ones too.
fn seen_there(lab: &Lab) -> Vec<String> {
    let all = lab.shown_there();
    all.into_iter().filter(|at| !at.ends_with('/')).collect()
}

#[test]
fn what_was_put_into_a_folder_while_it_was_deleted_comes_back_with_it() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
        lab.look_there("d");
        in_the_window(&lab, |user| drop(user.write("d/new", "theirs")));
        assert_eq!(lab.one(remove(dir, vec![dir, file])), Outcome::Stale, "{dialect:?}");
        let seen = seen_there(&lab);
        assert!(seen.iter().any(|at| at.ends_with("/new")), "{dialect:?}: {seen:?}");
        assert!(lab.rows().remote.contains_key(&dir) && lab.rows().remote.contains_key(&file));
        assert!(!lab.rows().intents.contains_key(&dir), "{dialect:?}");
    }
}

#[test]
fn a_file_edited_in_a_folder_while_that_was_deleted_comes_back() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        let dir = lab.both("d", None);
        let (sub, file) = (lab.both("d/s", None), lab.both("d/s/f", Some("x")));
        lab.look_there("d");
        lab.look_there("d/s");
        in_the_window(&lab, |user| drop(user.write("d/s/f", "theirs")));
        assert_eq!(lab.one(remove(dir, vec![dir, sub, file])), Outcome::Stale, "{dialect:?}");
        let seen = seen_there(&lab);
        assert!(seen.iter().any(|at| at.ends_with("/s/f")), "{dialect:?}: {seen:?}");
    }
}

#[test]
fn a_file_edited_while_it_was_deleted_comes_back() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        let file = lab.both("f", Some("x"));
        in_the_window(&lab, |user| drop(user.write("f", "theirs, longer")));
        assert_eq!(lab.one(remove(file, vec![file])), Outcome::Stale, "{dialect:?}");
        let seen = seen_there(&lab);
        assert_eq!(seen.len(), 1, "{dialect:?}: {seen:?}");
        assert_eq!(lab.bytes_there(&seen[0]).unwrap(), "theirs, longer");
        let row = &lab.rows().remote[&file];
        if row.stand == Stand::Parked {
            // Nobody has read it, and another one of its second may follow.
            assert!(row.racy && row.entry.body == Body::File(Content::Unread), "{dialect:?}");
        }
        assert_eq!(row.stand == Stand::Parked, dialect == Dialect::Plain, "{dialect:?}");
    }
}

/// Of the very length of what was to go: only its id tells it.
#[test]
fn what_was_moved_to_the_place_of_a_dying_file_comes_back() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let mut lab = lab(dialect);
        let (file, other) = (lab.both("f", Some("one")), lab.both("g", Some("two")));
        in_the_window(&lab, |user| {
            user.rename("f", "elsewhere").unwrap();
            user.rename("g", "f").unwrap();
        });
        assert_eq!(lab.one(remove(file, vec![file])), Outcome::Stale, "{dialect:?}");
        let seen = seen_there(&lab);
        assert_eq!(seen, ["elsewhere", "f"], "{dialect:?}");
        assert_eq!(lab.bytes_there("f").unwrap(), "two", "{dialect:?}");
        assert_eq!(lab.bytes_there("elsewhere").unwrap(), "one", "{dialect:?}");
        for node in [file, other] {
            assert!(lab.rows().remote.contains_key(&node), "{dialect:?}");
        }
    }
}

#[test]
fn what_comes_back_never_takes_the_place_of_something_new() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let mut lab = lab(dialect);
        let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
        lab.look_there("d");
        let cloud = lab.world.server.cloud().clone();
        let mut deleted = false;
        lab.world.server.set_faults(move |request: &Request<'_>| {
            let mut cloud = cloud.lock();
            match request.method {
                "DELETE" => {
                    deleted = true;
                    drop(cloud.user("anna").write("d/new", "theirs"));
                }
                // After the deletion, before the way back.
                "PROPFIND" if std::mem::take(&mut deleted) => {
                    drop(cloud.user("anna").write("d/other", "a new folder"));
                }
                _ => {}
            }
            Fate::Proceed
        });
        assert_eq!(lab.one(remove(dir, vec![dir, file])), Outcome::Stale, "{dialect:?}");
        assert_eq!(lab.bytes_there("d/other").unwrap(), "a new folder", "{dialect:?}");
        let seen = seen_there(&lab);
        let new: Vec<_> = seen.iter().filter(|at| at.ends_with("/new")).collect();
        assert!(new.len() == 1 && new[0] != "d/new", "{dialect:?}: {seen:?}");
    }
}

#[test]
fn what_was_meant_is_gone_after_one_look_at_the_trash() {
    for dialect in Dialect::ALL {
        let mut lab = lab(dialect);
        let (one, two) = (lab.both("d", None), lab.both("e", None));
        let (f, g) = (lab.both("d/f", Some("x")), lab.both("e/g", Some("y")));
        lab.look_there("d");
        lab.look_there("e");
        lab.pass_time(60);
        let seen = counted(&lab);
        let run = lab.run(vec![remove(one, vec![one, f]), remove(two, vec![two, g])]);
        assert_eq!(run.outcomes, [Outcome::Done, Outcome::Done], "{dialect:?}");
        assert!(seen_there(&lab).is_empty());
        assert!(lab.rows().remote.is_empty() && lab.rows().intents.is_empty(), "{dialect:?}");
        let seen = seen.lock().unwrap().clone();
        let looks = seen.iter().filter(|asked| *asked == "PROPFIND ").count();
        assert_eq!(looks, usize::from(dialect != Dialect::Plain), "{dialect:?}: {seen:?}");
        let moves = seen.iter().filter(|asked| asked.starts_with("MOVE")).count();
        assert_eq!(moves, if dialect == Dialect::Plain { 2 } else { 0 }, "{seen:?}");
    }
}

#[test]
fn a_files_deletion_that_carries_its_version_needs_no_look() {
    for (dialect, requests) in
        [(Dialect::Nextcloud, 1), (Dialect::OwnCloud10, 1), (Dialect::Ocis, 3)]
    {
        let mut lab = lab(dialect);
        let file = lab.both("f", Some("x"));
        let before = lab.world.server.requests();
        assert_eq!(lab.one(remove(file, vec![file])), Outcome::Done);
        assert_eq!(lab.world.server.requests() - before, requests, "{dialect:?}");
    }
}

#[test]
fn a_look_that_was_cut_off_is_made_up_for_at_the_next_start() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        for polls in 0..60 {
            let mut lab = lab(dialect);
            let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
            lab.look_there("d");
            in_the_window(&lab, |user| drop(user.write("d/new", "theirs")));
            let steps = super::lab::steps(vec![remove(dir, vec![dir, file])]);
            let ended = lab.cut(&steps, polls);
            lab.start();
            lab.world.server.set_faults(crate::cloud::NoFaults);
            let journal = lab.journal.as_mut().unwrap();
            let look = crate::execute::look_after_deletions(&lab.world, journal, |_| false);
            futures::executor::block_on(look).unwrap();
            assert!(lab.rows().intents.is_empty(), "{dialect:?} after {polls}");
            let seen = seen_there(&lab);
            let whole = seen == ["d/f"] || seen.contains(&"d/new".to_owned());
            assert!(whole, "{dialect:?} after {polls} polls: {seen:?}");
            if ended {
                break;
            }
            assert!(polls < 59, "it never ended");
        }
    }
}

#[test]
fn a_trash_that_cannot_be_looked_into_holds_nothing_up() {
    for dialect in [Dialect::Nextcloud, Dialect::Ocis] {
        let mut lab = lab(dialect);
        let dir = lab.both("d", None);
        let mut deleted = false;
        lab.world.server.set_faults(move |request: &Request<'_>| {
            deleted |= request.method == "DELETE";
            match deleted && request.method == "PROPFIND" {
                true => Fate::Fail(ServerErrorKind::NotFound),
                false => Fate::Proceed,
            }
        });
        assert_eq!(lab.one(remove(dir, vec![dir])), Outcome::Done, "{dialect:?}");
        assert!(lab.rows().intents.is_empty() && lab.rows().remote.is_empty());
    }
}

#[test]
fn a_deletion_without_an_answer_is_looked_after_later() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let mut lab = lab(dialect);
        let (dir, file) = (lab.both("d", None), lab.both("d/f", Some("x")));
        lab.look_there("d");
        let cloud = lab.world.server.cloud().clone();
        lab.world.server.set_faults(move |request: &Request<'_>| match request.method {
            "DELETE" => {
                drop(cloud.lock().user("anna").write("d/new", "theirs"));
                Fate::LoseReply
            }
            _ => Fate::Proceed,
        });
        let end = lab.one(remove(dir, vec![dir, file]));
        assert!(matches!(end, Outcome::Unknown(_)), "{dialect:?}: {end:?}");
        assert!(lab.rows().intents[&dir].deleting && lab.rows().remote.contains_key(&file));
        lab.world.server.set_faults(crate::cloud::NoFaults);
        let journal = lab.journal.as_mut().unwrap();
        let look = crate::execute::look_after_deletions(&lab.world, journal, |_| false);
        futures::executor::block_on(look).unwrap();
        assert_eq!(lab.bytes_there("d/new").unwrap(), "theirs", "{dialect:?}");
        assert!(lab.rows().intents.is_empty());
        assert_eq!(lab.at(Side::Remote, dir), Some(path("d").to_string()));
    }
}
