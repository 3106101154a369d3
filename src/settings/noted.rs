//! A small text that outlives the process: what of it was kept is read back
//! whole, or not at all.

use std::io;
use std::path::PathBuf;

use super::document::write_whole;

/// A file that holds such a text.
#[derive(Clone, Debug)]
pub struct Noted(PathBuf);

impl Noted {
    /// The one at that path.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What was written last; none if nothing was, or it cannot be read.
    pub fn read(&self) -> Option<String> {
        std::fs::read_to_string(&self.0).ok()
    }

    /// Writes that.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, text: &str) -> io::Result<()> {
        write_whole(&self.0, text)
    }
}
