//! macOS: the path monitor of Network.framework tells of networks and what they
//! cost, IOKit of the battery. The first calls back when something changes; the
//! second is asked now and then, for it is one call into memory.
//!
//! Written from the headers of the system, and type-checked; it has not run.

#![allow(unsafe_code, reason = "the system's own calls")]

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use block2::{Block, RcBlock};

use super::Told;
use crate::clock::{Clock as _, SystemClock};

/// How often the battery is asked for.
const INTERVAL: Duration = Duration::from_secs(10);

/// `kIOPSTimeRemainingUnlimited`: plugged in.
const UNLIMITED: f64 = -2.0;
/// `kIOPSLowBatteryWarningEarly`, and from here on.
const WARNING: c_int = 2;
/// `nw_path_status_satisfied`.
const SATISFIED: c_int = 1;

type Object = NonNull<c_void>;

#[link(name = "Network", kind = "framework")]
unsafe extern "C" {
    fn nw_path_monitor_create() -> Option<Object>;
    fn nw_path_monitor_set_queue(monitor: Object, queue: Object);
    fn nw_path_monitor_set_update_handler(monitor: Object, handler: &Block<dyn Fn(Object)>);
    fn nw_path_monitor_start(monitor: Object);
    fn nw_path_monitor_cancel(monitor: Object);
    fn nw_path_get_status(path: Object) -> c_int;
    fn nw_path_is_expensive(path: Object) -> bool;
    fn nw_path_is_constrained(path: Object) -> bool;
    fn nw_release(object: Object);
}

unsafe extern "C" {
    /// Part of libSystem.
    fn dispatch_get_global_queue(identifier: isize, flags: usize) -> Option<Object>;
}

#[link(name = "IOKit", kind = "framework")]
unsafe extern "C" {
    fn IOPSGetTimeRemainingEstimate() -> f64;
    fn IOPSGetBatteryWarningLevel() -> c_int;
}

pub(super) async fn sense(told: &Told) {
    let (_monitor, clock) = (Monitor::start(told.clone()), SystemClock::new());
    loop {
        // SAFETY: both take nothing and give a number.
        let (left, warning) =
            unsafe { (IOPSGetTimeRemainingEstimate(), IOPSGetBatteryWarningLevel()) };
        let on_battery = left != UNLIMITED;
        told.tell(|now| {
            (now.on_battery, now.battery_low) = (on_battery, on_battery && warning >= WARNING);
        });
        clock.sleep(INTERVAL).await;
    }
}

/// Somebody who is told of the way to the network. Dropped, nobody is any more.
struct Monitor(Object);

impl Monitor {
    fn start(told: Told) -> Option<Self> {
        // What holds when it begins is no arrival.
        let gone = AtomicBool::new(false);
        let handler = RcBlock::new(move |path: Object| {
            // SAFETY: the system lends the path for as long as this call lasts.
            let (status, costs) = unsafe {
                (
                    nw_path_get_status(path),
                    nw_path_is_expensive(path) || nw_path_is_constrained(path),
                )
            };
            let there = status == SATISFIED;
            let came = gone.swap(!there, Ordering::Relaxed) && there;
            told.tell(|now| {
                now.metered = there && costs;
                now.arrivals += u64::from(came);
            });
        });
        // SAFETY: the monitor and the queue live until the end of this process or
        // of the monitor, which keeps a copy of the handler; the handler owns what
        // it uses, and that may be used by any thread.
        unsafe {
            let queue = dispatch_get_global_queue(0, 0)?;
            let monitor = nw_path_monitor_create()?;
            nw_path_monitor_set_queue(monitor, queue);
            nw_path_monitor_set_update_handler(monitor, &handler);
            nw_path_monitor_start(monitor);
            Some(Self(monitor))
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        // SAFETY: it was made by `start`, is cancelled once, and used no more.
        unsafe {
            nw_path_monitor_cancel(self.0);
            nw_release(self.0);
        }
    }
}
