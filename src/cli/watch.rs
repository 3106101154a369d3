//! `navette watch`.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{FutureExt as _, join_all};

use crate::activity::Recorder;
use crate::api::{self, Listener, Watched};
use crate::clock::{Clock as _, SystemClock};
use crate::secret::Secret;
use crate::settings::{Follower, PauseFile, Places, Settings};
use crate::surroundings::{Here, Senses as _, Told};
use crate::text;
use crate::watch::{Asks, Board, Circumstances, Live, Reopened, State, Wishes, stay};

use super::args::{PairArgs, WatchArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::{Target, open_settings};
use super::{interrupt, password, progress, takeover};

/// How long the end of the work is waited for when somebody wants it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps folders equal until somebody wants an end.
pub(super) async fn watch(console: &Console, args: &WatchArgs) -> Result<Exit, Failure> {
    let clock = SystemClock::new();
    let (mut live, around) = (Live::default(), Told::default());
    let mut pairs = Vec::new();
    for target in targets(console, args)? {
        pairs.push(watched(console, args, target, (&mut live, &around), &clock).await?);
    }
    let (reopened, watched): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let stays = reopened.iter().zip(&watched);
    let mut living =
        join_all(stays.map(|(pair, watched)| stay(pair, &watched.wishes, &watched.board))).fuse();
    let serving = serve(console, &watched, &clock);
    let telling = join_all(watched.iter().map(|pair| tell(console, pair)));
    tokio::select! {
        biased;
        () = interrupt::wanted() => {}
        _ = &mut living => {}
        () = serving => {}
        _ = telling => {}
        () = follow(console, &live, &watched, &clock) => {}
        () = sense(&around) => {}
    }
    watched.iter().for_each(|pair| pair.wishes.end());
    tokio::select! {
        _ = &mut living => {}
        // A system call that never returns: what was achieved is written down.
        () = clock.sleep(PATIENCE) => {}
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

async fn watched(
    console: &Console,
    args: &WatchArgs,
    target: Target,
    (live, around): (&mut Live, &Told),
    clock: &SystemClock,
) -> Result<(Reopened, Watched), Failure> {
    takeover::remark(console, &target, args.side.server.is_none());
    let file = args.sign_in.password_file.clone();
    let kept = match password::find(console, file.as_deref(), &target.pair).await {
        // Of all that is configured the others are watched, and this one as
        // soon as somebody keeps its password.
        Err(Failure::NoPassword | Failure::Keychain(_)) if args.local_dirs.is_empty() => None,
        found => Some(found?),
    };
    let choices = target.choices(live)?;
    let wishes = Rc::new(Wishes::kept(PauseFile::of(&target.state_dir)));
    let board = Rc::new(Board::new(clock.wall()));
    let activity = Rc::new(Recorder::new(&target.state_dir));
    let shown = console.clone();
    let watched = Watched {
        pair: target.pair.clone(),
        state_dir: target.state_dir.clone(),
        board: board.clone(),
        wishes,
        activity: activity.clone(),
    };
    let reopened = Reopened {
        password: asks(file, kept, &target),
        terms: target.terms(&choices)?,
        circumstances: Circumstances::new(around.hear(), choices.policy),
        pair: target.pair,
        state_dir: target.state_dir,
        user_id: target.user_id,
        ca_file: args.sign_in.ca_file.clone().or(target.ca_file),
        chooses: target.chooses,
        board,
        activity,
        listener: Rc::new(move |event| {
            progress::ended(&shown.texts, event).iter().for_each(|line| shown.print(line));
        }),
        clock: clock.clone(),
    };
    Ok((reopened, watched))
}

/// Looks for the password where it is kept, for it may have been changed;
/// what was typed when the watch began is only in our memory.
fn asks(file: Option<PathBuf>, kept: Option<Secret>, target: &Target) -> Asks {
    let (server, user) = (target.pair.server.clone(), target.pair.user.clone());
    Box::new(move || {
        let (file, kept) = (file.clone(), kept.clone());
        let (server, user) = (server.clone(), user.clone());
        async move { password::again(file.as_deref(), &server, &user).await.or(kept) }.boxed_local()
    })
}

/// Takes what is chosen otherwise, whoever has written it into the settings.
async fn follow(console: &Console, live: &Live, watched: &[Watched], clock: &SystemClock) {
    let path = Places::find().ok().map(|places| places.settings());
    let Some(path) = path.filter(|_| live.is_configured()) else {
        return std::future::pending().await;
    };
    let mut follower = Follower::of(&path);
    loop {
        follower.changed(clock).await;
        match Settings::open(&path).and_then(|settings| live.take(&settings)) {
            Ok(()) => watched.iter().for_each(|pair| pair.wishes.heed()),
            // A person may be in the midst of writing it.
            Err(error) => {
                let said = text::settings(&console.texts, &error);
                console.remark(&said);
                console.remark(&console.texts.explain("watch-settings-broken", &[]));
            }
        }
    }
}

/// Listens to what the system tells of the surroundings, if it does.
async fn sense(around: &Told) {
    Here.sense(around).await;
    std::future::pending().await
}

/// Answers others, if the system gives a socket for it.
async fn serve(console: &Console, watched: &[Watched], clock: &SystemClock) {
    let opened = Places::find().map(|places| Listener::open(&places.run_dir()));
    match opened {
        Ok(Ok(listener)) => api::serve(listener, watched, clock).await,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no socket");
            console.remark(&console.texts.explain("watch-no-socket", &[]));
            std::future::pending().await
        }
        Err(error) => {
            tracing::warn!(%error, "no place for a socket");
            std::future::pending().await
        }
    }
}

/// Says how a pair stands whenever that is news.
async fn tell(console: &Console, watched: &Watched) {
    let clock = SystemClock::new();
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
            let said = || text::standing(&console.texts, &standing, &host, &place, clock.wall());
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
