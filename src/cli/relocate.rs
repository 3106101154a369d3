//! `navette folder relocate`.

use std::path::Path;

use crate::folders::{self, FolderError};
use crate::relocate::{Copied, Moved};
use crate::settings::Places;

use super::console::Console;
use super::failure::{Exit, Failure};

/// Moves the folder of a pair to another place.
pub(super) async fn run(console: &Console, from: &Path, to: &Path) -> Result<Exit, Failure> {
    let tell = |files: u64, bytes| {
        let args = [("n", files.into()), ("size", console.texts.size(bytes).into())];
        console.say("relocate-copies", &args);
    };
    let (to, moved) = folders::relocate(&Places::find()?, from, to, tell).await?;
    console.say("relocate-done", &[("path", to.to_string_lossy().into())]);
    Ok(match moved {
        Moved::Renamed => Exit::Equal,
        Moved::Copied(copied) => tell_copied(console, &copied),
    })
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Settings(error) => Self::Settings(error),
            FolderError::Path(path, error) => Self::File(path, error),
            FolderError::Relocate(error, place) => Self::Relocate(error, place),
        }
    }
}

/// Says where the old folder is, and what of it is not in the new one.
fn tell_copied(console: &Console, copied: &Copied) -> Exit {
    console.say("relocate-kept", &[("path", copied.kept.to_string_lossy().into())]);
    for (id, paths) in [("relocate-left", &copied.left), ("relocate-changed", &copied.changed)] {
        if !paths.is_empty() {
            console.say(id, &[]);
            paths.iter().for_each(|path| console.print(&format!("  {}", path.display())));
        }
    }
    if copied.changed.is_empty() { Exit::Equal } else { Exit::Unfinished }
}
