//! The faults: how each begins and ends.

use super::stage::Stage;
use crate::host;
use crate::small_disk::SmallDisk;
use sea_orm::{ConnectionTrait, Database};
use std::fmt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// A fault. The first number of a server's fault is the index of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A server is killed with `kill -9`, and started again.
    Killed(usize),
    /// A server is stopped with SIGTERM, and started again.
    Ended(usize),
    /// A server is suspended, and continues later.
    Stopped(usize),
    /// A server's clock jumps by this offset.
    Clock(usize, &'static str),
    /// A server has many connections that send nothing or half a request, or do not read the
    /// answer. They are to the tab door if the second field is true, else to the internal
    /// door.
    Flood(usize, bool),
    /// The disk of a server's clone is full.
    FullDisk(usize),
    /// The disk of PostgreSQL is full.
    FullDatabase,
    /// PostgreSQL is suspended.
    DatabaseHangs,
    /// PostgreSQL is stopped with the signal `KILL`, `QUIT` (immediate shutdown) or `INT`
    /// (fast shutdown).
    DatabaseEnds(&'static str),
    /// PostgreSQL closes all connections to the database.
    ConnectionsCut,
    /// The repository hangs, breaks off, or sends something other than git.
    Repository(host::Fault),
    /// The index hangs, breaks off, or sends something other than its files.
    Index(host::Fault),
    /// Some files of the index do not arrive, or have other content.
    SomeOfIndex(host::Fault),
    /// The repository is at an earlier commit, by this number.
    GoneBackwards(usize),
    /// The index is at an earlier state, by this number.
    IndexGoneBackwards(u32),
    /// The repository's newest commit contains files that are not advisories.
    Garbage,
}

impl Fault {
    /// Returns a random fault that is possible on this machine.
    pub fn any(rng: &mut fastrand::Rng, stage: &Stage) -> Self {
        let any = rng.usize(..stage.servers.len());
        // Some faults need a sync, a disk or an internal door, which a gate does not have.
        let server = rng.usize(..2);
        let clocks = ["+25h", "-25h", "+2h", "-10m", "+400d"];
        let clock = clocks[rng.usize(..clocks.len())];
        let signal = ["KILL", "QUIT", "INT"][rng.usize(..3)];
        match rng.u32(..21) {
            0 | 1 => Self::Killed(any),
            2 => Self::Ended(any),
            3 | 4 => Self::Stopped(any),
            5 | 6 if stage.abilities.faketime => Self::Clock(server, clock),
            7 => Self::Flood(any, rng.bool() || any != server),
            8 if stage.abilities.small_disk => Self::FullDisk(server),
            9 if stage.abilities.small_disk => Self::FullDatabase,
            10 | 11 => Self::DatabaseHangs,
            12 | 13 => Self::DatabaseEnds(signal),
            14 => Self::ConnectionsCut,
            15 => Self::GoneBackwards(rng.usize(1..4)),
            16 => Self::IndexGoneBackwards(rng.u32(1..4)),
            17 => Self::Garbage,
            18 | 19 => match rng.bool() {
                true => Self::Index(lie(rng)),
                false => Self::SomeOfIndex(lie(rng)),
            },
            _ => Self::Repository(lie(rng)),
        }
    }

    /// Returns true if both faults can be active at the same time.
    #[must_use]
    pub fn goes_with(&self, other: &Self) -> bool {
        self.part() != other.part()
    }

    /// Returns true for faults of the database.
    #[must_use]
    pub fn is_of_database(&self) -> bool {
        self.part() == 10
    }

    /// Returns true if the fault moves the repository away from its newest commit.
    #[must_use]
    pub fn moves_repository(&self) -> bool {
        matches!(self, Self::GoneBackwards(_) | Self::Garbage)
    }

    /// Returns a number for the part of the system that has the fault.
    fn part(&self) -> usize {
        match self {
            Self::Killed(server)
            | Self::Ended(server)
            | Self::Stopped(server)
            | Self::Clock(server, _)
            | Self::Flood(server, _)
            | Self::FullDisk(server) => *server,
            Self::FullDatabase
            | Self::DatabaseHangs
            | Self::DatabaseEnds(_)
            | Self::ConnectionsCut => 10,
            Self::Repository(_) | Self::GoneBackwards(_) | Self::Garbage => 11,
            Self::Index(_) | Self::SomeOfIndex(_) | Self::IndexGoneBackwards(_) => 12,
        }
    }

    /// Returns the index of the server whose connections the fault breaks.
    #[must_use]
    pub fn breaks(&self) -> Option<usize> {
        match self {
            Self::Killed(server)
            | Self::Ended(server)
            | Self::Stopped(server)
            | Self::Flood(server, _) => Some(*server),
            _ => None,
        }
    }

    /// Returns true if the database is unavailable during the fault.
    #[must_use]
    pub fn takes_database(&self) -> bool {
        matches!(self, Self::DatabaseHangs | Self::DatabaseEnds(_))
    }

    /// Begins the fault.
    pub async fn inject(&self, stage: &mut Stage) {
        if self.takes_database() {
            stage.scene.database_is_away(true);
        }
        match self {
            Self::Killed(server) => stage.servers[*server].kill(),
            Self::Ended(server) => {
                stage.servers[*server].end().await;
                if stage.servers[*server].is_up() {
                    stage.scene.violation("a server lives on after SIGTERM");
                    stage.servers[*server].kill();
                }
            }
            Self::Stopped(server) => stage.servers[*server].signal("STOP"),
            Self::Clock(server, offset) => stage.servers[*server].set_clock(offset),
            Self::Flood(server, of_tab) => {
                let doors = &stage.servers[*server].doors;
                let port = if *of_tab { doors.tab } else { doors.internal };
                stage.flood = flood(port, stage.flood_size).await;
            }
            Self::FullDisk(server) => {
                stage.servers[*server].disk().map(SmallDisk::fill);
            }
            Self::FullDatabase => {
                stage.postgres.disk().map(SmallDisk::fill);
            }
            Self::DatabaseHangs => stage.postgres.suspend(),
            Self::DatabaseEnds("KILL") => stage.postgres.stop(),
            Self::DatabaseEnds(signal) => stage.postgres.end_by(signal),
            Self::ConnectionsCut => {
                let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE pid <> pg_backend_pid() AND datname = current_database()";
                if let Ok(db) = Database::connect(&stage.url).await {
                    drop(db.execute_unprepared(cut).await);
                }
            }
            Self::Repository(fault) => {
                stage
                    .sources
                    .fault(&stage.sources.paths_of_repository(), fault);
            }
            Self::Index(fault) => stage.sources.fault(&stage.sources.paths_of_index(), fault),
            Self::SomeOfIndex(fault) => {
                stage
                    .sources
                    .fault(&stage.sources.paths_of_index()[..4], fault);
            }
            Self::GoneBackwards(by) => stage.sources.go_back(*by),
            Self::IndexGoneBackwards(by) => stage.sources.go_back_with_index(*by),
            Self::Garbage => stage.sources.commit_garbage(),
        }
    }

    /// Ends the fault.
    pub async fn lift(&self, stage: &mut Stage) {
        if self.takes_database() {
            stage.scene.database_is_away(false);
        }
        match self {
            Self::Killed(server) | Self::Ended(server) => stage.start(*server),
            Self::Stopped(server) => stage.servers[*server].signal("CONT"),
            Self::Clock(server, _) => stage.servers[*server].set_clock("+0"),
            Self::Flood(..) => stage.flood.clear(),
            Self::FullDisk(server) => {
                stage.servers[*server].disk().map(SmallDisk::free);
            }
            Self::FullDatabase => {
                stage.postgres.disk().map(SmallDisk::free);
                // PostgreSQL may have stopped because the disk was full.
                if !stage.postgres.is_up() {
                    stage.postgres.start_again().await;
                }
            }
            Self::DatabaseHangs => stage.postgres.resume(),
            Self::DatabaseEnds(_) => stage.postgres.start_again().await,
            Self::ConnectionsCut => {}
            Self::Repository(_)
            | Self::Index(_)
            | Self::SomeOfIndex(_)
            | Self::GoneBackwards(_)
            | Self::IndexGoneBackwards(_)
            | Self::Garbage => stage.sources.mend(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lie = |fault: &host::Fault| match fault {
            host::Fault::Hold => "hangs".to_owned(),
            host::Fault::Break => "is cut off".to_owned(),
            host::Fault::Answer(200, _) => "lies".to_owned(),
            host::Fault::Answer(status, _) => format!("answers {status}"),
        };
        match self {
            Self::Killed(_) => f.write_str("server killed"),
            Self::Ended(_) => f.write_str("server asked to end"),
            Self::Stopped(_) => f.write_str("server stopped, then continued"),
            Self::Clock(_, offset) => write!(f, "clock jumps {offset}"),
            Self::Flood(_, true) => f.write_str("flood of the tab door"),
            Self::Flood(_, false) => f.write_str("flood of the internal door"),
            Self::FullDisk(_) => f.write_str("disk of a clone full"),
            Self::FullDatabase => f.write_str("disk of the database full"),
            Self::DatabaseHangs => f.write_str("database hangs"),
            Self::DatabaseEnds(signal) => write!(f, "database ends by {signal}"),
            Self::ConnectionsCut => f.write_str("database connections cut"),
            Self::Repository(fault) => write!(f, "repository {}", lie(fault)),
            Self::Index(fault) => write!(f, "index {}", lie(fault)),
            Self::SomeOfIndex(fault) => write!(f, "some of the index {}", lie(fault)),
            Self::GoneBackwards(_) => f.write_str("repository goes backwards"),
            Self::IndexGoneBackwards(_) => f.write_str("index goes backwards"),
            Self::Garbage => f.write_str("repository holds garbage"),
        }
    }
}

/// Returns a random wrong answer of a source.
fn lie(rng: &mut fastrand::Rng) -> host::Fault {
    let portal = "<!DOCTYPE html><title>Sign in</title>".to_owned();
    match rng.u32(..8) {
        0 | 1 => host::Fault::Hold,
        2 => host::Fault::Break,
        3 => host::Fault::Answer(404, String::new()),
        4 => host::Fault::Answer(429, "slow down".to_owned()),
        5 => host::Fault::Answer(500, "oops".to_owned()),
        6 => host::Fault::Answer(200, portal),
        _ => host::Fault::Answer(200, "\u{0}\u{1}garbage {".repeat(50)),
    }
}

/// Opens connections that send nothing or half a request, or do not read the answer.
async fn flood(port: u16, size: usize) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for number in 0..size {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else {
            continue;
        };
        let said = match number % 3 {
            0 => "",
            1 => "GET /security-tab/anvil HTTP/1.1\r\nHost: a",
            _ => "GET /security-tab/anvil HTTP/1.1\r\nHost: a\r\n\r\n",
        };
        drop(stream.write_all(said.as_bytes()).await);
        streams.push(stream);
    }
    streams
}
