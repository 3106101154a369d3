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
    let mode = granted(was.mode(), now.uid() == was.uid(), now.gid() == was.gid());
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

/// What of the rights in `mode` a file gets whose owner or group could not be
/// set: those that were meant for another one are given to nobody.
fn granted(mode: u32, same_owner: bool, same_group: bool) -> u32 {
    let as_others = if same_owner && same_group { 0 } else { 0o6000 };
    let as_group = if same_group { 0 } else { 0o070 };
    mode & 0o7777 & !as_others & !as_group
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_of_another_group_are_given_to_nobody() {
        assert_eq!(granted(0o100_750, true, true), 0o750);
        assert_eq!(granted(0o106_750, true, true), 0o6750);
        assert_eq!(granted(0o106_750, false, true), 0o750);
        assert_eq!(granted(0o106_754, true, false), 0o704);
    }

    #[test]
    fn only_the_users_own_attributes_are_copied() {
        assert!(is_users(b"user.comment") && is_users(ACCESS_LIST.as_bytes()));
        assert!(is_users(b"com.apple.metadata:note"));
        assert!(!is_users(b"") && !is_users(b"security.selinux") && !is_users(b"system.nfs4_acl"));
    }
}
