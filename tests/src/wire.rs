//! Connections without sockets, for tests that pause time.

use axum::serve::Listener;
use std::future::pending;
use std::io;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The bytes that wait between the two sides, as in the buffers of a socket.
const BUFFER: usize = 64 * 1024;

/// The clients' side: it connects to one [`WireListener`].
#[derive(Clone, Debug)]
pub struct Wire(UnboundedSender<DuplexStream>);

/// The server's side: it accepts what a [`Wire`] connects.
#[derive(Debug)]
pub struct WireListener(UnboundedReceiver<DuplexStream>);

/// A listener, and the wire that leads to it.
#[must_use]
pub fn wire() -> (Wire, WireListener) {
    let (wire, listener) = unbounded_channel();
    (Wire(wire), WireListener(listener))
}

impl Wire {
    /// Connects. Like a socket's, the connection waits until it is accepted.
    ///
    /// # Errors
    /// `ConnectionRefused` once the listener is gone.
    pub fn connect(&self) -> io::Result<DuplexStream> {
        let (client, server) = duplex(BUFFER);
        let refused = |_| io::ErrorKind::ConnectionRefused.into();
        self.0.send(server).map(|()| client).map_err(refused)
    }
}

impl Listener for WireListener {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            // Nobody can connect any more.
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
