//! Checks each answer against the states that were committed.

use super::ask::Ask;
use super::ledger::{Entry, Ledger};
use super::read::{self, Said};
use super::world::stamps;
use std::collections::HashMap;
use std::time::Duration;

/// The duration from which an answer may be a refusal even without a fault, because the
/// machine is slow.
const SLOW: Duration = Duration::from_millis(1500);

/// The maximum length of a body that is shown with a violation, in characters.
const SHOWN: usize = 3000;

/// The codes of GraphQL errors that a fault of the database or a busy machine may cause.
const CODES: [&str; 4] = ["UNAVAILABLE", "OVERLOADED", "TOO_SLOW", "INTERNAL"];

/// A request, as it was sent.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The request.
    pub ask: Ask,
    /// The entity tag that the visitor sends, if any.
    pub tag: Option<String>,
    /// The `seq` of the oldest ledger entry that this server may still show.
    pub floor: i32,
}

/// The circumstances between the request and the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// True if there was no fault, and the servers had recovered from the last one.
    pub is_calm: bool,
    /// True if the server was killed, stopped, suspended or flooded.
    pub may_break: bool,
    /// True if a clock had jumped.
    pub may_be_stale: bool,
    /// True if the database had been unavailable for long enough that the server must have
    /// noticed.
    pub must_be_marked: bool,
}

/// An answer as received.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The entity tag.
    pub tag: Option<String>,
    /// True if the answer has the header `x-security-stale`.
    pub is_marked: bool,
    /// True if the answer has the header `Retry-After`.
    pub has_retry_after: bool,
    /// The body, decoded.
    pub body: String,
    /// The time from the request to the end of the answer.
    pub took: Duration,
}

