//! The marks on a host's lists.

use serde_json::json;
use ui_component::marks::{of_requirements, of_versions};

fn status() -> serde_json::Value {
    json!({ "revision": 7, "source": "FOLDER", "isStale": false })
}

#[test]
fn versions() {
    let version = |num: &str, affecting: i64, alert: &str| json!({ "num": num, "affectingCount": affecting, "alert": alert });
    let data = json!({
        "crate": { "versions": { "nodes": [
            version("1.1.0", 0, "NONE"),
            version("1.0.1+build.2", 1, "WARNING"),
            version("1.0.0", 2, "ALARM"),
        ] } },
        "dataStatus": status(),
    });
    let data = serde_json::from_value(data).expect("an answer");
    let html = of_versions(&data).into_string().replace("><", ">\n<");
    insta::assert_snapshot!("version-marks", html);
}

#[test]
fn requirements() {
    let rows = [
        ("mandatory", "^0.1", 3, 3),
        ("also-allows-a-fixed-one", "^1", 4, 3),
        ("unsound-only", "^2", 2, 0),
        ("not-published", "^9", 0, 0),
        ("two-bounds", ">=1.2, <1.3", 1, 1),
    ];
    let answers = rows.map(
        |(.., matching, vulnerable)| json!({ "matching": matching, "vulnerable": vulnerable }),
    );
    let mut answers = answers.to_vec();
    // A name that no crate could have.
    answers.push(json!(null));
    let data = json!({ "requirements": answers, "dataStatus": status() });
    let data = serde_json::from_value(data).expect("an answer");
    let mut asked: Vec<(String, String)> = rows
        .iter()
        .map(|(krate, req, ..)| ((*krate).to_owned(), (*req).to_owned()))
        .collect();
    asked.push(("<b>".to_owned(), "*".to_owned()));
    let html = of_requirements(&asked, &data)
        .into_string()
        .replace("><", ">\n<");
    insta::assert_snapshot!("requirement-marks", html);
}

#[test]
fn nothing_to_mark() {
    let data = json!({ "crate": null, "dataStatus": status() });
    let data = serde_json::from_value(data).expect("an answer");
    assert_eq!(
        of_versions(&data).into_string(),
        "<div class=\"crate-security-marks\"></div>"
    );
}
