//! A small in-memory file system for tests of a full disk. It is mounted in a separate
//! namespace, on machines that allow this, and only processes started with
//! [`SmallDisk::command`] see it.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The shell command of the process that mounts the file system and keeps it.
const KEEP: &str = "mount -t tmpfs -o \"size=$1m,mode=0777\" tmpfs \"$0\" && exec sleep infinity";

/// The time limit for mounting.
const MOUNT: Duration = Duration::from_secs(10);

/// A mounted file system, until this is dropped.
#[derive(Debug)]
pub struct SmallDisk {
    keeper: Child,
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts a file system of this size at a folder. Returns `None` if this machine does not
    /// allow it.
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

    /// Returns a command that runs a program in the file system's namespace, as its root
    /// user.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--target", &self.keeper.id().to_string()])
            .args(["--user", "--mount", "--preserve-credentials"])
            .arg(program);
        command
    }

    /// Fills the file system.
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

    /// Frees the space again.
    pub fn free(&self) {
        drop(fs::remove_file(self.inside("filler")));
    }

    /// Returns the path by which this process reaches a file in the file system.
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
