//! What another client has left in a folder, settings and journal, is anybody's
//! bytes: what is read of it leads inside, or is refused.

use std::path::Path;

use navette::peer;

use super::inside::stays_inside;

/// What the first byte says.
const JOURNAL: u8 = 1;
const WHOLE: u8 = 2;

/// A sound journal of a client.
const SOUND: &[u8] = include_bytes!("peer.db");

/// Reads the rest as settings, as a journal, or damages a sound journal at
/// places that the rest says in threes: where, and which bits.
pub fn run(bytes: &[u8]) {
    let Some((&how, rest)) = bytes.split_first() else { return };
    if how & JOURNAL == 0 {
        let _ = peer::named_in(&String::from_utf8_lossy(rest), Path::new("/home/a/Cloud"));
        return;
    }
    let mut journal = if how & WHOLE == 0 { SOUND.to_vec() } else { rest.to_vec() };
    if how & WHOLE == 0 {
        for edit in rest.chunks_exact(3) {
            let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % journal.len();
            journal[at] ^= edit[2];
        }
    }
    if let Ok(unwanted) = peer::unwanted_in(&journal) {
        unwanted.iter().for_each(stays_inside);
        // None of them lies in another one.
        for one in &unwanted {
            assert!(unwanted.iter().all(|other| one == other || !one.starts_with(other)), "{one}");
        }
    }
}
