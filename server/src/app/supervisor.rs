//! Notifies the service manager, such as systemd, over the protocol of `sd_notify`. Does
//! nothing without a service manager.

use crate::mode::Mode;
use crate::shutdown::Shutdown;
use crate::tab::Source;
use sd_notify::NotifyState;
use std::env;
use std::time::Duration;
use tokio::time::sleep;

/// The environment variable with the service manager's socket.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Notifies the service manager that the service is ready once there is data to answer from,
/// and that it is stopping once a shutdown is requested. In between, if there is a watchdog,
/// sends a sign of life twice per interval. Call this once the doors are open.
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
