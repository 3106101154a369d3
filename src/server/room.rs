//! Room for uploads.
//!
//! Nextcloud keeps for five minutes what it lists as `quota-available-bytes`
//! (`OC_Helper::getStorageInfo`), so whoever has just made room would be told
//! that there is none. It is worked out anew for the page about the account,
//! which knows of the account's own storage only: shares and mounts have rooms
//! of their own, and of those the listing has to do.

use serde_json::Value;

use super::dav::{Dav, Outcome};
use super::probe;
use crate::model::{Perms, RelPath};

impl Dav {
    /// Bytes that may still be stored in the folder `dir`; none: no limit is known.
    pub(super) async fn room_in(&self, dir: &RelPath) -> Outcome<Option<u64>> {
        let Some(found) = self.look_for(dir, true).await? else { return Ok(None) };
        let found = found.resource;
        if let (Some(told), Some(space)) = (found.quota_free, &self.space) {
            return self.left_in(space, told).await.map(Some);
        }
        let own = !found.seen.perms.intersects(Perms::SHARED | Perms::MOUNT);
        let Some(base) = self.account.as_ref().filter(|_| own && found.quota_free.is_some()) else {
            return Ok(found.quota_free);
        };
        // Where the page is closed or broken, the listing has to do as well.
        let page = probe::ocs(&self.wire, base, "user").await.ok().flatten();
        Ok(page.as_ref().and_then(told).unwrap_or(found.quota_free))
    }
}

/// What the page about an account says; `Some(None)`: that there is no limit.
fn told(page: &Value) -> Option<Option<u64>> {
    let number = |at| page.pointer(at).and_then(Value::as_i64);
    let (quota, free) = (number("/quota/quota")?, number("/quota/free")?);
    // Negative: not computed, unknown, or no limit (protocol.md 3.2).
    Some((quota >= 0).then(|| u64::try_from(free).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_about_an_account_tells_room_or_that_there_is_no_limit() {
        let quota = |free: i64, quota: i64| json!({"quota": {"free": free, "quota": quota}});
        assert_eq!(told(&quota(7, 9)), Some(Some(7)));
        assert_eq!(told(&quota(-1, 9)), Some(Some(0)));
        assert_eq!(told(&quota(7, -3)), Some(None));
        assert_eq!(told(&json!({"quota": {"free": 7}})), None);
        assert_eq!(told(&json!([])), None);
    }
}
