//! Merges a document: expands its fragments and removes duplicate fields.
//!
//! GraphQL merges fields that are selected several times under one response key
//! ("Field Selection Merging"); async-graphql runs each of them and merges the
//! results. After merging the document, a field runs once however often the
//! document repeats it.

use super::schema_types::{self, SchemaTypes};
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned};
use std::collections::{HashMap, HashSet};

/// Merges a document that is within the limits. Anything invalid stays
/// unchanged, so that validation reports it: fields of one key that differ in
/// name or arguments, fragments on another type, fragments that are missing or
/// unused.
pub(super) fn merge(document: &ExecutableDocument, types: &SchemaTypes) -> ExecutableDocument {
    let mut merge = Merge {
        document,
        types,
        written_out: HashSet::new(),
        kept: HashSet::new(),
    };
    let mut merged = document.clone();
    let root = schema_types::name_of(&schema_types::ROOT);
    match (&mut merged.operations, &document.operations) {
        (DocumentOperations::Single(operation), DocumentOperations::Single(source)) => {
            let set = &source.node.selection_set.node;
            operation.node.selection_set.node = merge.selection_set(&[set], Some(root));
        }
        (DocumentOperations::Multiple(operations), DocumentOperations::Multiple(sources)) => {
            for (name, operation) in operations {
                let set = &sources[name].node.selection_set.node;
                operation.node.selection_set.node = merge.selection_set(&[set], Some(root));
            }
        }
        // Unreachable, because the one document is a clone of the other.
        _ => {}
    }
    for (name, fragment) in &mut merged.fragments {
        let source = &document.fragments[name].node;
        let on = Some(&source.type_condition.node.on.node);
        fragment.node.selection_set.node = merge.selection_set(&[&source.selection_set.node], on);
    }
    let Merge {
        written_out, kept, ..
    } = merge;
    merged
        .fragments
        .retain(|name, _| kept.contains(name) || !written_out.contains(name));
    merged
}

struct Merge<'a> {
    document: &'a ExecutableDocument,
    types: &'a SchemaTypes,
    /// Fragments with at least one use that was expanded.
    written_out: HashSet<Name>,
    /// Fragments with at least one use that was left in place.
    kept: HashSet<Name>,
}

/// The selections of one merged set, in the order of the document.
#[derive(Default)]
struct Merged<'a> {
    items: Vec<Item<'a>>,
    /// The indexes of the fields with one response key.
    by_key: HashMap<&'a Name, Vec<usize>>,
    /// The fragments so far, each of which applies once ("CollectFields").
    met: Vec<(&'a Name, &'a [Positioned<Directive>])>,
}

enum Item<'a> {
    /// Occurrences of one field: the same key, name, arguments and directives.
    Field {
        first: &'a Positioned<Field>,
        below: Vec<&'a SelectionSet>,
    },
    /// A selection that cannot be merged.
    Other(Positioned<Selection>),
}

