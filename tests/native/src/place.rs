//! A folder or a storage, as people see and change it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Method;
use reqwest_dav::{Auth, Client, ClientBuilder, Depth};
use tokio::runtime::{Builder, Runtime};

use crate::{LOGIN, PASSWORD};

/// What tells bytes from others: the beginning of their hash.
pub type Content = String;

/// Returns what tells these bytes from others.
pub fn content(bytes: &[u8]) -> Content {
    blake3::hash(bytes).to_hex()[..20].to_owned()
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A folder.
    Folder,
    /// A file with these bytes.
    File(Content),
}

/// A tree as people see it.
pub type Picture = BTreeMap<String, Shown>;

/// How a program saves a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It writes over what is there.
    InPlace,
    /// It writes beside it, and puts the new file in its place.
    ByRename,
}

/// A tree that people work on. Nothing is ever put over something else.
pub trait Place {
    /// Looks at all of it, but for what programs keep there for themselves.
    fn picture(&self) -> Picture;
    /// Writes a file, dated so if a date is given.
    fn write(
        &self,
        path: &str,
        bytes: &[u8],
        manner: Manner,
        date: Option<SystemTime>,
    ) -> io::Result<()>;
    /// Makes a folder.
    fn make_dir(&self, path: &str) -> io::Result<()>;
    /// Moves or renames.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Deletes a file, or a folder with all in it.
    fn delete(&self, path: &str) -> io::Result<()>;
    /// Copies a file.
    fn copy(&self, from: &str, to: &str) -> io::Result<()>;
    /// Gives a file another date.
    fn touch(&self, path: &str, date: SystemTime) -> io::Result<()>;
}

/// A folder of this computer.
pub struct Folder {
    root: PathBuf,
    is_own: fn(&str) -> bool,
}

impl Folder {
    /// The folder at `root`, in which a program keeps the names that `is_own` knows.
    pub fn new(root: PathBuf, is_own: fn(&str) -> bool) -> Self {
        Self { root, is_own }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

fn save(path: &Path, bytes: &[u8], date: Option<SystemTime>) -> io::Result<()> {
    let saved = fs::write(path, bytes).and_then(|()| match date {
        Some(date) => File::options().write(true).open(path)?.set_modified(date),
        None => Ok(()),
    });
    // Whoever could not save leaves no half of it.
    saved.inspect_err(|_| drop(fs::remove_file(path)))
}

impl Place for Folder {
    fn picture(&self) -> Picture {
        let walk = walkdir::WalkDir::new(&self.root).min_depth(1).into_iter();
        let walk = walk.filter_entry(|entry| !(self.is_own)(&entry.file_name().to_string_lossy()));
        let shown = walk.filter_map(Result::ok).filter_map(|entry| {
            let path = entry.path().strip_prefix(&self.root).ok()?.to_str()?.to_owned();
            let shown = match entry.file_type() {
                kind if kind.is_dir() => Shown::Folder,
                _ => Shown::File(content(&fs::read(entry.path()).ok()?)),
            };
            Some((path, shown))
        });
        shown.collect()
    }

    fn write(
        &self,
        path: &str,
        bytes: &[u8],
        manner: Manner,
        date: Option<SystemTime>,
    ) -> io::Result<()> {
        let at = self.at(path);
        if manner == Manner::InPlace {
            return save(&at, bytes, date);
        }
        let beside = at.with_file_name(".being-saved");
        save(&beside, bytes, date)?;
        fs::rename(beside, at)
    }

    fn make_dir(&self, path: &str) -> io::Result<()> {
        fs::create_dir(self.at(path))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from), self.at(to))
    }

    fn delete(&self, path: &str) -> io::Result<()> {
        let at = self.at(path);
        if at.is_dir() { fs::remove_dir_all(at) } else { fs::remove_file(at) }
    }

    fn copy(&self, from: &str, to: &str) -> io::Result<()> {
        let bytes = fs::read(self.at(from))?;
        save(&self.at(to), &bytes, None)
    }

    fn touch(&self, path: &str, date: SystemTime) -> io::Result<()> {
        File::options().write(true).open(self.at(path))?.set_modified(date)
    }
}

/// Files above this length are not read again while their version stays the same.
const LARGE: i64 = 256 << 10;

const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A storage, by plain WebDAV and not by way of any proxy.
pub struct Storage {
    client: Client,
    base: String,
    runtime: Runtime,
    keeps_dates: bool,
    /// Large files that were read, by path, version and length: a version alone
    /// may stay when a file is overwritten within a second.
    large: RefCell<BTreeMap<(String, String, i64), Content>>,
}

