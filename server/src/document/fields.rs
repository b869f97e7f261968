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

/// What every schema has besides, as far as it leads anywhere ("Introspection" in
/// GraphQL's specification).
const INTROSPECTION: &str = "
    type Query { __schema: __Schema! __type(name: String!): __Type }
    type __Schema {
        types: [__Type!]! directives: [__Directive!]!
        queryType: __Type! mutationType: __Type subscriptionType: __Type
    }
    type __Type {
        fields: [__Field!] enumValues: [__EnumValue!] inputFields: [__InputValue!]
        interfaces: [__Type!] possibleTypes: [__Type!] ofType: __Type
    }
    type __Field { args: [__InputValue!]! type: __Type! }
    type __InputValue { type: __Type! }
    type __Directive { args: [__InputValue!]! }
";

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

/// The targets of all fields of objects, by the type that has the field.
static TARGETS: LazyLock<HashMap<Name, HashMap<Name, Target>>> = LazyLock::new(targets);

/// Where a field of a type leads; `None` where the schema has no such field.
pub(super) fn target(of: &Name, field: &Name) -> Option<&'static Target> {
    TARGETS.get(of)?.get(field)
}

fn targets() -> HashMap<Name, HashMap<Name, Target>> {
    let types = [crate::graphql::sdl().as_str(), INTROSPECTION]
        .map(types)
        .concat();
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
    let introspected = Introspected {
        types: types.len() as u64,
        fields: objects.iter().map(|(_, fields)| fields.len() as u64).sum(),
    };
    let target = |parent: &Name, field: &FieldDefinition| {
        let ty = field.ty.node.clone();
        let count = match ty.base {
            _ if is_paged(field) => Count::Page,
            BaseType::List(_) if parent.starts_with("__") => introspected.count(field),
            BaseType::List(_) if pages.contains(parent) => Count::Of(1),
            BaseType::List(_) if name_of(&ty).as_str() == "Advisory" => Count::Of(ADVISORIES),
            BaseType::List(_) => Count::Of(ITEMS),
            BaseType::Named(_) => Count::Of(1),
        };
        (field.name.node.clone(), Target { ty, count })
    };
    let mut targets: HashMap<Name, HashMap<Name, Target>> = HashMap::new();
    for (parent, fields) in &objects {
        let of_parent = fields.iter().map(|field| target(parent, field));
        targets
            .entry((*parent).clone())
            .or_default()
            .extend(of_parent);
    }
    targets
}

/// The types of a schema's text.
fn types(sdl: &str) -> Vec<TypeDefinition> {
    let schema = match parse_schema(sdl) {
        Ok(schema) => schema,
        Err(error) => {
            tracing::error!(%error, "the schema cannot be read");
            return Vec::new();
        }
    };
    let types = schema.definitions.into_iter();
    types
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        })
        .collect()
}

/// How much of the schema there is to ask for.
struct Introspected {
    types: u64,
    fields: u64,
}

impl Introspected {
    /// How many items a list of the schema has. That of a type's fields is
    /// reckoned as long as the average.
    fn count(&self, field: &FieldDefinition) -> Count {
        Count::Of(match field.name.node.as_str() {
            "types" => self.types,
            "fields" => self.fields.div_ceil(self.types.max(1)),
            "enumValues" | "directives" => ITEMS,
            // Few fields have any argument, and we have no interfaces.
            _ => 1,
        })
    }
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
            ("Query", "__schema", Some(("__Schema!", Count::Of(1)))),
            ("__Type", "ofType", Some(("__Type", Count::Of(1)))),
            ("Query", "__typename", None),
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
