//! Operating systems and processor architectures, in words.

use crate::words;

/// The number of names above which they are counted, because the advisory lists
/// them.
const NAMED: usize = 3;

/// Returns `on Windows only`, `on x86 and x86_64 only`, `on Windows (x86) only`
/// or `on 9 operating systems only`, or `None` without a limit.
pub(crate) fn only_on(os: &[String], arch: &[String]) -> Option<String> {
    let systems: Vec<&str> = os.iter().map(|name| name_of(name)).collect();
    match (systems.as_slice(), arch) {
        ([], []) => None,
        (systems, _) if systems.len() > NAMED => {
            Some(format!("on {} operating systems only", systems.len()))
        }
        ([], arch) => Some(format!("on {} only", words::and(arch))),
        (systems, []) => Some(format!("on {} only", words::and(systems))),
        (systems, arch) => Some(format!(
            "on {} ({}) only",
            words::and(systems),
            arch.join(", ")
        )),
    }
}

/// Returns the name of a platform as its makers write it, or the advisory's own
/// name if it is not known here.
pub(crate) fn name_of(name: &str) -> &str {
    match name {
        "android" => "Android",
        "freebsd" => "FreeBSD",
        "ios" => "iOS",
        "linux" => "Linux",
        "macos" => "macOS",
        "netbsd" => "NetBSD",
        "openbsd" => "OpenBSD",
        "windows" => "Windows",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_a_sentence() {
        let limit = |os: &[&str], arch: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
            let (os, arch): (Vec<String>, Vec<String>) = (owned(os), owned(arch));
            only_on(&os, &arch)
        };
        assert_eq!(limit(&[], &[]), None);
        assert_eq!(limit(&["windows"], &[]).as_deref(), Some("on Windows only"));
        assert_eq!(
            limit(&["linux", "nuttx"], &[]).as_deref(),
            Some("on Linux and nuttx only")
        );
        assert_eq!(
            limit(&[], &["x86", "x86_64"]).as_deref(),
            Some("on x86 and x86_64 only")
        );
        assert_eq!(
            limit(&["android", "ios", "linux", "macos"], &[]).as_deref(),
            Some("on 4 operating systems only")
        );
        assert_eq!(
            limit(&["windows"], &["x86"]).as_deref(),
            Some("on Windows (x86) only")
        );
    }
}
