//! A short chaos run, and tests of its checker. `cargo chaos` runs longer.

use axum::body::Body;
use axum::http::{Request, header};
use integration_tests::chaos::ask::Ask;
use integration_tests::chaos::check::{Answer, Judge, Meanwhile, Verdict, Visit};
use integration_tests::chaos::ledger::{self, Ledger, Row};
use integration_tests::chaos::process::Abilities;
use integration_tests::chaos::sources::Sources;
use integration_tests::chaos::world::{CRATES, State, World};
use integration_tests::chaos::{Plan, run};
use integration_tests::{Reply, SYNCED_AT, TestApp, TestDatabase, send, skip};
use server::entity::data_status;
use server::sync::{self, Guard};
use std::time::Duration;
use tempfile::TempDir;

/// A guard that accepts every new state of the index, which replaces the newest release of
/// each crate.
const GUARD: Guard = Guard {
    max_loss: 20,
    is_forced: false,
};

const WORLD: World = World { seed: 5 };

/// Runs four steps. `cargo chaos` runs longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_run() {
    let folder = TempDir::new().expect("a temporary folder");
    let abilities = Abilities::find(folder.path());
    if !abilities.faketime {
        skip::without_program("clock jumps of a_short_run", "libfaketime");
    }
    if !abilities.small_disk {
        skip::note(
            "skipped full disks of a_short_run: this machine lets nobody mount a file system",
        );
    }
    let plan = Plan {
        seed: 5,
        steps: Some(4),
        time: Duration::MAX,
        program: env!("CARGO_BIN_EXE_chaos").into(),
        folder: folder.path().to_owned(),
        // Without a time limit for following a commit, a busy machine cannot fail the test.
        patience: None,
        longest: 60,
        only: String::new(),
        is_loud: false,
        keeps_going: false,
    };
    let Some(report) = run(&plan).await else {
        return skip::without_program("a_short_run", "PostgreSQL");
    };
    assert!(report.violations.is_empty(), "{report}");
    let faults: Vec<&str> = report.faults.keys().map(String::as_str).collect();
    skip::note(&format!("a_short_run: {}", faults.join(", ")));
    assert_eq!(report.steps, 4, "{report}");
    assert!(report.answers() > 100, "{report}");
}

/// A server that syncs one state of the sources after another, with a judge that knows each.
struct Stand {
    app: TestApp,
    sources: Sources,
    judge: Judge,
    folder: TempDir,
}

impl Stand {
    async fn new() -> Self {
        let (sources, folder) = (Sources::new(WORLD).await, TempDir::new());
        let stand = Self {
            app: TestApp::over(TestDatabase::sqlite().await, SYNCED_AT).await,
            sources,
            judge: Judge::new(Ledger::new(WORLD)),
            folder: folder.expect("a temporary folder"),
        };
        stand.next().await
    }

    /// Syncs the newest state.
    async fn next(mut self) -> Self {
        let sources = self.sources.open(&self.folder.path().join("clone.git"));
        let db = &self.app.database.db;
        let synced = sync::run(db, &sources, &GUARD, SYNCED_AT).await;
        synced.expect("the sync");
        let status = data_status::Entity::current().one(db).await;
        let status = status.expect("the database").expect("a status");
        let states = CRATES.map(|krate| (krate, self.sources.newest)).into();
        let row = Row {
            seq: self.judge.ledger.newest() + 1,
            revision: status.revision,
            revision_id: status.revision_id.expect("an id"),
            commit: status.commit.expect("a commit"),
            is_earlier: true,
            holds: ledger::lines(WORLD, &states),
        };
        let added = self.judge.ledger.add(row, &self.sources.states());
        added.expect("one state");
        self
    }

    async fn ask(&self, ask: &Ask) -> Answer {
        self.app.look().await;
        let reply = match ask.body() {
            Some(body) => self.app.post(&body).await,
            None => {
                let door = match ask.is_of_tab_door() {
                    true => self.app.tab_door(),
                    false => self.app.internal_door(),
                };
                let request = Request::get(ask.path()).body(Body::empty());
                send(door, request.expect("a request")).await
            }
        };
        answer(reply)
    }

    /// Returns the fault that the judge finds in an answer, if any. `floor` is the oldest
    /// ledger entry that the server may show.
    fn fault(
        &mut self,
        ask: &Ask,
        answer: &Answer,
        floor: i32,
        meanwhile: Meanwhile,
    ) -> Option<String> {
        let visit = Visit {
            ask: ask.clone(),
            tag: None,
            floor,
        };
        match self.judge.judge(&visit, meanwhile, answer) {
            Verdict::Good(..) | Verdict::Refused(_) => None,
            Verdict::Wrong(why) => Some(why),
            Verdict::Unsettled(said) => Some(self.judge.why_not(&visit, &said)),
        }
    }
}

