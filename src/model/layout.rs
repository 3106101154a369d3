//! The names of the engine's own things on both sides.
//!
//! In the synced folder there is nothing of ours but `.navette/` at its root.
//! On the server a folder of the same name appears only while a node is parked
//! there. Whatever is called so, in any spelling that some disk takes for it, at
//! any depth and on either side, is never synced.

use super::{Hash, Name, NodeId, RelPath};

/// The one name that is ours.
pub const OWN_DIR: &str = ".navette";

/// Whether this is exactly the name that is ours.
pub fn is_own(name: &Name) -> bool {
    name.as_str() == OWN_DIR
}

/// Whether this name is kept out of every sync, because it is ours or because
/// some disk would open our folder by it: a server must not be able to write
/// there. The same on every computer, so that all agree on what is synced.
///
/// Disks that do not tell cases apart (Windows, macOS, FAT), HFS+, which passes
/// over invisible letters, and Windows, which drops blanks and dots at the end
/// and what follows a colon, and gives every name a short one (`NAVETT~1`).
pub fn is_kept_apart(name: &Name) -> bool {
    let visible = name.as_str().chars().filter(|letter| !is_passed_over(*letter));
    let plain: String = visible.flat_map(char::to_lowercase).collect();
    let plain = plain.split(':').next().unwrap_or_default().trim_end_matches([' ', '.']);
    let is_short = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
    plain == OWN_DIR || plain.strip_prefix("navett~").is_some_and(is_short)
}

/// Letters that HFS+ does not see in a name.
fn is_passed_over(letter: char) -> bool {
    matches!(letter,
        '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

fn below(rest: &str) -> RelPath {
    let names =
        std::iter::once(OWN_DIR).chain(rest.split('/')).filter_map(|part| Name::new(part).ok());
    names.fold(RelPath::root(), |path, name| path.join(&name))
}

/// The folder of our things.
pub fn own_dir() -> RelPath {
    below("")
}

/// The marker that says which pair this folder belongs to (amendment 26).
pub fn marker() -> RelPath {
    below("marker")
}

/// Held locked by the process that works on this folder.
pub fn lock() -> RelPath {
    below("lock")
}

/// Where files are written before they get their place.
pub fn staging() -> RelPath {
    below("staging")
}

/// Where files are put aside instead of being deleted.
pub fn aside() -> RelPath {
    below("aside")
}

/// What a thing in staging is (amendment 8): the name alone tells, so that it
/// can be put right even if the journal never heard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Bytes of the server on their way in; worthless after a crash.
    New,
    /// A user's bytes that a new version has just replaced.
    Old,
    /// A user's file or folder on its way to another place.
    Park,
    /// A private copy of a user's file on its way to the server; worthless after a crash.
    Copy,
}

impl Role {
    fn suffix(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
            Self::Park => "park",
            Self::Copy => "copy",
        }
    }
}

/// The path in local staging of `node` in `role`.
pub fn staged(node: NodeId, role: Role) -> RelPath {
    below(&format!("staging/{}.{}", node.0, role.suffix()))
}

/// Reads a name found in local staging.
pub fn read_staged(name: &str) -> Option<(NodeId, Role)> {
    let (id, suffix) = name.split_once('.')?;
    let role = [Role::New, Role::Old, Role::Park, Role::Copy]
        .into_iter()
        .find(|role| role.suffix() == suffix)?;
    Some((NodeId(id.parse().ok()?), role))
}

/// A part of a version of the server on its way in, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Whose bytes.
    pub node: NodeId,
    /// Of which version; the spelling is the caller's.
    pub version: &'a str,
    /// So many bytes at its start were on stable storage when it got its name,
    pub length: u64,
    /// and had this hash, in hexadecimal digits. What is behind them proves nothing.
    pub hash: &'a str,
}

/// The path in local staging of a part of a version.
pub fn part(node: NodeId, version: &str, length: u64, hash: Hash) -> RelPath {
    below(&format!("staging/{}.{version}.{length}.{hash}.part", node.0))
}

/// Reads a name found in local staging.
pub fn read_part(name: &str) -> Option<Part<'_>> {
    let mut fields = name.strip_suffix(".part")?.split('.');
    let node = NodeId(fields.next()?.parse().ok()?);
    let (version, length, hash) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
    fields.next().is_none().then_some(Part { node, version, length, hash })
}

/// The path in local staging of a file while it is exchanged with the one at
/// its place. The name carries the hash of the *new* bytes: whoever finds it
/// after a crash can tell from the name and the bytes alone on which side of
/// the exchange the crash was, and hence whether the bytes are a user's.
pub fn swapped(node: NodeId, new: Hash) -> RelPath {
    below(&format!("staging/{}.{new}.swap", node.0))
}

