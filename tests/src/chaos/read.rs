//! Reads the content of an answer without knowing the expected state.

use super::ask::{Ask, Facts};
use super::world::stamps;
use serde_json::Value;

/// The content of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    /// The facts about the data that this kind of answer contains.
    pub facts: Facts,
    /// True if the answer says that the data is stale.
    pub is_stale: bool,
}

/// Reads an answer with status 200.
///
/// # Errors
/// Returns a message if the answer would be wrong in every state of the data.
pub fn read(ask: &Ask, body: &str) -> Result<Said, String> {
    let stamps = stamps(body);
    let mut is_stale = body.contains("data-test-stale-data");
    let mut facts: Facts = match ask {
        Ask::Tab(krate, _) => {
            let (chooser, _) = after(body, "data-test-choose-release")
                .and_then(|rest| rest.split_once("</details>"))
                .ok_or("no list of releases")?;
            let mut facts = vec![
                format!("version {}", attribute(body, "data-version")?),
                format!("affected {}", attribute(body, "data-affected")?),
                format!("commit {}", commit(body)?),
            ];
            if !body.contains(&format!("<span>{krate} ")) {
                return Err(format!("not about {krate}"));
            }
            facts.extend(all(body, "data-test-advisory=\"").map(|id| format!("advisory {id}")));
            facts.extend(all(chooser, "href=\"?version=").map(|num| format!("release {num}")));
            facts.extend(
                stamps
                    .iter()
                    .map(|(krate, state)| format!("stamp {krate} {state}")),
            );
            facts
        }
        Ask::Badge(..) => {
            let count = attribute(body, "data-test-security-badge").unwrap_or("0");
            vec![format!("affected {count}")]
        }
        Ask::VersionMarks(_) => {
            let marks = body.split("data-for=\"").skip(1).map(|mark| {
                let count = after(mark, "\">").and_then(|rest| rest.split(' ').next());
                let num = mark.split('"').next().unwrap_or("?");
                format!("mark {num} {}", count.unwrap_or("?"))
            });
            marks.collect()
        }
        Ask::RequirementMarks(_) => all(body, "data-for=\"")
            .map(|row| format!("mark {row}"))
            .collect(),
        Ask::Unknown(krate) => {
            if !body.contains(&format!("RustSec has no advisory about {krate}.")) {
                return Err(format!("not about {krate}"));
            }
            vec![format!("commit {}", commit(body)?)]
        }
        Ask::Document(..) | Ask::Status => {
            let answer: Value = serde_json::from_str(body).map_err(|_| "not JSON")?;
            let data = &answer["data"];
            is_stale = data["dataStatus"]["isStale"] == true;
            of_document(ask, data)
        }
        Ask::Metrics => {
            let line = body
                .lines()
                .find_map(|line| line.strip_prefix("security_data_revision "));
            vec![format!("revision {}", line.ok_or("no revision")?)]
        }
        Ask::Health | Ask::Ready => Vec::new(),
    };
    let krate = match ask {
        Ask::Tab(krate, _) | Ask::Document(krate, _) => Some(*krate),
        _ => None,
    };
    if let Some((other, _)) = stamps.iter().find(|(name, _)| Some(name.as_str()) != krate) {
        return Err(format!("holds text of {other}"));
    }
    if stamps.len() > 1 {
        return Err(format!("a mixture of states: {stamps:?}"));
    }
    facts.sort();
    Ok(Said { facts, is_stale })
}

fn of_document(ask: &Ask, data: &Value) -> Facts {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let status = &data["dataStatus"];
    let mut facts = vec![format!(
        "revision {} {} {}",
        status["revision"],
        text(&status["revisionId"]),
        text(&status["commit"])
    )];
    if !matches!(ask, Ask::Document(..)) {
        return facts;
    }
    let krate = &data["crate"];
    let version = &krate["version"];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    facts.push(format!("crate {}", text(&krate["name"])));
    facts.push(format!(
        "version {} affected by {}",
        text(&version["num"]),
        version["affectingCount"]
    ));
    facts.extend(list(&krate["advisories"]).iter().map(|it| {
        format!(
            "advisory {} {:?} {:?} {}",
            text(&it["id"]),
            text(&it["title"]),
            text(&it["description"]).trim(),
            it["affects"]
        )
    }));
    facts.extend(list(&krate["versions"]["nodes"]).iter().map(|it| {
        format!(
            "release {} yanked {} affected by {}",
            text(&it["num"]),
            it["isYanked"],
            it["affectingCount"]
        )
    }));
    facts
}

/// Returns the codes of the errors in a GraphQL answer.
#[must_use]
pub fn codes(body: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(body).unwrap_or_default();
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let code = |error: &Value| {
        error["extensions"]["code"]
            .as_str()
            .unwrap_or("?")
            .to_owned()
    };
    errors.iter().map(code).collect()
}

/// Returns the abbreviated commit that a tab names as its source.
fn commit(body: &str) -> Result<&str, String> {
    let about = after(body, "data-test-about-data").ok_or("nothing about the data")?;
    let commit = after(about, "(<code>").and_then(|rest| rest.split('<').next());
    commit.ok_or_else(|| "no commit".to_owned())
}

fn after<'a>(text: &'a str, begin: &str) -> Option<&'a str> {
    text.split_once(begin).map(|(_, rest)| rest)
}

fn attribute<'a>(text: &'a str, name: &str) -> Result<&'a str, String> {
    let found = all(text, &format!("{name}=\"")).next();
    found.ok_or_else(|| format!("no {name}"))
}

/// Returns each text between an occurrence of `begin` and the next quotation mark.
fn all<'a>(text: &'a str, begin: &str) -> impl Iterator<Item = &'a str> {
    let rest: Vec<&str> = text.split(begin).skip(1).collect();
    rest.into_iter().filter_map(|rest| rest.split('"').next())
}
