use super::*;
use crate::event::{Outcome, Trace};
use crate::model::{Name, NodeId, Place};
use crate::plan::{Op, Why};

const NOW: i64 = 1_700_000_000;

fn sent(file: usize) -> Event {
    let to = Place::new(NodeId::ROOT, Name::new("x").unwrap());
    Event::Finished {
        op: Op::Send { node: NodeId(1), to },
        why: Why::New,
        path: format!("photos/{file}"),
        outcome: Outcome::Done,
        trace: Box::new(Trace { bytes: 3, ..Trace::default() }),
    }
}

/// What was told since, and how many.
fn told(from: &mut broadcast::Receiver<Arc<Kept>>) -> usize {
    std::iter::from_fn(|| from.try_recv().ok()).count()
}

#[test]
fn a_burst_is_written_in_batches_and_a_single_entry_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::new(dir.path());
    let mut follower = recorder.follow();
    recorder.hear(&Event::Looking, NOW);
    let mut writes = Vec::new();
    for file in 0..5000 {
        recorder.hear(&sent(file), NOW);
        writes.extend(Some(told(&mut follower)).filter(|&entries| entries > 0));
    }
    recorder.hear(&Event::Ended { left: Some(Vec::new()) }, NOW);
    writes.push(told(&mut follower));
    assert_eq!(writes.iter().sum::<usize>(), 5000);
    assert_eq!(writes[0], 1, "the first is not kept waiting");
    assert!(writes.len() <= 5000 / BATCH + 2, "{} writes", writes.len());
    let page = recorder.page(&Query::default()).unwrap();
    assert_eq!(page.len(), 5000);
    assert!(page.iter().all(|kept| kept.batch == page[4999].id), "they are one batch");
    recorder.hear(&Event::Looking, NOW + 1);
    recorder.hear(&sent(0), NOW + 1);
    let newest = recorder.page(&Query { limit: Some(1), ..Query::default() }).unwrap();
    assert_eq!(newest[0].batch, newest[0].id, "the next pass is another one");
}

#[test]
fn what_waits_is_written_as_soon_as_another_second_has_begun() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::new(dir.path());
    let mut follower = recorder.follow();
    (0..3).for_each(|file| recorder.hear(&sent(file), NOW));
    assert_eq!(told(&mut follower), 1);
    recorder.hear(&Event::Moved { node: NodeId(1), bytes: 1 }, NOW + 1);
    assert_eq!(told(&mut follower), 2);
}

#[test]
fn whoever_is_slow_is_told_how_many_were_missed_and_the_rest_follows() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::new(dir.path());
    let mut follower = recorder.follow();
    (0..QUEUE + 500).for_each(|file| recorder.hear(&sent(file), NOW));
    recorder.hear(&Event::Looking, NOW);
    let gap = follower.try_recv().unwrap_err();
    assert_eq!(gap, broadcast::error::TryRecvError::Lagged(500));
    assert_eq!(told(&mut follower), QUEUE);
}
