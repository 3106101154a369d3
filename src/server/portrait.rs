//! What a server tells people of itself and of an account: its name, theirs, and
//! how much room there is. Nothing is decided by it.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::dav::{Dav, Outcome};
use super::failure::Failure;
use super::probe;
use super::profile::Family;
use super::propfind::{MultiStatus, room_question};
use super::request::{Load, Request};
use super::space;
use crate::model::RelPath;

/// What is known of a server and an account, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portrait {
    /// Which family it belongs to.
    pub family: Option<Family>,
    /// Product and version.
    pub product: Option<String>,
    /// What the server calls itself.
    pub title: Option<String>,
    /// What people call the account.
    pub display_name: Option<String>,
    /// The room that the account has.
    pub room: Option<Room>,
}

/// How much room there is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What is used.
    pub used: u64,
    /// What there is; none: without a limit.
    pub total: Option<u64>,
}

impl Dav {
    /// What the server tells, which is asked for the room. Where it does not
    /// answer that, all else is known since it was connected.
    pub async fn portrait(&self) -> Portrait {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Portrait {
            family: Some(self.profile.family),
            product: text(&self.profile.product),
            title: self.title.clone(),
            display_name: text(&self.display_name),
            room: self.room_of_account().await.unwrap_or_else(|failure| {
                tracing::debug!(?failure, "the room is not known");
                None
            }),
        }
    }

    async fn room_of_account(&self) -> Outcome<Option<Room>> {
        if let Some(base) = &self.account {
            let page = probe::ocs(&self.wire, base, "user").await;
            return Ok(page.ok().flatten().as_ref().and_then(of_page));
        }
        let Some(space) = &self.space else { return self.room_listed().await };
        let request = Request {
            asked: self.asked("GET"),
            target: self.spaces_at.clone(),
            headers: HeaderMap::new(),
            load: Load::Nothing,
        };
        let list = self.wire.send(request, &[200]).await?.whole(space::LIST_BYTES).await?;
        let list: Value = serde_json::from_slice(&list).unwrap_or_default();
        Ok(of_spaces(&list, &space.id))
    }

    /// What the properties of the root say, where nothing else does.
    async fn room_listed(&self) -> Outcome<Option<Room>> {
        let root = self.root.dir(&RelPath::root());
        let answer = self.propfind(root, "0", Load::Xml(room_question())).await?;
        let mut entries = MultiStatus::new(answer.into_body(), self.limits);
        let shown = entries.next().await?.ok_or_else(|| Failure::nonsense("an empty listing"))?;
        let props = shown.props.unwrap_or_default();
        let number = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok());
        Ok(of_listing(number(props.quota_used), number(props.quota)))
    }
}

/// What Nextcloud's page about an account says.
fn of_page(page: &Value) -> Option<Room> {
    let number = |at| page.pointer(at).and_then(Value::as_i64);
    let used = u64::try_from(number("/quota/used")?).ok()?;
    // Negative: not computed, unknown, or no limit (protocol.md 3.2).
    Some(Room { used, total: number("/quota/quota").and_then(|total| u64::try_from(total).ok()) })
}

/// What oCIS says of a space. A total of 0 is no limit.
fn of_spaces(list: &Value, id: &str) -> Option<Room> {
    let mut drives = list.get("value")?.as_array()?.iter();
    let drive = drives.find(|drive| drive.get("id").and_then(Value::as_str) == Some(id))?;
    let number = |name: &str| drive.pointer(&format!("/quota/{name}"))?.as_u64();
    Some(Room { used: number("used")?, total: number("total").filter(|total| *total > 0) })
}

/// What is used and what is free, by RFC 4331. Less than nothing free is no limit.
fn of_listing(used: Option<i64>, free: Option<i64>) -> Option<Room> {
    let used = u64::try_from(used?).ok()?;
    let free = free.and_then(|free| u64::try_from(free).ok());
    Some(Room { used, total: free.map(|free| used.saturating_add(free)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_family_tells_its_room_in_its_own_way_and_without_a_limit_there_is_no_total() {
        let room = |used, total| Some(Room { used, total });
        let page =
            |quota: i64| json!({"quota": {"free": 7, "used": 3, "total": 10, "quota": quota}});
        assert_eq!(of_page(&page(10)), room(3, Some(10)));
        assert_eq!(of_page(&page(-3)), room(3, None));
        assert_eq!(of_page(&json!({})), None);
        let list = json!({"value": [
            {"id": "a", "quota": {"used": 3, "total": 10, "remaining": 7}},
            {"id": "b", "quota": {"used": 3, "total": 0}},
            {"id": "c"},
        ]});
        assert_eq!(of_spaces(&list, "a"), room(3, Some(10)));
        assert_eq!(of_spaces(&list, "b"), room(3, None));
        assert_eq!((of_spaces(&list, "c"), of_spaces(&list, "d")), (None, None));
        assert_eq!(of_listing(Some(3), Some(7)), room(3, Some(10)));
        assert_eq!(of_listing(Some(3), Some(-3)), room(3, None));
        assert_eq!(of_listing(None, Some(7)), None);
    }
}
