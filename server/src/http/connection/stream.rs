//! A connection's stream: unwritten data counts as work, and has a time limit.

use super::seats::{Seat, Work};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream whose connection has a seat.
pub(super) struct SeatedStream<S> {
    stream: S,
    seat: Arc<Seat>,
    write_time: Duration,
    unwritten: Option<Unwritten>,
}

/// The state of an answer that waits for its reader, from the first byte to the
/// last. Most answers fit into the socket and need no deadline.
struct Unwritten {
    _work: Work,
    /// Limits the total time, because a reader may take a little at a time for
    /// ever.
    deadline: Pin<Box<Sleep>>,
}

impl<S> SeatedStream<S> {
    /// Creates a stream that breaks if an answer takes longer than `write_time`.
    pub(super) fn new(stream: S, write_time: Duration, seat: Arc<Seat>) -> Self {
        Self {
            stream,
            seat,
            write_time,
            unwritten: None,
        }
    }

    /// Checks the deadline of an answer that has waited before.
    fn check_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.unwritten {
            Some(_) => self.wait(context),
            None => Ok(()),
        }
    }

    /// Waits for the reader until the deadline.
    fn wait(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let unwritten = self.unwritten.get_or_insert_with(|| Unwritten {
            _work: self.seat.work(),
            deadline: Box::pin(sleep(self.write_time)),
        });
        match unwritten.deadline.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SeatedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SeatedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_pending() {
            self.wait(context)?;
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        if written.is_pending() {
            self.wait(context)?;
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called when nothing is left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        match flushed {
            Poll::Ready(_) => self.unwritten = None,
            Poll::Pending => self.wait(context)?,
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
