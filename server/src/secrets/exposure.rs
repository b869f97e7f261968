//! Warns of a file with secrets that every user of this machine can read.

use std::path::Path;

/// The permission bits by which users other than the owner and the group may read
/// or write.
#[cfg(unix)]
const OTHERS: u32 = 0o006;

/// The last known exposure of a file.
#[derive(Debug, Default)]
pub(super) struct Exposure {
    mode: Option<u32>,
}

impl Exposure {
    /// Checks a file without a warning.
    pub(super) fn of(file: &Path) -> Self {
        let mode = mode_open_to_others(file);
        Self { mode }
    }

    /// Warns if others can read or write the file, unless it had this mode before.
    pub(super) fn look(&mut self, file: &Path) {
        let before = std::mem::replace(&mut self.mode, mode_open_to_others(file));
        if let Some(mode) = self.mode.filter(|_| self.mode != before) {
            let (file, mode) = (file.display(), format!("{mode:04o}"));
            tracing::warn!(
                %file,
                mode,
                "{file} has mode {mode}: every user of this machine can read or change the \
                 secret; restrict it with `chmod o= {file}`"
            );
        }
    }
}

/// Returns the mode of a file that others can read or write.
#[cfg(unix)]
fn mode_open_to_others(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o7777;
    (mode & OTHERS != 0).then_some(mode)
}

/// Returns `None`, because only Unix has modes.
#[cfg(not(unix))]
fn mode_open_to_others(_: &Path) -> Option<u32> {
    None
}
