//! Releases grouped into lines, and lines into rows.

use crate::answer::Release;
use crate::words;

/// The number of changes between affected and not affected above which they are
/// summarised.
const TOLD: usize = 3;

/// One row of the list.
pub(super) enum Row<'a> {
    /// One line of compatible releases.
    Line(&'a [Release]),
    /// Neighbouring lines, in which either every release or none is affected.
    Alike(&'a [Release]),
}

/// Returns the rows of releases that are sorted newest first. The line of the version
/// shown gets its own row.
pub(super) fn rows<'a>(releases: &'a [Release], shown: Option<&str>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut rest = releases;
    while let Some(first) = rest.first() {
        let is_alike = |release: &&Release| {
            is_affected(release) == is_affected(first) && Some(release.num.as_str()) != shown
        };
        let alike = rest.iter().take_while(is_alike).count();
        let line = length_of_line(rest);
        // Take whole lines only.
        let mut whole = 0;
        let mut lines = 0;
        while whole < rest.len() {
            let next = whole + length_of_line(rest.get(whole..).unwrap_or_default());
            if next > alike {
                break;
            }
            (whole, lines) = (next, lines + 1);
        }
        let (row, after) = rest.split_at(if lines > 1 { whole } else { line });
        rows.push(if lines > 1 {
            Row::Alike(row)
        } else {
            Row::Line(row)
        });
        rest = after;
    }
    rows
}

fn length_of_line(releases: &[Release]) -> usize {
    let line = releases.first().map(|release| line_of(&release.num));
    let is_same = |release: &&Release| Some(line_of(&release.num)) == line;
    releases.iter().take_while(is_same).count()
}

fn is_affected(release: &Release) -> bool {
    release.affecting_count > 0
}

/// Returns the numbers that Cargo requires to be equal for compatibility: the major
/// version; below 1.0.0 the minor version too; below 0.1.0 all three.
pub(crate) fn line_of(num: &str) -> &str {
    let core = num.split(['-', '+']).next().unwrap_or(num);
    if core.starts_with("0.0.") {
        return core;
    }
    let mut dots = core.match_indices('.').map(|(at, _)| at);
    let first = dots.next();
    let end = if core.starts_with("0.") {
        dots.next()
    } else {
        first
    };
    end.and_then(|end| core.get(..end)).unwrap_or(core)
}

impl<'a> Row<'a> {
    /// Returns its releases, newest first.
    pub(super) fn releases(&self) -> &'a [Release] {
        match self {
            Self::Line(releases) | Self::Alike(releases) => releases,
        }
    }

    /// Returns the number of releases of a single line.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Line(releases) => Some(releases.len()),
            Self::Alike(_) => None,
        }
    }

    /// Returns `0.10`, or `0.8 to 0.1`.
    pub(super) fn name(&self) -> String {
        let releases = self.releases();
        let line = |release: Option<&Release>| {
            release.map_or(String::new(), |it| line_of(&it.num).to_owned())
        };
        match self {
            Self::Line(_) => line(releases.first()),
            Self::Alike(_) => format!("{} to {}", line(releases.first()), line(releases.last())),
        }
    }

    pub(super) fn holds(&self, num: Option<&str>) -> bool {
        let mut releases = self.releases().iter();
        releases.any(|release| Some(release.num.as_str()) == num)
    }

    /// Returns words such as “0.10.0 to 0.10.71 affected; 0.10.72 to 0.10.82 not
    /// affected”.
    pub(super) fn in_words(&self, shown: Option<&str>) -> String {
        let releases = self.releases();
        let mut words = match self {
            Self::Alike(_) => all_alike(releases),
            Self::Line(_) => {
                let runs: Vec<&[Release]> = releases
                    .chunk_by(|a, b| is_affected(a) == is_affected(b))
                    .collect();
                match runs.as_slice() {
                    [_] => all_alike(releases),
                    runs if runs.len() <= TOLD => {
                        let runs: Vec<String> = runs.iter().rev().map(|run| told(run)).collect();
                        runs.join("; ")
                    }
                    _ => in_short(releases),
                }
            }
        };
        if let Some(num) = shown.filter(|_| self.holds(shown) && releases.len() > 1) {
            words.push_str(&format!("; {num} is shown"));
        }
        words
    }
}

fn all_alike(releases: &[Release]) -> String {
    let is_affected = releases.first().is_some_and(is_affected);
    match (releases, is_affected) {
        ([one], true) => format!("{} affected", one.num),
        ([one], false) => format!("{} not affected", one.num),
        ([_, _], true) => "both releases affected".to_owned(),
        ([_, _], false) => "neither of 2 releases affected".to_owned(),
        (all, true) => format!("all {} releases affected", words::number(all.len())),
        (all, false) => format!("none of {} releases affected", words::number(all.len())),
    }
}

