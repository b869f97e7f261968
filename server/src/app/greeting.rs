//! The greeting on standard output: the addresses, the data, and a page to begin with.

use crate::entity::advisory;
use crate::entity::data_status::{self, Source};
use crate::mode::Mode;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};
use std::fmt;
use std::net::SocketAddr;

/// The preferred crate and version to begin with. An advisory affects them in RustSec's data
/// and in the sample.
const TELLING: (&str, &str) = ("openssl", "0.10.8");

/// The greeting for operators and developers, printed once the doors are open.
pub(super) struct Greeting {
    pub(super) internal: Option<Address>,
    pub(super) tab: SocketAddr,
    pub(super) mode: Mode,
    pub(super) is_graphiql_built: bool,
    pub(super) data: Data,
}

/// The address of the internal door.
pub(super) enum Address {
    Tcp(SocketAddr),
    /// The path of a Unix socket.
    Unix(String),
}

/// The data that the service answers from.
pub(super) enum Data {
    /// The data of the process at this URL.
    Remote(String),
    /// The data in this process's own database.
    Own {
        /// The URL of the database, without a password.
        database: String,
        /// The source of the advisories.
        source: String,
        /// The data status, or `None` before the first sync.
        status: Option<data_status::Model>,
        /// A crate with an advisory, if there is one.
        begin: Option<String>,
    },
}

/// Reads the data status and the name of a crate with an advisory, if there is one. Prefers
/// [`TELLING`] to the crate with the newest advisory.
///
/// # Errors
/// Returns [`DbErr`] if the database does not answer.
pub(super) async fn read(
    db: &DatabaseConnection,
) -> Result<(Option<data_status::Model>, Option<String>), DbErr> {
    let status = data_status::Entity::current().one(db).await?;
    let advised = advisory::Entity::find()
        .filter(advisory::Column::Collection.eq(advisory::CRATES))
        .filter(advisory::Column::Withdrawn.is_null());
    let telling = advised
        .clone()
        .filter(advisory::Column::Package.eq(TELLING.0));
    let begin = match telling.one(db).await? {
        Some(advisory) => Some(advisory),
        None => {
            let newest = advised.order_by_desc(advisory::Column::Date);
            newest.one(db).await?
        }
    };
    Ok((status, begin.map(|advisory| advisory.package)))
}

impl fmt::Display for Greeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_dev = self.mode == Mode::Dev;
        match &self.internal {
            Some(Address::Tcp(addr)) => {
                writeln!(f, "GraphQL   http://{addr}/graphql")?;
                if is_dev {
                    let hint = match self.is_graphiql_built {
                        true => "",
                        false => "  (not built yet; the page says how)",
                    };
                    writeln!(f, "GraphiQL  http://{addr}/graphiql{hint}")?;
                }
            }
            Some(Address::Unix(path)) => writeln!(f, "GraphQL   unix:{path}")?,
            None => {}
        }
        let (tab, krate) = (self.tab, self.data.begin());
        if is_dev {
            let version = match krate == TELLING.0 {
                true => format!("?version={}", TELLING.1),
                false => String::new(),
            };
            writeln!(f, "The tab   http://{tab}/crates/{krate}/security{version}")?;
            writeln!(f, "Preview   http://{tab}/  (any crate, and examples)")?;
            writeln!(f, "Gallery   http://{tab}/gallery  (every state)")?;
        } else {
            writeln!(f, "The tab   http://{tab}/security-tab/{krate}")?;
        }
        writeln!(f, "Data      {}", self.data)?;
        if is_dev {
            writeln!(
                f,
                "\nBegin with the tab or the preview. Ctrl-C ends the service."
            )?;
        }
        Ok(())
    }
}

