//! What the desktop shows beside the window: the tray's icon and menu, and
//! notifications. Pure: pictures and moments in, what is to be shown out;
//! whoever draws it knows the system.

mod notices;
mod pulse;
#[cfg(test)]
mod scene;
mod told;
mod tray;

pub use notices::{Heard, Notice, Notices, When};
pub use pulse::{Icon, Motion, Pulse, Still};
pub use told::{About, Concern, Goto, Picture, View};
pub use tray::{Does, Row, rows, tooltip};
