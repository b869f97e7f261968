//! The guide to the log lists every event in the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// An event: its level and its message, in which `…` stands for an inserted
/// value.
type Event = (String, String);

/// The levels, which are the names of the macros.
const LEVELS: [&str; 4] = ["error", "warn", "info", "debug"];

#[test]
fn every_event_is_listed() {
    let mut logged: BTreeMap<Event, BTreeSet<String>> = BTreeMap::new();
    for file in sources(&root().join("server/src")) {
        let text = fs::read_to_string(&file).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (event, fields) in events(code) {
            logged.entry(event).or_default().extend(fields);
        }
    }
    assert!(logged.len() > 30, "{logged:?}");
    let listed = listed();
    let all: BTreeSet<&Event> = listed.keys().chain(logged.keys()).collect();
    let differs = |event: &&Event| listed.get(*event) != logged.get(*event);
    let say = |event: &Event| {
        let [listed, logged] = [listed.get(event), logged.get(event)];
        format!("{event:?}\n  in the guide: {listed:?}\n  in the source: {logged:?}\n")
    };
    let differing: String = all.into_iter().filter(differs).map(say).collect();
    assert!(differing.is_empty(), "{differing}");
}

/// The check finds what it should.
#[test]
fn what_the_check_reads() {
    let code = r#"
        tracing::error!(%error, url = f(1, "a, b"), "cannot \
             fetch {url}: it took {TIME:?}");
        tracing::info!("ready");
        tracing::debug!(?code, "(a {word}")
    "#;
    let event = |level: &str, message: &str, fields: &[&str]| {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        ((level.to_owned(), message.to_owned()), fields)
    };
    let expect: Vec<(Event, BTreeSet<String>)> = vec![
        event("debug", "(a …", &["code"]),
        event("error", "cannot fetch …: it took …", &["error", "url"]),
        event("info", "ready", &[]),
    ];
    let mut found = events(code);
    found.sort();
    assert_eq!(found, expect);
}

/// Returns the rows of the guide's tables of events: level, message, fields.
fn listed() -> BTreeMap<Event, BTreeSet<String>> {
    let guide = fs::read_to_string(root().join("docs/LOGGING.md")).expect("the guide");
    let (_, events) = guide.split_once("\n## Events\n").expect("the events");
    let mut listed = BTreeMap::new();
    for line in events.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [_, level, message, fields, ..] = cells[..]
            && LEVELS.contains(&level)
        {
            let fields = fields.split('`').skip(1).step_by(2).map(str::to_owned);
            let event = (level.to_owned(), message.to_owned());
            assert!(!listed.contains_key(&event), "{event:?} is listed twice");
            listed.insert(event, fields.collect());
        }
    }
    listed
}

/// Returns the events in a source, each with the names of its fields.
fn events(code: &str) -> Vec<(Event, BTreeSet<String>)> {
    let mut events = Vec::new();
    for level in LEVELS {
        for call in code.split(&format!("tracing::{level}!(")).skip(1) {
            let arguments = arguments(call);
            let (message, fields) = arguments.split_last().expect("a message");
            let name = |field: &String| {
                let name = field.split(" = ").next().unwrap_or_default();
                name.trim_start_matches(['%', '?']).to_owned()
            };
            events.push((
                (level.to_owned(), plain(message)),
                fields.iter().map(name).collect(),
            ));
        }
    }
    events
}

/// Returns the arguments of a call, after its opening bracket.
fn arguments(call: &str) -> Vec<String> {
    let (mut arguments, mut argument) = (Vec::new(), String::new());
    let (mut depth, mut is_string, mut is_escaped) = (0, false, false);
    for c in call.chars() {
        match c {
            '"' if !is_escaped => is_string = !is_string,
            '(' | '[' | '{' if !is_string => depth += 1,
            ')' if !is_string && depth == 0 => break,
            ')' | ']' | '}' if !is_string => depth -= 1,
            ',' if !is_string && depth == 0 => {
                arguments.push(std::mem::take(&mut argument));
                continue;
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
        argument.push(c);
    }
    arguments.push(argument);
    let arguments = arguments.iter().map(|argument| argument.trim().to_owned());
    arguments.filter(|argument| !argument.is_empty()).collect()
}

/// Returns a literal as a reader of the log sees it: in one line, `…` for an
/// inserted value.
fn plain(literal: &str) -> String {
    let text = literal
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let literal = text.expect("a message is a literal");
    let mut text = String::new();
    for (at, line) in literal.split("\\\n").enumerate() {
        text += if at == 0 { line } else { line.trim_start() };
    }
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += "…";
        plain += part.split_once('}').map_or("", |(_, rest)| rest);
    }
    plain
}

/// Returns the Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.flat_map(|path| match path.is_dir() {
        true => sources(&path),
        false => vec![path],
    });
    files.collect()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
