//! The spaces of oCIS: each is a storage of its own (protocol.md 3.1).

use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

use super::connect::ConnectError;
use super::dav::{Dav, Outcome};
use super::request::{Load, Request};
use super::url::encoded_name;

/// A list of spaces is never so long: each mount point has 1 or 2 kB in it.
/// Read as JSON of any kind, it can take some twenty times as much memory.
pub(super) const LIST_BYTES: usize = 4 << 20;

/// A space that an account sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// What the server calls it, the same for ever.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// It is the account's own storage.
    pub personal: bool,
    /// Where its files are, from the origin.
    pub(super) path: String,
}

/// Reads the list of `graph/v1.0/me/drives`: besides the personal and the
/// project spaces, each mount point and the virtual space of what others share
/// is a space of its own. What has no address is left out.
pub(super) fn read(drives: &Value) -> Vec<Space> {
    let drives = drives.get("value").and_then(Value::as_array);
    drives.into_iter().flatten().filter_map(space).collect()
}

impl Dav {
    /// Bytes that may still be stored in `space`, of which a folder has `told`.
    /// What oCIS tells of a folder is the whole quota, whatever is used of it
    /// (protocol.md 4.1); what is left stands in the list of spaces.
    pub(super) async fn left_in(&self, space: &Space, told: u64) -> Outcome<u64> {
        let request = Request {
            asked: self.asked("GET"),
            target: self.spaces_at.clone(),
            headers: HeaderMap::new(),
            load: Load::Nothing,
        };
        let list = match self.wire.send(request, &[200]).await {
            Ok(answer) => answer.whole(LIST_BYTES).await?,
            Err(failure) if failure.kind.stops_all() => return Err(failure),
            // Then a refusal tells it.
            Err(_) => return Ok(told),
        };
        let list = serde_json::from_slice(&list).unwrap_or_default();
        let left = room(&list, &space.id);
        Ok(left.map_or(told, |left| left.min(told)))
    }
}

/// Where the list is, from the origin.
pub(super) fn list_at(base: &str) -> String {
    format!("{base}/graph/v1.0/me/drives")
}

/// Bytes that may still be stored in the space of this id; none if the list
/// does not say it, or sets no limit (a total of 0).
pub(super) fn room(drives: &Value, id: &str) -> Option<u64> {
    let mut drives = drives.get("value")?.as_array()?.iter();
    let quota = drives.find(|drive| drive.get("id").and_then(Value::as_str) == Some(id))?;
    let number = |name: &str| quota.pointer(&format!("/quota/{name}"))?.as_u64();
    number("total").filter(|total| *total > 0)?;
    number("remaining")
}

fn space(drive: &Value) -> Option<Space> {
    let text = |at: &str| drive.pointer(at).and_then(Value::as_str);
    let id = text("/id")?.to_owned();
    let name = text("/name").unwrap_or(&id).to_owned();
    let personal = text("/driveType") == Some("personal");
    // The server's idea of its own host may be wrong; only the path counts.
    let path = Url::parse(text("/root/webDavUrl")?).ok()?.path().to_owned();
    Some(Space { id, name, personal, path })
}

/// Chooses a space by its id, else by its name, which only one may have.
/// Without a wish it is the personal one, if there is one.
pub(super) fn choose(
    mut spaces: Vec<Space>,
    wanted: Option<&str>,
) -> Result<Option<Space>, ConnectError> {
    let Some(wanted) = wanted else {
        return Ok(spaces.into_iter().find(|space| space.personal));
    };
    let named = |space: &Space| space.name == wanted;
    let by_name = || match spaces.iter().filter(|space| named(space)).count() {
        1 => spaces.iter().position(named),
        _ => None,
    };
    match spaces.iter().position(|space| space.id == wanted).or_else(by_name) {
        Some(at) => Ok(Some(spaces.swap_remove(at))),
        None => Err(ConnectError::NoSpace { wanted: wanted.to_owned(), there: spaces }),
    }
}

/// The space of an id that an address names, listed or not.
pub(super) fn known_by_id(spaces: Vec<Space>, id: String, base: &str) -> Space {
    let listed = spaces.into_iter().find(|space| space.id == id);
    listed.unwrap_or_else(|| {
        let path = format!("{base}/dav/spaces/{}", encoded_name(&id));
        Space { name: id.clone(), id, personal: false, path }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drives() -> Value {
        let drive = |kind: &str, id: &str, name: &str| {
            json!({"driveType": kind, "id": id, "name": name,
                "root": {"webDavUrl": format!("https://wrong.example/dav/spaces/{id}")}})
        };
        json!({"value": [
            drive("project", "s$1", "Design"),
            drive("personal", "s$2", "alice"),
            drive("mountpoint", "s$3!4", "Plans"),
            drive("mountpoint", "s$3!5", "Plans"),
            {"driveType": "virtual", "id": "v$1", "name": "Shares"},
        ]})
    }

    fn chosen(wanted: Option<&str>) -> Option<String> {
        choose(read(&drives()), wanted).unwrap().map(|space| space.id)
    }

    #[test]
    fn the_room_of_a_space_is_what_remains_of_a_total() {
        let drives = json!({"value": [
            {"id": "s$1", "quota": {"remaining": 7, "total": 10, "used": 3, "state": "normal"}},
            {"id": "s$2", "quota": {"remaining": 7, "total": 0, "used": 3, "state": "normal"}},
            {"id": "s$3", "quota": {"total": 10}},
            {"id": "s$4"},
        ]});
        let rooms = ["s$1", "s$2", "s$3", "s$4", "s$5"].map(|id| room(&drives, id));
        assert_eq!(rooms, [Some(7), None, None, None, None]);
    }

    #[test]
    fn a_space_is_chosen_by_id_or_name_and_the_personal_one_without() {
        assert_eq!(chosen(None).as_deref(), Some("s$2"));
        assert_eq!(chosen(Some("Design")).as_deref(), Some("s$1"));
        assert_eq!(chosen(Some("s$3!5")).as_deref(), Some("s$3!5"));
        assert_eq!(read(&drives())[0].path, "/dav/spaces/s$1");
    }

    #[test]
    fn a_name_that_no_or_more_than_one_space_has_is_refused_with_what_there_is() {
        for wanted in ["design", "Plans", "Shares"] {
            let refused = choose(read(&drives()), Some(wanted)).unwrap_err();
            let ConnectError::NoSpace { there, .. } = refused else { panic!("{refused}") };
            assert_eq!(there.len(), 4, "{wanted}");
        }
    }
}
