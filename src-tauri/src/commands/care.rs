//! What there is to know of the program, and what is given to whoever helps.

use std::path::PathBuf;

use futures::FutureExt as _;
use navette::diagnose::{self, GatherError, Sought};
use navette::settings::Places;
use navette::text::{self, Said, Texts};
use serde::Serialize;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_opener::OpenerExt as _;

use crate::refused::Refused;
use crate::thread::Thread;
use crate::{preferences, update};

/// An archive that was written.
#[derive(Debug, Serialize)]
pub(crate) struct Gathered {
    path: String,
    bytes: u64,
    files: Vec<String>,
}

/// What Navette is made of, and where it keeps what.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    version: &'static str,
    licence: &'static str,
    components: serde_json::Value,
    log_dir: String,
    settings: String,
    updates: &'static str,
}

/// What is not ours, with its licence (`build.rs`).
const COMPONENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/components.json"));

/// Writes an archive for whoever helps.
#[tauri::command]
pub(crate) async fn gather(
    app: AppHandle,
    thread: State<'_, Thread>,
    names: bool,
    to: PathBuf,
) -> Result<Gathered, Refused> {
    let path = to.to_string_lossy().into_owned();
    let gathered = thread.run(move || {
        async move {
            let places = Places::find().map_err(GatherError::Settings)?;
            diagnose::gather(&places, &Sought { names, ..Sought::default() }, &to).await
        }
        .boxed_local()
    });
    match gathered.await? {
        Ok(gathered) => Ok(Gathered { path, bytes: gathered.bytes, files: gathered.files }),
        Err(error) => {
            let texts = preferences::texts(&app);
            let said = match &error {
                GatherError::Settings(error) => text::settings(&texts, error),
                GatherError::Log(..) | GatherError::Unwritten(..) => {
                    not_gathered(&texts, &path, &error)
                }
            };
            Err(Refused::because("not-gathered", said, &error))
        }
    }
}

fn not_gathered(texts: &Texts, path: &str, error: &GatherError) -> Said {
    let reason = error.to_string();
    let args = [("path", path.into()), ("reason", text::plain(&reason).into())];
    texts.explain("error-not-gathered", &args)
}

/// Shows the folder of the log.
#[tauri::command]
pub(crate) async fn open_log(app: AppHandle) -> Result<(), Refused> {
    let places =
        Places::find().map_err(|error| Refused::settings(&preferences::texts(&app), &error))?;
    let opened = app.opener().open_path(places.log_dir().to_string_lossy(), None::<&str>);
    opened.map_err(|error| not_opened(&app, &error))
}

fn not_opened(app: &AppHandle, error: &dyn std::error::Error) -> Refused {
    let said = preferences::texts(app).explain("error-opens-nothing", &[]);
    Refused::because("opens-nothing", said, error)
}

/// What Navette is made of.
#[tauri::command]
pub(crate) async fn about(app: AppHandle) -> Result<About, Refused> {
    let places =
        Places::find().map_err(|error| Refused::settings(&preferences::texts(&app), &error))?;
    Ok(About {
        version: env!("CARGO_PKG_VERSION"),
        licence: env!("CARGO_PKG_LICENSE"),
        components: serde_json::from_str(COMPONENTS).unwrap_or_default(),
        log_dir: places.log_dir().to_string_lossy().into_owned(),
        settings: places.settings().to_string_lossy().into_owned(),
        updates: if update::is_on() { "on" } else { "off" },
    })
}

/// Asks for a folder of this computer.
#[tauri::command]
pub(crate) async fn pick_folder(
    app: AppHandle,
    title: String,
    at: Option<PathBuf>,
) -> Option<String> {
    let mut asks = app.dialog().file().set_title(title);
    if let Some(at) = at {
        asks = asks.set_directory(at);
    }
    picked(|answer| asks.pick_folder(answer)).await
}

/// Asks where an archive is to be written.
#[tauri::command]
pub(crate) async fn pick_archive(app: AppHandle, title: String) -> Option<String> {
    let asks = app.dialog().file().set_title(title).set_file_name("navette-diagnose.zip");
    let asks = asks.add_filter("zip", &["zip"]);
    picked(|answer| asks.save_file(answer)).await
}

/// What was picked; none if nobody picked anything.
async fn picked(ask: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<String> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    ask(Box::new(move |picked| {
        // Whoever asked may have gone.
        let _ = answer.send(picked);
    }));
    let path = answered.await.ok().flatten()?.into_path().ok()?;
    Some(path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_has_a_name_a_version_and_a_licence() {
        let components: Vec<serde_json::Value> = serde_json::from_str(COMPONENTS).unwrap();
        assert!(components.len() > 100, "only {}", components.len());
        for component in &components {
            for key in ["name", "version", "licence"] {
                let text = component[key].as_str();
                assert!(text.is_some_and(|text| !text.is_empty()), "{component}");
            }
        }
        for name in ["tauri", "tokio", "svelte", "@tauri-apps/api"] {
            assert!(components.iter().any(|component| component["name"] == name), "{name}");
        }
        assert!(!components.iter().any(|component| component["name"] == "navette"));
    }
}
