//! What a person does again and again.

use std::path::{Path, PathBuf};

use navette::cloud::Dialect;

use crate::stage::{LOGIN, PASSWORD, Server, Stage, Window, until};

/// What a person looks for on the way to a synced folder.
pub(crate) struct Words {
    begin: &'static str,
    address: &'static str,
    address_used: &'static str,
    go_on: &'static str,
    sign_in_to: &'static str,
    login: &'static str,
    by_password: &'static str,
    local_password: &'static str,
    password: &'static str,
    sign_in: &'static str,
    signed_in: &'static str,
    folder: &'static str,
    ready: &'static str,
    start: &'static str,
    done: &'static str,
    to_home: &'static str,
    pub(crate) up_to_date: &'static str,
}

const ENGLISH: Words = Words {
    begin: "Begin",
    address: "Server address",
    address_used: "Address used",
    go_on: "Continue",
    sign_in_to: "Sign in to",
    login: "Login or e-mail address",
    by_password: "Use a password instead",
    local_password: "Local password",
    password: "Password",
    sign_in: "Sign in",
    signed_in: "Signed in as",
    folder: "Folder on this computer",
    ready: "Ready to start",
    start: "Start",
    done: "Everything is here",
    to_home: "Go to Home",
    up_to_date: "Everything is up to date",
};

const FRENCH: Words = Words {
    begin: "Commencer",
    address: "Adresse du serveur",
    address_used: "Adresse utilisée",
    go_on: "Continuer",
    sign_in_to: "Connexion à",
    login: "Identifiant ou adresse e-mail",
    by_password: "Utiliser plutôt un mot de passe",
    local_password: "Mot de passe local",
    password: "Mot de passe",
    sign_in: "Se connecter",
    signed_in: "Connexion faite",
    folder: "Dossier sur cet ordinateur",
    ready: "Prêt à commencer",
    start: "Commencer",
    done: "Tout est là",
    to_home: "Aller à l’accueil",
    up_to_date: "Tout est à jour",
};

/// What is read in this window, in the language of whoever sits before it.
pub(crate) fn words(window: &Window) -> &'static Words {
    if window.language.starts_with("fr") { &FRENCH } else { &ENGLISH }
}

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
    let words = words(&window);
    find_server(&window, &server).await;
    sign_in(&window, PASSWORD).await;
    let folder = stage.path("Documents/Work");
    choose_folder(&window, &folder).await;
    window.press("button", words.start).await;
    window.sees(words.done).await;
    window.press("button", words.to_home).await;
    window.sees(words.up_to_date).await;
    Settled { server, folder, window }
}

/// From the first view to the server's sign-in.
pub(crate) async fn find_server(window: &Window, server: &Server) {
    let words = words(window);
    begin(window).await;
    window.fill(words.address, &server.address).await;
    window.sees(words.address_used).await;
    window.press("button", words.go_on).await;
    window.find("heading", words.sign_in_to).await;
}

/// The first start shows the assistant, or the one button that leads to it.
async fn begin(window: &Window) {
    let words = words(window);
    until("the assistant, or the way to it", async || {
        if window.look("textbox", words.address).await.is_some() {
            return Some(());
        }
        let begin = window.look("button", words.begin).await?;
        begin.click().await.ok()?;
        None
    })
    .await;
}

/// By login and password, also where the browser is offered first.
pub(crate) async fn sign_in(window: &Window, password: &str) {
    let words = words(window);
    let login = words.login;
    until("the fields for login and password", async || {
        if window.look("textbox", login).await.is_some() {
            return Some(());
        }
        window.look("button", words.by_password).await?.click().await.ok()?;
        None
    })
    .await;
    window.fill(login, LOGIN).await;
    let field = if window.look("textbox", words.local_password).await.is_some() {
        words.local_password
    } else {
        words.password
    };
    window.fill(field, password).await;
    window.press("button", words.sign_in).await;
}

/// On to the folders, which folder of this computer, and on to the summary.
pub(crate) async fn choose_folder(window: &Window, folder: &Path) {
    let words = words(window);
    let shown = until("the folders, or that somebody is signed in", async || {
        if window.look("textbox", words.folder).await.is_some() {
            return Some(true);
        }
        window.look("heading", words.signed_in).await.map(|_| false)
    })
    .await;
    if !shown {
        window.press("button", words.go_on).await;
    }
    window.fill(words.folder, &folder.to_string_lossy()).await;
    until("the summary", async || {
        if window.look("heading", words.ready).await.is_some() {
            return Some(());
        }
        window.look("button", words.go_on).await?.click().await.ok()?;
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
