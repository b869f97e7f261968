//! SIGTERM ends the process, by itself or by force.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use server::shutdown::Shutdown;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Builder;

/// A process that ends with the test, even if the test fails.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Process {
    /// Sends SIGTERM, and waits for the end, for a limited time.
    fn terminate(&mut self) -> ExitStatus {
        let killed = Command::new("kill").arg(self.0.id().to_string()).status();
        assert!(killed.expect("kill runs").success());
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("a status") {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(15), "it lives on");
            sleep(Duration::from_millis(20));
        }
    }
}

/// The service as it is shipped: an open and silent connection does not keep it
/// from ending, and it ends without an error.
#[test]
fn the_service_ends() {
    let folder = TempDir::new().expect("a temporary folder");
    let database = folder.path().join("test.db");
    let any = "127.0.0.1:0";
    let process = Command::new(env!("CARGO_BIN_EXE_crates-io-security"))
        .args([
            "--advisory-db",
            "sample",
            "--index",
            "none",
            "--sync-every",
            "0",
        ])
        .args(["--graphql-addr", any, "--tab-addr", any, "--database-url"])
        .arg(format!("sqlite:{}", database.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut process = Process(process.expect("the service starts"));
    let stdout = process.0.stdout.take().expect("its output");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let line = lines.find(|line| line.starts_with("The tab"));
    let line = line.expect("the tab door is open");
    let addr = line.split('/').nth(2).expect("an address");

    let mut open = TcpStream::connect(addr).expect("a connection");
    open.write_all(b"GET /security-tab/openssl HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("a request");
    let mut first = [0; 15];
    open.read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    assert_eq!(process.terminate().code(), Some(0));
}

/// A process whose threads are all busy still ends.
#[test]
fn a_busy_process_is_ended() {
    let itself = std::env::current_exe().expect("this program");
    let process = Command::new(itself)
        .args(["--ignored", "--exact", "busy", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn();
    let mut process = Process(process.expect("it starts"));
    let stdout = process.0.stdout.take().expect("its output");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("it is busy")));
    assert_eq!(process.terminate().code(), Some(1));
}

/// Never ends by itself.
#[test]
#[ignore = "the test above runs it, and ends it"]
#[expect(clippy::print_stdout, reason = "the test above waits for it")]
fn busy() {
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let shutdown = Shutdown::on_signal(Duration::from_millis(100)).expect("signals");
    runtime.spawn(async {
        println!("it is busy");
        loop {
            std::hint::spin_loop();
        }
    });
    runtime.block_on(async {
        shutdown.requested().await;
        std::future::pending::<()>().await;
    });
}
