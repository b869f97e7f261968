//! A server in a separate process, which can be killed, suspended, given another clock, and
//! given a full disk.

use super::phase::Phase;
use crate::postgres::free_port;
use crate::small_disk::SmallDisk;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The size of the disk for a server's clone, in megabytes.
const DISK: u32 = 64;

/// The time limit for a server to stop after SIGTERM.
const END: Duration = Duration::from_secs(20);

/// The folder of Debian's libraries. Below it, in a folder named after the architecture, is
/// the library of libfaketime for programs with threads.
const LIBRARIES: &str = "/usr/lib";
const FAKETIME: &str = "faketime/libfaketimeMT.so.1";

/// The doors of a server, and the states that it may still show.
#[derive(Debug)]
pub struct Doors {
    /// The name of the server.
    pub name: &'static str,
    /// The internal door's port.
    pub internal: u16,
    /// The tab door's port.
    pub tab: u16,
    /// True for a gate: a server with only a tab door, which uses another server's GraphQL.
    pub is_gate: bool,
    /// The `seq` of the newest ledger entry that the server is known to have read.
    floor: AtomicI32,
    /// The same number for each path of a gate. A gate checks for new data once a second, and
    /// each page that it renders may have newer data, so its pages may differ in age.
    floors: Mutex<HashMap<String, i32>>,
    /// The periods in which the server's connections may break.
    pub broken: Phase,
    /// The end of the last fault that broke the server's connections.
    pub steady_since: Mutex<Instant>,
}

impl Doors {
    /// Returns the `seq` of the oldest ledger entry that the server may still show at a path.
    pub fn floor(&self, path: &str) -> i32 {
        match self.is_gate {
            true => lock(&self.floors).get(path).copied().unwrap_or(0),
            false => self.floor.load(Ordering::SeqCst),
        }
    }

    /// Records that the server has shown an entry at a path.
    pub fn shows(&self, path: &str, seq: i32) {
        if self.is_gate {
            let mut floors = lock(&self.floors);
            let floor = floors.entry(path.to_owned()).or_default();
            *floor = seq.max(*floor);
        } else {
            self.floor.fetch_max(seq, Ordering::SeqCst);
        }
    }

    /// Records the end of a fault that broke the server's connections.
    pub fn steady(&self) {
        self.broken.end();
        *self
            .steady_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A server and its process.
#[derive(Debug)]
pub struct Server {
    /// The doors of the server.
    pub doors: Arc<Doors>,
    /// The options of the server, without those that depend on its ports and its folder.
    options: Vec<String>,
    program: PathBuf,
    folder: PathBuf,
    /// The disk of the clone, if the machine allows mounting one.
    disk: Option<SmallDisk>,
    process: Option<Child>,
}

/// The faults that are possible on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Abilities {
    /// True if libfaketime is installed.
    pub faketime: bool,
    /// True if a small file system can be mounted.
    pub small_disk: bool,
}

impl Abilities {
    /// Tests which faults are possible on this machine.
    #[must_use]
    pub fn find(folder: &Path) -> Self {
        Self {
            faketime: faketime().is_some(),
            small_disk: SmallDisk::mount(folder, 1).is_some(),
        }
    }
}

impl Server {
    /// Creates a server with its own folder, without starting it.
    #[must_use]
    pub fn new(
        name: &'static str,
        program: &Path,
        folder: &Path,
        options: &[String],
        is_gate: bool,
    ) -> Self {
        let folder = folder.join(name);
        let disk = folder.join("disk");
        fs::create_dir_all(&disk).expect("a folder");
        Self {
            doors: Arc::new(Doors {
                name,
                internal: free_port(),
                tab: free_port(),
                is_gate,
                floor: AtomicI32::new(0),
                floors: Mutex::default(),
                broken: Phase::default(),
                steady_since: Mutex::new(Instant::now()),
            }),
            options: options.to_vec(),
            program: program.to_owned(),
            folder,
            disk: SmallDisk::mount(&disk, DISK),
            process: None,
        }
    }

    /// Starts the server's process. A previous process must have ended.
    ///
    /// # Panics
    /// Panics if the program does not exist.
    pub fn start(&mut self) {
        let mut command = match &self.disk {
            Some(disk) => disk.command(&self.program),
            None => Command::new(&self.program),
        };
        if let Some(library) = faketime() {
            self.set_clock("+0");
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME_TIMESTAMP_FILE", self.folder.join("clock"))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("FAKETIME_CACHE_DURATION", "1");
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SECURITY_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        let log = File::options().create(true).append(true).open(self.log());
        let process = command
            .args(&self.options)
            .args([
                "--graphql-addr",
                &format!("127.0.0.1:{}", self.doors.internal),
            ])
            .args(["--tab-addr", &format!("127.0.0.1:{}", self.doors.tab)])
            .arg("--advisory-db-clone")
            .arg(self.folder.join("disk").join("clone.git"))
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .stderr(log.expect("a log"))
            .spawn();
        self.process = Some(process.expect("the server starts"));
    }

    /// Returns the path of the log file.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Returns true if the process is running.
    pub fn is_up(&mut self) -> bool {
        let process = self.process.as_mut();
        process.is_some_and(|process| matches!(process.try_wait(), Ok(None)))
    }

    /// Kills the process with `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Sends SIGTERM to the process, and waits for it to end, for at most 20 seconds.
    pub async fn end(&mut self) {
        self.signal("TERM");
        let begin = Instant::now();
        while self.is_up() && begin.elapsed() < END {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends a signal to the process, such as `STOP` or `CONT`.
    pub fn signal(&self, signal: &str) {
        if let Some(process) = &self.process {
            let (signal, id) = (format!("-{signal}"), process.id().to_string());
            drop(
                Command::new("kill")
                    .args([signal, id])
                    .stderr(Stdio::null())
                    .status(),
            );
        }
    }

    /// Sets the server's clock ahead or back by an offset such as `-25h`.
    pub fn set_clock(&self, offset: &str) {
        // Replace the file atomically, because the server may read it at any time.
        let (new, clock) = (self.folder.join("clock.new"), self.folder.join("clock"));
        fs::write(&new, format!("{offset}\n")).expect("a clock");
        fs::rename(new, clock).expect("a clock");
    }

    /// Returns the disk of the clone, if the machine allows mounting one.
    #[must_use]
    pub fn disk(&self) -> Option<&SmallDisk> {
        self.disk.as_ref()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir(LIBRARIES).into_iter().flatten().flatten();
    let mut libraries = folders.map(|folder| folder.path().join(FAKETIME));
    libraries.find(|library| library.is_file())
}
