//! The tests' own PostgreSQL server, on loopback, in a temporary folder.

use crate::small_disk::SmallDisk;
use sea_orm::{ConnectionTrait, Database};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tempfile::TempDir;

/// The account for PostgreSQL if the tests run as root, which PostgreSQL refuses.
const NOBODY: u32 = 65534;

/// Debian's folder of the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The time limit for the start of the server.
const START: Duration = Duration::from_secs(60);

/// A running server, which stops when the last test that holds it ends.
#[derive(Debug)]
pub struct Server {
    process: Child,
    program: PathBuf,
    port: u16,
    databases: AtomicUsize,
    folder: TempDir,
    /// The small disk with the server's data, if it has one.
    disk: Option<SmallDisk>,
}

/// Returns the server that the running tests share, or `None` if PostgreSQL is
/// not installed.
pub async fn server() -> Option<Arc<Server>> {
    static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let programs = programs()?;
    let server = {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        match shared.upgrade() {
            Some(server) => server,
            None => {
                let server = Arc::new(Server::start(&programs, None));
                *shared = Arc::downgrade(&server);
                server
            }
        }
    };
    server.wait().await;
    Some(server)
}

impl Server {
    /// Starts a server that no other test uses, so that it can be disturbed.
    /// Returns `None` if PostgreSQL is not installed.
    pub async fn alone() -> Option<Self> {
        let server = Self::start(&programs()?, None);
        server.wait().await;
        Some(server)
    }

    /// Starts a server that no other test uses, with its data on a disk of this size if this
    /// machine allows mounting one. Returns `None` if PostgreSQL is not installed.
    pub async fn alone_on_a_small_disk(megabytes: u32) -> Option<Self> {
        let server = Self::start(&programs()?, Some(megabytes));
        server.wait().await;
        Some(server)
    }

    fn start(programs: &Path, megabytes: Option<u32>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let data = data(folder.path());
        let parent = data.parent().expect("its folder");
        fs::create_dir(parent).expect("a folder");
        let disk = megabytes.and_then(|megabytes| SmallDisk::mount(parent, megabytes));
        if is_root() && disk.is_none() {
            for folder in [folder.path(), parent] {
                chown(folder, Some(NOBODY), Some(NOBODY)).expect("chown");
            }
        }
        let initdb = command(&programs.join("initdb"), folder.path(), disk.as_ref())
            .args([
                "--auth=trust",
                "--username=test",
                "--encoding=UTF8",
                "--no-sync",
                "--pgdata",
            ])
            .arg(&data)
            .status()
            .expect("initdb runs");
        assert!(initdb.success(), "initdb failed");

        let program = programs.join("postgres");
        let port = free_port();
        Self {
            process: run(&program, folder.path(), port, disk.as_ref()),
            program,
            port,
            databases: AtomicUsize::new(0),
            folder,
            disk,
        }
    }

    /// Returns the server's main process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the small disk with the server's data, if it has one.
    #[must_use]
    pub fn disk(&self) -> Option<&SmallDisk> {
        self.disk.as_ref()
    }

    /// Returns true if the server is running.
    pub fn is_up(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Makes it hang, with all its connections.
    pub fn suspend(&self) {
        // The main process comes first, so that it starts no child that keeps running.
        send("STOP", &[self.process.id().to_string()]);
        self.signal("STOP");
    }

    /// Lets it continue.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Ends it immediately, with all its connections.
    pub fn stop(&mut self) {
        // A suspended server does not replace killed child processes. A new child would
        // outlive it and prevent the next server from starting.
        self.suspend();
        self.signal("KILL");
        drop(self.process.wait());
    }

    /// Shuts the server down with a signal: `INT` for a fast shutdown, `QUIT` for an
    /// immediate one.
    ///
    /// # Panics
    /// Panics if the signal cannot be sent.
    pub fn end_by(&mut self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(send(signal, &[id]), "kill failed");
        drop(self.process.wait());
    }

    /// Starts it again, with the data that it had.
    pub async fn start_again(&mut self) {
        let disk = self.disk.as_ref();
        self.process = run(&self.program, self.folder.path(), self.port, disk);
        self.wait().await;
    }

    /// Sends a signal to it and to its child processes.
    fn signal(&self, signal: &str) {
        let id = self.process.id();
        // A child may have ended since it was listed.
        for child in children(id) {
            send(signal, &[child]);
        }
        assert!(send(signal, &[id.to_string()]), "kill failed");
    }

    async fn wait(&self) {
        let start = std::time::Instant::now();
        while Database::connect(self.url("postgres")).await.is_err() {
            assert!(
                start.elapsed() < START,
                "PostgreSQL did not start in {START:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes an empty database and returns its address.
    pub async fn create_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let db = Database::connect(self.url("postgres"))
            .await
            .expect("PostgreSQL answers");
        let statement = format!("CREATE DATABASE {name}");
        db.execute_unprepared(&statement)
            .await
            .expect("a new database");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://test@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Sends a signal. Returns true if all of the processes existed.
fn send(signal: &str, ids: &[String]) -> bool {
    let mut command = Command::new("kill");
    command.arg(format!("-{signal}")).args(ids);
    let sent = command.stderr(Stdio::null()).status();
    sent.expect("kill runs").success()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Returns the folder of a server's data.
fn data(folder: &Path) -> PathBuf {
    folder.join("disk").join("data")
}

/// Returns a command for a program in this folder, under an account that
/// PostgreSQL accepts.
fn command(program: &Path, folder: &Path, disk: Option<&SmallDisk>) -> Command {
    let mut command = match disk {
        Some(disk) => {
            let account = NOBODY.to_string();
            let mut command = disk.command("unshare".as_ref());
            command
                .args(["--user", "--map-user", &account, "--map-group", &account])
                .arg(program);
            command
        }
        None => Command::new(program),
    };
    command
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if is_root() && disk.is_none() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn run(program: &Path, folder: &Path, port: u16, disk: Option<&SmallDisk>) -> Child {
    command(program, folder, disk)
        .arg("-D")
        .arg(data(folder))
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "unix_socket_directories=", "-c", "fsync=off"])
        .args(["-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"])
        .spawn()
        .expect("postgres runs")
}

/// Returns the living children of a process.
fn children(parent: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|process| process.file_name().into_string().ok());
    let is_child = |id: &String| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The fields after the name, which is in parentheses and may contain
        // anything: state, parent.
        let rest = stat.rsplit(')').next().unwrap_or_default();
        rest.split_whitespace().nth(1) == Some(&parent.to_string())
    };
    ids.filter(is_child).collect()
}

/// Returns the folder with `initdb` and `postgres`: on the path, or Debian's
/// newest.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let folders = std::env::split_paths(&path).chain(debian.into_iter().rev());
    let has_both =
        |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    folders.into_iter().find(has_both)
}

/// Returns a free port outside the range from which the system chooses ports, so that it is
/// still free when a server is restarted.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(20_000..30_000);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
