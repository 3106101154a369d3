//! As the system tells of its disks.

use sysinfo::Disks;

use super::Volume;

/// All fixed disks on which the user can write. The one that the system starts
/// from is not among them.
pub(in crate::accounts::place) fn all() -> Vec<Volume> {
    let disks = Disks::new_with_refreshed_list();
    let fixed = disks.list().iter().filter(|disk| !disk.is_removable() && !disk.is_read_only());
    let volumes = fixed.filter_map(|disk| {
        let dir = disk.mount_point().to_owned();
        // Whoever may write there, the attempt will show.
        let is_system = dir.parent().is_none() || dir.starts_with("/System");
        let is_other_letter = cfg!(windows) && !dir.starts_with(system_drive());
        let name = disk.name().to_string_lossy().into_owned();
        let name = if name.is_empty() { dir.to_string_lossy().into_owned() } else { name };
        let (free, total) = (disk.available_space(), disk.total_space());
        (!is_system || is_other_letter).then_some(Volume { dir, name, free, total })
    });
    volumes.collect()
}

/// The drive that Windows starts from: the one with the user's folders.
fn system_drive() -> std::path::PathBuf {
    let dirs = directories::UserDirs::new();
    let home =
        dirs.as_ref().map(|dirs| dirs.home_dir().ancestors().last().unwrap_or(dirs.home_dir()));
    home.map(std::path::Path::to_owned).unwrap_or_default()
}
