//! The end of the process: a signal asks for it, and a time limit enforces it.

use std::io;
use std::process::exit;
use std::thread;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::watch;

/// How long the process may live after the signal. Docker kills it after as long.
pub const MAX_TIME: Duration = Duration::from_secs(10);

/// Whether the process has been asked to end.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Follows SIGTERM and SIGINT on a thread of its own, which hears them while
    /// all others are busy, and ends the process `max_time` later if it is still
    /// there.
    ///
    /// # Errors
    /// When there can be no such thread, or the signals cannot be followed.
    pub fn on_signal(max_time: Duration) -> io::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let signal = {
            let _inside = runtime.enter();
            signal()?
        };
        thread::Builder::new()
            .name("shutdown".to_owned())
            .spawn(move || {
                runtime.block_on(signal);
                tracing::info!("received a signal to stop");
                sender.send_replace(true);
                thread::sleep(max_time);
                tracing::error!("shutdown took longer than {max_time:?}; exiting now");
                exit(1);
            })?;
        Ok(Self(receiver))
    }

    /// Waits until the process is asked to end.
    pub async fn requested(mut self) {
        // The other end is dropped with the process.
        drop(self.0.wait_for(|requested| *requested).await);
    }
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot listen for the signal to stop");
            std::future::pending().await
        }
    })
}
