//! The cryptography of every TLS connection.

/// Installs ring, which the database's connections use too, as the process's
/// cryptography. Called before each client is made; only the first call has an
/// effect.
pub(crate) fn install() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