impl Storage {
    /// The storage at this address.
    pub fn new(url: &url::Url, keeps_dates: bool) -> Self {
        // Between two questions nobody looks after a connection that is kept.
        let agent =
            reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let client = ClientBuilder::new()
            .set_host(url.to_string())
            .set_auth(Auth::Basic(LOGIN.to_owned(), PASSWORD.to_owned()))
            .set_agent(agent)
            .build()
            .unwrap();
        let base = url.path().trim_end_matches('/').to_owned();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { client, base, runtime, keeps_dates, large: RefCell::default() }
    }

    fn ask<T>(
        &self,
        request: impl Future<Output = Result<T, reqwest_dav::Error>>,
    ) -> io::Result<T> {
        self.runtime.block_on(request).map_err(|error| io::Error::other(format!("{error:?}")))
    }

    /// The children of a folder: path, length and version; folders have none.
    async fn list(
        &self,
        folder: &str,
    ) -> Result<Vec<(String, Option<(i64, String)>)>, reqwest_dav::Error> {
        let listed = self.client.list_rsp(&encoded(folder), Depth::Number(1)).await?;
        let children = listed.into_iter().filter_map(|found| {
            let path = percent_decode_str(&found.href).decode_utf8_lossy().into_owned();
            let path = path.strip_prefix(&self.base)?.trim_matches('/').to_owned();
            let props = found.prop_stat.into_iter().find(|stat| stat.status.contains(" 200"))?.prop;
            let file = (props.content_length.unwrap_or(0), props.tag.unwrap_or_default());
            let is_folder = props.resource_type.collection.is_some();
            let is_child = path != folder && !path.is_empty();
            is_child.then_some((path, if is_folder { None } else { Some(file) }))
        });
        Ok(children.collect())
    }

    async fn read(&self, path: &str) -> Result<Content, reqwest_dav::Error> {
        let bytes = self.client.get(&encoded(path)).await?.bytes().await?;
        Ok(content(&bytes))
    }

    async fn look(&self) -> Result<Picture, reqwest_dav::Error> {
        let (mut picture, mut todo) = (Picture::new(), vec![String::new()]);
        while let Some(folder) = todo.pop() {
            for (path, file) in self.list(&folder).await? {
                if path.split('/').any(|name| name == ".navette") {
                    continue;
                }
                let Some((length, version)) = file else {
                    todo.push(path.clone());
                    picture.insert(path, Shown::Folder);
                    continue;
                };
                let key = (path.clone(), version, length);
                let known = self.large.borrow().get(&key).cloned();
                let bytes = match known {
                    Some(bytes) => bytes,
                    None => self.read(&path).await?,
                };
                if length > LARGE && !key.1.is_empty() {
                    self.large.borrow_mut().insert(key, bytes.clone());
                }
                picture.insert(path, Shown::File(bytes));
            }
        }
        Ok(picture)
    }
}

fn encoded(path: &str) -> String {
    utf8_percent_encode(path, KEPT).to_string()
}

fn seconds(date: SystemTime) -> u64 {
    date.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

impl Place for Storage {
    fn picture(&self) -> Picture {
        self.ask(self.look()).unwrap()
    }

    fn write(
        &self,
        path: &str,
        bytes: &[u8],
        _manner: Manner,
        date: Option<SystemTime>,
    ) -> io::Result<()> {
        self.ask(async {
            let mut put = self.client.start_request(Method::PUT, &encoded(path)).await?;
            if let Some(date) = date {
                put = put.header("X-OC-Mtime", seconds(date));
            }
            put.body(bytes.to_vec()).send().await?.error_for_status()?;
            Ok(())
        })
    }

    fn make_dir(&self, path: &str) -> io::Result<()> {
        self.ask(self.client.mkcol(&encoded(path)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.ask(self.client.mv(&encoded(from), &encoded(to)))
    }

    fn delete(&self, path: &str) -> io::Result<()> {
        self.ask(self.client.delete(&encoded(path)))
    }

    fn copy(&self, from: &str, to: &str) -> io::Result<()> {
        self.ask(self.client.cp(&encoded(from), &encoded(to)))
    }

    fn touch(&self, path: &str, date: SystemTime) -> io::Result<()> {
        if !self.keeps_dates {
            return Err(ErrorKind::Unsupported.into());
        }
        let body = format!(
            "<d:propertyupdate xmlns:d=\"DAV:\"><d:set><d:prop><d:lastmodified>{}</d:lastmodified>\
             </d:prop></d:set></d:propertyupdate>",
            seconds(date)
        );
        self.ask(async {
            let patch = Method::from_bytes(b"PROPPATCH").unwrap_or_default();
            let patch = self.client.start_request(patch, &encoded(path)).await?;
            patch.body(body).send().await?.error_for_status()?;
            Ok(())
        })
    }
}
