//! The documentation agrees with the code.

use clap::{Arg, ArgAction, Command, CommandFactory};
use sea_orm::Iterable;
use server::config::Cli;
use server::entity::sync_attempt::Problem;
use server::graphql::codes;
use server::telemetry::metrics;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The documents about options, codes and tests.
const DOCUMENTS: [&str; 9] = [
    "CONTRIBUTING.md",
    "README.md",
    "docs/ARCHITECTURE.md",
    "docs/DEPLOY.md",
    "docs/EMBEDDING.md",
    "docs/ERRORS.md",
    "docs/LOGGING.md",
    "docs/OPERATING.md",
    "docs/SECURITY.md",
];

/// Options whose default depends on the machine, and the README's words for it.
const COMPUTED: [(&str, &str); 1] = [("--max-concurrent", "half the cores")];

/// Literals in the scanned sources that look like a code: values of headers, and a scheme
/// of RFC 6750.
const NOT_CODES: [&str; 2] = ["DENY", "POST"];

#[test]
fn the_readme_has_every_option() {
    let expect: BTreeMap<String, Vec<String>> = options()
        .into_iter()
        .filter_map(|(flag, arg)| {
            let variable = arg.get_env()?.to_str().expect("UTF-8").to_owned();
            let default = default_of(&flag, &arg);
            Some((flag, vec![variable, default]))
        })
        .collect();
    let readme = read("README.md");
    let rows = rows(&readme).filter(|row| row[0].starts_with("`--"));
    let found: BTreeMap<String, Vec<String>> = rows
        .map(|row| {
            (
                first_code(row[0]),
                row[1..3].iter().map(|cell| first_code(cell)).collect(),
            )
        })
        .collect();
    for (flag, row) in &found {
        assert_eq!(expect.get(flag), Some(row), "{flag} in the README");
    }
    let missing: Vec<_> = expect
        .keys()
        .filter(|flag| !found.contains_key(*flag))
        .collect();
    assert!(missing.is_empty(), "not in the README: {missing:?}");
    for flag in options().keys() {
        assert!(readme.contains(&format!("`{flag}")), "{flag} in the README");
    }
}

#[test]
fn help_has_every_command_and_option() {
    for (flag, arg) in options() {
        assert!(arg.get_help().is_some(), "{flag} has no help");
    }
    let readme = read("README.md");
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{name} has no help");
        assert!(
            readme.contains(&format!("`{name}`")),
            "{name} in the README"
        );
    }
}

#[test]
fn options_that_are_named_exist() {
    let options = options();
    let variables: BTreeSet<&str> = options
        .values()
        .filter_map(|arg| arg.get_env()?.to_str())
        // Read separately, because a secret has no place on a command line.
        .chain(["SECURITY_GRAPHQL_SECRET"])
        .collect();
    for document in DOCUMENTS {
        for code in codes_in(&read(document)) {
            let word = code.split([' ', '=']).next().unwrap_or_default();
            if word.starts_with("SECURITY_") {
                assert!(variables.contains(word), "{word} in {document}");
            }
            // A host's custom properties begin with `--` too.
            if word.starts_with("--") && document != "docs/EMBEDDING.md" {
                let is_flag = options.contains_key(word) || word == "--graphiql";
                assert!(is_flag, "{word} in {document}");
            }
        }
    }
}

#[test]
fn every_error_code_is_listed() {
    let text = read("docs/ERRORS.md");
    let listed: Vec<String> = rows(&text)
        .filter(|row| row[0].starts_with('`'))
        .map(|row| first_code(row[0]))
        .collect();
    let found: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    assert_eq!(found.len(), listed.len(), "a code is listed twice");
    let all: BTreeSet<&str> = codes::ALL.iter().copied().collect();
    assert_eq!(found, all);
    let readme = read("README.md");
    for row in rows(&readme).filter(|row| row.len() == 5 && row[0].starts_with("`--")) {
        assert!(all.contains(&*first_code(row[4])), "{row:?} in the README");
    }
}

