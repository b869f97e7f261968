//! Middleware that records the metrics of requests.

use crate::telemetry::metrics::{Door, NO_ROUTE};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::time::Instant;

/// Records the requests to these routes. The durations include all layers of the routes.
pub(in crate::http) fn measured(routes: Router, door: Door) -> Router {
    routes.layer(from_fn_with_state(door, measure))
}

/// Records a request once it has been answered. Does not count a request whose client
/// disconnects earlier.
async fn measure(State(door): State<Door>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let _in_flight = door.request();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    door.answered(route, response.status().as_u16(), begin.elapsed());
    response
}
