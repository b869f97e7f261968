//! The schema as the engine needs it: the type of each field, the number of objects
//! there, the values of each enum, and the fields of each input object.

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The assumed number of advisories on a crate. No crate in RustSec's database has
/// more.
const ADVISORIES: u64 = 50;

/// The assumed number of items in any other list without pages.
const ITEMS: u64 = 5;

/// The assumed number of release lines of a crate. No crate in RustSec's database has
/// more.
const LINES: u64 = 100;

/// A list of advisories that does not hold all of a crate's, and so has the price of
/// any other list. No advisory in RustSec's database has more than two twins.
const TWINS: (&str, &str) = ("Advisory", "twins");

/// The prices of expensive fields, in units of a field that only looks something up. These
/// fields parse a version and compare it with every range, or search all releases up to three
/// times, or match all releases against up to 32 comparators.
const PRICES: [(&str, &str, u64); 8] = [
    ("Crate", "version", 10),
    ("Version", "upgrade", 30),
    ("Advisory", "affects", 10),
    ("Advisory", "upgrade", 30),
    ("Crate", "requirement", 100),
    ("Crate", "lines", 30),
    ("Query", "requirements", 100),
    ("Requirement", "upgrade", 30),
];

/// The fields that return an item for each item of a list argument, and that argument.
const GIVEN: [(&str, &str, &str); 1] = [("Query", "requirements", "on")];

/// The introspection fields that lead to other types. The text of a schema omits them
/// ("Introspection" in GraphQL's specification).
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

/// The number of objects at a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// This number, exact or estimated.
    Of(u64),
    /// The size of the page: its `first` or `last`.
    Page,
    /// The length of the list in the argument of this name. The field's price is that
    /// of one item.
    Given(&'static str),
}

/// The type of a field and the number of objects there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) ty: Type,
    pub(super) count: Count,
    /// The price of the field itself.
    pub(super) price: u64,
}

/// The root type of queries.
pub(super) static ROOT: LazyLock<Type> = LazyLock::new(|| Type {
    base: BaseType::Named(Name::new("Query")),
    nullable: false,
});

/// The types of a schema.
#[derive(Debug)]
pub struct SchemaTypes {
    /// The fields of every object type, by type and name.
    fields: HashMap<Name, HashMap<Name, Target>>,
    /// The values of every enum.
    enums: HashMap<Name, Vec<Name>>,
    /// The fields of every input object.
    inputs: HashMap<Name, Vec<InputValueDefinition>>,
}

/// The text is not a schema in GraphQL's schema definition language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot parse the schema")]
pub struct SchemaError;

impl SchemaTypes {
    /// Parses a schema's text.
    ///
    /// # Errors
    /// Returns [`SchemaError`]: without its types no document could be priced.
    pub fn parse(sdl: &str) -> Result<Self, SchemaError> {
        let types = [types(sdl)?, types(INTROSPECTION)?].concat();
        Ok(Self {
            fields: targets(&types),
            inputs: types.iter().filter_map(input_fields).collect(),
            enums: types.into_iter().filter_map(values).collect(),
        })
    }

    /// Returns the target of a field, or `None` if the type has no such field.
    pub(super) fn target(&self, of: &Name, field: &Name) -> Option<&Target> {
        self.fields.get(of)?.get(field)
    }

    /// Returns the values of an enum, or `None` for another type.
    pub(super) fn enum_values(&self, of: &Name) -> Option<&[Name]> {
        self.enums.get(of).map(Vec::as_slice)
    }

    /// Returns the fields of an input object, or `None` for another type.
    pub(super) fn input_fields(&self, of: &Name) -> Option<&[InputValueDefinition]> {
        self.inputs.get(of).map(Vec::as_slice)
    }
}

fn input_fields(definition: &TypeDefinition) -> Option<(Name, Vec<InputValueDefinition>)> {
    let TypeKind::InputObject(object) = &definition.kind else {
        return None;
    };
    let fields = object.fields.iter().map(|field| field.node.clone());
    Some((definition.name.node.clone(), fields.collect()))
}

fn values(definition: TypeDefinition) -> Option<(Name, Vec<Name>)> {
    let TypeKind::Enum(definition_of) = definition.kind else {
        return None;
    };
    let values = definition_of.values.into_iter();
    let values = values.map(|value| value.node.value.node);
    Some((definition.name.node, values.collect()))
}

