//! A server of our own, as `navette serve` is.

use std::thread::JoinHandle;

use navette::cloud::{Dialect, Ready, ServeOptions, SharedCloud, serve};
use tokio::sync::oneshot;

/// The account on it.
pub(crate) const LOGIN: &str = "marie";
/// Its password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server on a thread of its own. Dropped, it ends.
pub(crate) struct Server {
    /// As people type it.
    pub(crate) address: String,
    /// What it holds.
    pub(crate) cloud: SharedCloud,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) async fn start(dialect: Dialect) -> Self {
        Self::with(ServeOptions::new(dialect)).await
    }

    pub(crate) async fn with(options: ServeOptions) -> Self {
        let options =
            ServeOptions { users: vec![(LOGIN.to_owned(), PASSWORD.to_owned())], ..options };
        let (listens, listening) = oneshot::channel::<Ready>();
        let (end, ended) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let ready = |ready| drop(listens.send(ready));
            runtime.unwrap().block_on(serve(options, ready, async { drop(ended.await) })).unwrap();
        });
        let Ready { address, cloud } = listening.await.unwrap();
        let address = format!("http://{address}");
        Self { address, cloud, end: Some(end), thread: Some(thread) }
    }

    /// Somebody writes a file by the web page.
    pub(crate) fn write(&self, path: &str, text: &str) {
        self.cloud.lock().user(LOGIN).write(path, text.to_owned()).unwrap();
    }

    /// What a file of the server holds.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        let bytes = self.cloud.lock().user(LOGIN).bytes(path)?;
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
