//! The app's window, driven by what can be seen in it.

use std::cell::RefCell;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use fantoccini::elements::Element;
use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::process::Process;
use super::{Stage, until};

/// Finds a thing by its role and name.
const FIND: &str = include_str!("find.js");

/// Keeps what goes wrong from now on.
const LISTEN: &str = "
    window.__wrong ??= (() => {
        const wrong = [];
        const error = console.error.bind(console);
        console.error = (...words) => { wrong.push(words.map(String).join(' ')); error(...words); };
        addEventListener('error', (event) => wrong.push(String(event.message)));
        addEventListener('unhandledrejection', (event) => wrong.push(JSON.stringify(event.reason) + event.reason));
        return wrong;
    })();
    return null;";

thread_local! {
    /// The window that is open, for a picture of it if the case fails.
    static OPEN: RefCell<Option<Client>> = const { RefCell::new(None) };
    /// What keeps it open until then.
    static LEFT: RefCell<Option<Process>> = const { RefCell::new(None) };
}

/// An app that runs, with its window. Dropped, it is killed.
pub(crate) struct Window {
    client: Client,
    /// Which language is read in it.
    pub(crate) language: &'static str,
    /// The program itself.
    pub(crate) process: Pid,
    driver: Option<Process>,
}

impl Drop for Window {
    fn drop(&mut self) {
        if std::thread::panicking() {
            LEFT.set(self.driver.take());
        }
    }
}

impl Window {
    pub(crate) async fn open(stage: &Stage, app: &str, words: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = stage.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).arg("--host=127.0.0.1");
        let log = File::options().create(true).append(true).open(stage.path("app.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        let driver = Process::start(command);
        let options = json!({"webkitgtk:browserOptions": {"binary": app, "args": words}});
        let client = until("the window", async || {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(options.as_object().unwrap().clone());
            match builder.connect(&format!("http://127.0.0.1:{port}")).await {
                Ok(client) => Some(client),
                Err(NewSessionError::SessionNotCreated(error)) => panic!("{error}"),
                Err(_) => None,
            }
        })
        .await;
        OPEN.set(Some(client.clone()));
        client.execute(LISTEN, Vec::new()).await.unwrap();
        let process = until("the program", async || running(app, stage)).await;
        Self { client, language: stage.language, process, driver: Some(driver) }
    }

    /// What is written on the window itself.
    pub(crate) async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// All that can be read in it.
    pub(crate) async fn text(&self) -> String {
        let text = self.client.execute("return document.body.innerText", Vec::new()).await.unwrap();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this can be read.
    pub(crate) async fn sees(&self, text: &str) {
        until(format!("“{text}” in the window"), async || {
            self.text().await.contains(text).then_some(())
        })
        .await;
    }

    /// Waits until this cannot be read any more.
    pub(crate) async fn misses(&self, text: &str) {
        until(format!("a window without “{text}”"), async || {
            (!self.text().await.contains(text)).then_some(())
        })
        .await;
    }

    /// Waits for a thing of this role that is called so, or begins so.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Element {
        until(format!("{role} “{name}”"), async || self.look(role, name).await).await
    }

    /// The same, without waiting.
    pub(crate) async fn look(&self, role: &str, name: &str) -> Option<Element> {
        self.found(role, name, "first").await
    }

    /// The last of several: a dialog comes after what it lies upon.
    pub(crate) async fn last(&self, role: &str, name: &str) -> Option<Element> {
        self.found(role, name, "last").await
    }

    async fn found(&self, role: &str, name: &str, which: &str) -> Option<Element> {
        let asked = vec![json!(role), json!(name), json!(which)];
        let found = self.client.execute(FIND, asked).await.unwrap();
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), id.into()))
    }

    /// Presses it, once it can be pressed.
    pub(crate) async fn press(&self, role: &str, name: &str) {
        until(format!("{role} “{name}” that can be pressed"), async || {
            let element = self.look(role, name).await?;
            if !element.is_enabled().await.ok()? {
                return None;
            }
            // It may have moved, or been drawn anew, since.
            element.click().await.ok()
        })
        .await;
    }

    /// Writes into a field, instead of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = self.find("textbox", label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Runs a script in the page.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// What went wrong in the page since it stood.
    pub(crate) async fn wrong(&self) -> Vec<String> {
        let wrong = self.run("return window.__wrong").await;
        serde_json::from_value(wrong).unwrap()
    }

    /// Ends the program as a power cut would.
    pub(crate) fn cut(self) {
        let _ = kill(self.process, Signal::SIGKILL);
        OPEN.take();
    }

    /// Asks the program to end, as the session does at its end, and waits until it has.
    pub(crate) async fn end(self) {
        kill(self.process, Signal::SIGTERM).unwrap();
        until("the end of the program", async || {
            let there = Path::new("/proc").join(self.process.to_string()).join("exe");
            std::fs::read_link(there).is_err().then_some(())
        })
        .await;
        OPEN.take();
    }
}

/// The process of this app on this stage.
fn running(app: &str, stage: &Stage) -> Option<Pid> {
    let app = std::fs::canonicalize(app).unwrap();
    let home = format!("HOME={}", stage.path("").display());
    let home = home.trim_end_matches('/');
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let ours = std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == app);
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        let here = environment.split(|byte| *byte == 0).any(|line| line == home.as_bytes());
        (ours && here).then(|| Pid::from_raw(pid))
    })
}

/// Keeps a picture of the window, and prints what can be read in it.
pub(crate) async fn tell(stage: &Stage, case: &str) {
    let log = std::fs::read_to_string(stage.path("app.log")).unwrap_or_default();
    eprintln!("the program said:\n{log}");
    for path in stage.files_of("Documents") {
        eprintln!("there is {}", path.display());
    }
    let (Some(client), _left) = (OPEN.take(), LEFT.take()) else { return };
    if let Ok(text) = client.execute("return document.body.innerText", Vec::new()).await {
        eprintln!("the window showed:\n{}", text.as_str().unwrap_or_default());
    }
    if let Ok(picture) = client.screenshot().await {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots/e2e");
        std::fs::create_dir_all(&folder).unwrap();
        let path: PathBuf = folder.join(case).with_extension("png");
        std::fs::write(&path, picture).unwrap();
        eprintln!("a picture of it: {}", path.display());
    }
}
