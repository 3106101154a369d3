//! What is asked of the system by its own calls.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::fs::{FileTimesExt as _, OpenOptionsExt as _};
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use std::time::SystemTime;

use windows_sys::Win32::Storage::FileSystem as win;

use crate::disk::{FileType, Space};

/// When an object was made, and a handle that stays with it.
pub(super) struct Born {
    file: File,
    at: SystemTime,
}

impl Born {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let file = opened(path, win::FILE_READ_ATTRIBUTES | win::FILE_WRITE_ATTRIBUTES)?;
        let at = file.metadata()?.created()?;
        Ok(Self { file, at })
    }

    /// Writes it down anew if the system shows another one.
    pub(super) fn stay(self) -> io::Result<()> {
        if self.file.metadata()?.created()? == self.at {
            return Ok(());
        }
        self.file.set_times(FileTimes::new().set_created(self.at))
    }
}

/// Removes what could not be removed for `reason`: perhaps because it may only
/// be read. That says nothing about its removal, which the folder allows; the
/// system's own folders (pictures, music) are marked so.
pub(super) fn removed_writable(
    path: &Path,
    reason: io::Error,
    remove: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let mut rights = fs::symlink_metadata(path)?.permissions();
    if !rights.readonly() {
        return Err(reason);
    }
    rights.set_readonly(false);
    fs::set_permissions(path, rights.clone())?;
    remove(path).inspect_err(|_| {
        rights.set_readonly(true);
        let _ = fs::set_permissions(path, rights);
    })
}

/// Opens anything only to look at it, itself and not what it leads to.
pub(super) fn look_at(path: &Path) -> io::Result<File> {
    opened(path, win::FILE_READ_ATTRIBUTES)
}

/// Opens anything, itself and not what it leads to.
fn opened(path: &Path, access: u32) -> io::Result<File> {
    let flags = win::FILE_FLAG_BACKUP_SEMANTICS | win::FILE_FLAG_OPEN_REPARSE_POINT;
    OpenOptions::new().access_mode(access).custom_flags(flags).open(path)
}

pub(super) fn file_type(file: &File) -> io::Result<FileType> {
    let attributes = query::<win::FILE_BASIC_INFO>(file, win::FileBasicInfo)?.FileAttributes;
    Ok(if attributes & win::FILE_ATTRIBUTE_REPARSE_POINT != 0 {
        FileType::Symlink
    } else if attributes & win::FILE_ATTRIBUTE_DIRECTORY != 0 {
        FileType::Dir
    } else {
        FileType::File
    })
}

/// Volume and id; an error where the file system has none (FAT).
pub(super) fn identity(file: &File) -> io::Result<(u64, u128)> {
    let found: win::FILE_ID_INFO = query(file, win::FileIdInfo)?;
    Ok((found.VolumeSerialNumber, u128::from_le_bytes(found.FileId.Identifier)))
}

/// The answers that [`query`] may be asked for: plain numbers all through.
pub(super) trait Answer: Default {}
impl Answer for win::FILE_BASIC_INFO {}
impl Answer for win::FILE_STANDARD_INFO {}
impl Answer for win::FILE_ID_INFO {}

#[allow(unsafe_code, reason = "the standard library shows neither file ids nor change times")]
pub(super) fn query<T: Answer>(
    file: &File,
    class: win::FILE_INFO_BY_HANDLE_CLASS,
) -> io::Result<T> {
    let mut answer = T::default();
    let length = u32::try_from(size_of::<T>()).map_err(io::Error::other)?;
    // SAFETY: the handle is open, and the answer is as long as said and holds
    // nothing but numbers; a class that does not fit its length is refused.
    let told = unsafe {
        let answer = std::ptr::from_mut(&mut answer).cast();
        win::GetFileInformationByHandleEx(file.as_raw_handle(), class, answer, length)
    };
    if told == 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

#[allow(unsafe_code, reason = "the standard library only renames over what is there")]
pub(super) fn move_file(from: &Path, to: &Path, flags: win::MOVE_FILE_FLAGS) -> io::Result<()> {
    let (from, to) = (wide(from), wide(to));
    // SAFETY: both paths end with a zero and outlive the call.
    let moved = unsafe { win::MoveFileExW(from.as_ptr(), to.as_ptr(), flags) };
    if moved == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// How much room there is for this user at a path.
#[allow(unsafe_code, reason = "no crate that we use offers it")]
pub(super) fn room(path: &Path) -> io::Result<Space> {
    let path = wide(path);
    let (mut free, mut total) = (0, 0);
    // SAFETY: the path ends with a zero and, as the numbers, outlives the call.
    let told = unsafe {
        win::GetDiskFreeSpaceExW(path.as_ptr(), &mut free, &mut total, std::ptr::null_mut())
    };
    if told == 0 { Err(io::Error::last_os_error()) } else { Ok(Space { free, total }) }
}

fn wide(path: &Path) -> Vec<u16> {
    path.as_os_str().encode_wide().chain([0]).collect()
}

/// Windows counts tenths of microseconds since 1601.
pub(super) fn nanos(time: i64) -> i64 {
    const SINCE_1970: i64 = 116_444_736_000_000_000;
    time.saturating_sub(SINCE_1970).saturating_mul(100)
}
