//! Writes every sample to a folder, as pages that open without a server, and as
//! the fragments that the tab door would send, which a host's own tests may serve:
//! `cargo run -p ui-component --example gallery -- FOLDER`

use std::path::Path;
use std::{env, fs, io};

use serde_json::json;
use ui_component::{Assets, Data, MARKS_SCRIPT, SCRIPT, STYLE, badge, marks, preview, samples};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let folder = Path::new(&folder);
    let fragments = folder.join("fragments");
    fs::create_dir_all(&fragments)?;
    let files = preview::Files {
        script: "preview.js".to_owned(),
        marks: "security-tab-marks.js".to_owned(),
        style: "preview.css".to_owned(),
        tab: Assets {
            style: "security-tab.css".to_owned(),
            script: "security-tab.js".to_owned(),
        },
    };
    let served = Assets {
        style: "/security-tab.css".to_owned(),
        script: "/security-tab.js".to_owned(),
    };
    fs::write(folder.join("preview.css"), preview::STYLE)?;
    fs::write(folder.join("security-tab.css"), STYLE)?;
    fs::write(folder.join("security-tab.js"), SCRIPT)?;
    fs::write(folder.join("security-tab-marks.js"), MARKS_SCRIPT)?;

    let samples = samples::all();
    for sample in &samples {
        let page = preview::gallery_page(sample, &files).into_string();
        fs::write(folder.join(format!("{}.html", sample.name)), page)?;
        let tab = sample.markup(&served).into_string();
        fs::write(fragments.join(format!("{}.html", sample.name)), tab)?;
        let badge = sample.data().map(badge).unwrap_or_default().into_string();
        fs::write(fragments.join(format!("{}.badge.html", sample.name)), badge)?;
        let marks = sample.data().map(marks_of).transpose()?.unwrap_or_default();
        fs::write(fragments.join(format!("{}.marks.html", sample.name)), marks)?;
    }
    fs::write(fragments.join("dependencies.marks.html"), dependency()?)?;
    // Turn the links of a server's gallery into links between files.
    let mut index = preview::gallery(&samples, &files).into_string();
    for sample in &samples {
        let (from, to) = (
            format!("\"/gallery/{}\"", sample.name),
            format!("\"{}.html\"", sample.name),
        );
        index = index.replace(&from, &to);
    }
    fs::write(folder.join("index.html"), index)
}

/// Returns the marks on the list of versions of a sample's crate.
fn marks_of(data: &Data) -> io::Result<String> {
    let krate = data.crate_.as_ref();
    let releases = krate.map_or(&[][..], |krate| &krate.versions.nodes);
    let nodes: Vec<_> = releases
        .iter()
        .map(|it| json!({ "num": it.num, "affectingCount": it.affecting_count, "alert": it.alert }))
        .collect();
    let answer = json!({ "crate": { "versions": { "nodes": nodes } }, "dataStatus": status() });
    Ok(marks::of_versions(&serde_json::from_value(answer)?).into_string())
}

/// Returns the mark of a requirement that allows affected releases only.
fn dependency() -> io::Result<String> {
    let asked = [("harbour".to_owned(), "^0.1".to_owned())];
    let allowed = json!([{ "matching": 3, "vulnerable": 3 }]);
    let answer = json!({ "requirements": allowed, "dataStatus": status() });
    Ok(marks::of_requirements(&asked, &serde_json::from_value(answer)?).into_string())
}

fn status() -> serde_json::Value {
    json!({ "revision": 1, "source": "GIT", "isStale": false })
}
