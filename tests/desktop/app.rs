//! The desktop app as people meet it: the real program on a screen, a session
//! bus and a keychain of its own, with a real server, driven by its buttons.
//!
//! It is a test of the package `navette-desktop`, so that cargo builds the
//! program for it. What a person would look for is found as a person finds it:
//! by what it is and how it is called. Where a case fails, what the window
//! showed then lies in `target/screenshots/e2e`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only used in tests")]
#![allow(clippy::disallowed_methods, reason = "a real window takes real time")]

mod daily;
mod first_start;
mod opening;
mod person;
mod stage;
mod tray;
mod trouble;
