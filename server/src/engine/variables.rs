//! The values of a document's variables, checked against the types that the document
//! declares ("Coercing Variable Values" in GraphQL's specification, October 2021).
//!
//! async-graphql checks them during validation. If the document is not validated
//! again, it checks a variable only when a field uses it.

use super::Refusal;
use super::schema_types::SchemaTypes;
use async_graphql::parser::types::{BaseType, InputValueDefinition, Type, VariableDefinition};
use async_graphql::{Name, Positioned, Value, Variables};

/// Returns the default values of an operation's variables that have one.
pub(super) fn defaults(definitions: &[Positioned<VariableDefinition>]) -> Variables {
    let mut values = Variables::default();
    for definition in definitions {
        let definition = &definition.node;
        if let Some(value) = &definition.default_value {
            values.insert(definition.name.node.clone(), value.node.clone());
        }
    }
    values
}

/// Returns the values of an operation's variables: the given ones, and defaults for
/// the others. Omits variables that the operation does not declare.
pub(super) fn coerce(
    definitions: &[Positioned<VariableDefinition>],
    mut given: Variables,
    types: &SchemaTypes,
) -> Result<Variables, Refusal> {
    let mut values = Variables::default();
    for definition in definitions {
        let definition = &definition.node;
        let (name, ty) = (&definition.name.node, &definition.var_type.node);
        let default = definition.default_value.as_ref();
        let value = given
            .remove(name)
            .or_else(|| default.map(|value| value.node.clone()));
        match value {
            Some(value) if fits(&value, ty, types) => {
                values.insert(name.clone(), value);
            }
            None if ty.nullable => {}
            _ => {
                return Err(Refusal::BadVariable {
                    name: name.to_string(),
                    ty: ty.to_string(),
                });
            }
        }
    }
    Ok(values)
}

/// Returns a sample value of each variable's type.
pub(super) fn samples(
    definitions: &[Positioned<VariableDefinition>],
    types: &SchemaTypes,
) -> Variables {
    let mut samples = Variables::default();
    for definition in definitions {
        let definition = &definition.node;
        let sample = sample(&definition.var_type.node, types);
        samples.insert(definition.name.node.clone(), sample);
    }
    samples
}

fn sample(ty: &Type, types: &SchemaTypes) -> Value {
    let name = match &ty.base {
        BaseType::List(item) => {
            // Include null if the item may be null.
            let null = item.nullable.then_some(Value::Null);
            return Value::List([sample(item, types)].into_iter().chain(null).collect());
        }
        BaseType::Named(name) => name,
    };
    if let Some(fields) = types.input_fields(name) {
        let needed = fields.iter().filter(|field| is_needed(field));
        let fields = needed.map(|field| (field.name.node.clone(), sample(&field.ty.node, types)));
        return Value::Object(fields.collect());
    }
    match name.as_str() {
        "Int" => 1.into(),
        "Float" => 1.5.into(),
        "Boolean" => true.into(),
        _ => match types.enum_values(name).and_then(<[Name]>::first) {
            Some(value) => Value::Enum(value.clone()),
            None => "text".into(),
        },
    }
}

/// Returns true if an input object must have the field.
fn is_needed(field: &InputValueDefinition) -> bool {
    !field.ty.node.nullable && field.default_value.is_none()
}

fn fits(value: &Value, ty: &Type, types: &SchemaTypes) -> bool {
    match (&ty.base, value) {
        (_, Value::Null) => ty.nullable,
        (BaseType::List(item), Value::List(values)) => {
            values.iter().all(|value| fits(value, item, types))
        }
        // A single value is a list of that value.
        (BaseType::List(item), value) => fits(value, item, types),
        (BaseType::Named(name), value) => is_of(value, name, types),
    }
}

