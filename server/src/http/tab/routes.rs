//! The routes of a door, and the answers that need no route.

use super::front;
use crate::tab::Tab;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::{Next, from_fn_with_state};

/// The routes of a door. Cached pages of the tab are answered before any route
/// or layer.
#[derive(Clone)]
pub struct Routes {
    tab: Option<Tab>,
    pub(in crate::http) router: Router,
}

impl Routes {
    pub(super) fn of_tab(tab: Tab, router: Router) -> Self {
        Self {
            tab: Some(tab),
            router,
        }
    }

    /// Returns the cached answer, if there is one.
    pub(in crate::http) fn kept<B>(
        &self,
        request: &axum::http::Request<B>,
    ) -> Option<Response<Body>> {
        front::answer(self.tab.as_ref()?, request)
    }
}

impl From<Router> for Routes {
    fn from(router: Router) -> Self {
        Self { tab: None, router }
    }
}

/// Lets a host mount the door in its own routes.
impl From<Routes> for Router {
    fn from(routes: Routes) -> Self {
        match routes.tab {
            Some(tab) => routes.router.layer(from_fn_with_state(tab, kept_first)),
            None => routes.router,
        }
    }
}

async fn kept_first(State(tab): State<Tab>, request: Request, next: Next) -> Response<Body> {
    match front::answer(&tab, &request) {
        Some(response) => response,
        None => next.run(request).await,
    }
}