impl Data {
    fn begin(&self) -> &str {
        match self {
            Self::Own {
                begin: Some(begin), ..
            } => begin,
            _ => TELLING.0,
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (database, source, status) = match self {
            Self::Remote(url) => return write!(f, "from {url}"),
            Self::Own {
                database,
                source,
                status,
                ..
            } => (database, source, status),
        };
        match status {
            None => write!(f, "none yet; not ready until {source} has been read")?,
            Some(status) => {
                let count = format_args!(
                    "{} advisories on {} crates, {} versions",
                    status.advisories, status.packages, status.versions
                );
                match status.source {
                    Source::Sample => write!(f, "the bundled sample: {count}")?,
                    Source::Folder => write!(f, "an advisory-db in a folder: {count}")?,
                    Source::Git => write!(f, "the advisory-db{}: {count}", Commit(status))?,
                }
                if status.source == Source::Sample && source != SAMPLE {
                    write!(
                        f,
                        "\n          until {source} has been read; offline, it stays"
                    )?;
                }
            }
        }
        write!(f, "\n          in {database}")
    }
}

/// The value of `--advisory-db` for the bundled sample.
const SAMPLE: &str = "the sample";

/// Formats the commit and its date, such as “ at 1a2b3c4 of 2026-11-20”.
struct Commit<'a>(&'a data_status::Model);

impl fmt::Display for Commit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(commit) = &self.0.commit {
            write!(f, " at {}", commit.get(..7).unwrap_or(commit))?;
        }
        if let Some(at) = self.0.committed_at {
            write!(f, " of {}", at.date())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn status(source: Source) -> data_status::Model {
        let at = datetime!(2026-11-20 08:40 UTC);
        let is_git = source == Source::Git;
        data_status::Model {
            id: data_status::ONLY_ROW,
            revision: 1,
            revision_id: None,
            source,
            commit: is_git.then(|| "1a2b3c4d5e6f".to_owned()),
            committed_at: is_git.then_some(at),
            index_stamp: None,
            synced_at: at,
            advisories: 1225,
            packages: 908,
            versions: 6020,
        }
    }

    fn greeting(mode: Mode, source: &str, status: Option<data_status::Model>) -> String {
        let begin = status.as_ref().map(|_| "openssl".to_owned());
        let greeting = Greeting {
            internal: Some(Address::Tcp(([127, 0, 0, 1], 4000).into())),
            tab: ([127, 0, 0, 1], 4001).into(),
            mode,
            is_graphiql_built: mode == Mode::Production,
            data: Data::Own {
                database: "sqlite:data/tab.db".to_owned(),
                source: source.to_owned(),
                status,
                begin,
            },
        };
        greeting.to_string()
    }

    #[test]
    fn a_first_run_over_the_sample() {
        let url = "https://github.com/rustsec/advisory-db";
        let said = greeting(Mode::Dev, url, Some(status(Source::Sample)));
        let expect = "\
GraphQL   http://127.0.0.1:4000/graphql
GraphiQL  http://127.0.0.1:4000/graphiql  (not built yet; the page says how)
The tab   http://127.0.0.1:4001/crates/openssl/security?version=0.10.8
Preview   http://127.0.0.1:4001/  (any crate, and examples)
Gallery   http://127.0.0.1:4001/gallery  (every state)
Data      the bundled sample: 1225 advisories on 908 crates, 6020 versions
          until https://github.com/rustsec/advisory-db has been read; offline, it stays
          in sqlite:data/tab.db

Begin with the tab or the preview. Ctrl-C ends the service.
";
        assert_eq!(said, expect);
        // The lines must fit into a terminal with 80 columns.
        assert!(said.lines().all(|line| line.len() < 90), "{said}");
        let chosen = greeting(Mode::Dev, SAMPLE, Some(status(Source::Sample)));
        assert!(!chosen.contains("until"), "{chosen}");
    }

    #[test]
    fn in_production() {
        let said = greeting(Mode::Production, "x", Some(status(Source::Git)));
        let expect = "\
GraphQL   http://127.0.0.1:4000/graphql
The tab   http://127.0.0.1:4001/security-tab/openssl
Data      the advisory-db at 1a2b3c4 of 2026-11-20: 1225 advisories on 908 crates, 6020 versions
          in sqlite:data/tab.db
";
        assert_eq!(said, expect);
        let said = greeting(Mode::Production, "https://a/b", None);
        let expect = "Data      none yet; not ready until https://a/b has been read\n";
        assert!(said.contains(expect), "{said}");
    }
}