fn targets(types: &[TypeDefinition]) -> HashMap<Name, HashMap<Name, Target>> {
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
    // The lists in a page have the length of the page, which is counted already.
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
            _ if let Some(argument) = given(parent, field) => Count::Given(argument),
            BaseType::List(_) if parent.starts_with("__") => introspected.count(field),
            BaseType::List(_) if pages.contains(parent) => Count::Of(1),
            BaseType::List(_) if TWINS == (parent.as_str(), field.name.node.as_str()) => {
                Count::Of(ITEMS)
            }
            BaseType::List(_) if name_of(&ty).as_str() == "Advisory" => Count::Of(ADVISORIES),
            BaseType::List(_) if name_of(&ty).as_str() == "ReleaseLine" => Count::Of(LINES),
            BaseType::List(_) => Count::Of(ITEMS),
            BaseType::Named(_) => Count::Of(1),
        };
        let name = field.name.node.clone();
        let price = price(parent, &name);
        (name, Target { ty, count, price })
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

fn price(of: &Name, field: &Name) -> u64 {
    let mut prices = PRICES.iter();
    let found = prices.find(|(ty, name, _)| of == ty && field == name);
    found.map_or(1, |(_, _, price)| *price)
}

/// Returns the argument whose items a field answers.
fn given(of: &Name, field: &FieldDefinition) -> Option<&'static str> {
    let mut lists = GIVEN.iter();
    let found = lists.find(|(ty, name, _)| of == ty && field.name.node == *name);
    found.map(|(_, _, argument)| *argument)
}

fn types(sdl: &str) -> Result<Vec<TypeDefinition>, SchemaError> {
    let schema = parse_schema(sdl).map_err(|_| SchemaError)?;
    let types = schema.definitions.into_iter();
    let types = types.filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    Ok(types.collect())
}

/// The size of the schema, for introspection.
struct Introspected {
    types: u64,
    fields: u64,
}

impl Introspected {
    /// Returns the number of items in a list of introspection. The fields of a type
    /// have the average price.
    fn count(&self, field: &FieldDefinition) -> Count {
        Count::Of(match field.name.node.as_str() {
            "types" => self.types,
            "fields" => self.fields.div_ceil(self.types.max(1)),
            "enumValues" | "directives" => ITEMS,
            // Few fields have arguments, and the schema has no interfaces.
            _ => 1,
        })
    }
}

fn is_paged(field: &FieldDefinition) -> bool {
    let mut arguments = field.arguments.iter();
    arguments.any(|argument| argument.node.name.node == "first")
}

/// Returns the name of the type, or of a list's item type.
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
    fn a_text_that_is_not_a_schema() {
        for sdl in ["", "type Query {", "{ crate }"] {
            assert_eq!(
                SchemaTypes::parse(sdl).map(drop),
                Err(SchemaError),
                "{sdl:?}"
            );
        }
    }

    /// A field must not become cheap by being renamed.
    #[test]
    fn every_price_is_of_a_field() {
        let types = SchemaTypes::parse(include_str!("../../../schema.graphql")).expect("a schema");
        for (of, field, argument) in GIVEN {
            let target = types.target(&Name::new(of), &Name::new(field));
            assert_eq!(
                target.map(|target| target.count),
                Some(Count::Given(argument)),
                "{of}.{field}"
            );
        }
        for (of, field, price) in PRICES {
            let target = types.target(&Name::new(of), &Name::new(field));
            assert_eq!(
                target.map(|target| target.price),
                Some(price),
                "{of}.{field}"
            );
        }
    }

    #[test]
    fn fields_lead_where_the_schema_says() {
        let types = SchemaTypes::parse(include_str!("../../../schema.graphql")).expect("a schema");
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
            ("Advisory", "twins", Some(("[Advisory!]!", Count::Of(5)))),
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
            ("Requirement", "chosen", Some(("Version", Count::Of(1)))),
            ("DataStatus", "advisories", Some(("Int!", Count::Of(1)))),
            ("Query", "__schema", Some(("__Schema!", Count::Of(1)))),
            ("__Type", "ofType", Some(("__Type", Count::Of(1)))),
            ("Query", "__typename", None),
            ("Nothing", "crate", None),
        ] {
            let expect = expect.map(|(ty, count)| Target {
                ty: Type::new(ty).expect("a type"),
                count,
                price: 1,
            });
            let found = types.target(&Name::new(of), &Name::new(field));
            assert_eq!(found, expect.as_ref(), "{of}.{field}");
        }
    }
}
