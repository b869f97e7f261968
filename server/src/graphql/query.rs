//! Where a question begins.

use super::advisory::Advisory;
use super::data_status::DataStatus;
use super::error::{Error, Result};
use super::krate::Crate;
use crate::catalog::{Dossier, View};
use crate::domain::crate_name::CrateName;
use crate::domain::identifier;
use async_graphql::{Context, Object, SelectionField};
use std::sync::Arc;

/// The longest advisory id that is looked for.
const MAX_ID_LENGTH: usize = 64;

/// Where a question begins.
#[derive(Clone, Copy, Debug)]
pub struct Query;

/// What crates.io's Security tab asks of the RustSec advisory database. Internal
/// to crates.io: not an API for anybody else.
#[Object(serial)]
impl Query {
    /// A crate by its name; case and `-` or `_` do not matter. A crate that no
    /// advisory names is still a crate: it has no advisories. Null, with the
    /// error `BAD_CRATE_NAME`, only for a name crates.io could not have.
    #[graphql(name = "crate")]
    async fn krate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Such as `openssl-src` or `OpenSSL_src`.")] name: String,
    ) -> Result<Option<Crate>> {
        let name = CrateName::parse(&name).ok_or(Error::BadCrateName(name))?;
        let view = ctx.data_unchecked::<Arc<View>>();
        // Nothing but a name needs no reading.
        let field = ctx.field();
        let is_known = |field: SelectionField<'_>| ["name", "__typename"].contains(&field.name());
        let dossier = match field.selection_set().all(is_known) {
            true => Arc::new(Dossier::unknown(view.name_of(&name).to_owned())),
            false => view.krate(&name).await?,
        };
        Ok(Some(Crate(dossier)))
    }

    /// An advisory by its id, live or withdrawn, on a crate or on the Rust
    /// toolchain. Null when there is none with that id.
    async fn advisory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Such as `RUSTSEC-2024-0357`.")] id: String,
    ) -> Result<Option<Advisory>> {
        let is_id = id.len() <= MAX_ID_LENGTH && id.chars().all(|c| c.is_ascii_graphic());
        if id.is_empty() || !is_id {
            return Err(Error::BadAdvisoryId(id));
        }
        // A placeholder may stand in several files, and names none of them.
        if identifier::is_placeholder(&id) {
            return Ok(None);
        }
        let found = ctx.data_unchecked::<Arc<View>>().advisory(&id).await?;
        Ok(found.map(|(advisory, dossier)| Advisory::new(advisory, dossier)))
    }

    /// What the data is and how fresh it is.
    async fn data_status(&self) -> DataStatus {
        DataStatus::default()
    }
}
