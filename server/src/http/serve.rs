//! Connections: how many, how slow, and how they end.

use super::seats::{Seat, Seats};
use super::stream::SeatedStream;
use super::{error, host};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Version;
use axum::response::Response;
use axum::serve::Listener;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::select;
use tokio::time::sleep;

/// What bounds the connections of a door.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// How many there are at once. For one more the one that has waited longest
    /// for its client gives way; while none does, the new one has to wait.
    pub max: usize,
    /// How long the head of a request may take, and the pause before the next.
    pub head_time: Duration,
    /// How long a client may take to read an answer.
    pub write_time: Duration,
    /// How long what was begun may take after the signal to stop.
    pub shutdown_time: Duration,
}

impl Connections {
    /// For a door behind a proxy.
    pub const DEFAULT: Self = Self {
        max: 1024,
        head_time: Duration::from_secs(5),
        write_time: Duration::from_secs(10),
        shutdown_time: Duration::from_secs(10),
    };
}

/// The largest head of a request, in bytes: request line and headers.
const MAX_HEAD: usize = 16 * 1024;

/// The most headers of a request.
const MAX_HEADERS: usize = 64;

/// Serves a door until `shutdown` ends; then accepts no more, and finishes what
/// was begun while [`Connections::shutdown_time`] lasts.
pub async fn serve<L: Listener>(
    mut listener: L,
    routes: Router,
    connections: Connections,
    shutdown: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(connections.head_time)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS);
    let seats = Seats::new(connections.max);
    let open = GracefulShutdown::new();
    let routes = TowerToHyperService::new(routes);
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let (stream, _) = listener.accept().await;
            (stream, seats.take().await)
        };
        let (stream, seat) = select! {
            accepted = accepted => accepted,
            () = &mut shutdown => break,
        };
        let stream = SeatedStream::new(stream, connections.write_time, seat.clone());
        let stream = TokioIo::new(stream);
        let (routes, worker) = (routes.clone(), seat.clone());
        let answer = service_fn(move |request| answer(routes.clone(), worker.clone(), request));
        let connection = open.watch(http.serve_connection(stream, answer));
        tokio::spawn(async move {
            select! {
                served = connection => if let Err(error) = served {
                    tracing::debug!(%error, "a connection broke");
                },
                () = seat.gives_way() => tracing::debug!("an idle connection gave way"),
            }
        });
    }
    drop(listener);
    select! {
        () = open.shutdown() => {}
        () = sleep(connections.shutdown_time) => {
            tracing::warn!("requests were cut off: they took longer than a shutdown may");
        }
    }
}

/// Answers a request. The connection works until the answer has been made; then
/// its stream does, until it has been written.
async fn answer(
    routes: TowerToHyperService<Router>,
    seat: Arc<Seat>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let work = seat.work();
    if request.version() == Version::HTTP_11 && host::of(&request).is_none() {
        return Ok(error::no_host());
    }
    let response = routes.call(request).await?;
    Ok(response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _until_here = &work;
            frame
        }))
    }))
}
