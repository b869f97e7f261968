//! nginx, which serves the same bytes from files.

use crate::process;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The time limit for its start.
const START: Duration = Duration::from_secs(5);

/// A running nginx, which ends when this is dropped.
pub(crate) struct Nginx {
    process: Child,
    pub(crate) origin: String,
    folder: TempDir,
}

/// A file to serve.
pub(crate) struct File<'a> {
    pub(crate) name: &'a str,
    pub(crate) media_type: &'a str,
    pub(crate) plain: &'a [u8],
    pub(crate) gzip: Option<&'a [u8]>,
}

/// Returns true if it is installed.
pub(crate) fn is_installed() -> bool {
    let mut version = Command::new("nginx");
    version
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

impl Nginx {
    /// Starts it over these files, with these headers on every answer: a worker
    /// for each core, no log, and open files cached.
    pub(crate) fn start(files: &[File<'_>], headers: &[(String, String)]) -> Result<Self> {
        let folder = TempDir::new()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let root = folder.path().join("root");
        fs::create_dir(&root)?;
        let mut locations = String::new();
        for file in files {
            fs::write(root.join(file.name), file.plain)?;
            if let Some(gzip) = file.gzip {
                fs::write(root.join(format!("{}.gz", file.name)), gzip)?;
            }
            locations += &format!(
                "location = /{} {{ default_type '{}'; }}\n",
                file.name, file.media_type
            );
        }
        let added = headers
            .iter()
            .map(|(name, value)| format!("add_header {name} \"{value}\" always;\n"));
        let added: String = added.collect();
        let path = folder.path().display();
        let config = format!(
            "worker_processes auto; daemon off; pid {path}/pid; error_log {path}/error.log;\n\
             user root;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\n\
             access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;\n\
             keepalive_requests 1000000000; server_tokens off;\n\
             open_file_cache max=100; open_file_cache_valid 60s;\n\
             client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;\n\
             fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi;\n\
             scgi_temp_path {path}/scgi;\n\
             types {{ }}\n\
             server {{\n\
             listen 127.0.0.1:{port}; root {path}/root; gzip_static on; charset off;\n\
             {added}{locations}\
             }}\n\
             }}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, config)?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&file).arg("-e").arg("stderr");
        let nginx = Self {
            process: command.spawn().context("nginx does not run")?,
            origin: format!("http://127.0.0.1:{port}"),
            folder,
        };
        nginx.wait(port)?;
        Ok(nginx)
    }

    fn wait(&self, port: u16) -> Result<()> {
        let begin = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let is_late = begin.elapsed() > START;
            ensure!(!is_late, "nginx does not start, see {:?}", self.folder);
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Returns the CPU time so far, of all workers.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        process::cpu(self.process.id())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it on SIGTERM, but not on SIGKILL.
        let id = self.process.id().to_string();
        drop(Command::new("kill").arg(id).status());
        drop(self.process.wait());
    }
}
