//! Makes pages that are not cached yet or are outdated.

use super::address::Address;
use super::page::{Coding, Page};
use super::source::MadeOf;
use super::texts::Texts;
use super::{NoPage, Shown, Tab};
use crate::catalog::DataVersion;
use crate::domain::{requirement, version};
use crate::telemetry::metrics::Metrics;
use axum::http::StatusCode;
use maud::Markup;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use ui_component::{Data, Descriptions, marks};

/// The time limit for a page, including waiting. A request has ten seconds.
const TIME: Duration = Duration::from_secs(8);

/// A page's key and the version of the data from which it is made.
type Place = (Box<[u8]>, Option<Arc<DataVersion>>);

/// The pages that are being made, so that simultaneous visitors of a page wait for
/// a single making.
pub(super) struct Making {
    now: Cache<Place, Arc<Page>>,
    texts: Texts,
}

impl Making {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
            // Nothing is cached here, but waiting visitors still get the page.
            now: Cache::new(0),
            texts: Texts::new(metrics),
        }
    }
}

impl Tab {
    /// Makes a page, or falls back on the last one that was made.
    pub(super) async fn make(&self, address: Address<'_>, coding: Coding) -> Result<Shown, NoPage> {
        if let Some(num) = address.version()
            && version::parse(num).is_none()
        {
            return Err(NoPage::BadVersion);
        }
        let made = timeout(TIME, self.made(address, coding)).await;
        if let Ok(Ok(page)) = made {
            // The data may be from before an outage.
            let is_old = self.0.source.is_lost();
            return Ok(Shown { page, is_old });
        }
        let key = address.key().ok_or(NoPage::Unavailable)?;
        let page = self.0.pages.get(&key).ok_or(NoPage::Unavailable)?;
        Ok(Shown { page, is_old: true })
    }

    async fn made(&self, address: Address<'_>, coding: Coding) -> Result<Arc<Page>, NoPage> {
        let Some(key) = address.key() else {
            let (page, _) = self.render(address, coding).await?;
            return Ok(Arc::new(page));
        };
        let making = async {
            let (page, is_published) = self.render(address, coding).await?;
            let page = Arc::new(page);
            self.0
                .pages
                .keep(&key, page.clone(), is_published && !address.is_endless());
            Ok(page)
        };
        let place = (key.as_bytes().into(), self.0.source.version());
        let page = self.0.making.now.try_get_with(place, making).await;
        page.map_err(|error: Arc<NoPage>| *error)
    }

    /// Returns the page, and whether it is about a published version.
    async fn render(&self, address: Address<'_>, coding: Coding) -> Result<(Page, bool), NoPage> {
        let Tab(inner) = self;
        let page =
            |status, version, html: Markup| Page::new(status, version, &html.into_string(), coding);
        match address {
            Address::Tab {
                krate,
                version,
                req,
            } => {
                let data = self.ask(krate, version, req).await?;
                let made_of = self.version_of(&data);
                let data = inner.sample.shown(data);
                let descriptions = inner.making.texts.of(&data).await;
                let descriptions = descriptions.map_err(|_| NoPage::Unavailable)?;
                let html = ui_component::security_tab(&data, req, &descriptions, self.assets());
                Ok((page(status_of(&data), made_of, html), is_published(&data)))
            }
            Address::Badge { krate, version } => {
                let data = self.ask(krate, version, None).await?;
                let made_of = self.version_of(&data);
                let data = inner.sample.shown(data);
                let html = ui_component::badge(&data);
                Ok((page(status_of(&data), made_of, html), is_published(&data)))
            }
            Address::VersionMarks { krate } => {
                let data = inner.source.version_marks(krate).await;
                let data = data.map_err(|_| NoPage::Unavailable)?;
                let made_of = self.version_of(&data);
                let data = inner.sample.shown(data);
                let krate = data.crate_.as_ref();
                let is_published = krate.is_some_and(|it| !it.versions.nodes.is_empty());
                let status = status_of_crate(krate.is_some());
                let html = marks::of_versions(&data);
                Ok((page(status, made_of, html), is_published))
            }
            Address::RequirementMarks(requirements) => {
                let data = inner.source.requirement_marks(requirements.rows()).await;
                let data = data.map_err(|_| NoPage::Unavailable)?;
                let made_of = self.version_of(&data);
                let data = inner.sample.shown(data);
                let html = marks::of_requirements(requirements.rows(), &data);
                Ok((page(StatusCode::OK, made_of, html), true))
            }
        }
    }

    /// Loads the data of a tab. Leaves out a requirement that Cargo would not
    /// accept; the tab says so.
    async fn ask(
        &self,
        krate: &str,
        version: Option<&str>,
        req: Option<&str>,
    ) -> Result<Data, NoPage> {
        let req = req.filter(|req| requirement::parse(req).is_some());
        let data = self.0.source.load(krate, version, req).await;
        data.map_err(|_| NoPage::Unavailable)
    }

    /// Returns the version of the data from which a page was made. The data itself
    /// names it, because a sync may have come in between.
    fn version_of(&self, data: &impl MadeOf) -> Arc<DataVersion> {
        let version = data.version();
        match self.0.source.version() {
            Some(newest) if *newest == version => newest,
            _ => Arc::new(version),
        }
    }

    /// Loads the data of a tab, with the descriptions in it as HTML.
    ///
    /// # Errors
    /// Returns [`NoPage`].
    pub async fn load(
        &self,
        krate: &str,
        version: Option<&str>,
        req: Option<&str>,
    ) -> Result<(Data, Descriptions), NoPage> {
        if version.is_some_and(|num| version::parse(num).is_none()) {
            return Err(NoPage::BadVersion);
        }
        let data = self.ask(krate, version, req).await?;
        let descriptions = self.0.making.texts.of(&data).await;
        let descriptions = descriptions.map_err(|_| NoPage::Unavailable)?;
        Ok((self.0.sample.shown(data), descriptions))
    }
}

/// Returns 404 for a name that no crate could have, else 200: a crate without
/// advisories has a tab that says so.
#[must_use]
pub fn status_of(data: &Data) -> StatusCode {
    status_of_crate(data.crate_.is_some())
}

fn status_of_crate(may_exist: bool) -> StatusCode {
    match may_exist {
        true => StatusCode::OK,
        false => StatusCode::NOT_FOUND,
    }
}

fn is_published(data: &Data) -> bool {
    let version = data
        .crate_
        .as_ref()
        .and_then(|krate| krate.version.as_ref());
    version.is_some_and(|version| version.is_published)
}
