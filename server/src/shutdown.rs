//! The end of the process: a signal asks for it, and a time limit enforces it.

use std::io;
use std::process::exit;
use std::thread;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::watch;

/// The longest life of the process after the signal. Docker's grace period is as
/// long.
pub const MAX_TIME: Duration = Duration::from_secs(10);

/// The request to end the process.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Follows SIGTERM and SIGINT on its own thread, which receives them while
    /// all others are busy. Ends the process `max_time` later if it is still
    /// running.
    ///
    /// # Errors
    /// Returns an error if the thread cannot be started or the signals cannot be
    /// followed.
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
        // The sender is dropped only with the process.
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
