//! The cloud in memory: what each family does, what faults do, and the server over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "cloud/direct.rs"]
mod direct;
#[path = "cloud/families.rs"]
mod families;
#[path = "cloud/http.rs"]
mod http;
#[path = "cloud/http_trouble.rs"]
mod http_trouble;
#[path = "cloud/kept.rs"]
mod kept;
#[path = "cloud/mishaps.rs"]
mod mishaps;
#[path = "cloud/push.rs"]
mod push;
#[path = "cloud/twins.rs"]
mod twins;
