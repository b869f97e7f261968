//! The state that all tasks of a run share: the judge, the report, and the active faults.

use super::ask::Ask;
use super::check::{Answer, Judge, Meanwhile, Verdict, Visit};
use super::ledger::Row;
use super::phase::{Look, Phase};
use super::process::Doors;
use super::read::Said;
use super::report::Report;
use crate::skip;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The maximum number of events that are shown with a violation.
const EVENTS: usize = 40;

/// The time within which each server must notice an outage of the database. A few seconds
/// should suffice, but the machine may be busy.
const OUTAGE_KNOWN: Duration = Duration::from_secs(15);

/// The shared state of a run.
pub struct Scene {
    /// The servers' doors.
    pub doors: Vec<Arc<Doors>>,
    /// The periods in which there is a fault, or the servers have not recovered from it.
    pub weather: Phase,
    /// The periods in which a clock is wrong, or its effects have not passed.
    pub clocks: Phase,
    /// The number of the state of each commit.
    pub commits: Mutex<HashMap<String, u32>>,
    /// The newest state of the index, so that visitors request existing versions.
    pub index: AtomicU32,
    /// The number of answers that visitors have received.
    pub visits: AtomicU64,
    /// True once the run is over.
    pub is_over: AtomicBool,
    /// The time when the current outage of PostgreSQL began.
    without_database: Mutex<Option<Instant>>,
    /// The time within which every server must follow a commit, as in [`Plan`](super::Plan).
    patience: Option<Duration>,
    /// True to print each event as it happens.
    is_loud: bool,
    begun: Instant,
    judge: Mutex<Judge>,
    unsettled: Mutex<Vec<Unsettled>>,
    record: Mutex<Record>,
}

/// An answer whose state may be in the ledger once it has been read again.
struct Unsettled {
    server: usize,
    visit: Visit,
    is_marked: bool,
    said: Said,
    arrived: Instant,
}

#[derive(Default)]
struct Record {
    report: Report,
    events: VecDeque<String>,
}

/// The circumstances before a request.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    weather: Look,
    clocks: Look,
    broken: Look,
    /// True if the server must have noticed an outage of the database.
    knows_of_outage: bool,
}

impl Scene {
    /// Creates the state at the start of a run.
    #[must_use]
    pub fn new(
        doors: Vec<Arc<Doors>>,
        judge: Judge,
        patience: Option<Duration>,
        is_loud: bool,
    ) -> Self {
        Self {
            doors,
            weather: Phase::default(),
            clocks: Phase::default(),
            commits: Mutex::default(),
            index: AtomicU32::new(0),
            visits: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            without_database: Mutex::default(),
            patience,
            is_loud,
            begun: Instant::now(),
            judge: Mutex::new(judge),
            unsettled: Mutex::default(),
            record: Mutex::default(),
        }
    }

