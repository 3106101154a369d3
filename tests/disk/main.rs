//! One suite of promises that every disk keeps, run against the real file
//! system and the one in memory, and what only one of them can show.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod conformance;
#[cfg(target_os = "linux")]
mod links;
#[cfg(target_os = "linux")]
mod native;
#[cfg(windows)]
#[path = "windows.rs"]
mod native;
mod sim;
#[cfg(target_os = "linux")]
mod swapped;
#[cfg(target_os = "linux")]
mod watched;

use std::cell::Cell;
use std::collections::BTreeMap;

use bytes::Bytes;
use futures::TryStreamExt as _;
use navette::disk::{Disk, NewFile as _, OpenFile};
use navette::entropy::Entropy;
use navette::model::RelPath;

/// What was found on a disk: `None` is a folder.
type Contents = BTreeMap<String, Option<Vec<u8>>>;

fn p(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

async fn put(disk: &impl Disk, path: &str, bytes: &[u8]) {
    let mut file = disk.create(&p(path)).await.unwrap();
    file.write(Bytes::copy_from_slice(bytes)).await.unwrap();
    file.finish(None).await.unwrap();
}

async fn read(file: OpenFile) -> Vec<u8> {
    let blocks: Vec<Bytes> = file.bytes.try_collect().await.unwrap();
    blocks.concat()
}

async fn get(disk: &impl Disk, path: &str) -> Vec<u8> {
    read(disk.open(&p(path)).await.unwrap()).await
}

async fn names(disk: &impl Disk, dir: &str) -> Vec<String> {
    let entries = disk.list(&p(dir)).await.unwrap();
    let mut names: Vec<String> =
        entries.into_iter().map(|entry| entry.name.unwrap().as_str().to_owned()).collect();
    names.sort();
    names
}

/// SplitMix64: the same seed, the same numbers.
struct Seeded(Cell<u64>);

impl Seeded {
    fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
}

impl Entropy for Seeded {
    fn bits(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mixed = (self.0.get() ^ (self.0.get() >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
