//! What a server says of itself and of an account, on any bytes: what is made
//! of it asks nothing of another server, and is no larger than what was said.

use std::time::Duration;

use navette::model::{Kind, Name};
use navette::server::answers::{Account, Said, account, refusal};
use navette::server::{Effect, Family, ServerErrorKind};
use url::Url;

/// What stands between the four answers.
const BETWEEN: &[u8] = b"\n---\n";

/// Takes `status.php`, capabilities, account and spaces, one after the other.
pub fn run(bytes: &[u8]) {
    let url = Url::parse("https://h.example/cloud").unwrap();
    let mut parts = split(bytes).into_iter();
    let mut next = || parts.next().unwrap_or_default();
    let said = Said { status: next(), capabilities: next(), user: next(), drives: next() };
    if let Ok(Some(account)) = account(&url, said) {
        is_sound(bytes, &url, &account);
    }
    for family in [Family::Nextcloud, Family::OwnCloud10, Family::Ocis, Family::Plain] {
        for status in [200, 302, 400, 401, 403, 409, 423, 429, 500, 503, 507] {
            let (kind, effect) = refusal(family, "PUT", status, bytes).unwrap();
            // What is refused outright has not been done; a gateway may be wrong.
            let unsure = matches!(status, 200 | 500);
            assert!(effect == Effect::None || unsure, "{status} {kind:?}");
            if let ServerErrorKind::Busy(Some(wait)) = kind {
                assert!(wait >= Duration::ZERO);
            }
        }
    }
}

fn is_sound(bytes: &[u8], url: &Url, account: &Account) {
    assert!(account.home.is_empty() || account.home.starts_with('/'), "{account:?}");
    let home = Url::parse(&format!("{}{}", url.origin().ascii_serialization(), account.home));
    assert_eq!(home.unwrap().origin(), url.origin());
    if let Some(push) = &account.push {
        assert!(push.starts_with('/'), "{account:?}");
        let asked =
            format!("{}/{}", url.origin().ascii_serialization(), push.trim_start_matches('/'));
        assert_eq!(Url::parse(&asked).unwrap().origin(), url.origin());
    }
    // Each letter takes at most three in an address.
    let texts = account.home.len() + account.user.len() + account.display_name.len();
    assert!(texts <= 5 * bytes.len() + 100, "{texts} bytes out of {}", bytes.len());
    if let Some(together) = account.profile.together {
        assert!(together.most > 0 && together.bytes > 0);
    }
    for name in ["a", ".htaccess", "a.part", "con", "a\\b", &"é".repeat(120), &"a".repeat(251)] {
        let name = Name::new(name).unwrap();
        for kind in [Kind::File, Kind::Dir] {
            let _ = account.profile.names.refuses(&name, kind);
        }
    }
}

fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes.windows(BETWEEN.len()).position(|part| part == BETWEEN) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + BETWEEN.len()..];
    }
    parts.push(bytes);
    parts
}
