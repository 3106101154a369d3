//! Watches pairs in this process: all that are configured, whatever comes and
//! goes, or some that are named.
//!
//! One future for all of them. It follows the settings' file: a folder that is
//! added is begun, one that is removed is ended, one of which something changed
//! that an open pair cannot take is ended and begun anew. Others can ask and
//! tell by the socket ([`crate::api`]). A folder that another process has waits
//! until that one has ended.

mod setup;

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use futures::StreamExt as _;
use futures::future::{FutureExt as _, LocalBoxFuture};
use futures::stream::FuturesUnordered;
use tokio::sync::Notify;
use url::Url;

use crate::activity::Recorder;
use crate::api::{self, Lent, Listener, Pairs, SocketError, Watched};
use crate::clock::{Clock as _, SystemClock};
use crate::event::Event;
use crate::pair::{Chooses, Terms, pinned};
use crate::secret::Secret;
use crate::server::Proxy;
use crate::settings::{
    Address, Follower, PauseFile, Places, ProxyChoice, Scope, Settings, SettingsError,
};
use crate::surroundings::{Here, Senses as _, Told};
use crate::watch::{Board, Circumstances, Live, Reopened, Wishes, show_known_versions, stay};

pub use setup::Setup;

/// Knows the password of a login at a server, as it is kept now.
pub type Passwords = Rc<dyn Fn(Address, String) -> LocalBoxFuture<'static, Option<Secret>>>;
/// Knows the password for the proxy at an address, as it is kept now.
pub type ProxyPasswords = Rc<dyn Fn(&Url) -> Option<Secret>>;
/// Hears what goes on in the folder at a path.
pub type Hears = Rc<dyn Fn(&Path, &Event)>;

/// What a host cannot know by itself, and whom it tells.
pub struct Means {
    /// The password of this login at this server, as it is kept now.
    pub password: Passwords,
    /// The password for the proxy at this address, as it is kept now.
    pub proxy_password: ProxyPasswords,
    /// Certificates (PEM) that are trusted whatever an account names.
    pub ca_file: Option<PathBuf>,
    /// Hears what goes on in the folder at that path.
    pub hears: Hears,
    /// Is told what people should know of the host itself.
    pub tells: Rc<dyn Fn(Notice)>,
}

/// What people should know of a host.
#[derive(Debug)]
pub enum Notice {
    /// The settings cannot be understood, and the ones before go on to hold.
    SettingsBroken(SettingsError),
    /// This folder cannot be watched as it is configured.
    Unfit(PathBuf, SettingsError),
    /// The system gives no socket: nobody can ask.
    NoSocket(SocketError),
}

/// Which pairs a host watches.
enum Which {
    /// All that the settings know.
    Configured,
    /// These.
    Named,
}

/// One pair at work.
struct Running {
    setup: Setup,
    watched: Rc<Watched>,
    /// It is to end, and is not shown any more.
    ends: Cell<bool>,
}

/// Stays with one pair until its end.
type Stay = LocalBoxFuture<'static, Rc<Watched>>;

/// Watches pairs.
pub struct Host {
    places: Places,
    means: Means,
    clock: SystemClock,
    pairs: Pairs,
    wanted: RefCell<Vec<Setup>>,
    running: RefCell<Vec<Running>>,
    live: RefCell<Live>,
    around: Told,
    news: Notify,
    ends: Cell<bool>,
}

impl Host {
    /// One that watches nothing yet.
    pub fn new(places: Places, live: Live, means: Means) -> Self {
        Self {
            places,
            means,
            clock: SystemClock::new(),
            pairs: Pairs::default(),
            wanted: RefCell::default(),
            running: RefCell::default(),
            live: RefCell::new(live),
            around: Told::default(),
            news: Notify::new(),
            ends: Cell::new(false),
        }
    }

    /// The pairs that are watched at the moment.
    pub fn pairs(&self) -> &Pairs {
        &self.pairs
    }

    /// The clock by which they live.
    pub fn clock(&self) -> &SystemClock {
        &self.clock
    }

    /// Watches all that is configured, as it is configured, until [`Self::end`].
    pub async fn watch_configured(&self) {
        self.take_settings(&Which::Configured);
        self.stay(Which::Configured).await;
    }

