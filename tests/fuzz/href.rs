//! Addresses in answers, on any text: where they lead is inside, and what a
//! request asks for comes back as what was meant.

use navette::model::RelPath;
use navette::server::answers::{Folder, Leads};
use url::Url;

use super::inside::stays_inside;

const ORIGIN: &str = "https://h.example";

/// Reads three lines: the address of a storage, a folder in it, and an address
/// in the listing of that folder.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n');
    let (root, dir) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let href = lines.next().unwrap_or_default();
    let dir = RelPath::parse(dir).unwrap_or_default();
    stays_inside(&dir);

    let folder = Folder::new(root, &dir);
    let asked = folder.asked();
    is_asked_of_the_same_origin(&asked);
    assert_eq!(Folder::new(&asked, &RelPath::root()).asked(), asked, "decoded and encoded again");
    assert_eq!(folder.leads(&asked), Leads::Here);
    assert_eq!(folder.leads(&format!("{asked}/")), Leads::Here);
    match folder.leads(href) {
        Leads::Below(name) => {
            let path = dir.join(&name);
            stays_inside(&path);
            let again = Folder::new(root, &path).asked();
            is_asked_of_the_same_origin(&again);
            assert_eq!(folder.leads(&again), Leads::Below(name.clone()), "{again}");
            // The host is what the server believes to be called.
            let elsewhere = format!("http://other.example:1{again}");
            assert_eq!(folder.leads(&elsewhere), Leads::Below(name), "{elsewhere}");
        }
        Leads::Unusable(shown) => assert!(shown.len() <= 3 * href.len()),
        Leads::Here | Leads::Elsewhere => {}
    }
}

/// An encoded path is one whatever it is put behind, and its names do not
/// become parts of the address.
fn is_asked_of_the_same_origin(asked: &str) {
    assert!(asked.is_empty() || asked.starts_with('/'), "{asked:?}");
    assert!(asked.bytes().all(|byte| byte.is_ascii_graphic()), "{asked:?}");
    assert!(!asked.contains(['?', '#', '\\', '@', ':']), "{asked:?}");
    let url = Url::parse(&format!("{ORIGIN}{asked}")).unwrap();
    assert_eq!(url.origin().ascii_serialization(), ORIGIN);
    let has_dots = asked.split('/').any(|name| name == "." || name == "..");
    if !has_dots && !asked.is_empty() {
        assert_eq!(url.path(), asked);
    }
}
