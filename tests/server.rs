//! The real client against real servers: what the seam promises holds on the wire.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "server/account.rs"]
mod account;
#[path = "server/app_passwords.rs"]
mod app_passwords;
#[path = "server/budget.rs"]
mod budget;
#[path = "server/captured.rs"]
mod captured;
#[path = "server/careless.rs"]
mod careless;
#[path = "server/ears.rs"]
mod ears;
#[path = "server/families.rs"]
mod families;
#[path = "server/hostile.rs"]
mod hostile;
#[path = "server/http2.rs"]
mod http2;
#[path = "server/in_flight.rs"]
mod in_flight;
#[path = "server/lost.rs"]
mod lost;
#[path = "server/people.rs"]
mod people;
#[path = "server/plain.rs"]
mod plain;
#[path = "server/push.rs"]
mod push;
#[path = "real/mod.rs"]
mod real;
#[path = "server/room.rs"]
mod room;
#[path = "server/said.rs"]
mod said;
#[path = "server/scripted.rs"]
mod scripted;
#[path = "server/session.rs"]
mod session;
#[path = "server/socket.rs"]
mod socket;
#[path = "server/support.rs"]
mod support;
#[path = "server/together.rs"]
mod together;
#[path = "server/transfers.rs"]
mod transfers;
#[path = "server/trash.rs"]
mod trash;
#[path = "server/zips.rs"]
mod zips;
