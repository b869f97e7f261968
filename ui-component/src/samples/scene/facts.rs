//! The facts of a verdict, computed from the advisories that affect a version.

use super::number;
use crate::answer::{Advisory, AdvisoryKind, Alert, Counts, SeverityWord, ShownVersionPlatforms};

pub(super) fn counted(affecting: &[&Advisory]) -> i64 {
    number(affecting.iter().filter(|it| it.is_counted).count())
}

pub(super) fn counts(affecting: &[&Advisory]) -> Counts {
    let live = affecting.iter().filter(|it| it.withdrawn.is_none());
    let of = |kind: AdvisoryKind| number(live.clone().filter(|it| it.kind == kind).count());
    Counts {
        malicious: of(AdvisoryKind::MALICIOUS),
        vulnerabilities: of(AdvisoryKind::VULNERABILITY),
        unsound: of(AdvisoryKind::UNSOUND),
        unmaintained: of(AdvisoryKind::UNMAINTAINED),
    }
}

pub(super) fn alert_of(advisory: &Advisory) -> Alert {
    let word = advisory.severity.as_ref().map(|severity| &severity.word);
    match (&advisory.kind, word) {
        _ if !advisory.is_counted => Alert::NONE,
        (AdvisoryKind::MALICIOUS, _) => Alert::ALARM,
        (AdvisoryKind::VULNERABILITY, None | Some(SeverityWord::HIGH | SeverityWord::CRITICAL)) => {
            Alert::ALARM
        }
        _ => Alert::WARNING,
    }
}

pub(super) fn alert(affecting: &[&Advisory]) -> Alert {
    let has = |alert: Alert| affecting.iter().any(|it| it.alert == alert);
    match (has(Alert::ALARM), has(Alert::WARNING)) {
        (true, _) => Alert::ALARM,
        (false, true) => Alert::WARNING,
        (false, false) => Alert::NONE,
    }
}

pub(super) fn platforms(affecting: &[&Advisory]) -> Option<ShownVersionPlatforms> {
    let mut counted = affecting.iter().filter(|it| it.is_counted);
    let first = counted.next()?;
    let is_limited = !first.os.is_empty() || !first.arch.is_empty();
    let is_shared = counted.all(|it| it.os == first.os && it.arch == first.arch);
    (is_limited && is_shared).then(|| ShownVersionPlatforms {
        os: first.os.clone(),
        arch: first.arch.clone(),
    })
}
