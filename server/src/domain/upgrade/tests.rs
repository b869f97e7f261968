use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Release {
    version: Version,
    is_yanked: bool,
    affecting: usize,
    rust_version: Option<RustVersion>,
}

impl Release {
    /// Parses `1.0.0!*~1.63`: `!` yanked, one `*` for each advisory that affects it,
    /// `~` the Rust version that it needs.
    fn parse(word: &str) -> Self {
        let (word, rust) = word.split_once('~').unwrap_or((word, ""));
        Self {
            version: Version::parse(word.trim_end_matches(['!', '*'])).expect("version"),
            is_yanked: word.contains('!'),
            affecting: word.matches('*').count(),
            rust_version: RustVersion::parse(rust),
        }
    }

    fn candidate(&self) -> Candidate<'_> {
        Candidate {
            version: &self.version,
            is_yanked: self.is_yanked,
            affecting: self.affecting,
            rust_version: self.rust_version,
        }
    }

    fn is_free(&self) -> bool {
        self.affecting == 0
    }
}

fn upgrade(from: &Release, releases: &[Release]) -> Upgrade {
    let releases: Vec<_> = releases.iter().map(Release::candidate).collect();
    find(&from.candidate(), &releases)
}

/// Prints the fields that are set, as `name version`.
fn found(from: &str, text: &str) -> String {
    let releases: Vec<_> = text.split_whitespace().map(Release::parse).collect();
    let Upgrade {
        recommended,
        without_newer_rust,
        improvement,
        yanked,
    } = upgrade(&Release::parse(from), &releases);
    let (side, index) = recommended.unzip();
    let side = side.map_or(String::new(), |side| format!("{side:?}").to_lowercase());
    let fields = [
        (side.as_str(), index),
        ("without newer Rust", without_newer_rust),
        ("improvement", improvement),
        ("yanked", yanked),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, index)| Some(format!("{name} {}", releases[index?].version)));
    fields.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_recommended_release() {
    for (from, text, expect) in [
        (
            "1.0.0*",
            "1.0.0* 1.0.1* 1.1.0 1.2.0 2.0.0",
            "compatible 1.1.0",
        ),
        (
            "1.0.0*",
            "1.0.0* 1.0.1! 1.1.0* 2.0.0 2.0.1",
            "breaking 2.0.0",
        ),
        ("0.3.10*", "0.3.8 0.3.9 0.3.10*", "previous 0.3.9"),
        ("1.0.0*", "1.0.0* 1.0.1-rc.1", ""),
        (
            "1.0.0-rc.1*",
            "1.0.0-rc.1* 1.0.0-rc.2 1.0.0",
            "compatible 1.0.0-rc.2",
        ),
        ("0.1.0*", "0.1.0* 0.2.0", "breaking 0.2.0"),
        ("1.0.5*", "1.0.0* 1.0.1", "previous 1.0.1"),
        (
            "110.0.0*",
            "110.0.0* 110.0.0+1.1.0f 110.0.1+1.1.0g",
            "compatible 110.0.1+1.1.0g",
        ),
        ("1.0.0*", "", ""),
    ] {
        assert_eq!(found(from, text), expect, "{from} among {text}");
    }
}