fn answer(reply: Reply) -> Answer {
    let text = |name| {
        reply
            .headers
            .get(name)
            .and_then(|it: &header::HeaderValue| it.to_str().ok())
    };
    Answer {
        status: reply.status.as_u16(),
        tag: text("etag").map(str::to_owned),
        is_marked: text("x-security-stale").is_some(),
        has_retry_after: text("retry-after").is_some(),
        body: reply.body.clone(),
        took: Duration::ZERO,
    }
}

const CALM: Meanwhile = Meanwhile {
    is_calm: true,
    may_break: false,
    may_be_stale: false,
    must_be_marked: false,
};

const STORM: Meanwhile = Meanwhile {
    is_calm: false,
    ..CALM
};

fn asks() -> Vec<Ask> {
    let version = || "1.3.0".to_owned();
    vec![
        Ask::Tab("anvil", None),
        Ask::Tab("anvil", Some(version())),
        Ask::Badge("anvil", version()),
        Ask::VersionMarks("anvil"),
        Ask::RequirementMarks(version()),
        Ask::Unknown("nobody-7".to_owned()),
        Ask::Document("anvil", version()),
        Ask::Status,
        Ask::Metrics,
        Ask::Health,
        Ask::Ready,
    ]
}

/// The checker accepts every kind of correct answer, in each state.
#[tokio::test]
async fn good_answers_pass() {
    let mut stand = Stand::new().await;
    for entry in 1..4 {
        for ask in asks() {
            let answer = stand.ask(&ask).await;
            let fault = stand.fault(&ask, &answer, entry, CALM);
            assert_eq!(fault, None, "{ask:?}: {answer:?}");
        }
        stand.sources.advance();
        stand.sources.advance_index();
        stand = stand.next().await;
    }
}

/// Changes a good answer.
type Change = fn(&mut Answer);

/// The checker rejects each kind of wrong answer, and names the fault.
#[tokio::test]
async fn bad_answers_do_not() {
    let mut stand = Stand::new().await;
    let tab = Ask::Tab("anvil", None);
    let old_tab = stand.ask(&tab).await;
    let old_status = stand.ask(&Ask::Status).await;
    stand.sources.advance();
    stand.sources.advance_index();
    stand = stand.next().await;

    let changes: [(&str, Ask, Change); 13] = [
        ("a mixture of states", tab.clone(), |it| {
            it.body = it.body.replacen("anvil-in-state-1", "anvil-in-state-0", 1);
        }),
        ("holds text of bellows", tab.clone(), |it| {
            it.body = it
                .body
                .replacen("anvil-in-state-1", "bellows-in-state-1", 1);
        }),
        ("release 2.0.0", tab.clone(), |it| {
            it.body = it.body.replace("2.1.0", "2.0.0");
        }),
        ("affected 7", tab.clone(), |it| {
            it.body = it
                .body
                .replace("data-affected=\"1\"", "data-affected=\"7\"");
        }),
        ("stale", tab.clone(), |it| {
            it.body = it
                .body
                .replace(" data-test-crate-security", " data-test-stale-data");
        }),
        ("x-security-stale although", tab.clone(), |it| {
            it.is_marked = true
        }),
        ("503 although", tab.clone(), |it| {
            (it.status, it.has_retry_after, it.body) = (503, true, String::new());
        }),
        ("a refusal that holds text of anvil", tab.clone(), |it| {
            (it.status, it.has_retry_after) = (503, true);
        }),
        ("status 503, Retry-After: false", tab.clone(), |it| {
            it.status = 503
        }),
        ("status 500", tab.clone(), |it| it.status = 500),
        ("304 for another tag", tab.clone(), |it| it.status = 304),
        ("mark 1.0.0 9", Ask::VersionMarks("anvil"), |it| {
            it.body = it.body.replacen(
                "data-for=\"1.0.0\" href=\"?version=1.0.0\">1",
                "data-for=\"1.0.0\" href=\"?version=1.0.0\">9",
                1,
            );
            it.body = it.body.replacen(
                "data-for=\"1.0.0\" href=\"?version=1.0.0\">2",
                "data-for=\"1.0.0\" href=\"?version=1.0.0\">9",
                1,
            );
        }),
        ("the error NOT_A_CODE", Ask::Status, |it| {
            it.body = r#"{"errors":[{"extensions":{"code":"NOT_A_CODE"}}]}"#.to_owned();
        }),
    ];
    for (expect, ask, change) in changes {
        let mut answer = stand.ask(&ask).await;
        change(&mut answer);
        // A changed body must have another entity tag.
        answer.tag = Some(expect.to_owned());
        let fault = stand.fault(&ask, &answer, 2, CALM);
        assert!(
            fault.as_ref().is_some_and(|it| it.contains(expect)),
            "{expect}: {fault:?}"
        );
    }

    // The page of another crate, of another version, and of a state that is too old.
    let anvil = stand.ask(&tab).await;
    let fault = stand.fault(&Ask::Tab("drill", None), &anvil, 2, STORM);
    assert_eq!(fault.as_deref(), Some("not about drill"));
    let version = Ask::Tab("anvil", Some("1.3.0".to_owned()));
    let fault = stand.fault(&version, &anvil, 2, STORM).expect("a fault");
    assert!(fault.contains("of no committed state"), "{fault}");
    for (ask, old) in [(&tab, &old_tab), (&Ask::Status, &old_status)] {
        let fault = stand.fault(ask, old, 2, STORM);
        assert_eq!(fault.as_deref(), Some("of entry 1, and the server knew 2"));
        assert_eq!(stand.fault(ask, old, 1, STORM), None);
    }
    // Each state has exactly one tag.
    assert_eq!(stand.fault(&tab, &anvil, 2, STORM), None);
    let retagged = Answer {
        tag: Some("another".to_owned()),
        ..anvil.clone()
    };
    let fault = stand.fault(&tab, &retagged, 2, STORM).expect("a fault");
    assert!(fault.contains("for one state"), "{fault}");
    let retagged = Answer {
        tag: anvil.tag.clone(),
        ..old_tab.clone()
    };
    let fault = stand.fault(&tab, &retagged, 1, STORM).expect("a fault");
    assert!(fault.contains("for one state"), "{fault}");
    let outage = Meanwhile {
        must_be_marked: true,
        ..STORM
    };
    let fault = stand.fault(&tab, &anvil, 2, outage);
    assert_eq!(
        fault.as_deref(),
        Some("without x-security-stale in an outage")
    );
    // An old page is accepted if it is marked.
    let marked = Answer {
        is_marked: true,
        ..old_tab
    };
    assert_eq!(stand.fault(&tab, &marked, 2, STORM), None);

    // The data of one revision with the number of another.
    let document = Ask::Document("anvil", "1.3.0".to_owned());
    let mut answer = stand.ask(&document).await;
    answer.body = answer.body.replace("\"revision\":2", "\"revision\":1");
    let fault = stand.fault(&document, &answer, 1, STORM).expect("a fault");
    assert!(fault.contains("of no committed state"), "{fault}");
}

