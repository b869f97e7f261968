//! Tests of the compiled program under a service manager and a health check.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");

/// The time to wait for a message before the test fails.
const DEADLINE: Duration = Duration::from_secs(60);

/// A stand-in for a service manager: a socket that receives notifications.
struct Manager {
    folder: TempDir,
    socket: UnixDatagram,
}

/// A service that the manager started. It is killed when dropped.
struct Service {
    process: Child,
    /// The addresses in the greeting, by their names.
    addresses: BTreeMap<String, String>,
}

impl Manager {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let socket = UnixDatagram::bind(folder.path().join("notify")).expect("a socket");
        let waits = socket.set_read_timeout(Some(DEADLINE));
        waits.expect("a deadline");
        Self { folder, socket }
    }

    /// Returns a command that runs the program without the environment's settings.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crates-io-security"));
        let is_ours = |name: &OsString| {
            let name = name.to_string_lossy();
            name.starts_with("SECURITY_") || name == "DATABASE_URL" || name == "RUST_LOG"
        };
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    fn start(&self, arguments: &[&str]) -> Service {
        let mut process = self
            .program(&["serve", "--sync-every", "0"])
            .args(["--graphql-addr", "127.0.0.1:0", "--tab-addr", "127.0.0.1:0"])
            .args(arguments)
            .env("NOTIFY_SOCKET", self.folder.path().join("notify"))
            .env("WATCHDOG_USEC", "200000")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let lines = lines.map_while(Result::ok);
        let greeting = lines.take_while(|line| !line.starts_with("Data"));
        let addresses = greeting.filter_map(|line| {
            let (name, address) = line.split_once("  ")?;
            Some((name.to_owned(), address.trim().to_owned()))
        });
        Service {
            addresses: addresses.collect(),
            process,
        }
    }

    /// Returns the next message, with its lines joined by spaces.
    fn told(&self) -> String {
        let mut message = [0; 1024];
        let length = self.socket.recv(&mut message).expect("a message");
        let message = str::from_utf8(&message[..length]).expect("UTF-8");
        message.trim_end().replace('\n', " ")
    }

    /// Runs `health`. Returns true if it succeeded, and its output.
    fn health(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.program(&["health"]).args(arguments).output();
        let Output {
            status,
            stdout,
            stderr,
        } = output.expect("it runs");
        let said = String::from_utf8([stdout, stderr].concat()).expect("UTF-8");
        (status.success(), said)
    }
}

impl Service {
    /// Returns the origin of the internal door.
    fn internal(&self) -> &str {
        self.addresses["GraphQL"].trim_end_matches("/graphql")
    }

    /// Returns the address of the tab door.
    fn tab_addr(&self) -> &str {
        let url = self.addresses["The tab"].trim_start_matches("http://");
        url.split('/').next().unwrap_or_default()
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        let killed = Command::new("kill").arg(id).status();
        assert!(killed.is_ok_and(|status| status.success()));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A service with data reports that it is ready, then sends signs of life, and reports that
/// it is stopping after SIGTERM.
#[test]
fn the_manager_is_told() {
    let manager = Manager::new();
    let [advisory_db, index] = ["advisory-db", "index"].map(|it| format!("{SAMPLE}/{it}"));
    let mut service = manager.start(&["--advisory-db", &advisory_db, "--index", &index]);
    assert_eq!(manager.told(), "STATUS=waiting for data");
    assert_eq!(manager.told(), "READY=1 STATUS=serving");
    let ready = format!("{}/ready", service.internal());
    let expect = (true, format!("{ready} answers 200 OK\n"));
    assert_eq!(manager.health(&[&ready, "--wait", "10"]), expect);
    assert_eq!(manager.told(), "WATCHDOG=1");
    assert_eq!(manager.told(), "WATCHDOG=1");

    service.terminate();
    let mut told = manager.told();
    while told == "WATCHDOG=1" {
        told = manager.told();
    }
    assert_eq!(told, "STOPPING=1");
    assert!(service.process.wait().expect("it ends").success());
}

/// A service without real data is alive but not ready, and `health` distinguishes the two. It
/// still reports that it is stopping after SIGTERM. So does a tab door whose GraphQL is
/// unreachable.
#[test]
fn alive_and_not_ready() {
    let manager = Manager::new();
    let service = manager.start(&["--advisory-db", "http://127.0.0.1:1/advisory-db"]);
    assert_eq!(manager.told(), "STATUS=waiting for data");
    let tab_addr = service.tab_addr();
    let alive = format!("http://{tab_addr}/security-tab.css answers 200 OK\n");
    assert_eq!(manager.health(&["--tab-addr", tab_addr]), (true, alive));
    let ready = format!("{}/ready", service.internal());
    let expect = format!(
        "error: {ready} answers 503 Service Unavailable: the database has only the sample\n"
    );
    assert_eq!(manager.health(&[&ready]), (false, expect));
    service.terminate();
    assert_eq!(manager.told(), "STOPPING=1");

    let url = "http://127.0.0.1:1/graphql";
    let service = manager.start(&["--graphql-url", url]);
    assert_eq!(manager.told(), "STATUS=waiting for data");
    service.terminate();
    assert_eq!(manager.told(), "STOPPING=1");
}

#[test]
fn nobody_answers() {
    let manager = Manager::new();
    let (is_healthy, said) = manager.health(&["--tab-addr", "127.0.0.1:1", "--wait", "1"]);
    assert!(!is_healthy, "{said}");
    let expect = "error: cannot reach http://127.0.0.1:1/security-tab.css: Connection refused";
    assert!(said.starts_with(expect), "{said}");
    assert!(
        said.ends_with("; is the service running there?\n"),
        "{said}"
    );
}

/// `health unix:PATH` requests `/ready` on the internal door's Unix socket.
#[test]
fn the_health_of_a_socket() {
    let manager = Manager::new();
    let socket = ["--graphql-addr", "unix:internal.sock"];
    let service = manager.start(&[&["--dev", "--advisory-db", "sample"][..], &socket].concat());
    assert_eq!(service.addresses["GraphQL"], "unix:internal.sock");
    let expect = (true, "http://localhost/ready answers 200 OK\n".to_owned());
    assert_eq!(
        manager.health(&["unix:internal.sock", "--wait", "10"]),
        expect
    );
}

/// The format of the log can be chosen. By default, it is JSON in a file or a pipe.
#[test]
fn the_format_of_the_log() {
    let manager = Manager::new();
    for (arguments, variable, is_json) in [
        (&[][..], None, true),
        (&["--log-format", "json"], None, true),
        (&["--log-format", "text"], None, false),
        (&[], Some("text"), false),
        (&["--log-format", "json"], Some("text"), true),
    ] {
        let mut command = manager.program(&["sync", "--advisory-db", "/no/such"]);
        command.args(["--index", "none"]).args(arguments);
        command.envs(variable.map(|format| ("SECURITY_LOG_FORMAT", format)));
        let stderr = command.output().expect("it runs").stderr;
        let stderr = String::from_utf8(stderr).expect("UTF-8");
        let line = stderr.lines().next().unwrap_or_default();
        assert_eq!(line.starts_with("{\"timestamp\""), is_json, "{line}");
        assert!(line.contains("cannot list the advisory-db"), "{line}");
        // Colours are only for terminals.
        assert!(!line.contains('\u{1b}'), "{line}");
    }
}
