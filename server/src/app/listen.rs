//! Opens the doors at their addresses.

use super::App;
use super::greeting::{self, Address, Data, Greeting};
#[cfg(unix)]
use super::supervisor;
use crate::config::Serve;
use crate::database;
use crate::door::DoorAddr;
use crate::http::{self, Connections, Routes};
use crate::mode::Mode;
use crate::redact;
use crate::shutdown::Shutdown;
use sea_orm::DbErr;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use url::Url;

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
#[error("cannot listen on {addr}: {source}; {}", advice(source, option))]
pub struct ListenError {
    /// The option that sets the address.
    option: &'static str,
    addr: DoorAddr,
    source: io::Error,
}

/// The reason why the greeting cannot be printed. Its message is for operators.
#[derive(Debug, thiserror::Error)]
pub enum GreetingError {
    /// The operating system does not report the address of a door.
    #[error("cannot read a door's address: {0}")]
    Address(#[from] io::Error),
    /// The database does not answer.
    #[error("cannot read the database: {0}")]
    Database(#[from] DbErr),
}

/// Returns advice for an operator whose door cannot be opened.
fn advice(error: &io::Error, option: &str) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("stop the process that listens there, or choose another address with {option}")
        }
        io::ErrorKind::PermissionDenied => format!(
            "choose an address with {option} that this user may open; ports below 1024 need a \
             privilege"
        ),
        _ => format!("choose an address of this machine with {option}"),
    }
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
        let tab = listen("--tab-addr", options.tab_addr).await?;
        Ok(Listening {
            mode: self.mode,
            app: self,
            internal,
            tab,
        })
    }
}

impl Listening {
    /// Returns the greeting: the addresses, the data, and a page to begin with.
    ///
    /// # Errors
    /// Returns [`GreetingError`] if an address cannot be read or the database does not
    /// answer.
    pub async fn greeting(&self, options: &Serve) -> Result<String, GreetingError> {
        let internal = match &self.internal {
            Some(InternalListener::Tcp(listener)) => Some(Address::Tcp(listener.local_addr()?)),
            #[cfg(unix)]
            Some(InternalListener::Unix(_, path)) => Some(Address::Unix(path.clone())),
            None => None,
        };
        let data = match (&options.graphql_url, self.app.db()) {
            (_, Some(db)) => {
                let (status, begin) = greeting::read(db).await?;
                Data::Own {
                    database: redact::url(&options.database.database_url),
                    source: self.app.source(),
                    status,
                    begin,
                }
            }
            (url, None) => Data::Remote(redact::url(url.as_ref().map_or("", Url::as_str))),
        };
        let greeting = Greeting {
            internal,
            tab: self.tab.local_addr()?,
            mode: self.mode,
            is_graphiql_built: http::is_graphiql_built(&options.graphiql),
            data,
        };
        Ok(greeting.to_string())
    }

    /// Answers requests and syncs until the shutdown is requested.
    pub async fn serve(self, shutdown: &Shutdown) {
        let Self {
            app, internal, tab, ..
        } = self;
        let mut tasks = app.start_tasks();
        #[cfg(unix)]
        tasks.spawn(supervisor::tell(
            app.tab.source().clone(),
            app.mode,
            shutdown.clone(),
        ));
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

async fn listen(option: &'static str, addr: SocketAddr) -> Result<TcpListener, ListenError> {
    let listener = TcpListener::bind(addr).await;
    listener.map_err(|source| ListenError {
        option,
        addr: DoorAddr::Tcp(addr),
        source,
    })
}

async fn listen_internal(addr: &DoorAddr) -> Result<InternalListener, ListenError> {
    let option = "--graphql-addr";
    let failed = |source| ListenError {
        option,
        addr: addr.clone(),
        source,
    };
    match addr {
        DoorAddr::Tcp(addr) => listen(option, *addr).await.map(InternalListener::Tcp),
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