/// The ledger accepts only complete states, and none that is older than the last one.
#[test]
fn the_ledger_takes_whole_states() {
    let commits = [("a".repeat(40), 0), ("b".repeat(40), 1)];
    let row = |seq: i32, holds: String| Row {
        seq,
        revision: seq,
        revision_id: seq.to_string(),
        commit: commits[usize::from(seq == 2)].0.clone(),
        is_earlier: true,
        holds,
    };
    let lines = |advisories| {
        let state = State {
            advisories,
            index: 0,
        };
        ledger::lines(WORLD, &CRATES.map(|krate| (krate, state)).into())
    };
    let known = commits.clone().into();
    let mut ledger = Ledger::new(WORLD);
    let mixed = lines(1).replacen("anvil-in-state-1", "anvil-in-state-0", 1);
    let missing = lines(1).replacen("anvil release 1.4.0 ", "", 1);
    for (expect, row) in [
        ("holds anvil in state 0", row(2, mixed)),
        ("is not one state", row(2, missing)),
        (
            "before the commit",
            Row {
                is_earlier: false,
                ..row(2, lines(1))
            },
        ),
        (
            "an unknown commit",
            Row {
                commit: "c".repeat(40),
                ..row(2, lines(1))
            },
        ),
    ] {
        let fault = ledger.add(row, &known).expect_err(expect);
        assert!(fault.contains(expect), "{fault}");
    }
    ledger.add(row(2, lines(1)), &known).expect("a whole state");
    let fault = ledger
        .add(row(1, lines(0)), &known)
        .expect_err("an earlier one");
    assert!(fault.contains("gone backwards"), "{fault}");
}

/// The same seed always produces the same world.
#[test]
fn a_seed_is_a_world() {
    let lines = |seed| {
        let states = CRATES.map(|krate| {
            (
                krate,
                State {
                    advisories: 3,
                    index: 4,
                },
            )
        });
        ledger::lines(World { seed }, &states.into())
    };
    assert_eq!(lines(1), lines(1));
    assert_ne!(lines(1), lines(2));
}
