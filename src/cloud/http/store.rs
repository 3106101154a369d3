//! What a served cloud keeps on the disk.
//!
//! `contents/` has one file for each content, named by its hash and never
//! changed; `cloud.json` names them. It is replaced in one step, after all
//! contents that it names are on the disk and before those that it no longer
//! names go: whenever the power fails, the one or the other state is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File as DiskFile};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cloud::blob::Blob;
use crate::cloud::dialect::Dialect;
use crate::cloud::etag::Mint;
use crate::cloud::model::{Cloud, Home};
use crate::cloud::people::Owner;
use crate::cloud::trash::Trashed;
use crate::cloud::tree::{Body, File, Node, Telling};
use crate::model::RelPath;

/// The folder that keeps a cloud.
#[derive(Clone, Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct SavedCloud {
    dialect: Dialect,
    mint: Mint,
    revision: u64,
    homes: BTreeMap<String, SavedHome>,
}

/// Without the password, which is given anew at each start.
#[derive(Serialize, Deserialize)]
struct SavedHome {
    #[serde(default)]
    owner: Owner,
    quota: Option<u64>,
    fingerprint: String,
    nodes: Vec<SavedNode>,
    trash: Vec<SavedTrash>,
}

#[derive(Serialize, Deserialize)]
struct SavedTrash {
    location: RelPath,
    at: i64,
    nodes: Vec<SavedNode>,
}

/// A node, by its path below the first one of its list. Flat, because JSON
/// cannot be nested as deep as folders can.
#[derive(Serialize, Deserialize)]
struct SavedNode {
    path: RelPath,
    id: u64,
    etag: String,
    date: i64,
    written: i64,
    letters: Option<String>,
    locked: bool,
    file: Option<SavedFile>,
}

#[derive(Serialize, Deserialize)]
struct SavedFile {
    content: String,
    told: Option<String>,
    fraction: u64,
    /// Older versions: date, fraction, content.
    #[serde(default)]
    older: Vec<(i64, u64, String)>,
    #[serde(default)]
    uploaded: i64,
    torn: Option<u64>,
}

