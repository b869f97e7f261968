//! The numbers on a page add up, on every page of the whole database.

use integration_tests::{SYNCED_AT, TestApp, TestDatabase, real_data, skip};
use server::sync::Sources;

#[tokio::test]
async fn the_numbers_on_every_page_add_up() {
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data("the_numbers_on_every_page_add_up");
    };
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(advisory_db, Some(index), false);
    database.sync(&sources).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    app.look().await;

    let mut affected = 0;
    for krate in app.engine().catalog().crates_with_advisories().await {
        let page = format!("/security-tab/{krate}");
        let tab = app.tab(&page).await.body;
        affected += check(&page, &tab, &app.tab(&format!("{page}/badge")).await.body);
        // The newest affected release, and the oldest of all.
        let lead = between(&tab, "data-test-verdict", "cs-part");
        let last = lead.split("last affected release is").nth(1);
        let oldest = tab.rsplit("<a href=\"?version=").next();
        for link in last.into_iter().chain(oldest) {
            let num = link
                .trim_start_matches(|c| c != '>')
                .trim_start_matches('>');
            let num = num.split('<').next().unwrap_or_default();
            if num.split('.').count() < 3 {
                continue;
            }
            let page = format!("{page}/{}", num.replace('+', "%2B"));
            let tab = app.tab(&page).await.body;
            affected += check(&page, &tab, &app.tab(&format!("{page}/badge")).await.body);
        }
    }
    assert!(affected > 100, "{affected}");
}

/// Checks the numbers of a page; returns 1 if it is affected.
fn check(page: &str, tab: &str, badge: &str) -> usize {
    let attribute = |name: &str| number(between(tab, &format!(" data-{name}=\""), "\""));
    let affected = attribute("affected");
    let by_kind = attribute("malicious") + attribute("vulnerabilities") + attribute("unsound");
    assert_eq!(by_kind, affected, "{page}: by kind");

    // The verdict's sentence counts by kind.
    let verdict = text(between(
        between(tab, "data-test-verdict", "</h2>"),
        "<h2>",
        "</h2>",
    ));
    if affected > 0 {
        let words: Vec<&str> = verdict.split(' ').collect();
        let counted = ["vulnerabilit", "unsoundness", "advisor"];
        let told = words.windows(2).filter_map(|pair| {
            let is_counted = counted.iter().any(|kind| pair[1].starts_with(kind));
            pair[0].parse::<usize>().ok().filter(|_| is_counted)
        });
        // A single advisory about malicious code is mentioned without a number.
        let malicious = usize::from(attribute("malicious") == 1);
        assert_eq!(
            told.sum::<usize>() + malicious,
            affected,
            "{page}: {verdict}"
        );
    }
    assert_eq!(!badge.is_empty(), affected > 0, "{page}: badge");
    if affected > 0 {
        let shown = between(badge, "data-test-security-badge=\"", "\"");
        assert_eq!(number(shown), affected, "{page}: {badge}");
    }

    // The lists, by their headings and by their cards.
    let mut total = 0;
    for part in ["affecting", "undecided", "not-affecting"] {
        let part = between(tab, &format!("data-test-{part}>"), "cs-part");
        let cards = part.matches("data-test-advisory=").count();
        let tally = number(between(part, "<span class=\"cs-tally\">", "<"));
        assert_eq!(tally, cards, "{page}: tally");
        total += cards;
    }
    assert_eq!(total, attribute("total"), "{page}: total");
    let affecting = between(tab, "data-test-affecting>", "cs-part");
    let cards = affecting.matches("data-test-advisory=").count();
    assert_eq!(cards, affected, "{page}: affecting");

    releases(page, tab);
    usize::from(affected > 0)
}

/// The sentence about the releases agrees with the list of them.
fn releases(page: &str, tab: &str) {
    let part = between(tab, "data-test-releases>", "cs-about");
    if part.is_empty() {
        return;
    }
    let groups = between(part, "data-test-choose-release>", "</details>");
    let (mut all, mut affected) = (0, 0);
    for group in groups.split("<li>").skip(1) {
        let links = group.matches("<a href").count();
        all += links;
        affected += links * usize::from(group.contains("affected by"));
    }
    let lead = text(between(part, "class=\"cs-lead\">", "</p>"));
    let first: String = lead.chars().take_while(|c| !".;".contains(*c)).collect();
    let told: Vec<usize> = first
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let is_told = match told.as_slice() {
        [n, m, ..] if lead.contains(" of ") => (*n, *m) == (affected, all),
        [] if lead.starts_with("Both ") => (2, 2) == (affected, all),
        [] if lead.starts_with("Neither ") => (0, 2) == (affected, all),
        [n] if lead.starts_with("All ") => (*n, *n) == (affected, all),
        [m] if lead.starts_with("None ") => (0, *m) == (affected, all),
        [] => all == 1,
        _ => false,
    };
    assert!(is_told, "{page}: {lead}: {affected} of {all}");
    let offered = between(part, "Choose a release (", ")");
    assert_eq!(number(offered), all, "{page}");
}

/// Returns the text between two others: nothing if the first is missing, and all of
/// the rest if the second is missing.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let after = text.split_once(from).map_or("", |(_, after)| after);
    after.split_once(to).map_or(after, |(between, _)| between)
}

fn number(text: &str) -> usize {
    text.replace(',', "").parse().unwrap_or(0)
}

/// Returns the text of some HTML, without its tags.
fn text(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect()
}