    /// Watches these until [`Self::end`]. What may change of them while they are
    /// open is followed.
    pub async fn watch(&self, setups: Vec<Setup>) {
        self.wanted.replace(setups);
        self.stay(Which::Named).await;
    }

    /// Lets all pairs end, and then the host.
    pub fn end(&self) {
        self.ends.set(true);
        self.news.notify_one();
    }

    /// Lets go of the folder at `path` for as long as the result is kept, so that
    /// others can work on it. Returns once it has been let go of.
    pub async fn lend(&self, path: &Path) -> Lent {
        self.pairs.lent().lend(path).await
    }

    async fn stay(&self, which: Which) {
        let mut stays = FuturesUnordered::new();
        let others = async {
            tokio::join!(self.serve(), self.follow(&which), self.sense());
        };
        let mut others = std::pin::pin!(others.fuse());
        loop {
            self.reconcile(&mut stays);
            if self.ends.get() && stays.is_empty() {
                return;
            }
            tokio::select! {
                biased;
                Some(ended) = stays.next() => self.ended(&ended),
                () = self.news.notified() => {}
                // What was lent may stand elsewhere now.
                () = self.pairs.lent().turned() => {
                    if self.heeds_settings(&which) {
                        self.take_settings(&which);
                    }
                }
                () = &mut others => {}
            }
        }
    }

    /// Begins what is wanted and not there, and ends what is there and not wanted.
    fn reconcile(&self, stays: &mut FuturesUnordered<Stay>) {
        let wanted = self.wanted.borrow();
        let wanted: Vec<&Setup> = match self.ends.get() {
            true => Vec::new(),
            false => {
                wanted.iter().filter(|one| !self.pairs.lent().has_lent(&one.pair.local)).collect()
            }
        };
        for one in self.running.borrow().iter().filter(|one| !one.ends.get()) {
            if !wanted.iter().any(|setup| setup.is_as(&one.setup)) {
                one.ends.set(true);
                self.pairs.end(&one.watched);
                one.watched.wishes.end();
            }
        }
        for setup in wanted {
            // One that is about to end must have ended.
            let local = &setup.pair.local;
            if !self.running.borrow().iter().any(|one| one.setup.pair.local == *local) {
                self.begin(setup.clone(), stays);
            }
        }
    }

    fn begin(&self, setup: Setup, stays: &mut FuturesUnordered<Stay>) {
        let reopened = match self.reopened(&setup) {
            Ok(reopened) => reopened,
            Err(error) => return (self.means.tells)(Notice::Unfit(setup.pair.local, error)),
        };
        let watched = Rc::new(Watched {
            pair: setup.pair.clone(),
            account: setup.account.clone(),
            state_dir: setup.state_dir.clone(),
            board: reopened.board.clone(),
            wishes: Rc::new(Wishes::kept(PauseFile::of(&setup.state_dir))),
            activity: reopened.activity.clone(),
        });
        tracing::info!(state = %setup.state_dir.display(), "a pair begins");
        self.pairs.lent().holds(&setup.pair.local);
        self.pairs.begin(watched.clone());
        self.running.borrow_mut().push(Running {
            setup,
            watched: watched.clone(),
            ends: Cell::new(false),
        });
        let called = reopened.terms.called.borrow().clone();
        let stays_with = async move {
            tokio::join!(
                stay(&reopened, &watched.wishes, &watched.board),
                show_known_versions(&watched.board, &watched.state_dir, called),
            );
            watched
        };
        stays.push(stays_with.boxed_local());
    }

    fn ended(&self, ended: &Rc<Watched>) {
        tracing::info!(state = %ended.state_dir.display(), "a pair has ended");
        self.running.borrow_mut().retain(|one| !Rc::ptr_eq(&one.watched, ended));
        self.live.borrow_mut().forget(&Scope::folder(&ended.pair.local));
        self.pairs.end(ended);
        self.pairs.lent().leaves(&ended.pair.local);
    }

