//! What a name may be, and whether it is free.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_STOPPED_ON_SYMLINK};

use super::calls::{identity, look_at};

/// Whether the system says that a name is free in a folder that is there, or
/// that there is no folder for it but a file. A share that is away has words of
/// its own, which the standard library all calls "not found", and a disk that
/// was pulled out has no such path: neither is an absence (amendment 24).
pub(super) fn is_absent(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(number) => number == ERROR_FILE_NOT_FOUND.cast_signed(),
        None => error.kind() == ErrorKind::NotADirectory,
    }
}

/// A link stands in the way.
pub(super) fn link() -> io::Error {
    io::Error::from_raw_os_error(ERROR_STOPPED_ON_SYMLINK.cast_signed())
}

/// Whether a rename would meet something at its new name. Windows itself refuses
/// to replace, but takes a file's own name for no change at all. Another
/// spelling of the name finds the file itself, and is free.
pub(super) fn is_taken(from: &Path, to: &Path) -> bool {
    let Ok(there) = look_at(to) else { return false };
    let id = |file: &File| identity(file).unwrap_or_default();
    let is_itself = look_at(from).is_ok_and(|file| id(&file) == id(&there));
    let folded = |path: &Path| path.to_string_lossy().to_lowercase();
    from == to || !is_itself || folded(from) != folded(to)
}

/// Fails for a name that Windows does not take literally, or that its own
/// programs cannot open.
pub(super) fn usable(name: &str) -> io::Result<()> {
    /// In units of UTF-16.
    const LONGEST: usize = 255;
    const RESERVED: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];
    let forbidden = |c: char| c < ' ' || "\\/:*?\"<>|".contains(c);
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let device = RESERVED[..4].contains(&stem.as_str())
        || RESERVED[4..].iter().any(|device| {
            stem.strip_prefix(device).is_some_and(|rest| {
                rest.chars().count() == 1 && rest.contains(|c: char| "123456789¹²³".contains(c))
            })
        });
    let is_long = name.encode_utf16().count() > LONGEST;
    if device || is_long || name.contains(forbidden) || name.ends_with(['.', ' ']) {
        return Err(ErrorKind::InvalidFilename.into());
    }
    Ok(())
}
