//! The lines that the tab offers to copy: commands for a shell, and the version of a
//! dependency in `Cargo.toml`.
//!
//! Names and versions come from data, so each line is built only from a name and versions
//! that crates.io could have published. They contain no character that is special to a
//! shell or to TOML. If a part is not of that form, there is no line.
//!
//! The effect of each line is tested with Cargo itself, in `tests/it/cargo.rs`.

/// Moves the locked release `from` to `to`.
///
/// The version after the `@` is needed if a lock file has two releases of a crate,
/// because a bare name is then ambiguous. Build metadata may stay in both.
#[must_use]
pub fn update(name: &str, from: &str, to: &str) -> Option<String> {
    let (name, from, to) = (crate_name(name)?, version(from)?, version(to)?);
    Some(format!("cargo update {name}@{from} --precise {to}"))
}

/// Shows which packages require a locked release.
///
/// By default `cargo tree` considers only the current package, its default features and
/// this platform, while a lock file covers all of them.
#[must_use]
pub fn dependents(name: &str, num: &str) -> Option<String> {
    let (name, num) = (crate_name(name)?, version(num)?);
    Some(format!(
        "cargo tree --workspace --all-features --target all --invert {name}@{num}"
    ))
}

/// Returns the version of a dependency in `Cargo.toml`, for this release or a later
/// compatible one.
///
/// It is this key alone, because a whole entry would drop the dependency's features and
/// `package`. A requirement has no build metadata.
#[must_use]
pub fn requirement(num: &str) -> Option<String> {
    Some(format!("version = \"{}\"", without_metadata(version(num)?)))
}

/// Returns the version of a dependency in `Cargo.toml`, for this release only.
#[must_use]
pub fn pin(num: &str) -> Option<String> {
    let num = without_metadata(version(num)?);
    Some(format!("version = \"={num}\""))
}

/// Lists the releases of a crate that Cargo has downloaded on a machine, or finds one of
/// them. A version begins with a digit, which excludes crates whose names have the same
/// beginning.
#[must_use]
pub fn find_downloads(name: &str, num: Option<&str>) -> Option<String> {
    let name = crate_name(name)?;
    let num = match num {
        Some(num) => version(num)?,
        None => "[0-9]*",
    };
    Some(format!(
        "find ~/.cargo/registry/cache -name '{name}-{num}.crate'"
    ))
}

fn without_metadata(num: &str) -> &str {
    num.split('+').next().unwrap_or(num)
}

/// Accepts a name by crates.io's rule: a letter, then letters, digits, `-` and `_`.
fn crate_name(name: &str) -> Option<&str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(allowed);
    is_name.then_some(name)
}

/// Accepts a version that contains only what semver allows.
fn version(num: &str) -> Option<&str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let is_version = num.starts_with(|c: char| c.is_ascii_digit()) && num.chars().all(allowed);
    is_version.then_some(num)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the commands for these parts.
    fn lines(name: &str, num: &str) -> Vec<String> {
        [
            update(name, num, "1.0.0"),
            update(name, "1.0.0", num),
            dependents(name, num),
            find_downloads(name, Some(num)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    #[test]
    fn lines_to_copy() {
        let plain = lines("rand", "0.8.5-rc.1+b").join("\n");
        insta::assert_snapshot!(plain, @"
        cargo update rand@0.8.5-rc.1+b --precise 1.0.0
        cargo update rand@1.0.0 --precise 0.8.5-rc.1+b
        cargo tree --workspace --all-features --target all --invert rand@0.8.5-rc.1+b
        find ~/.cargo/registry/cache -name 'rand-0.8.5-rc.1+b.crate'
        ");
        let all = find_downloads("rand_core-2", None);
        let expect = "find ~/.cargo/registry/cache -name 'rand_core-2-[0-9]*.crate'";
        assert_eq!(all.as_deref(), Some(expect));
    }

    #[test]
    fn a_requirement_has_no_metadata() {
        let num = "110.0.1+1.1.0g";
        assert_eq!(requirement(num).as_deref(), Some("version = \"110.0.1\""));
        assert_eq!(pin(num).as_deref(), Some("version = \"=110.0.1\""));
    }

    /// Characters that are special to a shell, to a glob, to TOML, or to Cargo's options.
    #[test]
    fn nothing_else_enters_a_line() {
        let others = ['\u{a0}', '\u{202e}', 'é', '１'];
        let foreign = (0..128u8).map(char::from).chain(others);
        for c in foreign.filter(|c| !c.is_ascii_alphanumeric()) {
            if !"-_".contains(c) {
                assert_eq!(lines(&format!("a{c}"), "1.0.0"), [""; 0], "{c:?}");
            }
            if !".-+".contains(c) {
                let num = format!("1.0.0{c}");
                assert_eq!(lines("rand", &num), [""; 0], "{c:?}");
                assert_eq!((requirement(&num), pin(&num)), (None, None), "{c:?}");
            }
        }
        for name in ["", "-rand", "1rand", "_rand"] {
            assert_eq!(lines(name, "1.0.0"), [""; 0], "{name}");
            assert_eq!(find_downloads(name, None), None, "{name}");
        }
        for num in ["", "-1.0.0", "v1.0.0", "+1", "*"] {
            assert_eq!(lines("rand", num), [""; 0], "{num}");
            assert_eq!((requirement(num), pin(num)), (None, None), "{num}");
        }
    }
}
