//! Marks for the rows of a host's own lists: a crate's versions, and a crate's
//! dependencies.

use maud::{Markup, html};

pub use crate::query::{RequirementMarks, VersionMarks, requirement_marks, version_marks};
use crate::{alert, links, words};

/// Marks the affected versions of a crate: “8 advisories”, with a link to the Security
/// tab for that version. `data-for` is the version. `href` is only a query, because the
/// host chooses the address of the tab. `data-summary` is read to a screen reader once,
/// and is left out if there is nothing to mark.
#[must_use]
pub fn of_versions(data: &version_marks::ResponseData) -> Markup {
    let krate = data.crate_.as_ref();
    let versions = krate.map_or(&[][..], |krate| &krate.versions.nodes);
    let affected: Vec<_> = versions
        .iter()
        .filter(|it| it.affecting_count > 0)
        .collect();
    let summary = format!(
        "Affected by advisories: {} of {}",
        words::number(affected.len()),
        words::count(versions.len(), "version", "versions"),
    );
    html! {
        div class="crate-security-marks" data-summary=[(!affected.is_empty()).then_some(summary)] {
            @for version in affected {
                a class={ "crate-security-mark " (alert::class(&version.alert)) }
                    data-for=(version.num) href=(links::version(&version.num)) {
                    (words::count(words::size(version.affecting_count), "advisory", "advisories"))
                    span class="cs-hidden" { " affecting " (version.num) }
                }
            }
        }
    }
}

/// Marks each requirement that allows only releases with a vulnerability: “every
/// release that ^0.1 allows is affected”. A requirement that also allows another
/// release is not marked, and unsoundness is not counted. `asked` has the crate and the
/// requirement of each row, in the order of the question. `data-for` is
/// `crate=requirement`; the other attributes are as in [`of_versions`]. A narrow row
/// shows only the last word.
#[must_use]
pub fn of_requirements(
    asked: &[(String, String)],
    data: &requirement_marks::ResponseData,
) -> Markup {
    let rows = asked.iter().zip(&data.requirements);
    let marked: Vec<_> = rows
        .filter(|(_, answer)| {
            let answer = answer.as_ref();
            answer.is_some_and(|it| it.matching > 0 && it.vulnerable == it.matching)
        })
        .map(|(row, _)| row)
        .collect();
    let summary = format!(
        "Allow affected releases only: {} of {}",
        words::number(marked.len()),
        words::count(asked.len(), "requirement", "requirements"),
    );
    html! {
        div class="crate-security-marks" data-summary=[(!marked.is_empty()).then_some(summary)] {
            @for (krate, req) in marked {
                a class="crate-security-mark cs-alarm" data-for={ (krate) "=" (req) } href=(links::requirement(req)) {
                    span class="cs-long" {
                        "every release" span class="cs-hidden" { " of " (krate) } " that " (req) " allows is "
                    }
                    "affected"
                }
            }
        }
    }
}
