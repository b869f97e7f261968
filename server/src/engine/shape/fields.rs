//! The fields that an operation selects.

use crate::engine::schema_types::{self, SchemaTypes};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::Positioned;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, Value, Variables};

/// The fields of an answer in the order of the document, and those below each
/// ("CollectFields" in GraphQL's specification). The schema has no abstract
/// types, so every fragment applies.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(pub(super) IndexMap<Name, Selected>);

/// A field that the document selects, perhaps several times.
#[derive(Clone, Debug)]
pub(super) struct Selected {
    /// Its type, or `None` if only introspection knows it.
    pub(super) ty: Option<Type>,
    /// True if the document selects something below it, even if that is left out.
    pub(super) is_object: bool,
    /// True if it belongs to introspection, which may leave it out.
    pub(super) is_introspection: bool,
    pub(super) below: Fields,
}

impl Fields {
    /// Returns the fields that an operation selects with these variables, and the
    /// values of the variables of `@skip` and `@include`, which decide it.
    pub(super) fn of(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        types: &SchemaTypes,
        variables: &Variables,
    ) -> (Self, Variables) {
        let mut collector = Collector {
            document,
            types,
            variables,
            conditions: Variables::default(),
        };
        let mut fields = Self::default();
        let root = schema_types::name_of(&schema_types::ROOT);
        collector.collect(&operation.selection_set.node, Some(root), &mut fields);
        (fields, collector.conditions)
    }
}

struct Collector<'a> {
    document: &'a ExecutableDocument,
    types: &'a SchemaTypes,
    variables: &'a Variables,
    conditions: Variables,
}

impl Collector<'_> {
    /// Collects the fields that are selected of a type.
    fn collect(&mut self, set: &SelectionSet, of: Option<&Name>, into: &mut Fields) {
        for selection in &set.items {
            let directives = selection.node.directives();
            if !self.is_included(directives) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let name = &field.node.name.node;
                    let target = of.and_then(|of| self.types.target(of, name));
                    let ty = target.map(|target| &target.ty);
                    let selected = into.0.entry(key.clone()).or_insert_with(|| Selected {
                        ty: ty.cloned(),
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

    /// Evaluates `@skip` and `@include`; no other directive leaves anything out.
    fn is_included(&mut self, directives: &[Positioned<Directive>]) -> bool {
        let mut is_included = true;
        for directive in directives {
            let directive = &directive.node;
            let excluding = match directive.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => continue,
            };
            let condition = directive.get_argument("if").cloned();
            let condition = condition.map(|value| {
                let variable = |name: Name| {
                    let value = self.variables.get(&name).cloned();
                    let decisive = value.clone().unwrap_or_default();
                    self.conditions.insert(name, decisive);
                    value.ok_or(())
                };
                value.node.into_const_with(variable)
            });
            is_included &= condition != Some(Ok(Value::Boolean(excluding)));
        }
        is_included
    }
}
