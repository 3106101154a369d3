//! Windows: every desktop shows icons. Whether they may move is one question to
//! the program's own memory.
//!
//! Written from the documentation of the system, and type-checked; it has not run.

#![allow(unsafe_code, reason = "the system's own call")]

use navette::desktop::Motion;
use navette::settings::Tone;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    SPI_GETCLIENTAREAANIMATION, SystemParametersInfoW,
};
use windows_sys::core::BOOL;

use super::Prefers;

/// Every desktop shows icons of programs.
pub(crate) async fn has_tray() -> bool {
    true
}

/// What the panel is like, asked whenever it is wanted.
pub(crate) struct Panel;

impl Panel {
    /// Nothing has to be listened to.
    pub(crate) fn listen() -> Self {
        Self
    }

    /// What holds now. The taskbar is dark unless somebody has chosen otherwise,
    /// and tells nobody.
    pub(crate) fn prefers(&self) -> Prefers {
        Prefers { tone: Tone::Dark, motion: motion() }
    }

    /// It is asked before each picture.
    pub(crate) async fn changed(&mut self) {
        std::future::pending().await
    }
}

/// What is chosen under “Animation effects”.
fn motion() -> Motion {
    let mut animates = BOOL::from(true);
    // SAFETY: the call writes into the number that it is given, and nowhere else.
    let told = unsafe {
        SystemParametersInfoW(SPI_GETCLIENTAREAANIMATION, 0, (&raw mut animates).cast(), 0)
    };
    if told != 0 && animates == 0 { Motion::Reduced } else { Motion::Free }
}
