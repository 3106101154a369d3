//! What a client's settings say of the folder: whose it is, and where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

use super::ini::Ini;
use crate::model::RelPath;
use crate::settings::{local_dir, remote_path};

/// The folders in which the settings of the clients lie, and their names there.
const NAMES: [&str; 2] = ["Nextcloud/nextcloud.cfg", "ownCloud/owncloud.cfg"];

/// Where packages that shut programs in keep them, below the home folder.
const SHUT_IN: [&str; 3] = [
    ".var/app/com.nextcloud.desktopclient.nextcloud/config/Nextcloud/nextcloud.cfg",
    ".var/app/com.owncloud.desktop_client/config/ownCloud/owncloud.cfg",
    "snap/nextcloud-desktop-client/current/.config/Nextcloud/nextcloud.cfg",
];

/// The usual places of the clients' settings on this system: the folder of
/// settings on Linux, the preferences on macOS, both kinds of application data
/// on Windows, and what older versions used.
pub fn usual_places() -> Vec<PathBuf> {
    let Some(dirs) = BaseDirs::new() else { return Vec::new() };
    let data = dirs.data_dir().join("data");
    let above = [
        dirs.config_dir(),
        dirs.preference_dir(),
        dirs.data_dir(),
        dirs.data_local_dir(),
        data.as_path(),
    ];
    let usual = above.iter().flat_map(|dir| NAMES.map(|name| dir.join(name)));
    let shut_in = SHUT_IN.map(|place| dirs.home_dir().join(place));
    let mut places: Vec<PathBuf> = usual.chain(shut_in).collect();
    places.sort();
    places.dedup();
    places
}

/// A folder as the settings name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The server's address.
    pub(super) server: String,
    /// The login.
    pub(super) login: String,
    /// The account's id on the server.
    pub(super) user_id: Option<String>,
    /// The folder there.
    pub(super) remote_path: RelPath,
    /// The space it is in.
    pub(super) space: Option<String>,
    /// The journal's file name, in the folder itself.
    pub(super) journal: Option<String>,
    /// Hidden files are left out.
    pub(super) hides: bool,
    /// Files may be stand-ins.
    pub(super) standins: bool,
}

/// What the settings say of the folder at `dir` (without links); none if they
/// do not know it.
pub(super) fn named(ini: &Ini, dir: &Path) -> Option<Result<Named, String>> {
    let mut accounts: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (key, value) in ini.section("Accounts") {
        if let Some((account, rest)) = key.split_once('/') {
            accounts.entry(account).or_default().insert(rest, value);
        }
    }
    accounts.values().find_map(|account| {
        let folder = folders(account).into_values().find(|folder| is_at(folder, dir))?;
        Some(read(account, &folder))
    })
}

/// The folders of an account, by the way to them: `Folders/1`, `Multifolders/2`.
fn folders<'a>(
    account: &BTreeMap<&'a str, &'a str>,
) -> BTreeMap<String, BTreeMap<&'a str, &'a str>> {
    let mut folders: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
    for (key, value) in account {
        let mut parts = key.splitn(3, '/');
        if let (Some(kind), Some(number), Some(name)) = (parts.next(), parts.next(), parts.next())
            && ["Folders", "Multifolders", "FoldersWithPlaceholders"].contains(&kind)
        {
            folders.entry(format!("{kind}/{number}")).or_default().insert(name, value);
        }
    }
    folders
}

/// Whether a folder of the settings is the one at `dir`, however it is written.
fn is_at(folder: &BTreeMap<&str, &str>, dir: &Path) -> bool {
    let Some(path) = folder.get("localPath") else { return false };
    let path = Path::new(path);
    path == dir || local_dir(path).is_ok_and(|real| real == dir)
}

