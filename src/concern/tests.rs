use std::sync::Arc;

use super::*;
use crate::event::{Item, Version};
use crate::model::{NameReason, WaitReason};
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
    let About::File { sample, files: 1, cause: Cause::Unreadable, .. } = &abouts[2] else {
        panic!("{abouts:#?}")
    };
    assert_eq!(sample, &["a"]);
    let About::Name { reason: "server", files: 1, sample, .. } = &abouts[0] else {
        panic!("{abouts:#?}")
    };
    assert_eq!((sample[0].suggestion.as_str(), sample[0].bad.as_str()), ("c-d", ":"));
    let About::Name { reason: "twin", sample, .. } = &abouts[1] else { panic!("{abouts:#?}") };
    assert_eq!((sample[0].suggestion.as_str(), sample[0].other.as_deref()), ("é (2)", Some("é")));
}

#[test]
fn ten_thousand_files_with_one_cause_are_one_question_and_a_small_one() {
    let left = |files: u64| {
        let all = (0..files).map(|file| item(&format!("{file:05}"), Cause::Unreadable, 2));
        standing(all.collect())
    };
    let many = left(10_000);
    let concerns = of(&whose("/f"), &many);
    let [concern] = &concerns[..] else { panic!("{}", concerns.len()) };
    let About::File { files: 10_000, bytes: 20_000, sample, .. } = &concern.about else {
        panic!("{concern:#?}")
    };
    assert_eq!((sample.len(), sample[0].as_str()), (SAMPLE, "00000"));
    let written = serde_json::to_string(concern).unwrap();
    assert!(written.len() < 1000, "{written}");
    // The whole list is there for whoever wants it, and never more than that.
    let parts = |most| parts(&whose("/f"), &many, &concern.id, most).unwrap();
    assert_eq!((parts(20_000).len(), parts(30).len()), (10_000, 30));
    assert_eq!(parts(1), [Part::Path("00000".to_owned())]);
    // Whatever comes to it or goes, it is the same question.
    assert_eq!(ids(&whose("/f"), &left(9_999)), [concern.id.as_str()]);
    assert_eq!(ids(&whose("/f"), &many), ["file:local:unreadable:/f"]);
}

#[test]
fn another_cause_side_or_folder_is_another_question() {
    let there = |item: Item| Item { side: Some(Side::Remote), ..item };
    let left = vec![
        item("a", Cause::Unreadable, 1),
        item("b", Cause::Unreadable, 1),
        item("c", Cause::TooLarge, 1),
        there(item("d", Cause::Forbidden, 1)),
        item("e", Cause::Forbidden, 1),
        item("f", Cause::Waits(WaitReason::Forbidden), 1),
        item("g", Cause::NameRefused, 1),
        item("h", Cause::NameForbidden(NameReason::Control), 1),
        item("i", Cause::NameImpossible, 1),
        item("j", Cause::AsksFirst { bytes: 5 }, 0),
        item("k", Cause::AsksFirst { bytes: 5 }, 0),
    ];
    let standing = standing(left);
    let mut ids = ids(&whose("/f"), &standing);
    ids.sort();
    assert_eq!(
        ids,
        [
            "file:local:forbidden:/f",
            "file:local:too-large:/f",
            "file:local:unreadable:/f",
            "file:local:waits-forbidden:/f",
            "file:remote:forbidden:/f",
            "large:j:/f",
            "large:k:/f",
            "name:local:server:/f",
            "name:remote:other:/f",
        ]
    );
    let of: Vec<String> = of(&whose("/f"), &standing).into_iter().map(|one| one.id).collect();
    assert_eq!(of.len(), ids.len());
    assert!(of.iter().all(|id| ids.contains(id)), "{of:?}");
    let parts = parts(&whose("/f"), &standing, "name:local:server:/f", 9).unwrap();
    assert!(matches!(&parts[..], [Part::Name(g), Part::Name(_)] if g.path == "g"), "{parts:?}");
}

#[test]
fn only_what_is_asked_about_files_has_files() {
    let mut standing = standing(Vec::new());
    standing.state = State::Stopped(Arc::new(OpenError::Missing));
    let id = ids(&whose("/f"), &standing).remove(0);
    assert_eq!(parts(&whose("/f"), &standing, &id, 9), None);
    assert_eq!(parts(&whose("/f"), &standing, "file:local:unreadable:/f", 9), None);
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
fn files_in_two_versions_are_one_question_with_both_versions_of_each() {
    let conflict = |name: &str| {
        Conflict::told(
            &format!("{name}.txt"),
            &format!("{name} (conflict).txt"),
            Version::default(),
        )
    };
    let mut standing = standing(Vec::new());
    standing.versions = Some([conflict("a"), conflict("old")].into());
    let mut concern = of(&whose("/f"), &standing).remove(0);
    assert_eq!((concern.id.as_str(), concern.since), ("conflict:/f", 20));
    let About::Conflict { files: 2, sample } = &concern.about else { panic!("{concern:#?}") };
    assert_eq!(sample[0], conflict("a"));
    let parts = parts(&whose("/f"), &standing, &concern.id, 1).unwrap();
    assert_eq!(parts, [Part::Conflict(conflict("a"))]);
    standing.versions = Some((0..100).map(|n| conflict(&format!("{n:03}"))).collect());
    concern = of(&whose("/f"), &standing).remove(0);
    assert_eq!(concern.id, "conflict:/f");
    let About::Conflict { files: 100, sample } = &concern.about else { panic!("{concern:#?}") };
    assert_eq!(sample.len(), SAMPLE);
}