#[test]
fn without_newer_rust() {
    for (from, text, expect) in [
        // As in rustls 0.23.19: a fix that is backported for older compilers.
        (
            "1.0.0*~1.63",
            "1.0.1~1.71 1.0.2~1.63.0 1.0.3~1.63",
            "compatible 1.0.1, without newer Rust 1.0.2",
        ),
        (
            "1.0.0*~1.63",
            "2.0.0~1.71 2.0.1~1.60",
            "breaking 2.0.0, without newer Rust 2.0.1",
        ),
        // Only on the side of the recommended release.
        (
            "1.0.0*~1.63",
            "0.9.0~1.60 1.0.1~1.71 2.0.0~1.63",
            "compatible 1.0.1",
        ),
        ("1.0.1*~1.63", "1.0.0~1.71 0.9.0~1.60", "previous 1.0.0"),
        // Only if both Rust versions are known and the other release needs no newer
        // one.
        ("1.0.0*", "1.0.1~1.71 1.0.2~1.63", "compatible 1.0.1"),
        ("1.0.0*~1.63", "1.0.1 1.0.2~1.63", "compatible 1.0.1"),
        ("1.0.0*~1.63", "1.0.1~1.71 1.0.2", "compatible 1.0.1"),
        ("1.0.0*~1.63", "1.0.1~1.63.0 1.0.2~1.62", "compatible 1.0.1"),
        // The offered release must be free, not yanked, and stable.
        (
            "1.0.0*~1.63",
            "1.0.1~1.71 1.0.2*~1.63 1.0.3!~1.63 1.1.0-rc.1~1.63 1.2.0~1.63",
            "compatible 1.0.1, without newer Rust 1.2.0",
        ),
    ] {
        assert_eq!(found(from, text), expect, "{from} among {text}");
    }
}

#[test]
fn an_improvement() {
    for (from, text, expect) in [
        (
            "1.0.0***",
            "1.0.1** 1.1.0* 1.1.1* 1.2.0** 2.0.0",
            "breaking 2.0.0, improvement 1.1.0",
        ),
        ("1.0.0**", "1.0.1* 1.0.2", "compatible 1.0.2"),
        ("1.0.0**", "1.0.1** 2.0.0*", ""),
        (
            "1.0.1**",
            "1.0.0 1.0.2*",
            "previous 1.0.0, improvement 1.0.2",
        ),
        ("1.0.1**", "1.0.2*", "improvement 1.0.2"),
        // Yanked releases never qualify; pre-releases only from a pre-release.
        ("1.0.0**", "1.0.1*! 1.0.2-rc.1*", ""),
        ("1.0.0-rc.1**", "1.0.0-rc.2*", "improvement 1.0.0-rc.2"),
    ] {
        assert_eq!(found(from, text), expect, "{from} among {text}");
    }
}

#[test]
fn a_yanked_release() {
    for (from, text, expect) in [
        ("1.0.0*", "0.9.0! 1.0.1! 1.0.2! 2.0.0!", "yanked 1.0.1"),
        ("1.0.0*", "0.9.0! 2.0.0!", "yanked 2.0.0"),
        ("1.0.0*", "0.8.0! 0.9.0! 1.0.1*!", "yanked 0.9.0"),
        ("1.0.0*", "0.9.0 1.0.1!", "previous 0.9.0"),
        (
            "1.0.0**",
            "1.0.1* 1.0.2!",
            "improvement 1.0.1, yanked 1.0.2",
        ),
        ("1.0.0*", "1.0.1-rc.1!", ""),
    ] {
        assert_eq!(found(from, text), expect, "{from} among {text}");
    }
}

fn version() -> impl Strategy<Value = Version> {
    let pre = prop_oneof![3 => Just(""), 1 => Just("-alpha.1"), 1 => Just("-rc.1")];
    let build = prop_oneof![3 => Just(""), 1 => Just("+b")];
    (0..3u8, 0..3u8, 0..4u8, pre, build).prop_map(|(major, minor, patch, pre, build)| {
        Version::parse(&format!("{major}.{minor}.{patch}{pre}{build}")).expect("version")
    })
}

fn release() -> impl Strategy<Value = Release> {
    let rust = prop::sample::select(vec!["", "1.60", "1.63", "1.63.0", "1.71"]);
    (version(), any::<bool>(), 0..3usize, rust).prop_map(|(version, is_yanked, affecting, rust)| {
        Release {
            version,
            is_yanked,
            affecting,
            rust_version: RustVersion::parse(rust),
        }
    })
}

fn newer(from: &Release) -> impl Fn(&&Release) -> bool {
    |release| release.version.cmp_precedence(&from.version) == Ordering::Greater
}

