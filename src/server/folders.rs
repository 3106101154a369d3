//! The folders of a storage as people choose among them, and its room.

use serde_json::Value;

use super::dav::{Dav, Outcome};
use super::listing::{Place, place_of};
use super::propfind::{MultiStatus, Props, folders_question, quota_question};
use super::request::Load;
use super::{Result, probe};
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

/// The room of a storage, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What is taken.
    pub used: u64,
    /// What there is in all; none: no limit is known.
    pub total: Option<u64>,
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

    /// The room of the whole storage; none where the server says nothing of it.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn quota(&self) -> Result<Option<Quota>> {
        let root = RelPath::root();
        // Nextcloud's listing is up to five minutes old (see `room`).
        if let Some(base) = &self.account
            && let Some(page) = probe::ocs(&self.wire, base, "user").await.ok().flatten()
            && let Some(quota) = told(&page)
        {
            return Ok(Some(quota));
        }
        let asked = async {
            let load = Load::Xml(quota_question(self.profile.family));
            let answer = self.propfind(self.root.dir(&root), "0", load).await?;
            let mut entries = MultiStatus::new(answer.into_body(), self.limits);
            let shown = entries.next().await?;
            Ok(shown.and_then(|shown| shown.props).as_ref().and_then(quota))
        };
        asked.await.map_err(self.told("PROPFIND", &root))
    }
}

fn seen(name: Name, props: &Props) -> FolderSeen {
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<u64>().ok());
    let letters = props.permissions.as_deref();
    let perms = letters.map_or(Perms::OWN, Perms::from_letters);
    let mount = props.mount.as_deref().unwrap_or_default();
    let external = match mount {
        "" => perms.contains(Perms::MOUNT) && !perms.contains(Perms::SHARED),
        mount => mount == "external",
    };
    FolderSeen {
        name,
        size: number(&props.size),
        has_folders: number(&props.folders).map(|folders| folders > 0),
        shared: perms.contains(Perms::SHARED) || mount == "shared",
        read_only: !perms.intersects(Perms::ADD_FILE | Perms::ADD_DIR),
        external,
    }
}

/// What the page about an account says. Negative: not computed, unknown, or no
/// limit (protocol.md 3.2).
fn told(page: &Value) -> Option<Quota> {
    let number = |at| page.pointer(at).and_then(Value::as_i64);
    let used = u64::try_from(number("/quota/used")?).ok()?;
    let total = number("/quota/quota")?;
    Some(Quota { used, total: u64::try_from(total).ok() })
}

/// What a listing says of it.
fn quota(props: &Props) -> Option<Quota> {
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<u64>().ok());
    let used = number(&props.used).or_else(|| number(&props.size))?;
    let total = number(&props.quota).map(|free| used.saturating_add(free));
    Some(Quota { used, total })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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

    #[test]
    fn a_quota_that_is_no_number_is_no_limit() {
        let page = |quota: i64| json!({"quota": {"used": 3, "quota": quota, "free": 9}});
        assert_eq!(told(&page(12)), Some(Quota { used: 3, total: Some(12) }));
        assert_eq!(told(&page(-3)), Some(Quota { used: 3, total: None }));
        assert_eq!(told(&json!([])), None);
        let text = |text: &str| Some(text.to_owned());
        let props = Props { size: text("5"), quota: text("-2"), ..Props::default() };
        assert_eq!(quota(&props), Some(Quota { used: 5, total: None }));
        let props = Props { used: text("5"), quota: text("7"), ..Props::default() };
        assert_eq!(quota(&props), Some(Quota { used: 5, total: Some(12) }));
    }
}
