//! Arranges an answer in the shape of its document. async-graphql 7 puts fields in
//! the order in which they complete, so that the same question would get different
//! bytes each time. It also omits a field that failed, and turns an object without
//! fields into null.

mod fields;

use super::schema_types::{self, SchemaTypes};
use crate::graphql::codes;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationDefinition, Type};
use async_graphql::{Name, PathSegment, Response, ServerError, Value, Variables};
use fields::{Fields, Selected};
use std::collections::HashMap;

/// The shape of the answers to an operation.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    fields: Fields,
    /// The values of the variables of `@skip` and `@include` for which the shape was
    /// made; null for those without a value.
    conditions: Variables,
}

/// The paths in an answer at which a field failed.
#[derive(Default)]
struct Failures<'a>(HashMap<Segment<'a>, Failures<'a>>);

/// A borrowed [`PathSegment`], for lookups.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Segment<'a> {
    Field(&'a str),
    Index(usize),
}

impl Shape {
    /// Makes the shape for these variables. The document must be within the limits,
    /// because fragments are expanded here.
    pub(super) fn new(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        types: &SchemaTypes,
        variables: &Variables,
    ) -> Self {
        let (fields, conditions) = Fields::of(document, operation, types, variables);
        Self { fields, conditions }
    }

    /// Returns true if the shape holds for these variables too.
    pub(super) fn is_for(&self, variables: &Variables) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|(name, value)| variables.get(name) == Some(value))
    }

    /// Arranges an answer in this shape: its fields in order, and null for each
    /// failed one. If the schema does not allow null there, the enclosing value
    /// becomes null ("Handling Execution Errors").
    pub(super) fn apply(&self, answer: &mut Response) {
        let errors = std::mem::take(&mut answer.errors);
        let failures = (!errors.is_empty()).then(|| Failures::of(&errors));
        let was_run = failures
            .as_ref()
            .is_none_or(|failures| !failures.0.is_empty());
        if was_run {
            let mut place = Place::default();
            let data = std::mem::take(&mut answer.data);
            let root = Some(&*schema_types::ROOT);
            answer.data = self
                .fields
                .complete(data, root, failures.as_ref(), &mut place);
            answer.errors.extend(place.lost);
        }
        answer.errors.extend(errors);
    }
}

/// The position in the answer, and the fields that were lost.
#[derive(Default)]
struct Place<'a> {
    path: Vec<Segment<'a>>,
    lost: Vec<ServerError>,
}

impl<'a> Place<'a> {
    /// Records a lost field. async-graphql merges fields that are selected twice, and
    /// drops the second part if the first is null.
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

impl Fields {
    /// Completes a value whose type has these fields. Types of introspection are
    /// known only if they lead to other types.
    fn complete<'a>(
        &'a self,
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

    /// Returns true if an object has exactly these fields, in this order.
    fn are_keys_of(&self, object: &IndexMap<Name, Value>) -> bool {
        self.0.len() == object.len() && object.keys().zip(self.0.keys()).all(|(a, b)| a == b)
    }

    /// Returns true if null stands for an object whose fields all failed or were left
    /// out. If null is allowed and nothing failed, it is an ordinary null.
    fn are_missing(&self, ty: Option<&Type>, failures: Option<&Failures>) -> bool {
        match failures {
            Some(failures) => !failures.0.is_empty(),
            None => !is_allowed(&Value::Null, ty),
        }
    }

    /// Completes the values within an object that already has its own fields, as most
    /// do. No field moves.
    fn complete_in_place<'a>(
        &'a self,
        mut object: IndexMap<Name, Value>,
        place: &mut Place<'a>,
    ) -> Value {
        let mut is_whole = true;
        for (value, (key, selected)) in object.values_mut().zip(&self.0) {
            *value = selected.complete(key, std::mem::take(value), None, place);
            is_whole &= is_allowed(value, selected.ty.as_ref());
        }
        match is_whole {
            true => Value::Object(object),
            false => Value::Null,
        }
    }

    fn complete_object<'a>(
        &'a self,
        mut object: IndexMap<Name, Value>,
        failures: Option<&Failures>,
        place: &mut Place<'a>,
    ) -> Value {
        let mut sorted = IndexMap::with_capacity(self.0.len());
        let mut is_whole = true;
        for (key, selected) in &self.0 {
            let failures = failures.and_then(|it| it.0.get(&Segment::Field(key)));
            let found = object.swap_remove_entry(key);
            let is_lost = found.is_none() && failures.is_none();
            if is_lost {
                // A field that introspection does not reveal is left out.
                if selected.is_introspection {
                    continue;
                }
                place.lose(key);
            }
            let (name, value) = found.unwrap_or_else(|| (key.clone(), Value::Null));
            let value = match is_lost {
                true => Value::Null,
                false => selected.complete(key, value, failures, place),
            };
            is_whole &= is_allowed(&value, selected.ty.as_ref());
            sorted.insert(name, value);
        }
        match is_whole {
            true => Value::Object(sorted),
            false => Value::Null,
        }
    }
}

impl Selected {
    /// Completes the value of this field, whose response key is `key`.
    fn complete<'a>(
        &'a self,
        key: &'a Name,
        value: Value,
        failures: Option<&Failures>,
        place: &mut Place<'a>,
    ) -> Value {
        if value == Value::Null && !self.is_object {
            return value;
        }
        place.path.push(Segment::Field(key));
        let value = self
            .below
            .complete(value, self.ty.as_ref(), failures, place);
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
