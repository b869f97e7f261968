//! A line of releases as a bar.

use maud::{Markup, html};

use crate::answer::{Alert, Release};

/// Draws the releases from the oldest to the newest, all equally wide: those that
/// are affected filled, the version shown marked. The row says the same in words.
pub(super) fn bar(releases: &[Release], longest: usize, shown: Option<&str>) -> Markup {
    let length = releases.len();
    // A row of several lines can have more releases than the longest line.
    let width = longest.max(length);
    let place = releases
        .iter()
        .rev()
        .position(|it| Some(it.num.as_str()) == shown);
    html! {
        svg viewBox={ "0 0 " (width) " 1" } preserveAspectRatio="none" aria-hidden="true" {
            path d={ "M0 0h" (length) "v1H0z" } {}
            @for (class, alert) in [("a", Alert::ALARM), ("w", Alert::WARNING)] {
                @let filled = segments(releases, &alert);
                @if !filled.is_empty() { path class=(class) d=(filled) {} }
            }
            @if let Some(place) = place { path class="s" d={ "M" (place) ".5 0v1" } {} }
        }
    }
}

/// Draws a rectangle for each run of neighbouring releases with that alert.
fn segments(releases: &[Release], alert: &Alert) -> String {
    let mut path = String::new();
    let mut from = 0;
    let oldest_first: Vec<bool> = releases.iter().rev().map(|it| it.alert == *alert).collect();
    for run in oldest_first.chunk_by(|a, b| a == b) {
        if run.first() == Some(&true) {
            path.push_str(&format!("M{from} 0h{0}v1h-{0}z", run.len()));
        }
        from += run.len();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_filled_from_the_oldest_on() {
        let release = |alert: &Alert| Release {
            num: String::new(),
            is_yanked: false,
            is_prerelease: false,
            affecting_count: 0,
            alert: alert.clone(),
        };
        let (none, alarm, warning) = (&Alert::NONE, &Alert::ALARM, &Alert::WARNING);
        let newest_first = [none, warning, alarm, alarm, none, alarm].map(release);
        assert_eq!(segments(&newest_first, alarm), "M0 0h1v1h-1zM2 0h2v1h-2z");
        assert_eq!(segments(&newest_first, warning), "M4 0h1v1h-1z");
    }
}
