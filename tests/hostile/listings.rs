//! Listings without end, and those that explode: they end, and hold no more
//! memory than is said here.

use navette::cloud::Dialect;

use crate::malice::{file, folder, head, home, listing, root, storage_of, villain};
use crate::program::Home;
use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};
use crate::yard::{Yard, measured};

/// What the listing of the root is.
fn lists(dialect: Dialect, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Scripted {
    villain(dialect, move |method, path| {
        (method == "PROPFIND" && path == home(dialect)).then(&reply)
    })
}

fn endless(dialect: Dialect, piece: &'static str) -> Scripted {
    lists(dialect, move || Reply::Endless(listing(dialect), piece.as_bytes().to_vec()))
}

#[test]
fn whatever_a_listing_repeats_without_end_it_ends() {
    for dialect in [Dialect::Nextcloud, Dialect::Plain] {
        for piece in [
            "<a b='c'>",
            "<a/>",
            "text that goes on ",
            "<a b='no end of this ",
            "<!-- no end of this ",
            "<?pi no end of this ",
            "<![CDATA[ no end of this ",
            "<d:response><d:href>/x</d:href>",
            "<d:response><d:href>/",
            "&amp;&#97;",
            "<!---->",
            "\n",
            "<a xmlns:a='b'/>",
        ] {
            let yard = Yard::new();
            yard.ends(&endless(dialect, piece), 3, "127.0.0.1");
        }
    }
}

#[test]
fn entities_and_attributes_explode_nothing() {
    for dialect in Dialect::ALL {
        let grows: String = (1..10)
            .map(|at| format!("<!ENTITY e{at} \"{}\">", format!("&e{};", at - 1).repeat(10)))
            .collect();
        let bomb = format!("<!DOCTYPE b [<!ENTITY e0 \"boom\">{grows}]>");
        let attributes: String = (0..40_000).map(|at| format!(" a{at}='b'")).collect();
        let namespaces: String = (0..40_000).map(|at| format!(" xmlns:n{at}='u{at}'")).collect();
        let outside = "<!DOCTYPE b [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
        for xml in [
            format!("{bomb}<d:multistatus xmlns:d=\"DAV:\">&e9;</d:multistatus>"),
            format!("{outside}<d:multistatus xmlns:d=\"DAV:\">&e;</d:multistatus>"),
            format!("<d:multistatus xmlns:d=\"DAV:\"><a{attributes}/></d:multistatus>"),
            format!(
                "<d:multistatus xmlns:d=\"DAV:\"{namespaces}>{}</d:multistatus>",
                "<n1:a/>".repeat(1000)
            ),
            format!("<d:multistatus xmlns:d=\"DAV:\">{}", "<a>".repeat(100_000)),
        ] {
            let yard = Yard::new();
            let server = lists(dialect, move || {
                answer("207 Multi-Status", "Content-Type: application/xml\r\n", &xml)
            });
            yard.ends(&server, 3, "127.0.0.1");
        }
    }
}

/// More than a folder may hold: a million would be as good. The run is cut off
/// at half a million and says so; until then each takes less than 1 KiB.
#[test]
fn entries_without_end_are_cut_off_at_half_a_million() {
    const MOST: u64 = 512 << 20;
    let dialect = Dialect::Plain;
    let home = Home::new();
    let server = lists(dialect, move || {
        Reply::Counted(listing(dialect), |number| {
            entry(
                &format!("/{number}"),
                "<d:resourcetype/><d:getcontentlength>1</d:getcontentlength>",
            )
        })
    });
    let device = home.device("folder", server.url());
    device.write("mine.txt", "mine");
    let (run, peak) = measured(device.navette(&["sync"]));
    assert_eq!(run.code, 3, "{}", run.err);
    assert_eq!(device.read("mine.txt"), "mine");
    println!("half a million entries: {} MiB", peak >> 20);
    assert!(peak < MOST, "{} MiB", peak >> 20);
}

/// What a listing takes in memory grows with it, and by how much.
#[test]
fn a_large_listing_takes_memory_in_proportion() {
    /// Bytes of each entry: row, place, listing, plan, all of it.
    const EACH: u64 = 8 << 10;
    let dialect = Dialect::Nextcloud;
    let of = |entries: u64| {
        let home = Home::new();
        let at = crate::malice::home(dialect);
        let entries = (10..10 + entries).map(|number| file(&format!("{at}{number}"), number, 1));
        let server = storage_of(dialect, entries.collect(), |_, _| None);
        let device = home.device("folder", server.url());
        let (run, peak) = measured(device.navette(&["sync", "--dry-run", "--json"]));
        assert_eq!(run.code, 1, "{}", run.err);
        peak
    };
    let (small, large) = (of(2_000), of(22_000));
    let each = large.saturating_sub(small) / 20_000;
    println!("each entry: {each} bytes");
    assert!(each < EACH, "{each} bytes");
}

#[test]
fn a_folder_in_a_folder_without_end_is_followed_no_further_than_anybody_goes() {
    for dialect in [Dialect::OwnCloud10, Dialect::Plain] {
        let yard = Yard::new();
        let server = villain(dialect, move |method, path| {
            let listed = method == "PROPFIND" && path.starts_with(home(dialect));
            let number = path.len() as u64;
            let this = if path == home(dialect) { root(dialect) } else { folder(path, number) };
            listed.then(|| {
                multistatus(&format!("{this}{}", folder(&format!("{path}d/"), number + 2)))
            })
        });
        let run = yard.endures(&server, &["--dry-run"]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(
            run.out.contains("d/d/d/d/d/…: This folder lies in too many others."),
            "{}",
            run.out
        );
        let asked = server.heard().len();
        assert!(asked < 2_000, "{asked} requests");
    }
}

#[test]
fn answers_that_are_no_listing_are_read_no_further_than_they_can_go() {
    let dialect = Dialect::Ocis;
    let zeros = || {
        Reply::Endless(head("200 OK", "Content-Type: application/json\r\n"), b"[0,0,0,0".to_vec())
    };
    let nested = || {
        Reply::Endless(head("200 OK", "Content-Type: application/json\r\n"), b"[[[[[[[[".to_vec())
    };
    let page =
        || Reply::Endless(head("500 Oh No", "Content-Type: text/html\r\n"), b"<p>no end".to_vec());
    let header =
        || Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: and more\r\n".to_vec());
    for target in [
        "/status.php",
        "/ocs/v2.php/cloud/capabilities?format=json",
        "/ocs/v2.php/cloud/user?format=json",
        "/graph/v1.0/me/drives",
        home(dialect),
    ] {
        for reply in [zeros as fn() -> Reply, nested, page, header] {
            let yard = Yard::new();
            let server = villain(dialect, move |_, path| (path == target).then(reply));
            yard.ends(&server, 3, "127.0.0.1");
        }
    }
}

#[test]
fn a_refusal_without_end_holds_up_one_file_only() {
    let dialect = Dialect::Nextcloud;
    let yard = Yard::new();
    let server = villain(dialect, |method, _| {
        let forbidden = || Reply::Endless(head("403 Forbidden", ""), b"<s:message>no".to_vec());
        matches!(method, "PUT" | "MKCOL").then(forbidden)
    });
    let run = yard.endures(&server, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
}

#[test]
fn a_folder_that_lists_itself_below_itself_is_no_circle() {
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let at = home(dialect);
        // The same id everywhere.
        let child = entry(
            &format!("{at}again/"),
            &format!("{FOLDER}<d:getetag>\"r\"</d:getetag><oc:fileid>7</oc:fileid>"),
        );
        let server = villain(dialect, move |method, path| match (method, path) {
            ("PROPFIND", path) if path == at => {
                Some(multistatus(&format!("{}{child}", root(dialect))))
            }
            ("PROPFIND", path) if path.starts_with(&format!("{at}again")) => {
                Some(multistatus(&entry(
                    path,
                    &format!("{FOLDER}<d:getetag>\"r\"</d:getetag><oc:fileid>7</oc:fileid>"),
                )))
            }
            _ => None,
        });
        let run = yard.endures(&server, &[]);
        assert!([0, 1, 3].contains(&run.code), "{dialect:?} {} {}", run.code, run.err);
    }
}
