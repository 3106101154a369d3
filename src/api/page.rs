//! The page on which the server shows a folder to people.

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::pairs::Watched;
use crate::server::Family;

/// The address of the page that shows the folder in which `path` (below the root
/// of the pair) lies, or the root itself. Of a server that nobody has connected
/// to yet it is the server's own page.
pub(super) fn page(pair: &Watched, path: Option<&str>) -> String {
    let family = pair.board.portrait().and_then(|portrait| portrait.family);
    let above = path.and_then(|path| path.trim_matches('/').rsplit_once('/'));
    let below = above.map(|(folder, _)| folder).unwrap_or_default();
    let folder = format!("/{}/{below}", pair.pair.remote_path);
    of(pair.pair.server.as_str(), family, &folder)
}

fn of(server: &str, family: Option<Family>, folder: &str) -> String {
    let names: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    let site = ["/remote.php", "/dav/spaces", "/dav/files"]
        .iter()
        .find_map(|files| server.split_once(files))
        .map_or(server, |(site, _)| site);
    match family {
        Some(Family::Nextcloud | Family::OwnCloud10) => {
            let dir: String = byte_serialize(format!("/{}", names.join("/")).as_bytes()).collect();
            format!("{site}/index.php/apps/files/?dir={dir}")
        }
        // Its pages name spaces, and lead to the own one.
        Some(Family::Ocis) | None => format!("{site}/"),
        Some(Family::Plain) => {
            let Ok(mut url) = Url::parse(&format!("{server}/")) else { return server.to_owned() };
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.pop_if_empty().extend(names).push("");
            }
            url.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_shows_a_folder_on_a_page_of_its_own_site() {
        let page = |server, family| of(server, family, "/Docs//a & b/é");
        let files = "https://x.org/sub/index.php/apps/files/?dir=%2FDocs%2Fa+%26+b%2F%C3%A9";
        assert_eq!(page("https://x.org/sub", Some(Family::Nextcloud)), files);
        let by_files = "https://x.org/sub/remote.php/dav/files/me";
        assert_eq!(page(by_files, Some(Family::OwnCloud10)), files);
        assert_eq!(page("https://x.org/dav/spaces/1$2", Some(Family::Ocis)), "https://x.org/");
        let plain = page("https://x.org/dav", Some(Family::Plain));
        assert_eq!(plain, "https://x.org/dav/Docs/a%20&%20b/%C3%A9/");
        assert_eq!(page("https://x.org", None), "https://x.org/");
        assert_eq!(
            of("https://x.org", Some(Family::Nextcloud), "/"),
            "https://x.org/index.php/apps/files/?dir=%2F"
        );
    }
}
