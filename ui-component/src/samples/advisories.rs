//! Invented advisories.

use crate::answer::{
    Advisory, AdvisoryAffectedVersions, AdvisoryFunctions, AdvisoryFunctionsVersions, AdvisoryKind,
    Alert, Identifier, Range, RangeLower, RangeUpper, Severity, SeverityWord,
};

/// Returns an advisory with the fields that every advisory has.
pub(super) fn advisory(number: u32, kind: AdvisoryKind, title: &str) -> Advisory {
    let year = 2018 + number % 8;
    let id = format!("RUSTSEC-{year}-{:04}", 9000 + number);
    let counted = [
        AdvisoryKind::MALICIOUS,
        AdvisoryKind::VULNERABILITY,
        AdvisoryKind::UNSOUND,
    ];
    Advisory {
        title: title.to_owned(),
        is_counted: counted.contains(&kind),
        alert: Alert::NONE,
        kind_name: serde_json::to_value(&kind)
            .ok()
            .and_then(|name| name.as_str().map(str::to_lowercase))
            .unwrap_or_default(),
        kind,
        date: format!("{year}-{:02}-{:02}", 1 + number % 12, 1 + number * 7 % 28),
        withdrawn: None,
        description: "Reading a message that ends early leaves part of the buffer as it was, and hands it out.".to_owned(),
        affects: None,
        upgrade: None,
        severity: None,
        affected_ranges: Vec::new(),
        patched: Vec::new(),
        unaffected: Vec::new(),
        fixed_release: None,
        affected_versions: AdvisoryAffectedVersions { total_count: 0 },
        functions: Vec::new(),
        os: Vec::new(),
        arch: Vec::new(),
        aliases: Vec::new(),
        twins: Vec::new(),
        related: Vec::new(),
        references: Vec::new(),
        categories: Vec::new(),
        keywords: Vec::new(),
        license: "CC0-1.0".to_owned(),
        url: None,
        rustsec_url: Some(format!("https://rustsec.org/advisories/{id}.html")),
        source_url: in_repository("blob", &id),
        history_url: in_repository("commits", &id),
        edit_url: in_repository("edit", &id),
        id,
    }
}

fn in_repository(view: &str, id: &str) -> String {
    format!("https://github.com/rustsec/advisory-db/{view}/main/crates/harbour/{id}.md")
}

/// Returns a use after free with all fields of a good advisory.
pub(super) fn use_after_free() -> Advisory {
    Advisory {
        description: "`Session::resume` keeps a pointer into a ticket that it has just freed. A peer that sends \
            a ticket twice reads memory of the process, or ends it.\n\n\
            # Who is affected\n\nServers that accept session tickets, which is the default.\n\n\
            # What to do\n\nUpgrade, or turn tickets off:\n\n\
            ```rust\nlet config = Config::builder().session_tickets(false).build();\n```\n\n\
            Found by fuzzing; see https://example.org/notes/tickets.".to_owned(),
        severity: Some(critical()),
        affected_ranges: vec![range("< 0.3.4")],
        patched: vec![range(">= 0.3.4")],
        functions: functions(&["harbour::Session::resume", "harbour::ticket::decode"], "< 0.3.4"),
        aliases: vec![
            identifier("CVE-2024-99001", Some("https://nvd.nist.gov/vuln/detail/CVE-2024-99001")),
            identifier("GHSA-aaaa-bbbb-cccc", Some("https://github.com/advisories/GHSA-aaaa-bbbb-cccc")),
            identifier("TROVE-2024-001", None),
        ],
        references: vec!["https://example.org/harbour/pull/311".to_owned()],
        url: Some("https://example.org/harbour/issues/310".to_owned()),
        categories: vec!["memory-corruption".to_owned(), "memory-exposure".to_owned()],
        keywords: vec!["use-after-free".to_owned(), "tls".to_owned()],
        ..advisory(6, AdvisoryKind::VULNERABILITY, "Use after free in `Session::resume`")
    }
}

pub(super) fn unsound() -> Advisory {
    Advisory {
        description:
            "`Frame<T>` is `Send` for every `T`, so safe code can move an `Rc` to another thread."
                .to_owned(),
        affected_ranges: vec![range(">= 0.2.0, < 0.3.1")],
        patched: vec![range(">= 0.3.1")],
        unaffected: vec![range("< 0.2.0")],
        categories: vec!["thread-safety".to_owned()],
        ..advisory(
            3,
            AdvisoryKind::UNSOUND,
            "`Frame<T>` is `Send` without `T: Send`",
        )
    }
}

