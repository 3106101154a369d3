//! The folders of a storage as people choose among them.

use super::dav::{Dav, Outcome};
use super::listing::{Place, place_of};
use super::propfind::{MultiStatus, Props, folders_question};
use super::request::Load;
use super::{Result, ServerErrorKind};
use crate::model::{Name, Perms, RelPath};

/// A folder directly in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderSeen {
    /// Its name.
    pub name: Name,
    /// The bytes of all that is in it, where the server says it.
    pub size: Option<u64>,
    /// Whether there are folders in it, where the server says it.
    pub has_folders: Option<bool>,
    /// Somebody shares it with this account.
    pub shared: bool,
    /// Nothing can be added to it.
    pub read_only: bool,
    /// It lies on another storage, which the server only passes on.
    pub external: bool,
}

impl Dav {
    /// The folders directly in `dir`, by name. What has no name for us is left out.
    ///
    /// # Errors
    ///
    /// If the request fails, or there is no such folder.
    pub async fn folders(&self, dir: &RelPath) -> Result<Vec<FolderSeen>> {
        let found = self.folders_in(dir).await;
        found.map_err(self.told("PROPFIND", dir))
    }

    async fn folders_in(&self, dir: &RelPath) -> Outcome<Vec<FolderSeen>> {
        let load = Load::Xml(folders_question(self.profile.family));
        let answer = self.propfind(self.root.dir(dir), "1", load).await?;
        let mut entries = MultiStatus::new(answer.into_body(), self.limits);
        let names = self.root.names(dir);
        let mut folders = Vec::new();
        while let Some(shown) = entries.next().await? {
            let Some(props) = shown.props.filter(|props| props.collection == Some(true)) else {
                continue;
            };
            if let Place::Child(Ok(name)) = place_of(&shown.href, &names)? {
                folders.push(seen(name, &props));
            }
        }
        folders.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(folders)
    }

    /// What a folder holds in all, in bytes; nothing if it is not there, and none
    /// where the server does not say it.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn folder_size(&self, dir: &RelPath) -> Result<Option<u64>> {
        let asked = async {
            let load = Load::Xml(folders_question(self.profile.family));
            let answer = match self.propfind(self.root.dir(dir), "0", load).await {
                Err(failure) if failure.kind == ServerErrorKind::NotFound => return Ok(Some(0)),
                answer => answer?,
            };
            let mut entries = MultiStatus::new(answer.into_body(), self.limits);
            let shown = entries.next().await?;
            let props = shown.and_then(|shown| shown.props);
            Ok(props.and_then(|props| number(props.size.as_ref())))
        };
        asked.await.map_err(self.told("PROPFIND", dir))
    }
}

fn number(text: Option<&String>) -> Option<u64> {
    text?.parse().ok()
}

fn seen(name: Name, props: &Props) -> FolderSeen {
    let letters = props.permissions.as_deref();
    let perms = letters.map_or(Perms::OWN, Perms::from_letters);
    let mount = props.mount.as_deref().unwrap_or_default();
    let external = match mount {
        "" => perms.contains(Perms::MOUNT) && !perms.contains(Perms::SHARED),
        mount => mount == "external",
    };
    FolderSeen {
        name,
        size: number(props.size.as_ref()),
        has_folders: number(props.folders.as_ref()).map(|folders| folders > 0),
        shared: perms.contains(Perms::SHARED) || mount == "shared",
        read_only: !perms.intersects(Perms::ADD_FILE | Perms::ADD_DIR),
        external,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(letters: Option<&str>, mount: Option<&str>) -> FolderSeen {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let props = Props { permissions: text(letters), mount: text(mount), ..Props::default() };
        seen(Name::new("x").unwrap(), &props)
    }

    #[test]
    fn letters_and_mounts_tell_whose_a_folder_is() {
        let own = shown(Some("RGDNVCK"), None);
        assert!(!own.shared && !own.read_only && !own.external);
        let share = shown(Some("SRMG"), Some("shared"));
        assert!(share.shared && share.read_only && !share.external);
        let external = shown(Some("RMGDNVCK"), None);
        assert!(external.external && !external.shared);
        assert!(!shown(Some("RMGDNVCK"), Some("group")).external);
        let plain = shown(None, None);
        assert!(!plain.read_only && plain.size.is_none() && plain.has_folders.is_none());
    }
}
