//! Properties that must hold of any input from outside. The fuzz targets feed it;
//! the workspace's tests include this file and try the seeds.

use server::domain::crate_name::CrateName;
use server::domain::version;
use server::engine::{Document, Limits, SchemaTypes};
use std::sync::{Arc, LazyLock};
use ui_component::{Assets, Data, Description, Descriptions, samples, security_tab};

/// Any text, as an advisory's file, becomes a row or is skipped with a reason.
pub fn advisory_file(text: &str) {
    let path = "crates/openssl/RUSTSEC-2024-0357.md";
    let _ = server::sync::check_advisory(path, text);
}

/// Any bytes, as a crate's index file, become rows or are skipped with a reason.
pub fn index_file(bytes: &[u8]) {
    let _ = server::sync::check_index_file(bytes);
}

/// Any text is parsed as a crate's name and as a version: an accepted one prints
/// as it was read, and its lookup name finds it again.
pub fn names(text: &str) {
    if let Some(name) = CrateName::parse(text) {
        assert_eq!(name.as_str(), text);
        let lookup = CrateName::parse(&name.lookup()).expect("a name");
        assert_eq!(lookup.lookup(), name.lookup());
    }
    if let Some(num) = version::parse(text) {
        assert_eq!(version::parse(&num.to_string()), Some(num));
    }
}

/// Any text, as a GraphQL document, is refused or is within the limits. Either
/// takes little time, which libFuzzer's `-timeout` checks.
pub fn query_limits(source: &str) {
    let _ = Document::parse(source, &Limits::DEFAULT, &TYPES);
}

/// The types of our own schema.
static TYPES: LazyLock<Arc<SchemaTypes>> = LazyLock::new(|| {
    let types = SchemaTypes::parse(include_str!("../../../schema.graphql"));
    Arc::new(types.expect("a schema"))
});

/// A tab with one advisory.
static TAB: LazyLock<Data> = LazyLock::new(|| {
    let samples = samples::all();
    let sample = samples.iter().find(|it| it.name == "one-affects");
    sample.and_then(|it| it.data()).expect("an answer").clone()
});

/// Elements that an advisory's text must not put on the page.
const ACTIVE: [&str; 7] = [
    "script", "iframe", "object", "embed", "img", "style", "form",
];

/// Any text, as an advisory's title and description, adds nothing active to the
/// page.
pub fn markdown(text: &str) {
    let assets = Assets {
        style: String::new(),
        script: String::new(),
    };
    let active = |data: &Data| {
        let html = security_tab(data, Some(text), &Descriptions::of(data), &assets)
            .into_string()
            .to_lowercase();
        tags(&html).filter(|tag| is_active(tag)).count()
    };
    let mut data = TAB.clone();
    let expect = active(&data);
    for advisory in data
        .crate_
        .iter_mut()
        .flat_map(|krate| &mut krate.advisories)
    {
        advisory.title = text.to_owned();
        advisory.description = text.to_owned();
    }
    assert_eq!(active(&data), expect);
    description(text);
}

/// The largest HTML of a formatted description, in bytes.
const MAX_HTML: usize = 256 * 1024;

/// The maximum size of a character in a text that is not formatted, in bytes.
const MAX_ESCAPE: usize = 6;

/// The deepest nesting of elements in a description.
const MAX_NESTING: usize = 50;

/// Any text, as a description, becomes HTML of limited size and nesting, which
/// limits the time of all later steps.
pub fn description(text: &str) {
    let description = Description::new(text);
    let html = description.html();
    let as_written = MAX_ESCAPE * text.len() + 100;
    assert!(html.len() <= as_written.max(MAX_HTML), "{}", html.len());
    let (mut open, mut deepest) = (0_usize, 0);
    for tag in tags(html).filter(|tag| !["br", "hr"].contains(tag)) {
        open = match tag.starts_with('/') {
            true => open - 1,
            false => open + 1,
        };
        deepest = deepest.max(open);
    }
    assert!(deepest <= MAX_NESTING, "{deepest}");
}

/// Returns the tags of HTML as a serialiser writes it: every `<` begins a tag,
/// and values are in double quotes and contain none.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| {
        let mut is_quoted = false;
        let end = rest.find(|c| {
            is_quoted ^= c == '"';
            c == '>' && !is_quoted
        });
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn is_active(tag: &str) -> bool {
    let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
    ACTIVE.contains(&name)
        // Names are outside the quotes, values inside.
        || tag.split('"').step_by(2).any(|names| names.contains(" on"))
        || tag.split('"').skip(1).step_by(2).any(|value| {
            let value = value.trim_start();
            value.starts_with("javascript:") || value.starts_with("data:")
        })
}