pub(super) fn unscored() -> Advisory {
    Advisory {
        description: "A header of 4 GiB or more is cut to 32 bits before its length is checked."
            .to_owned(),
        affected_ranges: vec![range("< 0.4.2")],
        patched: vec![range(">= 0.4.2")],
        categories: vec!["denial-of-service".to_owned()],
        ..advisory(
            13,
            AdvisoryKind::VULNERABILITY,
            "Length of a header is cut to 32 bits",
        )
    }
}

pub(super) fn unmaintained() -> Advisory {
    Advisory {
        description: "The author says that no further releases are planned.\n\n## Possible alternatives\n\n\
            - [`quay`](https://crates.io/crates/quay)\n- [`mole`](https://crates.io/crates/mole), for small harbours".to_owned(),
        affected_ranges: vec![range("every version")],
        ..advisory(7, AdvisoryKind::UNMAINTAINED, "`harbour` is unmaintained")
    }
}

pub(super) fn notice() -> Advisory {
    Advisory {
        description:
            "From 0.5 on, addresses are checked when they are parsed, not when they are used."
                .to_owned(),
        affected_ranges: vec![range("< 0.5.0")],
        ..advisory(
            4,
            AdvisoryKind::NOTICE,
            "Addresses are not checked when parsed",
        )
    }
}

pub(super) fn withdrawn() -> Advisory {
    Advisory {
        withdrawn: Some("2025-05-30".to_owned()),
        is_counted: false,
        description: "Reported as a leak; found to be the documented behaviour.".to_owned(),
        affected_ranges: vec![range("every version")],
        ..advisory(
            5,
            AdvisoryKind::VULNERABILITY,
            "Timing of `compare` tells the key",
        )
    }
}

pub(super) fn malicious(affected: Range) -> Advisory {
    Advisory {
        description: "A release made with a stolen token read the environment while building and sent it away. \
            It was removed within hours. If you built it, replace every secret that the build could read.".to_owned(),
        affected_ranges: vec![affected],
        ..advisory(14, AdvisoryKind::MALICIOUS, "One release of `harbour` stole environment variables")
    }
}

pub(super) fn critical() -> Severity {
    cvss3(
        SeverityWord::CRITICAL,
        9.8,
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    )
}

pub(super) fn medium() -> Severity {
    cvss3(
        SeverityWord::MEDIUM,
        5.3,
        "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L",
    )
}

pub(super) fn cvss3(word: SeverityWord, score: f64, metrics: &str) -> Severity {
    let impact = match metrics.rsplit_once("C:") {
        Some((_, "H/I:H/A:H")) => "full loss of confidentiality, integrity, availability",
        Some((_, "N/I:N/A:H")) => "full loss of availability",
        _ => "some loss of availability",
    };
    Severity {
        word,
        score,
        version: "3.1".to_owned(),
        vector: format!("CVSS:3.1/{metrics}"),
        calculator_url: format!("https://www.first.org/cvss/calculator/3-1#CVSS:3.1/{metrics}"),
        summary: format!("Network · low complexity · no login needed · {impact}"),
    }
}

pub(super) fn cvss4() -> Severity {
    let vector = "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:P";
    Severity {
        word: SeverityWord::HIGH,
        score: 8.2,
        version: "4.0".to_owned(),
        vector: vector.to_owned(),
        calculator_url: format!("https://www.first.org/cvss/calculator/4-0#{vector}"),
        summary:
            "Network · low complexity · special conditions needed · no login needed · full loss of \
            availability · proof of concept available"
                .to_owned(),
    }
}

/// Parses a range in Rust's notation: `>= 0.2.0, < 0.3.1`, `>= 0.4.2`, `< 0.3.4`,
/// `= 0.4.4`, or `every version`.
pub(super) fn range(text: &str) -> Range {
    let bounds: Vec<(&str, &str)> = text
        .split(", ")
        .filter_map(|it| it.split_once(' '))
        .collect();
    let lower = bounds.iter().find(|(op, _)| [">=", ">", "="].contains(op));
    let upper = bounds.iter().find(|(op, _)| ["<=", "<", "="].contains(op));
    Range {
        text: text.to_owned(),
        lower: lower.map(|(op, version)| RangeLower {
            version: (*version).to_owned(),
            is_inclusive: *op != ">",
        }),
        upper: upper.map(|(_, version)| RangeUpper {
            version: (*version).to_owned(),
        }),
    }
}

pub(super) fn identifier(id: &str, url: Option<&str>) -> Identifier {
    Identifier {
        id: id.to_owned(),
        url: url.map(str::to_owned),
    }
}

pub(super) fn functions<S: AsRef<str>>(paths: &[S], affected: &str) -> Vec<AdvisoryFunctions> {
    paths
        .iter()
        .map(|path| AdvisoryFunctions {
            path: path.as_ref().to_owned(),
            versions: vec![AdvisoryFunctionsVersions {
                text: affected.to_owned(),
            }],
        })
        .collect()
}
