//! The shape of an answer: that of the document. async-graphql 7 puts fields in
//! the order in which they are done, so that the same question would have
//! different bytes each time, leaves out a field that failed, and makes null of
//! an object without fields.

use super::schema_types::{self, SchemaTypes};
use crate::graphql::codes;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::Positioned;
use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, ServerError, Value, Variables};
use std::collections::HashMap;

/// The fields of an answer in the order of the document, and those below each
/// ("CollectFields" in GraphQL's specification; our schema has no abstract types,
/// so every fragment applies).
#[derive(Default)]
struct Fields<'a>(IndexMap<&'a Name, Selected<'a>>);

/// A field that the document selects, perhaps several times.
struct Selected<'a> {
    /// Its type; `None` where only introspection knows it.
    ty: Option<&'a Type>,
    /// Whether anything is selected below, left out or not.
    is_object: bool,
    /// Whether it belongs to introspection, which may leave it out.
    is_introspection: bool,
    below: Fields<'a>,
}

/// The places of an answer where a field failed, by their paths.
#[derive(Default)]
struct Failures<'a>(HashMap<Segment<'a>, Failures<'a>>);

/// [`PathSegment`], to look up by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Segment<'a> {
    Field(&'a str),
    Index(usize),
}

/// Gives an answer its shape: its fields in order, and null where one failed;
/// where the schema allows no null, in the place of what surrounds it ("Handling
/// Execution Errors"). The document is one that is within the limits: fragments
/// are written out here.
pub(super) fn apply(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    types: &SchemaTypes,
    variables: &Variables,
    answer: &mut Response,
) {
    let errors = std::mem::take(&mut answer.errors);
    let failures = (!errors.is_empty()).then(|| Failures::of(&errors));
    let was_run = failures
        .as_ref()
        .is_none_or(|failures| !failures.0.is_empty());
    if was_run {
        let selected = Operation {
            document,
            operation,
            types,
            variables,
        };
        let fields = selected.fields(&operation.selection_set.node);
        let mut place = Place::default();
        let data = std::mem::take(&mut answer.data);
        answer.data = fields.complete(
            data,
            Some(&schema_types::ROOT),
            failures.as_ref(),
            &mut place,
        );
        answer.errors.extend(place.lost);
    }
    answer.errors.extend(errors);
}

/// The fields that an operation selects.
struct Operation<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    types: &'a SchemaTypes,
    variables: &'a Variables,
}

impl<'a> Operation<'a> {
    fn fields(&self, set: &'a SelectionSet) -> Fields<'a> {
        let mut fields = Fields::default();
        let root = schema_types::name_of(&schema_types::ROOT);
        self.collect(set, Some(root), &mut fields);
        fields
    }

    /// Collects what is selected of a type.
    fn collect(&self, set: &'a SelectionSet, of: Option<&'a Name>, into: &mut Fields<'a>) {
        for selection in &set.items {
            if !self.is_included(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let name = &field.node.name.node;
                    let target = of.and_then(|of| self.types.target(of, name));
                    let ty = target.map(|target| &target.ty);
                    let selected = into.0.entry(key).or_insert_with(|| Selected {
                        ty,
                        is_object: !field.node.selection_set.node.items.is_empty(),
                        is_introspection: name.starts_with("__")
                            || of.is_some_and(|of| of.starts_with("__")),
                        below: Fields::default(),
                    });
                    let below = &field.node.selection_set.node;
                    self.collect(below, ty.map(schema_types::name_of), &mut selected.below);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        self.collect(&fragment.node.selection_set.node, of, into);
                    }
                }
                Selection::InlineFragment(inline) => {
                    self.collect(&inline.node.selection_set.node, of, into);
                }
            }
        }
    }

    /// What `@skip` and `@include` say; no other directive leaves anything out.
    fn is_included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let directive = &directive.node;
            let excluding = match directive.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return true,
            };
            let condition = directive.get_argument("if").cloned();
            let condition = condition.map(|value| {
                let variable = |name| self.variable(&name).cloned().ok_or(());
                value.node.into_const_with(variable)
            });
            condition != Some(Ok(Value::Boolean(excluding)))
        })
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        let default = || {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|it| it.node.name.node == *name)?;
            Some(&definition.node.default_value.as_ref()?.node)
        };
        self.variables.get(name).or_else(default)
    }
}

/// Where in the answer, and what was found to be lost there.
#[derive(Default)]
struct Place<'a> {
    path: Vec<Segment<'a>>,
    lost: Vec<ServerError>,
}

