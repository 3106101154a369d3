//! Passwords and tokens, and where they are kept.
//!
//! [`Secret`] imports nothing of ours, so that whoever sends it can hold it.

pub mod keychain;

use std::fmt;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

/// A text that must not be seen. Shows as `***` wherever it is printed or
/// logged, and is wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Reads the first line of a file, without its line end.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not UTF-8.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = Zeroizing::new(std::fs::read_to_string(path)?);
        Ok(Self::new(text.lines().next().unwrap_or_default()))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, for the one request or call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A crash leaves no image of the memory behind: passwords are in it.
#[cfg(unix)]
pub fn keep_no_core() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Core).maximum;
    // Less than what is allowed is always allowed.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}

/// Windows keeps none unless its owner has asked for them.
#[cfg(not(unix))]
pub fn keep_no_core() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_password_file_holds_the_password_in_its_first_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, "correct horse \r\nsecond line\n").unwrap();
        assert_eq!(Secret::read(&path).unwrap().expose(), "correct horse ");
        std::fs::write(&path, "").unwrap();
        assert!(Secret::read(&path).unwrap().is_empty());
    }
}
