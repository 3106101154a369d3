//! The engine in this process: watches what is configured, hears all that watch,
//! this process and others, and tells window, tray and notifications by events of
//! the names in `ui/src/lib/commands.ts`.
//!
//! All of it lives on the one thread ([`crate::thread`]); whoever is there finds
//! it by [`here`].

use std::cell::RefCell;
use std::path::PathBuf;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt as _;
use navette::accounts::Desk;
use navette::api::{self, Account, PairState, Told};
use navette::clock::{Clock as _, Moment, SystemClock};
use navette::host::{Host, Means};
use navette::overview::{Overview, Picture};
use navette::secret::keychain;
use navette::settings::{Places, Settings};
use navette::text::Texts;
use navette::watch::Live;
use serde::Serialize;
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::{Notify, mpsc};

use crate::farewell::Farewells;
use crate::preferences;
use crate::thread::Thread;

/// After a change it is asked so much later what is told of accounts.
const GATHER: Duration = Duration::from_millis(500);
/// Somebody who hears all begins again after so long, should that ever end.
const REST: Duration = Duration::from_secs(1);

thread_local! {
    static HERE: RefCell<Option<Rc<Engine>>> = const { RefCell::new(None) };
}

/// The engine, for whoever is on its thread; none before it has begun.
pub(crate) fn here() -> Option<Rc<Engine>> {
    HERE.with_borrow(Clone::clone)
}

/// What lives on the thread.
pub(crate) struct Engine {
    app: AppHandle,
    places: Places,
    host: Host,
    clock: SystemClock,
    picture: RefCell<Picture>,
    /// What was last told that needs a person.
    asked: RefCell<Vec<Value>>,
    relearn: Notify,
    ended: Notify,
}

/// Begins to watch, and to tell. It ends well before the program does.
pub(crate) fn begin(app: &AppHandle) {
    let living = app.clone();
    let begun = app.state::<Thread>().begin_with(move || live(living).boxed_local());
    if let Err(error) = begun {
        return tracing::error!(%error, "nothing is watched");
    }
    let ending = app.clone();
    app.state::<Farewells>().add(move || async move { end(&ending.state::<Thread>()).await });
}

/// Lets all pairs end, and returns once they have.
async fn end(thread: &Thread) {
    let ended = thread.run(|| {
        async {
            let Some(engine) = here() else { return };
            let ended = engine.ended.notified();
            engine.host.end();
            ended.await;
        }
        .boxed_local()
    });
    // The thread ends with the program.
    let _ = ended.await;
}

/// From now on the language that is chosen by now is spoken.
pub(crate) fn relearn(app: &AppHandle) {
    let told = || async {
        if let Some(engine) = here() {
            engine.relearn.notify_one();
        }
    };
    // The thread ends with the program.
    let _ = app.state::<Thread>().begin_with(move || told().boxed_local());
}

async fn live(app: AppHandle) {
    let places = match Places::find() {
        Ok(places) => places,
        Err(error) => return tracing::error!(%error, "no place for settings"),
    };
    let learnt = async { Desk::here()?.learn_proxy_passwords().await };
    if let Err(error) = learnt.await {
        tracing::warn!(%error, "the passwords of proxies");
    }
    let engine = Rc::new(Engine {
        host: Host::new(places.clone(), Live::default(), means()),
        places,
        clock: SystemClock::new(),
        app: app.clone(),
        picture: RefCell::default(),
        asked: RefCell::default(),
        relearn: Notify::new(),
        ended: Notify::new(),
    });
    HERE.set(Some(engine.clone()));
    let mut watching = pin!(engine.host.watch_configured());
    tokio::select! {
        biased;
        () = &mut watching => {}
        () = engine.tell(&app) => {}
    }
    engine.ended.notify_one();
}

fn means() -> Means {
    Means {
        password: Rc::new(|server, user| {
            let kept = async move { keychain::load(server.account_name(&user)).await };
            kept.map(|kept| kept.ok().flatten()).boxed_local()
        }),
        proxy_password: Rc::new(navette::accounts::proxy_password_now),
        ca_file: None,
        hears: Rc::new(|_, _| {}),
        tells: Rc::new(|notice| tracing::warn!(?notice, "the host")),
    }
}

impl Engine {
    /// Where others can be reached.
    pub(crate) fn run_dir(&self) -> PathBuf {
        self.places.run_dir()
    }

    /// What is configured, as it is now.
    pub(crate) fn settings(&self) -> navette::settings::Result<Settings> {
        Settings::open(&self.places.settings())
    }