fn told(run: &[Release]) -> String {
    let num = |release: Option<&Release>| release.map_or(String::new(), |it| it.num.clone());
    let (newest, oldest) = (num(run.first()), num(run.last()));
    let verdict = match run.first().is_some_and(is_affected) {
        true => "affected",
        false => "not affected",
    };
    if run.len() == 1 {
        format!("{newest} {verdict}")
    } else {
        format!("{oldest} to {newest} {verdict}")
    }
}

/// Summarises lines in which backported fixes leave gaps: “31 of 62 affected; the newest,
/// 1.47.0, is not”.
fn in_short(releases: &[Release]) -> String {
    let affected = releases.iter().filter(|it| is_affected(it)).count();
    let newest = releases.first();
    let num = newest.map_or("", |it| it.num.as_str());
    let verdict = match newest.is_some_and(is_affected) {
        true => "is too",
        false => "is not",
    };
    format!(
        "{} of {} affected; the newest, {num}, {verdict}",
        words::number(affected),
        words::number(releases.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Alert;

    #[test]
    fn lines_are_what_cargo_holds_compatible() {
        assert_eq!(line_of("1.2.3"), "1");
        assert_eq!(line_of("0.10.8"), "0.10");
        assert_eq!(line_of("0.0.3"), "0.0.3");
        assert_eq!(line_of("0.0.3-rc.1"), "0.0.3");
        assert_eq!(line_of("110.0.0+1.1.0f"), "110");
        assert_eq!(line_of("10.0.0-rc.1"), "10");
        assert_eq!(line_of("0.10.0-rc.1"), "0.10");
        assert_eq!(line_of("odd"), "odd");
    }

    /// Parses releases, newest first; `!` marks an affected one.
    fn told_of(nums: &str, shown: Option<&str>) -> Vec<String> {
        let releases: Vec<Release> = nums
            .split_whitespace()
            .map(|num| Release {
                num: num.trim_end_matches('!').to_owned(),
                is_yanked: false,
                is_prerelease: false,
                affecting_count: i64::from(num.ends_with('!')),
                alert: Alert::NONE,
            })
            .collect();
        rows(&releases, shown)
            .iter()
            .map(|row| format!("{}: {}", row.name(), row.in_words(shown)))
            .collect()
    }

    #[test]
    fn neighbouring_lines_that_are_alike_share_a_row() {
        assert_eq!(
            told_of(
                "5.0.0 4.1.0 4.0.0 3.0.2 3.0.1! 3.0.0! 2.1.0! 2.0.0! 1.0.0! 0.0.2! 0.0.1!",
                None
            ),
            [
                "5 to 4: none of 3 releases affected",
                "3: 3.0.0 to 3.0.1 affected; 3.0.2 not affected",
                "2 to 0.0.1: all 5 releases affected",
            ]
        );
    }

    #[test]
    fn the_line_of_the_version_shown_stands_alone() {
        assert_eq!(
            told_of("4.0.0! 3.1.0! 3.0.0! 2.0.0! 1.0.0!", Some("3.0.0")),
            [
                "4: 4.0.0 affected",
                "3: both releases affected; 3.0.0 is shown",
                "2 to 1: both releases affected",
            ]
        );
    }

    #[test]
    fn many_holes_are_counted() {
        assert_eq!(
            told_of("1.5.0 1.4.0! 1.3.1 1.3.0! 1.2.0", None),
            ["1: 2 of 5 affected; the newest, 1.5.0, is not"]
        );
        assert_eq!(
            told_of("1.5.0! 1.4.0 1.3.1! 1.3.0", None),
            ["1: 2 of 4 affected; the newest, 1.5.0, is too"]
        );
        assert_eq!(
            told_of("1.2.0 1.1.0! 1.0.0", None),
            ["1: 1.0.0 not affected; 1.1.0 affected; 1.2.0 not affected"]
        );
    }

    #[test]
    fn every_release_is_in_exactly_one_row() {
        let nums = "3.0.0 2.2.0! 2.1.0 2.0.0! 1.1.0 1.0.0 0.2.1! 0.2.0! 0.1.0!";
        for shown in nums.split_whitespace().map(|num| num.trim_end_matches('!')) {
            let releases: Vec<Release> = nums
                .split_whitespace()
                .map(|num| Release {
                    num: num.trim_end_matches('!').to_owned(),
                    is_yanked: false,
                    is_prerelease: false,
                    affecting_count: i64::from(num.ends_with('!')),
                    alert: Alert::NONE,
                })
                .collect();
            let rows = rows(&releases, Some(shown));
            let in_rows: Vec<&str> = rows
                .iter()
                .flat_map(|row| row.releases())
                .map(|release| release.num.as_str())
                .collect();
            let all: Vec<&str> = releases.iter().map(|it| it.num.as_str()).collect();
            assert_eq!(in_rows, all);
        }
    }
}
