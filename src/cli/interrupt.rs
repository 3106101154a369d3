//! The wish to end: Ctrl-C, and on Unix the signal to terminate.

/// Returns when somebody wants the process to end. Where the system does not
/// tell, it never returns, and the system ends the process itself: the engine
/// is safe from that too. To be polled before what it interrupts, which may
/// otherwise have begun while the process still ends without a word.
pub(super) async fn wanted() {
    let typed = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = typed => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
