//! Files, their properties and their names.

use navette::model::{Digest, Kind, Name, Perms};
use navette::server::{Dav, Family, Guard, Server as _};

use crate::replace;
use crate::support::{get, names, path, put, version};

/// The date that [`crate::support::upload`] gives.
const DATE: i64 = 1_700_000_000;

pub async fn a_file_travels_with_its_properties(dav: &Dav) {
    let profile = dav.profile();
    for (name, bytes) in [("a b", &b"bytes"[..]), ("empty", b"")] {
        put(dav, name, &Guard::Absent, bytes).await.unwrap();
        let seen = dav.stat(&path(name)).await.unwrap().unwrap().seen;
        assert_eq!(seen.size, Some(bytes.len() as u64), "{name}");
        assert_eq!(seen.file_id.is_some(), profile.file_ids, "{name}");
        if profile.keeps_mtime {
            assert_eq!(seen.mtime, Some(DATE), "{name}");
        }
        if profile.checksums {
            assert_eq!(seen.sha1, Digest::of(bytes).sha1, "{name}");
        }
        let may = Perms::READ | Perms::WRITE | Perms::DELETE | Perms::RENAME | Perms::MOVE;
        assert!(seen.perms.contains(may), "{name}: {:?}", seen.perms);
        let download = dav.get(&path(name)).await.unwrap();
        if let (Some(told), Some(listed)) = (&download.etag, &seen.etag) {
            assert_eq!(told, listed, "{name}: the version of what comes");
        }
        // Of an empty file Nextcloud behind nginx says no length.
        let told = download.size.or(bytes.is_empty().then_some(0));
        assert_eq!(told, Some(bytes.len() as u64), "{name}");
        assert_eq!(get(dav, name).await, bytes, "{name}");
    }
}

/// Names that trip those who forget to encode, decode, or compare decoded.
const WEIRD: [&str; 17] = [
    "a b",
    "é",
    "100%",
    "%41",
    "#&",
    "why?",
    "🦀",
    "a+b",
    "a;b=c",
    "'\"<>&amp;",
    "a:b",
    "~",
    "a,b",
    "[x]",
    "a@b!",
    "Ünïcödé 漢字",
    ".hidden",
];

/// Plain servers are known to do this to names (docs/SERVERS.md): WsgiDAV cuts
/// the target of a move at `?` and `;`, nginx leaves names that begin with a dot
/// out of listings.
pub async fn names_keep_their_spelling(dav: &Dav) {
    let taken = |name: &&str| {
        let known = Name::new(name).unwrap();
        dav.profile().names.refuses(&known, Kind::File).is_none()
    };
    let plain = dav.profile().family == Family::Plain;
    let weird: Vec<&str> = WEIRD.into_iter().filter(taken).collect();
    let mut expected = Vec::new();
    for name in &weird {
        put(dav, name, &Guard::Absent, name.as_bytes()).await.unwrap();
        assert_eq!(get(dav, name).await, name.as_bytes(), "{name}");
        assert!(dav.stat(&path(name)).await.unwrap().is_some(), "{name}");
        expected.push((*name).to_owned());
    }
    expected.sort_unstable();
    let mut shown = names(dav, "").await;
    if plain && !shown.contains(&".hidden".to_owned()) {
        expected.retain(|name| name != ".hidden");
    }
    shown.sort_unstable();
    assert_eq!(shown, expected);
    for name in weird.iter().filter(|name| !(plain && name.contains(['?', ';']))) {
        let dir = format!("in {name}");
        dav.make_dir(&path(&dir)).await.unwrap();
        dav.rename(&path(name), &path(&format!("{dir}/{name}")), &Guard::Present).await.unwrap();
        assert_eq!(get(dav, &format!("{dir}/{name}")).await, name.as_bytes(), "{name}");
    }
}

/// Otherwise it is asked for afterwards; but what is told must be true.
pub async fn a_write_tells_the_version_that_is_listed(dav: &Dav) {
    let mut guard = Guard::Absent;
    for bytes in [&b"first"[..], b"second, and longer"] {
        let written = replace(dav, "f", &guard, bytes).await.unwrap();
        let seen = dav.stat(&path("f")).await.unwrap().unwrap().seen;
        if let Some(told) = &written.etag {
            assert_eq!(Some(told), seen.etag.as_ref());
        }
        if let Some(told) = &written.file_id {
            assert_eq!(Some(told), seen.file_id.as_ref());
        }
        guard = seen.etag.map_or(Guard::Present, Guard::Version);
    }
    let made = dav.make_dir(&path("d")).await.unwrap();
    let seen = dav.stat(&path("d")).await.unwrap().unwrap().seen;
    assert!(made.file_id.is_none_or(|told| Some(told) == seen.file_id));
}

pub async fn a_rename_keeps_id_date_and_bytes(dav: &Dav) {
    put(dav, "f", &Guard::Absent, b"bytes").await.unwrap();
    dav.make_dir(&path("d")).await.unwrap();
    let before = dav.stat(&path("f")).await.unwrap().unwrap().seen;
    for (from, to) in [("f", "g"), ("g", "d/f"), ("d/f", "f é")] {
        dav.rename(&path(from), &path(to), &Guard::Present).await.unwrap();
        let after = dav.stat(&path(to)).await.unwrap().unwrap().seen;
        assert_eq!((&after.file_id, after.size), (&before.file_id, before.size), "{to}");
        if dav.profile().keeps_mtime {
            assert_eq!(after.mtime, before.mtime, "{to}");
        }
        assert!(dav.stat(&path(from)).await.unwrap().is_none(), "{from}");
    }
    assert_eq!(get(dav, "f é").await, b"bytes");
}

pub async fn a_copy_is_another_file_with_the_same_bytes(dav: &Dav) {
    put(dav, "f", &Guard::Absent, b"bytes").await.unwrap();
    let guard = match dav.stat(&path("f")).await.unwrap().unwrap().seen.etag {
        Some(_) => version(dav, "f").await,
        None => Guard::Present,
    };
    dav.copy(&path("f"), &path("copy"), &guard, Some(DATE)).await.unwrap();
    assert_eq!((get(dav, "f").await, get(dav, "copy").await), (b"bytes".into(), b"bytes".into()));
    if dav.profile().file_ids {
        let id = async |at: &str| dav.stat(&path(at)).await.unwrap().unwrap().seen.file_id;
        assert_ne!(id("f").await, id("copy").await);
    }
    let onto = dav.copy(&path("f"), &path("copy"), &guard, Some(DATE)).await;
    assert!(onto.is_err(), "it never replaces");
}
