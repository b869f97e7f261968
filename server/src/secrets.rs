//! The secrets that open the internal door.

mod exposure;

use exposure::Exposure;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use subtle::{Choice, ConstantTimeEq};

/// The environment variable with the secrets, if no file is given.
pub(crate) const VARIABLE: &str = "SECURITY_GRAPHQL_SECRET";

/// The shortest secret, in characters: 128 bits in hexadecimal.
const MIN_LENGTH: usize = 32;

/// The maximum number of secrets: a new one and the old one that it replaces.
const MAX_SECRETS: usize = 2;

/// The secrets that open the internal door, if there are any. Clones share them, so
/// a replacement takes effect in all.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Vec<String>>>);

/// The reason why the secrets cannot be used; it never contains a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file contains no secret.
    #[error("{0} does not contain a secret")]
    None(PathBuf),
    /// The environment variable contains no secret.
    #[error("{VARIABLE} is set but empty; unset it, or set it to a secret")]
    EmptyVariable,
    /// The environment variable is not text.
    #[error("{VARIABLE} is not valid UTF-8")]
    NotText,
    /// A secret is too short to be safe.
    #[error("a secret must have at least {MIN_LENGTH} characters")]
    TooShort,
    /// There are more secrets than the new one and the old one.
    #[error("at most {MAX_SECRETS} secrets are allowed: the new one and the old one")]
    TooMany,
}

impl Secrets {
    /// Loads the secrets from a file, or from the environment if no file is given.
    /// They are separated by white space. Warns of a file that every user can read.
    ///
    /// # Errors
    /// Returns [`SecretError`].
    pub fn load(file: Option<&Path>) -> Result<Self, SecretError> {
        let Some(path) = file else {
            return Self::of_variable(std::env::var_os(VARIABLE));
        };
        let secrets = Self::of_file(path)?;
        Exposure::default().look(path);
        Ok(secrets)
    }

    fn of_file(path: &Path) -> Result<Self, SecretError> {
        let text = std::fs::read_to_string(path).map_err(|source| SecretError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        match Self::parse(&text)? {
            secrets if secrets.is_empty() => Err(SecretError::None(path.to_owned())),
            secrets => Ok(secrets),
        }
    }

    /// Parses the environment variable. An empty variable is an error, because it is
    /// more likely a mistake than a wish for an open door.
    fn of_variable(value: Option<OsString>) -> Result<Self, SecretError> {
        let Some(value) = value else {
            return Ok(Self::default());
        };
        match Self::parse(value.to_str().ok_or(SecretError::NotText)?)? {
            secrets if secrets.is_empty() => Err(SecretError::EmptyVariable),
            secrets => Ok(secrets),
        }
    }

    /// Parses secrets from a text.
    ///
    /// # Errors
    /// Returns [`SecretError`] if a secret is too short or there are too many.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let secrets: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if secrets.iter().any(|secret| secret.len() < MIN_LENGTH) {
            return Err(SecretError::TooShort);
        }
        if secrets.len() > MAX_SECRETS {
            return Err(SecretError::TooMany);
        }
        Ok(Self(Arc::new(RwLock::new(secrets))))
    }

    /// Reads a file repeatedly, and replaces these secrets by its content without a
    /// restart. While the file cannot be used, these stay. Warns once if every user
    /// can read the file, and again after its mode or its secrets have changed.
    pub async fn follow(self, file: &Path, every: Duration) {
        let mut is_good = true;
        // `load` has warned of its state.
        let mut exposure = Exposure::of(file);
        loop {
            tokio::time::sleep(every).await;
            match Self::of_file(file) {
                Ok(new) => {
                    is_good = true;
                    if self.replace(&new) {
                        exposure = Exposure::default();
                    }
                    exposure.look(file);
                }
                Err(error) if is_good => {
                    is_good = false;
                    tracing::error!(%error, "cannot reload the secrets; keeping the current ones");
                }
                Err(_) => {}
            }
        }
    }

    /// Replaces these secrets, and returns true if the new ones differ.
    fn replace(&self, new: &Self) -> bool {
        if *self.read() == *new.read() {
            return false;
        }
        let new = new.read().clone();
        tracing::info!(
            count = new.len(),
            "reloaded the secrets of the internal door"
        );
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new;
        true
    }

    /// Returns the secret to send: the first, which is the new one.
    #[must_use]
    pub fn newest(&self) -> Option<String> {
        self.read().first().cloned()
    }

    /// Returns true if there are no secrets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// Returns true if a text is one of the secrets. The time depends only on the
    /// length of the text, because full hashes are compared.
    pub(super) fn contain(&self, text: &[u8]) -> bool {
        let given = Sha256::digest(text);
        let secrets = self.read();
        let is_given = |secret: &String| Sha256::digest(secret).ct_eq(&given);
        let found = secrets.iter().map(is_given);
        found.fold(Choice::from(0), |any, one| any | one).into()
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<String>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prints no secret, because this may be logged.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.read().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "0123456789abcdef0123456789abcdef";
    const OLD: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn secrets_that_are_none() {
        let parse = |text: &str| Secrets::parse(text).map(|secrets| secrets.read().len());
        assert!(matches!(parse(" \n"), Ok(0)));
        assert!(matches!(parse(&NEW[1..]), Err(SecretError::TooShort)));
        let three = format!("{NEW} {OLD} {NEW}");
        assert!(matches!(parse(&three), Err(SecretError::TooMany)));
        let of_variable = |value: Option<OsString>| {
            Secrets::of_variable(value).map(|secrets| secrets.read().len())
        };
        assert!(matches!(of_variable(None), Ok(0)));
        assert!(matches!(of_variable(Some(NEW.into())), Ok(1)));
        let empty = of_variable(Some(" ".into()));
        assert!(matches!(empty, Err(SecretError::EmptyVariable)));
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt;
            let no_text = of_variable(Some(OsString::from_vec(vec![0xff; 40])));
            assert!(matches!(no_text, Err(SecretError::NotText)));
        }
        let missing = Secrets::load(Some(Path::new("/no/such/file")));
        assert!(matches!(missing, Err(SecretError::Unreadable { .. })));
    }
}