fn read(account: &BTreeMap<&str, &str>, folder: &BTreeMap<&str, &str>) -> Result<Named, String> {
    let text = |values: &BTreeMap<&str, &str>, key: &str| {
        values.get(key).map(|value| (*value).to_owned()).filter(|value| !value.is_empty())
    };
    let is = |values: &BTreeMap<&str, &str>, key: &str| values.get(key) == Some(&"true");
    let of_kind = account.get("authType").map(|kind| format!("{kind}_user"));
    let logins = of_kind.iter().map(String::as_str);
    let logins = logins.chain(["http_user", "webflow_user", "user", "dav_user"]);
    let login = logins.filter_map(|key| text(account, key)).next();
    let target = folder.get("targetPath").copied().unwrap_or("/");
    let mode = folder.get("virtualFilesMode").copied().unwrap_or("off");
    Ok(Named {
        server: text(account, "url").ok_or("url")?,
        login: login.ok_or("user")?,
        user_id: text(account, "dav_user"),
        remote_path: remote_path(target).map_err(|_| "targetPath")?,
        space: text(folder, "spaceId").or_else(|| space_in(folder.get("davUrl")?)),
        journal: text(folder, "journalPath"),
        hides: is(folder, "ignoreHiddenFiles"),
        standins: mode != "off" || is(folder, "usePlaceholders"),
    })
}

/// The space that an address names: `…/dav/spaces/<id>/…`.
fn space_in(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("/dav/spaces/")?;
    let id = rest.split('/').next()?;
    let id = percent_encoding::percent_decode_str(id).decode_utf8().ok()?;
    (!id.is_empty()).then(|| id.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, dir: &str) -> Option<Result<Named, String>> {
        named(&Ini::parse(text), Path::new(dir))
    }

    const NEXTCLOUD: &str = "[Accounts]\nversion=2\n0\\url=https://h.example/cloud\n0\\authType=webflow\n\
        0\\webflow_user=alice@h.example\n0\\dav_user=alice\n0\\Folders\\1\\localPath=/home/a/Next/\n\
        0\\Folders\\1\\targetPath=/Work\n0\\Folders\\1\\journalPath=.sync_0a.db\n\
        0\\Folders\\1\\ignoreHiddenFiles=true\n0\\Folders\\1\\virtualFilesMode=off\n\
        1\\url=https://other.example\n1\\authType=http\n1\\http_user=bob\n\
        1\\FoldersWithPlaceholders\\1\\localPath=/home/a/Other\n\
        1\\FoldersWithPlaceholders\\1\\targetPath=/\n1\\FoldersWithPlaceholders\\1\\virtualFilesMode=suffix\n";

    #[test]
    fn a_folder_is_found_with_its_account() {
        let found = of(NEXTCLOUD, "/home/a/Next").unwrap().unwrap();
        let expected = Named {
            server: "https://h.example/cloud".to_owned(),
            login: "alice@h.example".to_owned(),
            user_id: Some("alice".to_owned()),
            remote_path: remote_path("/Work").unwrap(),
            space: None,
            journal: Some(".sync_0a.db".to_owned()),
            hides: true,
            standins: false,
        };
        assert_eq!(found, expected);
        let other = of(NEXTCLOUD, "/home/a/Other").unwrap().unwrap();
        assert_eq!(
            (other.login.as_str(), other.standins, other.remote_path.is_root()),
            ("bob", true, true)
        );
        assert_eq!(of(NEXTCLOUD, "/home/a"), None);
    }

    #[test]
    fn a_space_is_known_by_its_id() {
        let text = "[Accounts]\n0\\url=https://ocis.example\n0\\dav_user=alice\n\
            0\\Folders\\1\\localPath=/home/a/Project\n\
            0\\Folders\\1\\davUrl=https://ocis.example/dav/spaces/1a%242b/\n";
        let found = of(text, "/home/a/Project").unwrap().unwrap();
        assert_eq!((found.space.as_deref(), found.login.as_str()), (Some("1a$2b"), "alice"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let text = "[Accounts]\n0\\dav_user=a\n0\\Folders\\1\\localPath=/x\n";
        assert_eq!(of(text, "/x"), Some(Err("url".to_owned())));
        let text = "[Accounts]\n0\\url=h\n0\\Folders\\1\\localPath=/x\n";
        assert_eq!(of(text, "/x"), Some(Err("user".to_owned())));
        let text = "[Accounts]\n0\\url=h\n0\\user=a\n0\\Folders\\1\\localPath=/x\n0\\Folders\\1\\targetPath=/../b\n";
        assert_eq!(of(text, "/x"), Some(Err("targetPath".to_owned())));
    }
}