/// Returns true if a value other than null is of a type. async-graphql reads the
/// schema's own scalars.
fn is_of(value: &Value, ty: &Name, types: &SchemaTypes) -> bool {
    if let Some(fields) = types.input_fields(ty) {
        return is_object_of(value, fields, types);
    }
    match (ty.as_str(), value) {
        ("Int", Value::Number(number)) => {
            number.as_i64().is_some_and(|it| i32::try_from(it).is_ok())
        }
        ("Float", Value::Number(_)) => true,
        ("ID", Value::Number(number)) => !number.is_f64(),
        ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
        ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
        (_, value) => match (types.enum_values(ty), value) {
            // JSON writes an enum value as a string.
            (Some(values), Value::String(text)) => values.iter().any(|it| it == text),
            (Some(values), Value::Enum(name)) => values.contains(name),
            (Some(_), _) => false,
            (None, _) => true,
        },
    }
}

/// Returns true if a value is an object with these fields: no others, and none
/// missing.
fn is_object_of(value: &Value, fields: &[InputValueDefinition], types: &SchemaTypes) -> bool {
    let Value::Object(object) = value else {
        return false;
    };
    let is_known = |name: &Name| fields.iter().any(|field| field.name.node == *name);
    object.keys().all(is_known)
        && fields
            .iter()
            .all(|field| match object.get(&field.name.node) {
                Some(value) => fits(value, &field.ty.node, types),
                None => !is_needed(field),
            })
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use serde_json::json;

    /// Returns the coerced value of a variable of this type, or the refusal.
    fn coerced(ty: &str, given: serde_json::Value) -> Result<Option<Value>, Refusal> {
        let sdl = "enum Kind { UNSOUND NOTICE } scalar Date type Query { kind: Kind }
            input Row { crate: String! kinds: [Kind!] of: Row limit: Int! = 1 }";
        let types = SchemaTypes::parse(sdl).expect("a schema");
        let document = parse_query(format!("query($x: {ty}) {{ kind }}")).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let given = Variables::from_json(given);
        let values = coerce(&operation.node.variable_definitions, given, &types)?;
        Ok(values.get(&Name::new("x")).cloned())
    }

    #[test]
    fn values_of_each_type() {
        for (ty, good, bad) in [
            (
                "Int",
                json!([0, -0, 2_147_483_647, -2_147_483_648, null]),
                json!([
                    2_147_483_648_u64,
                    -2_147_483_649_i64,
                    u64::MAX,
                    1.0,
                    "1",
                    true,
                    {}
                ]),
            ),
            (
                "Float",
                json!([1, 1.5, -1e300, null]),
                json!(["1", true, [1.5, "1"]]),
            ),
            ("String", json!(["", "a", null]), json!([1, true, {}])),
            (
                "Boolean",
                json!([true, false, null]),
                json!([0, "true", {}]),
            ),
            (
                "ID",
                json!(["a", 1, u64::MAX, null]),
                json!([1.5, true, {}]),
            ),
            (
                "Kind",
                json!(["NOTICE", null]),
                json!(["notice", "OTHER", 1, true]),
            ),
            ("Int!", json!([1]), json!([null, "1"])),
            (
                "[Int!]",
                json!([null, [], [1, 2], 1]),
                json!([[null], ["1"], "1"]),
            ),
            (
                "[[Int]]!",
                json!([[], [[1], null, [null]], 1]),
                json!([null, [["1"]]]),
            ),
            (
                "[Row!]!",
                json!([
                    [],
                    [{ "crate": "a" }, { "crate": "b", "kinds": null, "of": null }],
                    { "crate": "a", "kinds": "NOTICE", "of": { "crate": "b", "limit": 2 } }
                ]),
                json!([
                    null,
                    [null],
                    "a",
                    {},
                    [["a"]],
                    { "crate": null },
                    { "crate": 1 },
                    { "crate": "a", "name": "b" },
                    { "crate": "a", "limit": null },
                    { "crate": "a", "kinds": ["OTHER"] },
                    { "crate": "a", "of": { "crate": 1 } },
                    { "crate": "a", "of": {} }
                ]),
            ),
            // The field parses its text.
            ("Date", json!(["2026-11-23", "no date"]), json!([])),
        ] {
            for value in good.as_array().expect("a list") {
                let expect = Some(Value::from_json(value.clone()).expect("a value"));
                let found = coerced(ty, json!({ "x": value }));
                assert_eq!(found, Ok(expect), "{value} for {ty}");
            }
            for value in bad.as_array().expect("a list") {
                let found = coerced(ty, json!({ "x": value }));
                let refused = Refusal::BadVariable {
                    name: "x".to_owned(),
                    ty: ty.to_owned(),
                };
                assert_eq!(found, Err(refused), "{value} for {ty}");
            }
        }
    }

    #[test]
    fn values_that_are_left_out() {
        let number = |number: i32| Some(Value::Number(number.into()));
        let refused = |ty: &str| {
            Err(Refusal::BadVariable {
                name: "x".to_owned(),
                ty: ty.to_owned(),
            })
        };
        for (ty, given, expect) in [
            ("Int", json!({}), Ok(None)),
            ("Int", json!({ "x": null }), Ok(Some(Value::Null))),
            ("Int!", json!({}), refused("Int!")),
            ("Int = 1", json!({}), Ok(number(1))),
            ("Int! = 1", json!({}), Ok(number(1))),
            ("Int! = 1", json!({ "x": 2 }), Ok(number(2))),
            // Null is a value.
            ("Int = 1", json!({ "x": null }), Ok(Some(Value::Null))),
            ("Int! = 1", json!({ "x": null }), refused("Int!")),
            ("Int = 2147483648", json!({}), refused("Int")),
            (
                "[Kind] = [NOTICE]",
                json!({ "x": [] }),
                Ok(Some(Value::List(vec![]))),
            ),
            ("Int", json!({ "y": 1 }), Ok(None)),
        ] {
            assert_eq!(coerced(ty, given.clone()), expect, "{given} for {ty}");
        }
        let default = Value::List(vec![Value::Enum(Name::new("NOTICE"))]);
        assert_eq!(coerced("[Kind] = [NOTICE]", json!({})), Ok(Some(default)));
    }

    /// A sample has null wherever the type allows it within a list.
    #[test]
    fn samples_of_lists_and_objects() {
        let sdl = "type Query { a: Int } input Row { crate: String! of: Row limit: Int! = 1 }";
        let types = SchemaTypes::parse(sdl).expect("a schema");
        for (ty, expect) in [
            ("[Row!]!", json!([{ "crate": "text" }])),
            ("[Row]!", json!([{ "crate": "text" }, null])),
            ("[[Int]!]", json!([[1, null]])),
        ] {
            let sample = sample(&Type::new(ty).expect("a type"), &types);
            assert_eq!(sample.into_json().expect("JSON"), expect, "{ty}");
        }
    }

    /// Fails if an argument has a type that needs a new check here.
    #[test]
    fn every_argument_has_a_type_that_is_checked() {
        use async_graphql::parser::{parse_schema, types};

        let sdl = include_str!("../../../schema.graphql");
        let known = SchemaTypes::parse(sdl).expect("a schema");
        let schema = parse_schema(sdl).expect("a schema");
        let mut seen = 0;
        for definition in schema.definitions {
            let types::TypeSystemDefinition::Type(ty) = definition else {
                continue;
            };
            let inputs: Vec<_> = match ty.node.kind {
                types::TypeKind::Object(object) => {
                    let fields = object.fields.into_iter();
                    fields.flat_map(|field| field.node.arguments).collect()
                }
                types::TypeKind::InputObject(object) => object.fields,
                _ => continue,
            };
            for input in inputs {
                let name = super::super::schema_types::name_of(&input.node.ty.node);
                let is_scalar =
                    ["Int", "Float", "String", "Boolean", "ID"].contains(&name.as_str());
                let is_known =
                    known.enum_values(name).is_some() || known.input_fields(name).is_some();
                assert!(is_scalar || is_known, "{name}");
                seen += 1;
            }
        }
        assert!(seen > 5, "{seen}");
    }
}
