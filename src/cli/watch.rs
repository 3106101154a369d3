//! `navette watch`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::FutureExt as _;
use futures::stream::FuturesUnordered;

use crate::accounts::Desk;
use crate::api::{Pairs, Watched};
use crate::clock::{Clock as _, SystemClock};
use crate::host::{Host, Means, Notice, Setup};
use crate::secret::Secret;
use crate::settings::{Account, Address, Places};
use crate::text;
use crate::watch::{Live, State};

use super::args::{PairArgs, WatchArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::{Target, open_settings};
use super::{interrupt, password, progress, takeover};

/// How long the end of the work is waited for when somebody wants it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps folders equal until somebody wants an end.
pub(super) async fn watch(console: &Console, args: &WatchArgs) -> Result<Exit, Failure> {
    let is_named = !args.local_dirs.is_empty();
    let (mut setups, mut typed) = (Vec::new(), Typed::default());
    for target in targets(console, args)? {
        takeover::remark(console, &target, args.side.server.is_none());
        match password::find(console, args.sign_in.password_file.as_deref(), &target.pair).await {
            // Of all that is configured the others are watched, and this one as
            // soon as somebody keeps its password.
            Err(Failure::NoPassword | Failure::Keychain(_)) if !is_named => {}
            found => typed.keep(&target, found?),
        }
        setups.push(setup(target)?);
    }
    Desk::here()?.learn_proxy_passwords().await?;
    let host = Host::new(Places::find()?, Live::default(), means(console, args, typed));
    let mut living = Box::pin(
        async { if is_named { host.watch(setups).await } else { host.watch_configured().await } }
            .fuse(),
    );
    tokio::select! {
        biased;
        () = interrupt::wanted() => {}
        () = &mut living => {}
        () = tell(console, host.pairs(), host.clock()) => {}
    }
    host.end();
    tokio::select! {
        () = &mut living => {}
        // A system call that never returns: what was achieved is written down.
        () = host.clock().sleep(PATIENCE) => {}
    }
    Ok(Exit::Equal)
}

/// The pairs that are meant.
fn targets(console: &Console, args: &WatchArgs) -> Result<Vec<Target>, Failure> {
    let dirs: Vec<PathBuf> = match args.local_dirs.as_slice() {
        [] => open_settings(console)?.folders.into_iter().map(|folder| folder.path).collect(),
        dirs => dirs.to_vec(),
    };
    if dirs.is_empty() {
        return Err(Failure::NoFolders);
    }
    let found = dirs
        .into_iter()
        .map(|local_dir| Target::find(console, &PairArgs { local_dir, side: args.side.clone() }));
    found.collect()
}

/// How a pair that was named is to be watched.
fn setup(target: Target) -> Result<Setup, Failure> {
    let proxy = target.proxy_choice()?;
    let known = target.settings.as_ref();
    let known = known.and_then(|settings| settings.account(Some(&target.account)).ok().cloned());
    let account = known.unwrap_or_else(|| {
        Account::new(target.pair.server.clone(), target.pair.user.clone(), target.ca_file)
    });
    let is_configured = target.settings.is_some();
    Ok(Setup { pair: target.pair, account, state_dir: target.state_dir, proxy, is_configured })
}

/// What was typed when the watch began: it is only in our memory.
#[derive(Clone, Default)]
struct Typed(Rc<RefCell<Vec<(Address, String, Secret)>>>);

impl Typed {
    fn keep(&mut self, target: &Target, secret: Secret) {
        let (server, user) = (target.pair.server.clone(), target.pair.user.clone());
        self.0.borrow_mut().push((server, user, secret));
    }

    fn of(&self, server: &Address, user: &str) -> Option<Secret> {
        let kept = self.0.borrow();
        let found = kept.iter().find(|(of, by, _)| of == server && by == user);
        found.map(|(.., secret)| secret.clone())
    }
}

fn means(console: &Console, args: &WatchArgs, typed: Typed) -> Means {
    let file = args.sign_in.password_file.clone();
    let (shown, told) = (console.clone(), console.clone());
    Means {
        // Looked for where it is kept, for it may have been changed.
        password: Rc::new(move |server, user| {
            let (file, typed) = (file.clone(), typed.clone());
            async move {
                let kept = password::again(file.as_deref(), &server, &user).await;
                kept.or_else(|| typed.of(&server, &user))
            }
            .boxed_local()
        }),
        proxy_password: Rc::new(password::of_proxy_now),
        ca_file: args.sign_in.ca_file.clone(),
        hears: Rc::new(move |_: &Path, event| {
            progress::ended(&shown.texts, event).iter().for_each(|line| shown.print(line));
        }),
        tells: Rc::new(move |notice| remark(&told, &notice)),
    }
}

/// Says what people should know of the host.
fn remark(console: &Console, notice: &Notice) {
    match notice {
        Notice::SettingsBroken(error) => {
            console.remark(&text::settings(&console.texts, error));
            console.remark(&console.texts.explain("watch-settings-broken", &[]));
        }
        Notice::Unfit(_, error) => console.remark(&text::settings(&console.texts, error)),
        Notice::NoSocket(_) => console.remark(&console.texts.explain("watch-no-socket", &[])),
    }
}

/// Says how pairs stand whenever that is news, for whatever pairs there are.
async fn tell(console: &Console, pairs: &Pairs, clock: &SystemClock) {
    let mut changes = pairs.follow();
    let (mut known, mut tellers) = (Vec::<Rc<Watched>>::new(), FuturesUnordered::new());
    loop {
        let now = pairs.all();
        for pair in now.iter().filter(|pair| !known.iter().any(|one| Rc::ptr_eq(one, pair))) {
            tellers.push(tell_of(console, pair.clone(), clock));
        }
        known = now;
        tokio::select! {
            // The list outlives whoever looks at it.
            _ = changes.changed() => {}
            Some(()) = tellers.next() => {}
        }
    }
}

/// Says how a pair stands whenever that is news.
async fn tell_of(console: &Console, watched: Rc<Watched>, clock: &SystemClock) {
    let (host, place) = (watched.pair.server.host(), watched.state_dir.to_string_lossy());
    let folder = watched.pair.local.to_string_lossy();
    let mut shown = watched.board.follow();
    let mut last = String::new();
    loop {
        let line = {
            let standing = shown.borrow_and_update();
            // While bytes go by this comes often.
            let is_passing = matches!(
                standing.state,
                State::Starting | State::Checking | State::Syncing(_) | State::Waiting
            );
            let now = (clock.wall(), clock.now());
            let said = || text::standing(&console.texts, &standing, (&host, &place), now);
            (!is_passing).then(|| said().to_string())
        };
        if let Some(line) = line.filter(|line| *line != last) {
            let args = [("path", folder.as_ref().into()), ("sentence", line.as_str().into())];
            console.say("line-item", &args);
            last = line;
        }
        if shown.changed().await.is_err() {
            return;
        }
    }
}
