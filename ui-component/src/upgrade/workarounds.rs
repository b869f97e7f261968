//! Links to the workarounds that advisories describe, if there is no fixed
//! release.

use maud::{Markup, html};

use crate::answer::Advisory;
use crate::{links, markdown};

/// The headings of workarounds in advisories, in lower case.
const HEADINGS: [&str; 4] = ["workaround", "workarounds", "mitigation", "mitigations"];

/// Says, for example, “See “Workarounds” in RUSTSEC-2023-0071.” Says nothing if
/// no advisory has such a heading.
pub(super) fn workarounds<'a>(advisories: impl Iterator<Item = &'a Advisory>) -> Markup {
    let with: Vec<(String, &str)> = advisories
        .filter_map(|advisory| {
            Some((
                heading(&advisory.description)?,
                links::anchor(&advisory.id)?,
            ))
        })
        .collect();
    html! {
        @if !with.is_empty() {
            p {
                "See "
                @for (i, (heading, id)) in with.iter().enumerate() {
                    @if i > 0 { ", " }
                    q { (heading) } " in " a href={ "#" (id) } { (id) }
                }
                "."
            }
        }
    }
}

fn heading(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    // Most texts contain no such word, so they need no parser.
    if !lower.contains("workaround") && !lower.contains("mitigation") {
        return None;
    }
    let is_one = |heading: &String| {
        let words = heading.trim_end_matches(':').trim();
        HEADINGS.contains(&words.to_ascii_lowercase().as_str())
    };
    markdown::headings(text).into_iter().find(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_heading_of_that_name() {
        for (text, expect) in [
            (
                "Text.\n\n## Workarounds\n\nTurn it off.",
                Some("Workarounds"),
            ),
            ("Mitigation\n---\n\nTurn it off.", Some("Mitigation")),
            ("# *Workaround*:\n", Some("Workaround:")),
            ("There is no workaround.", None),
            ("# Mitigation status in `x`\n", None),
            ("```\n# Workarounds\n```\n", None),
        ] {
            assert_eq!(heading(text).as_deref(), expect, "{text}");
        }
    }
}
