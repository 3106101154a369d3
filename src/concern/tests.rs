use std::sync::Arc;

use super::*;
use crate::event::Version;
use crate::model::WaitReason;
use crate::pair::OpenError;
use crate::plan::{Brake, BrakeRule};
use crate::report::{EngineError, Gate};
use crate::server::ConnectError;
use crate::watch::{Allows, Board, State};

fn whose(folder: &str) -> Whose {
    Whose {
        folder: folder.to_owned(),
        account: "work".to_owned(),
        server: "https://w.org/".to_owned(),
        host: "w.org".to_owned(),
        free: None,
        since: BTreeMap::from([("old".to_owned(), 5)]),
    }
}

fn item(path: &str, cause: Cause, bytes: u64) -> Item {
    let side = Some(Side::Local);
    Item { path: path.to_owned(), side, cause, blocks: true, again: None, bytes }
}

fn standing(left: Vec<Item>) -> Standing {
    let mut standing = Board::new(9).now();
    (standing.left, standing.left_at) = (left, 20);
    standing
}

fn abouts(standing: &Standing) -> Vec<About> {
    of(&whose("/f"), standing).into_iter().map(|concern| concern.about).collect()
}

#[test]
fn files_that_wait_for_room_are_one_question_of_the_account() {
    let left = vec![item("old", Cause::Quota, 3), item("b", Cause::Quota, 4)];
    let standing = standing(left);
    let both = gathered([of(&whose("/f"), &standing), of(&whose("/g"), &standing)].concat());
    assert_eq!((both.len(), both[0].since, both[0].id.as_str()), (1, 5, "space:work"));
    assert_eq!(both[0].about, About::Space { files: 4, bytes: 14, free: None });
}

#[test]
fn what_goes_on_by_itself_or_is_only_mentioned_asks_nobody() {
    let link = Item { blocks: false, ..item("l", Cause::NotAFile, 0) };
    let waits = Cause::Waits(WaitReason::Brake);
    let left = vec![item("a", Cause::Locked, 1), item("b", waits, 1), link];
    assert_eq!(abouts(&standing(left)), []);
}

#[test]
fn a_file_that_is_left_and_a_name_that_cannot_be_are_told_with_what_helps() {
    let left = vec![
        item("a", Cause::Unreadable, 1),
        item("c:d", Cause::NameForbidden(NameReason::Character(':')), 1),
        item("é", Cause::NameForbidden(NameReason::SpelledLike("é".to_owned())), 1),
    ];
    let mut standing = standing(left);
    standing.allows = Some(Arc::new(Allows::default()));
    let abouts = abouts(&standing);
    assert_eq!(abouts.len(), 3, "{abouts:#?}");
    let About::File { path, cause: Cause::Unreadable, .. } = &abouts[0] else {
        panic!("{abouts:#?}")
    };
    assert_eq!(path, "a");
    let About::Name { suggestion, bad, reason: "server", .. } = &abouts[1] else {
        panic!("{abouts:#?}")
    };
    assert_eq!((suggestion.as_str(), bad.as_str()), ("c-d", ":"));
    let About::Name { suggestion, reason: "twin", other, .. } = &abouts[2] else {
        panic!("{abouts:#?}")
    };
    assert_eq!((suggestion.as_str(), other.as_deref()), ("é (2)", Some("é")));
}

#[test]
fn a_brake_keeps_its_id_while_more_goes_and_tells_that_it_is_about_others() {
    let held = |nodes: &[u64]| {
        let files: Vec<_> = nodes.iter().map(|&node| crate::model::NodeId(node)).collect();
        let (held, side) = (files.clone(), Side::Remote);
        let brake = Brake { side, files, held, of: 30, rule: BrakeRule::Many };
        let paths = nodes.iter().map(|node| format!("f{node}")).collect();
        let mut standing = standing(Vec::new());
        standing.brakes = vec![BrakeReport { brake, paths, bytes: 7 }];
        of(&whose("/f"), &standing).remove(0)
    };
    let (few, more) = (held(&[1, 2]), held(&[1, 2, 3]));
    assert_eq!(few.id, more.id);
    let question = |concern: &Concern| match &concern.about {
        About::Brake { asked, files, has_trash: false, .. } => (asked.clone(), *files),
        about => panic!("{about:?}"),
    };
    assert_ne!(question(&few).0, question(&more).0);
    assert_eq!((question(&few).1, question(&more).1), (2, 3));
}

#[test]
fn a_refused_sign_in_is_asked_once_for_the_account_and_a_lost_network_never() {
    let failed = |error: OpenError| {
        let mut standing = standing(Vec::new());
        standing.state = State::Stopped(Arc::new(error));
        standing
    };
    let refused = || {
        let error = ConnectError::SignIn { detail: String::new(), page: None };
        failed(OpenError::Connect(error))
    };
    let both = [of(&whose("/f"), &refused()), of(&whose("/g"), &refused())].concat();
    let both = gathered(both);
    assert!(matches!(&both[..], [Concern { about: About::SignIn { .. }, .. }]), "{both:#?}");
    let mut away = failed(OpenError::Connect(ConnectError::TimedOut(String::new())));
    if let State::Stopped(error) = away.state {
        away.state = State::Hindered(error);
    }
    assert_eq!(abouts(&away), []);
    let gate = failed(OpenError::Engine(EngineError::Gate(Gate::RemoteRestored)));
    assert_eq!(abouts(&gate), [About::Gate { gate: "remote-restored", compare: true }]);
    let missing = failed(OpenError::Missing);
    assert_eq!(abouts(&missing), [About::Gate { gate: "folder-missing", compare: false }]);
}

#[test]
fn files_in_two_versions_are_told_one_by_one() {
    let mut standing = standing(Vec::new());
    let conflict = Conflict::told("a.txt", "a (conflict).txt", Version::default());
    standing.versions = Some([conflict].into());
    let concern = of(&whose("/f"), &standing).remove(0);
    assert_eq!((concern.id.as_str(), concern.since), ("conflict:a (conflict).txt:/f", 20));
}
