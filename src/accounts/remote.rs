//! The folders of the storage, to choose among, and whether they fit.

use std::sync::PoisonError;

use super::{Desk, Plan, Refusal, Session, room};
use crate::model::RelPath;
use crate::server::{FolderSeen, Room, Server as _, ServerErrorKind};
use crate::settings::Scope;

/// Whether what is wanted fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Bytes that come here at most; none where the server does not say it.
    pub download: Option<u64>,
    /// Bytes of the disk that they may take: what is free, less what is to stay so.
    pub disk_free: u64,
    /// They fit, as far as is known.
    pub disk_fits: bool,
    /// The room on the server.
    pub quota: Option<Room>,
}

impl Session {
    /// The folders directly in a folder of the server.
    ///
    /// # Errors
    ///
    /// If they cannot be listed.
    pub async fn folders(&self, dir: &RelPath) -> Result<Vec<FolderSeen>, Refusal> {
        let folders = self.dav.folders(dir).await;
        let folders = folders.map_err(|error| Refusal::server(error, &self.account.server))?;
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in &folders {
            sizes.insert(below(dir, folder.name.as_str()), folder.size);
        }
        Ok(folders)
    }

    /// Makes a folder on the server, and returns it.
    ///
    /// # Errors
    ///
    /// If something stands there, or it cannot be made.
    pub async fn create_folder(&self, path: &RelPath) -> Result<FolderSeen, Refusal> {
        let refused = |error| Refusal::server(error, &self.account.server);
        self.dav.make_dir(path).await.map_err(|error| match error.kind {
            ServerErrorKind::Exists => Refusal::FolderThere(path.clone()),
            ServerErrorKind::BadName => Refusal::FolderName(path.clone()),
            _ => refused(error),
        })?;
        let above = path.parent().unwrap_or_default();
        let folders = self.folders(&above).await?;
        let found = folders.into_iter().find(|folder| Some(folder.name.as_str()) == path.name());
        // Servers compose names: whatever it is called now, it was made.
        found.ok_or_else(|| Refusal::FolderName(path.clone()))
    }

    /// Whether what is wanted fits on this computer.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, or the settings cannot be read.
    pub async fn fit(&self, plan: &Plan, desk: &Desk) -> Result<Fit, Refusal> {
        let download = match plan.take_over {
            true => self.wanted_besides(plan, desk).await?,
            false => self.download(plan).await?,
        };
        let settings = desk.settings()?;
        let own = settings.options(&Scope::Account(self.account.name.clone()));
        let options = own.or_else(|_| settings.options(&Scope::Everything))?;
        let (free, total) = room(&plan.place).unwrap_or_default();
        let disk_free = free.saturating_sub(options.reserve().bytes(total));
        let disk_fits = download.is_none_or(|bytes| bytes <= disk_free);
        Ok(Fit { download, disk_free, disk_fits, quota: self.quota })
    }

    /// The bytes of what another client has left out, and what is wanted now: all
    /// else is here.
    async fn wanted_besides(&self, plan: &Plan, desk: &Desk) -> Result<Option<u64>, Refusal> {
        let there = self.taken_over(&plan.place, desk)?;
        if plan.remote_path != there.remote_path {
            return self.download(plan).await;
        }
        let mut bytes = 0_u64;
        for path in there.without {
            if plan.without.iter().any(|out| path.starts_with(out)) {
                continue;
            }
            let without = plan.without.iter().filter_map(|out| out.below(&path)).collect();
            let remote_path = plan.remote_path.then(&path);
            let wanted = Plan { remote_path, without, ..Plan::default() };
            let Some(more) = self.download(&wanted).await? else { return Ok(None) };
            bytes = bytes.saturating_add(more);
        }
        Ok(Some(bytes))
    }

    /// The bytes of the folder that is wanted, less those that are not.
    async fn download(&self, plan: &Plan) -> Result<Option<u64>, Refusal> {
        let Some(mut bytes) = self.size(&plan.remote_path).await? else { return Ok(None) };
        for path in &plan.without {
            let inner = plan.without.iter().any(|other| other != path && path.starts_with(other));
            if inner {
                continue;
            }
            let Some(less) = self.size(&plan.remote_path.then(path)).await? else {
                return Ok(None);
            };
            bytes = bytes.saturating_sub(less);
        }
        Ok(Some(bytes))
    }

    /// What a folder of the server holds; nothing if it is not there.
    async fn size(&self, path: &RelPath) -> Result<Option<u64>, Refusal> {
        let known = self.sizes.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let told = self.dav.folder_size(path).await;
        let told = told.map_err(|error| Refusal::server(error, &self.account.server))?;
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), told);
        Ok(told)
    }
}

fn below(dir: &RelPath, name: &str) -> RelPath {
    RelPath::parse(&format!("{dir}/{name}")).unwrap_or_default()
}
