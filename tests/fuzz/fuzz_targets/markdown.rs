//! Any text as an advisory's title and description: nothing of it runs on the
//! page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use ui_component::{Assets, Data, samples, security_tab};

/// A tab with one advisory.
static TAB: LazyLock<Data> = LazyLock::new(|| {
    let samples = samples::all();
    let sample = samples.iter().find(|it| it.name == "one-affects");
    sample.and_then(|it| it.data()).expect("an answer").clone()
});

/// Elements that no text of an advisory may put on the page.
const ACTIVE: [&str; 7] = [
    "script", "iframe", "object", "embed", "img", "style", "form",
];

fuzz_target!(|text: &str| {
    let assets = Assets {
        style: String::new(),
        script: String::new(),
    };
    let active = |data: &Data| {
        let html = security_tab(data, &assets).into_string().to_lowercase();
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
});

/// The tags of HTML as a serialiser writes it: `<` begins a tag and nothing else,
/// values stand in double quotes and hold none.
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
        // Names stand outside the quotes, values inside.
        || tag.split('"').step_by(2).any(|names| names.contains(" on"))
        || tag.split('"').skip(1).step_by(2).any(|value| {
            let value = value.trim_start();
            value.starts_with("javascript:") || value.starts_with("data:")
        })
}
