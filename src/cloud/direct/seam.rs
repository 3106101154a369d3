//! The requests of the engine, as calls of the cloud.

use super::*;
use crate::server::Wanted;

impl Server for Direct {
    fn profile(&self) -> &Profile {
        &self.inner.profile
    }

    async fn stat(&self, path: &RelPath) -> Result<Option<Resource>> {
        let missing = match self.look(path).await {
            Ok(shown) => return Ok(Some(self.resource(path, &shown))),
            Err(missing) if missing.kind == ServerErrorKind::NotFound => missing,
            Err(other) => return Err(other),
        };
        // Only a folder that is there can confirm an absence in it (I7).
        let Some(parent) = path.parent() else { return Err(missing) };
        match self.look(&parent).await?.kind {
            Kind::Dir => Ok(None),
            Kind::File => Err(missing),
        }
    }

    async fn list(&self, dir: &RelPath) -> Result<Listing> {
        let sent = self.sent("PROPFIND", dir);
        let read = |cloud: &mut Cloud, user: &str, whole: &RelPath| {
            cloud.list(user, whole).map(|listed| (listed, cloud.now()))
        };
        let (((shown, mut entries), now), fate) = self.ask_fatefully(sent, read).await?;
        match fate {
            Fate::CutBody(_) => return Err(sent.half()),
            Fate::Omit(number) if !entries.is_empty() => {
                let at = number % entries.len() as u64;
                entries.remove(usize::try_from(at).unwrap_or(0));
            }
            Fate::Nobody if dir.is_root() && self.inner.ways.foreign_home_empty => {
                return Ok(self.nobodys_home(&shown, now));
            }
            _ => {}
        }
        if shown.kind == Kind::File {
            let detail = "a file, not a folder";
            return Err(sent.failed(ServerErrorKind::NotFound, Effect::None, detail));
        }
        let mut listing = Listing {
            dir: self.resource(dir, &shown),
            children: Vec::new(),
            unusable: Vec::new(),
            server_time: Some(now),
        };
        for (text, shown) in entries {
            match Name::new(&text) {
                Ok(name) => {
                    let resource = self.resource(dir, &shown);
                    listing.children.push((name, resource));
                }
                Err(_) => listing.unusable.push(text),
            }
        }
        Ok(listing)
    }

    async fn room(&self, dir: &RelPath) -> Result<Option<u64>> {
        let shown = self.look(dir).await?;
        Ok(self.resource(dir, &shown).quota_free)
    }

    async fn get(&self, path: &RelPath) -> Result<Download> {
        let read = |cloud: &mut Cloud, user: &str, whole: &RelPath| cloud.read(user, whole);
        let (file, fate) = self.ask_fatefully(self.sent("GET", path), read).await?;
        let (bytes, cut) = as_fated(file.blob.bytes().clone(), fate);
        Ok(Download {
            offset: 0,
            etag: Etag::parse(&file.shown.etag),
            size: Some(file.shown.size),
            sha1: self.trusted_sha1(&file.shown),
            body: pieces(bytes, cut),
        })
    }

    async fn get_from(&self, path: &RelPath, from: &Resume) -> Result<Download> {
        let read = |cloud: &mut Cloud, user: &str, whole: &RelPath| cloud.read(user, whole);
        let (file, fate) = self.ask_fatefully(self.sent("GET", path), read).await?;
        let etag = Etag::parse(&file.shown.etag);
        let (bytes, cut) = as_fated(file.blob.bytes().clone(), fate);
        let start = usize::try_from(from.offset).unwrap_or(usize::MAX);
        let same = etag.as_ref() == Some(&from.etag) && start < bytes.len();
        let start = if same { start } else { 0 };
        Ok(Download {
            offset: start as u64,
            etag,
            size: Some(file.shown.size),
            sha1: self.trusted_sha1(&file.shown),
            body: pieces(bytes.slice(start..), cut),
        })
    }

    async fn get_together(&self, dir: &RelPath, wanted: &[Wanted]) -> Result<Vec<Option<Bytes>>> {
        self.get_zip(dir, wanted).await
    }

