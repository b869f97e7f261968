//! The price of a document, computed before it is validated. async-graphql walks
//! a fragment again at each of its uses, so a kilobyte of fragments that use each
//! other twice costs it seconds. This module walks each fragment once.

use super::schema_types::{self, Count, SchemaTypes};
use super::{Limits, Refusal};
use crate::graphql::DEFAULT_PAGE;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};
use std::collections::HashMap;
use std::convert::Infallible;

/// The cost of a selection, with its fragments expanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cost {
    /// The approximate number of fields in the answer.
    answer: u64,
    /// The number of fields and fragments in the document.
    selections: u64,
    /// The number of fields at the top of the selection.
    top: u64,
    aliases: u64,
    directives: u64,
    spreads: u64,
    depth: u32,
}

impl Cost {
    /// Returns the cost of two selections side by side.
    fn and(self, other: Self) -> Self {
        Self {
            answer: self.answer.saturating_add(other.answer),
            selections: self.selections.saturating_add(other.selections),
            top: self.top.saturating_add(other.top),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            spreads: self.spreads.saturating_add(other.spreads),
            depth: self.depth.max(other.depth),
        }
    }
}

/// The parts of a price that variables can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varies {
    /// Nothing varies: the price holds for every request.
    Never,
    /// The size of a page is a variable.
    WithVariables,
}