impl Store {
    /// Takes a folder, made if it is missing.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(folder.join("contents"))?;
        Ok(Self { folder })
    }

    /// The cloud as it was last saved; none if it never was.
    pub(super) fn load(&self) -> io::Result<Option<Cloud>> {
        let text = match fs::read(self.folder.join("cloud.json")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let saved: SavedCloud = serde_json::from_slice(&text).map_err(io::Error::other)?;
        let mut cloud = Cloud::new(saved.dialect, 0);
        cloud.mint = saved.mint;
        cloud.revision = saved.revision;
        for (name, home) in saved.homes {
            let home = self.load_home(home)?;
            cloud.homes.insert(name, home);
        }
        Ok(Some(cloud))
    }

    /// Writes all of it to the disk.
    pub(super) fn save(&self, cloud: &Cloud) -> io::Result<()> {
        let mut named = BTreeSet::new();
        let mut homes = BTreeMap::new();
        for (name, home) in &cloud.homes {
            homes.insert(name.clone(), self.save_home(home, &mut named)?);
        }
        sync_folder(&self.folder.join("contents"))?;
        let (dialect, mint, revision) = (cloud.dialect, cloud.mint.clone(), cloud.revision);
        let saved = SavedCloud { dialect, mint, revision, homes };
        let text = serde_json::to_vec(&saved).map_err(io::Error::other)?;
        self.write("cloud.json", &text)?;
        sync_folder(&self.folder)?;
        self.forget_all_but(&named)
    }

    fn load_home(&self, saved: SavedHome) -> io::Result<Home> {
        let mut trash = BTreeMap::new();
        for item in saved.trash {
            let node = self.load_nodes(item.nodes)?;
            trash.insert(node.id, Trashed { node, location: item.location, at: item.at });
        }
        Ok(Home {
            left: Vec::new(),
            owner: saved.owner,
            password: None,
            root: self.load_nodes(saved.nodes)?,
            trash,
            quota: saved.quota,
            fingerprint: saved.fingerprint,
            // What was on its way is begun anew.
            uploads: BTreeMap::new(),
        })
    }

    fn save_home(&self, home: &Home, named: &mut BTreeSet<String>) -> io::Result<SavedHome> {
        let mut trash = Vec::new();
        for item in home.trash.values() {
            let nodes = self.save_nodes(&item.node, named)?;
            trash.push(SavedTrash { location: item.location.clone(), at: item.at, nodes });
        }
        Ok(SavedHome {
            owner: home.owner.clone(),
            quota: home.quota,
            fingerprint: home.fingerprint.clone(),
            nodes: self.save_nodes(&home.root, named)?,
            trash,
        })
    }

    fn load_nodes(&self, saved: Vec<SavedNode>) -> io::Result<Node> {
        let mut nodes = saved.into_iter();
        let first = nodes.next().ok_or_else(|| io::Error::other("a home without a root"))?;
        let mut root = self.load_node(first)?;
        for saved in nodes {
            let path = saved.path.clone();
            root.place(&path, self.load_node(saved)?);
        }
        Ok(root)
    }

    fn load_node(&self, saved: SavedNode) -> io::Result<Node> {
        let body = match saved.file {
            None => Body::Folder(BTreeMap::new()),
            Some(file) => Body::File(File {
                blob: self.load_content(&file.content)?,
                told: file.told,
                fraction: file.fraction,
                versions: self.load_versions(&file.older)?,
                uploaded: file.uploaded,
                torn: file.torn,
            }),
        };
        let SavedNode { id, etag, date, written, letters, locked, .. } = saved;
        let telling = Telling::default();
        Ok(Node { id, etag, date, written, letters, locked, telling, body })
    }

    fn load_content(&self, content: &str) -> io::Result<Blob> {
        let blob = Blob::new(fs::read(self.folder.join("contents").join(content))?);
        if blob.hash().to_string() != content {
            return Err(io::Error::other(format!("the content {content} is damaged")));
        }
        Ok(blob)
    }

    fn save_nodes(&self, root: &Node, named: &mut BTreeSet<String>) -> io::Result<Vec<SavedNode>> {
        let mut all = vec![(String::new(), root)];
        root.walk("", &mut |path, node| all.push((path, node)));
        all.into_iter().map(|(path, node)| self.save_node(&path, node, named)).collect()
    }

    fn save_node(
        &self,
        path: &str,
        node: &Node,
        named: &mut BTreeSet<String>,
    ) -> io::Result<SavedNode> {
        let file = match node.file() {
            None => None,
            Some(file) => {
                let mut older = Vec::new();
                for (&(date, fraction), blob) in &file.versions {
                    older.push((date, fraction, self.save_content(blob, named)?));
                }
                let content = self.save_content(&file.blob, named)?;
                Some(SavedFile {
                    content,
                    told: file.told.clone(),
                    fraction: file.fraction,
                    older,
                    uploaded: file.uploaded,
                    torn: file.torn,
                })
            }
        };
        Ok(SavedNode {
            path: RelPath::parse(path).map_err(io::Error::other)?,
            id: node.id,
            etag: node.etag.clone(),
            date: node.date,
            written: node.written,
            letters: node.letters.clone(),
            locked: node.locked,
            file,
        })
    }

    fn load_versions(
        &self,
        older: &[(i64, u64, String)],
    ) -> io::Result<BTreeMap<(i64, u64), Blob>> {
        let load = |(date, fraction, content): &(i64, u64, String)| {
            Ok(((*date, *fraction), self.load_content(content)?))
        };
        older.iter().map(load).collect()
    }

    /// Sees to it that a content is on the disk. Returns its name there.
    fn save_content(&self, blob: &Blob, named: &mut BTreeSet<String>) -> io::Result<String> {
        let content = blob.hash().to_string();
        let name = format!("contents/{content}");
        if named.insert(content.clone()) && !self.folder.join(&name).exists() {
            self.write(&name, blob.bytes())?;
        }
        Ok(content)
    }

    /// Writes a file in one step: it is there whole or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let place = self.folder.join(name);
        let new = self.folder.join("new");
        let mut file = DiskFile::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(new, place)
    }

    fn forget_all_but(&self, named: &BTreeSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(self.folder.join("contents"))? {
            let entry = entry?;
            let known = entry.file_name().to_str().is_some_and(|name| named.contains(name));
            if !known {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Makes renames in a folder last. Windows has no such call and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { DiskFile::open(folder)?.sync_all() } else { Ok(()) }
}
