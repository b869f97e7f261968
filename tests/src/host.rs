//! Routes on a loopback port, behind a proxy whose faults a test chooses.

use crate::TestApp;
use crate::browser::wait;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::stream::iter;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The fault of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not answered until the test chooses another fault, or none.
    Hold,
    /// It is answered with a status and this HTML.
    Answer(u16, String),
    /// The connection breaks in the middle of the answer.
    Break,
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is waiting.
    Open,
    /// It was answered.
    Answered,
    /// The client has gone away.
    Abandoned,
}

/// A server for the duration of the test.
#[derive(Debug)]
pub struct Host {
    origin: String,
    faults: watch::Sender<HashMap<String, Fault>>,
    seen: Arc<Mutex<Vec<(String, Outcome)>>>,
}

impl Host {
    /// Serves the tab door over the sample.
    pub async fn over_sample() -> Self {
        Self::over(TestApp::with_sample().await.tab_door()).await
    }

    /// Serves any routes.
    pub async fn over(routes: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("its address"));
        let host = Self {
            origin,
            faults: watch::Sender::new(HashMap::new()),
            seen: Arc::default(),
        };
        let state = (host.faults.clone(), host.seen.clone());
        let routes = routes.layer(from_fn_with_state(state, interfere));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        host
    }

    /// Returns the address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Sets the fault of a path, or removes it.
    pub fn fault(&self, path: &str, fault: impl Into<Option<Fault>>) {
        let path = path.to_owned();
        self.faults.send_modify(|faults| match fault.into() {
            Some(fault) => drop(faults.insert(path, fault)),
            None => drop(faults.remove(&path)),
        });
    }

    /// Returns the outcome of each request for this path, oldest first.
    #[must_use]
    pub fn outcomes(&self, path: &str) -> Vec<Outcome> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let of_path = seen.iter().filter(|(seen, _)| seen == path);
        of_path.map(|(_, outcome)| *outcome).collect()
    }

    /// Waits for these outcomes of the requests for the path.
    ///
    /// # Panics
    /// Panics with the outcomes that it has instead.
    pub async fn until(&self, path: &str, outcomes: &[Outcome]) {
        let last = wait(async || self.outcomes(path), |now| now == outcomes).await;
        assert_eq!(last, outcomes, "{path}");
    }
}

type Seen = Arc<Mutex<Vec<(String, Outcome)>>>;

async fn interfere(
    State((faults, seen)): State<(watch::Sender<HashMap<String, Fault>>, Seen)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let visit = Visit::begin(seen, &path);
    let mut faults = faults.subscribe();
    let fault = {
        let not_held = |faults: &HashMap<String, Fault>| faults.get(&path) != Some(&Fault::Hold);
        let faults = faults.wait_for(not_held).await;
        faults.ok().and_then(|faults| faults.get(&path).cloned())
    };
    let response = match fault {
        Some(Fault::Answer(status, html)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [(header::CONTENT_TYPE, "text/html")], html).into_response()
        }
        // The connection ends before the answer does.
        Some(Fault::Break) => {
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            let parts = [Ok("<section class=\""), Err(broken)];
            Body::from_stream(iter(parts)).into_response()
        }
        Some(Fault::Hold) | None => next.run(request).await,
    };
    visit.end();
    response
}

/// A request, which is dropped without an outcome if the browser goes away.
struct Visit {
    seen: Seen,
    place: usize,
}

impl Visit {
    fn begin(seen: Seen, path: &str) -> Self {
        let mut list = seen.lock().unwrap_or_else(PoisonError::into_inner);
        list.push((path.to_owned(), Outcome::Open));
        let place = list.len() - 1;
        drop(list);
        Self { seen, place }
    }

    fn end(self) {
        self.note(Outcome::Answered);
    }

    fn note(&self, outcome: Outcome) {
        let mut list = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, now)) = list.get_mut(self.place)
            && *now == Outcome::Open
        {
            *now = outcome;
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.note(Outcome::Abandoned);
    }
}
