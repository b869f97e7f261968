//! Serves connections, within limits of their number and their time.

use super::alarm::Alarm;
use super::closing::Closing;
use super::host;
use super::seats::{Seat, Seats};
use super::stream::SeatedStream;
use super::working::Working;
use crate::http::Routes;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::http::Version;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::select;
use tokio::time::{Instant, sleep, sleep_until};

/// The limits of a door's connections.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// The maximum number of connections. For a further one, the connection that has
    /// waited longest for its client gives way; if none is waiting, the new one has to
    /// wait.
    pub max: usize,
    /// The time limit for the head of a request, and for the pause before the next
    /// request.
    pub head_time: Duration,
    /// The time that a client may take to read an answer.
    pub write_time: Duration,
    /// The time that the door stays open after the signal to stop, so that a load
    /// balancer can learn of it from `/ready`.
    pub linger_time: Duration,
    /// The longest that the door takes to close after the signal.
    pub shutdown_time: Duration,
}

impl Connections {
    /// For a door behind a proxy. It closes before the [process is
    /// ended](crate::shutdown::MAX_TIME).
    pub const DEFAULT: Self = Self {
        max: 1024,
        head_time: Duration::from_secs(5),
        write_time: Duration::from_secs(10),
        linger_time: Duration::from_secs(1),
        shutdown_time: Duration::from_secs(9),
    };
}

/// The largest head of a request, in bytes: request line and headers. It leaves room for
/// a query of 16 KiB beside the headers that a browser and a proxy send.
const MAX_HEAD: usize = 24 * 1024;

/// The maximum number of headers of a request.
const MAX_HEADERS: usize = 64;

/// Serves a door until `shutdown` ends. Then it continues for
/// [`Connections::linger_time`]: `/ready` says that it will stop, and each answer is the
/// last of its connection. Requests that have arrived by then are answered within
/// [`Connections::shutdown_time`].
pub async fn serve<L: Listener>(
    listener: L,
    routes: impl Into<Routes>,
    connections: Connections,
    shutdown: impl Future<Output = ()>,
) {
    let mut door = Door::new(listener, routes.into(), connections);
    let mut shutdown = pin!(shutdown);
    loop {
        select! {
            (stream, seat) = door.accept() => door.open(stream, seat),
            () = &mut shutdown => break,
        }
    }
    door.closing.begin();
    let close_at = Instant::now() + connections.shutdown_time;
    let mut lingered = pin!(sleep(connections.linger_time));
    loop {
        select! {
            (stream, seat) = door.accept() => door.open(stream, seat),
            () = &mut lingered => break,
        }
    }
    // Connections that the system has accepted for us expect an answer.
    for _ in 0..connections.max {
        select! {
            biased;
            (stream, seat) = door.accept() => door.open(stream, seat),
            () = ready(()) => break,
        }
    }
    drop(door.listener);
    select! {
        () = door.connected.shutdown() => {}
        () = sleep_until(close_at) => {
            tracing::warn!("shutdown took too long; closed connections with unanswered requests");
        }
    }
}

/// A door and its connections.
struct Door<L: Listener> {
    listener: L,
    /// An accepted connection that has no seat yet.
    accepted: Option<L::Io>,
    seats: Seats,
    http: http1::Builder,
    routes: Routes,
    write_time: Duration,
    connected: GracefulShutdown,
    closing: Closing,
}

impl<L: Listener> Door<L> {
    fn new(listener: L, routes: Routes, connections: Connections) -> Self {
        let mut http = http1::Builder::new();
        http.header_read_timeout(connections.head_time)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_HEADERS);
        Self {
            listener,
            accepted: None,
            seats: Seats::new(connections.max),
            http,
            routes,
            write_time: connections.write_time,
            connected: GracefulShutdown::new(),
            closing: Closing::default(),
        }
    }

    /// Returns the next connection and its seat. If the future is dropped early, no
    /// connection is lost.
    async fn accept(&mut self) -> (L::Io, Arc<Seat>) {
        loop {
            match &self.accepted {
                Some(_) => {
                    let seat = self.seats.take().await;
                    if let Some(stream) = self.accepted.take() {
                        return (stream, seat);
                    }
                }
                None => self.accepted = Some(self.listener.accept().await.0),
            }
        }
    }

    fn open(&self, stream: L::Io, seat: Arc<Seat>) {
        let stream = SeatedStream::new(stream, self.write_time, seat.clone());
        let (routes, closing, worker) = (self.routes.clone(), self.closing.clone(), seat.clone());
        let answer = service_fn(move |request| {
            answer(routes.clone(), closing.clone(), worker.clone(), request)
        });
        let mut http = self.http.clone();
        http.timer(Alarm::default());
        let connection = http.serve_connection(TokioIo::new(stream), answer);
        let connection = self.connected.watch(connection);
        let open = self.routes.door.connection();
        tokio::spawn(async move {
            let _open = open;
            select! {
                served = connection => if let Err(error) = served {
                    tracing::debug!(%error, "connection failed");
                },
                () = seat.gives_way() => tracing::debug!("closed an idle connection to make room"),
            }
        });
    }
}

/// Answers a request. The connection works until the answer is made; then its stream
/// works until the answer is written.
async fn answer(
    routes: Routes,
    closing: Closing,
    seat: Arc<Seat>,
    mut request: Request<Incoming>,
) -> Result<Response<Working<Body>>, Infallible> {
    let work = seat.work();
    let mut response = if let Some(kept) = routes.kept(&request) {
        kept
    } else if request.version() == Version::HTTP_11 && host::of(&request).is_none() {
        let refused = host::missing();
        routes.refused(refused.status(), Instant::now().into_std());
        refused
    } else {
        request.extensions_mut().insert(closing.clone());
        TowerToHyperService::new(routes.router)
            .call(request)
            .await?
    };
    closing.mark(&mut response);
    Ok(response.map(|body| Working::new(body, work)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tab::KEEP_IDLE;

    /// A tab door closes its idle connections to an internal door before that door does,
    /// because a request on a connection that is being closed fails.
    #[test]
    fn a_tab_door_closes_idle_connections_first() {
        let spare = Duration::from_secs(1);
        assert!(KEEP_IDLE + spare < Connections::DEFAULT.head_time);
    }
}
