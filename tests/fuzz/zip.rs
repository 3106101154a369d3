//! The reader of zips, on any bytes: a file that it gives has exactly the length
//! that was listed, and half a zip gives none.

use navette::server::answers::zip;

/// The names and lengths that the corpus has.
const WANTED: [(&str, u64); 4] = [("a.txt", 6), ("é.txt", 1000), ("empty", 0), ("absent", 3)];

/// Reads `bytes` as an answer.
pub fn run(bytes: &[u8]) {
    let Some(files) = zip(bytes, &WANTED) else { return };
    assert_eq!(files.len(), WANTED.len());
    for (file, (name, size)) in files.iter().zip(WANTED) {
        assert!(file.as_ref().is_none_or(|file| file.len() as u64 == size), "{name}");
    }
    let half = zip(&bytes[..bytes.len() - 1], &WANTED);
    assert!(half.is_none(), "half a zip is one");
}
