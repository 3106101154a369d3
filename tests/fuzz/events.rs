//! The reader of events, on any bytes: what is told is the same in whatever
//! pieces it came, no more than was said, and nothing before it is whole.

use bytes::Bytes;
use futures::executor::block_on;
use futures::{StreamExt as _, stream};
use navette::server::answers::events;

/// Reads `bytes` as an answer that goes on no further.
pub fn run(bytes: &[u8]) {
    let whole = told(bytes, bytes.len().max(1));
    for piece in [1, 1 + bytes.len() % 13] {
        assert_eq!(told(bytes, piece), whole, "it depends on how it comes in pieces");
    }
    // An event is a block, which an empty line ends, and a change has a name.
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
    assert!(whole.len() <= lines, "{} events in {lines} lines", whole.len());
    let named = bytes.windows(5).filter(|five| five == b"event").count();
    let changes = whole.iter().filter(|event| **event == Some(true)).count();
    assert!(changes <= named, "{changes} changes, {named} of them named");
    // What has not come yet changes nothing of what has.
    let half = told(&bytes[..bytes.len() / 2], 7);
    let sound = half.iter().take_while(|event| event.is_some()).count();
    assert_eq!(half[..sound], whole[..sound]);
}

fn told(bytes: &[u8], piece: usize) -> Vec<Option<bool>> {
    let pieces: Vec<_> =
        bytes.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    block_on(events(stream::iter(pieces).boxed()))
}