/// A client sees no code that is not in [`codes::ALL`], and each of those is used.
#[test]
fn every_error_code_comes_from_one_place() {
    let mut used = BTreeSet::new();
    for file in sources(&["graphql", "engine", "http", "tab"]) {
        let text = fs::read_to_string(&file).expect("a source");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let file = file.display();
        for name in text.split("codes::").skip(1) {
            used.insert(word(name));
        }
        // A line with an option has the names of its variable and its value.
        let lines = text.lines().filter(|line| !line.contains("#[arg("));
        let text = lines.collect::<Vec<_>>().join("\n");
        for literal in text.split('"').skip(1).filter(|part| is_like_a_code(part)) {
            assert!(NOT_CODES.contains(&literal), "{literal:?} in {file}");
        }
    }
    let unused: Vec<_> = codes::ALL
        .iter()
        .filter(|code| !used.contains(**code))
        .collect();
    assert!(unused.is_empty(), "never sent: {unused:?}");
}

#[test]
fn every_metric_and_problem_is_listed() {
    let operating = read("docs/OPERATING.md");
    assert_eq!(metrics_in(&operating), metrics());
    for problem in Problem::iter() {
        let name = problem.name().to_uppercase();
        assert!(
            operating.contains(&format!("`{name}`")),
            "{name} in OPERATING.md"
        );
    }
}

/// The alerts and the dashboard query metrics that exist, and each metric is used.
#[test]
fn alerts_and_dashboard_name_metrics() {
    let [alerts, dashboard] = ["docs/deploy/alerts.yml", "docs/deploy/dashboard.json"].map(read);
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).expect("JSON");
    assert_eq!(metrics_in(&format!("{alerts}{dashboard}")), metrics());
    // Each problem has its alert.
    let kinds = alerts.split("kind=~\"").skip(1);
    let kinds = kinds.filter_map(|kinds| kinds.split('"').next());
    let kinds: BTreeSet<&str> = kinds.flat_map(|kinds| kinds.split('|')).collect();
    let problems: Vec<String> = Problem::iter().map(Problem::name).collect();
    let problems: BTreeSet<&str> = problems.iter().map(String::as_str).collect();
    assert_eq!(kinds, problems);
}

/// Every test or source that a document names exists.
#[test]
fn tests_and_files_that_are_named_exist() {
    for document in DOCUMENTS {
        let codes = codes_in(&read(document));
        for code in &codes {
            let named = code.split_once("::");
            if let Some((module, test)) =
                named.filter(|(module, test)| is_name(module) && is_name(test))
            {
                let file = root().join(format!("tests/it/{module}.rs"));
                let Ok(text) = fs::read_to_string(file) else {
                    let source = root().join(format!("server/src/{module}.rs"));
                    let is_ours = source.exists() || module == "ui_component";
                    assert!(is_ours, "{code} in {document}");
                    continue;
                };
                let is_there = text.contains(&format!("fn {test}("))
                    || root().join(format!("tests/it/{module}/{test}.rs")).exists();
                assert!(is_there, "{code} in {document}");
            }
            let tops = ["server/", "tests/", "ui-component/", "migrations/", "docs/"];
            let is_path = tops.iter().any(|top| code.starts_with(top)) && !code.contains(' ');
            // Output of npm is not in the repository.
            if is_path && !code.ends_with("dist") {
                assert!(root().join(code).exists(), "{code} in {document}");
            }
        }
    }
}

/// The line above a dependency says what it is for.
#[test]
fn every_dependency_has_its_purpose() {
    let manifest = read("Cargo.toml");
    let dependencies = manifest
        .split_once("[workspace.dependencies]\n")
        .and_then(|(_, rest)| rest.split_once("\n["))
        .expect("the dependencies")
        .0;
    let mut above = "";
    for line in dependencies.lines() {
        let is_dependency = !line.is_empty() && !line.starts_with('#');
        let is_ours = line.contains("path =");
        assert!(
            !is_dependency || is_ours || above.starts_with("# "),
            "Cargo.toml: say what it is for: {line}"
        );
        above = line;
    }
}

