//! Windows: the power status, and the hint about the network's cost (Windows 10
//! from version 2004 on). Both are asked now and then: they are two calls into
//! memory, and telling costs a window or a thread.
//!
//! Written from the documentation of the system, and type-checked; it has not run.

#![allow(unsafe_code, reason = "the system's own calls")]

use windows_sys::Win32::NetworkManagement::IpHelper::GetNetworkConnectivityHint;
use windows_sys::Win32::Networking::WinSock::{
    NL_NETWORK_CONNECTIVITY_HINT, NetworkConnectivityCostHintFixed,
    NetworkConnectivityCostHintVariable, NetworkConnectivityLevelHintInternetAccess,
};
use windows_sys::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};

use super::Told;
use crate::clock::{Clock as _, SystemClock};

/// How often it is asked.
const INTERVAL: std::time::Duration = std::time::Duration::from_secs(10);

/// `ACLineStatus`: not plugged in.
const OFFLINE: u8 = 0;
/// `BatteryFlag`: less than a third, less than five in a hundred. Only the
/// second is what other systems call low.
const CRITICAL: u8 = 4;

pub(super) async fn sense(told: &Told) {
    let clock = SystemClock::new();
    let mut was_there = None;
    loop {
        if let Some((on_battery, battery_low)) = power() {
            told.tell(|now| (now.on_battery, now.battery_low) = (on_battery, battery_low));
        }
        if let Some((metered, is_there)) = network() {
            told.tell(|now| {
                now.metered = metered;
                now.arrivals += u64::from(is_there && was_there == Some(false));
            });
            was_there = Some(is_there);
        }
        clock.sleep(INTERVAL).await;
    }
}

/// Whether it runs on battery, and whether that is low.
fn power() -> Option<(bool, bool)> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: the call writes into the structure that it is given, and nowhere else.
    let told = unsafe { GetSystemPowerStatus(&mut status) } != 0;
    let on_battery = status.ACLineStatus == OFFLINE;
    // 255: unknown.
    let low = status.BatteryFlag != u8::MAX && status.BatteryFlag & CRITICAL != 0;
    told.then_some((on_battery, on_battery && low))
}

/// Whether the network costs money, and whether it leads to the internet.
fn network() -> Option<(bool, bool)> {
    let mut hint = NL_NETWORK_CONNECTIVITY_HINT::default();
    // SAFETY: as above.
    let told = unsafe { GetNetworkConnectivityHint(&mut hint) } == 0;
    let costs = [NetworkConnectivityCostHintFixed, NetworkConnectivityCostHintVariable];
    let there = hint.ConnectivityLevel == NetworkConnectivityLevelHintInternetAccess;
    told.then_some((costs.contains(&hint.ConnectivityCost), there))
}
