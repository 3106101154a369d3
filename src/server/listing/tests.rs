//! Listings as real servers gave them, and as none should.

use bytes::Bytes;
use futures::executor::block_on;
use futures::{StreamExt as _, stream};

use super::*;
use crate::server::Limits;

const NEXTCLOUD: &str = include_str!("../../../tests/captures/nextcloud-folder.xml");
const OWNCLOUD: &str = include_str!("../../../tests/captures/owncloud-folder.xml");
const OWNCLOUD_ROOT: &str = include_str!("../../../tests/captures/owncloud-root.xml");
const FOREIGN_HOME: &str = include_str!("../../../tests/captures/foreign-home.xml");
const OPENCLOUD: &str = include_str!("../../../tests/captures/opencloud-folder.xml");
const APACHE: &str = include_str!("../../../tests/captures/apache-folder.xml");
const RCLONE: &str = include_str!("../../../tests/captures/rclone-folder.xml");

fn profile(family: Family) -> Profile {
    let known = family != Family::Plain;
    Profile {
        family,
        product: String::new(),
        file_ids: known,
        tree_etags: known,
        checksums: known && family != Family::Nextcloud,
        keeps_mtime: known,
        guards_deletes: false,
        zips: None,
        trash: known,
        names: crate::model::NameRules::none(),
        guards_creations: true,
        together: None,
        poll: std::time::Duration::ZERO,
    }
}

fn entries(xml: &[u8], piece: usize, limits: Limits) -> MultiStatus {
    let pieces: Vec<_> =
        xml.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    MultiStatus::new(stream::iter(pieces).boxed(), limits)
}

fn listed_within(xml: &[u8], at: &str, family: Family, limits: Limits) -> Result<Listing, Failure> {
    let names = split_decoded(at.as_bytes());
    block_on(read_listing(entries(xml, 7, limits), &names, &profile(family), None))
}

fn listed(xml: &str, at: &str, family: Family) -> Result<Listing, Failure> {
    listed_within(xml.as_bytes(), at, family, Limits::default())
}

fn single(xml: &str, at: &str, family: Family) -> Result<Single, Failure> {
    let names = split_decoded(at.as_bytes());
    let entries = entries(xml.as_bytes(), usize::MAX, Limits::default());
    block_on(read_single(entries, &names, &profile(family)))
}

/// A listing of `/d/` in which the given entries follow the folder itself.
fn with(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\">\
         {}{entries}</d:multistatus>",
        entry("/d/", "<d:resourcetype><d:collection/></d:resourcetype>")
    )
}

