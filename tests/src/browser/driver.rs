//! The chromedriver that all running tests share.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tempfile::TempDir;

/// Debian's folder of both programs, if they are not on the path.
const DEBIAN: &str = "/usr/bin";

/// The output of chromedriver when it is ready, before its port.
const STARTED: &str = "started successfully on port ";

/// The programs that a browser test needs.
pub(super) struct Programs {
    pub(super) chromium: PathBuf,
    chromedriver: PathBuf,
}

/// Returns the programs, if both are installed.
pub(super) fn programs() -> Option<Programs> {
    let chromium = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    Some(Programs {
        chromium: chromium.into_iter().find_map(program)?,
        chromedriver: program("chromedriver")?,
    })
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from(DEBIAN)]);
    folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A running chromedriver, which stops when the last test that holds it ends.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    port: u16,
    /// Kept open, because chromedriver would end when it writes to a closed pipe.
    _said: BufReader<ChildStdout>,
    /// The folder with the browsers' profiles.
    _folder: TempDir,
}

impl Driver {
    /// Returns the driver that the running tests share.
    pub(super) fn shared(programs: &Programs) -> Arc<Self> {
        static SHARED: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let driver = Arc::new(Self::start(&programs.chromedriver));
            *shared = Arc::downgrade(&driver);
            driver
        })
    }

    /// Starts it on a port of its own choice, and reads that port from its output.
    fn start(program: &Path) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut process = Command::new(program)
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver runs");
        let mut said = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let port = loop {
            line.clear();
            let length = said.read_line(&mut line).expect("chromedriver speaks");
            assert!(length > 0, "chromedriver did not start");
            if let Some((_, port)) = line.split_once(STARTED) {
                break port.trim().trim_end_matches('.').parse().expect("a port");
            }
        };
        Self {
            process,
            port,
            _said: said,
            _folder: folder,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Returns the client that speaks to chromedriver. It reuses no connection: a session
/// ends while its test's runtime is blocked, which would block a reused connection too.
pub(super) fn client() -> reqwest::Client {
    let client = crate::client().pool_max_idle_per_host(0).build();
    client.expect("a client")
}