impl<'a> Place<'a> {
    /// async-graphql merges fields that are selected twice, and drops the second
    /// part where the first is null.
    fn lose(&mut self, key: &'a Name) {
        let mut error = ServerError::new("internal error; the service's log has the cause", None);
        let path = self.path.iter().copied().chain([Segment::Field(key)]);
        error.path = path.map(PathSegment::from).collect();
        error
            .extensions
            .get_or_insert_default()
            .set("code", codes::INTERNAL);
        tracing::error!(path = ?error.path, "a field is missing from the answer; sent it as null, with an error");
        self.lost.push(error);
    }
}

impl<'a> Fields<'a> {
    /// A value of a type, whose fields these are. What introspection adds is
    /// known by name only as far as it leads to other types.
    fn complete(
        &self,
        value: Value,
        ty: Option<&Type>,
        failures: Option<&Failures>,
        place: &mut Place<'a>,
    ) -> Value {
        let base = ty.map(|ty| &ty.base);
        match (value, base) {
            (Value::Object(object), _) if failures.is_none() && self.are_keys_of(&object) => {
                self.complete_in_place(object, place)
            }
            (Value::Object(object), _) => self.complete_object(object, failures, place),
            (Value::Null, Some(BaseType::Named(_))) if self.are_missing(ty, failures) => {
                self.complete_object(IndexMap::new(), failures, place)
            }
            (Value::List(mut items), _) => {
                let of = match base {
                    Some(BaseType::List(of)) => Some(&**of),
                    _ => None,
                };
                for (index, item) in items.iter_mut().enumerate() {
                    let failures = failures.and_then(|it| it.0.get(&Segment::Index(index)));
                    place.path.push(Segment::Index(index));
                    *item = self.complete(std::mem::take(item), of, failures, place);
                    place.path.pop();
                }
                match items.iter().all(|item| is_allowed(item, of)) {
                    true => Value::List(items),
                    false => Value::Null,
                }
            }
            (other, _) => other,
        }
    }

    /// Whether an object has these fields and no others, in this order.
    fn are_keys_of(&self, object: &IndexMap<Name, Value>) -> bool {
        self.0.len() == object.len() && object.keys().zip(self.0.keys()).all(|(a, b)| a == *b)
    }

    /// Whether null stands for an object of which every field failed or was left
    /// out. Where null is allowed and nothing failed it is taken for null.
    fn are_missing(&self, ty: Option<&Type>, failures: Option<&Failures>) -> bool {
        match failures {
            Some(failures) => !failures.0.is_empty(),
            None => !is_allowed(&Value::Null, ty),
        }
    }

    /// Completes what is below an object that has its own fields already, as most
    /// have: nothing of it moves.
    fn complete_in_place(&self, mut object: IndexMap<Name, Value>, place: &mut Place<'a>) -> Value {
        let mut is_whole = true;
        for (value, (key, selected)) in object.values_mut().zip(&self.0) {
            *value = selected.complete(key, std::mem::take(value), None, place);
            is_whole &= is_allowed(value, selected.ty);
        }
        match is_whole {
            true => Value::Object(object),
            false => Value::Null,
        }
    }

    fn complete_object(
        &self,
        mut object: IndexMap<Name, Value>,
        failures: Option<&Failures>,
        place: &mut Place<'a>,
    ) -> Value {
        let mut sorted = IndexMap::with_capacity(self.0.len());
        let mut is_whole = true;
        for (key, selected) in &self.0 {
            let failures = failures.and_then(|it| it.0.get(&Segment::Field(key)));
            let found = object.swap_remove_entry(*key);
            let is_lost = found.is_none() && failures.is_none();
            if is_lost {
                // What introspection is not to tell is left out.
                if selected.is_introspection {
                    continue;
                }
                place.lose(key);
            }
            let (name, value) = found.unwrap_or_else(|| ((*key).clone(), Value::Null));
            let value = match is_lost {
                true => Value::Null,
                false => selected.complete(key, value, failures, place),
            };
            is_whole &= is_allowed(&value, selected.ty);
            sorted.insert(name, value);
        }
        match is_whole {
            true => Value::Object(sorted),
            false => Value::Null,
        }
    }
}

impl<'a> Selected<'a> {
    /// The value of this field, which stands under `key`.
    fn complete(
        &self,
        key: &'a Name,
        value: Value,
        failures: Option<&Failures>,
        place: &mut Place<'a>,
    ) -> Value {
        if value == Value::Null && !self.is_object {
            return value;
        }
        place.path.push(Segment::Field(key));
        let value = self.below.complete(value, self.ty, failures, place);
        place.path.pop();
        value
    }
}

impl From<Segment<'_>> for PathSegment {
    fn from(segment: Segment<'_>) -> Self {
        match segment {
            Segment::Field(name) => Self::Field(name.to_owned()),
            Segment::Index(index) => Self::Index(index),
        }
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
