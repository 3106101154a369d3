//! What is known of single servers that they do not show by themselves: data,
//! no code.

use toml_edit::{DocumentMut, Item};

/// The table.
const SERVERS: &str = include_str!("known-servers.toml");

/// Whether the server at this host is known to have two passwords that look alike.
pub(super) fn has_two_passwords(host: &str) -> bool {
    said(SERVERS, host, "two_passwords")
}

fn said(table: &str, host: &str, key: &str) -> bool {
    let Ok(table) = table.parse::<DocumentMut>() else { return false };
    let servers = table.get("server").and_then(Item::as_array_of_tables);
    let mut servers = servers.into_iter().flatten();
    servers.any(|server| {
        let name = server.get("host").and_then(Item::as_str).unwrap_or_default();
        name.eq_ignore_ascii_case(host) && server.get(key).and_then(Item::as_bool) == Some(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_hosts_only() {
        let table: DocumentMut = SERVERS.parse().unwrap();
        for server in table["server"].as_array_of_tables().unwrap() {
            let host = server["host"].as_str().unwrap();
            assert!(!host.contains(['/', ':']) && host.contains('.'), "{host}");
        }
    }

    #[test]
    fn what_is_said_of_a_server_holds_for_that_one() {
        assert!(has_two_passwords("MyCore.core-cloud.net"));
        assert!(!has_two_passwords("core-cloud.net") && !has_two_passwords("cloud.example"));
        assert!(!said("[[server]]\nhost = \"a.b\"\ntwo_passwords = 1", "a.b", "two_passwords"));
    }
}
