//! The trash behind the engine's own seam: what each family shows there, as
//! the real client reads it.

use super::call::Call;
use super::direct::Direct;
use super::model::Cloud;
use super::refusal::Refusal;
use super::trash::TrashItem;
use crate::model::{Etag, Kind, Name, RelPath};
use crate::server::{Discarded, Family, Result};

impl Direct {
    pub(super) async fn list_trash(&self, inside: Option<&Discarded>) -> Result<Vec<Discarded>> {
        let at = inside.map(|item| item.location.clone()).unwrap_or_default();
        let sent = self.sent("PROPFIND", &at);
        let top = inside.map(|item| split(&item.key));
        let read = |cloud: &mut Cloud, user: &str, _: &RelPath| match &top {
            _ if cloud.ways().trash.is_none() => Err(Refusal::NotFound),
            None => cloud.trash(user),
            Some(None) => Err(Refusal::NotFound),
            Some(Some((id, below))) => cloud.trash_inside(user, *id, below),
        };
        let (items, cut) = self.ask(sent, read).await?;
        if cut.is_some() {
            return Err(sent.half());
        }
        let key = |item: &TrashItem| match inside {
            Some(folder) => {
                format!("{}/{}", folder.key, item.location.name().unwrap_or_default())
            }
            None => item.id.to_string(),
        };
        Ok(items.iter().filter_map(|item| self.discarded(key(item), item)).collect())
    }

    /// What the client reads of an item; none if it stood outside of the remote root.
    fn discarded(&self, key: String, item: &TrashItem) -> Option<Discarded> {
        let mut names = item.location.names();
        if !self.root().names().all(|own| names.next() == Some(own)) {
            return None;
        }
        let names = names.map(|name| Name::new(name).ok()).collect::<Option<Vec<_>>>()?;
        let location = names.iter().fold(RelPath::root(), |path, name| path.join(name));
        let shows = self.cloud().lock().ways().trash?;
        let shown = &item.shown;
        let folder = shown.kind == Kind::Dir;
        // ownCloud 10 says the id in the address.
        let id = shows.ids || self.family() == Family::OwnCloud10;
        let named = self.family() == Family::Ocis && !key.contains('/');
        Some(Discarded {
            perhaps_id: shown.file_id.clone().filter(|_| named),
            key,
            location,
            at: Some(item.at),
            kind: shown.kind,
            file_id: shown.file_id.clone().filter(|_| id),
            etag: Etag::parse(&shown.etag).filter(|_| shows.etags && !folder),
            sha1: None,
            size: Some(shown.size).filter(|_| shows.sizes || !folder),
        })
    }

    pub(super) async fn restore_to(&self, item: &Discarded, to: &RelPath) -> Result<()> {
        let Some((id, _)) = split(&item.key).filter(|(_, below)| below.is_root()) else {
            return Err(self.sent("MOVE", to).refused(&Refusal::NotFound));
        };
        let chosen = (self.family() != Family::Nextcloud).then(|| self.whole(to));
        self.send(to, Call::Restore { id, to: chosen }).await.map(drop)
    }
}

/// The number of a deleted thing, and the way down in it.
fn split(key: &str) -> Option<(u64, RelPath)> {
    let (id, below) = key.split_once('/').unwrap_or((key, ""));
    Some((id.parse().ok()?, RelPath::parse(below).ok()?))
}
