//! The finished pages: the only cache of pages.

use super::address::Key;
use super::page::Page;
use crate::telemetry::metrics::{Lookups, Metrics, Size};
use moka::sync::Cache;
use std::sync::Arc;

/// The size of the cached pages, in bytes: the tabs of all 8,443 versions of all
/// 908 crates with an advisory take 38 MB, compressed.
const CAPACITY: u64 = 40 * 1024 * 1024;

/// The size of all other cached pages, in bytes: those of crates or versions that
/// are not published. Their number is unlimited, so they have a cache of their
/// own and evict no other page.
const STRAY_CAPACITY: u64 = 2 * 1024 * 1024;

/// The approximate size of an entry without its page, in bytes.
const OVERHEAD: usize = 200;

/// Pages by their addresses, each for the newest version of the data for which it
/// was made. A page for an older version serves as a fallback.
pub(super) struct Pages {
    published: Cache<Arc<[u8]>, Arc<Page>>,
    strays: Cache<Arc<[u8]>, Arc<Page>>,
    /// Counts look-ups by visitors, but not by the task that rebuilds pages.
    pub(super) lookups: Lookups,
}

impl Pages {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let (published, strays) = (cache(CAPACITY), cache(STRAY_CAPACITY));
        let all = [published.clone(), strays.clone()];
        let size = move || Size {
            entries: all.iter().map(Cache::entry_count).sum(),
            bytes: all.iter().map(Cache::weighted_size).sum(),
        };
        Self {
            published,
            strays,
            lookups: metrics.cache("pages", size),
        }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<Page>> {
        let key = key.as_bytes();
        self.published.get(key).or_else(|| self.strays.get(key))
    }

    pub(super) fn keep(&self, key: &Key, page: Arc<Page>, is_published: bool) {
        let pages = match is_published {
            true => &self.published,
            false => &self.strays,
        };
        pages.insert(key.as_bytes().into(), page);
    }

    /// Returns the crates whose default tab is cached, for any version of the
    /// data.
    pub(super) fn crates_of_defaults(&self) -> Vec<String> {
        let keys = self.published.iter().map(|(key, _)| key);
        let names = keys.filter_map(|key| Key::crate_of_default(&key).map(str::to_owned));
        names.collect()
    }

    /// Replaces a page by the same page with more forms.
    pub(super) fn replace(&self, key: &Key, page: Arc<Page>) {
        let is_published = self.published.contains_key(key.as_bytes());
        self.keep(key, page, is_published);
    }
}

fn cache(capacity: u64) -> Cache<Arc<[u8]>, Arc<Page>> {
    let weigh = |key: &Arc<[u8]>, page: &Arc<Page>| {
        let weight = key.len() + page.weight() + OVERHEAD;
        weight.try_into().unwrap_or(u32::MAX)
    };
    let cache = Cache::builder().max_capacity(capacity).weigher(weigh);
    cache.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tab::{Address, Coding};
    use axum::http::StatusCode;

    #[test]
    fn an_entry_weighs_its_key_its_page_and_little_more() {
        let pages = Pages::new(&Metrics::unread());
        let html = "<p></p>".repeat(500);
        let page = Page::new(StatusCode::OK, Arc::default(), &html, Coding::Identity);
        let key = Address::tab("openssl", None).key().expect("a key");
        let least = (key.as_bytes().len() + page.weight()) as u64;
        pages.keep(&key, Arc::new(page), true);
        pages.published.run_pending_tasks();
        let weight = pages.published.weighted_size();
        assert!((least..least + 500).contains(&weight), "{weight}");
    }

    /// The number of names that nobody published is unlimited; they evict no page
    /// of a crate.
    #[test]
    fn strays_push_out_strays_only() {
        let pages = Pages::new(&Metrics::unread());
        let keep = |krate: &str, is_published| {
            let address = Address::tab(krate, None);
            let html = format!("<p>{krate}</p>").repeat(50);
            let page = Page::new(StatusCode::OK, Arc::default(), &html, Coding::Identity);
            let key = address.key().expect("a key");
            pages.keep(&key, Arc::new(page), is_published);
            key
        };
        let published = keep("openssl", true);
        for number in 0..10_000 {
            keep(&format!("nobody-has-published-{number}"), false);
        }
        pages.strays.run_pending_tasks();
        pages.published.run_pending_tasks();
        assert!(pages.strays.weighted_size() <= STRAY_CAPACITY);
        assert!(pages.strays.entry_count() < 10_000);
        assert!(pages.get(&published).is_some());
    }
}
