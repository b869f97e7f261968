//! The ledger of all committed states. PostgreSQL writes each entry in the transaction that
//! commits the state.

use super::world::{self, CRATES, State, States, World, stamps};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use std::collections::HashMap;
use std::time::Instant;

/// The table of all data versions, and the trigger that fills it. The trigger is on
/// `data_status`, which a sync writes last.
const TRIGGER: &str = "
CREATE TABLE chaos_ledger (
    seq serial PRIMARY KEY, revision integer NOT NULL, revision_id text NOT NULL,
    commit text NOT NULL, is_earlier boolean NOT NULL, holds text NOT NULL
);
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last chaos_ledger%ROWTYPE;
BEGIN
    SELECT * INTO last FROM chaos_ledger ORDER BY seq DESC LIMIT 1;
    IF FOUND AND last.revision_id = NEW.revision_id AND last.commit = NEW.commit THEN
        RETURN NEW;
    END IF;
    INSERT INTO chaos_ledger (revision, revision_id, commit, is_earlier, holds)
    SELECT NEW.revision, NEW.revision_id, NEW.commit, NEW.committed_at <= NEW.synced_at,
        string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")
    FROM (
        SELECT c.name || ' release ' || v.num || ' ' || v.is_yanked AS line
        FROM versions v JOIN crates c ON c.id = v.crate_id
        UNION ALL
        SELECT package || ' advisory ' || advisory_id || ' ' || title || ' ' || description
            || ' ' || json_array_length(affected_versions::json)
        FROM advisories
    ) lines;
    RETURN NEW;
END $$;
CREATE TRIGGER chaos_note AFTER INSERT OR UPDATE ON data_status
    FOR EACH ROW EXECUTE FUNCTION chaos_note();
";

/// A committed data version.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The position in the ledger, from 1.
    pub seq: i32,
    /// The number of the revision.
    pub revision: i32,
    /// The id of the revision.
    pub revision_id: String,
    /// The commit of the advisory-db.
    pub commit: String,
    /// The state of each crate.
    pub states: States,
    /// The time when this program first read the entry.
    pub seen: Instant,
}

impl Entry {
    /// Returns the data version as a line of [`Facts`](super::ask::Facts).
    #[must_use]
    pub fn version(&self) -> String {
        format!(
            "revision {} {} {}",
            self.revision, self.revision_id, self.commit
        )
    }
}

/// All committed data versions, oldest first.
#[derive(Debug)]
pub struct Ledger {
    /// The world that the states belong to.
    pub world: World,
    /// The entries, oldest first.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Creates a ledger without entries.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self {
            world,
            entries: Vec::new(),
        }
    }

    /// Returns the `seq` of the newest entry, or 0 if there is none.
    #[must_use]
    pub fn newest(&self) -> i32 {
        self.entries.last().map_or(0, |entry| entry.seq)
    }

    /// Adds a row of the ledger's table.
    ///
    /// # Errors
    /// Returns a message if the row is not exactly one state of the sources, or is older than
    /// the last one.
    pub fn add(&mut self, row: Row, commits: &HashMap<String, u32>) -> Result<(), String> {
        let at = format!("revision {} at commit {}", row.revision, row.commit);
        let state = commits
            .get(&row.commit)
            .ok_or(format!("{at}: an unknown commit"))?;
        let states = states_of(&row.holds, *state)?;
        let expected = lines(self.world, &states);
        if row.holds != expected {
            let held: Vec<&str> = row.holds.lines().collect();
            let missing: Vec<&str> = expected.lines().filter(|it| !held.contains(it)).collect();
            return Err(format!(
                "{at} is not one state: {missing:#?} not in {held:#?}"
            ));
        }
        if !row.is_earlier {
            return Err(format!("{at}: synced before the commit was made"));
        }
        if let Some(last) = self.entries.last() {
            let known = commits.get(&last.commit).copied().unwrap_or_default();
            if row.revision < last.revision || *state < known {
                return Err(format!("{at}: gone backwards from {}", last.version()));
            }
        }
        self.entries.push(Entry {
            seq: row.seq,
            revision: row.revision,
            revision_id: row.revision_id,
            commit: row.commit,
            states,
            seen: Instant::now(),
        });
        Ok(())
    }
}

/// A row of the ledger's table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The position in the ledger.
    pub seq: i32,
    /// The number of the revision.
    pub revision: i32,
    /// The id of the revision.
    pub revision_id: String,
    /// The commit.
    pub commit: String,
    /// True if the commit was made before the sync.
    pub is_earlier: bool,
    /// The rows of the other tables, one per line.
    pub holds: String,
}

/// Creates the ledger's table and its trigger.
pub async fn install(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared(TRIGGER).await.map(drop)
}

/// Reads the rows of the ledger after a position.
///
/// # Errors
/// Returns [`DbErr`] if the database does not answer.
pub async fn rows_after(db: &DatabaseConnection, seq: i32) -> Result<Vec<Row>, DbErr> {
    let sql = "SELECT * FROM chaos_ledger WHERE seq > $1 ORDER BY seq";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [seq.into()]);
    let rows = db.query_all_raw(statement).await?;
    let row = |row: &sea_orm::QueryResult| {
        Ok(Row {
            seq: row.try_get("", "seq")?,
            revision: row.try_get("", "revision")?,
            revision_id: row.try_get("", "revision_id")?,
            commit: row.try_get("", "commit")?,
            is_earlier: row.try_get("", "is_earlier")?,
            holds: row.try_get("", "holds")?,
        })
    };
    rows.iter().map(row).collect()
}

/// Returns the state of each crate. The number of its newest release is also the number of
/// the state of its index file.
fn states_of(holds: &str, advisories: u32) -> Result<States, String> {
    if let Some((krate, other)) = stamps(holds).iter().find(|(_, state)| *state != advisories) {
        return Err(format!(
            "holds {krate} in state {other}, and the commit is state {advisories}"
        ));
    }
    let state = |krate: &'static str| {
        let begin = format!("{krate} release 2.");
        let line = holds.lines().find_map(|line| line.strip_prefix(&begin));
        let index = line.and_then(|rest| rest.split('.').next()?.parse().ok());
        let index = index.ok_or(format!("no default version of {krate}"))?;
        Ok((krate, State { advisories, index }))
    };
    CRATES.into_iter().map(state).collect()
}

/// Returns the rows that the database must contain in these states, one per line.
#[must_use]
pub fn lines(world: World, states: &States) -> String {
    let mut lines = Vec::new();
    for (krate, state) in states {
        let releases = world.releases(krate, state.index);
        for (num, is_yanked) in &releases {
            lines.push(format!("{krate} release {num} {is_yanked}"));
        }
        for advisory in world.advisories(krate, state.advisories) {
            let (title, text) = (
                world::title(krate, state.advisories),
                world::description(krate, state.advisories),
            );
            let affected = releases
                .iter()
                .filter(|(num, _)| advisory.affects(num))
                .count();
            lines.push(format!(
                "{krate} advisory {} {title} {text} {affected}",
                advisory.id
            ));
        }
    }
    lines.sort();
    lines.join("\n")
}
