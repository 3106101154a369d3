//! Owner, permissions and extended attributes on Linux and macOS.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};

/// Access for single users and groups, kept as an attribute by Linux.
const ACCESS_LIST: &str = "system.posix_acl_access";

/// The most bytes that Linux keeps in one attribute, and in all their names.
const LONGEST: usize = 64 * 1024;

/// Gives `new` what `old` has, as far as this user may.
pub(super) fn take_after(new: &File, old: &File) -> io::Result<()> {
    let was = old.metadata()?;
    let _ = fchown(new, Some(was.uid()), None);
    let _ = fchown(new, None, Some(was.gid()));
    let now = new.metadata()?;
    // Rights that were meant for another owner or group are given to nobody.
    let mut mode = was.mode() & 0o7777;
    if now.uid() != was.uid() {
        mode &= !0o6000;
    }
    if now.gid() != was.gid() {
        mode &= !0o6070;
    }
    // One that was inherited from our folder would come on top of the mode.
    let _ = fremovexattr(new, ACCESS_LIST);
    match new.set_permissions(Permissions::from_mode(mode)) {
        // A volume without permissions.
        Err(error)
            if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => {}
        other => other?,
    }
    copy_attributes(new, old);
    Ok(())
}

/// Copies the extended attributes that belong to the user. One that does not
/// fit, or that another kind of volume does not take, is left out: it must not
/// keep the contents from arriving.
fn copy_attributes(new: &File, old: &File) {
    let mut names = vec![0; LONGEST];
    let Ok(length) = flistxattr(old, &mut names[..]) else { return };
    let mut value = vec![0; LONGEST];
    for name in names[..length].split(|byte| *byte == 0).filter(|name| is_users(name)) {
        if let Ok(length) = fgetxattr(old, name, &mut value[..]) {
            let _ = fsetxattr(new, name, &value[..length], XattrFlags::empty());
        }
    }
}

/// Labels and capabilities of the system are not ours to hand on: it gives
/// every new file its own.
fn is_users(name: &[u8]) -> bool {
    let is_system = name.starts_with(b"security.") || name.starts_with(b"trusted.");
    !name.is_empty()
        && !is_system
        && (!name.starts_with(b"system.") || name == ACCESS_LIST.as_bytes())
}
