//! The schema equals the one in the repository.

use server::graphql;

/// `schema.graphql` is written only by one command:
/// `cargo run -- schema > schema.graphql`.
#[test]
fn schema_graphql_is_what_the_command_prints() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed == graphql::sdl(),
        "schema.graphql is out of date; `cargo run -- schema > schema.graphql` writes it"
    );
}

/// Every type and field has a description for the reader in GraphiQL.
#[test]
fn every_type_and_field_is_described() {
    let sdl = graphql::sdl();
    let (sdl, _) = sdl
        .split_once("schema {")
        .expect("the schema's roots come last");
    let mut undescribed = Vec::new();
    let mut previous = "";
    for line in sdl.lines() {
        let text = line.trim();
        let is_definition = ["type ", "enum ", "scalar ", "input "]
            .iter()
            .any(|k| text.starts_with(k));
        let is_field = line.starts_with('\t') && !text.starts_with('"') && is_name(text);
        let is_ours = !text.starts_with("scalar ") || text.contains("Date");
        if (is_definition || is_field) && is_ours && !previous.ends_with("\"\"\"") {
            undescribed.push(text);
        }
        previous = text;
    }
    assert_eq!(undescribed, Vec::<&str>::new());
}

/// Returns true for a field or an enum's value, and false for a line of a
/// description.
fn is_name(line: &str) -> bool {
    let name = line.split([':', '(']).next().unwrap_or_default();
    let is_value = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let is_field = line.contains(": ") && name.chars().all(char::is_alphanumeric);
    !name.is_empty() && (is_value || is_field)
}
