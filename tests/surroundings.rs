//! What the system tells of the surroundings, asked of a real `dbus-daemon` on a
//! private address, on which this test plays NetworkManager, UPower and logind.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bus/mod.rs"]
mod bus;

use std::time::Duration;

use navette::surroundings::{Senses as _, Surroundings, Told};

use bus::{
    BATTERY_AT, Battery, Bus, LOGIN_AT, Login, NETWORK_AT, NetworkManager, POWER_AT, UPower,
    network, power,
};

/// Goes through `story` while somebody listens to the bus.
async fn told(bus: &Bus, story: impl AsyncFnOnce(&mut Hears)) {
    let (listener, told) = (bus.builder().build().await.unwrap(), Told::default());
    let mut hears = Hears(told.hear());
    tokio::select! {
        () = listener.sense(&told) => panic!("it listens no more"),
        () = story(&mut hears) => {}
    }
}

struct Hears(tokio::sync::watch::Receiver<Surroundings>);

impl Hears {
    /// Waits until the surroundings are so.
    async fn until(&mut self, what: &str, holds: impl Fn(&Surroundings) -> bool) -> Surroundings {
        let mut hears = self.0.clone();
        let told = tokio::time::timeout(Duration::from_secs(60), hears.wait_for(|now| holds(now)));
        *told.await.unwrap_or_else(|_| panic!("not {what}: {:?}", *self.0.borrow())).unwrap()
    }
}

#[tokio::test]
async fn a_metered_network_is_told_as_soon_as_it_is_there() {
    let bus = Bus::start();
    let network = network(&bus, 4, 70, "/one").await;
    told(&bus, async |hears| {
        let manager =
            network.object_server().interface::<_, NetworkManager>(NETWORK_AT).await.unwrap();
        // Yes, no, probably, probably not.
        for (metered, meant) in [(1, true), (2, false), (3, true), (4, false)] {
            let mut it = manager.get_mut().await;
            it.metered = metered;
            it.metered_changed(manager.signal_emitter()).await.unwrap();
            drop(it);
            hears.until("metered as told", |now| now.metered == meant).await;
        }
        assert_eq!(hears.0.borrow().arrivals, 0, "it is the same network");
    })
    .await;
}

#[tokio::test]
async fn another_network_and_one_that_comes_back_are_arrivals_and_one_that_goes_is_none() {
    let bus = Bus::start();
    let network = network(&bus, 3, 70, "/one").await;
    told(&bus, async |hears| {
        hears.until("the first one", |now| now.metered).await;
        let manager =
            network.object_server().interface::<_, NetworkManager>(NETWORK_AT).await.unwrap();
        let turn = async |state: u32, primary: &str, metered: u32| {
            let mut it = manager.get_mut().await;
            (it.state, it.primary, it.metered) = (state, primary.to_owned(), metered);
            it.state_changed(manager.signal_emitter()).await.unwrap();
        };
        // What is metered shows that this has been heard.
        turn(70, "/two", 2).await;
        hears.until("another network", |now| !now.metered && now.arrivals == 1).await;
        turn(20, "/", 1).await;
        hears.until("gone", |now| now.metered).await;
        turn(20, "/", 2).await;
        hears.until("still gone", |now| !now.metered).await;
        assert_eq!(hears.0.borrow().arrivals, 1);
        turn(70, "/two", 1).await;
        hears.until("back", |now| now.metered && now.arrivals == 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_battery_is_low_only_while_the_computer_runs_on_it() {
    let bus = Bus::start();
    let power = power(&bus).await;
    told(&bus, async |hears| {
        let upower = power.object_server().interface::<_, UPower>(POWER_AT).await.unwrap();
        let battery = power.object_server().interface::<_, Battery>(BATTERY_AT).await.unwrap();
        for (on_battery, warning_level, low) in
            [(true, 1, false), (true, 3, true), (true, 4, true), (false, 4, false)]
        {
            battery.get_mut().await.warning_level = warning_level;
            let mut it = upower.get_mut().await;
            it.on_battery = on_battery;
            it.on_battery_changed(upower.signal_emitter()).await.unwrap();
            drop(it);
            let meant = |now: &Surroundings| (now.on_battery, now.battery_low) == (on_battery, low);
            hears.until("the battery as told", meant).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_comes_later_is_heard_and_who_goes_is_not_believed_any_more() {
    let bus = Bus::start();
    told(&bus, async |hears| {
        let first = network(&bus, 1, 70, "/one").await;
        hears.until("metered", |now| now.metered).await;
        let before = hears.0.borrow().arrivals;
        first.close().await.unwrap();
        hears.until("nothing told", |now| !now.metered).await;
        let _again = network(&bus, 1, 70, "/one").await;
        hears.until("there again", |now| now.metered && now.arrivals == before + 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_computer_that_wakes_is_an_arrival() {
    let bus = Bus::start();
    let served = bus.builder().name("org.freedesktop.login1").unwrap();
    let login = served.serve_at(LOGIN_AT, Login).unwrap().build().await.unwrap();
    let network = network(&bus, 1, 70, "/one").await;
    told(&bus, async |hears| {
        hears.until("listening", |now| now.metered).await;
        let manager = login.object_server().interface::<_, Login>(LOGIN_AT).await.unwrap();
        Login::prepare_for_sleep(manager.signal_emitter(), true).await.unwrap();
        Login::prepare_for_sleep(manager.signal_emitter(), false).await.unwrap();
        hears.until("awake", |now| now.arrivals == 1).await;
    })
    .await;
    drop(network);
}

#[tokio::test]
async fn a_bus_on_which_nobody_is_tells_nothing_and_a_bus_that_ends_is_no_error() {
    let mut bus = Bus::start();
    let (listener, told) = (bus.builder().build().await.unwrap(), Told::default());
    let hears = told.hear();
    let ended = async {
        bus.daemon.kill().unwrap();
    };
    let sensing = tokio::time::timeout(Duration::from_secs(60), listener.sense(&told));
    assert!(futures::join!(sensing, ended).0.is_ok(), "it returns when the bus is gone");
    assert_eq!(*hears.borrow(), Surroundings::default());
}