impl<'a> Merge<'a> {
    fn selection_set(&mut self, sets: &[&'a SelectionSet], on: Option<&Name>) -> SelectionSet {
        let mut merged = Merged::default();
        for set in sets {
            self.collect(set, on, &mut merged);
        }
        let items = merged.items.into_iter().map(|item| match item {
            Item::Field { first, below } => self.field(first, &below, on),
            Item::Other(selection) => selection,
        });
        SelectionSet {
            items: items.collect(),
        }
    }

    fn field(
        &mut self,
        field: &'a Positioned<Field>,
        below: &[&'a SelectionSet],
        on: Option<&Name>,
    ) -> Positioned<Selection> {
        let target = on.and_then(|on| self.types.target(on, &field.node.name.node));
        let ty = target.map(|target| schema_types::name_of(&target.ty).clone());
        let mut merged = Positioned::new(without_selections(&field.node), field.pos);
        merged.node.selection_set = Positioned::new(
            self.selection_set(below, ty.as_ref()),
            field.node.selection_set.pos,
        );
        Positioned::new(Selection::Field(merged), field.pos)
    }

    fn collect(&mut self, set: &'a SelectionSet, on: Option<&Name>, into: &mut Merged<'a>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => into.add(field),
                Selection::FragmentSpread(spread) => {
                    let (name, directives) =
                        (&spread.node.fragment_name.node, &*spread.node.directives);
                    let mut met = into.met.iter();
                    if met.any(|it| it.0 == name && are_same(it.1, directives)) {
                        continue;
                    }
                    into.met.push((name, directives));
                    match self.document.fragments.get(name) {
                        Some(fragment) if directives.is_empty() && is_on(&fragment.node, on) => {
                            self.written_out.insert(name.clone());
                            self.collect(&fragment.node.selection_set.node, on, into);
                        }
                        _ => {
                            self.kept.insert(name.clone());
                            into.items.push(Item::Other(selection.clone()));
                        }
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let is_same = condition.is_none_or(|it| Some(&it.node.on.node) == on);
                    let inner = &inline.node.selection_set.node;
                    if inline.node.directives.is_empty() && is_same {
                        self.collect(inner, on, into);
                        continue;
                    }
                    let mut inline = inline.clone();
                    let on = condition.map(|it| &it.node.on.node).or(on);
                    inline.node.selection_set.node = self.selection_set(&[inner], on);
                    let inline = Selection::InlineFragment(inline);
                    into.items
                        .push(Item::Other(Positioned::new(inline, selection.pos)));
                }
            }
        }
    }
}

impl<'a> Merged<'a> {
    fn add(&mut self, field: &'a Positioned<Field>) {
        let below = &field.node.selection_set.node;
        let places = self.by_key.entry(&field.node.response_key().node);
        let places = places.or_default();
        for &place in &*places {
            if let Item::Field { first, below: all } = &mut self.items[place]
                && is_same(first, field)
            {
                all.push(below);
                return;
            }
        }
        places.push(self.items.len());
        self.items.push(Item::Field {
            first: field,
            below: vec![below],
        });
    }
}

/// Returns true if a fragment applies to the type itself, without directives.
fn is_on(fragment: &FragmentDefinition, on: Option<&Name>) -> bool {
    fragment.directives.is_empty() && Some(&fragment.type_condition.node.on.node) == on
}

fn is_same(a: &Positioned<Field>, b: &Positioned<Field>) -> bool {
    let (a, b) = (&a.node, &b.node);
    a.name == b.name && a.arguments == b.arguments && are_same(&a.directives, &b.directives)
}

fn are_same(a: &[Positioned<Directive>], b: &[Positioned<Directive>]) -> bool {
    let is_same = |(a, b): (&Positioned<Directive>, &Positioned<Directive>)| {
        a.node.name == b.node.name && a.node.arguments == b.node.arguments
    };
    a.len() == b.len() && a.iter().zip(b).all(is_same)
}

fn without_selections(field: &Field) -> Field {
    Field {
        alias: field.alias.clone(),
        name: field.name.clone(),
        arguments: field.arguments.clone(),
        directives: field.directives.clone(),
        selection_set: Positioned::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn merged(source: &str) -> String {
        let types = SchemaTypes::parse(include_str!("../../../schema.graphql")).expect("a schema");
        let document = merge(&parse_query(source).expect("a document"), &types);
        let DocumentOperations::Single(operation) = &document.operations else {
            unreachable!("one operation");
        };
        let mut text = print(&operation.node.selection_set.node);
        let mut fragments: Vec<&Name> = document.fragments.keys().collect();
        fragments.sort();
        for name in fragments {
            text += &format!(" | {name}");
        }
        text
    }

    fn print(set: &SelectionSet) -> String {
        let items = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => match print(&field.node.selection_set.node) {
                below if below.is_empty() => field.node.response_key().node.to_string(),
                below => format!("{} {{{below}}}", field.node.response_key().node),
            },
            Selection::FragmentSpread(spread) => format!("...{}", spread.node.fragment_name.node),
            Selection::InlineFragment(inline) => {
                format!("... {{{}}}", print(&inline.node.selection_set.node))
            }
        });
        items.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_field_once() {
        for (source, expect) in [
            ("{ a: __typename __typename a: __typename }", "a __typename"),
            (
                "{ crate(name: \"a\") { name } crate(name: \"a\") { availability name } }",
                "crate {name availability}",
            ),
            (
                "{ ...f ...f x: __typename } fragment f on Query { dataStatus { revision } }",
                "dataStatus {revision} x",
            ),
            (
                "{ ... { dataStatus { revision } } ... on Query { dataStatus { source } } }",
                "dataStatus {revision source}",
            ),
        ] {
            assert_eq!(merged(source), expect, "{source}");
        }
    }

    /// Validation must see each mistake.
    #[test]
    fn mistakes_stay() {
        for (source, expect) in [
            (
                "{ a: crate(name: \"a\") { name } a: crate(name: \"b\") { name } }",
                "a {name} a {name}",
            ),
            (
                "{ a: __typename a: dataStatus { revision } }",
                "a a {revision}",
            ),
            ("{ ...missing }", "...missing"),
            ("{ ...f } fragment f on Crate { name name }", "...f | f"),
            (
                "{ __typename } fragment unused on Crate { name }",
                "__typename | unused",
            ),
        ] {
            assert_eq!(merged(source), expect, "{source}");
        }
    }

    /// A condition may hold for one use and not for another.
    #[test]
    fn conditions_stay() {
        for (source, expect) in [
            (
                "query($a: Boolean!) { __typename @include(if: $a) __typename @include(if: $a) __typename }",
                "__typename __typename",
            ),
            (
                "query($a: Boolean!) { ...f ...f @skip(if: $a) } fragment f on Query { __typename __typename }",
                "__typename ...f | f",
            ),
            (
                "query($a: Boolean!) { a: __typename @skip(if: $a) b: __typename a: __typename }",
                "a b a",
            ),
        ] {
            assert_eq!(merged(source), expect, "{source}");
        }
    }
}
