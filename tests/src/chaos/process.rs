//! A server of the service as a process that can be killed, stopped, moved in time, and
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

/// The size of the disk of a server's clone, in megabytes.
const DISK: u32 = 64;

/// The time within which a server ends that was asked to.
const END: Duration = Duration::from_secs(20);

/// Debian's place for libfaketime's library for programs with threads, below a folder of
/// the machine's architecture.
const LIBRARIES: &str = "/usr/lib";
const FAKETIME: &str = "faketime/libfaketimeMT.so.1";

/// The doors of a server, and what it must know when it is asked.
#[derive(Debug)]
pub struct Doors {
    /// Its name.
    pub name: &'static str,
    /// The internal door's port.
    pub internal: u16,
    /// The tab door's port.
    pub tab: u16,
    /// True for a gate: a tab door alone, over another server's GraphQL.
    pub is_gate: bool,
    /// The newest entry of the ledger that it is known to know.
    floor: AtomicI32,
    /// The same for each path, at a gate: it learns of new data by a look every second, or
    /// by any page that it makes.
    floors: Mutex<HashMap<String, i32>>,
    /// The times in which its connections may break.
    pub broken: Phase,
    /// The end of the last fault that broke them.
    pub steady_since: Mutex<Instant>,
}

impl Doors {
    /// The newest entry of the ledger that it must know when it is asked for a path.
    pub fn floor(&self, path: &str) -> i32 {
        match self.is_gate {
            true => lock(&self.floors).get(path).copied().unwrap_or(0),
            false => self.floor.load(Ordering::SeqCst),
        }
    }

    /// Notes that it has shown an entry at a path.
    pub fn shows(&self, path: &str, seq: i32) {
        if self.is_gate {
            let mut floors = lock(&self.floors);
            let floor = floors.entry(path.to_owned()).or_default();
            *floor = seq.max(*floor);
        } else {
            self.floor.fetch_max(seq, Ordering::SeqCst);
        }
    }

    /// Notes the end of a fault that broke its connections.
    pub fn steady(&self) {
        self.broken.end();
        *self
            .steady_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A server.
#[derive(Debug)]
pub struct Server {
    /// Its doors.
    pub doors: Arc<Doors>,
    /// The options that all servers have.
    options: Vec<String>,
    program: PathBuf,
    folder: PathBuf,
    /// The disk of its clone, where the machine allows one.
    disk: Option<SmallDisk>,
    process: Option<Child>,
}

/// The faults that this machine allows.
#[derive(Clone, Copy, Debug)]
pub struct Abilities {
    /// libfaketime is installed.
    pub faketime: bool,
    /// A small file system can be mounted.
    pub small_disk: bool,
}

impl Abilities {
    /// Tries what this machine allows.
    #[must_use]
    pub fn find(folder: &Path) -> Self {
        Self {
            faketime: faketime().is_some(),
            small_disk: SmallDisk::mount(folder, 1).is_some(),
        }
    }
}

impl Server {
    /// A server that is not started yet, with a folder of its own.
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

    /// Starts it, in the place of a process that has ended.
    ///
    /// # Panics
    /// If the program does not exist.
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

    /// Its log file.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Returns true while the process runs.
    pub fn is_up(&mut self) -> bool {
        let process = self.process.as_mut();
        process.is_some_and(|process| matches!(process.try_wait(), Ok(None)))
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Asks it to end, and waits until it has; it takes ten seconds at most.
    pub async fn end(&mut self) {
        self.signal("TERM");
        let begin = Instant::now();
        while self.is_up() && begin.elapsed() < END {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Stops it, or lets it continue: `STOP`, `CONT`.
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

    /// Sets its clock ahead or back, such as `-25h`.
    pub fn set_clock(&self, offset: &str) {
        // In one step: it may be read meanwhile.
        let (new, clock) = (self.folder.join("clock.new"), self.folder.join("clock"));
        fs::write(&new, format!("{offset}\n")).expect("a clock");
        fs::rename(new, clock).expect("a clock");
    }

    /// The disk of its clone, where the machine allows one.
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
