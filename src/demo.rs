//! `navette demo`: two computers, one account, a small story, nothing to set up.
//!
//! Everything in it is real: the cloud is `navette serve` in its Nextcloud
//! dialect on loopback, the computers are two folders, each with its own
//! journal, and what syncs them is the engine as everybody runs it. Only the
//! people are played.

mod computer;
mod furnished;
mod picture;
mod project;
mod story;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use thiserror::Error;

use crate::clock::{Clock as _, SystemClock};
use crate::cloud::{self, Dialect, ServeOptions};
use crate::pair::OpenError;
use crate::report::EngineError;
use crate::secret::keychain::KeychainError;
use crate::settings::SettingsError;
use crate::text::Texts;

pub use furnished::furnished;

use computer::Computer;
use story::Story;

/// The one account of the demo.
const LOGIN: &str = "marie";
/// Its password: nobody but this process can reach the server.
const PASSWORD: &str = "local-demo-only";

/// How the demo is to be played.
pub struct Demo {
    /// The words.
    pub texts: Rc<Texts>,
    /// Leave everything running at the end, and sync every second.
    pub keep: bool,
    /// Where the folders are made; none: in a new folder for temporary files.
    pub folder: Option<PathBuf>,
    /// Takes a line of the story.
    pub print: Box<dyn Fn(&str)>,
}

/// Why the demo cannot be played to its end.
#[derive(Debug, Error)]
pub enum DemoError {
    /// A folder or file of the stage could not be made or read.
    #[error("{}: {source}", path.display())]
    Stage {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The cloud cannot be served.
    #[error("the demo's server: {0}")]
    Cloud(std::io::Error),
    /// A computer cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What is configured for the demo cannot be.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Its password cannot be kept.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// Both folders are not equal at the end: a defect of Navette.
    #[error("the folders differ: {0}")]
    Differ(String),
}

/// The result of a part of the demo.
type Result<T> = std::result::Result<T, DemoError>;

/// Plays the demo. With [`Demo::keep`] it goes on until `interrupted` completes.
///
/// # Errors
///
/// If the stage cannot be set, or the folders are not equal at the end.
pub async fn run(demo: Demo, interrupted: impl Future<Output = ()>) -> Result<()> {
    let stage = match &demo.folder {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir()
            .join(format!("navette-demo-{:.8}", uuid::Uuid::new_v4().simple().to_string())),
    };
    let options = ServeOptions {
        data: Some(stage.join("cloud")),
        users: vec![(LOGIN.to_owned(), PASSWORD.to_owned())],
        ..ServeOptions::new(Dialect::Nextcloud)
    };
    let (opened, address) = futures::channel::oneshot::channel();
    let (end, ended) = futures::channel::oneshot::channel::<()>();
    let serving = cloud::serve(
        options,
        // The other end is only gone if the story has already failed.
        |ready| {
            let _ = opened.send(ready.address);
        },
        async {
            let _ = ended.await;
        },
    );
    let telling = async {
        let told = match address.await {
            Ok(address) => tell(&demo, &stage, address, interrupted).await,
            // The server has ended before it began, and says why itself.
            Err(_) => Ok(()),
        };
        drop(end);
        told
    };
    let (served, told) = futures::join!(serving, telling);
    told?;
    served.map_err(DemoError::Cloud)
}

async fn tell(
    demo: &Demo,
    stage: &std::path::Path,
    address: SocketAddr,
    interrupted: impl Future<Output = ()>,
) -> Result<()> {
    let story = Story {
        demo,
        laptop: Computer::new(stage, "Laptop", address)?,
        desktop: Computer::new(stage, "Desktop", address)?,
    };
    story.tell().await?;
    if demo.keep {
        story.invite(address);
        tokio::select! {
            played = play(&story) => played?,
            () = interrupted => {}
        }
    }
    Ok(())
}

/// Syncs both computers every second.
async fn play(story: &Story<'_>) -> Result<()> {
    let clock = SystemClock::new();
    loop {
        for computer in [&story.laptop, &story.desktop] {
            // A trouble of one round (a file that is just being written) may
            // be gone in the next.
            if let Err(error) = computer.sync(story.demo, true).await {
                (story.demo.print)(&format!("   {error}"));
            }
        }
        clock.sleep(Duration::from_secs(1)).await;
    }
}
