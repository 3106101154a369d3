//! What a person does again and again.

use std::path::{Path, PathBuf};

use navette::cloud::Dialect;

use crate::stage::{LOGIN, PASSWORD, Server, Stage, Window, until};

/// Somebody with a folder that is synced already.
pub(crate) struct Settled {
    pub(crate) server: Server,
    pub(crate) folder: PathBuf,
    pub(crate) window: Window,
}

/// A server of this family with one file, and a first start that ends in a synced folder.
pub(crate) async fn settle(stage: &Stage, dialect: Dialect) -> Settled {
    let server = Server::start(dialect).await;
    server.write("Thesis/chapter 1.txt", "It begins.\n");
    let window = stage.open(&[]).await;
    find_server(&window, &server).await;
    sign_in(&window, PASSWORD).await;
    let folder = stage.path("Documents/Work");
    choose_folder(&window, &folder).await;
    window.press("button", "Start").await;
    window.sees("Everything is here").await;
    window.press("button", "Go to Home").await;
    window.sees("Everything is up to date").await;
    Settled { server, folder, window }
}

/// From the first view to the server's sign-in.
pub(crate) async fn find_server(window: &Window, server: &Server) {
    begin(window).await;
    window.fill("Server address", &server.address).await;
    window.sees("Address used").await;
    window.press("button", "Continue").await;
    window.find("heading", "Sign in to").await;
}

/// The first start shows the assistant, or the one button that leads to it.
async fn begin(window: &Window) {
    until("the assistant, or the way to it", async || {
        if window.look("textbox", "Server address").await.is_some() {
            return Some(());
        }
        let begin = window.look("button", "Begin").await?;
        begin.click().await.ok()?;
        None
    })
    .await;
}

/// By login and password, also where the browser is offered first.
pub(crate) async fn sign_in(window: &Window, password: &str) {
    let login = "Login or e-mail address";
    until("the fields for login and password", async || {
        if window.look("textbox", login).await.is_some() {
            return Some(());
        }
        window.look("button", "Use a password instead").await?.click().await.ok()?;
        None
    })
    .await;
    window.fill(login, LOGIN).await;
    let field = if window.look("textbox", "Local password").await.is_some() {
        "Local password"
    } else {
        "Password"
    };
    window.fill(field, password).await;
    window.press("button", "Sign in").await;
}

/// On to the folders, which folder of this computer, and on to the summary.
pub(crate) async fn choose_folder(window: &Window, folder: &Path) {
    let shown = until("the folders, or that somebody is signed in", async || {
        if window.look("textbox", "Folder on this computer").await.is_some() {
            return Some(true);
        }
        window.look("heading", "Signed in as").await.map(|_| false)
    })
    .await;
    if !shown {
        window.press("button", "Continue").await;
    }
    window.fill("Folder on this computer", &folder.to_string_lossy()).await;
    until("the summary", async || {
        if window.look("heading", "Ready to start").await.is_some() {
            return Some(());
        }
        window.look("button", "Continue").await?.click().await.ok()?;
        None
    })
    .await;
}

/// Waits until a file here holds this.
pub(crate) async fn holds(path: &Path, text: &str) {
    until(format!("{} with “{text}”", path.display()), async || {
        (std::fs::read_to_string(path).ok()? == text).then_some(())
    })
    .await;
}

/// Waits until a file of the server holds this.
pub(crate) async fn server_holds(server: &Server, path: &str, text: &str) {
    until(format!("{path} on the server with “{text}”"), async || {
        (server.read(path)? == text).then_some(())
    })
    .await;
}

/// Goes to a view by the side bar.
pub(crate) async fn go(window: &Window, view: &str) {
    window.press("link", view).await;
}
