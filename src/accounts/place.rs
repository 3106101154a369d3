//! Places on this computer: which to propose for a folder, and what is at one.

mod examine;
mod volumes;

use std::path::{Path, PathBuf};

pub use examine::{Client, Fate, Found, Report, Unfit};
pub use volumes::Volume;

use super::Desk;
use crate::settings::{Folder, overlap};

/// Another disk is proposed if it has so many times the room of the usual one,
const MUCH_MORE: u64 = 2;
/// and so many bytes more.
const MORE: u64 = 20 << 30;

/// So many other disks are proposed at most.
const OTHERS: usize = 3;

/// The longest name of a folder that is proposed, in letters.
const LONGEST: usize = 60;

/// A place that is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder; it need not be there.
    pub path: PathBuf,
    /// Bytes that are free on its disk.
    pub free: u64,
    /// Bytes that its disk has in all.
    pub total: u64,
    /// What its disk is called, if it is not the usual one.
    pub volume: Option<String>,
    /// It is where such folders usually are.
    pub usual: bool,
}

/// The places to propose for a folder of the server that people call `title`:
/// one at home, and others where there is much more room.
pub fn places(desk: &Desk, title: &str, login: &str, configured: &[Folder]) -> Vec<Place> {
    proposed(desk, (title, login), configured, volumes::all())
}

fn proposed(
    desk: &Desk,
    (title, login): (&str, &str),
    configured: &[Folder],
    volumes: Vec<Volume>,
) -> Vec<Place> {
    let name = folder_name(title);
    let free_name = |dir: &Path| {
        let names = [name.clone(), format!("{name} ({})", folder_name(login))];
        let numbered = (2..100).map(|number| format!("{name} {number}"));
        let mut paths = names.into_iter().chain(numbered).map(|name| dir.join(name));
        let is_free = |path: &PathBuf| {
            is_unused(path) && !configured.iter().any(|folder| overlap(&folder.path, path))
        };
        paths.find(is_free)
    };
    let home = desk.home.clone().and_then(|home| {
        let (free, total) = room(&home)?;
        let path = free_name(&home)?;
        Some(Place { path, free, total, volume: None, usual: true })
    });
    let least = home
        .as_ref()
        .map_or(0, |home| home.free.saturating_mul(MUCH_MORE).max(home.free.saturating_add(MORE)));
    let mut others: Vec<Place> = volumes
        .into_iter()
        .filter(|volume| volume.free >= least)
        .filter(|volume| desk.home.as_ref().is_none_or(|home| !home.starts_with(&volume.dir)))
        .filter_map(|volume| {
            let path = free_name(&volume.dir)?;
            let (free, total, volume) = (volume.free, volume.total, Some(volume.name));
            Some(Place { path, free, total, volume, usual: false })
        })
        .collect();
    others.sort_by_key(|place| std::cmp::Reverse(place.free));
    others.truncate(OTHERS);
    home.into_iter().chain(others).collect()
}

/// Whether nothing is there, or an empty folder.
fn is_unused(path: &Path) -> bool {
    match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// A name for a folder that every system takes, from what a server is called.
fn folder_name(title: &str) -> String {
    let strange = |letter: char| letter.is_control() || "/\\:*?\"<>|".contains(letter);
    let kept: String = title.chars().filter(|letter| !strange(*letter)).take(LONGEST).collect();
    let kept = kept.trim().trim_end_matches('.').trim_start_matches('.').trim();
    if kept.is_empty() { "Navette".to_owned() } else { kept.to_owned() }
}

/// The bytes that are free for the user at a place or the nearest folder above
/// it that is there, and those that its disk has in all.
pub fn room(place: &Path) -> Option<(u64, u64)> {
    let there = place.ancestors().find(|path| path.exists())?;
    volumes::room(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(home: &Path) -> Desk {
        Desk {
            settings: home.join("settings.toml"),
            pairs: home.join("pairs"),
            clients: Vec::new(),
            home: Some(home.to_owned()),
        }
    }

    fn names(places: &[Place]) -> Vec<String> {
        let name = |place: &Place| place.path.file_name().unwrap().to_string_lossy().into_owned();
        places.iter().map(name).collect()
    }

    #[test]
    fn a_folder_is_called_as_the_server_in_letters_that_every_system_takes() {
        assert_eq!(folder_name("Research Cloud"), "Research Cloud");
        assert_eq!(folder_name(" ../a:b*c?. "), "abc");
        assert_eq!(folder_name("cloud.example:8443"), "cloud.example8443");
        assert_eq!(folder_name("\u{7}/"), "Navette");
        assert_eq!(folder_name(&"é".repeat(100)).chars().count(), LONGEST);
    }

    #[test]
    fn what_is_in_use_is_not_proposed() {
        let dir = tempfile::tempdir().unwrap();
        let home = dunce::canonicalize(dir.path()).unwrap();
        let usual = |configured: &[Folder]| {
            names(&proposed(&desk(&home), ("Cloud", "al"), configured, Vec::new()))
        };
        assert_eq!(usual(&[]), ["Cloud"]);
        std::fs::create_dir(home.join("Cloud")).unwrap();
        assert_eq!(usual(&[]), ["Cloud"], "it is empty");
        std::fs::write(home.join("Cloud/mine"), "x").unwrap();
        assert_eq!(usual(&[]), ["Cloud (al)"]);
        let folder = Folder {
            path: home.join("Cloud (al)"),
            account: "a".to_owned(),
            remote_path: crate::model::RelPath::root(),
            space: None,
            choice: crate::model::Choice::default(),
        };
        assert_eq!(usual(&[folder]), ["Cloud 2"]);
    }

    #[test]
    fn a_disk_with_much_more_room_is_proposed_after_the_usual_place() {
        let dir = tempfile::tempdir().unwrap();
        let home = dunce::canonicalize(dir.path()).unwrap();
        let (free, total) = room(&home).unwrap();
        let volume = |name: &str, free: u64| {
            let at = dir.path().join(name);
            std::fs::create_dir_all(&at).unwrap();
            Volume { dir: at, name: name.to_owned(), free, total }
        };
        let large = free * 2 + MORE;
        let volumes =
            vec![volume("small", free), volume("large", large), volume("huge", large + 1)];
        // That of the home folder is the usual place already.
        let own = Volume { dir: home.parent().unwrap().to_owned(), ..volume("own", large + 2) };
        let volumes = volumes.into_iter().chain([own]).collect();
        let places = proposed(&desk(&home), ("Cloud", "al"), &[], volumes);
        let volumes: Vec<_> = places.iter().map(|place| place.volume.as_deref()).collect();
        assert_eq!(volumes, [None, Some("huge"), Some("large")]);
        assert_eq!(
            places.iter().map(|place| place.usual).collect::<Vec<_>>(),
            [true, false, false]
        );
    }

    #[test]
    fn the_room_of_a_place_that_is_not_there_is_that_above_it() {
        let dir = tempfile::tempdir().unwrap();
        let (_, total) = room(dir.path()).unwrap();
        assert_eq!(room(&dir.path().join("not/there")).unwrap().1, total);
    }
}