    /// What opens the pair as often as it must.
    fn reopened(&self, setup: &Setup) -> Result<Reopened, SettingsError> {
        let settings = setup.is_configured.then(|| Settings::open(&self.places.settings()));
        let settings = settings.transpose()?;
        let scope = Scope::folder(&setup.pair.local);
        let choices = self.live.borrow_mut().pair(settings.as_ref(), scope, &setup.account.name)?;
        let board = Rc::new(Board::new(self.clock.wall()));
        let (hears, local) = (self.means.hears.clone(), setup.pair.local.clone());
        let (password, server, user) =
            (self.means.password.clone(), setup.pair.server.clone(), setup.pair.user.clone());
        let chooses = || Chooses::new(self.places.settings(), setup.pair.local.clone());
        Ok(Reopened {
            pair: setup.pair.clone(),
            state_dir: setup.state_dir.clone(),
            user_id: setup.account.user_id.clone(),
            ca_file: self.means.ca_file.clone().or(setup.account.ca_file.clone()),
            chooses: setup.is_configured.then(chooses),
            password: Box::new(move || password(server.clone(), user.clone())),
            terms: Terms {
                budgets: choices.budgets,
                reserve: choices.reserve,
                links: choices.links,
                called: choices.called,
                proxy: self.proxy(&setup.proxy),
                pinned: pinned(&setup.account),
            },
            circumstances: Circumstances::new(self.around.hear(), choices.policy),
            board,
            activity: Rc::new(Recorder::new(&setup.state_dir)),
            listener: Rc::new(move |event| hears(&local, event)),
            clock: self.clock.clone(),
        })
    }

    fn proxy(&self, chosen: &ProxyChoice) -> Proxy {
        match chosen {
            ProxyChoice::System => Proxy::System,
            ProxyChoice::Direct => Proxy::Direct,
            ProxyChoice::At(url) => {
                Proxy::At { url: url.clone(), password: (self.means.proxy_password)(url) }
            }
        }
    }

    /// Takes what is chosen otherwise, whoever has written it into the settings.
    async fn follow(&self, which: &Which) {
        if !self.heeds_settings(which) {
            return;
        }
        let mut follower = Follower::of(&self.places.settings());
        // Perhaps it was changed just before.
        self.take_settings(which);
        loop {
            follower.changed(&self.clock).await;
            self.take_settings(which);
        }
    }

    /// Whether anything that is watched stands in the settings.
    fn heeds_settings(&self, which: &Which) -> bool {
        let is_known = || self.wanted.borrow().iter().any(|one| one.is_configured);
        matches!(which, Which::Configured) || is_known()
    }

    fn take_settings(&self, which: &Which) {
        let settings = Settings::open(&self.places.settings());
        let taken = settings.and_then(|settings| {
            self.live.borrow().take(&settings)?;
            Ok(settings)
        });
        match taken {
            Ok(settings) => {
                match which {
                    Which::Configured => drop(self.wanted.replace(self.setups(&settings))),
                    // One that is configured no more, or elsewhere, ends.
                    Which::Named => self.wanted.borrow_mut().retain(|one| {
                        !one.is_configured || settings.folder(&one.pair.local).is_some()
                    }),
                }
                self.running.borrow().iter().for_each(|one| one.watched.wishes.heed());
                self.news.notify_one();
            }
            // A person may be in the midst of writing it.
            Err(error) => (self.means.tells)(Notice::SettingsBroken(error)),
        }
    }

    /// How each folder that is configured is to be watched.
    fn setups(&self, settings: &Settings) -> Vec<Setup> {
        let setups = settings.folders.iter().filter_map(|folder| {
            let setup = Setup::of(settings, folder, &self.places);
            setup
                .map_err(|error| (self.means.tells)(Notice::Unfit(folder.path.clone(), error)))
                .ok()
        });
        setups.collect()
    }

    /// Answers others, if the system gives a socket for it.
    async fn serve(&self) {
        match Listener::open(&self.places.run_dir()) {
            Ok(listener) => api::serve(listener, &self.pairs, &self.clock).await,
            Err(error) => {
                tracing::warn!(%error, "no socket");
                (self.means.tells)(Notice::NoSocket(error));
            }
        }
    }

    /// Listens to what the system tells of the surroundings, if it does.
    async fn sense(&self) {
        Here.sense(&self.around).await;
    }
}
