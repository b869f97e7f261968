//! What a field leads to, as the schema has it: its type, and how many there
//! may be.

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// How many advisories a crate is reckoned to have. In RustSec's database none
/// has more.
const ADVISORIES: u64 = 50;

/// How many items any other list without pages is reckoned to have.
const ITEMS: u64 = 5;

/// How many objects there may be at a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// One, or about as many as given.
    Of(u64),
    /// As many as its `first` or `last` says.
    Page,
}

/// Where a field leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) ty: Type,
    pub(super) count: Count,
}

/// Where a query begins.
pub(super) static ROOT: LazyLock<Type> = LazyLock::new(|| Type {
    base: BaseType::Named(Name::new("Query")),
    nullable: false,
});

/// The targets of all fields of objects, by the type that has the field. What
/// introspection adds is not among them: it leads nowhere from the root.
static TARGETS: LazyLock<HashMap<Name, HashMap<Name, Target>>> = LazyLock::new(targets);

/// Where a field of a type leads; `None` of what the schema has no such field.
pub(super) fn target(of: &Name, field: &Name) -> Option<&'static Target> {
    TARGETS.get(of)?.get(field)
}

fn targets() -> HashMap<Name, HashMap<Name, Target>> {
    let schema = match parse_schema(crate::graphql::sdl()) {
        Ok(schema) => schema,
        Err(error) => {
            tracing::error!(%error, "the schema cannot be read");
            return HashMap::new();
        }
    };
    let types: Vec<TypeDefinition> = schema
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        })
        .collect();
    let objects: Vec<(&Name, Vec<&FieldDefinition>)> = types
        .iter()
        .filter_map(|definition| match &definition.kind {
            TypeKind::Object(object) => {
                let fields = object.fields.iter().map(|field| &field.node).collect();
                Some((&definition.name.node, fields))
            }
            _ => None,
        })
        .collect();
    // The lists of a page are as long as the page, which counts already.
    let pages: HashSet<&Name> = objects
        .iter()
        .flat_map(|(_, fields)| fields)
        .filter(|field| is_paged(field))
        .map(|field| name_of(&field.ty.node))
        .collect();
    let target = |parent: &Name, field: &FieldDefinition| {
        let ty = field.ty.node.clone();
        let count = match ty.base {
            _ if is_paged(field) => Count::Page,
            BaseType::List(_) if pages.contains(parent) => Count::Of(1),
            BaseType::List(_) if name_of(&ty).as_str() == "Advisory" => Count::Of(ADVISORIES),
            BaseType::List(_) => Count::Of(ITEMS),
            BaseType::Named(_) => Count::Of(1),
        };
        (field.name.node.clone(), Target { ty, count })
    };
    objects
        .iter()
        .map(|(parent, fields)| {
            let targets = fields.iter().map(|field| target(parent, field));
            ((*parent).clone(), targets.collect())
        })
        .collect()
}

fn is_paged(field: &FieldDefinition) -> bool {
    let mut arguments = field.arguments.iter();
    arguments.any(|argument| argument.node.name.node == "first")
}

/// The type, or that of a list's items.
pub(super) fn name_of(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => name_of(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lead_where_the_schema_says() {
        for (of, field, expect) in [
            ("Query", "crate", Some(("Crate", Count::Of(1)))),
            ("Crate", "advisories", Some(("[Advisory!]!", Count::Of(50)))),
            (
                "Crate",
                "versions",
                Some(("VersionConnection!", Count::Page)),
            ),
            (
                "Advisory",
                "affectedVersions",
                Some(("VersionConnection!", Count::Page)),
            ),
            (
                "VersionConnection",
                "nodes",
                Some(("[Version!]!", Count::Of(1))),
            ),
            ("VersionEdge", "node", Some(("Version!", Count::Of(1)))),
            (
                "AffectedFunction",
                "versions",
                Some(("[VersionRange!]!", Count::Of(5))),
            ),
            ("DataStatus", "advisories", Some(("Int!", Count::Of(1)))),
            ("Query", "__schema", None),
            ("Nothing", "crate", None),
        ] {
            let expect = expect.map(|(ty, count)| Target {
                ty: Type::new(ty).expect("a type"),
                count,
            });
            let found = target(&Name::new(of), &Name::new(field));
            assert_eq!(found, expect.as_ref(), "{of}.{field}");
        }
    }
}
