//! The cache of answers to registered documents, by their variables and the version
//! of the data.

use super::parameters::Parameters;
use super::reply::Reply;
use crate::catalog::DataVersion;
use crate::engine::Engine;
use crate::telemetry::metrics::{Lookups, Metrics, Size};
use moka::sync::Cache;
use std::sync::Arc;

/// The size of the cached answers, in bytes.
const CAPACITY: u64 = 8 * 1024 * 1024;

/// The approximate size of an entry without its answer, in bytes.
const OVERHEAD: usize = 512;

/// The cached answers. Clones share them.
#[derive(Clone)]
pub struct KeptReplies {
    replies: Cache<ReplyKey, Arc<Reply>>,
    lookups: Lookups,
}

/// The key of an answer that the version of the data determines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ReplyKey {
    document_id: String,
    operation_name: Option<String>,
    /// The variables, as JSON.
    variables: String,
    version: Arc<DataVersion>,
}

impl KeptReplies {
    /// Creates an empty cache and registers its metrics.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let weigh = |key: &ReplyKey, reply: &Arc<Reply>| {
            let weight = key.variables.len() + reply.length() + OVERHEAD;
            weight.try_into().unwrap_or(u32::MAX)
        };
        let replies = Cache::builder().max_capacity(CAPACITY).weigher(weigh);
        let replies: Cache<_, _> = replies.build();
        let cache = replies.clone();
        let size = move || Size {
            entries: cache.entry_count(),
            bytes: cache.weighted_size(),
        };
        Self {
            replies,
            lookups: metrics.cache("answers", size),
        }
    }

    pub(super) fn get(&self, key: &ReplyKey) -> Option<Arc<Reply>> {
        let kept = self.replies.get(key);
        self.lookups.note(kept.is_some());
        kept
    }

    /// Caches an answer that was read from this version of the data.
    pub(super) fn keep(&self, key: ReplyKey, version: Arc<DataVersion>, reply: Arc<Reply>) {
        let key = ReplyKey { version, ..key };
        self.replies.insert(key, reply);
    }
}

impl ReplyKey {
    /// Returns the key of the answer to a request, for the newest data. Returns
    /// `None` if the answer must not be cached.
    pub(super) fn of(engine: &Engine, parameters: &Parameters) -> Option<Self> {
        let document = parameters.document().ok()?;
        Some(Self {
            document_id: engine.documents().id_to_keep(document)?,
            operation_name: parameters.operation_name.clone(),
            variables: serde_json::to_string(&parameters.variables).ok()?,
            version: engine.catalog().version()?,
        })
    }
}