/// The checks see what they are to see.
#[test]
fn what_the_checks_read() {
    let table = "text\n\n| a | b |\n| --- | --- |\n| `--a` or `b` | 5 |\n";
    let read: Vec<_> = rows(table).collect();
    assert_eq!(read[2], ["`--a` or `b`", "5"]);
    assert_eq!(
        (first_code(read[2][0]), first_code(read[2][1])),
        ("--a".into(), "5".into())
    );
    for (text, expect) in [
        ("BAD_REQUEST", true),
        ("BATCH", true),
        ("A", false),
        ("Bad", false),
        ("GET /", false),
    ] {
        assert_eq!(is_like_a_code(text), expect, "{text}");
    }
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

/// Returns the sources of some of the server's modules, without the list of codes.
fn sources(modules: &[&str]) -> Vec<PathBuf> {
    let folder = root().join("server/src");
    let mut left: Vec<PathBuf> = modules
        .iter()
        .flat_map(|module| [folder.join(module), folder.join(format!("{module}.rs"))])
        .collect();
    let mut files = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("a folder");
            left.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path != folder.join("graphql/codes.rs") {
            files.push(path);
        }
    }
    assert!(files.len() > 40, "{files:?}");
    files
}

/// Returns every option of every command by its flag.
fn options() -> BTreeMap<String, Arg> {
    let command = Cli::command();
    let commands: Vec<&Command> = command.get_subcommands().chain([&command]).collect();
    let args = commands.iter().flat_map(|command| command.get_arguments());
    let options = args.filter_map(|arg| Some((format!("--{}", arg.get_long()?), arg.clone())));
    options
        .filter(|(flag, _)| flag != "--help" && flag != "--version")
        .collect()
}

/// Returns the default of an option in the README's words.
fn default_of(flag: &str, arg: &Arg) -> String {
    if let Some((_, words)) = COMPUTED.iter().find(|(computed, _)| *computed == flag) {
        return (*words).to_owned();
    }
    match (arg.get_default_values(), arg.get_action()) {
        (_, ArgAction::SetTrue) => "off".to_owned(),
        ([], _) => "none".to_owned(),
        ([default], _) => default.to_str().expect("UTF-8").to_owned(),
        (several, _) => panic!("{flag} has several defaults: {several:?}"),
    }
}

/// Returns the rows of a document's tables, including their heads.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(str::trim).collect())
}

/// Returns the first code of a cell, or the cell if it has none.
fn first_code(cell: &str) -> String {
    cell.split('`').nth(1).unwrap_or(cell).to_owned()
}

/// Returns the text in backticks in a document, outside code blocks.
fn codes_in(document: &str) -> Vec<String> {
    let prose = document.split("```").step_by(2);
    let codes = prose.flat_map(|part| part.split('`').skip(1).step_by(2));
    codes.map(str::to_owned).collect()
}

/// Returns the names of all metrics.
fn metrics() -> BTreeSet<String> {
    let names = metrics::names::ALL.iter();
    names.map(|metric| metric.name.to_owned()).collect()
}

/// Returns the names of the metrics in a text. The names of a histogram's series are returned
/// as the histogram's name.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_metric = |word: &&str| word.starts_with("security_") || word.starts_with("process_");
    let name = |word: &str| {
        let mut parts = ["_bucket", "_count", "_sum"].into_iter();
        let name = parts.find_map(|part| word.strip_suffix(part));
        name.unwrap_or(word).to_owned()
    };
    words.filter(is_metric).map(name).collect()
}

fn is_like_a_code(literal: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    literal.len() > 3 && literal.bytes().all(is_part)
}

/// Returns true if a text could be the name of a module or a function.
fn is_name(text: &str) -> bool {
    word(text) == text && !text.contains(|c: char| c.is_ascii_uppercase())
}

fn word(text: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}
