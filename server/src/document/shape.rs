//! The shape of an answer: that of the document. async-graphql 7 puts fields in
//! the order in which they are done, so that the same question would have
//! different bytes each time, leaves out a field that failed, and makes null of
//! an object without fields.

use super::fields;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, ServerError, Value};
use std::collections::HashMap;

/// The fields of an answer in the order of the document, and those below each
/// ("CollectFields" in GraphQL's specification; our schema has no abstract types,
/// so every fragment applies).
#[derive(Default)]
struct Fields<'a>(IndexMap<&'a Name, Selected<'a>>);

/// A field that the document selects, perhaps several times.
struct Selected<'a> {
    /// Its name in the schema.
    name: &'a Name,
    below: Fields<'a>,
}

/// The places of an answer where a field failed, by their paths.
#[derive(Default)]
struct Failures<'a>(HashMap<Segment<'a>, Failures<'a>>);

/// [`PathSegment`], to look up by.
#[derive(PartialEq, Eq, Hash)]
enum Segment<'a> {
    Field(&'a str),
    Index(usize),
}

/// Puts an answer's fields in order, and null where one failed; where the schema
/// allows no null, in the place of what surrounds it ("Handling Execution
/// Errors"). The document is one that is within the limits: fragments are
/// written out here.
pub(super) fn apply(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    answer: Value,
    errors: &[ServerError],
) -> Value {
    let failures = (!errors.is_empty()).then(|| Failures::of(errors));
    if failures
        .as_ref()
        .is_some_and(|failures| failures.0.is_empty())
    {
        // It was not run.
        return answer;
    }
    let mut fields = Fields::default();
    fields.collect(document, &operation.selection_set.node);
    fields.complete(answer, Some(&fields::ROOT), failures.as_ref())
}

impl<'a> Fields<'a> {
    fn collect(&mut self, document: &'a ExecutableDocument, set: &'a SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let selected = self.0.entry(key).or_insert_with(|| Selected {
                        name: &field.node.name.node,
                        below: Fields::default(),
                    });
                    let below = &field.node.selection_set.node;
                    selected.below.collect(document, below);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name) {
                        self.collect(document, &fragment.node.selection_set.node);
                    }
                }
                Selection::InlineFragment(inline) => {
                    self.collect(document, &inline.node.selection_set.node);
                }
            }
        }
    }

    /// A value of a type, whose fields these are. What introspection adds has no
    /// type here: nothing of it fails.
    fn complete(&self, value: Value, ty: Option<&Type>, failures: Option<&Failures>) -> Value {
        let base = ty.map(|ty| &ty.base);
        match (value, base) {
            (Value::Object(object), _) => self.complete_object(object, ty, failures),
            (Value::Null, Some(BaseType::Named(_))) if self.are_missing(ty, failures) => {
                self.complete_object(IndexMap::new(), ty, failures)
            }
            (Value::List(items), _) => {
                let of = match base {
                    Some(BaseType::List(of)) => Some(&**of),
                    _ => None,
                };
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let failures = failures.and_then(|it| it.0.get(&Segment::Index(index)));
                    let item = self.complete(item, of, failures);
                    is_allowed(&item, of).then_some(item)
                });
                items
                    .collect::<Option<_>>()
                    .map_or(Value::Null, Value::List)
            }
            (other, _) => other,
        }
    }

    /// Whether null stands for an object of which every field failed or was left
    /// out. Where null is allowed and nothing failed it is taken for null.
    fn are_missing(&self, ty: Option<&Type>, failures: Option<&Failures>) -> bool {
        let is_object = !self.0.is_empty();
        is_object
            && match failures {
                Some(failures) => !failures.0.is_empty(),
                None => !is_allowed(&Value::Null, ty),
            }
    }

    fn complete_object(
        &self,
        mut object: IndexMap<Name, Value>,
        ty: Option<&Type>,
        failures: Option<&Failures>,
    ) -> Value {
        let of = ty.map(fields::name_of);
        let mut sorted = IndexMap::with_capacity(object.len());
        for (key, selected) in &self.0 {
            let failures = failures.and_then(|it| it.0.get(&Segment::Field(key)));
            let (key, value) = match object.swap_remove_entry(*key) {
                Some(entry) => entry,
                None if failures.is_some() => ((*key).clone(), Value::Null),
                // Left out by `@skip` or `@include`.
                None => continue,
            };
            let target = of.and_then(|of| fields::target(of, selected.name));
            let ty = target.map(|target| &target.ty);
            let value = selected.below.complete(value, ty, failures);
            if !is_allowed(&value, ty) {
                return Value::Null;
            }
            sorted.insert(key, value);
        }
        // Nothing is left over: an answer has only what was asked for.
        sorted.extend(object);
        Value::Object(sorted)
    }
}

fn is_allowed(value: &Value, ty: Option<&Type>) -> bool {
    *value != Value::Null || ty.is_none_or(|ty| ty.nullable)
}

impl<'a> Failures<'a> {
    fn of(errors: &'a [ServerError]) -> Self {
        let mut failures = Self::default();
        for error in errors {
            let mut at = &mut failures;
            for segment in &error.path {
                let segment = match segment {
                    PathSegment::Field(name) => Segment::Field(name),
                    PathSegment::Index(index) => Segment::Index(*index),
                };
                at = at.0.entry(segment).or_default();
            }
        }
        failures
    }
}
