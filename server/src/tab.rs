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
pub use requirements::{BadRequirements, Requirements};
pub use sample::{SamplePolicy, is_ready};
pub use source::{Source, Unavailable};

use making::Making;
use pages::Pages;
use std::sync::Arc;
use ui_component::Assets;

/// Makes pages and keeps them. Clones share them.
#[derive(Clone)]
pub struct Tab(Arc<Inner>);

struct Inner {
    source: Source,
    sample: SamplePolicy,
    assets: Assets,
    pages: Pages,
    making: Making,
}

/// A page, and whether it may be older than the data.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The page.
    pub page: Arc<Page>,
    /// Whether the data is out of reach.
    pub is_old: bool,
}

/// The reason why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPage {
    /// The text is not a version.
    BadVersion,
    /// The data is out of reach, and the page was never made before.
    Unavailable,
}

impl Tab {
    /// Tabs over a source, of which the sample may be shown or not. Their markup
    /// links `assets`.
    #[must_use]
    pub fn new(source: Source, sample: SamplePolicy, assets: Assets) -> Self {
        Self(Arc::new(Inner {
            source,
            sample,
            assets,
            pages: Pages::new(),
            making: Making::new(),
        }))
    }

    /// The source of the data.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.0.source
    }

    /// Whether the sample may be shown.
    #[must_use]
    pub fn sample(&self) -> SamplePolicy {
        self.0.sample
    }

    /// The addresses of the style and the script.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// A page that is there already, of the newest data and in a coding that the
    /// client accepts. It costs one look-up.
    #[must_use]
    pub fn kept(&self, address: &Address<'_>, accepted: Accepted) -> Option<Shown> {
        let shown = self.newest(address);
        shown.filter(|shown| shown.page.form(accepted).is_some())
    }

    /// A page that is there already, of the newest data and in any coding.
    fn newest(&self, address: &Address<'_>) -> Option<Shown> {
        let page = self.0.pages.get(&address.key()?)?;
        let version = self.0.source.version()?;
        let is_newest = Arc::ptr_eq(&page.version, &version) || page.version == version;
        is_newest.then(|| Shown {
            page,
            is_old: self.0.source.is_lost(),
        })
    }

    /// A page, made if it has to be. While the data is out of reach, the page that
    /// was made last.
    ///
    /// # Errors
    /// [`NoPage`].
    pub async fn page(&self, address: Address<'_>, accepted: Accepted) -> Result<Shown, NoPage> {
        let shown = match self.newest(&address) {
            Some(shown) => shown,
            None => self.make(address, accepted.best()).await?,
        };
        Ok(self.in_form(&address, shown, accepted))
    }

    /// The page in a form that the client accepts, which is kept from now on.
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
