//! The Rust version that an upgrade needs, as the release itself says.

use maud::{Markup, html};

use super::release;
use crate::answer::{ShownVersion, Target, Upgrade};

/// Says, for example, “0.3.47 needs Rust 1.88; 0.3.19 needs 1.62.” Says nothing if
/// the needed version does not rise or either one is not known.
pub(super) fn rust_version(shown: &ShownVersion, target: &Target, upgrade: &Upgrade) -> Markup {
    let (Some(old), Some(new)) = (&shown.rust_version, &target.rust_version) else {
        return html! {};
    };
    let without = upgrade.without_newer_rust.as_ref();
    let without = without.and_then(|other| Some((other, other.rust_version.as_ref()?)));
    html! {
        @if is_newer(new, old) {
            p {
                (target.num) " needs Rust " (new) "; " (shown.num) " needs " (old) "."
                @if let Some((other, rust)) = without {
                    " " (release(&other.num)) ", not affected either, needs only Rust " (rust) "."
                }
            }
        }
    }
}

/// Returns true if `one` is newer than `other`; `1.70` and `1.70.0` are equal.
fn is_newer(one: &str, other: &str) -> bool {
    matches!((numbers(one), numbers(other)), (Some(one), Some(other)) if one > other)
}

/// Returns the three numbers of a Rust version, or `None` if there is anything else
/// in it.
fn numbers(rust: &str) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    for (at, part) in rust.split('.').enumerate() {
        *numbers.get_mut(at)? = part.parse().ok()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_by_number() {
        for (one, other, expect) in [
            ("1.88", "1.62", true),
            ("1.100", "1.99", true),
            ("1.62", "1.88", false),
            ("1.70.1", "1.70", true),
            ("1.70.0", "1.70", false),
            ("1.88-nightly", "1.62", false),
            ("1.88", "", false),
            ("1.88.0.1", "1.62", false),
        ] {
            assert_eq!(is_newer(one, other), expect, "{one} {other}");
        }
    }
}