    /// Where the journals lie.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// The words of the language that is chosen.
    pub(crate) fn texts(&self) -> Texts {
        preferences::texts(&self.app)
    }

    /// How all pairs stand.
    pub(crate) fn standings(&self) -> Vec<api::Standing> {
        self.picture.borrow().standings()
    }

    /// The one picture of everything, as it is now.
    pub(crate) fn overview(&self) -> Option<Overview> {
        let texts = self.texts();
        let (wall, now) = (self.clock.wall(), self.clock.now());
        let mut picture = self.picture.borrow_mut();
        picture.turn(&texts, wall, now).or_else(|| picture.overview().cloned())
    }

    /// What is known of all accounts.
    pub(crate) async fn accounts(&self) -> Vec<Account> {
        let configured = self.settings().map(|settings| settings.accounts).unwrap_or_default();
        api::accounts(&self.run_dir(), &configured).await
    }

    /// What needs a person, as all tell that watch.
    pub(crate) async fn concerns(&self) -> Vec<Value> {
        let params = json!({"language": self.texts().language().tag()});
        match api::concerns(&self.run_dir(), &params).await {
            Ok(concerns) => concerns,
            Err(error) => {
                tracing::debug!(%error, "concerns");
                Vec::new()
            }
        }
    }

    /// Tells what is heard, for as long as it is polled.
    async fn tell(&self, app: &AppHandle) {
        loop {
            tokio::select! {
                () = self.hear(app) => self.clock.sleep(REST).await,
                () = self.relearn.notified() => {}
            }
        }
    }

    /// Hears all that watch, in one language.
    async fn hear(&self, app: &AppHandle) {
        let texts = self.texts();
        let (teller, mut heard) = mpsc::unbounded_channel();
        let dir = self.run_dir();
        let mut gathering = pin!(api::gather(&dir, texts.language().tag(), |told| {
            // Whoever hears it outlives whoever tells it.
            let _ = teller.send(told);
        }));
        let mut asks = Some(self.clock.now());
        loop {
            self.turn(app, &texts);
            let now = self.clock.now();
            let due = self.picture.borrow().due(now);
            let next = [due, asks].into_iter().flatten().min();
            tokio::select! {
                () = &mut gathering => return,
                Some(told) = heard.recv() => {
                    self.take(app, told, &mut asks);
                }
                () = self.until(next) => {
                    if asks.is_some_and(|asks| asks <= self.clock.now()) {
                        asks = None;
                        self.ask(app).await;
                    }
                }
            }
        }
    }

    async fn until(&self, moment: Option<Moment>) {
        match moment {
            Some(moment) => self.clock.sleep(moment.saturating_sub(self.clock.now())).await,
            None => std::future::pending().await,
        }
    }

    /// Takes what is told of a pair, and tells it.
    fn take(&self, app: &AppHandle, told: Told, asks: &mut Option<Moment>) {
        self.picture.borrow_mut().hear(&told);
        match told {
            Told::Standing(stands) => {
                // While bytes go by nothing is news of an account.
                if stands.state != PairState::Syncing {
                    asks.get_or_insert_with(|| self.clock.now() + GATHER);
                }
                emit(app, "standing", &*stands);
            }
            Told::Gone(folder) => {
                asks.get_or_insert_with(|| self.clock.now() + GATHER);
                emit(app, "gone", &folder);
            }
            Told::Done(entry) => emit(app, "done", &*entry),
        }
    }

    /// Tells the overview, if it is another one.
    fn turn(&self, app: &AppHandle, texts: &Texts) {
        let (wall, now) = (self.clock.wall(), self.clock.now());
        let turned = self.picture.borrow_mut().turn(texts, wall, now);
        if let Some(overview) = turned {
            emit(app, "overview", &overview);
        }
    }

    /// Asks for what is told of accounts, and for what needs a person, and tells
    /// what of it is news.
    async fn ask(&self, app: &AppHandle) {
        let accounts = self.accounts().await;
        let news = self.picture.borrow_mut().know(&accounts);
        if news {
            emit(app, "accounts", &accounts);
        }
        let concerns = self.concerns().await;
        if *self.asked.borrow() != concerns {
            emit(app, "concerns", &concerns);
            self.asked.replace(concerns);
        }
    }
}

fn emit(app: &AppHandle, what: &str, told: &(impl Serialize + Clone)) {
    if let Err(error) = app.emit(what, told) {
        tracing::warn!(%error, what, "not told");
    }
}