    /// Locks and returns the judge.
    pub fn judge(&self) -> MutexGuard<'_, Judge> {
        lock(&self.judge)
    }

    /// Records an event, which is shown with later violations.
    pub fn note(&self, event: impl Into<String>) {
        let mut record = lock(&self.record);
        if record.events.len() == EVENTS {
            record.events.pop_front();
        }
        let event = format!("{:7.1?} {}", self.begun.elapsed(), event.into());
        if self.is_loud {
            skip::note(&event);
        }
        record.events.push_back(event);
    }

    /// Calls a function with the report, and returns its result.
    pub fn report<T>(&self, change: impl FnOnce(&mut Report) -> T) -> T {
        change(&mut lock(&self.record).report)
    }

    /// Returns true if there has been no violation.
    #[must_use]
    pub fn is_good(&self) -> bool {
        lock(&self.record).report.violations.is_empty()
    }

    /// Records a violation, with the last events.
    pub fn violation(&self, what: &str) {
        let mut record = lock(&self.record);
        let events: Vec<String> = record.events.iter().cloned().collect();
        let text = format!("{what}\nlast events:\n  {}", events.join("\n  "));
        if self.is_loud {
            skip::note(&format!("VIOLATION {what}"));
        }
        record.report.violations.push(text);
    }

    /// Returns the circumstances before a request to a server.
    #[must_use]
    pub fn before(&self, server: usize) -> Before {
        Before {
            weather: self.weather.look(),
            clocks: self.clocks.look(),
            broken: self.doors[server].broken.look(),
            knows_of_outage: self.patience.is_some()
                && self.knows_of_outage()
                // A server that was stopped meanwhile has had no time to notice.
                && !self.doors.iter().any(|doors| doors.broken.is_on()),
        }
    }

    /// Records that an outage of PostgreSQL is about to begin or to end.
    pub fn database_is_away(&self, is_away: bool) {
        *lock(&self.without_database) = is_away.then(Instant::now);
    }

    fn knows_of_outage(&self) -> bool {
        lock(&self.without_database).is_some_and(|since| since.elapsed() > OUTAGE_KNOWN)
    }

    /// Returns the circumstances from `before` until now.
    #[must_use]
    pub fn meanwhile(&self, server: usize, before: Before) -> Meanwhile {
        Meanwhile {
            is_calm: self.weather.was_usual_since(before.weather),
            may_break: !self.doors[server].broken.was_usual_since(before.broken),
            may_be_stale: !self.clocks.was_usual_since(before.clocks),
            must_be_marked: before.knows_of_outage && self.knows_of_outage(),
        }
    }

    /// Returns the `seq` of the oldest ledger entry that a server may still show at a path:
    /// the newest entry that it has shown, or that it has had enough time to read.
    #[must_use]
    pub fn floor(&self, server: usize, path: &str) -> i32 {
        let doors = &self.doors[server];
        let known = doors.floor(path);
        let Some(patience) = self.patience else {
            return known;
        };
        if doors.broken.is_on() || lock(&doors.steady_since).elapsed() < patience {
            return known;
        }
        let judge = self.judge();
        let entries = judge.ledger.entries.iter().rev();
        let old = entries.filter(|entry| entry.seen.elapsed() > patience);
        old.map(|entry| entry.seq).next().unwrap_or(0).max(known)
    }

    /// Checks an answer of a server, and counts it.
    pub fn answered(&self, server: usize, visit: Visit, meanwhile: Meanwhile, answer: &Answer) {
        let arrived = Instant::now();
        let verdict = self.judge().judge(&visit, meanwhile, answer);
        match verdict {
            Verdict::Good(name, seq) => self.good(server, &visit, name, seq),
            Verdict::Refused(name) => self.count(&visit, name),
            Verdict::Unsettled(said) => {
                let is_marked = answer.is_marked;
                let unsettled = Unsettled {
                    server,
                    visit,
                    is_marked,
                    said,
                    arrived,
                };
                lock(&self.unsettled).push(unsettled);
            }
            Verdict::Wrong(why) => self.wrong(server, &visit, &why, Some(answer)),
        }
    }

    /// Records that a connection broke without an answer.
    pub fn broke(&self, server: usize, visit: &Visit, meanwhile: Meanwhile, error: &str) {
        match meanwhile.may_break {
            true => self.count(visit, "no connection"),
            false => self.wrong(server, visit, &format!("no answer: {error}"), None),
        }
    }

    /// Adds new rows to the ledger, and checks unsettled answers again. `as_of` is the time
    /// at which the rows were read: an answer from before it that still matches no entry is
    /// wrong.
    pub fn committed(&self, as_of: Instant, rows: Vec<Row>) {
        for row in rows {
            let commits = lock(&self.commits).clone();
            let noted = format!(
                "committed: revision {} at {}",
                row.revision,
                &row.commit[..7]
            );
            let added = self.judge().ledger.add(row, &commits);
            self.note(noted);
            self.report(|report| report.entries += 1);
            if let Err(why) = added {
                self.violation(&why);
            }
        }
        let waiting = std::mem::take(&mut *lock(&self.unsettled));
        for it in waiting {
            let verdict = self.judge().settle(&it.visit, it.is_marked, 200, &it.said);
            match verdict {
                Verdict::Good(name, seq) => self.good(it.server, &it.visit, name, seq),
                Verdict::Unsettled(_) if it.arrived >= as_of => lock(&self.unsettled).push(it),
                Verdict::Wrong(why) => self.wrong(it.server, &it.visit, &why, None),
                Verdict::Unsettled(_) | Verdict::Refused(_) => {
                    let why = self.judge().why_not(&it.visit, &it.said);
                    self.wrong(it.server, &it.visit, &why, None);
                }
            }
        }
    }

    /// Returns the number of unsettled answers.
    #[must_use]
    pub fn unsettled(&self) -> usize {
        lock(&self.unsettled).len()
    }

    fn good(&self, server: usize, visit: &Visit, name: &'static str, seq: i32) {
        // Metrics show the revision in the database. The pages may be up to a second behind
        // it.
        if visit.ask != Ask::Metrics {
            self.doors[server].shows(&visit.ask.path(), seq);
        }
        self.count(visit, name);
    }

    fn count(&self, visit: &Visit, outcome: &'static str) {
        self.report(|report| report.count(visit.ask.kind(), outcome));
    }

    fn wrong(&self, server: usize, visit: &Visit, why: &str, answer: Option<&Answer>) {
        self.count(visit, "WRONG");
        let name = self.doors[server].name;
        let step = self.report(|report| (report.seed, report.steps));
        let answer = answer.map(Answer::shortened);
        self.violation(&format!(
            "seed {}, step {}: {name} to {} (tag {:?}, floor {}): {why}\n{answer:?}",
            step.0,
            step.1,
            visit.ask.path(),
            visit.tag,
            visit.floor,
        ));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
