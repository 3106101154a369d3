//! What the desktop's panel is like: whether it shows icons of programs, in
//! which tone they are seen on it, and whether they may move. Each system is
//! asked in its own way.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use navette::desktop::Motion;
use navette::settings::Tone;

#[cfg(target_os = "linux")]
pub(crate) use linux::{Panel, has_tray};
#[cfg(target_os = "macos")]
pub(crate) use macos::{Panel, has_tray};
#[cfg(windows)]
pub(crate) use windows::{Panel, has_tray};

/// What the desktop prefers, as far as it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefers {
    /// The tone of the panel.
    pub(crate) tone: Tone,
    /// Whether an icon may move.
    pub(crate) motion: Motion,
}
