//! A file with the internal door's secret that every user of the machine can read.

use server::secrets::Secrets;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

const NEW: &str = "0123456789abcdef0123456789abcdef";
const OLD: &str = "fedcba9876543210fedcba9876543210";

/// The interval at which the file is read.
const AGAIN: Duration = Duration::from_secs(10);

/// The log of a test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Returns the warnings since the last call.
    fn take_warnings(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().expect("the log"));
        let text = String::from_utf8(bytes).expect("UTF-8");
        let warnings = text.lines().filter(|line| line.contains("WARN"));
        warnings.map(str::to_owned).collect()
    }
}

/// The service warns at the start, when the file's mode changes, and when its secrets
/// change. The warning has the file's name and mode, and never a secret.
#[tokio::test(start_paused = true)]
async fn readable_by_others() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("secret");
    let chmod = |mode| fs::set_permissions(&file, Permissions::from_mode(mode)).expect("ours");
    fs::write(&file, OLD).expect("the file");

    for (mode, is_warned) in [
        (0o600, false),
        (0o400, false),
        // A group may be the service's own.
        (0o640, false),
        (0o644, true),
        (0o604, true),
        (0o622, true),
        (0o666, true),
    ] {
        chmod(mode);
        Secrets::load(Some(&file)).expect("a secret");
        let warnings = log.take_warnings();
        assert_eq!(warnings.len(), usize::from(is_warned), "{warnings:?}");
        let named = format!("{} has mode {mode:04o}: every user", file.display());
        assert!(
            warnings.iter().all(|line| line.contains(&named)),
            "{warnings:?}"
        );
    }

    let secrets = Secrets::load(Some(&file)).expect("a secret");
    assert_eq!(log.take_warnings().len(), 1, "at the start");
    let (following, followed) = (secrets.clone(), file.clone());
    tokio::spawn(async move { following.follow(&followed, AGAIN).await });
    for (change, mode, secret, warnings) in [
        ("nothing", 0o666, OLD, 0),
        ("another bad mode", 0o644, OLD, 1),
        ("nothing", 0o644, OLD, 0),
        ("a good mode", 0o600, OLD, 0),
        ("a bad mode", 0o644, OLD, 1),
        ("another secret", 0o644, NEW, 1),
    ] {
        fs::write(&file, secret).expect("the file");
        chmod(mode);
        tokio::time::sleep(AGAIN + Duration::from_millis(1)).await;
        let found = log.take_warnings();
        assert_eq!(found.len(), warnings, "{change}: {found:?}");
        let is_said = |line: &String| line.contains(OLD) || line.contains(NEW);
        assert!(!found.iter().any(is_said), "{found:?}");
        assert_eq!(secrets.newest().as_deref(), Some(secret), "{change}");
    }
}
