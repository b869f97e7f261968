//! Tells the service manager, such as systemd, when the service is ready and when it ends
//! (systemd, "sd_notify"). Without one, nothing is told.

use crate::mode::Mode;
use crate::shutdown::Shutdown;
use crate::tab::Source;
use sd_notify::NotifyState;
use std::env;
use std::time::Duration;
use tokio::time::sleep;

/// The variable by which a service manager names its socket.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Tells that the service is ready once its doors, which are open, have data to answer
/// from, and that it ends once it is told to. In between it tells at each half of the
/// watchdog's interval that tasks still run, if there is a watchdog.
pub(super) async fn tell(source: Source, mode: Mode, shutdown: Shutdown) {
    if env::var_os(SOCKET).is_none() {
        return;
    }
    let told = async {
        notify(&[NotifyState::Status("waiting for data")]);
        source.ready(mode).await;
        notify(&[NotifyState::Ready, NotifyState::Status("serving")]);
        let watchdog = sd_notify::watchdog_enabled();
        let half = watchdog.map_or(Duration::MAX, |interval| interval / 2);
        loop {
            sleep(half).await;
            notify(&[NotifyState::Watchdog]);
        }
    };
    tokio::select! {
        () = told => {}
        () = shutdown.requested() => notify(&[NotifyState::Stopping]),
    }
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "cannot notify the service manager");
    }
}
