//! The disks of this computer on which a folder could lie.

use std::path::PathBuf;

/// A disk, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The folder on it in which its user can write.
    pub dir: PathBuf,
    /// What it is called.
    pub name: String,
    /// Bytes that are free.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod others;

#[cfg(target_os = "linux")]
pub(super) use linux::all;
#[cfg(not(target_os = "linux"))]
pub(super) use others::all;

/// The bytes that are free at a folder, and those of its disk in all.
#[cfg(unix)]
pub(super) fn room(dir: &std::path::Path) -> Option<(u64, u64)> {
    let told = rustix::fs::statvfs(dir).ok()?;
    Some((told.f_bavail.saturating_mul(told.f_frsize), told.f_blocks.saturating_mul(told.f_frsize)))
}

#[cfg(windows)]
#[allow(unsafe_code, reason = "no crate that we use offers it")]
pub(super) fn room(dir: &std::path::Path) -> Option<(u64, u64)> {
    use std::os::windows::ffi::OsStrExt as _;
    use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;

    let path: Vec<u16> = dir.as_os_str().encode_wide().chain([0]).collect();
    let (mut free, mut total) = (0, 0);
    // SAFETY: the path ends with a zero and, as the numbers, outlives the call.
    let told =
        unsafe { GetDiskFreeSpaceExW(path.as_ptr(), &mut free, &mut total, std::ptr::null_mut()) };
    (told != 0).then_some((free, total))
}
