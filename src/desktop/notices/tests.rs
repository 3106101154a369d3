use super::*;
use crate::api::Said;
use crate::desktop::About;
use crate::desktop::scene::{entry, standing};
use crate::text::Language;

/// A day on which it all happens, in seconds since 1970.
const DAY: i64 = 1_796_000_000;

fn concern(id: &str, kind: &str) -> Concern {
    let said = Said { sentence: format!("Sentence of {id}."), remedy: None };
    Concern { id: id.to_owned(), said, about: About { kind: kind.to_owned(), files: 0 } }
}

fn when(now: i64) -> When {
    When { now, notify: Notify::All, notify_new: true, in_front: false }
}

fn due(notices: &mut Notices, when: When) -> Option<Notice> {
    notices.due(&Texts::new(Language::ENGLISH), when)
}

fn titles(notices: &mut Notices, times: impl IntoIterator<Item = i64>) -> Vec<(i64, String)> {
    let said = times
        .into_iter()
        .filter_map(|now| due(notices, when(DAY + now)).map(|notice| (now, notice.title)));
    said.collect()
}

#[test]
fn a_question_is_said_once_also_after_a_restart() {
    let mut notices = Notices::default();
    let there = || Heard::Concerns(vec![concern("1", "sign-in")]);
    notices.hear(there(), DAY);
    let notice = due(&mut notices, when(DAY)).unwrap();
    assert_eq!(notice.title, "One thing needs you");
    assert_eq!(notice.body.as_deref(), Some("Sentence of 1."));
    assert_eq!(notice.goto, Goto { view: View::Attention, id: Some("1".to_owned()) });
    notices.hear(there(), DAY + 700);
    assert_eq!(due(&mut notices, when(DAY + 700)), None);
    let kept = notices.to_keep();
    assert!(kept.is_some() && notices.to_keep().is_none());
    let mut later = Notices::remembering(kept.as_deref());
    later.hear(there(), DAY + 2000);
    assert_eq!(due(&mut later, when(DAY + 2000)), None);
}

#[test]
fn a_question_that_comes_again_after_days_is_another_one() {
    let mut notices = Notices::default();
    notices.hear(Heard::Concerns(vec![concern("1", "sign-in")]), DAY);
    assert!(due(&mut notices, when(DAY)).is_some());
    // Gone for the moment of a restart: still the same.
    notices.hear(Heard::Concerns(Vec::new()), DAY + 3600);
    notices.hear(Heard::Concerns(vec![concern("1", "sign-in")]), DAY + 3700);
    assert_eq!(due(&mut notices, when(DAY + 3700)), None);
    notices.hear(Heard::Concerns(Vec::new()), DAY + 4 * 24 * 3600);
    notices.hear(Heard::Concerns(vec![concern("1", "sign-in")]), DAY + 4 * 24 * 3600 + 1);
    assert!(due(&mut notices, when(DAY + 4 * 24 * 3600 + 1)).is_some());
}

#[test]
fn each_file_in_two_versions_is_a_question_of_its_own() {
    let mut notices = Notices::default();
    let conflicts = |files: u64| {
        let about = About { kind: "conflict".to_owned(), files };
        Heard::Concerns(vec![Concern { about, ..concern("conflict:/f", "conflict") }])
    };
    let mut hear = |files: u64, at: i64| {
        let heard = if files == 0 { Heard::Concerns(Vec::new()) } else { conflicts(files) };
        notices.hear(heard, DAY + at);
        due(&mut notices, when(DAY + at + 60)).is_some()
    };
    assert!(hear(1, 0));
    assert!(!hear(1, 4000));
    assert!(hear(2, 8000), "another one");
    // Gone for the moment of a restart.
    assert!(!hear(0, 12_000) && !hear(2, 12_100));
    // One is decided, and one comes.
    assert!(!hear(1, 16_000));
    assert!(hear(2, 20_000));
    // All are, and one comes.
    assert!(!hear(0, 24_000) && !hear(0, 30_000));
    assert!(hear(1, 34_000));
}

