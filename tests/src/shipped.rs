//! The program as it is shipped, as a process.

use crate::fixture::Folders;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The program's name.
const NAME: &str = "crates-io-security";

/// The time limit for its end after a signal. The program's own limit is ten seconds.
const END: Duration = Duration::from_secs(15);

/// A running service, which ends with the test.
#[derive(Debug)]
pub struct Service {
    process: Child,
    stdout: BufReader<ChildStdout>,
    /// The internal door, such as `http://127.0.0.1:4000`.
    pub internal: String,
    /// The tab door.
    pub tab: String,
}

impl Service {
    /// Starts the service over a database, synced once from these folders. Returns
    /// after it has printed its addresses.
    ///
    /// # Panics
    /// Panics if the program is not built, or does not start.
    #[must_use]
    pub fn start(database: &str, folders: &Folders) -> Self {
        let mut command = Command::new(program());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SECURITY_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        let mut process = command
            .args(["serve", "--database-url", database, "--sync-every", "0"])
            .args(["--graphql-addr", "127.0.0.1:0", "--tab-addr", "127.0.0.1:0"])
            .arg("--advisory-db")
            .arg(folders.path("advisory-db"))
            .arg("--index")
            .arg(folders.path("index"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the service starts");
        let stdout = process.stdout.take().expect("its output");
        let mut service = Self {
            process,
            stdout: BufReader::new(stdout),
            internal: String::new(),
            tab: String::new(),
        };
        service.internal = service.address("GraphQL ");
        service.tab = service.address("The tab ");
        service
    }

    /// Sends SIGTERM, and waits for the end.
    ///
    /// # Panics
    /// Panics if the process lives on.
    pub fn terminate(&mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill runs").success());
        let begin = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().expect("a status") {
                return status;
            }
            assert!(begin.elapsed() < END, "it lives on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns the origin in the next line of its output with this beginning.
    fn address(&mut self, begin: &str) -> String {
        let mut line = String::new();
        while !line.starts_with(begin) {
            line.clear();
            let read = self.stdout.read_line(&mut line).expect("a line");
            assert!(read > 0, "it ended before it told its addresses");
        }
        let url = line.split_whitespace().last().unwrap_or_default();
        let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
        origin.join("/")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(self.stdout.read_to_end(&mut Vec::new()));
    }
}

/// Returns the program that Cargo has built beside this one. Cargo tells its path only
/// to tests of its own package, and builds it only for them: `cargo test --workspace`
/// does so.
fn program() -> PathBuf {
    let itself = std::env::current_exe().expect("this program");
    let folder = itself.parent().and_then(Path::parent).expect("a profile");
    let program = folder
        .join(NAME)
        .with_extension(std::env::consts::EXE_EXTENSION);
    let built = modified(&program);
    let newer = sources(&program.with_extension("d"))
        .into_iter()
        .find(|source| modified(source).is_some_and(|at| Some(at) > built));
    assert!(
        built.is_some() && newer.is_none(),
        "{} is not there, or older than {newer:?}: run `cargo build -p server` with the \
         profile of the tests, or test the whole workspace",
        program.display()
    );
    program
}

fn modified(file: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}

/// Returns the files from which a program was built, by Cargo's list, in which spaces
/// in a path are escaped.
fn sources(list: &Path) -> Vec<PathBuf> {
    let list = fs::read_to_string(list).unwrap_or_default();
    let (_, paths) = list.split_once(": ").unwrap_or_default();
    let paths = paths.trim_end().replace("\\ ", "\0");
    let paths = paths.split(' ').filter(|path| !path.is_empty());
    paths.map(|path| path.replace('\0', " ").into()).collect()
}
