//! A small file system of memory, which only the processes that are started on it see. A
//! process may mount one in a name space of its own, on machines that allow it.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Mounts the file system and keeps it.
const KEEP: &str = "mount -t tmpfs -o \"size=$1m,mode=0777\" tmpfs \"$0\" && exec sleep infinity";

/// The time that mounting may take.
const MOUNT: Duration = Duration::from_secs(10);

/// A file system at a folder, as long as this lives.
#[derive(Debug)]
pub struct SmallDisk {
    keeper: Child,
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one of this size at a folder. `None`: this machine does not allow it.
    #[must_use]
    pub fn mount(folder: &Path, megabytes: u32) -> Option<Self> {
        let keeper = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", KEEP])
            .arg(folder)
            .arg(megabytes.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut disk = Self {
            keeper,
            folder: folder.to_owned(),
        };
        let device = |path: &Path| fs::metadata(path).map(|it| it.dev()).ok();
        let outside = device(folder)?;
        let begin = Instant::now();
        while device(&disk.inside("")).is_none_or(|inside| inside == outside) {
            let has_ended = !matches!(disk.keeper.try_wait(), Ok(None));
            if has_ended || begin.elapsed() > MOUNT {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(disk)
    }

    /// A program that sees the file system, as its root user.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--target", &self.keeper.id().to_string()])
            .args(["--user", "--mount", "--preserve-credentials"])
            .arg(program);
        command
    }

    /// Fills it.
    pub fn fill(&self) {
        if let Ok(mut file) = File::create(self.inside("filler")) {
            let mut block = vec![0; 1 << 20];
            while !block.is_empty() {
                if file.write_all(&block).is_err() {
                    block.truncate(block.len() / 2);
                }
            }
        }
    }

    /// Makes room again.
    pub fn free(&self) {
        drop(fs::remove_file(self.inside("filler")));
    }

    /// A file on it, as the keeper sees it.
    fn inside(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        let folder = self.folder.strip_prefix("/").unwrap_or(&self.folder);
        root.join(folder).join(name)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.keeper.kill());
        drop(self.keeper.wait());
    }
}
