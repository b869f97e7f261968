//! The routes of a door, and the answers that need no route.

use super::front;
use crate::http::layers::measured;
use crate::tab::Tab;
use crate::telemetry::metrics::{Door, NO_ROUTE};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use std::time::Instant;

/// The routes of a door. Cached pages of the tab are answered before any route
/// or layer.
#[derive(Clone)]
pub struct Routes {
    tab: Option<Tab>,
    pub(in crate::http) door: Door,
    pub(in crate::http) router: Router,
}

impl Routes {
    /// Creates the routes of a door and records their requests.
    pub(in crate::http) fn new(router: Router, door: Door) -> Self {
        Self {
            tab: None,
            router: measured(router, door.clone()),
            door,
        }
    }

    /// Adds the cached pages of a tab, which are answered before any route.
    pub(super) fn with(self, tab: Tab) -> Self {
        Self {
            tab: Some(tab),
            ..self
        }
    }

    /// Returns the cached answer, if there is one.
    pub(in crate::http) fn kept<B>(
        &self,
        request: &axum::http::Request<B>,
    ) -> Option<Response<Body>> {
        kept(self.tab.as_ref()?, &self.door, request)
    }

    /// Records a request that was refused before it reached a route.
    pub(in crate::http) fn refused(&self, status: StatusCode, begin: Instant) {
        self.door
            .answered(NO_ROUTE, status.as_u16(), begin.elapsed());
    }
}

fn kept<B>(tab: &Tab, door: &Door, request: &axum::http::Request<B>) -> Option<Response<Body>> {
    let begin = Instant::now();
    let (route, response) = front::answer(tab, request)?;
    door.answered(route, response.status().as_u16(), begin.elapsed());
    Some(response)
}

/// Creates routes without a door, whose requests are not recorded.
impl From<Router> for Routes {
    fn from(router: Router) -> Self {
        Self {
            tab: None,
            door: Door::unread(),
            router,
        }
    }
}

/// Lets a host mount the door in its own routes.
impl From<Routes> for Router {
    fn from(routes: Routes) -> Self {
        match routes.tab {
            Some(tab) => routes
                .router
                .layer(from_fn_with_state((tab, routes.door), kept_first)),
            None => routes.router,
        }
    }
}

async fn kept_first(
    State((tab, door)): State<(Tab, Door)>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match kept(&tab, &door, &request) {
        Some(response) => response,
        None => next.run(request).await,
    }
}
