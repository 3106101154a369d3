//! What surrounds this computer, as far as its system tells: whether the
//! connection costs money, whether it runs on its battery, and when a network
//! has come.
//!
//! Where nothing is told, nothing is known, and nothing is said about it: no
//! D-Bus, no NetworkManager, another system. Whatever asks goes on as if the
//! computer were at home and plugged in.

#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

use tokio::sync::watch;

/// What is known of them. Nothing told is nothing known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The connection costs money, or is likely to.
    pub metered: bool,
    /// The computer runs on its battery.
    pub on_battery: bool,
    /// And the system says that little is left in it.
    pub battery_low: bool,
    /// How often a network has come or come back, was changed for another one, or
    /// the computer has woken.
    pub arrivals: u64,
}

/// The surroundings for all who want to know.
#[derive(Clone, Debug, Default)]
pub struct Told(watch::Sender<Surroundings>);

impl Told {
    /// Tells what has changed, if anything has.
    pub fn tell(&self, change: impl FnOnce(&mut Surroundings)) {
        self.0.send_if_modified(|now| {
            let before = *now;
            change(now);
            *now != before
        });
    }

    /// Hears of every change.
    pub fn hear(&self) -> watch::Receiver<Surroundings> {
        self.0.subscribe()
    }
}

/// A system that tells of the surroundings.
#[allow(async_fn_in_trait, reason = "it is polled beside the engines, on their thread")]
pub trait Senses {
    /// Tells what changes for as long as this is polled. Returns where the system
    /// tells nothing, or nothing any more.
    async fn sense(&self, told: &Told);
}

/// The system of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Here;

impl Senses for Here {
    #[cfg(target_os = "linux")]
    async fn sense(&self, told: &Told) {
        linux::SystemBus.sense(told).await;
    }

    #[cfg(windows)]
    async fn sense(&self, told: &Told) {
        windows::sense(told).await;
    }

    #[cfg(target_os = "macos")]
    async fn sense(&self, told: &Told) {
        macos::sense(told).await;
    }

    /// Nothing is told on other systems.
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    async fn sense(&self, _: &Told) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_news() {
        let told = Told::default();
        let mut hears = told.hear();
        told.tell(|_| {});
        assert!(!hears.has_changed().unwrap());
        told.tell(|now| now.metered = true);
        assert!(hears.has_changed().unwrap() && hears.borrow_and_update().metered);
    }
}
