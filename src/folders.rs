//! What is done with a configured folder, or an account with all of its folders,
//! as a whole: it moves, or leaves Navette. Whoever watches them, in this
//! process or another, lets go for as long as that takes.

mod leave;

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::api;
use crate::clock::{Clock as _, SystemClock};
use crate::relocate::{self, Moved, RelocateError, Way};
use crate::settings::{Pair, Places, Settings, SettingsError, local_dir};
use crate::text::{self, Said, Texts};

pub use leave::{GivenBack, LeaveError, Removal, removal, remove_account};

/// Why a folder is not moved. Everything is as it was then, or the same call goes on.
#[derive(Debug, Error)]
pub enum FolderError {
    /// It is not configured so, or cannot be.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A path cannot be made a whole one.
    #[error("{0}: {1}")]
    Path(PathBuf, io::Error),
    /// Something stands in the way; its journal lies there.
    #[error("{0}")]
    Relocate(RelocateError, PathBuf),
}

impl FolderError {
    /// A word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Settings(_) => "settings",
            Self::Path(..) => "path",
            Self::Relocate(RelocateError::InUse, _) => "in-use",
            Self::Relocate(RelocateError::Room { .. }, _) => "room",
            Self::Relocate(..) => "not-moved",
        }
    }

    /// What people read of it.
    pub fn said(&self, texts: &Texts) -> Said {
        let of = |path: &Path| ("path", path.to_string_lossy().into_owned().into());
        match self {
            Self::Settings(error) => text::settings(texts, error),
            Self::Path(path, error) => {
                let reason = text::plain(&error.to_string()).to_owned();
                texts.explain("error-relocate-file", &[of(path), ("reason", reason.into())])
            }
            Self::Relocate(error, place) => text::relocate(texts, error, &place.to_string_lossy()),
        }
    }
}

/// Moves the folder of a pair to another place, also to another disk, while
/// whoever watches it waits, and goes on there. `tell` hears how many files and
/// bytes are to be copied, if they are. Returns where it is now, and what was done.
///
/// # Errors
///
/// If it cannot be moved. It is where it was then, or the same call goes on.
pub async fn relocate(
    places: &Places,
    from: &Path,
    to: &Path,
    tell: impl FnOnce(u64, u64),
) -> Result<(PathBuf, Moved), FolderError> {
    let whole = |path: &Path| {
        std::path::absolute(path).map_err(|error| FolderError::Path(path.to_owned(), error))
    };
    let settings = Settings::open(&places.settings())?;
    // After a cut the old one may be gone; it is configured all the same.
    let from = local_dir(from).or_else(|_| whole(from))?;
    let to = new_place(&whole(to)?);
    let folder = settings.folder(&from).ok_or(SettingsError::FolderUnknown(from.clone()))?;
    let account = settings.account(Some(&folder.account))?;
    let old = Pair::of(folder, account);
    let new = Pair { local: to.clone(), ..old.clone() };
    settings.check_apart_but(&to, &from)?;
    let (old_state, new_state) = (places.state_dir(&old), places.state_dir(&new));
    new.check_state(&new_state)?;
    let way = Way { from: from.clone(), to: to.clone(), old_state, new_state, today: today() };
    // Given back only when the settings say where it is.
    let borrowed = api::borrow(&places.run_dir(), &from).await;
    tracing::info!(lenders = borrowed.lenders(), "a folder moves");
    let settings = RefCell::new(settings);
    let moved =
        relocate::relocate(&way, tell, || settings.borrow_mut().move_folder(&from, &to)).await;
    drop(borrowed);
    moved.map(|moved| (to, moved)).map_err(|error| FolderError::Relocate(error, way.old_state))
}

/// The day here, as it stands in names.
fn today() -> String {
    let today = jiff::Timestamp::from_second(SystemClock::new().wall()).unwrap_or_default();
    today.to_zoned(jiff::tz::TimeZone::system()).date().to_string()
}

/// The new place without links in the folders above it, as far as they are there.
fn new_place(to: &Path) -> PathBuf {
    let above = to.parent().and_then(|above| dunce::canonicalize(above).ok());
    match (dunce::canonicalize(to), above, to.file_name()) {
        (Ok(real), _, _) => real,
        (_, Some(above), Some(name)) => above.join(name),
        _ => to.to_owned(),
    }
}
