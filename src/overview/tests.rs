use super::*;
use crate::api::{Left, Said};
use crate::event::Cause;
use crate::text::Language;

const NOW: i64 = 1_796_014_534;

pub(crate) fn pair(account: &str, state: PairState, reason: Option<&str>) -> Standing {
    Standing {
        folder: format!("/{account}"),
        account: account.to_owned(),
        server: format!("https://{account}"),
        user: "a".to_owned(),
        remote_path: "/".to_owned(),
        state,
        reason: reason.map(str::to_owned),
        said: Said { sentence: format!("Word of {account}."), remedy: Some("Do it.".to_owned()) },
        since: NOW - 60,
        checked: Some(NOW - 25),
        until: None,
        files: 3,
        runs: 1,
        told: true,
        progress: None,
        left: Vec::new(),
        brakes: Vec::new(),
        questions: Vec::new(),
        recent: Vec::new(),
        unwatched: None,
    }
}

fn syncing(account: &str, files: u64, fraction: f64) -> Standing {
    let progress = Progress {
        steps: files,
        ended: 1,
        files,
        files_ended: 1,
        bytes: 4_000_000,
        moved: 1_000_000,
        fraction,
        rate: Some(250_000),
        time_left: Some(12),
        stalled: None,
        moving: Vec::new(),
    };
    Standing { progress: Some(progress), ..pair(account, PairState::Syncing, None) }
}

fn left(cause: Cause, again: Option<i64>) -> Left {
    let said = Said::default();
    Left { path: "x".to_owned(), side: None, again, cause, blocks: true, said }
}

fn asks(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn of(pairs: &[Standing]) -> Overview {
    overview(&Texts::new(Language::ENGLISH), pairs, &[], NOW)
}

#[test]
fn up_to_date_says_when_it_was_checked_and_that_nothing_needs_anybody() {
    let older = Standing { checked: Some(NOW - 300), ..pair("a", PairState::UpToDate, None) };
    let all = of(&[pair("a", PairState::UpToDate, None), older]);
    assert_eq!((all.mood, all.headline.as_str()), (Mood::UpToDate, "Everything is up to date"));
    assert_eq!(all.rest, "Checked 5\u{a0}min ago. Nothing needs you.");
    assert_eq!(of(&[]).mood, Mood::Empty);
}

#[test]
fn the_first_that_holds_is_told_first() {
    let rising = [
        (PairState::UpToDate, None, Mood::UpToDate),
        (PairState::Checking, None, Mood::Checking),
        (PairState::Starting, None, Mood::Checking),
        (PairState::Syncing, None, Mood::Syncing),
        (PairState::Hindered, Some("maintenance"), Mood::Offline),
        (PairState::Paused, None, Mood::Paused),
        (PairState::Stopped, Some("sign-in"), Mood::Stopped),
        (PairState::NeedsYou, None, Mood::NeedsYou),
    ];
    let mut pairs = Vec::new();
    for (state, reason, mood) in rising {
        pairs.push(pair("a", state, reason));
        assert_eq!(of(&pairs).mood, mood, "{state:?}");
        pairs.reverse();
        assert_eq!(of(&pairs).mood, mood, "{state:?}, whatever the order");
    }
}

#[test]
fn it_is_never_up_to_date_while_a_question_is_open() {
    for state in [PairState::UpToDate, PairState::Checking, PairState::Paused, PairState::Syncing] {
        let asks = Standing { questions: asks(&["conflict:x:/a"]), ..pair("a", state, None) };
        let all = of(&[asks, pair("a", PairState::UpToDate, None)]);
        assert_eq!((all.mood, all.needing), (Mood::NeedsYou, 1), "{state:?}");
        assert_eq!(all.headline, "One thing needs you");
        assert!(!all.rest.contains("Nothing needs you"), "{}", all.rest);
    }
}

#[test]
fn what_waits_for_a_moment_is_only_looked_at_and_what_waits_long_is_told() {
    let waits = |again| Standing {
        left: vec![left(Cause::Locked, again)],
        ..pair("a", PairState::Waiting, None)
    };
    assert_eq!(of(&[waits(Some(NOW + 5))]).mood, Mood::Checking);
    assert_eq!(of(&[waits(Some(NOW + 600))]).mood, Mood::Offline);
    assert_eq!(of(&[waits(None)]).mood, Mood::Offline);
}

#[test]
fn with_several_accounts_the_worst_is_named_as_its_server_calls_itself() {
    let stopped = pair("b@y", PairState::Stopped, Some("sign-in"));
    let pairs = [
        pair("a@x", PairState::UpToDate, None),
        Standing { questions: asks(&["sign-in:b@y"]), ..stopped },
    ];
    let account = |name: &str, title: &str| Account {
        name: name.to_owned(),
        server: String::new(),
        host: String::new(),
        title: title.to_owned(),
        product: None,
        user: String::new(),
        display_name: None,
        quota: None,
    };
    let accounts = [account("a@x", "Cloud"), account("b@y", "Lab")];
    let english = Texts::new(Language::ENGLISH);
    let named = overview(&english, &pairs, &accounts, NOW);
    assert_eq!((named.headline.as_str(), named.needing), ("Lab: Word of b@y.", 1));
    assert_eq!(named.rest, "Do it.");
    let twins = [account("a@x", "Cloud"), account("b@y", "Cloud")];
    assert_eq!(overview(&english, &pairs, &twins, NOW).headline, "b@y: Word of b@y.");
    assert_eq!(of(&pairs[1..]).headline, "Word of b@y.", "the only one needs no name");
}

#[test]
fn all_that_is_synced_is_told_together_in_numbers() {
    let all =
        of(&[syncing("a", 10, 0.5), syncing("a", 2, 0.5), pair("a", PairState::UpToDate, None)]);
    assert_eq!(all.headline, "Syncing 12 files, less than a minute left");
    let rest = "2 of 12 files · 1.9\u{a0}MB of 7.6\u{a0}MB · 488\u{a0}KB/s. Nothing needs you.";
    assert_eq!(all.rest, rest);
    assert!((all.fraction.unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(all.time_left, Some(12));
}

#[test]
fn what_concerns_a_whole_account_needs_somebody_once() {
    let stopped = |ids: &[&str]| Standing {
        questions: asks(ids),
        ..pair("a", PairState::Stopped, Some("sign-in"))
    };
    assert_eq!(of(&[stopped(&["sign-in:a"]), stopped(&["sign-in:a"])]).needing, 1);
    assert_eq!(of(&[stopped(&["sign-in:a"]), stopped(&["gate:x:/f", "name::b:/f"])]).needing, 3);
}

#[test]
fn a_pause_of_all_has_an_end_only_if_each_has() {
    let paused = |until| Standing { until, ..pair("a", PairState::Paused, None) };
    assert_eq!(of(&[paused(Some(NOW + 5)), paused(Some(NOW + 9))]).until, Some(NOW + 9));
    assert_eq!(of(&[paused(Some(NOW + 5)), paused(None)]).until, None);
    assert_eq!(of(&[pair("a", PairState::UpToDate, None)]).until, None);
}
