//! Accounts, from an address to a folder that is synced: what answers there, who
//! signs in and how, where the folder lies, and what of the storage is wanted.
//!
//! Nothing is written before [`Session::finish`], and then everything at once.
//! Passwords are held in a [`Session`] and in the keychain, nowhere else.

mod assistant;
mod browser;
mod desk;
mod finish;
mod keep;
mod known;
mod passage;
mod place;
mod recognise;
mod refusal;
mod remote;
mod session;

pub use assistant::{Assistant, Named, trust};
pub use browser::{Browser, PAGE_MINUTES};
pub use desk::{Desk, folders_of};
pub use finish::{Plan, take_over};
pub use keep::exchanged;
pub use passage::{
    Passage, device_name, is_unasked, proxy, proxy_chosen, proxy_entry, proxy_password,
    proxy_password_now,
};
pub use place::{Client, Fate, Found, Place, Report, Unfit, Volume, places, room};
use recognise::exchanges;
pub use recognise::{Recognised, Way, recognise};
pub use refusal::Refusal;
pub use remote::Fit;
pub use session::{Kept, Session, give_back, known_as, told};