/// Reads a name found in local staging: which node was being exchanged, and
/// the hash of its new bytes in hexadecimal digits.
pub fn read_swapped(name: &str) -> Option<(NodeId, &str)> {
    let (id, rest) = name.split_once('.')?;
    let hash = rest.strip_suffix(".swap")?;
    Some((NodeId(id.parse().ok()?), hash))
}

/// So much of its own name a parked node keeps on the server, in bytes.
const MAX_KEPT: usize = 150;

/// What a parked node keeps of its name: the end, where the extension is.
fn kept(name: &Name) -> &str {
    let name = name.as_str();
    &name[name.ceil_char_boundary(name.len().saturating_sub(MAX_KEPT))..]
}

/// The path on the server of the parked `node` of the pair called `tag`: ids
/// are a pair's own, and several devices may park at once. It keeps the name,
/// so that it can be brought back by people, and by a journal that has lost it.
pub fn parked_remote(tag: &str, node: NodeId, name: &Name) -> RelPath {
    below(&format!("{tag}-{}.{}", node.0, kept(name)))
}

/// What stands parked on the server, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParkedThere<'a> {
    /// The pair that parked it.
    pub tag: &'a str,
    /// Which node of that pair it is.
    pub node: NodeId,
    /// What is kept of its name.
    pub name: &'a str,
}

impl ParkedThere<'_> {
    /// Whether something called `name` would be parked so.
    pub fn is_called(&self, name: &Name) -> bool {
        kept(name) == self.name
    }
}

/// Reads a name found in our folder on the server.
pub fn read_parked_remote(name: &str) -> Option<ParkedThere<'_>> {
    let (head, name) = name.split_once('.')?;
    let (tag, id) = head.rsplit_once('-')?;
    Some(ParkedThere { tag, node: NodeId(id.parse().ok()?), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_disk_takes_for_our_folder_is_kept_apart() {
        let apart = |name: &str| is_kept_apart(&Name::new(name).unwrap());
        for name in [
            ".navette",
            ".Navette",
            ".NAVETTE",
            ".navette.",
            ".navette . .",
            ".navette::$INDEX_ALLOCATION",
            ".navette:staging",
            ".na\u{200c}vette",
            "\u{feff}.navette",
            "NAVETT~1",
            "navett~12",
        ] {
            assert!(apart(name), "{name:?}");
        }
        for name in
            ["navette", ".navette2", ".navett", "a.navette", ".navette-old", "navett~", "navett~x"]
        {
            assert!(!apart(name), "{name:?}");
        }
    }

    #[test]
    fn a_staged_name_tells_node_and_role() {
        for role in [Role::New, Role::Old, Role::Park, Role::Copy] {
            let path = staged(NodeId(42), role);
            assert_eq!(read_staged(path.name().unwrap()), Some((NodeId(42), role)));
        }
        assert_eq!(read_staged("notes.txt"), None);
    }

    #[test]
    fn an_exchanged_name_tells_node_and_new_bytes() {
        let hash = Hash([0xab; 32]);
        let path = swapped(NodeId(42), hash);
        let text = hash.to_string();
        assert_eq!(read_swapped(path.name().unwrap()), Some((NodeId(42), text.as_str())));
        assert_eq!(read_staged(path.name().unwrap()), None);
        assert_eq!(read_swapped("42.old"), None);
    }

    #[test]
    fn a_part_tells_of_which_version_it_is_and_what_proves_it() {
        let hash = Hash([0xcd; 32]);
        let path = part(NodeId(42), "1f", 77, hash);
        let text = hash.to_string();
        let read = Part { node: NodeId(42), version: "1f", length: 77, hash: &text };
        assert_eq!(read_part(path.name().unwrap()), Some(read));
        assert_eq!(read_staged(path.name().unwrap()), None);
        assert_eq!(read_swapped(path.name().unwrap()), None);
        assert_eq!(read_part("42.new"), None);
        assert_eq!(read_part("42.1f.x.00.part"), None);
    }

    #[test]
    fn a_parked_name_on_the_server_tells_whose_it_is() {
        let name = Name::new("notes.v2.txt").unwrap();
        let path = parked_remote("a-b", NodeId(7), &name);
        assert_eq!(path.as_str(), ".navette/a-b-7.notes.v2.txt");
        let read = read_parked_remote(path.name().unwrap()).unwrap();
        assert_eq!(read, ParkedThere { tag: "a-b", node: NodeId(7), name: "notes.v2.txt" });
        assert!(read.is_called(&name) && !read.is_called(&Name::new("notes").unwrap()));
        assert_eq!(read_parked_remote("notes.txt"), None);
    }

    #[test]
    fn a_parked_name_keeps_the_end_of_a_long_one() {
        let name = Name::new(&format!("{}.txt", "é".repeat(120))).unwrap();
        let path = parked_remote("tag", NodeId(7), &name);
        assert!(path.name().unwrap().len() < 200);
        let read = read_parked_remote(path.name().unwrap()).unwrap();
        assert!(read.name.ends_with("é.txt") && read.is_called(&name));
    }
}