/// Checks that a document is within the limits. Every operation and every
/// fragment counts, used or not, because all are validated.
pub(super) fn check(
    document: &ExecutableDocument,
    types: &SchemaTypes,
    variables: &Variables,
    limits: &Limits,
) -> Result<Varies, Refusal> {
    let mut walk = Walk {
        document,
        types,
        variables,
        limits,
        fragments: HashMap::new(),
        varies: Varies::Never,
    };
    let mut total = Cost::default();
    let mut root_fields = 0;
    for (_, operation) in document.operations.iter() {
        let cost = walk.operation(&operation.node)?;
        root_fields = cost.top.max(root_fields);
        total = total.and(cost);
    }
    for name in document.fragments.keys() {
        let cost = walk.fragment(name)?;
        // Its fields in an answer, and its aliases, count where it is used.
        total = total.and(Cost {
            selections: cost.selections,
            spreads: cost.spreads,
            depth: cost.depth,
            ..Cost::default()
        });
    }

    let Limits {
        max_depth,
        max_complexity,
        max_aliases,
        max_root_fields,
        max_directives,
        max_fragments,
        ..
    } = *limits;
    if total.spreads > max_fragments {
        return Err(Refusal::TooManyFragments(max_fragments));
    }
    if total.depth > max_depth {
        return Err(Refusal::TooDeep(max_depth));
    }
    if total.aliases > max_aliases {
        return Err(Refusal::TooManyAliases(max_aliases));
    }
    if total.directives > max_directives {
        return Err(Refusal::TooManyDirectives(max_directives));
    }
    if root_fields > max_root_fields {
        return Err(Refusal::TooManyRootFields(max_root_fields));
    }
    if total.answer.max(total.selections) > max_complexity {
        return Err(Refusal::TooComplex(max_complexity));
    }
    Ok(walk.varies)
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    types: &'a SchemaTypes,
    variables: &'a Variables,
    limits: &'a Limits,
    /// The cost of each fragment; `None` while it is being computed.
    fragments: HashMap<&'a Name, Option<Cost>>,
    varies: Varies,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Cost, Refusal> {
        let root = match operation.ty {
            OperationType::Query => Some(schema_types::name_of(&schema_types::ROOT)),
            OperationType::Mutation | OperationType::Subscription => None,
        };
        let variables = operation.variable_definitions.iter();
        let directives = variables
            .map(|variable| variable.node.directives.len())
            .sum::<usize>()
            + operation.directives.len();
        let cost = self.selection_set(&operation.selection_set.node, root)?;
        Ok(cost.and(Cost {
            directives: directives as u64,
            ..Cost::default()
        }))
    }

    fn fragment(&mut self, name: &Name) -> Result<Cost, Refusal> {
        // Validation reports a missing fragment.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Cost::default());
        };
        match self.fragments.get(name) {
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => return Err(Refusal::CircularFragments),
            None => {}
        }
        self.fragments.insert(name, None);
        let on = &fragment.node.type_condition.node.on.node;
        let mut cost = self.selection_set(&fragment.node.selection_set.node, Some(on))?;
        let directives = fragment.node.directives.len() as u64;
        cost.directives = cost.directives.saturating_add(directives);
        self.fragments.insert(name, Some(cost));
        Ok(cost)
    }

    fn selection_set(&mut self, set: &'a SelectionSet, on: Option<&Name>) -> Result<Cost, Refusal> {
        let mut total = Cost::default();
        for selection in &set.items {
            let mut cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node, on)?,
                Selection::FragmentSpread(spread) => {
                    let inner = self.fragment(&spread.node.fragment_name.node)?;
                    Cost {
                        spreads: inner.spreads.saturating_add(1),
                        depth: inner.depth.saturating_add(1),
                        ..inner
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map(|condition| &condition.node.on.node).or(on);
                    let inner = self.selection_set(&inline.node.selection_set.node, on)?;
                    Cost {
                        depth: inner.depth.saturating_add(1),
                        ..inner
                    }
                }
            };
            cost.selections = cost.selections.saturating_add(1);
            let directives = selection.node.directives().len() as u64;
            cost.directives = cost.directives.saturating_add(directives);
            total = total.and(cost);
        }
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, on: Option<&Name>) -> Result<Cost, Refusal> {
        let target = on.and_then(|on| self.types.target(on, &field.name.node));
        let price = target.map_or(1, |target| target.price);
        let (count, price) = match target.map(|target| target.count) {
            Some(Count::Of(count)) => (count, price),
            Some(Count::Page) => (self.page_of(field), price),
            Some(Count::Given(argument)) => {
                let length = self.length_of(field, argument);
                (length, price.saturating_mul(length))
            }
            None => (1, price),
        };
        let of = target.map(|target| schema_types::name_of(&target.ty));
        let inner = self.selection_set(&field.selection_set.node, of)?;
        Ok(Cost {
            answer: inner
                .answer
                .saturating_mul(count.max(1))
                .saturating_add(price),
            top: 1,
            aliases: inner
                .aliases
                .saturating_add(u64::from(field.alias.is_some())),
            depth: inner.depth.saturating_add(1),
            ..inner
        })
    }

    /// Returns the size of a page. A size above the limit is truncated here and
    /// refused later.
    fn page_of(&mut self, field: &Field) -> u64 {
        let mut arguments = ["first", "last"].into_iter();
        let asked = arguments.find_map(|argument| self.size_in(field, argument));
        let largest = u64::from(self.limits.max_page);
        asked.unwrap_or(DEFAULT_PAGE).min(largest)
    }

    /// Returns the length of the list in an argument, at least 1.
    fn length_of(&mut self, field: &Field, argument: &str) -> u64 {
        self.size_in(field, argument).unwrap_or(1).max(1)
    }

    /// Returns the size that an argument of a field gives.
    fn size_in(&mut self, field: &Field, argument: &str) -> Option<u64> {
        let value = field.get_argument(argument)?.node.clone();
        if value.clone().into_const().is_none() {
            self.varies = Varies::WithVariables;
        }
        // Replace a variable by its size.
        let size_of = |name: Name| Ok::<_, Infallible>(self.variable(&name).into());
        let Ok(value) = value.into_const_with(size_of);
        size(&value)
    }

    /// Returns the size that a variable gives: the largest, if several operations
    /// have defaults.
    fn variable(&self, name: &Name) -> Option<u64> {
        if let Some(given) = self.variables.get(name) {
            return size(given);
        }
        let operations = self.document.operations.iter();
        let definitions = operations.flat_map(|(_, it)| &it.node.variable_definitions);
        let of_name = definitions.filter(|it| it.node.name.node == *name);
        let defaults = of_name.filter_map(|it| it.node.default_value.as_ref());
        defaults.filter_map(|value| size(&value.node)).max()
    }
}

/// Returns the size of a page or the length of a list. Any other value is refused
/// later.
fn size(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
        Value::List(items) => Some(items.len() as u64),
        _ => None,
    }
}
