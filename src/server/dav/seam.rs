//! What the engine asks for, request by request: each failure gets its method and path.

use bytes::Bytes;

use super::*;
use crate::server::{ServerError, Wanted};

impl Dav {
    /// What a failure is called of a request of `method` for `path`.
    pub(in crate::server) fn told(
        &self,
        method: &'static str,
        path: &RelPath,
    ) -> impl FnOnce(Failure) -> ServerError {
        move |failure| self.wire.discreet(failure).at(method, path)
    }
}

impl Server for Dav {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    async fn stat(&self, path: &RelPath) -> Result<Option<Resource>> {
        self.stat_confirmed(path).await.map_err(self.told("PROPFIND", path))
    }

    async fn list(&self, dir: &RelPath) -> Result<Listing> {
        self.list_whole(dir).await.map_err(self.told("PROPFIND", dir))
    }

    async fn room(&self, dir: &RelPath) -> Result<Option<u64>> {
        self.room_in(dir).await.map_err(self.told("PROPFIND", dir))
    }

    async fn get(&self, path: &RelPath) -> Result<Download> {
        self.get_whole(path).await.map(|got| self.wire.slowed(got)).map_err(self.told("GET", path))
    }

    async fn get_from(&self, path: &RelPath, from: &Resume) -> Result<Download> {
        let rest = self.get_rest(path, from).await.map(|got| self.wire.slowed(got));
        rest.map_err(self.told("GET", path))
    }

    async fn get_together(&self, dir: &RelPath, wanted: &[Wanted]) -> Result<Vec<Option<Bytes>>> {
        self.get_zip(dir, wanted).await.map_err(self.told("GET", dir))
    }

    async fn put(&self, path: &RelPath, guard: &Guard, upload: Upload) -> Result<Written> {
        self.put_whole(path, guard, upload).await.map_err(self.told("PUT", path))
    }

    async fn put_together(&self, parts: &[Part]) -> Vec<Result<Written>> {
        let ends = self.post_bulk(parts).await;
        let named = ends.into_iter().zip(parts);
        named.map(|(end, part)| end.map_err(self.told("POST", &part.path))).collect()
    }

    async fn versions(&self, path: &RelPath, now: &Current) -> Result<Vec<Version>> {
        self.list_versions(now).await.map_err(self.told("PROPFIND", path))
    }

    async fn bring_back(&self, path: &RelPath, now: &Current, version: &Version) -> Result<()> {
        let brought = self.restore_version(path, now, version).await;
        brought.map_err(self.told("MOVE", path))
    }

    async fn forget_upload(&self, path: &RelPath, name: &str) -> Result<()> {
        self.forget_chunks(path, name).await.map_err(self.told("DELETE", path))
    }

    async fn make_dir(&self, path: &RelPath) -> Result<Written> {
        self.make_dir_new(path).await.map_err(self.told("MKCOL", path))
    }

    async fn copy(
        &self,
        from: &RelPath,
        to: &RelPath,
        guard: &Guard,
        mtime: Option<i64>,
    ) -> Result<Written> {
        let copied = self.copy_guarded(from, to, guard, mtime).await;
        copied.map_err(self.told("COPY", from))
    }

    async fn rename(&self, from: &RelPath, to: &RelPath, guard: &Guard) -> Result<Written> {
        self.rename_guarded(from, to, guard).await.map_err(self.told("MOVE", from))
    }

    async fn delete(&self, path: &RelPath, guard: &Guard) -> Result<()> {
        self.delete_guarded(path, guard).await.map_err(self.told("DELETE", path))
    }

    async fn trash(&self, inside: Option<&Discarded>) -> Result<Vec<Discarded>> {
        let at = inside.map(|item| item.location.clone()).unwrap_or_default();
        self.list_trash(inside).await.map_err(self.told("PROPFIND", &at))
    }

    async fn restore(&self, item: &Discarded, to: &RelPath) -> Result<()> {
        self.restore_to(item, to).await.map_err(self.told("MOVE", to))
    }

    fn requests(&self) -> u64 {
        self.wire.sent.load(Ordering::Relaxed)
    }
}