fn older(from: &Release) -> impl Fn(&&Release) -> bool {
    |release| release.version.cmp_precedence(&from.version) == Ordering::Less
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]
    #[test]
    fn never_yanked_never_affected_on_its_side_and_nearest(
        from in release(),
        releases in prop::collection::vec(release(), 0..12),
    ) {
        let offered = |r: &&Release| r.version.pre.is_empty() || !from.version.pre.is_empty();
        let offered: Vec<&Release> = releases.iter().filter(offered).collect();
        let free = || offered.iter().copied().filter(|r| r.is_free() && !r.is_yanked);
        let compatible = |r: &&Release| is_compatible(&from.version, &r.version);
        let breaking = |r: &&Release| !compatible(r);
        let (newer, older) = (newer(&from), older(&from));
        let Upgrade { recommended, without_newer_rust, improvement, yanked } =
            upgrade(&from, &releases);

        for index in [recommended.map(|(_, index)| index), without_newer_rust, improvement, yanked] {
            let Some(to) = index.map(|index| &releases[index]) else { continue };
            prop_assert!(offered.iter().any(|r| r.version == to.version));
            prop_assert_eq!(to.is_yanked, index == yanked);
            prop_assert_eq!(!to.is_free(), index == improvement);
        }
        match recommended {
            Some((Side::Compatible, index)) => {
                let nearest = free().filter(&newer).filter(compatible).map(|r| &r.version).min();
                prop_assert_eq!(Some(&releases[index].version), nearest);
            }
            Some((Side::Breaking, index)) => {
                prop_assert_eq!(free().filter(&newer).filter(compatible).count(), 0);
                let nearest = free().filter(&newer).map(|r| &r.version).min();
                prop_assert_eq!(Some(&releases[index].version), nearest);
            }
            Some((Side::Previous, index)) => {
                prop_assert_eq!(free().filter(&newer).count(), 0);
                let nearest = free().filter(&older).map(|r| &r.version).max();
                prop_assert_eq!(Some(&releases[index].version), nearest);
            }
            None => prop_assert_eq!(free().filter(&newer).count() + free().filter(&older).count(), 0),
        }

        // If a newer Rust is needed: the nearest release on the same side that needs
        // none.
        let rises = |to: RustVersion| from.rust_version.is_some_and(|rust| to.is_newer_than(rust));
        let is_raised = recommended.is_some_and(|(_, index)| {
            releases[index].rust_version.is_some_and(rises)
        });
        let same_side: Vec<&Release> = match recommended {
            Some((Side::Compatible, _)) => free().filter(&newer).filter(compatible).collect(),
            Some((Side::Breaking, _)) => free().filter(&newer).filter(breaking).collect(),
            _ => vec![],
        };
        let stays = same_side.iter().filter(|r| r.rust_version.is_some_and(|rust| !rises(rust)));
        let expect = stays.map(|r| &r.version).min().filter(|_| is_raised);
        prop_assert_eq!(without_newer_rust.map(|index| &releases[index].version), expect);

        // If no compatible release is free: the one with the fewest advisories.
        let is_free = free().filter(&newer).filter(compatible).count() > 0;
        let better = offered.iter().copied().filter(|r| !r.is_yanked).filter(&newer);
        let better = better.filter(compatible).filter(|r| r.affecting < from.affecting);
        let best = better.map(|r| (r.affecting, &r.version)).min().filter(|_| !is_free);
        let found = improvement.map(|index| (releases[index].affecting, &releases[index].version));
        prop_assert_eq!(found, best);

        // If no release is free: the same search among yanked ones.
        let gone = || offered.iter().copied().filter(|r| r.is_free() && r.is_yanked);
        let nearest = gone().filter(&newer).filter(compatible).map(|r| &r.version).min();
        let nearest = nearest.or_else(|| gone().filter(&newer).map(|r| &r.version).min());
        let nearest = nearest.or_else(|| gone().filter(&older).map(|r| &r.version).max());
        let expect = nearest.filter(|_| recommended.is_none());
        prop_assert_eq!(yanked.map(|index| &releases[index].version), expect);
    }
}
