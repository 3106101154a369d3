use super::*;
use crate::event::Cause;
use crate::model::{Name, Place};

const MB: u64 = 1 << 20;

fn at(seconds: f64) -> Moment {
    Duration::from_secs_f64(seconds)
}

fn send(node: u64) -> Op {
    let to = Place::new(NodeId::ROOT, Name::new("x").unwrap());
    Op::Send { node: NodeId(node), to }
}

/// Files of so many bytes each are planned at the beginning.
fn planned(files: u64, bytes: u64) -> Progress {
    let mut progress = Progress::begun(at(0.0));
    progress.plans(files, files, files * bytes, at(0.0));
    progress
}

#[test]
fn a_file_counts_by_its_bytes_and_a_step_without_bytes_counts_too() {
    let mut progress = Progress::begun(at(0.0));
    progress.plans(2, 1, 3 * STEP, at(0.0));
    progress.starts(&send(1), "a", 3 * STEP, at(0.0));
    progress.moves(NodeId(1), STEP, at(1.0));
    assert!((progress.fraction() - 0.2).abs() < 1e-9, "{}", progress.fraction());
    assert_eq!(progress.moving[0].moved, STEP);
    progress.moves(NodeId(1), 2 * STEP, at(1.0));
    progress.ends(&send(1), &Outcome::Done, at(2.0));
    assert!((progress.fraction() - 0.8).abs() < 1e-9);
    let remove = Op::Remove { side: Side::Remote, node: NodeId(2), with: vec![NodeId(2)] };
    progress.starts(&remove, "b", 0, at(2.0));
    progress.ends(&remove, &Outcome::Done, at(2.0));
    assert!((progress.fraction() - 1.0).abs() < 1e-9);
    assert_eq!((progress.files_ended, progress.ended, progress.moved()), (1, 2, 3 * STEP));
}

#[test]
fn work_that_is_found_meanwhile_makes_the_line_wait_and_never_go_back() {
    let mut progress = planned(1, MB);
    progress.starts(&send(1), "a", MB, at(0.0));
    progress.ends(&send(1), &Outcome::Done, at(1.0));
    progress.plans(9, 9, 9 * MB, at(2.0));
    assert_eq!((progress.files, progress.files_ended, progress.bytes), (10, 1, 10 * MB));
    let mut last = progress.fraction();
    assert!((last - 1.0).abs() < 1e-9, "it waits where it was: {last}");
    for node in 2..=10 {
        progress.starts(&send(node), "b", MB, at(3.0));
        progress.ends(&send(node), &Outcome::Done, at(3.0));
        assert!(progress.fraction() >= last);
        last = progress.fraction();
    }
    assert_eq!(progress.moved(), progress.bytes);
}

#[test]
fn what_fails_or_is_sent_again_never_makes_more_than_all() {
    let mut progress = planned(2, MB);
    progress.starts(&send(1), "a", MB, at(0.0));
    progress.moves(NodeId(1), 5 * MB, at(1.0));
    assert_eq!((progress.moved(), progress.moving[0].moved), (MB, MB));
    progress.ends(&send(1), &Outcome::Failed(Cause::Locked), at(1.0));
    // Nothing of the second had begun.
    progress.ends(&send(2), &Outcome::Skipped, at(1.0));
    assert_eq!((progress.ended, progress.moved()), (1, MB));
    progress.plans(2, 2, 2 * MB, at(2.0));
    assert_eq!((progress.steps, progress.files, progress.bytes), (3, 3, 3 * MB));
    assert!(progress.fraction() <= 1.0);
}

#[test]
fn the_rate_is_that_of_the_last_seconds() {
    let mut progress = planned(1, 1000 * MB);
    progress.starts(&send(1), "a", 1000 * MB, at(0.0));
    assert_eq!(progress.rate(at(0.5)), None, "too early");
    for tenth in 1..=300 {
        progress.moves(NodeId(1), MB / 10, at(f64::from(tenth) / 10.0));
    }
    let near = |rate: u64, what: u64| rate.abs_diff(what) < what / 20;
    assert!(near(progress.rate(at(30.0)).unwrap(), MB));
    // Five seconds of nothing halve it.
    assert!(near(progress.rate(at(35.0)).unwrap(), MB / 2));
}

#[test]
fn the_time_left_comes_after_five_seconds_and_grows_only_once_in_ten() {
    let mut progress = planned(1, 100 * MB);
    progress.starts(&send(1), "a", 100 * MB, at(0.0));
    for second in 1..=4 {
        progress.moves(NodeId(1), MB, at(f64::from(second)));
        assert_eq!(progress.time_left(at(f64::from(second))), None);
    }
    progress.moves(NodeId(1), MB, at(5.0));
    let first = progress.time_left(at(5.0)).unwrap().as_secs();
    assert!((80..=100).contains(&first), "{first}");
    // It slows down to a tenth: what is shown may grow at 15 s, not before, and
    // then not again until 25 s.
    let (mut before, mut grown) = (progress.time_left(at(5.0)).unwrap(), Vec::new());
    for tenth in 51..=260 {
        let now = at(f64::from(tenth) / 10.0);
        progress.moves(NodeId(1), MB / 100, now);
        let left = progress.time_left(now).unwrap();
        if left > before {
            grown.push(now);
        }
        before = left;
    }
    assert_eq!(grown.len(), 2, "{grown:?}");
    assert!(grown[0] >= at(15.0) && grown[1] - grown[0] >= GROWS, "{grown:?}");
}

#[test]
fn after_half_a_minute_of_nothing_it_waits_and_no_time_is_left_to_tell() {
    let mut progress = planned(1, 100 * MB);
    progress.starts(&send(1), "a", 100 * MB, at(0.0));
    for second in 1..=10 {
        progress.moves(NodeId(1), MB, at(f64::from(second)));
    }
    assert!(progress.stalled(at(39.9)).is_none() && progress.time_left(at(39.9)).is_some());
    assert_eq!(progress.stalled(at(41.0)), Some(Duration::from_secs(31)));
    assert_eq!(progress.time_left(at(41.0)), None);
    progress.moves(NodeId(1), MB, at(42.0));
    assert!(progress.stalled(at(42.0)).is_none() && progress.time_left(at(42.0)).is_some());
}
