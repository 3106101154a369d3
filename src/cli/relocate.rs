//! `navette folder relocate`.

use std::cell::RefCell;
use std::path::Path;

use crate::clock::{Clock as _, SystemClock};
use crate::relocate::{Copied, Moved, Way, relocate};
use crate::settings::{Pair, Places, SettingsError, local_dir};

use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::open_settings;

/// Moves the folder of a pair to another place.
pub(super) async fn run(console: &Console, from: &Path, to: &Path) -> Result<Exit, Failure> {
    let whole = |path: &Path| {
        std::path::absolute(path).map_err(|error| Failure::File(path.to_owned(), error))
    };
    let settings = open_settings(console)?;
    // After a cut the old one may be gone; it is configured all the same.
    let from = local_dir(from).or_else(|_| whole(from))?;
    let to = new_place(&whole(to)?);
    let folder = settings.folder(&from).ok_or(SettingsError::FolderUnknown(from.clone()))?;
    let account = settings.account(Some(&folder.account))?;
    let old = Pair::of(folder, account);
    let new = Pair { local: to.clone(), ..old.clone() };
    settings.check_apart_but(&to, &from)?;
    let places = Places::find()?;
    let (old_state, new_state) = (places.state_dir(&old), places.state_dir(&new));
    new.check_state(&new_state)?;
    let today = jiff::Timestamp::from_second(SystemClock::new().wall()).unwrap_or_default();
    let today = today.to_zoned(jiff::tz::TimeZone::system()).date().to_string();
    let way = Way { from: from.clone(), to: to.clone(), old_state, new_state, today };
    let settings = RefCell::new(settings);
    let moved = relocate(
        &way,
        |files, bytes| {
            let args = [("n", files.into()), ("size", console.texts.size(bytes).into())];
            console.say("relocate-copies", &args);
        },
        || settings.borrow_mut().move_folder(&from, &to),
    );
    let moved = moved.await.map_err(|error| Failure::Relocate(error, way.old_state.clone()))?;
    console.say("relocate-done", &[("path", to.to_string_lossy().into())]);
    Ok(match moved {
        Moved::Renamed => Exit::Equal,
        Moved::Copied(copied) => tell(console, &copied),
    })
}

/// The new place without links in the folders above it, as far as they are there.
fn new_place(to: &Path) -> std::path::PathBuf {
    let above = to.parent().and_then(|above| above.canonicalize().ok());
    match (to.canonicalize(), above, to.file_name()) {
        (Ok(real), _, _) => real,
        (_, Some(above), Some(name)) => above.join(name),
        _ => to.to_owned(),
    }
}

/// Says where the old folder is, and what of it is not in the new one.
fn tell(console: &Console, copied: &Copied) -> Exit {
    console.say("relocate-kept", &[("path", copied.kept.to_string_lossy().into())]);
    for (id, paths) in [("relocate-left", &copied.left), ("relocate-changed", &copied.changed)] {
        if !paths.is_empty() {
            console.say(id, &[]);
            paths.iter().for_each(|path| console.print(&format!("  {}", path.display())));
        }
    }
    if copied.changed.is_empty() { Exit::Equal } else { Exit::Unfinished }
}
