//! Things that the upgrade and the note after a malicious release must never say.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use ui_component::samples::{self, Sample};
use ui_component::{Assets, Data, Descriptions, badge, security_tab};

fn assets() -> Assets {
    Assets {
        style: "/assets/security-tab.css".to_owned(),
        script: "/assets/security-tab.js".to_owned(),
    }
}

fn html_of(sample: &Sample) -> String {
    sample.markup(&assets()).into_string()
}

fn sample(name: &str) -> Sample {
    let mut all = samples::all().into_iter();
    all.find(|sample| sample.name == name).expect(name)
}

/// Returns the lines to copy.
fn lines(data: &Data) -> Vec<String> {
    let html = security_tab(data, None, &Descriptions::of(data), &assets()).into_string();
    let commands = html.split("<div class=\"cs-command\">").skip(1);
    let lines = commands.filter_map(|rest| rest.split_once("</pre>"));
    lines
        .map(|(line, _)| line.replace("<span>", "").replace("</span>", ""))
        .map(|line| line.replace("<pre><code>", "").replace("</code>", ""))
        .collect()
}

/// A name or a version with characters that are special to a shell leaves no line with
/// it.
#[test]
fn hostile_names_and_versions_enter_no_line() {
    let hostile = "1.0.0';touch x;'$(touch y)";
    let mut seen = 0;
    for sample in samples::all() {
        let Some(data) = sample.data() else { continue };
        seen += lines(data).len();
        let mut named = data.clone();
        if let Some(krate) = &mut named.crate_ {
            krate.name = format!("a{hostile}");
        }
        let mut shown = data.clone();
        let mut targets = data.clone();
        for data in [&mut shown, &mut targets] {
            let version = data.crate_.as_mut().and_then(|it| it.version.as_mut());
            if let Some(version) = version {
                version.num = hostile.to_owned();
            }
        }
        let version = targets.crate_.as_mut().and_then(|it| it.version.as_mut());
        if let Some(upgrade) = version.and_then(|it| it.upgrade.as_mut()) {
            let nearest = &mut upgrade.nearest;
            for target in [
                &mut nearest.compatible,
                &mut nearest.breaking,
                &mut nearest.previous,
            ] {
                target.iter_mut().for_each(|it| it.num = hostile.to_owned());
            }
            upgrade
                .yanked
                .iter_mut()
                .for_each(|it| it.num = hostile.to_owned());
            upgrade
                .improvement
                .iter_mut()
                .for_each(|it| it.num = hostile.to_owned());
        }
        for data in [named, shown, targets] {
            for line in lines(&data) {
                assert!(!line.contains("touch"), "{}: {line}", sample.name);
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

/// A whole entry would drop the features and the `package` of the replaced one.
#[test]
fn no_line_is_a_whole_entry() {
    for sample in samples::all() {
        for line in sample.data().map(lines).unwrap_or_default() {
            let is_known = ["cargo update ", "cargo tree ", "find ", "version = "];
            assert!(
                is_known.iter().any(|start| line.starts_with(start)),
                "{line}"
            );
        }
    }
}

/// The note is on every version of such a crate, affected or not, and never folded.
#[test]
fn the_note_after_a_malicious_release_is_on_every_version() {
    for (name, is_affected) in [
        ("malicious-after", false),
        ("malicious-removed", false),
        ("malicious-unknown-list", false),
        ("malicious-after-removed-version", true),
        ("malicious-open-range", true),
        ("deleted-crate", false),
        ("deleted-crate-version", true),
        ("no-releases", false),
    ] {
        let sample = sample(name);
        let html = html_of(&sample);
        let verdict = html.find("data-test-verdict").expect(name);
        let note = html.find("data-test-aftermath").expect(name);
        let folds = html.find("<details").unwrap_or(html.len());
        assert!(verdict < note, "{name}");
        assert!(note < folds || is_affected, "{name}");
        let data = sample.data().expect(name);
        assert_eq!(badge(data).into_string().is_empty(), !is_affected, "{name}");
        // A deleted crate has no version to show, but malicious code in it is still an
        // alarm.
        let is_red = is_affected || name == "deleted-crate";
        assert_eq!(html.contains("cs-affected"), is_red, "{name}");
    }
}

#[test]
fn removed_only_where_no_published_release_is_affected() {
    let mut removed = 0;
    for sample in samples::all() {
        let html = html_of(&sample);
        let Some(krate) = sample.data().and_then(|data| data.crate_.as_ref()) else {
            continue;
        };
        if html.contains("has been removed") {
            removed += 1;
            let mut advisories = krate.advisories.iter();
            assert!(
                advisories.all(|it| it.affected_versions.total_count == 0),
                "{}",
                sample.name
            );
            assert!(!sample.name.contains("unknown-list"), "{}", sample.name);
        }
    }
    assert_eq!(removed, 7);
}

#[test]
fn only_malicious_code_is_called_malicious() {
    for name in [
        "deleted-crate-not-malicious",
        "malicious-withdrawn",
        "all-affect",
    ] {
        let html = html_of(&sample(name));
        assert!(!html.contains("data-test-aftermath"), "{name}");
        assert!(!html.contains("reports malicious code"), "{name}");
        assert!(!html.contains("malicious release"), "{name}");
    }
}