#[test]
fn more_files_of_one_cause_are_no_news_and_another_cause_is() {
    let mut notices = Notices::default();
    let unreadable = |files: u64| {
        let said = Said { sentence: format!("Waiting: {files} files."), remedy: None };
        let about = About { kind: "file".to_owned(), files };
        Concern { said, about, ..concern("file:local:unreadable:/f", "file") }
    };
    notices.hear(Heard::Concerns(vec![unreadable(2)]), DAY);
    notices.hear(Heard::Concerns(vec![unreadable(10_000)]), DAY + 30);
    let notice = due(&mut notices, when(DAY + 60)).unwrap();
    assert_eq!(notice.title, "One thing needs you");
    assert_eq!(notice.body.as_deref(), Some("Waiting: 10000 files."));
    notices.hear(Heard::Concerns(vec![unreadable(10_001)]), DAY + 700);
    assert_eq!(titles(&mut notices, [1000, 3700, 7300]), []);
    let large = concern("file:local:too-large:/f", "file");
    notices.hear(Heard::Concerns(vec![unreadable(1), large]), DAY + 7400);
    let said = titles(&mut notices, [7459, 7460, 12_000]);
    assert_eq!(said, [(7460, "One thing needs you".to_owned())]);
}

#[test]
fn two_versions_are_collected_for_a_minute_and_said_once_an_hour() {
    let mut notices = Notices::default();
    let conflicts = |n: usize| -> Vec<Concern> {
        (0..n).map(|number| concern(&format!("c{number}"), "conflict")).collect()
    };
    notices.hear(Heard::Concerns(conflicts(1)), DAY);
    notices.hear(Heard::Concerns(conflicts(40)), DAY + 30);
    assert_eq!(due(&mut notices, when(DAY + 59)), None);
    assert_eq!(notices.again(DAY + 30), Some(30));
    let notice = due(&mut notices, when(DAY + 60)).unwrap();
    assert_eq!((notice.title.as_str(), &notice.goto.id), ("40 things need you", &None));
    notices.hear(Heard::Concerns(conflicts(50)), DAY + 700);
    assert_eq!(titles(&mut notices, [1000, 3600]), []);
    let said = titles(&mut notices, [3660, 3700]);
    assert_eq!(said, [(3660, "10 things need you".to_owned())]);
}

#[test]
fn there_are_ten_minutes_between_two_but_not_before_what_cannot_wait() {
    let mut notices = Notices::default();
    let (space, disk) = (concern("s", "space"), concern("d", "disk"));
    notices.hear(Heard::Concerns(vec![space.clone()]), DAY);
    assert!(due(&mut notices, when(DAY)).is_some());
    notices.hear(Heard::Concerns(vec![space.clone(), disk.clone()]), DAY + 10);
    assert_eq!(due(&mut notices, when(DAY + 10)), None);
    assert_eq!(notices.again(DAY + 10), Some(590));
    let brake = concern("b", "brake");
    notices.hear(Heard::Concerns(vec![space, disk, brake]), DAY + 20);
    // It takes the other one with it, and is named first.
    let notice = due(&mut notices, when(DAY + 20)).unwrap();
    assert_eq!(notice.title, "2 things need you");
    assert_eq!(notice.body.as_deref(), Some("Sentence of b."));
    assert_eq!(notices.again(DAY + 20), None);
}

#[test]
fn while_the_window_is_in_front_nothing_is_said_and_afterwards_once() {
    let mut notices = Notices::default();
    let all = vec![concern("1", "sign-in"), concern("2", "space"), concern("3", "disk")];
    notices.hear(Heard::Concerns(all.clone()), DAY);
    let in_front = When { in_front: true, ..when(DAY + 5) };
    assert_eq!(due(&mut notices, in_front), None);
    // One of them was settled there.
    notices.hear(Heard::Concerns(all[1..].to_vec()), DAY + 9);
    assert_eq!(titles(&mut notices, [10, 11, 800]), [(10, "2 things need you".to_owned())]);
}

