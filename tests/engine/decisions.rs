//! What somebody answers while a pair is watched.

use navette::cloud::Dialect;
use navette::model::Side;
use navette::plan::Verdict;
use navette::watch::{Decision, State, Undecided, asked, decide};

use super::watch::{Day, day, watched};

fn names(folder: &str) -> Vec<String> {
    (0..40).map(|file| format!("{folder}/f{file}")).collect()
}

fn with_files(story: impl AsyncFnOnce(&Day<'_>)) {
    let names = [names("a"), names("b")].concat();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    day(&watched(Dialect::Nextcloud, &names), story);
}

fn brake(side: Option<Side>, verdict: Verdict) -> Decision {
    Decision::Brake { side, verdict, asked: None }
}

fn say(day: &Day<'_>, decision: &Decision) -> Result<(), Undecided> {
    decide(day.board, day.wishes, decision)
}

#[test]
fn what_was_deleted_here_comes_back_or_goes_there_too_as_somebody_says() {
    for verdict in [Verdict::Restore, Verdict::Delete] {
        with_files(async |day| {
            names("a").iter().for_each(|path| day.pair.remove_here(path));
            day.seconds(10).await;
            assert!(matches!(day.state(), State::NeedsYou), "{:?}", day.state());
            assert_eq!(day.board.now().brakes[0].paths.len(), 40);
            assert_eq!(day.pair.there().len(), 82, "nothing is deleted there");
            say(day, &brake(None, verdict)).unwrap();
            assert!(day.board.now().brakes.is_empty(), "it is not asked any more");
            day.seconds(10).await;
            assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
            assert_eq!(day.pair.here(), day.pair.there());
            let left = if verdict == Verdict::Delete { 41 } else { 81 };
            let files = day.pair.there().len();
            assert!(files == left || files == left + 1, "{verdict:?}: {files}");
        });
    }
}

#[test]
fn what_was_deleted_there_is_sent_again_or_put_aside_as_somebody_says() {
    for verdict in [Verdict::Restore, Verdict::Delete] {
        with_files(async |day| {
            day.pair.remove_there("a");
            day.seconds(120).await;
            let brakes = day.board.now().brakes;
            assert_eq!((brakes.len(), brakes[0].brake.side), (1, Side::Local));
            assert_eq!(day.pair.here().len(), 82);
            let other = brake(Some(Side::Remote), verdict);
            assert_eq!(say(day, &other), Err(Undecided::NotAsked), "of the other side nothing is");
            say(day, &brake(Some(Side::Local), verdict)).unwrap();
            day.seconds(10).await;
            assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
            assert_eq!(day.pair.here(), day.pair.there());
            let stays = day.pair.there().contains(&"a/f1".to_owned());
            assert_eq!(stays, verdict == Verdict::Restore);
        });
    }
}

#[test]
fn an_answer_is_about_the_files_that_were_shown_and_others_are_asked_about_anew() {
    with_files(async |day| {
        names("a").iter().for_each(|path| day.pair.remove_here(path));
        day.seconds(10).await;
        let shown = asked(&day.board.now().brakes[0].brake);
        names("b").iter().take(39).for_each(|path| day.pair.remove_here(path));
        day.seconds(10).await;
        assert_eq!(day.board.now().brakes[0].paths.len(), 79);
        let meant = |asked| Decision::Brake { side: None, verdict: Verdict::Delete, asked };
        assert_eq!(say(day, &meant(Some(shown))), Err(Undecided::OtherFiles));
        // The answer comes, and more goes before it is carried out.
        let shown = asked(&day.board.now().brakes[0].brake);
        say(day, &meant(Some(shown))).unwrap();
        day.seconds(10).await;
        assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        assert_eq!(say(day, &meant(None)), Err(Undecided::NotAsked), "it was answered once");
        // What was answered counts for no later question.
        day.pair.write_here("new", "new");
        day.seconds(10).await;
        day.pair.remove_here("new");
        day.seconds(10).await;
        assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        assert!(!day.pair.there().contains(&"new".to_owned()));
    });
}

#[test]
fn a_gate_opens_for_whoever_wants_both_sides_compared_and_for_no_other_reason() {
    let pair = watched(Dialect::Nextcloud, &["a", "b"]);
    day(&pair, async |day| {
        let older = day.pair.world.cloud().lock().clone();
        day.pair.write_here("a", "newer");
        day.seconds(10).await;
        day.pair.world.cloud().lock().restore_backup(&older, "after the backup");
        let compare = |gate: Option<&str>| Decision::Compare { gate: gate.map(str::to_owned) };
        assert_eq!(say(day, &compare(None)), Err(Undecided::NotAsked), "nothing is closed yet");
        day.seconds(60).await;
        assert!(matches!(day.state(), State::Stopped(_)), "{:?}", day.state());
        let other = compare(Some("storage-changed"));
        assert_eq!(say(day, &other), Err(Undecided::NotAsked), "that is not what is asked");
        say(day, &compare(Some("storage-set-back"))).unwrap();
        day.seconds(20).await;
        assert!(matches!(day.state(), State::UpToDate), "{:?}", day.state());
        assert_eq!(day.pair.here(), day.pair.there());
        let here: Vec<_> = day.pair.world.disk.snapshot().into_values().flatten().collect();
        assert!(here.iter().any(|bytes| bytes == b"newer"), "nothing is lost");
        // A later gate is another question.
        day.pair.world.cloud().lock().restore_backup(&older, "once more");
        day.seconds(120).await;
        assert!(matches!(day.state(), State::Stopped(_)), "{:?}", day.state());
    });
}