impl Answer {
    /// Returns the answer with a body short enough for a report.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let body = self.body.chars().take(SHOWN).collect();
        Self {
            body,
            ..self.clone()
        }
    }
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The answer shows a committed state. Has the name of the outcome for the report, and
    /// the `seq` of the oldest ledger entry that the answer matches.
    Good(&'static str, i32),
    /// The answer is a refusal in its documented form. Has the name of the outcome.
    Refused(&'static str),
    /// The answer shows a state that the ledger does not contain, or does not contain yet.
    Unsettled(Said),
    /// The answer must never be sent. Has the reason.
    Wrong(String),
}

/// Checks answers, and remembers the entity tags of earlier ones.
#[derive(Debug)]
pub struct Judge {
    /// The states that were committed.
    pub ledger: Ledger,
    by_tag: HashMap<(String, String), Said>,
    tags: HashMap<(String, Said), String>,
}

impl Judge {
    /// Creates a judge that checks answers against a ledger.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            by_tag: HashMap::new(),
            tags: HashMap::new(),
        }
    }

    /// Checks an answer.
    pub fn judge(&mut self, visit: &Visit, meanwhile: Meanwhile, answer: &Answer) -> Verdict {
        let refused = |name: &'static str| {
            if let Some((krate, _)) = stamps(&answer.body).first() {
                return Verdict::Wrong(format!("a refusal that holds text of {krate}"));
            }
            match meanwhile.is_calm && answer.took < SLOW {
                true => Verdict::Wrong(format!("{name} although nothing is wrong")),
                false => Verdict::Refused(name),
            }
        };
        let path = visit.ask.path();
        let said = match answer.status {
            200 if visit.ask.body().is_some() => {
                let codes = read::codes(&answer.body);
                if let Some(other) = codes.iter().find(|code| !CODES.contains(&code.as_str())) {
                    return Verdict::Wrong(format!("the error {other}"));
                }
                if !codes.is_empty() {
                    return match stamps(&answer.body).len() {
                        ..=1 if meanwhile.is_calm && answer.took < SLOW => {
                            Verdict::Wrong(format!("{codes:?} although nothing is wrong"))
                        }
                        ..=1 => Verdict::Refused("GraphQL error"),
                        _ => Verdict::Wrong("a mixture beside an error".to_owned()),
                    };
                }
                read::read(&visit.ask, &answer.body)
            }
            200 => read::read(&visit.ask, &answer.body),
            304 => {
                let tag = answer.tag.clone().unwrap_or_default();
                if visit.tag.as_ref() != Some(&tag) || !answer.body.is_empty() {
                    return Verdict::Wrong("304 for another tag".to_owned());
                }
                let known = self.by_tag.get(&(path.clone(), tag)).cloned();
                known.ok_or_else(|| "304 for a tag that was never sent".to_owned())
            }
            503 if matches!(visit.ask, Ask::Metrics | Ask::Health | Ask::Ready) => {
                return refused("503");
            }
            503 if answer.has_retry_after => return refused("503"),
            // The time limit of a request continues to run while the server is suspended.
            504 if meanwhile.may_break => return refused("504"),
            status => Err(format!(
                "status {status}, Retry-After: {}",
                answer.has_retry_after
            )),
        };
        let said = match said {
            Ok(said) => said,
            Err(fault) => return Verdict::Wrong(fault),
        };
        // A marked page may be from a time when the data was stale.
        if said.is_stale && !meanwhile.may_be_stale && !answer.is_marked {
            return Verdict::Wrong("says that the data is stale".to_owned());
        }
        let can_be_marked = visit.ask.is_of_tab_door() || visit.ask.body().is_some();
        if meanwhile.must_be_marked && !answer.is_marked && can_be_marked {
            return Verdict::Wrong("without x-security-stale in an outage".to_owned());
        }
        if answer.is_marked && meanwhile.is_calm && answer.took < SLOW {
            return Verdict::Wrong("x-security-stale although nothing is wrong".to_owned());
        }
        if let (200, true) = (answer.status, visit.ask.is_of_tab_door()) {
            let tag = answer.tag.clone().unwrap_or_default();
            let first = self
                .tags
                .entry((path.clone(), said.clone()))
                .or_insert(tag.clone());
            if *first != tag {
                return Verdict::Wrong(format!("{tag} and {first} for one state"));
            }
            let first = self.by_tag.entry((path, tag)).or_insert(said.clone());
            if *first != said {
                return Verdict::Wrong(format!("one tag for two states: {first:?}"));
            }
        }
        self.settle(visit, answer.is_marked, answer.status, &said)
    }

    /// Finds the committed state that an answer shows.
    #[must_use]
    pub fn settle(&self, visit: &Visit, is_marked: bool, status: u16, said: &Said) -> Verdict {
        let world = self.ledger.world;
        let is_of = |entry: &&Entry| visit.ask.expected(world, entry) == said.facts;
        let entries = self.ledger.entries.iter().rev();
        if is_marked {
            return match entries.clone().any(|entry| is_of(&entry)) {
                true => Verdict::Good("marked", 0),
                false => Verdict::Unsettled(said.clone()),
            };
        }
        // If none matches, the answer may show a state that the ledger does not contain yet.
        let known = entries.take_while(|entry| entry.seq >= visit.floor);
        let mut of = known.filter(is_of);
        let Some(newest) = of.next() else {
            return Verdict::Unsettled(said.clone());
        };
        // Several entries may look the same to this request. The answer only proves the
        // oldest of them.
        let oldest = of.map(|entry| entry.seq).last();
        let name = if status == 304 { "304" } else { "200" };
        Verdict::Good(name, oldest.unwrap_or(newest.seq))
    }

    /// Explains why an answer does not show any state in the ledger.
    #[must_use]
    pub fn why_not(&self, visit: &Visit, said: &Said) -> String {
        let (world, ask) = (self.ledger.world, &visit.ask);
        let is_of = |entry: &&Entry| ask.expected(world, entry) == said.facts;
        if let Some(old) = self.ledger.entries.iter().rev().find(is_of) {
            return format!("of entry {}, and the server knew {}", old.seq, visit.floor);
        }
        let Some(newest) = self.ledger.entries.last() else {
            return "nothing is committed".to_owned();
        };
        let expected = ask.expected(world, newest);
        let said_alone = said.facts.iter().filter(|fact| !expected.contains(fact));
        let expected_alone = expected.iter().filter(|fact| !said.facts.contains(fact));
        format!(
            "of no committed state; beside the newest it says {:?} and not {:?}",
            said_alone.collect::<Vec<_>>(),
            expected_alone.collect::<Vec<_>>()
        )
    }
}