fn entry(href: &str, props: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop>{props}</d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

fn file(href: &str) -> String {
    entry(href, "<d:resourcetype/><d:getcontentlength>1</d:getcontentlength>")
}

fn only(listing: &Listing) -> (&str, &Resource) {
    assert_eq!(listing.children.len(), 1);
    (listing.children[0].0.as_str(), &listing.children[0].1)
}

fn nonsense<T>(result: Result<T, Failure>) -> String {
    match result {
        Ok(_) => panic!("it should have been refused"),
        Err(failure) => {
            assert_eq!(failure.kind, ServerErrorKind::Nonsense, "{failure:?}");
            failure.detail
        }
    }
}

#[test]
fn nextcloud_is_read() {
    let at = "/remote.php/dav/files/alice/facts/d1/d2/";
    let listing = listed(NEXTCLOUD, at, Family::Nextcloud).unwrap();
    assert_eq!(listing.dir.seen.etag, Etag::parse("6b02e3ef5859c"));
    assert_eq!((listing.dir.seen.file_id.as_deref(), listing.dir.seen.size), (Some("200"), None));
    assert_eq!(listing.dir.quota_free, None);
    let (name, file) = only(&listing);
    assert_eq!((name, file.kind, file.seen.size), ("a.txt", Kind::File, Some(12)));
    assert_eq!(file.seen.file_id.as_deref(), Some("201"));
    assert_eq!(file.seen.mtime, Some(1_600_000_000));
    assert_eq!(file.seen.perms, Perms::from_letters("RGDNVW"));
    assert_eq!(file.seen.sha1, None, "Nextcloud only repeats what a client said");
}

#[test]
fn owncloud_is_read() {
    let listing = listed(OWNCLOUD, "/remote.php/dav/files/alice/d/e", Family::OwnCloud10).unwrap();
    let (name, file) = only(&listing);
    assert_eq!((name, file.seen.size, file.seen.mtime), ("f.txt", Some(5), Some(1_700_000_000)));
    assert_eq!(file.seen.etag, Etag::parse("d627f70837f1b190dfd924dcb07bcc39"));
    assert_eq!(file.seen.sha1, Sha1Sum::from_hex("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
    assert_eq!(file.seen.perms, Perms::from_letters("RDNVW") | Perms::READ);
}

#[test]
fn the_root_tells_its_identity_and_no_limit_is_no_quota() {
    let at = "/remote.php/dav/files/alice/";
    let root = single(OWNCLOUD_ROOT, at, Family::OwnCloud10).unwrap().resource;
    assert_eq!(root.id.as_deref(), Some("00000005ochkhkdan28m"));
    assert_eq!((root.fingerprint, root.quota_free), (None, None));
    let limited = OWNCLOUD_ROOT.replace(">-3<", ">4096<");
    let root = single(&limited, at, Family::OwnCloud10).unwrap().resource;
    assert_eq!(root.quota_free, Some(4096));
}

#[test]
fn a_foreign_home_shows_neither_version_nor_id() {
    let at = "/remote.php/dav/files/bob/";
    let root = single(FOREIGN_HOME, at, Family::OwnCloud10).unwrap().resource;
    assert_eq!(
        (root.kind, root.id, root.seen.etag, root.seen.file_id),
        (Kind::Dir, None, None, None)
    );
}

#[test]
fn opencloud_is_read() {
    let at = "/remote.php/dav/files/alice/facts/d1/d2/";
    let listing = listed(OPENCLOUD, at, Family::Ocis).unwrap();
    let (name, file) = only(&listing);
    assert_eq!((name, file.seen.size), ("a.txt", Some(12)));
    assert!(file.seen.file_id.as_deref().unwrap().contains('$'));
    assert_eq!(file.seen.sha1, Sha1Sum::from_hex("22596363b3de40b06f981fb85d82312e8c0ed511"));
    assert!(file.seen.perms.contains(Perms::READ | Perms::WRITE));
}

#[test]
fn apache_is_read_weak_versions_included() {
    let listing = listed(APACHE, "/", Family::Plain).unwrap();
    let [(first, file), (second, dir)] = listing.children.as_slice() else { panic!() };
    assert_eq!((first.as_str(), second.as_str(), dir.kind), ("a b", "x", Kind::Dir));
    assert_eq!(file.seen.etag, Etag::parse("3-660df664b04e8"));
    assert_eq!((dir.seen.etag.clone(), listing.dir.seen.etag), (None, None));
    assert_eq!((file.seen.perms, &file.seen.file_id), (Perms::OWN, &None));
    let one = single(&APACHE.replace("/a%20b", "/z"), "/", Family::Plain);
    assert_eq!(nonsense(one), "more than was asked for");
}

#[test]
fn rclone_is_read() {
    let listing = listed(RCLONE, "/", Family::Plain).unwrap();
    let names: Vec<_> = listing.children.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["g.txt", "x"]);
    assert_eq!(listing.children[0].1.seen.size, Some(5));
    assert_eq!(listing.children[1].1.seen.etag, None);
}

#[test]
fn a_listing_cut_anywhere_is_an_error_and_never_a_part() {
    let cases = [
        (NEXTCLOUD, "/remote.php/dav/files/alice/facts/d1/d2", Family::Nextcloud),
        (OPENCLOUD, "/remote.php/dav/files/alice/facts/d1/d2", Family::Ocis),
        (APACHE, "/", Family::Plain),
        (RCLONE, "/", Family::Plain),
    ];
    for (xml, at, family) in cases {
        let whole = xml.trim_end().as_bytes();
        for end in 0..whole.len() {
            let cut = listed_within(&whole[..end], at, family, Limits::default());
            assert!(cut.is_err(), "cut at {end}: {cut:?}");
        }
        assert!(listed_within(whole, at, family, Limits::default()).is_ok());
    }
}

#[test]
fn a_connection_that_breaks_is_torn_not_short() {
    let whole = with(&file("/d/a"));
    let broken = io_error(std::io::ErrorKind::ConnectionReset);
    let pieces =
        vec![Ok(Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() - 4])), Err(broken)];
    let entries = MultiStatus::new(stream::iter(pieces).boxed(), Limits::default());
    let result = block_on(read_listing(entries, &[b"d".to_vec()], &profile(Family::Plain), None));
    assert_eq!(result.unwrap_err().kind, ServerErrorKind::Torn);
}

