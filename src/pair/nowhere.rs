//! The server of those who need none.

use bytes::Bytes;

use crate::model::{NameRules, RelPath};
use crate::server::{
    Current, Discarded, Download, Effect, Family, Guard, Listing, Part, Profile, Resource, Result,
    Resume, Server, ServerError, ServerErrorKind, Upload, Version, Wanted, Written,
};

/// A server that cannot be reached: work on what was put aside here needs a
/// [`crate::world::World`], but asks nothing of any server.
pub struct Nowhere;

fn unreachable<T>(method: &'static str, path: &RelPath) -> Result<T> {
    Err(ServerError {
        kind: ServerErrorKind::Unreachable,
        effect: Effect::None,
        method,
        path: path.clone(),
        detail: "opened without its server".to_owned(),
    })
}

static PROFILE: Profile = Profile {
    family: Family::Plain,
    product: String::new(),
    file_ids: false,
    tree_etags: false,
    checksums: false,
    keeps_mtime: false,
    trash: false,
    guards_deletes: false,
    zips: None,
    names: NameRules::none(),
    guards_creations: true,
    together: None,
    poll: std::time::Duration::MAX,
};

impl Server for Nowhere {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    async fn stat(&self, path: &RelPath) -> Result<Option<Resource>> {
        unreachable("PROPFIND", path)
    }

    async fn list(&self, dir: &RelPath) -> Result<Listing> {
        unreachable("PROPFIND", dir)
    }

    async fn room(&self, dir: &RelPath) -> Result<Option<u64>> {
        unreachable("PROPFIND", dir)
    }

    async fn get(&self, path: &RelPath) -> Result<Download> {
        unreachable("GET", path)
    }

    async fn get_from(&self, path: &RelPath, _: &Resume) -> Result<Download> {
        unreachable("GET", path)
    }

    async fn get_together(&self, dir: &RelPath, _: &[Wanted]) -> Result<Vec<Option<Bytes>>> {
        unreachable("GET", dir)
    }

    async fn put(&self, path: &RelPath, _: &Guard, _: Upload) -> Result<Written> {
        unreachable("PUT", path)
    }

    async fn put_together(&self, parts: &[Part]) -> Vec<Result<Written>> {
        parts.iter().map(|part| unreachable("POST", &part.path)).collect()
    }

    async fn versions(&self, path: &RelPath, _: &Current) -> Result<Vec<Version>> {
        unreachable("PROPFIND", path)
    }

    async fn bring_back(&self, path: &RelPath, _: &Current, _: &Version) -> Result<()> {
        unreachable("MOVE", path)
    }

    async fn forget_upload(&self, path: &RelPath, _: &str) -> Result<()> {
        unreachable("DELETE", path)
    }

    async fn make_dir(&self, path: &RelPath) -> Result<Written> {
        unreachable("MKCOL", path)
    }

    async fn rename(&self, from: &RelPath, _: &RelPath, _: &Guard) -> Result<Written> {
        unreachable("MOVE", from)
    }

    async fn copy(
        &self,
        from: &RelPath,
        _: &RelPath,
        _: &Guard,
        _: Option<i64>,
    ) -> Result<Written> {
        unreachable("COPY", from)
    }

    async fn delete(&self, path: &RelPath, _: &Guard) -> Result<()> {
        unreachable("DELETE", path)
    }

    async fn trash(&self, _: Option<&Discarded>) -> Result<Vec<Discarded>> {
        unreachable("PROPFIND", &RelPath::root())
    }

    async fn restore(&self, item: &Discarded, _: &RelPath) -> Result<()> {
        unreachable("MOVE", &item.location)
    }

    fn requests(&self) -> u64 {
        0
    }
}