#[test]
fn whoever_wants_to_hear_nothing_hears_nothing_and_whoever_wants_only_questions_no_news() {
    let mut notices = Notices::default();
    notices.hear(Heard::Concerns(vec![concern("1", "sign-in")]), DAY);
    let nothing = When { notify: Notify::None, ..when(DAY) };
    assert_eq!(due(&mut notices, nothing), None);
    let mut notices = Notices::default();
    notices.hear(Heard::Quota("a".to_owned(), "S".to_owned(), 96, 100), DAY);
    let needed = |now| When { notify: Notify::Needed, ..when(now) };
    assert_eq!(due(&mut notices, needed(DAY)), None);
    notices.hear(Heard::Concerns(vec![concern("1", "gate")]), DAY);
    assert!(due(&mut notices, needed(DAY + 1)).is_some());
}

#[test]
fn little_room_is_said_once_each_time_it_becomes_little() {
    let mut notices = Notices::default();
    let used = |notices: &mut Notices, used: u64, at: i64| {
        notices.hear(Heard::Quota("a".to_owned(), "Cloud".to_owned(), used, 100_000), DAY + at);
        titles(notices, [at])
    };
    assert_eq!(used(&mut notices, 94_000, 0), []);
    let said = used(&mut notices, 96_000, 1000);
    assert_eq!(said, [(1000, "96\u{a0}% of your space on Cloud is used".to_owned())]);
    assert_eq!(used(&mut notices, 94_000, 2000), []);
    assert_eq!(used(&mut notices, 97_000, 3000), [], "it has not crossed it again");
    assert_eq!(used(&mut notices, 90_000, 4000), []);
    assert_eq!(used(&mut notices, 96_000, 5000).len(), 1);
}

#[test]
fn the_first_sync_of_a_folder_is_said_once_when_it_has_brought_something() {
    let mut notices = Notices::default();
    use PairState::{Checking, NeedsYou, Starting, Syncing, UpToDate};
    let stands = |folder: &str, state| Heard::Standing(Box::new(standing(folder, state)));
    for state in [Starting, Checking, UpToDate] {
        notices.hear(stands("/old", state), DAY);
    }
    assert_eq!(titles(&mut notices, [0]), []);
    for state in [Starting, Checking, Syncing, NeedsYou, Syncing, UpToDate] {
        notices.hear(stands("/home/a/Thesis", state), DAY + 1);
    }
    assert_eq!(titles(&mut notices, [1, 2]), [(1, "Thesis is here and up to date".to_owned())]);
    notices.hear(stands("/home/a/Thesis", Syncing), DAY + 1000);
    notices.hear(stands("/home/a/Thesis", UpToDate), DAY + 1001);
    let mut later = Notices::remembering(notices.to_keep().as_deref());
    later.hear(stands("/home/a/Thesis", Syncing), DAY + 3000);
    later.hear(stands("/home/a/Thesis", UpToDate), DAY + 3001);
    assert_eq!(titles(&mut later, [3001]), []);
}

#[test]
fn new_files_are_collected_for_two_minutes_and_only_for_those_who_want_it() {
    let mut notices = Notices::default();
    let done = |verb| Heard::Done(Box::new(entry("/home/a/Photos", "a", DAY, verb)));
    for second in 0..5 {
        notices.hear(done(Verb::Fetched), DAY + second);
        notices.hear(done(Verb::Sent), DAY + second);
    }
    assert_eq!(notices.again(DAY), Some(120));
    let said = titles(&mut notices, [60, 119, 120, 900]);
    assert_eq!(said, [(120, "New in Photos: 5 files".to_owned())]);
    notices.hear(done(Verb::Fetched), DAY + 1000);
    let unwanted = When { notify_new: false, ..when(DAY + 2000) };
    assert_eq!(due(&mut notices, unwanted), None);
    assert_eq!(notices.again(DAY + 2000), None);
}

#[test]
fn what_was_kept_and_cannot_be_understood_was_nothing() {
    let mut notices = Notices::remembering(Some("?"));
    notices.hear(Heard::Concerns(vec![concern("1", "disk")]), DAY);
    assert!(due(&mut notices, when(DAY)).is_some());
}
