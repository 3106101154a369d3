//! The stage for a program with a window: a server, an account there that is
//! configured, two folders, and a colleague who goes on working.
//!
//! Who calls it has confined the process before ([`Places::confine`],
//! [`keychain::keep_in_memory`]): what is configured here is never the user's.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use super::computer::Computer;
use super::{Demo, DemoError, LOGIN, PASSWORD, Result, project};
use crate::clock::{Clock as _, SystemClock};
use crate::cloud::{self, Dialect, ServeOptions};
use crate::model::Choice;
use crate::secret::{Secret, keychain};
use crate::settings::{Account, Address, Folder, Places, Settings, remote_path};
use crate::text::{Language, Texts};

/// The folders, here and there.
const FOLDERS: [&str; 2] = ["Night sky", "Field data"];

/// The colleague does something after so long.
const PACE: Duration = Duration::from_secs(15);

/// Serves, furnishes, says `ready`, and lets the colleague work until `ended`
/// completes. All of it is in the folder `root`.
///
/// # Errors
///
/// If it cannot be furnished. What the colleague fails at later is only logged.
pub async fn furnished(
    root: &Path,
    ready: impl FnOnce(),
    ended: impl Future<Output = ()>,
) -> Result<()> {
    let options = ServeOptions {
        data: Some(root.join("cloud")),
        users: vec![(LOGIN.to_owned(), PASSWORD.to_owned())],
        ..ServeOptions::new(Dialect::Nextcloud)
    };
    let (opened, address) = futures::channel::oneshot::channel();
    let (end, over) = futures::channel::oneshot::channel::<()>();
    let name = |ready: cloud::Ready| {
        ready.cloud.lock().describe(LOGIN, Some("Marie Weber"), Some("marie@example.org"));
        let _ = opened.send(ready.address);
    };
    let serving = cloud::serve(options, name, async {
        let _ = over.await;
    });
    let living = async {
        let lived = match address.await {
            Ok(address) => live(root, address, ready, ended).await,
            // The server has ended before it began, and says why itself.
            Err(_) => Ok(()),
        };
        drop(end);
        lived
    };
    let (served, lived) = futures::join!(serving, living);
    lived?;
    served.map_err(DemoError::Cloud)
}

async fn live(
    root: &Path,
    address: SocketAddr,
    ready: impl FnOnce(),
    ended: impl Future<Output = ()>,
) -> Result<()> {
    let demo = Demo {
        texts: Rc::new(Texts::new(Language::detect())),
        keep: true,
        folder: None,
        print: Box::new(|line| tracing::debug!(line, "the demonstration")),
    };
    let colleague = Computer::new(root, "Ada", address)?;
    project::write(&colleague.folder.join(FOLDERS[0]))?;
    project::survey(&colleague.folder.join(FOLDERS[1]))?;
    colleague.sync(&demo, true).await?;
    let here = places(root)?;
    // What is here already, and other than there, is in two versions.
    let note = "# Spectra of the night sky\n\nMarie, with Ada and Henri. Draft of the week.\n";
    project::put(&here[0].join("README.md"), note.as_bytes(), Duration::from_secs(3600))?;
    configure(address, &here).await?;
    ready();
    tokio::select! {
        () = work(&demo, &colleague) => {}
        () = ended => {}
    }
    Ok(())
}

/// The folders of this computer, made.
fn places(root: &Path) -> Result<[PathBuf; 2]> {
    let places = FOLDERS.map(|name| root.join("Marie").join(name));
    for path in &places {
        std::fs::create_dir_all(path)
            .map_err(|source| DemoError::Stage { path: path.clone(), source })?;
    }
    Ok(places)
}

/// Writes account and folders into the settings of this process.
async fn configure(address: SocketAddr, here: &[PathBuf; 2]) -> Result<()> {
    let server = Address::parse(&format!("http://{address}"))?;
    let account = Account::new(server, LOGIN.to_owned(), None);
    keychain::store(account.name.clone(), Secret::new(PASSWORD)).await?;
    let mut settings = Settings::open(&Places::find()?.settings())?;
    let name = account.name.clone();
    settings.add_account(account)?;
    for (path, there) in here.iter().zip(FOLDERS) {
        let path = crate::settings::local_dir(path)?;
        let (account, choice) = (name.clone(), Choice::default());
        let remote_path = remote_path(&format!("/{there}"))?;
        settings.add_folder(Folder { path, account, remote_path, space: None, choice })?;
    }
    Ok(())
}

/// The colleague works.
async fn work(demo: &Demo, colleague: &Computer) {
    let clock = SystemClock::new();
    for turn in 1_u64.. {
        clock.sleep(PACE).await;
        let done = act(&colleague.folder, turn);
        if let Err(error) = done {
            tracing::info!(%error, "the colleague");
        }
        if let Err(error) = colleague.sync(demo, true).await {
            tracing::info!(%error, "the colleague");
        }
    }
}

/// One thing after the other.
fn act(folder: &Path, turn: u64) -> Result<()> {
    let [sky, field] = FOLDERS.map(|name| folder.join(name));
    match turn % 4 {
        0 => {
            project::add(&sky.join("notes/reunion été.md"), &format!("- night {turn} is measured"))
        }
        1 => {
            let name = format!("data/raw/night-{:02}.dat", turn / 4 + 4);
            project::put(&sky.join(name), &project::noise(turn, 512 * 1024), PACE)
        }
        2 => project::add(&field.join("soil samples.csv"), &format!("{turn},6.{},clay", turn % 10)),
        _ => project::put(
            &field.join(format!("transects/transect-{turn:02}.tif")),
            &project::noise(turn, 4 * 1024 * 1024),
            PACE,
        ),
    }
}
