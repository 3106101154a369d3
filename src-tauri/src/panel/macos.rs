//! macOS: every desktop shows icons, and the menu bar colours them itself.
//! Whether they may move is one question to the program's own memory.
//!
//! Written from the documentation of the system, and type-checked; it has not run.

use navette::desktop::Motion;
use navette::settings::Tone;
use objc2_app_kit::NSWorkspace;

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

    /// What holds now.
    pub(crate) fn prefers(&self) -> Prefers {
        let reduced = NSWorkspace::sharedWorkspace().accessibilityDisplayShouldReduceMotion();
        let motion = if reduced { Motion::Reduced } else { Motion::Free };
        Prefers { tone: Tone::System, motion }
    }

    /// It is asked before each picture.
    pub(crate) async fn changed(&mut self) {
        std::future::pending().await
    }
}
