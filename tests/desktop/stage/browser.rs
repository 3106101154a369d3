//! A real browser, for the pages of the server.

use std::net::TcpListener;
use std::process::Stdio;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::process::Process;
use super::{Stage, until};

/// Chromium without a window. Dropped, it is ended.
pub(crate) struct Browser {
    client: Client,
    _driver: Process,
}

impl Stage {
    /// The page for which the app has asked the desktop to open a browser.
    pub(crate) async fn asked_page(&self) -> String {
        until("a page that a browser is to open", async || {
            let asked = std::fs::read_to_string(self.path("opened")).ok()?;
            asked.lines().last().map(str::to_owned)
        })
        .await
    }

    /// Opens a page as the desktop would.
    pub(crate) async fn browse(&self, page: &str) -> Browser {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command("chromedriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Process::start(command);
        // As root it runs only without its sandbox; it meets no page but ours.
        let words = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
        ]);
        let options = json!({"goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": words}});
        let client = until("a browser", async || {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(options.as_object().unwrap().clone());
            builder.connect(&format!("http://127.0.0.1:{port}")).await.ok()
        })
        .await;
        client.goto(page).await.unwrap();
        Browser { client, _driver: driver }
    }
}

impl Browser {
    /// Writes into the field with this label.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let at = format!("//input[@id=//label[normalize-space()='{label}']/@for]");
        let field = self.client.wait().for_element(Locator::XPath(&at)).await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses the button that is called so.
    pub(crate) async fn press(&self, name: &str) {
        let at = format!("//button[normalize-space()='{name}']");
        let button = self.client.wait().for_element(Locator::XPath(&at)).await.unwrap();
        button.click().await.unwrap();
    }

    /// Waits for this heading.
    pub(crate) async fn sees(&self, heading: &str) {
        let at = format!("//h1[normalize-space()='{heading}']");
        self.client.wait().for_element(Locator::XPath(&at)).await.unwrap();
    }
}
