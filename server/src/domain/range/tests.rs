use super::*;
use proptest::prelude::*;

fn text(patched: &[&str], unaffected: &[&str]) -> String {
    let ranges = Ranges::parse(patched, unaffected).expect("ranges");
    let texts: Vec<_> = affected(&ranges).iter().map(ToString::to_string).collect();
    texts.join("; ")
}

#[test]
fn affected_ranges_as_text() {
    for (patched, unaffected, expect) in [
        (&[][..], &[][..], "every version"),
        (&[">=0.10.48"], &[], "< 0.10.48"),
        (&[">=0.10.48"], &["<0.9.7"], ">= 0.9.7, < 0.10.48"),
        (&[], &["<=0.3.9"], "> 0.3.9"),
        (&[], &["<1.2.0"], ">= 1.2.0"),
        (&[">0.3.9"], &[], "<= 0.3.9"),
        (&["^0.9.5", ">=0.10.2"], &[], "< 0.9.5; >= 0.10.0, < 0.10.2"),
        (&["0.9.5", ">=0.10.2"], &[], "< 0.9.5; >= 0.10.0, < 0.10.2"),
        (
            &["~1.2.4", ">=1.4"],
            &["<1"],
            ">= 1.0.0, < 1.2.4; >= 1.3.0, < 1.4.0",
        ),
        (&[">1.0.3"], &["<1.0.3"], "= 1.0.3"),
        (&[">1.4.0"], &["<=1.0.0"], "> 1.0.0, <= 1.4.0"),
        (&[">=2.0.0"], &["<=1.0.0"], "> 1.0.0, < 2.0.0"),
        (&[">=3.0.0-beta.9"], &[], "< 3.0.0-beta.9"),
        (
            &["^2.2.1", ">=3.0.0-beta.9"],
            &[],
            "< 2.2.1; pre-releases of 3.0.0, < 3.0.0-beta.9",
        ),
        (
            &["^2.2.1", ">3.0.0-beta.9"],
            &[],
            "< 2.2.1; pre-releases of 3.0.0, <= 3.0.0-beta.9",
        ),
        (
            &["^2.2.1", ">=3.0.0"],
            &[],
            "< 2.2.1; pre-releases of 3.0.0",
        ),
        (
            &["^2.2.1", ">3.0.0"],
            &[],
            "< 2.2.1; 3.0.0 and its pre-releases",
        ),
        // Bounds just before a release, as RustSec could write them too.
        (&[">3.0.0-0"], &[], "< 3.0.0"),
        (&["<=3.0.0-0"], &[], ">= 3.0.0"),
        (&["<3.0.0-0", ">3.0.0-0"], &[], "= 3.0.0-0"),
        (&[">=1.0.0"], &["<1.0.0"], ""),
    ] {
        assert_eq!(
            text(patched, unaffected),
            expect,
            "{patched:?} {unaffected:?}"
        );
    }
}

#[test]
fn requirements_as_text() {
    for (requirement, expect) in [
        ("*", "every version"),
        ("^1.2", ">= 1.2.0, < 2.0.0"),
        ("~1.2.3", ">= 1.2.3, < 1.3.0"),
        ("=1.2.3", "= 1.2.3"),
        (">=1.2, <1.4", ">= 1.2.0, < 1.4.0"),
        (">1.2.0, <1.2.0", "> 1.2.0, < 1.2.0"),
    ] {
        let requirement = VersionReq::parse(requirement).expect("a requirement");
        let interval = Interval::of(&requirement).expect("an interval");
        assert_eq!(interval.to_string(), expect, "{requirement}");
    }
}

#[test]
fn requirements_that_rustsec_does_not_use() {
    for requirement in [
        "1.*",
        "=1.2.3, <2",
        "^1.2, <1.4",
        "<1.4, ^1.2",
        "~1.2, <1.2.9",
    ] {
        let parsed = VersionReq::parse(requirement).expect("a requirement");
        assert_eq!(Interval::of(&parsed), None, "{requirement}");
    }
}

/// Returns the interval that a reader of this text would understand.
fn read(text: &str) -> Interval {
    let open = Interval {
        lower: None,
        upper: None,
    };
    if text == "every version" {
        return open;
    }
    let Some(text) = text.strip_prefix("pre-releases of ") else {
        let release = text.strip_suffix(" and its pre-releases");
        let text = release.map_or(text.to_owned(), |release| {
            format!(">={release}-0, <={release}")
        });
        let requirement = VersionReq::parse(&text).expect("a requirement");
        return Interval::of(&requirement).expect("an interval");
    };
    let (release, end) = match text.split_once(", ") {
        Some((release, end)) => (release, end.to_owned()),
        None => (text, format!("<{text}")),
    };
    let requirement = format!(">={release}-0, {end}");
    let requirement = VersionReq::parse(&requirement).expect("a requirement");
    Interval::of(&requirement).expect("an interval")
}

/// Generates small numbers, so that bounds and versions coincide often.
fn version() -> impl Strategy<Value = String> {
    let pre = prop_oneof![
        6 => Just(String::new()),
        1 => (0..3u8).prop_map(|n| format!("-alpha.{n}")),
        1 => Just("-0".to_owned()),
    ];
    let build = prop_oneof![4 => Just(""), 1 => Just("+b.1")];
    (0..3u8, 0..4u8, 0..4u8, pre, build).prop_map(|(major, minor, patch, pre, build)| {
        format!("{major}.{minor}.{patch}{pre}{build}")
    })
}

fn requirement() -> impl Strategy<Value = String> {
    let op = prop::sample::select(vec![">=", "<", "^", "", ">", "<=", "=", "~"]);
    let single = (op, version()).prop_map(|(op, version)| format!("{op}{version}"));
    let pair = (version(), version()).prop_map(|(a, b)| format!(">={a}, <{b}"));
    let partial = (0..3u8, 0..4u8).prop_map(|(major, minor)| format!("^{major}.{minor}"));
    prop_oneof![4 => single, 2 => pair, 1 => partial]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, max_global_rejects: 65_536, ..ProptestConfig::default() })]
    #[test]
    fn intervals_and_their_text_agree_with_rustsec(
        patched in prop::collection::vec(requirement(), 0..3),
        unaffected in prop::collection::vec(requirement(), 0..2),
        num in version(),
    ) {
        let Ok(ranges) = Ranges::parse(&patched, &unaffected) else {
            return Err(TestCaseError::reject("rustsec refuses these"));
        };
        let version = Version::parse(&num).expect("version");
        let intervals = affected(&ranges);
        let holds = |intervals: &[Interval]| intervals.iter().any(|it| it.contains(&version));
        prop_assert_eq!(holds(&intervals), ranges.affects(&version));

        let texts: Vec<String> = intervals.iter().map(ToString::to_string).collect();
        // The one respect in which a text is ambiguous.
        let bounds = intervals.iter().flat_map(|it| [&it.lower, &it.upper]);
        let mut rounded = bounds.flatten().filter(|bound| bound.is_just_before_release());
        let is_open = !version.pre.is_empty() && rounded.any(|bound| {
            let numbers = |it: &Version| (it.major, it.minor, it.patch);
            numbers(&bound.version) == numbers(&version)
        });
        if !is_open {
            let read: Vec<_> = texts.iter().map(|text| read(text)).collect();
            prop_assert_eq!(holds(&read), ranges.affects(&version), "{:?}", texts);
        }
        let is_synthetic = |text: &String| text.contains("-0") && !text.starts_with("= ");
        prop_assert!(!texts.iter().any(is_synthetic), "{:?}", texts);
    }
}
