//! The Security tab of a crate's page on crates.io (RFC 3872), as HTML.
//!
//! The tab is a pure function from the answer to its own GraphQL document to
//! markup: [`security_tab`]. It does no I/O, reads no clock, and decides nothing
//! about versions: what it shows, GraphQL said.
//!
//! - [`DOCUMENT`], [`Variables`] and [`Data`]: what to ask, and its answer.
//! - [`texts`], [`Descriptions`]: the advisories' descriptions, formatted.
//! - [`security_tab`], [`badge`], [`summary`]: the tab, the highlight on the
//!   host's tab label, and the same in numbers.
//! - [`loading`], [`unreachable()`], [`not_a_version`]: what stands in when there
//!   is no answer.
//! - [`commands`]: the lines that the tab offers to copy.
//! - [`STYLE`], [`SCRIPT`]: the stylesheet and the custom elements.
//! - [`samples`]: every state by name; [`preview`]: a host page to see them in.

mod about_data;
mod advisory_card;
mod advisory_details;
mod advisory_list;
mod aftermath;
mod alert;
mod badge;
pub mod commands;
mod counts;
mod dates;
mod descriptions;
mod facts;
mod fixed_in;
mod icons;
mod links;
mod markdown;
mod notes;
mod platforms;
pub mod preview;
mod query;
mod releases;
mod remarks;
pub mod samples;
mod severity;
mod summary;
mod tab;
mod upgrade;
mod verdict;
mod withdrawn;
mod words;

pub use badge::badge;
pub use descriptions::{Description, Descriptions, texts};
pub use query::data_version;
pub use query::security_tab::{OPERATION_NAME, QUERY as DOCUMENT, ResponseData as Data, Variables};
pub use query::{DataVersion, SecurityTab, security_tab as answer};
pub use summary::{Summary, summary};
pub use tab::{Assets, loading, not_a_version, security_tab, unreachable};

/// The documents that the tab sends: its own, and the one that asks for the
/// version of the data.
pub const DOCUMENTS: [(&str, &str); 2] = [
    ("security_tab.graphql", DOCUMENT),
    ("data_version.graphql", data_version::QUERY),
];

/// The stylesheet of the tab. Everything in it sits under `.crate-security` or
/// under the names of the custom elements, so nothing leaks into the host page.
pub const STYLE: &str = include_str!("security-tab.css");

/// The custom elements: plain JavaScript, about 2 kB compressed.
///
/// `<crate-security-tab crate version base>` shows the tab, `<crate-security-badge
/// crate version base>` the [`badge`]. Both fetch HTML from the page's own origin,
/// at `{base}/{crate}/{version}`, and the badge at the same with `/badge`. `base`
/// is `/security-tab` by default; without `version` the crate's default version
/// is shown. An element that contains the answer already, put there by the host,
/// fetches nothing. A request ends after ten seconds.
///
/// An element never shows the answer for one crate while another is loading. The
/// tab of another version of the same crate stays, if its verdict names that version.
///
/// Two events bubble from the tab. `crate-security` carries the [`Summary`], as an
/// object with its fields' names, when a tab is shown, and `null` when that no longer
/// holds.
/// `crate-security-version` carries `{ version }` when a reader chooses a release:
/// call `preventDefault()` on it to change the version yourself.
///
/// Comment lines may be left out when the script is served: no string in it spans
/// several lines.
pub const SCRIPT: &str = include_str!("security-tab.js");
