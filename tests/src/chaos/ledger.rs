//! Every state that was committed, as PostgreSQL itself notes it: in the transaction that
//! commits it.

use super::world::{self, CRATES, State, States, World, stamps};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use std::collections::HashMap;
use std::time::Instant;

/// A table of all data versions, written by a trigger on the row that a sync writes last.
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
    /// Its place among all.
    pub seq: i32,
    /// The number of the revision.
    pub revision: i32,
    /// The id of the revision.
    pub revision_id: String,
    /// The commit of the advisory-db.
    pub commit: String,
    /// The state of each crate.
    pub states: States,
    /// The moment at which this program first saw it.
    pub seen: Instant,
}

impl Entry {
    /// The data version, as a fact.
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
    /// The world whose states they are.
    pub world: World,
    /// The entries.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Without an entry yet.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self {
            world,
            entries: Vec::new(),
        }
    }

    /// The newest entry's place; 0 before the first.
    #[must_use]
    pub fn newest(&self) -> i32 {
        self.entries.last().map_or(0, |entry| entry.seq)
    }

    /// Takes in a line of the ledger's table.
    ///
    /// # Errors
    /// If it is not one state of the sources, or older than the last one.
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
    /// Its place.
    pub seq: i32,
    /// The number of the revision.
    pub revision: i32,
    /// The id of the revision.
    pub revision_id: String,
    /// The commit.
    pub commit: String,
    /// True if the commit was made before the sync.
    pub is_earlier: bool,
    /// The rows of the other tables, one a line.
    pub holds: String,
}

/// Begins to note what is committed.
pub async fn install(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared(TRIGGER).await.map(drop)
}

/// The rows after a place.
///
/// # Errors
/// [`DbErr`].
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

/// The state of each crate by its newest release, under one state of the advisory-db.
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

/// The rows of the database in these states, one a line.
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
