//! The cryptography of every TLS connection.

/// Makes ring, which the database's connections use too, the process's own.
/// Called before each client is made; the first call installs it.
pub(crate) fn install() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
