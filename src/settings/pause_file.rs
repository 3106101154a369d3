//! The pause of a pair, which outlives the process: whoever paused a folder
//! finds it paused after a restart.

use std::io;
use std::path::{Path, PathBuf};

use super::document::write_whole;

/// What the file says of a pause without an end.
const OPEN: &str = "until somebody says otherwise";

/// Where the pause of one pair is written down, beside its journal.
#[derive(Clone, Debug)]
pub struct PauseFile(PathBuf);

impl PauseFile {
    /// That of the pair whose journal lies in `state_dir`.
    pub fn of(state_dir: &Path) -> Self {
        Self(state_dir.join("pause"))
    }

    /// What was written: nothing, a pause without an end, or one until a time in
    /// seconds since 1970. What cannot be read is a pause: it was one.
    pub fn read(&self) -> Option<Option<i64>> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Some(text.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => Some(None),
        }
    }

    /// Writes that down, or that there is no pause.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, pause: Option<Option<i64>>) -> io::Result<()> {
        match pause {
            Some(Some(end)) => write_whole(&self.0, &format!("{end}\n")),
            Some(None) => write_whole(&self.0, &format!("{OPEN}\n")),
            None => match std::fs::remove_file(&self.0) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let file = PauseFile::of(&dir.path().join("new"));
        assert_eq!(file.read(), None);
        for pause in [Some(None), Some(Some(1_796_014_534)), None, None] {
            file.write(pause).unwrap();
            assert_eq!(file.read(), pause);
        }
    }

    #[test]
    fn what_cannot_be_understood_was_a_pause() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("pause"), "?").unwrap();
        assert_eq!(PauseFile::of(dir.path()).read(), Some(None));
    }
}
