//! What is looked at on this computer.

use std::path::Path;

use super::{Finding, Grade};
use crate::disk::Native;

/// With less free room than this, in bytes, downloads soon have to wait.
const LITTLE: u64 = 1 << 30;
/// With less than this they do.
const NOTHING: u64 = 100 << 20;

/// The folder and its disk.
pub(super) async fn folder(path: &Path) -> Vec<Finding> {
    let Ok((volume, space)) = Native::examined(path).await else {
        return vec![Finding::FolderAway];
    };
    vec![
        Finding::Room { free: space.free, total: space.total },
        Finding::Names {
            case: volume.folding.case,
            accents: volume.folding.normalization,
            windows: volume.windows_names,
        },
        Finding::Dates(volume.granularity),
        Finding::Ids(volume.stable_ids),
        Finding::Exchange(volume.exchange),
    ]
}

/// How much room is enough.
pub(super) fn room(free: u64, total: u64) -> Grade {
    match free {
        ..NOTHING => Grade::Trouble,
        // A small disk that is nearly empty is not full.
        NOTHING..LITTLE if free < total / 4 => Grade::Remark,
        _ => Grade::Ok,
    }
}

/// How many watched folders are enough: other programs watch, too.
pub(super) fn enough(limit: u64, folders: u64) -> Grade {
    if limit < folders {
        Grade::Trouble
    } else if limit / 2 < folders {
        Grade::Remark
    } else {
        Grade::Ok
    }
}

/// What the system lets this user watch, where it counts folders (inotify).
#[cfg(target_os = "linux")]
pub(super) fn watches(folders: u64) -> Option<Finding> {
    let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?;
    Some(Finding::Watches { limit: limit.trim().parse().ok()?, folders })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn watches(_folders: u64) -> Option<Finding> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_judged_by_what_is_free() {
        let disk = 500 << 30;
        for (free, total, grade) in [
            (50 << 20, disk, Grade::Trouble),
            (500 << 20, disk, Grade::Remark),
            (2 << 30, disk, Grade::Ok),
            (500 << 20, 600 << 20, Grade::Ok),
        ] {
            assert_eq!(room(free, total), grade, "{free} of {total}");
        }
    }

    #[test]
    fn watched_folders_leave_room_for_other_programs() {
        assert_eq!(enough(8192, 9000), Grade::Trouble);
        assert_eq!(enough(8192, 5000), Grade::Remark);
        assert_eq!(enough(8192, 3000), Grade::Ok);
    }

    #[tokio::test]
    async fn a_folder_is_examined_without_a_trace_and_one_that_is_away_is_said_to_be() {
        let dir = tempfile::tempdir().unwrap();
        let found = folder(dir.path()).await;
        assert!(
            found.iter().any(|finding| matches!(finding, Finding::Room { free, .. } if *free > 0))
        );
        assert_eq!(found.len(), 5);
        let left: Vec<_> = walkdir::WalkDir::new(dir.path()).min_depth(2).into_iter().collect();
        assert!(left.is_empty(), "{left:?}");
        let away = folder(&dir.path().join("none")).await;
        assert!(matches!(away.as_slice(), [Finding::FolderAway]));
    }
}
