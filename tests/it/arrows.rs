//! Dependencies between the server's modules point downward.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules, from top to bottom. Each may use those below it.
const MODULES: [&str; 22] = [
    "main",
    "app",
    "config",
    "schedule",
    "http",
    "tab",
    "engine",
    "graphql",
    "catalog",
    "sync",
    "telemetry",
    "sync_health",
    "entity",
    "domain",
    "database",
    "door",
    "secrets",
    "shutdown",
    "clock",
    "mode",
    "redact",
    "tls",
];

/// The crates that only these modules may use.
const CRATES: [(&str, &[&str]); 6] = [
    ("ui_component", &["http", "tab", "engine"]),
    ("migrations", &["main", "database"]),
    (
        "sea_orm",
        &[
            "main",
            "app",
            "schedule",
            "http",
            "catalog",
            "sync",
            "telemetry",
            "entity",
            "database",
        ],
    ),
    ("async_graphql", &["http", "tab", "engine", "graphql"]),
    ("axum", &["app", "http", "tab"]),
    ("gix", &["sync"]),
];

#[test]
fn arrows_point_down() {
    let mut upward = Vec::new();
    for file in sources() {
        let module = module_of(&file);
        let mut text = fs::read_to_string(root().join(&file)).expect("a source");
        if module == "main" {
            // In `main`, the library is a crate like any other.
            text = text.replace("server::", "crate::");
        }
        for used in used_modules(&text) {
            if rank(&used) < rank(&module) {
                let file = file.display();
                upward.push(format!("{module} -> {used} points upward, in {file}"));
            }
        }
        for (name, users) in CRATES {
            if text.contains(&format!("{name}::")) && !users.contains(&module.as_str()) {
                upward.push(format!("{module} -> {name}, in {}", file.display()));
            }
        }
    }
    assert!(upward.is_empty(), "{}", upward.join("\n"));
}

/// The check finds an upward dependency.
#[test]
fn an_arrow_that_points_up_is_found() {
    let text = "use crate::graphql::codes;\nuse crate::{\n    mode::Mode,\n    http::Tab,\n};\n\
                fn f() { crate::app::documents() }";
    assert_eq!(used_modules(text), ["graphql", "mode", "http", "app"]);
    assert!(rank("http") < rank("graphql"));
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../server/src"))
}

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![root()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "lib.rs") {
                let path = path.strip_prefix(root()).expect("below the root");
                files.push(path.to_owned());
            }
        }
    }
    files.sort();
    assert!(files.len() > 50, "{files:?}");
    files
}

fn module_of(file: &Path) -> String {
    let first = file.iter().next().and_then(|part| part.to_str());
    first.expect("UTF-8").trim_end_matches(".rs").to_owned()
}

/// Returns the modules that a text names as `crate::module`, alone or in a
/// list.
fn used_modules(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    for after in text.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(list) => {
                let list = &list[..list.find("};").unwrap_or(list.len())];
                let mut depth = 0;
                let top = list.split(|c| {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    c == ',' && depth == 0
                });
                used.extend(top.map(|item| word(item.trim_start())));
            }
            None => used.push(word(after)),
        }
    }
    used.retain(|name| !name.is_empty());
    used
}

fn word(text: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}

fn rank(module: &str) -> usize {
    let place = MODULES.iter().position(|known| *known == module);
    place.unwrap_or_else(|| panic!("{module} has no place in MODULES"))
}
