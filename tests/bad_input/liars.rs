//! Addresses where something else answers than should.

use crate::program::{Device, Home, Storage, assert_equal};
use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};
use crate::{fill, refused};

const PAGE: &str =
    "<!doctype html><html><head><title>Welcome</title></head><body><p>Hello<br></body></html>";

fn page() -> Reply {
    answer("200 OK", "Content-Type: text/html\r\n", PAGE)
}

/// A listing that breaks off in the middle of a file's name.
fn half() -> Reply {
    let xml =
        format!("<d:multistatus xmlns:d=\"DAV:\">{}<d:response><d:href>/fol", entry("/", FOLDER));
    answer("207 Multi-Status", "Content-Type: application/xml\r\n", &xml)
}

fn endless() -> Reply {
    let head = "HTTP/1.1 207 Multi-Status\r\nContent-Type: application/xml\r\n\
                Connection: close\r\n\r\n<d:multistatus xmlns:d=\"DAV:\">";
    Reply::Endless(head.into(), b"<a b='c'>".to_vec())
}

fn empty() -> Reply {
    multistatus("")
}

#[test]
fn a_web_page_is_no_storage() {
    let home = Home::new();
    let server = Scripted::start(|_| page());
    let device = home.device("folder", server.url());
    fill(&device, 3);
    refused(&device, &[], 3, "holds no file storage");
}

#[test]
fn half_an_answer_is_no_storage() {
    let home = Home::new();
    let server = Scripted::start(|_| half());
    let device = home.device("folder", server.url());
    fill(&device, 3);
    refused(&device, &[], 3, "127.0.0.1");
}

#[test]
fn an_answer_without_end_ends() {
    let home = Home::new();
    let server = Scripted::start(|_| endless());
    let device = home.device("folder", server.url());
    fill(&device, 3);
    refused(&device, &[], 3, "127.0.0.1");
}

#[test]
fn a_server_that_hangs_up_at_once_is_no_storage() {
    let home = Home::new();
    let server = Scripted::start(|_| Reply::Close);
    refused(&home.device("folder", server.url()), &[], 3, "127.0.0.1");
}

/// Whatever answers in the place of a storage that was synced before, nothing
/// is lost, and once the storage is back, nothing is left of it.
fn nothing_is_lost_behind(dialect: &str, lie: fn(&str) -> Reply) {
    let home = Home::new();
    let storage = Storage::start(&home, dialect);
    let address = storage.address().to_owned();
    let device = home.device("folder", storage.url());
    fill(&device, 30);
    device.synced(&[]);
    let tree = device.tree();
    storage.stop();

    let liar = Scripted::at(&address, lie);
    let run = device.sync(&["--no-wait", "--json"]);
    assert!([1, 3, 4].contains(&run.code), "{} {}", run.code, run.err);
    run.json();
    assert_equal(&tree, &device.tree());
    drop(liar);

    let _storage = Storage::at(&home, dialect, &address);
    device.synced(&[]);
    assert_equal(&tree, &device.tree());
    nothing_changed(&home, &device);
}

/// The storage still holds what the folder holds.
fn nothing_changed(home: &Home, device: &Device<'_>) {
    let other = home.device("other", &device.url);
    other.synced(&[]);
    assert_equal(&device.tree(), &other.tree());
}

#[test]
fn a_web_page_in_the_place_of_a_storage_deletes_nothing() {
    for dialect in ["nextcloud", "plain"] {
        nothing_is_lost_behind(dialect, |_| page());
    }
}

#[test]
fn half_a_listing_in_the_place_of_a_storage_deletes_nothing() {
    for dialect in ["nextcloud", "plain"] {
        nothing_is_lost_behind(dialect, |_| half());
    }
}

#[test]
fn an_empty_answer_in_the_place_of_a_storage_deletes_nothing() {
    for dialect in ["nextcloud", "plain"] {
        nothing_is_lost_behind(dialect, |_| empty());
    }
}

#[test]
fn an_empty_folder_in_the_place_of_a_storage_deletes_nothing() {
    nothing_is_lost_behind("plain", |line| match line {
        "GET /status.php" => answer("404 Not Found", "", ""),
        "PROPFIND /" => multistatus(&entry("/", FOLDER)),
        _ => answer("404 Not Found", "", ""),
    });
}

#[test]
fn a_server_that_knows_nothing_any_more_deletes_nothing() {
    for dialect in ["nextcloud", "owncloud10", "ocis", "plain"] {
        nothing_is_lost_behind(dialect, |_| answer("404 Not Found", "", ""));
    }
}

#[test]
fn a_server_with_a_problem_of_its_own_deletes_nothing() {
    for dialect in ["nextcloud", "plain"] {
        nothing_is_lost_behind(dialect, |_| answer("500 Internal Server Error", "", PAGE));
        nothing_is_lost_behind(dialect, |_| {
            answer("503 Service Unavailable", "Retry-After: 1\r\n", PAGE)
        });
    }
}
