//! A connection's stream: who does not read what is written is cut off, and what
//! is not written yet is work.

use super::seats::{Seat, Work};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_io_timeout::TimeoutStream;

/// A stream whose connection has a seat.
pub(super) struct SeatedStream<S> {
    stream: Pin<Box<TimeoutStream<S>>>,
    seat: Arc<Seat>,
    /// From the first byte of an answer to its last.
    unwritten: Option<Work>,
}

impl<S: AsyncRead + AsyncWrite> SeatedStream<S> {
    pub(super) fn new(stream: S, write_time: Duration, seat: Arc<Seat>) -> Self {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(write_time));
        Self {
            stream: Box::pin(stream),
            seat,
            unwritten: None,
        }
    }

    fn writes(&mut self) -> Pin<&mut TimeoutStream<S>> {
        let seat = &self.seat;
        self.unwritten.get_or_insert_with(|| seat.work());
        self.stream.as_mut()
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncRead for SeatedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for SeatedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writes().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writes().poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Asked for when nothing is left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream.as_mut().poll_flush(context);
        if flushed.is_ready() {
            self.unwritten = None;
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }
}
