//! The real client against real servers: what the seam promises holds on the wire.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]

#[path = "apache/mod.rs"]
mod apache;
#[path = "server/plain.rs"]
mod plain;
#[path = "server/support.rs"]
mod support;
