//! The order of an answer's fields: that of the document. async-graphql puts
//! them in the order in which they are done, so that the same question would
//! have different bytes each time.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value};

/// The fields of an answer in the order of the document, and those below each
/// ("CollectFields" in GraphQL's specification; our schema has no abstract types,
/// so every fragment applies).
#[derive(Default)]
struct Order<'a>(IndexMap<&'a Name, Order<'a>>);

/// Puts an answer's fields in order. The document is one that is within the
/// limits: fragments are written out here.
pub(super) fn sort(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    answer: Value,
) -> Value {
    let mut order = Order::default();
    order.collect(document, &operation.selection_set.node);
    order.apply(answer)
}

impl<'a> Order<'a> {
    fn collect(&mut self, document: &'a ExecutableDocument, set: &'a SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.0.entry(&field.node.response_key().node).or_default();
                    below.collect(document, &field.node.selection_set.node);
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

    fn apply(&self, value: Value) -> Value {
        match value {
            Value::Object(mut fields) => {
                let mut sorted = IndexMap::with_capacity(fields.len());
                for (name, below) in &self.0 {
                    if let Some((name, value)) = fields.swap_remove_entry(*name) {
                        sorted.insert(name, below.apply(value));
                    }
                }
                // Nothing is left over: an answer has only what was asked for.
                sorted.extend(fields);
                Value::Object(sorted)
            }
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.apply(item)).collect())
            }
            other => other,
        }
    }
}
