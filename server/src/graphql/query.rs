//! The root of all queries.

use super::advisory::Advisory;
use super::data_status::DataStatus;
use super::error::{Error, Result};
use super::krate::Crate;
use super::requirement::{Requirement, RequirementInput};
use crate::catalog::{Dossier, View};
use crate::domain::crate_name::CrateName;
use crate::domain::identifier;
use async_graphql::{Context, Object, SelectionField};
use std::sync::Arc;

/// The longest advisory id that is looked up, in characters.
const MAX_ID_LENGTH: usize = 64;

/// The root of all queries.
#[derive(Clone, Copy, Debug)]
pub struct Query;

/// The queries of crates.io's Security tab about the RustSec advisory database.
/// Internal to crates.io; not a public API.
#[Object(serial)]
impl Query {
    /// A crate by name. Ignores case and the difference between `-` and `_`. A
    /// crate without advisories has an empty list of them. Null, with the error
    /// `BAD_CRATE_NAME`, only if the name is not valid on crates.io.
    #[graphql(name = "crate")]
    async fn krate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name, such as `openssl-src` or `OpenSSL_src`.")] name: String,
    ) -> Result<Option<Crate>> {
        let name = CrateName::parse(&name).ok_or(Error::BadCrateName(name))?;
        let view = ctx.data_unchecked::<Arc<View>>();
        // A query for the name only needs no read.
        let field = ctx.field();
        let is_known = |field: SelectionField<'_>| ["name", "__typename"].contains(&field.name());
        let dossier = match field.selection_set().all(is_known) {
            true => Arc::new(Dossier::unknown(view.name_of(&name).to_owned())),
            false => view.krate(&name).await?,
        };
        Ok(Some(Crate(dossier)))
    }

    /// An advisory by its id, live or withdrawn, on a crate or on the Rust
    /// toolchain. Null if there is none.
    async fn advisory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id, such as `RUSTSEC-2024-0357`.")] id: String,
    ) -> Result<Option<Advisory>> {
        let is_id = id.len() <= MAX_ID_LENGTH && id.chars().all(|c| c.is_ascii_graphic());
        if id.is_empty() || !is_id {
            return Err(Error::BadAdvisoryId(id));
        }
        // A placeholder may be the id of several files, so it identifies none.
        if identifier::is_placeholder(&id) {
            return Ok(None);
        }
        let found = ctx.data_unchecked::<Arc<View>>().advisory(&id).await?;
        Ok(found.map(|(advisory, dossier)| Advisory::new(advisory, dossier)))
    }

    /// Version requirements on crates, such as the dependencies of a crate, in the
    /// given order. An item is null if the name is not valid on crates.io or Cargo
    /// would not accept the requirement.
    async fn requirements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 300.")] on: Vec<RequirementInput>,
    ) -> Result<Vec<Option<Requirement>>> {
        Requirement::list(ctx.data_unchecked::<Arc<View>>(), &on).await
    }

    /// The origin, freshness and size of the data.
    async fn data_status(&self) -> DataStatus {
        DataStatus::default()
    }
}
