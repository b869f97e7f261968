//! The Security tab of a crate and a version, from its data to its bytes.

mod address;
mod making;
mod page;
mod pages;
mod reach;
mod rebuild;
mod requirements;
mod sample;
mod source;
mod texts;

pub use address::Address;
pub use making::status_of;
pub(crate) use page::etag;
pub use page::{Accepted, Coding, Page};
pub(crate) use reach::STALE;
pub use requirements::{BadRequirements, Requirements};
pub use sample::{SamplePolicy, is_ready};
#[cfg(test)]
pub(crate) use source::KEEP_IDLE;
pub use source::{Source, Unavailable};

use crate::telemetry::metrics::Metrics;
use making::Making;
use pages::Pages;
use std::sync::Arc;
use ui_component::Assets;

/// Makes pages and caches them. Clones share the cache.
#[derive(Clone)]
pub struct Tab(Arc<Inner>);

struct Inner {
    source: Source,
    sample: SamplePolicy,
    assets: Assets,
    pages: Pages,
    making: Making,
}

/// A page, and a flag for a page that may be older than the data.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The page.
    pub page: Arc<Page>,
    /// True if the data cannot be reached.
    pub is_old: bool,
}

/// The reason why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPage {
    /// The text is not a version.
    BadVersion,
    /// The data cannot be reached, and the page was never made before.
    Unavailable,
}

impl Tab {
    /// Creates tabs from a source, with a policy for the sample. Their markup
    /// links `assets`.
    #[must_use]
    pub fn new(source: Source, sample: SamplePolicy, assets: Assets, metrics: &Metrics) -> Self {
        Self(Arc::new(Inner {
            source,
            sample,
            assets,
            pages: Pages::new(metrics),
            making: Making::new(metrics),
        }))
    }

    /// Returns the source of the data.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.0.source
    }

    /// Returns the policy for the sample.
    #[must_use]
    pub fn sample(&self) -> SamplePolicy {
        self.0.sample
    }

    /// Returns the addresses of the style and the script.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// Returns a cached page with the newest data and in a coding that the client
    /// accepts. It costs one lookup.
    #[must_use]
    pub fn kept(&self, address: &Address<'_>, accepted: Accepted) -> Option<Shown> {
        let shown = self.newest(address);
        let shown = shown.filter(|shown| shown.page.form(accepted).is_some());
        if shown.is_some() {
            self.0.pages.lookups.note(true);
        }
        shown
    }

    /// Returns a cached page with the newest data and in any coding.
    fn newest(&self, address: &Address<'_>) -> Option<Shown> {
        let page = self.0.pages.get(&address.key()?)?;
        let version = self.0.source.version()?;
        let is_newest = Arc::ptr_eq(&page.version, &version) || page.version == version;
        is_newest.then(|| Shown {
            page,
            is_old: self.0.source.is_lost(),
        })
    }

    /// Returns a page, from the cache or newly made. While the data cannot be
    /// reached, returns the last page that was made.
    ///
    /// # Errors
    /// Returns [`NoPage`].
    pub async fn page(&self, address: Address<'_>, accepted: Accepted) -> Result<Shown, NoPage> {
        let kept = self.newest(&address);
        self.0.pages.lookups.note(kept.is_some());
        let shown = match kept {
            Some(shown) => shown,
            None => self.make(address, accepted.best()).await?,
        };
        Ok(self.in_form(&address, shown, accepted))
    }

    /// Returns the page in a form that the client accepts, and caches that form.
    fn in_form(&self, address: &Address<'_>, shown: Shown, accepted: Accepted) -> Shown {
        if shown.page.form(accepted).is_some() {
            return shown;
        }
        let page = Arc::new(shown.page.with(accepted.best()));
        if let Some(key) = address.key() {
            self.0.pages.replace(&key, page.clone());
        }
        Shown { page, ..shown }
    }
}
