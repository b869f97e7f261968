//! An answer that counts as work of its connection until it has been handed over.

use super::seats::Work;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that counts as work of its connection. Its length stays known, so that
/// it is sent in one piece.
pub(super) struct Working<B> {
    body: B,
    _work: Work,
}

impl<B> Working<B> {
    pub(super) fn new(body: B, work: Work) -> Self {
        Self { body, _work: work }
    }
}

impl<B: Body + Unpin> Body for Working<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
