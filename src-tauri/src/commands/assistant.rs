//! What the assistant asks. A password goes from here into the library, and
//! nothing with which one could sign in ever comes back.

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use navette::accounts::{self, Assistant, Desk, Refusal};
use navette::api::{
    self, BrowserSignIn, Fit, Place, PlaceReport, Plan, Recognised, RemoteFolder, SignedIn,
};
use navette::secret::Secret;
use navette::settings::{Places, remote_path};
use navette::text;
use serde_json::json;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_opener::OpenerExt as _;

use crate::preferences;
use crate::refused::Refused;
use crate::thread::Thread;

/// The sign-ins that are on their way; none where there is no place for settings.
pub(crate) struct Begun(Option<Arc<Assistant>>);

impl Begun {
    /// Nobody has begun.
    pub(crate) fn none() -> Self {
        Self(Desk::here().ok().map(|desk| Arc::new(Assistant::new(desk))))
    }
}

fn refused(app: &AppHandle, refusal: &Refusal) -> Refused {
    let said = text::refusal(&preferences::texts(app), refusal);
    let (code, field, details) = (refusal.word(), refusal.field(), Some(refusal.to_string()));
    Refused { code, said: said.into(), details, field }
}

/// A page of a server that the assistant was asked for.
pub(super) fn page(app: &AppHandle, url: &str) -> Option<String> {
    app.state::<Begun>().0.as_ref()?.page(url)
}

/// Lets the assistant do something on the thread that awaits.
async fn with<T, F>(app: &AppHandle, work: F) -> Result<T, Refused>
where
    T: Send + 'static,
    F: FnOnce(Arc<Assistant>) -> LocalBoxFuture<'static, Result<T, Refusal>> + Send + 'static,
{
    let assistant = app.state::<Begun>().0.clone();
    let nowhere = navette::settings::SettingsError::NoHome;
    let assistant = assistant.ok_or_else(|| refused(app, &nowhere.into()))?;
    let done = app.state::<Thread>().run(move || work(assistant)).await?;
    done.map_err(|refusal| refused(app, &refusal))
}

/// What answers at an address.
#[tauri::command]
pub(crate) async fn recognise(app: AppHandle, address: String) -> Result<Recognised, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.recognise(&address).await.map(Recognised::from)
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Signs in with login and password.
#[tauri::command]
pub(crate) async fn sign_in(
    app: AppHandle,
    address: String,
    login: String,
    password: String,
) -> Result<SignedIn, Refused> {
    let password = Secret::new(password);
    let asked = move |assistant: Arc<Assistant>| async move {
        let (name, session) = assistant.sign_in(&address, &login, password).await?;
        Ok(api::signed_in(name, &session).await)
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Opens the server's page in the browser.
#[tauri::command]
pub(crate) async fn sign_in_by_browser(
    app: AppHandle,
    address: String,
) -> Result<BrowserSignIn, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.by_browser(&address).await.map(BrowserSignIn::from)
    };
    let begun = with(&app, |assistant| asked(assistant).boxed_local()).await?;
    Ok(opened(&app, begun))
}

/// The window shows the page, too: who has no browser here copies it elsewhere.
fn opened(app: &AppHandle, begun: BrowserSignIn) -> BrowserSignIn {
    if let Err(error) = app.opener().open_url(&begun.url, None::<&str>) {
        tracing::warn!(%error, "no browser was opened");
    }
    begun
}

/// Waits until somebody has signed in there.
#[tauri::command]
pub(crate) async fn browser_signed_in(app: AppHandle, id: String) -> Result<SignedIn, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        let (name, session) = assistant.browser_signed_in(&id).await?;
        wake(&session.account.name).await;
        Ok(api::signed_in(name, &session).await)
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Gives it up.
#[tauri::command]
pub(crate) async fn cancel_browser(app: AppHandle, id: String) -> Result<(), Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.cancel_browser(&id);
        Ok(())
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// The session of an account that is there.
#[tauri::command]
pub(crate) async fn session_of(app: AppHandle, account: String) -> Result<SignedIn, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        let (name, session) = assistant.session_of(&account).await?;
        Ok(api::signed_in(name, &session).await)
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Signs in again to an account that is there.
#[tauri::command]
pub(crate) async fn sign_in_again(
    app: AppHandle,
    account: String,
    password: String,
) -> Result<(), Refused> {
    let password = Secret::new(password);
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.sign_in_again(&account, password).await?;
        wake(&account).await;
        Ok(())
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Opens the page of an account that is there.
#[tauri::command]
pub(crate) async fn sign_in_again_by_browser(
    app: AppHandle,
    account: String,
) -> Result<BrowserSignIn, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.again_by_browser(&account).await.map(BrowserSignIn::from)
    };
    let begun = with(&app, |assistant| asked(assistant).boxed_local()).await?;
    Ok(opened(&app, begun))
}

