//! WsgiDAV (PyPI).

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::{LOGIN, PASSWORD, Real, python};

/// Starts one with an empty storage at `/`.
pub fn start() -> Real {
    Real::start(|place, port| {
        let config = place.join("config.json");
        fs::write(&config, config_text(place, port)).unwrap();
        let mut command = Command::new(python::program("wsgidav"));
        command.arg("--config").arg(&config);
        command
    })
}

fn config_text(place: &Path, port: u16) -> String {
    let authenticator = json!({
        "domain_controller": null,
        "accept_basic": true,
        "accept_digest": false,
        "default_to_digest": false,
    });
    let accounts = json!({ LOGIN: { "password": PASSWORD } });
    json!({
        "host": "127.0.0.1",
        "port": port,
        "provider_mapping": { "/": place.join("files") },
        "http_authenticator": authenticator,
        "simple_dc": { "user_mapping": { "*": accounts } },
        "dir_browser": { "enable": false },
        "verbose": 0,
    })
    .to_string()
}