    async fn put(&self, path: &RelPath, guard: &Guard, upload: Upload) -> Result<Written> {
        let conditions = self.guard_put(path, guard).await?;
        let Upload { body, size, sha1, mtime, .. } = upload;
        let (bytes, whole) = collect(body, size).await;
        let put = Put {
            blob: Blob::new(bytes),
            date: mtime.map(SentDate::Seconds),
            checksum: sha1.map(|sum| format!("SHA1:{sum}")),
            conditions,
        };
        let arrived = put.blob.size();
        let call = Call::Put { path: self.whole(path), put };
        if !whole {
            // The connection is cut; on its way the request can do what a cut one does.
            self.fate("PUT", path, Some(size));
            yield_now().await;
            call.land_cut(&mut self.inner.cloud.lock(), &self.inner.user, arrived);
            let (kind, detail) = (ServerErrorKind::Body, "the local body ended early");
            return Err(self.sent("PUT", path).failed(kind, Effect::Unknown, detail));
        }
        self.send(path, call).await.map(|done| self.written(done, Method::Put))
    }

    async fn put_together(&self, parts: &[Part]) -> Vec<Result<Written>> {
        self.post_bulk(parts).await
    }

    async fn versions(&self, path: &RelPath, now: &Current) -> Result<Vec<Version>> {
        self.list_versions(path, now).await
    }

    async fn bring_back(&self, path: &RelPath, now: &Current, version: &Version) -> Result<()> {
        self.restore_version(path, now, version).await
    }

    async fn forget_upload(&self, _: &RelPath, name: &str) -> Result<()> {
        // Uploads here are one request each, which leaves nothing; what a test
        // has put there goes. None of that name is as good.
        let _ = self.inner.cloud.lock().drop_upload(&self.inner.user, name);
        Ok(())
    }

    async fn make_dir(&self, path: &RelPath) -> Result<Written> {
        if self.family() == Family::Plain && self.seen(path).await?.is_some() {
            let detail = "something is there already";
            let sent = self.sent("MKCOL", path);
            return Err(sent.failed(ServerErrorKind::Exists, Effect::None, detail));
        }
        let call = Call::MakeDir { path: self.whole(path) };
        self.send(path, call).await.map(|done| self.written(done, Method::MakeDir))
    }

    async fn rename(&self, from: &RelPath, to: &RelPath, guard: &Guard) -> Result<Written> {
        let sent = self.sent("MOVE", from);
        let call =
            |conditions| Call::Rename { from: self.whole(from), to: self.whole(to), conditions };
        if self.family() == Family::Plain && self.stat(to).await?.is_some() {
            return Err(sent.changed());
        }
        match self.send_guarded(sent, guard, call).await {
            // Nothing is no version of anything.
            Err(gone)
                if gone.detail == Refusal::NotFound.to_string() && *guard != Guard::Present =>
            {
                Err(sent.changed())
            }
            moved => moved.map(|done| self.written(done, Method::Move)),
        }
    }

    async fn copy(
        &self,
        from: &RelPath,
        to: &RelPath,
        guard: &Guard,
        mtime: Option<i64>,
    ) -> Result<Written> {
        let sent = Sent { method: Method::Move, ..self.sent("COPY", from) };
        let conditions = self.guard_source(sent, guard).await?;
        if self.family() == Family::Plain && self.stat(to).await?.is_some() {
            return Err(sent.changed());
        }
        let (whole, to) = (self.whole(from), self.whole(to));
        let call = Call::Copy { from: whole, to, conditions, date: mtime };
        let done = self.send(from, call).await?;
        Ok(Written { etag: None, ..self.written(done, Method::Move) })
    }

    async fn delete(&self, path: &RelPath, guard: &Guard) -> Result<()> {
        let sent = self.sent("DELETE", path);
        let call = |conditions| Call::Delete { path: self.whole(path), conditions };
        match self.send_guarded(sent, guard, call).await {
            Err(gone) if gone.kind == ServerErrorKind::NotFound => Ok(()),
            deleted => deleted.map(drop),
        }
    }

    async fn trash(&self, inside: Option<&Discarded>) -> Result<Vec<Discarded>> {
        self.list_trash(inside).await
    }

    async fn restore(&self, item: &Discarded, to: &RelPath) -> Result<()> {
        self.restore_to(item, to).await
    }

    fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Relaxed)
    }
}

/// The bytes of a file as they come, and where they are cut, if they are.
fn as_fated(bytes: Bytes, fate: Fate) -> (Bytes, Option<u64>) {
    match fate {
        Fate::CutBody(length) => (bytes, Some(length)),
        Fate::Garble => {
            let mut other = bytes.to_vec();
            other.iter_mut().take(1).for_each(|byte| *byte ^= 1);
            (other.into(), None)
        }
        _ => (bytes, None),
    }
}