fn io_error(kind: std::io::ErrorKind) -> std::io::Error {
    kind.into()
}

#[test]
fn what_is_no_listing_is_nonsense() {
    let hostile = [
        "",
        "   ",
        "{\"ocs\": {}}",
        "<!DOCTYPE html><html><body>Sign in</body></html>",
        "<html><body>Sign in</body></html>",
        "<multistatus/>",
        "<d:multistatus xmlns:d=\"DAV\"/>",
        "<d:multistatus xmlns:d=\"DAV:\"/>",
        "<d:multistatus xmlns:d=\"DAV:\"></d:wrong>",
        "<d:error xmlns:d=\"DAV:\"/>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>",
    ];
    for xml in hostile {
        nonsense(listed(xml, "/d", Family::Plain));
    }
    for tail in ["<x/>", "more", "<d:multistatus xmlns:d=\"DAV:\"/>", "<!DOCTYPE x>"] {
        nonsense(listed(&format!("{}{tail}", with("")), "/d", Family::Plain));
    }
    let bomb = with(&entry("/d/a", "<d:getetag>&lol;</d:getetag>"));
    assert_eq!(nonsense(listed(&bomb, "/d", Family::Plain)), "an unknown entity");
    assert!(listed_within(b"\xff\xfe<\0d", "/d", Family::Plain, Limits::default()).is_err());
}

#[test]
fn the_folder_itself_must_be_in_its_listing_once() {
    nonsense(listed(&with(""), "/other", Family::Plain));
    nonsense(listed(&with(&file("/elsewhere/a")), "/d", Family::Plain));
    nonsense(listed(&with(&file("/d/a/deeper")), "/d", Family::Plain));
    nonsense(listed(&with(&file("/d")), "/d", Family::Plain));
    let children_only = with("").replace("/d/", "/d/child/");
    nonsense(listed(&children_only, "/d", Family::Plain));
}

#[test]
fn a_name_that_occurs_twice_spoils_the_listing() {
    let twice = format!("{}{}", file("/d/a%20b"), file("/d/a b"));
    assert_eq!(nonsense(listed(&with(&twice), "/d", Family::Plain)), "a name is listed twice");
    let unknown = "<d:response><d:href>/d/a</d:href><d:status>HTTP/1.1 425 TOO EARLY</d:status>\
                   </d:response>";
    let both = format!("{}{unknown}", file("/d/a"));
    assert_eq!(nonsense(listed(&with(&both), "/d", Family::Plain)), "a name is listed twice");
}

#[test]
fn names_that_are_none_are_unknown_and_not_absent() {
    let odd = ["/d/a%2Fb", "/d/%ff", "/d/..", "/d/%00"].map(file).concat();
    let listing = listed(&with(&odd), "/d", Family::Plain).unwrap();
    assert_eq!(listing.children, []);
    assert_eq!(listing.unusable, ["a/b", "\u{fffd}", "..", "\0"]);
}

#[test]
fn an_entry_without_properties_is_unknown_and_not_absent() {
    let early = "<d:response><d:href>/d/busy</d:href><d:propstat><d:prop><d:resourcetype/></d:prop>\
                 <d:status>HTTP/1.1 425 TOO EARLY</d:status></d:propstat></d:response>";
    let listing = listed(&with(early), "/d", Family::Ocis).unwrap();
    assert_eq!((listing.children.len(), listing.unusable), (0, vec!["busy".to_owned()]));
}

#[test]
fn only_properties_with_status_200_count() {
    let props = "<d:response><d:href>/d/f</d:href>\
        <d:propstat><d:status>HTTP/1.1 404 Not Found</d:status>\
        <d:prop><d:getetag>\"no\"</d:getetag><d:getcontentlength>9</d:getcontentlength></d:prop></d:propstat>\
        <d:propstat><d:prop><d:resourcetype/><d:getcontentlength>1</d:getcontentlength></d:prop>\
        <d:status>HTTP/1.1 200 OK</d:status></d:propstat>\
        <d:propstat><d:prop><oc:permissions>W</oc:permissions></d:prop></d:propstat></d:response>";
    let listing = listed(&with(props), "/d", Family::Plain).unwrap();
    let (_, file) = only(&listing);
    assert_eq!((file.seen.etag.as_ref(), file.seen.size), (None, Some(1)));
    assert_eq!(file.seen.perms, Perms::OWN);
}

