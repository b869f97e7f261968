//! Large samples.

use crate::answer::{Advisory, AdvisoryKind, SeverityWord};

use super::advisories::{advisory, cvss3, identifier, range, unsound};
use super::scene::Scene;

const PARTS: [&str; 7] = [
    "the decoder",
    "`Session`",
    "the resolver",
    "`Arena::grow`",
    "the cache",
    "`Frame::split`",
    "the scheduler",
];
const FAULTS: [&str; 6] = [
    "Out-of-bounds read in",
    "Endless loop in",
    "Double free in",
    "Wrong sign in",
    "Panic on empty input in",
    "Stale pointer in",
];

/// Returns 42 advisories over 240 releases in 60 lines. A third affects the version shown.
pub(super) fn advisories() -> Scene {
    let nums =
        (1..=60u32).flat_map(|major| (0..4u32).map(move |patch| format!("{major}.0.{patch}")));
    let mut scene = Scene::new("harbour").releases(nums).shown("24.0.1");
    let faults = FAULTS
        .iter()
        .flat_map(|fault| PARTS.iter().map(move |part| format!("{fault} {part}")));
    let mut drafts: Vec<(Advisory, usize)> = faults
        .zip(0u32..)
        .map(|(title, n)| draft(n, &title))
        .collect();
    // As GraphQL orders them: vulnerabilities by score, unscored ones after High, then unsoundness.
    drafts.sort_by_key(|(advisory, _)| {
        let score = advisory
            .severity
            .as_ref()
            .map_or(69.5, |severity| severity.score * 10.0);
        (
            advisory.kind == AdvisoryKind::UNSOUND,
            -(score * 10.0) as i64,
        )
    });
    for (advisory, end) in drafts {
        scene = scene.advisory(advisory, end.saturating_sub(70)..end);
    }
    scene
}

fn draft(n: u32, title: &str) -> (Advisory, usize) {
    let kind = if n % 5 == 4 {
        AdvisoryKind::UNSOUND
    } else {
        AdvisoryKind::VULNERABILITY
    };
    let severity = match n % 5 {
        0 => Some(cvss3(
            SeverityWord::CRITICAL,
            9.8,
            "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        )),
        1 => Some(cvss3(
            SeverityWord::HIGH,
            7.5,
            "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
        )),
        2 => Some(cvss3(
            SeverityWord::MEDIUM,
            5.3,
            "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L",
        )),
        _ => None,
    };
    let fixed = 4 + n;
    let end = (fixed as usize - 1) * 4;
    let from = end.saturating_sub(70) / 4 + 1;
    let advisory = Advisory {
        severity,
        description: format!(
            "{title} lets a caller see what it should not. Fixed in {fixed}.0.0.\n\nReported by a user of `harbour`."
        ),
        affected_ranges: vec![range(&format!(">= {from}.0.0, < {fixed}.0.0"))],
        patched: vec![range(&format!(">= {fixed}.0.0"))],
        aliases: vec![identifier(
            &format!("CVE-2025-{}", 90000 + n),
            Some(&format!(
                "https://nvd.nist.gov/vuln/detail/CVE-2025-{}",
                90000 + n
            )),
        )],
        ..advisory(n, kind, title)
    };
    (advisory, end)
}

/// Returns 700 releases in 10 lines.
pub(super) fn releases() -> Scene {
    let nums = (1..=10u32).flat_map(|major| {
        (0..70u32).map(move |n| match n {
            0 => format!("{major}.0.0-beta.1"),
            n if n % 23 == 0 => format!("{major}.{}.{}*", n / 10, n % 10),
            n => format!("{major}.{}.{}", n / 10, n % 10),
        })
    });
    let old = Advisory {
        affected_ranges: vec![range("< 3.1.0")],
        patched: vec![range(">= 3.1.0")],
        unaffected: Vec::new(),
        ..unsound()
    };
    let recent = Advisory {
        affected_ranges: vec![range(">= 8.0.0, < 9.2.0")],
        patched: vec![range(">= 9.2.0")],
        ..advisory(
            11,
            AdvisoryKind::VULNERABILITY,
            "Lock is held while waiting for a peer",
        )
    };
    Scene::new("harbour")
        .releases(nums)
        .advisory(recent, 491..580)
        .advisory(old, 0..150)
}