/// Whoever watches the account's folders looks at once whether it is let in.
async fn wake(account: &str) {
    let Ok(places) = Places::find() else { return };
    for folder in accounts::folders_of(&places, account) {
        let folder = folder.to_string_lossy();
        let _ = api::ask(&places.run_dir(), "sync", &json!({"folder": folder})).await;
    }
}

/// Trusts one certificate of the server of an account, for this server only.
#[tauri::command]
pub(crate) async fn trust_certificate(
    app: AppHandle,
    account: String,
    fingerprint: String,
) -> Result<(), Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.trust_certificate(&account, &fingerprint).await?;
        wake(&account).await;
        Ok(())
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Trusts one certificate of a server to which nobody is signed in yet.
#[tauri::command]
pub(crate) async fn trust_server(
    app: AppHandle,
    address: String,
    fingerprint: String,
) -> Result<(), Refused> {
    let asked =
        move |assistant: Arc<Assistant>| async move { assistant.trust(&address, &fingerprint) };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// The places to propose.
#[tauri::command]
pub(crate) async fn places(app: AppHandle, session: String) -> Result<Vec<Place>, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        Ok(assistant.places(&session)?.into_iter().map(Place::from).collect())
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// What is at a place.
#[tauri::command]
pub(crate) async fn examine_place(
    app: AppHandle,
    session: String,
    path: PathBuf,
) -> Result<PlaceReport, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move { assistant.examine(&session, &path) };
    let report = with(&app, |assistant| asked(assistant).boxed_local()).await?;
    Ok(PlaceReport::of(&preferences::texts(&app), &report))
}

/// The folders directly in a folder of the server.
#[tauri::command]
pub(crate) async fn remote_folders(
    app: AppHandle,
    session: String,
    path: String,
) -> Result<Vec<RemoteFolder>, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        let dir = remote_path(&path)?;
        let folders = assistant.session(&session)?.folders(&dir).await?;
        Ok(folders.into_iter().map(|folder| RemoteFolder::of(&dir, folder)).collect())
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Makes a folder on the server.
#[tauri::command]
pub(crate) async fn create_remote_folder(
    app: AppHandle,
    session: String,
    path: String,
) -> Result<RemoteFolder, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        let path = remote_path(&path)?;
        let made = assistant.session(&session)?.create_folder(&path).await?;
        Ok(RemoteFolder::of(&path.parent().unwrap_or_default(), made))
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Whether what is wanted fits.
#[tauri::command]
pub(crate) async fn fit(app: AppHandle, plan: Plan) -> Result<Fit, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.fit(&plan.session, &plan.meant()?).await
    };
    let fit = with(&app, |assistant| asked(assistant).boxed_local()).await?;
    Ok(Fit::of(&preferences::texts(&app), &fit))
}

/// Writes it down. Whoever follows the settings begins.
#[tauri::command]
pub(crate) async fn finish(app: AppHandle, plan: Plan) -> Result<PathBuf, Refused> {
    let asked = move |assistant: Arc<Assistant>| async move {
        assistant.finish(&plan.session, &plan.meant()?).await
    };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}

/// Gives back what was signed in with.
#[tauri::command]
pub(crate) async fn abandon(app: AppHandle, session: String) -> Result<(), Refused> {
    let asked = move |assistant: Arc<Assistant>| async move { assistant.abandon(&session).await };
    with(&app, |assistant| asked(assistant).boxed_local()).await
}
