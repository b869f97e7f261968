//! Opens the doors at their addresses.

use super::App;
use crate::config::Serve;
use crate::database;
use crate::door::DoorAddr;
use crate::http::{self, Connections, Routes};
use crate::mode::Mode;
use crate::shutdown::Shutdown;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

/// The service, listening but not answering yet.
pub struct Listening {
    app: App,
    internal: Option<InternalListener>,
    tab: TcpListener,
    mode: Mode,
}

enum InternalListener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, String),
}

/// The reason why a door cannot be opened, for the operator.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {addr}: {source}")]
pub struct ListenError {
    addr: DoorAddr,
    source: io::Error,
}

impl App {
    /// Listens at the doors' addresses.
    ///
    /// # Errors
    /// Returns [`ListenError`], which names the address.
    pub async fn listen(self, options: &Serve) -> Result<Listening, ListenError> {
        let internal = match &self.inner {
            Some(_) => Some(listen_internal(&options.graphql_addr).await?),
            None => None,
        };
        let tab = listen(options.tab_addr).await?;
        Ok(Listening {
            mode: self.mode,
            app: self,
            internal,
            tab,
        })
    }
}

impl Listening {
    /// Formats the addresses for people.
    ///
    /// # Errors
    /// Returns an error if the system cannot tell an address.
    pub fn addresses(&self) -> io::Result<String> {
        let mut text = String::new();
        match &self.internal {
            Some(InternalListener::Tcp(listener)) => {
                let addr = listener.local_addr()?;
                text += &format!("GraphQL   http://{addr}/graphql\n");
                if self.mode == Mode::Dev {
                    text += &format!("GraphiQL  http://{addr}/graphiql\n");
                }
            }
            #[cfg(unix)]
            Some(InternalListener::Unix(_, path)) => text += &format!("GraphQL   unix:{path}\n"),
            None => {}
        }
        let addr = self.tab.local_addr()?;
        text += &match self.mode {
            Mode::Production => format!("The tab   http://{addr}/security-tab/openssl\n"),
            Mode::Dev => format!(
                "The tab   http://{addr}/crates/openssl/security\nGallery   http://{addr}/gallery\n"
            ),
        };
        Ok(text)
    }

    /// Answers requests and syncs until the shutdown is requested.
    pub async fn serve(self, shutdown: &Shutdown) {
        let Self {
            app, internal, tab, ..
        } = self;
        let tasks = app.start_tasks();
        tokio::join!(
            serve_internal(internal, app.internal_door(), shutdown.clone().requested()),
            http::serve(
                tab,
                app.tab_door(),
                Connections::DEFAULT,
                shutdown.clone().requested()
            ),
        );
        drop(tasks);
        if let Some(db) = app.db() {
            database::close(db.clone()).await;
        }
    }
}

async fn serve_internal(
    listener: Option<InternalListener>,
    routes: Option<Routes>,
    shutdown: impl Future<Output = ()>,
) {
    let (Some(listener), Some(routes)) = (listener, routes) else {
        return;
    };
    match listener {
        InternalListener::Tcp(listener) => {
            http::serve(listener, routes, Connections::DEFAULT, shutdown).await;
        }
        #[cfg(unix)]
        InternalListener::Unix(listener, _) => {
            http::serve(listener, routes, Connections::DEFAULT, shutdown).await;
        }
    }
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, ListenError> {
    let listener = TcpListener::bind(addr).await;
    listener.map_err(|source| ListenError {
        addr: DoorAddr::Tcp(addr),
        source,
    })
}

async fn listen_internal(addr: &DoorAddr) -> Result<InternalListener, ListenError> {
    let failed = |source| ListenError {
        addr: addr.clone(),
        source,
    };
    match addr {
        DoorAddr::Tcp(addr) => listen(*addr).await.map(InternalListener::Tcp),
        #[cfg(unix)]
        DoorAddr::Unix(path) => {
            let listener = listen_on_socket(path).map_err(failed)?;
            let path = path.display().to_string();
            Ok(InternalListener::Unix(listener, path))
        }
        #[cfg(not(unix))]
        DoorAddr::Unix(_) => Err(failed(io::ErrorKind::Unsupported.into())),
    }
}

/// Listens on a Unix socket. Replaces a socket that an earlier process left
/// behind.
#[cfg(unix)]
fn listen_on_socket(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    let is_left_behind = std::os::unix::net::UnixStream::connect(path)
        .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_left_behind {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    // Accessible to the user and the group of the service.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}
