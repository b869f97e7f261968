//! Every sample as a file snapshot of its name.

use ui_component::{Assets, samples, summary};

fn assets() -> Assets {
    Assets {
        style: "/assets/security-tab.css".to_owned(),
        script: "/assets/security-tab.js".to_owned(),
    }
}

/// Splits the markup into a line for each tag, so that a diff shows the changed
/// lines. Leaves `pre` unchanged, because a line break there would change the text.
fn lines(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<pre") {
        let (before, from) = rest.split_at(at);
        let end = from
            .find("</pre>")
            .map_or(from.len(), |end| end + "</pre>".len());
        out.push_str(&before.replace("><", ">\n<"));
        out.push('\n');
        out.push_str(&from[..end]);
        out.push('\n');
        rest = &from[end..];
    }
    out.push_str(&rest.replace("><", ">\n<"));
    out
}

#[test]
fn every_sample_looks_as_it_did() {
    for sample in samples::all() {
        let html = lines(&sample.markup(&assets()).into_string());
        insta::with_settings!({
            snapshot_path => "snapshots",
            prepend_module_to_snapshot => false,
            description => sample.title,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(sample.name, html);
        });
    }
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut names: Vec<&str> = samples::all().iter().map(|sample| sample.name).collect();
    assert!(names.iter().all(|name| {
        name.chars()
            .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
    }));
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// The verdict, the lists of cards, the highlight and the attributes have the same
/// number.
#[test]
fn numbers_agree() {
    for sample in samples::all() {
        let Some(data) = sample.data() else { continue };
        let name = sample.name;
        let summary = summary(data);
        let by_kind = summary.malicious + summary.vulnerabilities + summary.unsound;
        assert_eq!(by_kind, summary.affected, "{name}");
        let krate = data.crate_.as_ref();
        let shown = krate.and_then(|krate| krate.version.as_ref());
        if let Some(version) = shown {
            assert_eq!(
                i64::from(summary.affected),
                version.affecting_count,
                "{name}"
            );
        }
        let badge = ui_component::badge(data).into_string();
        assert_eq!(badge.is_empty(), summary.affected == 0, "{name}");

        let html = sample.markup(&assets()).into_string();
        for (attribute, number) in [
            ("affected", summary.affected),
            ("total", summary.total),
            ("vulnerabilities", summary.vulnerabilities),
            ("unsound", summary.unsound),
            ("malicious", summary.malicious),
            ("unmaintained", summary.unmaintained),
        ] {
            let attribute = format!(" data-{attribute}=\"{number}\"");
            assert!(html.contains(&attribute), "{name}: {attribute}");
        }
        let cards = |html: &str| html.matches("<details class=\"cs-card").count();
        let all = krate.map_or(0, |krate| krate.advisories.len());
        assert_eq!(cards(&html), all, "{name}");
        let part = |hook: &str| html.split_once(hook).map_or("", |(_, part)| part);
        let affecting = part("data-test-affecting").split("cs-part").next();
        assert_eq!(
            affecting.map_or(0, cards),
            if shown.is_some() {
                summary.affected as usize
            } else {
                0
            },
            "{name}"
        );
    }
}

/// Unknown facts are not claimed: `(sample, words that must not be there)`.
#[test]
fn nothing_is_claimed_that_is_not_known() {
    for sample in samples::all() {
        let html = sample.markup(&assets()).into_string();
        for word in ["secure ", "Secure", "is safe"] {
            assert!(!html.contains(word), "{}: {word}", sample.name);
        }
        if sample.name.starts_with("unknown-version-list") {
            for words in [
                "No fixed release",
                "not published",
                "no published release",
                "data-test-releases",
            ] {
                assert!(!html.contains(words), "{}: {words}", sample.name);
            }
        }
    }
}

/// HTML allows a fraction of three digits in `datetime`; a clock may give nine.
/// html-validate does not check that.
#[test]
fn moments_are_valid_for_machines() {
    let mut seen = 0;
    for sample in samples::all() {
        let html = sample.markup(&assets()).into_string();
        for after in html.split(" datetime=\"").skip(1) {
            let moment = after.split('"').next().unwrap_or_default();
            assert!(!moment.contains('.'), "{}: {moment}", sample.name);
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

/// The style that a page loads beside the fragment. The tab door's tests measure the
/// scripts as they are sent.
#[test]
fn the_style_stays_small() {
    assert!(ui_component::STYLE.len() < 18_000);
}
