//! Days and times, for people and for machines.

use maud::{Markup, html};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

/// Shows a day: `2024-07-21` as “21 July 2024”. Text that is not a day is shown
/// unchanged.
pub(crate) fn day(date: &str) -> Markup {
    let parsed = Date::parse(date, format_description!("[year]-[month]-[day]"));
    match parsed.map(day_words) {
        Ok(words) => html! { time datetime=(date) { (words) } },
        Err(_) => html! { (date) },
    }
}

/// Returns the day as [`day`] shows it, without the machine-readable form,
/// which another place on the page has.
pub(crate) fn plain_day(date: &str) -> String {
    let parsed = Date::parse(date, format_description!("[year]-[month]-[day]"));
    parsed.map_or_else(|_| date.to_owned(), day_words)
}

/// Returns the day of a time, without the machine-readable form.
pub(crate) fn plain_day_of(moment: &str) -> String {
    utc(moment).map_or_else(|| moment.to_owned(), |at| day_words(at.date()))
}

/// Shows the day of a time: `2024-07-21T10:00:00Z` as “21 July 2024”.
pub(crate) fn day_of(moment: &str) -> Markup {
    match utc(moment) {
        Some(at) => html! { time datetime=(machine(at)) { (day_words(at.date())) } },
        None => html! { (moment) },
    }
}

fn utc(moment: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(moment, &Rfc3339).ok()?;
    Some(at.to_offset(UtcOffset::UTC))
}

/// Formats a time to whole seconds: `datetime` allows at most three digits of a
/// fraction (WHATWG HTML, "valid time string"), and a clock may give nine.
fn machine(at: OffsetDateTime) -> String {
    let time = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
    format!("{}T{time}Z", at.date())
}

fn day_words(date: Date) -> String {
    format!("{} {} {}", date.day(), date.month(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_out() {
        assert_eq!(
            day("2024-07-01").into_string(),
            r#"<time datetime="2024-07-01">1 July 2024</time>"#
        );
        assert_eq!(day("2024-02-31").into_string(), "2024-02-31");
        assert_eq!(day("<b>").into_string(), "&lt;b&gt;");
    }

    #[test]
    fn the_day_of_a_moment_is_told_in_utc() {
        assert_eq!(
            day_of("2026-11-23T00:40:12+01:00").into_string(),
            r#"<time datetime="2026-11-22T23:40:12Z">22 November 2026</time>"#
        );
        assert_eq!(
            day_of("2026-11-23T08:40:12.123456789Z").into_string(),
            r#"<time datetime="2026-11-23T08:40:12Z">23 November 2026</time>"#
        );
        assert_eq!(day_of("yesterday").into_string(), "yesterday");
    }
}
