//! As the kernel tells of its mounts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::{Volume, room};

/// Kinds of disks that are local, and on which files keep their names, dates
/// and sizes.
const KINDS: [&str; 15] = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "nilfs2", "bcachefs",
    "ntfs", "ntfs3", "fuseblk", "exfat",
];

/// Places of the system's own, in which no folder of a person belongs.
const SYSTEM: [&str; 12] = [
    "/boot", "/efi", "/usr", "/var", "/etc", "/opt", "/nix", "/snap", "/proc", "/sys", "/dev",
    "/run",
];

/// Where removable disks come in: they are no place for a folder that is always there.
const REMOVABLE: [&str; 2] = ["/run/media", "/media"];

/// A mount.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    /// Its device, by the kernel's numbers.
    device: String,
    /// What is mounted.
    source: String,
    at: PathBuf,
}

/// All disks on which the user can write.
pub(in crate::accounts::place) fn all() -> Vec<Volume> {
    let told = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mounts = mounts(&told).into_iter().filter(|mount| !is_removable(&mount.device));
    // One disk can be mounted in several places.
    mounts
        .filter(|mount| seen.insert(mount.source.clone()))
        .filter_map(|mount| volume(&mount))
        .collect()
}

fn volume(mount: &Mount) -> Option<Volume> {
    let (free, total) = room(&mount.at)?;
    let dir = writable(&mount.at)?;
    let name = mount.at.file_name()?.to_string_lossy().into_owned();
    Some(Volume { dir, name, free, total })
}

/// The folder on a disk in which the user can write: its root, or one there in
/// the user's name.
fn writable(at: &Path) -> Option<PathBuf> {
    let own = directories::UserDirs::new();
    let own = own.as_ref().and_then(|dirs| dirs.home_dir().file_name());
    let mut dirs = std::iter::once(at.to_owned()).chain(own.map(|name| at.join(name)));
    dirs.find(|dir| dir.is_dir() && access(dir, Access::WRITE_OK | Access::EXEC_OK).is_ok())
}

/// Whether a disk can be taken out, as the kernel knows it.
fn is_removable(device: &str) -> bool {
    let at = Path::new("/sys/dev/block").join(device);
    let Ok(at) = at.canonicalize() else { return false };
    // Of a part of a disk the disk says it.
    let mut places = [Some(at.as_path()), at.parent()].into_iter().flatten();
    places.any(|at| {
        std::fs::read_to_string(at.join("removable")).is_ok_and(|told| told.trim() == "1")
    })
}

/// The mounts of local disks that can be written on and are a person's.
fn mounts(told: &str) -> Vec<Mount> {
    told.lines().filter_map(mount).collect()
}

/// `36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
fn mount(line: &str) -> Option<Mount> {
    let (of_mount, of_disk) = line.split_once(" - ")?;
    let mut words = of_mount.split(' ');
    let device = words.nth(2)?;
    // Of a bind mount not the whole disk is meant.
    let (root, at, flags) = (words.next()?, unescaped(words.next()?), words.next()?);
    let mut words = of_disk.split(' ');
    let (kind, source, disk_flags) = (words.next()?, words.next()?, words.next()?);
    let is_whole = root == "/" || kind == "btrfs";
    let read_only = |flags: &str| flags.split(',').any(|flag| flag == "ro");
    let below = |places: &[&str]| places.iter().any(|place| at.starts_with(place));
    let is_persons = at != Path::new("/") && !below(&SYSTEM) && !below(&REMOVABLE);
    let fits = KINDS.contains(&kind) && is_whole && is_persons;
    let writes = !read_only(flags) && !read_only(disk_flags);
    let (device, source) = (device.to_owned(), source.to_owned());
    (fits && writes).then_some(Mount { device, source, at })
}

/// A path in which blanks and the like are written as octal numbers.
fn unescaped(text: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let octal = tail.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal.filter(|_| *first == b'\\') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = r"22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
23 22 0:21 / /proc rw,nosuid shared:12 - proc proc rw
24 22 8:1 / /boot/efi rw,relatime shared:2 - vfat /dev/sda1 rw
25 22 8:17 / /home rw,relatime shared:3 - ext4 /dev/sdb1 rw
26 22 8:33 / /mnt/my\040data rw,relatime shared:4 - ext4 /dev/sdc1 rw
27 22 8:49 / /mnt/frozen ro,relatime shared:5 - ext4 /dev/sdd1 rw
28 22 8:65 / /mnt/worn rw,relatime shared:6 - ext4 /dev/sde1 ro,errors=remount-ro
29 22 0:50 / /mnt/nas rw,relatime shared:7 - nfs4 nas:/x rw
30 22 8:33 /sub /srv/bound rw,relatime shared:4 - ext4 /dev/sdc1 rw
31 22 0:40 /@data /data rw,relatime shared:8 - btrfs /dev/sdf1 rw
32 22 8:81 / /media/al/stick rw,relatime shared:9 - ext4 /dev/sdg1 rw
33 22 8:97 / /run/media/al/disk rw - exfat /dev/sdh1 rw
34 22 7:1 / /snap/core/1 ro,nodev shared:10 - squashfs /dev/loop1 ro
nonsense";

    #[test]
    fn local_disks_of_a_person_that_can_be_written_on_are_found() {
        let found = mounts(TOLD);
        let at: Vec<_> = found.iter().map(|mount| mount.at.to_str().unwrap()).collect();
        assert_eq!(at, ["/home", "/mnt/my data", "/data"]);
        assert_eq!((found[1].device.as_str(), found[1].source.as_str()), ("8:33", "/dev/sdc1"));
    }

    #[test]
    fn the_mounts_of_this_computer_can_be_read() {
        for volume in all() {
            assert!(volume.dir.is_dir() && volume.free <= volume.total, "{volume:?}");
        }
    }
}