#[test]
fn addresses_are_compared_decoded_and_may_be_whole_urls() {
    let whole = with(&file("https://cloud.example.org/%64/%C3%A9%25"))
        .replace(">/d/<", ">https://cloud.example.org/d/<");
    let listing = listed(&whole, "/d", Family::Plain).unwrap();
    assert_eq!(only(&listing).0, "é%");
    let entities = with(&file("/d/a&amp;b&#x20;c<![CDATA[<]]>"));
    let listing = listed(&entities, "/d", Family::Plain).unwrap();
    assert_eq!(only(&listing).0, "a&b c<");
}

#[test]
fn rights_that_are_empty_are_none_and_missing_ones_are_all() {
    let perms = |letters: &str, family| {
        let props = format!("<d:resourcetype/>{letters}");
        let listing = listed(&with(&entry("/d/f", &props)), "/d", family).unwrap();
        only(&listing).1.seen.perms
    };
    let letters = |text: &str| format!("<oc:permissions>{text}</oc:permissions>");
    assert_eq!(perms("", Family::OwnCloud10), Perms::OWN);
    assert_eq!(perms("<oc:permissions/>", Family::Nextcloud), Perms::empty());
    assert_eq!(perms(&letters("W"), Family::Nextcloud), Perms::WRITE);
    assert_eq!(perms(&letters("W"), Family::OwnCloud10), Perms::WRITE | Perms::READ);
}

#[test]
fn what_is_too_much_ends_early() {
    let limits =
        Limits { listing: 4000, entries: 5, entry: 1500, property: 100, tag: 200, nesting: 8 };
    let refused = |xml: &str| nonsense(listed_within(xml.as_bytes(), "/d", Family::Plain, limits));
    let many: String = (0..9).map(|n| file(&format!("/d/{n}"))).collect();
    assert_eq!(refused(&with(&many)), "too many entries");
    let long = entry("/d/a", &format!("<d:getetag>{}</d:getetag>", "x".repeat(101)));
    assert_eq!(refused(&with(&long)), "a property is too long");
    let wide = format!("<x {}/>", "a='b' ".repeat(40));
    assert_eq!(refused(&with(&wide)), "an element with too many attributes");
    let unknown = entry("/d/a", &format!("<x>{}</x>", "x".repeat(2000)));
    assert_eq!(refused(&with(&unknown)), "the answer is larger than a listing can be");
    let comment = format!("<!--{}-->", "x".repeat(9000));
    assert_eq!(refused(&with(&comment)), "the answer is larger than a listing can be");
    let deep = format!("{}{}", "<x>".repeat(20), "</x>".repeat(20));
    assert_eq!(refused(&with(&entry("/d/a", &deep))), "XML nested too deeply");
    assert!(listed_within(with(&file("/d/a")).as_bytes(), "/d", Family::Plain, limits).is_ok());
}

#[test]
fn a_million_empty_elements_do_not_fill_the_memory() {
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(b"<x y='z'/>"))).boxed();
    let start = stream::iter([Ok(Bytes::from(with("").replace("</d:multistatus>", "")))]);
    let entries = MultiStatus::new(start.chain(endless).boxed(), Limits::default());
    let result = block_on(read_listing(entries, &[b"d".to_vec()], &profile(Family::Plain), None));
    assert_eq!(nonsense(result), "the answer is larger than a listing can be");
}

#[test]
fn dates_are_read_in_every_form_that_servers_use() {
    let expected = Some(1_600_000_000);
    for date in [
        "Sun, 13 Sep 2020 12:26:40 GMT",
        "Sun, 13 Sep 2020 12:26:40 +0000",
        "Mon, 13 Sep 2020 12:26:40 GMT",
        "Sunday, 13-Sep-20 12:26:40 GMT",
        "Sun Sep 13 12:26:40 2020",
        "2020-09-13T12:26:40Z",
        " Sun, 13 Sep 2020 12:26:40 GMT ",
    ] {
        assert_eq!(seconds(date), expected, "{date}");
    }
    for none in ["", "yesterday", "1600000000"] {
        assert_eq!(seconds(none), None, "{none}");
    }
}
