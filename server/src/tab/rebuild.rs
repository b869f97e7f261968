//! Rebuilds the default pages in the background after the data has changed.

use super::Tab;
use super::address::Address;
use super::page::Coding;
use std::time::Instant;

impl Tab {
    /// Rebuilds the default page of every crate whenever the data changes, for as long as the
    /// future is awaited. Makes one page at a time, so that a visitor waits for at most one.
    pub async fn rebuild(&self) {
        let source = self.source();
        let mut last = None;
        loop {
            let version = source.next_version(last.as_ref()).await;
            last = Some(version.clone());
            let mut names = source.crates_with_advisories().await;
            names.extend(self.0.pages.crates_of_defaults());
            names.sort_unstable();
            names.dedup();
            let start = Instant::now();
            let mut made = 0;
            for name in names {
                if source.version().as_ref() != Some(&version) || source.is_lost() {
                    break;
                }
                made += u32::from(self.rebuild_default(&name).await);
                tokio::task::yield_now().await;
            }
            tracing::info!(pages = made, took = ?start.elapsed(), "rebuilt the default pages");
        }
    }

    /// Makes a crate's default page, unless it is cached.
    async fn rebuild_default(&self, krate: &str) -> bool {
        let address = Address::tab(krate, None);
        match self.newest(&address).is_some() {
            true => false,
            false => self.make(address, Coding::Gzip).await.is_ok(),
        }
    }
}
