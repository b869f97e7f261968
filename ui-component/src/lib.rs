//! The Security tab of a crate's page on crates.io (RFC 3872), as HTML.
//!
//! The tab is a pure function from the answer to its own GraphQL document to markup:
//! [`security_tab`]. It does no I/O, reads no clock, and decides nothing about versions:
//! every fact on it comes from GraphQL.
//!
//! - [`DOCUMENT`], [`Variables`] and [`Data`]: the query, its parameters, and its
//!   answer.
//! - [`texts`], [`Descriptions`]: the advisories' descriptions, formatted.
//! - [`security_tab`], [`badge()`], [`summary()`]: the tab, the highlight on the
//!   host's tab label, and the same in numbers.
//! - [`loading`], [`unreachable()`], [`not_a_version`]: what stands in when there
//!   is no answer.
//! - [`commands`]: the lines that the tab offers to copy.
//! - [`STYLE`], [`SCRIPT`]: the stylesheet and the custom elements.
//! - [`marks`], [`MARKS_SCRIPT`]: marks on the host's own lists, and their element.
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
pub mod marks;
mod notes;
mod platforms;
pub mod preview;
mod query;
mod releases;
mod remarks;
mod requirement;
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

/// The documents that the tab door sends: those of the tab and of the marks, and the one
/// that asks for the version of the data.
pub const DOCUMENTS: [(&str, &str); 4] = [
    ("security_tab.graphql", DOCUMENT),
    ("version_marks.graphql", marks::version_marks::QUERY),
    ("requirement_marks.graphql", marks::requirement_marks::QUERY),
    ("data_version.graphql", data_version::QUERY),
];

/// The stylesheet of the tab. All rules apply below `.crate-security` or to the names of
/// the custom elements, so nothing leaks into the host page.
pub const STYLE: &str = include_str!("security-tab.css");

/// The custom elements: plain JavaScript, less than 2.3 kB compressed.
///
/// `<crate-security-tab crate version req base>` shows the tab, `<crate-security-badge
/// crate version base>` the [`badge()`]. Both fetch HTML from the page's own origin,
/// at `{base}/{crate}/{version}`, and the badge at the same with `/badge`. `base`
/// is `/security-tab` by default; without `version` the crate's default version
/// is shown. With `req` the tab also answers a check of that version requirement. An
/// element that contains the answer already, put there by the host, fetches nothing. A
/// request ends after ten seconds.
///
/// An element never shows the answer for one crate while another is loading. The tab of
/// another version of the same crate stays, if its verdict names that version.
///
/// Three events bubble from the tab. `crate-security` carries the [`Summary`], as an
/// object with its fields' names, when a tab is shown, and `null` when that no longer
/// holds. `crate-security-version` carries `{ version }` when a reader chooses a
/// release, and `crate-security-requirement` carries `{ req }` when a reader checks a
/// requirement: call `preventDefault()` on either to change the attributes yourself.
///
/// Comment lines may be removed when the script is served: no string in it spans several
/// lines.
pub const SCRIPT: &str = include_str!("security-tab.js");

/// The custom element that marks the rows of a host's list, less than 1.5 kB compressed.
/// It needs neither [`STYLE`] nor [`SCRIPT`].
///
/// `<crate-security-marks crate base tab>` contains the list, at any depth, and each row
/// has an empty `[data-security-mark]`, the slot. With `crate` it is a list of that
/// crate's versions, and each row has `data-security-version`. Without `crate`, it is a
/// list of dependencies, and each row has `data-security-crate` and `data-security-req`.
///
/// One request asks about all rows: `{base}/{crate}/marks`, or
/// `{base}/-/marks?{crate}={requirement}&…`, sorted and without duplicates. It is
/// divided only if the address would be longer than about 4,000 characters. Rows of
/// dependencies that are added later are asked about in another request.
///
/// A mark lies in its slot, takes no room and is never wider than the slot, so that
/// nothing moves. It links to `tab`, which is `/crates/{crate}/security` by default. The
/// element's shadow root tells a screen reader once that there are marks. If there is no
/// answer, there are no marks.
pub const MARKS_SCRIPT: &str = include_str!("security-tab-marks.js");
