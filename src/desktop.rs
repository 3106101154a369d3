//! What the desktop shows beside the window: the tray's icon and menu, and
//! notifications. Pure: pictures and moments in, what is to be shown out;
//! whoever draws it knows the system.

mod notices;
mod pulse;
mod told;
mod tray;

pub use notices::{Heard, Notice, Notices, When};
pub use pulse::{Icon, Pulse, Still};
pub use told::{About, Concern, Entry, Goto, Mood, Overview, Picture, Said, Standing, View};
pub use tray::{Does, Row, rows, tooltip};
